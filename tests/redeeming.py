"""Vouchers to redeem, and what tests of redeeming do over and over."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from models.basket import Basket
from models.database import Database
from models.gift_card import gift_card
from models.redemption import redemption
from models.voucher import VoucherType, voucher
from resolvers import ledger, redemptions
from resolvers.context import Context
from resolvers.customers import CustomerGiven
from resolvers.principals import Principal, system
from resolvers.redeemables import Redeemable, RedemptionRequest, Session
from tests import vouchers
from tests.resolvers import databases

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
# What a browser may do.
CLIENT_SCOPES = ("organizer.redemptions:read", "organizer.redemptions:write", "organizer.publications:write")


@dataclass(slots=True)
class Shop:
    """An organizer on an open database, and a clock that tests set."""

    database: Database
    organizer_id: int
    now: datetime = START
    principal: Principal = field(init=False)

    def __post_init__(self) -> None:
        self.principal = system({"acme": self.organizer_id})

    def context(self) -> Context:
        return Context(self.database, self.principal, lambda: self.now)

    async def write(self, verb: Any, *given: Any, **named: Any) -> Any:
        """What a verb answers that is given its work, the organizer, and these."""
        return await self.context().write(lambda work: verb(work, self.organizer_id, *given, **named))

    async def make(self, builder: Any, *given: Any, **named: Any) -> Any:
        return await self.write(builder, *given, **named)

    async def voucher(
        self,
        code: str = "A",
        *,
        type: VoucherType = VoucherType.DISCOUNT_VOUCHER,
        terms: Mapping[str, Any] | None = None,
        campaign: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> int:
        """A voucher of a campaign of its own; its id. Discounts are 10 % off, gifts hold 1000."""

        async def made(work: Any, organizer_id: int) -> int:
            terms_id = await vouchers.some_terms(work, organizer_id, type, **(terms or {}))
            campaign_id = await vouchers.a_campaign(work, organizer_id, type, terms_id=terms_id, **(campaign or {}))
            return await vouchers.a_voucher(work, organizer_id, campaign_id, code, **values)

        return int(await self.write(made))

    async def redeem(self, *refs: str | Redeemable, amount: int | None = 10_000, **options: Any) -> Any:
        return await self.write(redemptions.redeem, request(*refs, amount=amount, **options))

    async def voucher_row(self, code: str = "A") -> Any:
        (row,) = await databases.rows(self.database, select(voucher).where(voucher.c.code == code))
        return dict(zip((column.name for column in voucher.c), row, strict=True))

    async def balance(self, code: str = "A") -> int:
        asked = select(gift_card.c.balance).join(voucher, voucher.c.gift_card_id == gift_card.c.id)
        ((found,),) = await databases.rows(self.database, asked.where(voucher.c.code == code))
        return int(found)

    async def redemptions(self) -> list[dict[str, Any]]:
        rows = await databases.rows(self.database, select(redemption).order_by(redemption.c.id))
        return [dict(zip((column.name for column in redemption.c), row, strict=True)) for row in rows]

    async def books_are_right(self) -> bool:
        """The ledger holds, and vouchers say what it says."""
        sums = (
            select(voucher.c.id)
            .join(gift_card, gift_card.c.id == voucher.c.gift_card_id)
            .where(gift_card.c.balance > voucher.c.loaded_amount - voucher.c.redeemed_amount)
        )
        return not await ledger.differences(self.database) and not await databases.rows(self.database, sums)


@asynccontextmanager
async def shop(url: str) -> AsyncIterator[Shop]:
    async with vouchers.opened(url) as (database, organizer_id):
        yield Shop(database, organizer_id)


@asynccontextmanager
async def two_shops(url: str) -> AsyncIterator[tuple[Shop, Shop]]:
    """The same organizer as two processes see it."""
    async with shop(url) as first, databases.opened(url) as second:
        yield first, Shop(second, first.organizer_id)


def request(
    *refs: str | Redeemable, amount: int | None = 10_000, customer: str | CustomerGiven | None = None, **options: Any
) -> RedemptionRequest:
    """Of an order with this amount; of none if it is None. A customer may be named by the source id."""
    session = options.pop("session", None)
    return RedemptionRequest(
        tuple(ref if isinstance(ref, Redeemable) else Redeemable(ref) for ref in refs),
        order=options.pop("order", None if amount is None else Basket.read({"amount": amount})),
        customer=CustomerGiven(source_id=customer) if isinstance(customer, str) else customer,
        session=Session(session) if isinstance(session, str) else session,
        **options,
    )


def browser() -> Principal:
    """A client-side key's."""
    return Principal("browser", "client", {}, frozenset(CLIENT_SCOPES), public_id="pk")

"""Vouchers come into being here, whoever makes them: one by one, by generation, by import, for a publication.

A code that the organizer has already is left out, never given to two. Whoever adds vouchers to a campaign counts them
in the same unit of work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from models import public_ids
from models.metadata import Id
from models.voucher import VoucherType, voucher
from models.voucher_campaign import voucher_campaign
from resolvers import balances
from resolvers.context import Work
from resolvers.slices import Slice, rows_of

# Points are no money: ISO 4217's code for no currency.
POINTS = "XXX"
# Vouchers name no currency: their amounts are in the smallest unit of the shop's.
MONEY = "EUR"

# What the ledger calls the amount that a voucher begins with.
OPENED = {VoucherType.GIFT_VOUCHER: "CREDITS_ADDITION", VoucherType.LOYALTY_CARD: "POINTS_ADDITION"}


@dataclass(frozen=True, slots=True)
class NewVoucher:
    """What is a voucher's own. `amount` is what it begins with: a gift's money or a card's points, none for discounts.

    `redeemed_quantity` and `redeemed_amount` come from elsewhere, with vouchers that were used there.
    """

    code: str
    quantity: int | None = None
    amount: int | None = None
    active: bool = True
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    category_id: int | None = None
    metadata: Mapping[str, Any] | None = None
    additional_info: str | None = None
    redeemed_quantity: int = 0
    redeemed_amount: int = 0


async def add(
    work: Work,
    organizer_id: int,
    new: Sequence[NewVoucher],
    *,
    campaign_id: int | None,
    terms_id: int,
    type: VoucherType,
) -> Mapping[str, int]:
    """Add at most a slice of vouchers (resolvers/slices.py) with different codes; the ids of those added by code.

    The others' codes are in use. `amount` is given for all of a type that holds a balance, and for none of another.
    """
    if not new:
        return {}
    given = {"organizer_id": organizer_id, "campaign_id": campaign_id, "terms_id": terms_id, "created_at": work.now}
    columns = _columns(new)
    own = next(names for names in OWN if _alike(columns, names))
    rows = zip(*(columns[name] for name in own), strict=True)
    inserted = await work.rows(
        insertion(work.engine, own),
        rows=OWN[own].text([dict(zip(own, row, strict=True)) for row in rows]),
        **given,
        **{name: values[0] for name, values in columns.items() if name not in own},
    )
    added = {code: number for number, code in inserted}
    tokens = dict(zip(columns["code"], columns["token"], strict=True))
    if type is not VoucherType.DISCOUNT_VOUCHER:
        await _open(
            work,
            organizer_id,
            [(added[each.code], tokens[each.code], each) for each in new if each.code in added],
            type,
        )
    if campaign_id is not None and added:
        await count(work, organizer_id, campaign_id, len(added))
    return added


def _columns(new: Sequence[NewVoucher]) -> dict[str, list[Any]]:
    """What each has of its own, by column."""
    found = {name: [getattr(each, name) for each in new] for name in EACH if name not in ("token", "metadata")}
    found["metadata"] = [each.metadata or None for each in new]
    return found | {"token": public_ids.vouchers(len(new))}


def _alike(columns: Mapping[str, list[Any]], own: tuple[str, ...]) -> bool:
    """Whether the vouchers differ in these columns alone."""
    return all(values.count(values[0]) == len(values) for name, values in columns.items() if name not in own)


async def count(work: Work, organizer_id: int, campaign_id: int, by: int) -> None:
    """The campaign has so many vouchers more, or fewer."""
    await work.row(COUNT, of_organizer=organizer_id, campaign_id=campaign_id, by=by)


async def _open(
    work: Work,
    organizer_id: int,
    added: Sequence[tuple[int, str, NewVoucher]],
    type: VoucherType,
) -> None:
    """Give the vouchers their balances, now that it is certain which of them there are."""
    currency = POINTS if type is VoucherType.LOYALTY_CARD else MONEY
    amounts = {token: (each.amount or 0) - each.redeemed_amount for _, token, each in added}
    balance_ids = await balances.open_for_vouchers(work, organizer_id, amounts, currency=currency, type=OPENED[type])
    links = [
        {
            "organizer_id": organizer_id,
            "id": number,
            "gift_card_id": balance_ids[token],
            "loaded_amount": each.amount or 0,
        }
        for number, token, each in added
    ]
    await work.rows(_link(work.engine), rows=LINKS.text(links))


# -- statements ------------------------------------------------------------------------------------------------------

SHARED: tuple[str, ...] = ("organizer_id", "campaign_id", "terms_id", "created_at")
EACH: tuple[str, ...] = (
    *("token", "code", "active", "metadata", "category_id", "quantity", "redeemed_quantity", "redeemed_amount"),
    *("starts_at", "expires_at", "additional_info"),
)
# What vouchers that are added together have each of its own: the fewest columns of these that do. What they all have is
# said once, which is most of what it takes to add many.
OWN = {names: Slice(voucher, names, ("organizer_id", "code")) for names in (EACH[:2], EACH[:5], EACH)}
LINKS = Slice(voucher, ("organizer_id", "id", "gift_card_id", "loaded_amount"), ("organizer_id", "id"))
COUNT = (
    update(voucher_campaign)
    .where(
        voucher_campaign.c.organizer_id == bindparam("of_organizer", type_=Id),
        voucher_campaign.c.id == bindparam("campaign_id", type_=Id),
    )
    .values(vouchers_count=voucher_campaign.c.vouchers_count + bindparam("by", type_=Id))
    .returning(voucher_campaign.c.id)
)


@cache
def insertion(engine: str, own: tuple[str, ...]) -> Executable:
    """Add the vouchers of the parameter `rows`, as OWN wrote them, whose codes are free; their ids and codes."""
    module: Any = postgresql if engine == "postgresql" else sqlite
    shared = [name for name in (*SHARED, *EACH) if name not in own]
    rows = rows_of(OWN[own], engine).subquery("given")
    bound = [bindparam(name, type_=voucher.c[name].type) for name in shared]
    # Without a WHERE, SQLite takes ON CONFLICT for a join's ON.
    adding = module.insert(voucher).from_select([*shared, *own], select(*bound, *rows.c).where(true()))
    executable: Executable = adding.on_conflict_do_nothing(index_elements=["organizer_id", "code"]).returning(
        voucher.c.id, voucher.c.code
    )
    return executable


@cache
def _link(engine: str) -> Executable:
    organizer_id, voucher_id, gift_card_id, loaded_amount = rows_of(LINKS, engine).subquery("opened").c
    return (
        update(voucher)
        .where(voucher.c.organizer_id == organizer_id, voucher.c.id == voucher_id)
        .values(gift_card_id=gift_card_id, loaded_amount=loaded_amount)
    )

"""Vouchers come into being here, whoever makes them: one by one, by generation, by import, for a publication.

A code that the organizer has already is left out, never given to two. Whoever adds vouchers to a campaign counts them
in the same unit of work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, update
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

# What the ledger says of the amount that a voucher begins with.
OPENED = {"type": "CREDITS_ADDITION", "source": "API"}


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
    tokens = dict(zip((each.code for each in new), public_ids.vouchers(len(new)), strict=True))
    rows = [
        {
            "organizer_id": organizer_id,
            "campaign_id": campaign_id,
            "terms_id": terms_id,
            "token": tokens[each.code],
            "code": each.code,
            "active": each.active,
            "quantity": each.quantity,
            "redeemed_quantity": each.redeemed_quantity,
            "redeemed_amount": each.redeemed_amount,
            "starts_at": each.starts_at,
            "expires_at": each.expires_at,
            "category_id": each.category_id,
            "metadata": each.metadata or None,
            "additional_info": each.additional_info,
            "created_at": work.now,
        }
        for each in new
    ]
    ids, fresh = await VOUCHERS.ensure(work, rows)
    added = {str(code): ids[organizer_id, code] for _, code in fresh}
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
    balance_ids = await balances.open_for_vouchers(work, organizer_id, amounts, currency=currency, info=OPENED)
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

VOUCHERS = Slice(
    voucher,
    (
        *("organizer_id", "campaign_id", "terms_id", "token", "code", "active", "quantity", "redeemed_quantity"),
        *("redeemed_amount", "starts_at", "expires_at", "category_id", "metadata", "additional_info", "created_at"),
    ),
    ("organizer_id", "code"),
)
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
def _link(engine: str) -> Executable:
    organizer_id, voucher_id, gift_card_id, loaded_amount = rows_of(LINKS, engine).subquery("opened").c
    return (
        update(voucher)
        .where(voucher.c.organizer_id == organizer_id, voucher.c.id == voucher_id)
        .values(gift_card_id=gift_card_id, loaded_amount=loaded_amount)
    )

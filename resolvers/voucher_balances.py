"""Balances of gift vouchers and points of loyalty cards: put in, or take out, by hand.

What is put in counts as loaded (`total`); what is taken out lowers what is left and not what was loaded.
"""

from dataclasses import dataclass
from typing import Any

from models.money import HUNDREDTHS_MAX
from models.problems import AmountTooLarge, InsufficientFunds, Invalid, NotFound, refuse
from models.voucher import VoucherType
from models.voucher_problems import GiftAmountExceeded, InvalidAmount, InvalidVoucher, LoyaltyPointsExceeded
from resolvers import balances, vouchers
from resolvers.balances import text_errors
from resolvers.context import Work
from resolvers.gift_card_statements import Reach
from resolvers.new_vouchers import POINTS
from resolvers.voucher_balance_statements import LOAD, LOCK
from resolvers.voucher_scopes import WRITE

TEXT_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class Adjusted:
    """`total` is all that was put in so far, `balance` what is left; `transaction_id` is the ledger's row."""

    voucher_id: int
    voucher_token: str
    type: VoucherType
    amount: int
    total: int
    balance: int
    transaction_id: int


async def adjust(
    work: Work,
    organizer_id: int,
    ref: str,
    amount: int,
    *,
    source_id: str | None = None,
    reason: str | None = None,
) -> Adjusted:
    """Put `amount` in, or take it out if it is negative, of the voucher with this code or id.

    Refuses with `NotFound`, `InvalidVoucher` for a discount, `GiftAmountExceeded` or `LoyaltyPointsExceeded` below
    zero, `AmountTooLarge`, and `InvalidAmount` for nothing.
    """
    work.principal.require(WRITE)
    _check(amount, source_id, reason)
    voucher_id = await vouchers.find(work, organizer_id, ref)
    held = await work.row(LOCK, organizer_id=organizer_id, voucher_id=voucher_id)
    if held is None:
        raise NotFound("voucher", ref=ref)
    token, code, gift_card_id, loaded, currency = held
    if gift_card_id is None:
        raise InvalidVoucher("A discount voucher has no balance.")
    kind = VoucherType.LOYALTY_CARD if currency == POINTS else VoucherType.GIFT_VOUCHER
    total = loaded + max(amount, 0)
    if total > HUNDREDTHS_MAX:
        raise AmountTooLarge("The balance would be too large.", field="amount")
    try:
        booked = await balances.move(
            work,
            organizer_id,
            gift_card_id,
            amount,
            text=None,
            info=_info(kind, amount, total, source_id, reason),
            reach=Reach.VOUCHERS,
        )
    except InsufficientFunds:
        exceeded = LoyaltyPointsExceeded if kind is VoucherType.LOYALTY_CARD else GiftAmountExceeded
        raise exceeded(code, field="amount") from None
    await work.row(LOAD, of_organizer=organizer_id, voucher_id=voucher_id, loaded_amount=total, at=work.now)
    await work.record("voucher.balance_changed", organizer_id, voucher_id, {"amount": amount})
    return Adjusted(voucher_id, token, kind, amount, total, booked.balance, booked.transaction_id)


def _info(kind: VoucherType, amount: int, total: int, source_id: str | None, reason: str | None) -> dict[str, Any]:
    what = "POINTS" if kind is VoucherType.LOYALTY_CARD else "CREDITS"
    return {
        "type": f"{what}_{'REMOVAL' if amount < 0 else 'ADDITION'}",
        "total": total,
        "reason": reason,
        "source_id": source_id,
        "source": "API",
    }


def _check(amount: int, source_id: str | None, reason: str | None) -> None:
    found: list[Invalid] = []
    for name, text in (("source_id", source_id), ("reason", reason)):
        found += text_errors(name, text or "")
        if len(text or "") > TEXT_LENGTH_MAX:
            found.append(Invalid(f"At most {TEXT_LENGTH_MAX} characters.", field=name, reason="too_long"))
    refuse(found)
    if amount == 0:
        raise InvalidAmount("An amount that is not zero is expected.", field="amount")

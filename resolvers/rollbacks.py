"""Roll back: take back a redemption, at most once, and give back what it took.

Vouchers are locked first and by ascending id, as whoever redeems locks them; then the redemption moves from SUCCEEDED
to ROLLED_BACK by a guarded update, which one of many wins; then each voucher gets back its redemption and its balance.
Vouchers that were deleted meanwhile took their redemptions with them; those in the bin are given back to like others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from models import public_ids
from models.duration import Duration
from models.problems import Invalid, NotFound, Problem, refuse
from models.redemption import Kind, Status
from models.voucher import VoucherType
from models.voucher_problems import (
    AlreadyRolledBack,
    InvalidCustomer,
    InvalidOrder,
    InvalidRedemption,
    InvalidRedemptionParent,
)
from resolvers import balances, customers
from resolvers.balances import text_errors
from resolvers.context import Work
from resolvers.customers import CustomerGiven
from resolvers.gift_card_statements import Reach
from resolvers.redeemed_orders import canceled
from resolvers.redemption_rows import ROLLED_BACK, Refused, insert, keep_refusal, row_of
from resolvers.redemption_statements import BY_TOKEN, CHILDREN, GIVE_BACK, MOVE_BACK, lock_vouchers
from resolvers.voucher_scopes import REDEEM_WRITE

# "You can roll back a redemption up to 3 months back" (vendor's reference).
ROLLED_BACK_WITHIN = Duration.read("P3M", field="")
TEXT_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What was written: a rollback for each redemption, in their order, and of a stack one that holds them together."""

    ids: tuple[int, ...]
    tokens: tuple[str, ...]
    order: Mapping[str, Any] | None
    parent_id: int | None = None
    parent_token: str | None = None

    def result(self) -> "RolledBack":
        return self


class _Redemption(NamedTuple):
    id: int
    token: str
    kind: str
    status: str
    parent_id: int | None
    voucher_id: int | None
    campaign_id: int | None
    customer_id: int | None
    amount: int | None
    order: Mapping[str, Any] | None
    order_token: str | None
    tracking_id: str | None
    happened_at: datetime
    gift_card_id: int | None
    voucher_type: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    reason: str | None
    tracking_id: str | None
    order: Mapping[str, Any] | None
    customer: CustomerGiven | None
    metadata: Mapping[str, Any] | None


async def rollback(
    work: Work,
    organizer_id: int,
    redemption_token: str,
    *,
    reason: str | None = None,
    tracking_id: str | None = None,
    order: Mapping[str, Any] | None = None,
    customer: CustomerGiven | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> RolledBack | Refused:
    """Roll back one redemption. `order` and `customer`, if they are named, must be the redemption's.

    That it was rolled back before is returned, as its row is to be committed. Raises `NotFound`,
    `InvalidRedemptionParent` for one of a stack, `InvalidRedemption` for a stack, for one that failed, and for one
    that is older than three months; `InvalidOrder`, `InvalidCustomer`.
    """
    work.principal.require(REDEEM_WRITE)
    asked = _Asked(reason, tracking_id, order, customer, metadata)
    found = await _find(work, organizer_id, redemption_token, asked)
    if found.voucher_id is None:
        message = "You can rollback only a single redemption. Use different endpoint for stacked redemption."
        raise InvalidRedemption(message)
    return await _roll_back(work, organizer_id, found, asked)


async def rollback_stack(
    work: Work,
    organizer_id: int,
    redemption_token: str,
    *,
    reason: str | None = None,
    tracking_id: str | None = None,
    order: Mapping[str, Any] | None = None,
    customer: CustomerGiven | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> RolledBack | Refused:
    """Roll back all redemptions of a stack, by the token of what holds them together; a single one, too."""
    work.principal.require(REDEEM_WRITE)
    asked = _Asked(reason, tracking_id, order, customer, metadata)
    found = await _find(work, organizer_id, redemption_token, asked)
    return await _roll_back(work, organizer_id, found, asked)


# -- parts -----------------------------------------------------------------------------------------------------------


async def _find(work: Work, organizer_id: int, token: str, asked: _Asked) -> _Redemption:
    _check(asked)
    row = None if "\0" in token else await work.row(BY_TOKEN, organizer_id=organizer_id, token=token)
    if row is None:
        raise NotFound("redemption", ref=token)
    found = _Redemption(*row)
    if found.kind != Kind.REDEMPTION or found.status == Status.FAILED:
        raise InvalidRedemption("Only a redemption that succeeded can be rolled back.")
    if found.parent_id is not None:
        raise InvalidRedemptionParent()
    if ROLLED_BACK_WITHIN.after(found.happened_at) < work.now:
        raise InvalidRedemption("A redemption can be rolled back within three months.")
    _check_order(found, asked.order)
    await _check_customer(work, organizer_id, found, asked.customer)
    return found


async def _roll_back(work: Work, organizer_id: int, found: _Redemption, asked: _Asked) -> RolledBack | Refused:
    children = await _children(work, organizer_id, found)
    ids = [each.voucher_id for each in (found, *children) if each.voucher_id is not None]
    await work.rows(lock_vouchers(work.dialect), organizer_id=organizer_id, ids=ids)
    if await work.row(MOVE_BACK, of_organizer=organizer_id, of=found.id) is None:
        # Looked at again: it may have been deleted while we waited for its voucher.
        if await work.row(BY_TOKEN, organizer_id=organizer_id, token=found.token) is None:
            raise NotFound("redemption", ref=found.token)
        values = _common(found, asked) | {"kind": Kind.ROLLBACK.value}
        return await keep_refusal(work, organizer_id, AlreadyRolledBack(found.token), **values)
    # Those whose vouchers were deleted while we waited are gone.
    return await _undo(work, organizer_id, found, await _children(work, organizer_id, found), asked)


async def _children(work: Work, organizer_id: int, found: _Redemption) -> list[_Redemption]:
    if found.voucher_id is not None:
        return []
    rows = await work.rows(CHILDREN, organizer_id=organizer_id, of_parent=found.id)
    return [_Redemption(*row) for row in rows]


async def _undo(
    work: Work, organizer_id: int, found: _Redemption, children: Sequence[_Redemption], asked: _Asked
) -> RolledBack:
    token, tokens = public_ids.rollback(), [public_ids.rollback() for _ in children]
    order = canceled(found.order, work.now, found.token, token, tokens)
    rollback_id = await _give_back(work, organizer_id, found, token, order, asked, None)
    if found.voucher_id is not None:
        return RolledBack((rollback_id,), (token,), order)
    ids = []
    for child, child_token in zip(children, tokens, strict=True):
        await work.row(MOVE_BACK, of_organizer=organizer_id, of=child.id)
        ids.append(await _give_back(work, organizer_id, child, child_token, order, asked, rollback_id))
    return RolledBack(tuple(ids), tuple(tokens), order, rollback_id, token)


async def _give_back(
    work: Work,
    organizer_id: int,
    found: _Redemption,
    token: str,
    order: Mapping[str, Any] | None,
    asked: _Asked,
    parent_id: int | None,
) -> int:
    amount = None if found.amount is None else -found.amount
    values = _common(found, asked) | {"kind": Kind.ROLLBACK.value, "order": order, "parent_id": parent_id}
    row_id = await insert(work, row_of(work, organizer_id, token, **values, amount=amount), ROLLED_BACK)
    if found.voucher_id is None:
        return row_id
    taken = {"of_voucher": found.voucher_id, "taken_amount": found.amount or 0}
    (loaded,) = await work.row(GIVE_BACK, of_organizer=organizer_id, **taken, now=work.now)
    if found.gift_card_id is not None and found.amount is not None:
        info = _info(found, token, asked, loaded)
        await balances.move(
            work, organizer_id, found.gift_card_id, found.amount, text=None, info=info, reach=Reach.VOUCHERS
        )
    return row_id


def _common(found: _Redemption, asked: _Asked) -> dict[str, Any]:
    return {
        "voucher_id": found.voucher_id,
        "campaign_id": found.campaign_id,
        "customer_id": found.customer_id,
        "rolls_back_id": found.id,
        "reason": asked.reason,
        "order_token": found.order_token,
        "tracking_id": asked.tracking_id or found.tracking_id,
        "metadata": asked.metadata,
    }


def _info(found: _Redemption, token: str, asked: _Asked, loaded: int) -> dict[str, Any]:
    order = found.order and {name: found.order.get(name) for name in ("id", "source_id")}
    return {
        "type": "POINTS_REFUND" if found.voucher_type == VoucherType.LOYALTY_CARD else "CREDITS_REFUND",
        "redemption": found.token,
        "rollback": token,
        "order": order,
        "total": loaded,
        "reason": asked.reason,
        "source_id": (order and order["source_id"]) or asked.tracking_id,
        "source": "API",
    }


# -- rules -----------------------------------------------------------------------------------------------------------


def _check(asked: _Asked) -> None:
    found: list[Problem] = []
    for name, text in (("reason", asked.reason), ("tracking_id", asked.tracking_id)):
        found += text_errors(name, text or "")
        if len(text or "") > TEXT_LENGTH_MAX:
            found.append(Invalid(f"At most {TEXT_LENGTH_MAX} characters.", field=name, reason="too_long"))
    refuse(found)


def _check_order(found: _Redemption, order: Mapping[str, Any] | None) -> None:
    for name in ("id", "source_id"):
        asked = (order or {}).get(name)
        if asked is not None and asked != (found.order or {}).get(name):
            raise InvalidOrder()


async def _check_customer(work: Work, organizer_id: int, found: _Redemption, given: CustomerGiven | None) -> None:
    if given is None or not given.is_named:
        return
    known = await customers.find(work, organizer_id, given)
    if found.customer_id is not None and (known is None or known.id != found.customer_id):
        raise InvalidCustomer("", "Customer is not related with redemption.")

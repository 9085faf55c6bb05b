"""Redeem: use vouchers, all that a request names or none.

The order of things, so that two processes agree. The vouchers' rows are locked first, by ascending id, and looked at
under their locks; then it is decided; then each is taken by a guarded update, which asks once more for what is not
under those locks: whether the campaign is on, and what other sessions hold. A campaign is never locked, so that its
redemptions do not wait for each other, nor for vouchers being added to it. Whoever disables one is therefore obeyed
by every redemption whose guard runs after the commit; those whose guard ran before it count as earlier. Disabling a
voucher locks its row, and is simply before or after.

A refusal is kept as a failed redemption, and nothing else of the attempt is: it is decided before anything is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from models import public_ids
from models.problems import NotFound, Unavailable
from resolvers import balances, customers
from resolvers.context import Work
from resolvers.customers import Known
from resolvers.gift_card_statements import Reach
from resolvers.redeemables import Found, Looked, RedemptionRequest, check, look
from resolvers.redeemed_orders import entry, placed, stacked_entry, token_of
from resolvers.redemption_rows import SUCCEEDED, Refused, content_of, insert, keep_refusal, row_of
from resolvers.redemption_statements import AT_ONCE, RELEASE, TAKE
from resolvers.rollbacks import RolledBack, rollback, rollback_stack
from resolvers.verdicts import Judgement, Verdict, judge
from resolvers.voucher_scopes import REDEEM_WRITE

__all__ = ["Redeemed", "Refused", "RolledBack", "redeem", "rollback", "rollback_stack"]

# How often vouchers are looked at again if what is not under their locks has changed in between.
TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What was written. `ids`, `tokens` and `rows` are of the redemption of each voucher, in the order of the request.

    `parent_id`, `parent` and `parent_token` are of what holds them together, if there are several. `order` is the
    order after all of them, as it is stored; `verdicts` has it after each. `balances` are what is left, None of
    discounts.
    """

    ids: tuple[int, ...]
    tokens: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    rows: tuple[Mapping[str, Any], ...]
    balances: tuple[int | None, ...]
    order: Mapping[str, Any] | None
    customer: Known | None
    parent_id: int | None = None
    parent: Mapping[str, Any] | None = None

    @property
    def tracking_id(self) -> str | None:
        found: str | None = self.rows[0]["tracking_id"]
        return found

    @property
    def parent_token(self) -> str | None:
        return None if self.parent is None else self.parent["token"]

    def result(self) -> "Redeemed":
        return self


class _Changed(Exception):
    """Something that forbids it, and is not under the vouchers' locks, has changed since it was looked at."""


async def redeem(work: Work, organizer_id: int, request: RedemptionRequest) -> Redeemed | Refused:
    """Redeem 1 to 30 vouchers in one go. What forbids one forbids all, and is returned: its row is to be committed.

    Raises, and keeps nothing, for what is wrong with the request itself: `Invalid`, `NotFound` an unknown voucher or
    customer, `DuplicatedRedeemables`.
    """
    work.principal.require(REDEEM_WRITE)
    check(request)
    for _ in range(TRIES_MAX):
        looked = await work.run(look(work.dialect, organizer_id, request, work.now, locked=True))
        judgement = judge(looked, request, work.now)
        if judgement.refused is not None:
            return await _refuse(work, organizer_id, request, looked, judgement.refused)
        try:
            return await _use(work, organizer_id, request, looked, judgement)
        except _Changed:
            continue
    raise Unavailable("The vouchers are being changed by others; try again.", retry_after=1)


# -- parts -----------------------------------------------------------------------------------------------------------


async def _refuse(
    work: Work, organizer_id: int, request: RedemptionRequest, looked: Looked, refused: Verdict
) -> Refused:
    problem, found = refused.problem, refused.voucher
    assert problem is not None
    if found is None or isinstance(problem, NotFound):
        raise problem
    return await keep_refusal(
        work,
        organizer_id,
        problem,
        voucher_id=found.id,
        campaign_id=found.campaign_id,
        customer_id=None if looked.customer is None else looked.customer.id,
        tracking_id=request.tracked_as(organizer_id, looked.customer),
        metadata=request.metadata,
    )


async def _use(
    work: Work, organizer_id: int, request: RedemptionRequest, looked: Looked, judgement: Judgement
) -> Redeemed:
    """Write it. If it turns out that it may not be, nothing was written: a savepoint is needed only if others are."""

    async def effect(work: Work) -> Redeemed:
        customer = await _customer(work, organizer_id, request, looked)
        redemption = _Redemption(work, organizer_id, request, customer)
        done = await (redemption.one(judgement) if len(judgement.verdicts) == 1 else redemption.several(judgement))
        if request.session_key:
            await work.rows(RELEASE, organizer_id=organizer_id, session_key=request.session_key)
        return done

    alone = len(judgement.verdicts) == 1 and customers.is_told(looked.customer, request.customer)
    return await (effect(work) if alone else work.attempt(effect))


async def _customer(work: Work, organizer_id: int, request: RedemptionRequest, looked: Looked) -> Known | None:
    if request.customer is None or not request.customer.is_named:
        return None
    return await customers.settle(work, organizer_id, looked.customer, request.customer)


class _Taken(NamedTuple):
    id: int
    row: Mapping[str, Any]
    balance: int | None


@dataclass(frozen=True, slots=True)
class _Redemption:
    """What all rows of one redemption have in common."""

    work: Work
    organizer_id: int
    request: RedemptionRequest
    customer: Known | None

    async def one(self, judgement: Judgement) -> Redeemed:
        (verdict,) = judgement.verdicts
        token, order_token = public_ids.redemption(), token_of(judgement.order)
        order = self._order(verdict.order, order_token, {token: self._entry(_found(verdict))})
        taken = await self._take(verdict, token, order, order_token, None)
        return self._redeemed([taken], judgement, order)

    async def several(self, judgement: Judgement) -> Redeemed:
        parent_token, order_token = public_ids.redemption(), token_of(judgement.order)
        tokens = tuple(public_ids.redemption() for _ in judgement.verdicts)
        entries = {parent_token: stacked_entry(self.work.now, parent_token, list(tokens))}
        order = self._order(judgement.order, order_token, entries)
        parent = self._row(parent_token, order=order, order_token=order_token)
        parent_id = await insert(self.work, parent, SUCCEEDED)
        taken = [
            await self._take(verdict, token, self._order(verdict.order, order_token, entries), order_token, parent_id)
            for verdict, token in zip(judgement.verdicts, tokens, strict=True)
        ]
        return self._redeemed(taken, judgement, order, parent_id, parent)

    async def _take(
        self, verdict: Verdict, token: str, order: Mapping[str, Any] | None, order_token: str | None, parent: int | None
    ) -> _Taken:
        found = _found(verdict)
        row = self._row(
            token,
            voucher_id=found.id,
            campaign_id=found.campaign_id,
            parent_id=parent,
            amount=verdict.amount,
            order=order,
            order_token=order_token,
        )
        guard = {
            "of_organizer": self.organizer_id,
            "of_voucher": found.id,
            "of_terms": found.terms_id,
            "taken_amount": verdict.amount or 0,
            "now": self.work.now,
            "session_key": self.request.session_key,
        }
        row_id = await (_at_once if self.work.engine == "postgresql" else _step_by_step)(self.work, row, guard)
        if found.gift_card_id is None or verdict.amount is None:
            return _Taken(row_id, row, None)
        return _Taken(row_id, row, await self._move(found, found.gift_card_id, verdict.amount, token, order))

    async def _move(
        self, found: Found, gift_card_id: int, amount: int, token: str, order: Mapping[str, Any] | None
    ) -> int:
        """The balance that is left."""
        kind = "POINTS_REDEMPTION" if found.is_loyalty_card else "CREDITS_REDEMPTION"
        told = None if order is None else {"id": order["id"], "source_id": order["source_id"]}
        info = {
            "type": kind,
            "redemption": token,
            "order": told,
            "total": found.loaded_amount,
            "reason": None,
            "source_id": (told and told["source_id"]) or self.request.tracking_id,
            "source": "API",
        }
        booked = await balances.move(
            self.work, self.organizer_id, gift_card_id, -amount, text=None, info=info, reach=Reach.VOUCHERS
        )
        return booked.balance

    def _row(self, token: str, **values: Any) -> dict[str, Any]:
        return row_of(
            self.work,
            self.organizer_id,
            token,
            customer_id=None if self.customer is None else self.customer.id,
            tracking_id=self.request.tracked_as(self.organizer_id, self.customer),
            metadata=self.request.metadata,
            **values,
        )

    def _entry(self, found: Found) -> dict[str, Any]:
        return entry(self.work.now, found.token, None if found.campaign is None else found.campaign.token)

    def _order(
        self, calculated: Mapping[str, Any] | None, token: str | None, redemptions: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        if calculated is None or token is None:
            return None
        return {**placed(calculated, token, self.work.now, self.customer), "redemptions": redemptions}

    def _redeemed(
        self,
        taken: Sequence[_Taken],
        judgement: Judgement,
        order: Mapping[str, Any] | None,
        *parent: Any,
    ) -> Redeemed:
        ids, rows, left = zip(*taken, strict=True)
        tokens = tuple(row["token"] for row in rows)
        return Redeemed(ids, tokens, judgement.verdicts, rows, left, order, self.customer, *parent)


def _found(verdict: Verdict) -> Found:
    assert verdict.voucher is not None
    return verdict.voucher


async def _step_by_step(work: Work, row: Mapping[str, Any], guard: Mapping[str, Any]) -> int:
    """Three statements: on SQLite they cost microseconds."""
    if await work.row(TAKE, **guard) is None:
        raise _Changed()
    return await insert(work, row, SUCCEEDED)


async def _at_once(work: Work, row: Mapping[str, Any], guard: Mapping[str, Any]) -> int:
    """The same in one statement: each round trip to PostgreSQL costs as much as what it does."""
    told = {"change_kind": SUCCEEDED, "token_id": work.principal.token_id, "content": content_of(row)}
    done = await work.row(AT_ONCE, **row, **guard, **told)
    if done is None:
        raise _Changed()
    return int(done[0])

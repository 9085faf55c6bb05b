"""Validate: whether vouchers could be redeemed now, and what they would take off. With a session they are held for it.

Without a session this is a read. With one, what is held counts as used for every other session until the time is up,
the session redeems, or it validates something else: at most one redemption of each voucher, and of gift vouchers and
loyalty cards the credits. Who redeems asks in the same statement that takes the voucher (redemption_statements.TAKE).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from models import public_ids
from models.problems import Invalid, NotFound
from resolvers.context import Context, Work
from resolvers.redeemables import Looked, Redeemable, RedemptionRequest, Session, check, look
from resolvers.redemption_statements import RELEASE
from resolvers.validation_statements import HOLD, RELEASE_ONE
from resolvers.verdicts import STACKING_RULES, Judgement, Status, Verdict, judge
from resolvers.voucher_scopes import REDEEM_READ, REDEEM_WRITE

__all__ = ["STACKING_RULES", "Status", "Validation", "Verdict", "release", "validate"]

# Seconds of each.
TTL_UNITS: Mapping[str, float] = {
    "DAYS": 86_400,
    "HOURS": 3_600,
    "MINUTES": 60,
    "SECONDS": 1,
    "MILLISECONDS": 1e-3,
    "MICROSECONDS": 1e-6,
    "NANOSECONDS": 1e-9,
}
# "by default the session lock will be established for 7 days" (vendor's reference).
TTL, TTL_UNIT = 7, "DAYS"
TTL_SECONDS_MAX = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Validation:
    """The outcome. What forbids a voucher is in its verdict; `valid`: all may be redeemed together.

    `order` is the order after all that apply; `session` is as it was established, None if nothing is held.
    """

    token: str
    verdicts: tuple[Verdict, ...]
    order: Mapping[str, Any] | None
    tracking_id: str | None
    session: Session | None = None

    @property
    def valid(self) -> bool:
        return all(verdict.status is Status.APPLICABLE for verdict in self.verdicts)


async def validate(context: Context, organizer_id: int, request: RedemptionRequest) -> Validation:
    """Whether 1 to 30 vouchers could be redeemed now, with this order and by this customer.

    Refuses only what is wrong with the request itself: `Invalid`, `NotFound` a customer's unknown id,
    `DuplicatedRedeemables`. An unknown voucher is one that does not apply.
    """
    if request.session is not None:
        return await context.write(partial(hold, organizer_id=organizer_id, request=request))
    context.principal.require(REDEEM_READ, reading=True)
    check(request)
    database, now = context.database, context.now()
    plan = partial(look, database.dialect, organizer_id, request, now)
    looked = await database.read(plan, snapshot=len(request.redeemables) > 1)
    return _validation(organizer_id, request, looked, judge(looked, request, now))


async def hold(work: Work, organizer_id: int, request: RedemptionRequest) -> Validation:
    """The same within a unit of work, and hold what is valid for the session: it holds nothing else any more."""
    session = request.session or Session()
    work.principal.require(REDEEM_WRITE)
    check(request)
    lasting = _lasting(session)
    session = replace(session, key=session.key or public_ids.session())
    request = replace(request, session=session)
    looked = await work.run(look(work.dialect, organizer_id, request, work.now, locked=True))
    judgement = judge(looked, request, work.now)
    validation = _validation(organizer_id, request, looked, judgement)
    if not validation.valid:
        return validation
    await work.rows(RELEASE, organizer_id=organizer_id, session_key=session.key)
    for verdict in validation.verdicts:
        await _hold(work, organizer_id, verdict, session, lasting)
    return replace(validation, session=_shown(session))


async def release(work: Work, organizer_id: int, ref: str, session_key: str) -> int:
    """Hold a voucher no longer for this session; the voucher's id. Refuses with `NotFound` for either."""
    work.principal.require(REDEEM_WRITE)
    request = RedemptionRequest((Redeemable(ref),))
    (found,) = (await work.run(look(work.dialect, organizer_id, request, work.now))).vouchers
    if found is None:
        raise NotFound("voucher", field="code", ref=ref)
    known = "\0" not in session_key
    given = {"organizer_id": organizer_id, "voucher_id": found.id, "session_key": session_key, "now": work.now}
    if not known or await work.row(RELEASE_ONE, **given) is None:
        raise NotFound("session", field="session_key", ref=session_key)
    await work.record("voucher.released", organizer_id, found.id, {})
    return found.id


# -- parts -----------------------------------------------------------------------------------------------------------


def _validation(organizer_id: int, request: RedemptionRequest, looked: Looked, judgement: Judgement) -> Validation:
    tracked = request.tracked_as(organizer_id, looked.customer)
    return Validation(public_ids.validation(), judgement.verdicts, judgement.order, tracked)


async def _hold(work: Work, organizer_id: int, verdict: Verdict, session: Session, lasting: timedelta) -> None:
    found = verdict.voucher
    # What cannot run out needs no holding; it would only be counted over and over.
    if found is None or (found.quantity is None and not verdict.amount):
        return
    await work.row(
        HOLD[work.engine],
        organizer_id=organizer_id,
        voucher_id=found.id,
        session_key=session.key,
        credits=verdict.amount,
        expires_at=work.now + lasting,
    )
    await work.record("voucher.held", organizer_id, found.id, {"credits": verdict.amount})


def _lasting(session: Session) -> timedelta:
    unit = session.ttl_unit or TTL_UNIT
    if unit not in TTL_UNITS:
        raise Invalid(f"One of {', '.join(TTL_UNITS)}.", field="session.ttl_unit", reason="choice", choices=TTL_UNITS)
    seconds = (TTL if session.ttl is None else session.ttl) * TTL_UNITS[TTL_UNIT if session.ttl is None else unit]
    if not 0 < seconds <= TTL_SECONDS_MAX:
        raise Invalid("More than nothing and at most 365 days.", field="session.ttl", reason="out_of_range")
    return timedelta(seconds=seconds)


def _shown(session: Session) -> Session:
    if session.ttl is None:
        return Session(session.key, TTL, TTL_UNIT)
    return replace(session, ttl_unit=session.ttl_unit or TTL_UNIT)

"""Actions: bulk work is asked for here. Who brings it on is resolvers/action_work.py.

Whatever a worker writes of an action is guarded by its fencing number (models/action.py): `Lost` says that another has
gone on with it, and undoes the chunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models import public_ids
from models.action import MOVES, OF_GIFT_CARDS, ActionType, Status
from models.change import ChangeKind
from models.voucher_campaign import Progress
from resolvers import action_statements as statements
from resolvers.context import Work
from resolvers.slices import sliced

# Failures that the result of an import names; all of them are rows of their own.
FAILED_SHOWN_MAX = 1000
# What an action's campaign shows while it is not done; an import adds to one that is complete as it is.
SHOWN = {
    ActionType.GENERATE: Progress.IN_PROGRESS,
    ActionType.UPDATE: Progress.MODIFYING,
    ActionType.DELETE: Progress.MODIFYING,
    ActionType.IMPORT: Progress.MODIFYING,
    ActionType.IMPORT_CSV: Progress.MODIFYING,
}


class Enqueued(NamedTuple):
    """An action that was asked for: its row, and the id that clients know it by."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """An action as its worker knows it. `state` is where the type's own work stands."""

    id: int
    organizer_id: int
    token: str
    type: ActionType
    campaign_id: int | None
    token_id: int | None
    input: Mapping[str, Any]
    state: Mapping[str, Any]
    total: int | None
    done_count: int
    failed_count: int
    fence: int

    @property
    def left(self) -> int:
        """Items still to do, as far as their number is known."""
        return max((self.total or 0) - self.done_count - self.failed_count, 0)


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that could not be done. `row` is its place in a file, from 1 on, the header not counted."""

    reason: str
    code: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Progressed:
    """What one chunk did, and where the work stands now.

    With `failure` the action fails for this reason; what its chunks did stays.
    """

    done: int = 0
    failures: Sequence[Failure] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    finished: bool = False
    failure: str | None = None


class Lost(Exception):
    """The action is another worker's by now, or over: nothing of the chunk may be written."""


# -- asking ------------------------------------------------------------------------------------------------------------


async def enqueue(
    work: Work,
    organizer_id: int,
    type: ActionType,
    *,
    campaign_id: int | None,
    input: Mapping[str, Any],
    total: int | None,
    request_id: str | None,
    status: Status = Status.ENQUEUED,
) -> Enqueued:
    """Bulk work that begins when this unit is committed. Asks for no scope: the verb that wants it has its own.

    With the status RECEIVING it waits for `submit`: its input is still on the way.
    """
    token = public_ids.action()
    (action_id,) = await work.row(
        statements.insertion(work.engine),
        of_organizer=organizer_id,
        new_token=token,
        of_type=type.value,
        in_status=status.value,
        of_campaign=campaign_id,
        of_token=work.principal.token_id,
        of_request=request_id,
        given=input,
        of_all=total,
        at=work.now,
    )
    if status is Status.ENQUEUED:
        await _announce(work, organizer_id, action_id, type, campaign_id)
    return Enqueued(action_id, token)


async def submit(work: Work, organizer_id: int, action_id: int, *, total: int) -> None:
    """The input of an action is complete: it may begin. Raises `Lost` if it is not waiting for that."""
    row = await work.row(statements.SUBMIT, of_organizer=organizer_id, action_id=action_id, of_all=total, at=work.now)
    if row is None:
        raise Lost
    await _announce(work, organizer_id, action_id, ActionType(row[0]), row[1])


async def discard(work: Work, organizer_id: int, action_id: int) -> None:
    """Remove an action whose input did not come to its end, and what has come of it."""
    await work.row(statements.DISCARD, of_organizer=organizer_id, action_id=action_id)


async def _announce(work: Work, organizer_id: int, action_id: int, type: ActionType, campaign_id: int | None) -> None:
    if campaign_id is not None:
        shown = SHOWN[type].value
        await work.row(statements.SHOW, of_organizer=organizer_id, of_campaign=campaign_id, shown=shown)
    kind = ChangeKind.ACTION_GIFT_CARDS_ENQUEUED if type in OF_GIFT_CARDS else ChangeKind.ACTION_ENQUEUED
    await work.record(kind, organizer_id, action_id, {"type": type.value, "campaign_id": campaign_id})
    work.wake_bulk()


# -- working -----------------------------------------------------------------------------------------------------------


async def claim(work: Work, lease_ms: int) -> Claimed | None:
    """The action that waits longest, for this worker alone until the lease is over; None if there is none."""
    row = await work.row(statements.claim(work.engine), lease_ms=lease_ms)
    return None if row is None else _claimed(row)


async def hold(work: Work, claimed: Claimed) -> Claimed:
    """The action as it is now, under its lock. Raises `Lost`."""
    row = await work.row(statements.HOLD, **_named(claimed))
    if row is None:
        raise Lost
    return _claimed(row)


async def advance(work: Work, held: Claimed, progressed: Progressed, *, spent_ms: int, lease_ms: int) -> Claimed:
    """Write what a chunk did, in its transaction, and prolong the lease."""
    await _fail_items(work, held, progressed.failures)
    row = await work.row(
        statements.advance(work.engine),
        **_named(held),
        **_added(progressed, spent_ms),
        new_state=progressed.state,
        at=work.now,
        lease_ms=lease_ms,
    )
    if row is None:
        raise Lost
    return _claimed(row)


async def finish(
    work: Work, held: Claimed, progressed: Progressed, result: Mapping[str, Any], *, spent_ms: int
) -> None:
    """The last chunk: the action is DONE, or FAILED if the chunk says why; its campaign shows it."""
    status = Status.DONE if progressed.failure is None else Status.FAILED
    assert status in MOVES[Status.IN_PROGRESS]
    await _fail_items(work, held, progressed.failures)
    row = await work.row(
        statements.FINISH,
        **_named(held),
        **_added(progressed, spent_ms),
        in_status=status.value,
        outcome=result,
        at=work.now,
    )
    if row is None:
        raise Lost
    if held.campaign_id is not None:
        await _settle_campaign(work, held, status)
    content = {"type": held.type.value, "status": status.value, "campaign_id": held.campaign_id}
    kind = ChangeKind.ACTION_GIFT_CARDS_FINISHED if held.type in OF_GIFT_CARDS else ChangeKind.ACTION_FINISHED
    await work.record(kind, held.organizer_id, held.id, content | {"done_count": result["done_count"]})


async def release(work: Work, claimed: Claimed, *, pause_ms: int = 0, state: Mapping[str, Any] | None = None) -> None:
    """Any worker may go on, after a pause; this one has no say in it any more. The others come first."""
    await work.row(
        statements.release(work.engine),
        **_named(claimed),
        new_state=claimed.state if state is None else state,
        pause_ms=pause_ms,
    )


async def failures(work: Work, held: Claimed, count_max: int = FAILED_SHOWN_MAX) -> list[Failure]:
    """The first items that could not be done."""
    rows = await work.rows(statements.FAILURES, of_organizer=held.organizer_id, action_id=held.id, count_max=count_max)
    return [Failure(reason, code, number) for number, code, reason in rows]


async def _fail_items(work: Work, held: Claimed, failures: Sequence[Failure]) -> None:
    rows = [
        {
            "organizer_id": held.organizer_id,
            "action_id": held.id,
            "row": each.row,
            "code": each.code,
            "reason": each.reason,
        }
        for each in failures
    ]
    for part in sliced(rows):
        await work.rows(statements.insert_failures(work.engine), rows=statements.FAILED.text(part))


async def _settle_campaign(work: Work, held: Claimed, status: Status) -> None:
    """It is done when nothing else is to be done with it; a failure shows at once."""
    given = {"of_organizer": held.organizer_id, "of_campaign": held.campaign_id}
    if status is Status.FAILED:
        await work.row(statements.SHOW, **given, shown=Progress.FAILED.value)
    else:
        await work.row(statements.SETTLE, **given, action_id=held.id)


def _claimed(row: Sequence[Any]) -> Claimed:
    known = dict(zip(statements.CLAIMED, row, strict=True))
    return Claimed(**(known | {"type": ActionType(known["type"])}))


def _named(claimed: Claimed) -> dict[str, Any]:
    return {"of_organizer": claimed.organizer_id, "action_id": claimed.id, "of_fence": claimed.fence}


def _added(progressed: Progressed, spent_ms: int) -> dict[str, Any]:
    return {"done": progressed.done, "failed": len(progressed.failures), "spent_ms": spent_ms}

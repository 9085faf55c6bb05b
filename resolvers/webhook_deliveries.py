"""Deliveries: each change once for every webhook that is told of it; claimed, sent by whoever claimed, settled.

None of these verbs asks for a scope: they are the server's own work. What a webhook is told of is what its token could
read when it was made (`resolvers.webhooks`).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from models import public_ids
from models.database import Database, Dialect, Statement, Tx, asked
from models.webhook import DisabledReason, Status
from resolvers import webhook_statements as statements
from resolvers.change_sources import visible_kinds
from resolvers.changes import Change
from resolvers.context import Work
from resolvers.principals import Principal
from resolvers.slices import sliced
from resolvers.webhooks import NOUN

# Changes that are looked at in one unit of work.
CHANGES_MAX = 100
# Pauses after an attempt that failed, in seconds; when they are used up the delivery has failed.
PAUSES = (5, 30, 120, 600, 3600, 14_400, 43_200, 86_400)
# Each pause is longer or shorter by up to this part of it, so that what failed together does not come back together.
JITTER = 0.2
# A receiver that names a pause is heeded up to here, but never early.
RETRY_AFTER_SECONDS_MAX = 86_400
# A webhook is switched off when nothing got through for so long.
PATIENCE = timedelta(days=5)
RESPONSE_LENGTH_MAX = 1000
GONE = 410


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as its worker knows it, with all that is needed to send it."""

    id: int
    organizer_id: int
    webhook_id: int
    token: str
    kind: str
    attempts: int
    tries: int
    fence: int
    body: str | None
    created_at: datetime
    url: str
    query: str | None
    secrets: tuple[str, ...]
    reader: Principal
    # None for a ping.
    change: Change | None


@dataclass(frozen=True, slots=True)
class Attempted:
    """What came of sending: an answer with its status, or an error."""

    started_at: datetime
    duration_ms: int
    status: int | None = None
    response: str | None = None
    error: str | None = None
    # The pause that the receiver asks for.
    retry_after_seconds: float | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


# -- from changes to deliveries ----------------------------------------------------------------------------------------


async def start(database: Database) -> int | None:
    """From where on changes are to be read; None while there is no webhook that is on."""
    dialect = database.dialect
    ((oldest,),) = await asked(database, _any(dialect))
    if oldest is None:
        return None
    return max(int(oldest), await _position(database))


async def advance(database: Database, unit_of: Any, until: int) -> int | None:
    """Make deliveries of the next changes up to `until`; where the reader stands then, None if nobody is told.

    `unit_of` runs a unit of work. Of several processes that try, one makes the deliveries.
    """
    position = await _position(database)
    first = await start(database)
    if first is None or first >= until:
        return first
    rows = await asked(database, _following(database.dialect), after=first, until=until, rows_max=CHANGES_MAX)
    reached = rows[-1][0] if len(rows) == CHANGES_MAX else until
    await unit_of(lambda work: move(work, position, reached, rows))
    return reached


async def move(work: Work, position: int, reached: int, changes: Sequence[Any]) -> int:
    """Move the reader on, with the deliveries of what it passes; how many. None are made if another moved it."""
    await work.rows(statements.BEGIN_READING[work.engine])
    if await work.row(statements.MOVE, old_position=position, new_position=reached) is None:
        return 0
    organizer_ids = sorted({organizer_id for _, organizer_id, _ in changes})
    if not organizer_ids:
        return 0
    told = [_Told.of(row) for row in await work.rows(statements.active(work.dialect), organizer_ids=organizer_ids)]
    rows = [
        {
            "organizer_id": organizer_id,
            "webhook_id": each.id,
            "token": public_ids.webhook_delivery(),
            "change_id": change_id,
            "kind": kind,
            "created_at": work.now,
        }
        for change_id, organizer_id, kind in changes
        for each in told
        if each.organizer_id == organizer_id and change_id > each.from_change_id and kind in each.kinds
    ]
    for part in sliced(rows):
        await work.rows(statements.insert_deliveries(work.engine), rows=statements.DELIVERIES.text(part))
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Told:
    id: int
    organizer_id: int
    kinds: frozenset[str]
    from_change_id: int

    @classmethod
    def of(cls, row: Sequence[Any]) -> "_Told":
        known = dict(zip(statements.ACTIVE, row, strict=True))
        visible = {kind for kind in visible_kinds(reader_of(known, "")) if kind.partition(".")[0] != NOUN}
        kinds = frozenset(visible & set(known["kinds"]) if known["kinds"] else visible)
        return cls(known["id"], known["organizer_id"], kinds, known["from_change_id"])


def reader_of(webhook: Mapping[str, Any], slug: str) -> Principal:
    """As whom a webhook reads: one organizer, and never to write."""
    return Principal(
        "webhook",
        "webhook",
        {slug: webhook["organizer_id"]},
        frozenset(webhook["scopes"]),
        access=frozenset(("read",)),
        all_events=webhook["all_events"],
        event_ids=tuple(webhook["event_ids"]),
    )


async def _position(database: Database) -> int:
    rows = await asked(database, _standing(database.dialect))
    return int(rows[0][0]) if rows else 0


# -- sending -----------------------------------------------------------------------------------------------------------


async def waiting(database: Database) -> list[tuple[int, int, bool]]:
    """Webhooks that have something to be sent now: organizer, webhook, and whether it failed the last time."""
    rows = await asked(database, _waiting(database.dialect))
    return [(organizer_id, webhook_id, bool(is_failing)) for organizer_id, webhook_id, is_failing in rows]


async def claim(work: Work, wanted: Mapping[tuple[int, int], int], lease_ms: int) -> list[Delivery]:
    """At most so many deliveries of each webhook (organizer, webhook), this worker's alone until the lease is over."""
    found: list[int] = []
    for (organizer_id, webhook_id), count_max in wanted.items():
        rows = await work.rows(
            statements.claim(work.engine),
            of_organizer=organizer_id,
            of_id=webhook_id,
            count_max=count_max,
            lease_ms=lease_ms,
        )
        found += [row[0] for row in rows]
    if not found:
        return []
    return [_delivery(row, work.now) for row in await work.rows(statements.claimed(work.dialect), ids=tuple(found))]


async def keep_body(work: Work, delivery: Delivery, body: str, lease_ms: int) -> bool:
    """Keep what will be sent, and prolong the lease; False if the delivery is another worker's by now."""
    given = {**_named(delivery), "new_body": body, "lease_ms": lease_ms}
    return await work.row(statements.keep_body(work.engine), **given) is not None


async def settle(
    work: Work, delivery: Delivery, attempted: Attempted, pauses: Sequence[float] = PAUSES
) -> Status | None:
    """Write what came of an attempt; None if the delivery is another worker's by now, and nothing was written."""
    status, pause_ms = _outcome(delivery, attempted, pauses)
    row = await work.row(
        statements.settle(work.engine),
        **_named(delivery),
        in_status=status.value,
        pause_ms=pause_ms,
        finished=None if status is Status.PENDING else work.now,
    )
    if row is None:
        return None
    await work.rows(
        statements.INSERT_ATTEMPT,
        organizer_id=delivery.organizer_id,
        delivery_id=delivery.id,
        number=row[0],
        started_at=attempted.started_at,
        duration_ms=attempted.duration_ms,
        response_status=attempted.status,
        response=attempted.response,
        error=attempted.error,
    )
    await _look_after(work, delivery, attempted)
    return status


async def release(work: Work, delivery: Delivery, pause_ms: int) -> None:
    """Nothing was sent: any worker may try, after a pause."""
    await work.row(statements.release(work.engine), **_named(delivery), pause_ms=pause_ms)


def _outcome(delivery: Delivery, attempted: Attempted, pauses: Sequence[float]) -> tuple[Status, int]:
    if attempted.succeeded:
        return Status.SUCCEEDED, 0
    if delivery.change is None or attempted.status == GONE or delivery.tries >= len(pauses):
        return Status.FAILED, 0
    pause = pauses[delivery.tries] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret
    asked_for = min(attempted.retry_after_seconds or 0, RETRY_AFTER_SECONDS_MAX)
    return Status.PENDING, round(max(pause, asked_for) * 1000)


async def _look_after(work: Work, delivery: Delivery, attempted: Attempted) -> None:
    """Note whether the webhook gets through; switch it off if its receiver is gone, or was not there for long."""
    of = {"of_organizer": delivery.organizer_id, "of_id": delivery.webhook_id}
    if attempted.succeeded:
        await work.row(statements.WELL, **of)
    elif attempted.status == GONE:
        await _switch_off(work, delivery, DisabledReason.GONE)
    elif delivery.change is not None:
        row = await work.row(statements.FAILING, **of, at=work.now)
        if row is not None and row[1] <= work.now - PATIENCE:
            await _switch_off(work, delivery, DisabledReason.FAILING)


async def _switch_off(work: Work, delivery: Delivery, reason: DisabledReason) -> None:
    of = {"of_organizer": delivery.organizer_id, "of_id": delivery.webhook_id}
    if await work.row(statements.SWITCH_OFF, **of, reason=reason.value, at=work.now) is not None:
        await work.record("webhook.disabled", delivery.organizer_id, delivery.webhook_id, {"reason": reason.value})


def _delivery(row: Sequence[Any], now: datetime) -> Delivery:
    names = (*statements.SENT, *statements.SENDER, "slug", *statements.TOLD)
    known = dict(zip(names, row, strict=True))
    old, until = known["old_secret"], known["old_secret_until"]
    return Delivery(
        **{name: known[name] for name in ("id", "organizer_id", "webhook_id", "token", "kind", "attempts", "tries")},
        **{name: known[name] for name in ("fence", "body", "created_at", "url", "query")},
        secrets=(known["secret"],) if old is None or until <= now else (known["secret"], old),
        reader=reader_of(known, known["slug"]),
        change=_change(known),
    )


def _change(known: Mapping[str, Any]) -> Change | None:
    if known["change_id"] is None:
        return None
    told = {name: known[name] for name in ("organizer_id", "kind", *statements.TOLD)}
    return Change(id=known["change_id"], **told)


def _named(delivery: Delivery) -> dict[str, Any]:
    return {"of_organizer": delivery.organizer_id, "of_id": delivery.id, "of_fence": delivery.fence}


# -- forgetting --------------------------------------------------------------------------------------------------------

FORGOTTEN_MAX = 1000


async def forget(tx: Tx, before: datetime) -> bool:
    """Remove a slice of what is older, and of what belongs to webhooks that are gone; whether there may be more."""
    old = await tx.rows(statements.FORGET, before=before, rows_max=FORGOTTEN_MAX)
    gone = await tx.rows(statements.FORGET_GONE, rows_max=FORGOTTEN_MAX)
    await tx.rows(statements.BURY)
    return FORGOTTEN_MAX in (len(old), len(gone))


# -- statements --------------------------------------------------------------------------------------------------------


@cache
def _any(dialect: Dialect) -> Statement:
    return Statement(statements.ANY, dialect)


@cache
def _standing(dialect: Dialect) -> Statement:
    return Statement(statements.POSITION, dialect)


@cache
def _following(dialect: Dialect) -> Statement:
    return Statement(statements.FOLLOWING, dialect)


@cache
def _waiting(dialect: Dialect) -> Statement:
    return Statement(statements.waiting(dialect.name), dialect)

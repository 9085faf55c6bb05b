"""The statements that webhooks and deliveries are written by. Leases go by the database's clock, as for actions."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    Update,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from models.change import change
from models.metadata import Id, JsonText, UtcDateTime
from models.organizer import organizer
from models.webhook import Status, change_reader, webhook, webhook_attempt, webhook_delivery
from resolvers.action_statements import clock
from resolvers.reading.conditions import any_of
from resolvers.slices import Slice, rows_of

_w, _d, _a = webhook.c, webhook_delivery.c, webhook_attempt.c
_organizer, _id = bindparam("of_organizer", type_=Id), bindparam("of_id", type_=Id)
_at = bindparam("at", type_=UtcDateTime)
_ZERO: ColumnElement[int] = literal_column("0")
_ONE: ColumnElement[int] = literal_column("1")
_this = (_w.organizer_id == _organizer, _w.id == _id, _w.deleted_at.is_(None))
_is_active = _w.active == True  # noqa: E712  an SQL expression

# -- webhooks ----------------------------------------------------------------------------------------------------------

HELD = ("url", "description", "kinds", "query", "secret", "scopes", "all_events", "event_ids", "active")
COUNT = select(func.count()).select_from(webhook).where(_w.organizer_id == _organizer, _w.deleted_at.is_(None))
LOCK = select(*(_w[name] for name in HELD)).where(*_this).with_for_update()
GIVEN = ("organizer_id", "token", "url", "description", "secret", "kinds", "query", "token_id", "scopes", "all_events")
INSERT = (
    insert(webhook)
    .values({name: bindparam(name, type_=_w[name].type) for name in (*GIVEN, "event_ids", "created_at")})
    .values(active=True, from_change_id=_ZERO)
    .returning(_w.id)
)


def _changed(**values: Any) -> Update:
    return update(webhook).where(*_this).values(values).returning(_w.id)


_from = bindparam("from_id", type_=Id)
BEGIN = _changed(from_change_id=_from)
AMEND = _changed(
    url=bindparam("new_url"),
    description=bindparam("new_description"),
    kinds=bindparam("new_kinds", type_=JsonText),
    query=bindparam("new_query"),
    updated_at=_at,
)
ENABLE = _changed(active=True, from_change_id=_from, failing_since=None, disabled_reason=None, updated_at=_at)
DISABLE = _changed(active=False, updated_at=_at)
DELETE = _changed(active=False, deleted_at=_at, secret="", old_secret=None, old_secret_until=None)
ROTATE = _changed(
    secret=bindparam("new_secret"),
    old_secret=_w.secret,
    old_secret_until=bindparam("until", type_=UtcDateTime),
    updated_at=_at,
)
FAILING = _changed(failing_since=func.coalesce(_w.failing_since, _at, type_=UtcDateTime)).returning(_w.failing_since)
WELL = update(webhook).where(*_this, _w.failing_since.is_not(None)).values(failing_since=None).returning(_w.id)
SWITCH_OFF = (
    update(webhook)
    .where(*_this, _is_active)
    .values(active=False, disabled_reason=bindparam("reason"), updated_at=_at)
    .returning(_w.id)
)

# -- reading changes ---------------------------------------------------------------------------------------------------

READER = "webhooks"
POSITION = select(change_reader.c.position).where(change_reader.c.name == literal_column(f"'{READER}'"))
MOVE = (
    update(change_reader)
    .where(
        change_reader.c.name == literal_column(f"'{READER}'"),
        change_reader.c.position == bindparam("old_position", type_=Id),
    )
    .values(position=bindparam("new_position", type_=Id))
    .returning(change_reader.c.position)
)
# From where on a webhook is to be told anything; null if there is no webhook.
ANY = select(func.min(_w.from_change_id)).where(_is_active)
CHANGES = ("id", "organizer_id", "kind")
FOLLOWING = (
    select(*(change.c[name] for name in CHANGES))
    .where(change.c.id > bindparam("after", type_=Id), change.c.id <= bindparam("until", type_=Id))
    .order_by(change.c.id)
    .limit(bindparam("rows_max", type_=Id))
)
ACTIVE = ("id", "organizer_id", "kinds", "scopes", "all_events", "event_ids", "from_change_id")
DELIVERIES = Slice(webhook_delivery, ("organizer_id", "webhook_id", "token", "change_id", "kind", "created_at"), ())


def _insert_reader(module: Any) -> Executable:
    adding = module.insert(change_reader).values(name=literal_column(f"'{READER}'"), position=_ZERO)
    found: Executable = adding.on_conflict_do_nothing(index_elements=["name"])
    return found


BEGIN_READING = {"sqlite": _insert_reader(sqlite), "postgresql": _insert_reader(postgresql)}


@cache
def active(dialect: Dialect) -> Executable:
    """The webhooks of some organizers that are told of changes."""
    reached = any_of(_w.organizer_id, "organizer_ids", dialect)
    return select(*(_w[name] for name in ACTIVE)).where(_is_active, reached).order_by(_w.id)


@cache
def insert_deliveries(engine: str) -> Executable:
    rows = rows_of(DELIVERIES, engine).add_columns(clock(engine), literal_column(f"'{Status.PENDING.value}'"))
    return insert(webhook_delivery).from_select([*DELIVERIES.names, "due_at", "status"], rows)


# -- sending -----------------------------------------------------------------------------------------------------------


def _status(status: Status) -> Any:
    """Written out, as the index is: a parameter would leave it aside."""
    return _d.status == literal_column(f"'{status.value}'")


_mine = (
    _d.organizer_id == _organizer,
    _d.id == _id,
    _d.fence == bindparam("of_fence", type_=Id),
    _status(Status.PENDING),
)
SENT = (
    *("id", "organizer_id", "webhook_id", "token", "change_id", "kind", "attempts", "tries", "fence", "body"),
    "created_at",
)
SENDER = ("url", "query", "secret", "old_secret", "old_secret_until", "scopes", "all_events", "event_ids")
TOLD = ("noun_id", "token_id", "happened_at", "content")


def _due(engine: str) -> tuple[Any, ...]:
    return (_status(Status.PENDING), _d.due_at <= clock(engine), _d.lease_until < clock(engine))


@cache
def waiting(engine: str) -> Select[Any]:
    """The webhooks that have something to be sent now, and whether the last time it could not be."""
    of_webhook = (_d.organizer_id == _w.organizer_id, _d.webhook_id == _w.id)
    is_failing = case((_w.failing_since.is_(None), _ZERO), else_=_ONE)
    return select(_w.organizer_id, _w.id, is_failing).where(_is_active, exists().where(*of_webhook, *_due(engine)))


@cache
def claim(engine: str) -> Executable:
    of_webhook = (_d.organizer_id == _organizer, _d.webhook_id == _id)
    chosen = (
        select(_d.id)
        .where(*of_webhook, *_due(engine))
        .order_by(_d.due_at, _d.id)
        .limit(bindparam("count_max", type_=Id))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    lease = clock(engine) + bindparam("lease_ms", type_=Id)
    return (
        update(webhook_delivery)
        .where(_d.id.in_(select(chosen.c.id)))
        .values(fence=_d.fence + _ONE, lease_until=lease)
        .returning(_d.id)
    )


@cache
def claimed(dialect: Dialect) -> Executable:
    """All that is needed to send deliveries."""
    joined = (
        webhook_delivery.join(webhook, (_w.organizer_id == _d.organizer_id) & (_w.id == _d.webhook_id))
        .join(organizer, organizer.c.id == _d.organizer_id)
        .outerjoin(change, change.c.id == _d.change_id)
    )
    shown = (
        *(_d[name] for name in SENT),
        *(_w[name] for name in SENDER),
        organizer.c.slug,
        *(change.c[name] for name in TOLD),
    )
    return select(*shown).select_from(joined).where(any_of(_d.id, "ids", dialect)).order_by(_d.due_at, _d.id)


@cache
def keep_body(engine: str) -> Executable:
    lease = clock(engine) + bindparam("lease_ms", type_=Id)
    values = {"body": bindparam("new_body"), "lease_until": lease}
    return update(webhook_delivery).where(*_mine).values(values).returning(_d.id)


@cache
def settle(engine: str) -> Executable:
    """After an attempt: it is over, or it is sent again after a pause."""
    values = {
        "status": bindparam("in_status"),
        "attempts": _d.attempts + _ONE,
        "tries": _d.tries + _ONE,
        "due_at": clock(engine) + bindparam("pause_ms", type_=Id),
        "lease_until": _ZERO,
        "finished_at": bindparam("finished", type_=UtcDateTime),
    }
    return update(webhook_delivery).where(*_mine).values(values).returning(_d.attempts)


@cache
def release(engine: str) -> Executable:
    """Nothing was sent: any worker may try, after a pause."""
    values = {"due_at": clock(engine) + bindparam("pause_ms", type_=Id), "lease_until": _ZERO}
    return update(webhook_delivery).where(*_mine).values(values).returning(_d.id)


ATTEMPTED = ("organizer_id", "delivery_id", "number", "started_at", "duration_ms", "response_status", "response")
INSERT_ATTEMPT = insert(webhook_attempt).values(
    {name: bindparam(name, type_=_a[name].type) for name in (*ATTEMPTED, "error")}
)

# -- asking for deliveries ---------------------------------------------------------------------------------------------

LOCK_DELIVERY = select(_d.webhook_id, _d.kind).where(_d.organizer_id == _organizer, _d.id == _id).with_for_update()


@cache
def again(engine: str) -> Executable:
    """Send it now, and as often as a new one; whoever is sending it at this moment is not disturbed."""
    values = {"status": Status.PENDING.value, "tries": _ZERO, "due_at": clock(engine), "finished_at": None}
    return update(webhook_delivery).where(_d.organizer_id == _organizer, _d.id == _id).values(values).returning(_d.id)


@cache
def insert_ping(engine: str) -> Executable:
    return (
        insert(webhook_delivery)
        .values({name: bindparam(name, type_=_d[name].type) for name in DELIVERIES.names})
        .values(status=Status.PENDING.value, due_at=clock(engine))
        .returning(_d.id)
    )


# -- forgetting --------------------------------------------------------------------------------------------------------

_slice_max = bindparam("rows_max", type_=Id)
# Ids are given out in time: the oldest rows have the smallest.
_oldest = select(_d.id, _d.created_at).order_by(_d.id).limit(_slice_max).subquery("oldest")
FORGET = (
    delete(webhook_delivery)
    .where(_d.id.in_(select(_oldest.c.id).where(_oldest.c.created_at < bindparam("before", type_=UtcDateTime))))
    .returning(_d.id)
)
_of_gone = (
    select(_d.id)
    .join(webhook, (_w.organizer_id == _d.organizer_id) & (_w.id == _d.webhook_id))
    .where(_w.deleted_at.is_not(None))
    .limit(_slice_max)
)
FORGET_GONE = delete(webhook_delivery).where(_d.id.in_(_of_gone)).returning(_d.id)
BURY = (
    delete(webhook)
    .where(
        _w.deleted_at.is_not(None),
        ~exists().where(_d.organizer_id == _w.organizer_id, _d.webhook_id == _w.id).correlate(webhook),
    )
    .returning(_w.id)
)

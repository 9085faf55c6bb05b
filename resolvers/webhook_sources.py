"""What can be read of webhooks, of their deliveries, and of each time one was sent. Secrets are no field of any.

What was sent shows what the webhook reads, and an answer may repeat it. So the log is read by whoever may read all of
that, and by nobody else.
"""

from sqlalchemy import (
    JSON,
    ColumnElement,
    Dialect,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
)

from models.metadata import Id
from models.webhook import Status, webhook, webhook_attempt, webhook_delivery
from resolvers.reach import ALL_EVENTS
from resolvers.reading.conditions import any_of
from resolvers.reading.source import SOURCES, Field, Kind, Named, Order, Source, ToMany, ToOne
from resolvers.webhooks import READ

_w, _d, _a = webhook.c, webhook_delivery.c, webhook_attempt.c


def _own(organizer_id: ColumnElement[int]) -> Named:
    return lambda dialect: organizer_id == bindparam("organizer_id", type_=Id)


def _any(organizer_id: ColumnElement[int]) -> Named:
    return lambda dialect: any_of(organizer_id, "organizer_ids", dialect)


def _of_readable(dialect: Dialect) -> ColumnElement[bool]:
    """Of a webhook that is there, and reads nothing but what the asker may read: see `Principal.may`."""
    scope = _values("scopes", dialect)
    has_scope = or_(any_of(scope, "scopes", dialect), any_of(_all_of(scope, dialect), "scopes", dialect))
    event_id = cast(_values("event_ids", dialect), Id)
    elsewhere = select(event_id).where(~any_of(event_id, "event_ids", dialect)).correlate(webhook)
    reaches_events = or_(ALL_EVENTS, and_(_w.all_events == False, ~elsewhere.exists()))  # noqa: E712  an SQL expression
    beyond = select(scope).where(_is_of_reading(scope, dialect), ~has_scope).correlate(webhook)
    is_there = and_(any_of(_w.organizer_id, "organizer_ids", dialect), _w.deleted_at.is_(None))
    return _d.webhook_id.in_(select(_w.id).where(is_there, reaches_events, ~beyond.exists()))


def _is_of_reading(scope: ColumnElement[str], dialect: Dialect) -> ColumnElement[bool]:
    """Whether anything is read by it. Most of those to write by show nothing, and who only looks has none of them."""
    given = (source.scope for source in SOURCES.values() if source.scope is not None)
    names = sorted({name for each in given for name in ((each,) if isinstance(each, str) else each)})
    return or_(scope == _all_of(scope, dialect), scope.in_([literal_column(f"'{name}'") for name in names]))


def _values(name: str, dialect: Dialect) -> ColumnElement[str]:
    """Each of the list in a column."""
    if dialect.name == "postgresql":
        listed = func.json_array_elements_text(cast(_w[name], JSON)).table_valued(column("value", Text), name=name)
    else:
        listed = func.json_each(_w[name]).table_valued(column("value", Text), name=name)
    return listed.c.value


def _all_of(scope: ColumnElement[str], dialect: Dialect) -> ColumnElement[str]:
    """The permission for all that begins as this one does."""
    dot = func.strpos(scope, ".") if dialect.name == "postgresql" else func.instr(scope, ".")
    return func.substr(scope, 1, dot, type_=Text).concat("*")


WEBHOOKS = Source(
    name="webhook",
    table=webhook,
    scope=READ,
    fields={
        "id": Field(_w.id, Kind.INTEGER),
        "token": Field(_w.token, Kind.TEXT),
        "url": Field(_w.url, Kind.TEXT),
        "description": Field(_w.description, Kind.TEXT),
        "kinds": Field(_w.kinds, Kind.JSON),
        "query": Field(_w.query, Kind.TEXT),
        "scopes": Field(_w.scopes, Kind.JSON),
        "active": Field(_w.active, Kind.BOOLEAN),
        "failing_since": Field(_w.failing_since, Kind.TIMESTAMP),
        "disabled_reason": Field(_w.disabled_reason, Kind.TEXT),
        "old_secret_until": Field(_w.old_secret_until, Kind.TIMESTAMP),
        "created_at": Field(_w.created_at, Kind.TIMESTAMP),
        "updated_at": Field(_w.updated_at, Kind.TIMESTAMP),
    },
    orders={"default": Order(("id",)), "created_at": Order(("created_at", "id")), "url": Order(("url", "id"))},
    reaches={"own": _own(_w.organizer_id), "written": _own(_w.organizer_id), "any": _any(_w.organizer_id)},
    always=lambda dialect: _w.deleted_at.is_(None),
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
    to_many={"deliveries": ToMany("webhook_delivery", (("organizer_id", "organizer_id"), ("id", "webhook_id")))},
)

WEBHOOK_DELIVERIES = Source(
    name="webhook_delivery",
    table=webhook_delivery,
    scope=READ,
    fields={
        "id": Field(_d.id, Kind.INTEGER),
        "token": Field(_d.token, Kind.TEXT),
        "kind": Field(_d.kind, Kind.TEXT),
        "status": Field(_d.status, Kind.TEXT),
        "attempts": Field(_d.attempts, Kind.INTEGER),
        "due_at": Field(case((_d.status == literal_column(f"'{Status.PENDING.value}'"), _d.due_at)), Kind.INTEGER),
        "body": Field(_d.body, Kind.TEXT),
        "created_at": Field(_d.created_at, Kind.TIMESTAMP),
        "finished_at": Field(_d.finished_at, Kind.TIMESTAMP),
    },
    orders={
        "default": Order(("id",)),
        "created_at": Order(("created_at", "id")),
        "attempts": Order(("attempts", "id")),
    },
    reaches={"written": _own(_d.organizer_id), "any": _any(_d.organizer_id)},
    always=_of_readable,
    to_one={"webhook": ToOne("webhook", (("organizer_id", "organizer_id"), ("webhook_id", "id")))},
    to_many={"attempts": ToMany("webhook_attempt", (("organizer_id", "organizer_id"), ("id", "delivery_id")))},
)

WEBHOOK_ATTEMPTS = Source(
    name="webhook_attempt",
    table=webhook_attempt,
    scope=READ,
    fields={
        "id": Field(_a.id, Kind.INTEGER),
        "number": Field(_a.number, Kind.INTEGER),
        "started_at": Field(_a.started_at, Kind.TIMESTAMP),
        "duration_ms": Field(_a.duration_ms, Kind.INTEGER),
        "response_status": Field(_a.response_status, Kind.INTEGER),
        "response": Field(_a.response, Kind.TEXT),
        "error": Field(_a.error, Kind.TEXT),
    },
    orders={"default": Order(("number",)), "number": Order(("number",))},
    reaches={"any": _any(_a.organizer_id)},
    always=lambda dialect: (
        select(_d.id)
        .where(_d.organizer_id == _a.organizer_id, _d.id == _a.delivery_id, _of_readable(dialect))
        .correlate(webhook_attempt)
        .exists()
    ),
    to_one={"delivery": ToOne("webhook_delivery", (("organizer_id", "organizer_id"), ("delivery_id", "id")))},
)

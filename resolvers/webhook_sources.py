"""What can be read of webhooks, of their deliveries, and of each time one was sent. Secrets are no field of any."""

from sqlalchemy import ColumnElement, bindparam, case, literal_column

from models.metadata import Id
from models.webhook import Status, webhook, webhook_attempt, webhook_delivery
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Named, Order, Source, ToMany, ToOne
from resolvers.webhooks import READ

_w, _d, _a = webhook.c, webhook_delivery.c, webhook_attempt.c


def _own(organizer_id: ColumnElement[int]) -> Named:
    return lambda dialect: organizer_id == bindparam("organizer_id", type_=Id)


def _any(organizer_id: ColumnElement[int]) -> Named:
    return lambda dialect: any_of(organizer_id, "organizer_ids", dialect)


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
    to_one={"delivery": ToOne("webhook_delivery", (("organizer_id", "organizer_id"), ("delivery_id", "id")))},
)

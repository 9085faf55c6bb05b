"""What a webhook sends: an envelope as Standard Webhooks suggests, around what its query shows of the change."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from gql import ids
from gql.changes import content_of
from gql.execution import Executor, Request
from models.database import Database
from resolvers.context import Context
from resolvers.webhook_deliveries import Delivery
from resolvers.webhooks import NOUN


async def body_of(executor: Executor, database: Database, clock: Callable[[], datetime], delivery: Delivery) -> str:
    """The body of a delivery, as its webhook reads things now. Raises `Unavailable`, and what its query cannot show."""
    happened_at = delivery.created_at if delivery.change is None else delivery.change.happened_at
    told: dict[str, Any] = {"data": _plain(delivery)}
    if delivery.query is not None and delivery.change is not None:
        context = Context(database, delivery.reader, clock)
        told = (await executor.shape(context, Request(delivery.query), delivery.change)).body
    stamp = happened_at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    return orjson.dumps({"id": delivery.token, "type": delivery.kind, "timestamp": stamp, **told}).decode()


def _plain(delivery: Delivery) -> dict[str, Any]:
    """What is told without a query: whose it is, what it happened to, and what was noted of it."""
    ((slug, organizer_id),) = delivery.reader.organizers.items()
    change = delivery.change
    noun, key = (NOUN, delivery.webhook_id) if change is None else (change.noun, change.noun_id)
    return {
        "organizer": {"id": ids.encoder("Organizer")(organizer_id), "slug": slug},
        "subject": {"id": ids.encoder(ids.typename_of(noun))(key), "type": ids.typename_of(noun)},
        "content": {} if change is None else content_of(change.content),
    }

"""Webhooks: what they are told, what was sent, and what came of it. Secrets are shown by mutations alone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import strawberry

from gql.change_kinds import ChangeKind
from gql.change_kinds import shown as kind_shown
from gql.natural_keys import by_natural_key
from gql.nodes import Node, node_id
from gql.reads import Leaf, Related, by
from gql.scalars import Json, Timestamp
from gql.webhook_lists import ATTEMPTS, DELIVERIES, WEBHOOKS, WebhookDeliveryStatus, WebhookDisabledReason


def _kinds(stored: Sequence[str]) -> list[str]:
    return [kind_shown(kind) for kind in stored]


def _moment(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds // 1000, UTC).isoformat().removesuffix("+00:00") + "Z"


def _payload(body: str | None) -> Any:
    return None if body is None else orjson.loads(body)


@strawberry.type(description="A time that a delivery was sent, or could not be.")
class WebhookAttempt(Node):
    id: strawberry.ID = by(node_id("WebhookAttempt"), "The attempt's global id.")
    number: int = by(Leaf(("number",)), "Its place among the attempts of its delivery, from 1 on.")
    started_at: Timestamp = by(Leaf(("started_at",)), "When it began.")
    duration_ms: int = by(Leaf(("duration_ms",)), "How long it took, in milliseconds.")
    response_status: int | None = by(Leaf(("response_status",)), "The HTTP status of the answer; null without one.")
    response: str | None = by(Leaf(("response",)), "The beginning of the answer's body, 1000 bytes at most.")
    error: str | None = by(Leaf(("error",)), "Why there was no answer.")
    delivery: Annotated["WebhookDelivery", strawberry.lazy("gql.webhooks")] = by(
        Related(("delivery",)), "What was sent."
    )


@strawberry.type(description="A change for one webhook: sent until the receiver takes it, at least once.")
class WebhookDelivery(Node):
    id: strawberry.ID = by(node_id("WebhookDelivery"), "The delivery's global id.")
    message_id: str = by(Leaf(("token",)), "The header `webhook-id`: the same however often it is sent.")
    kind: ChangeKind = by(Leaf(("kind",), kind_shown), "What it tells of.")  # type: ignore[valid-type]
    status: WebhookDeliveryStatus = by(Leaf(("status",)), "How far it is.")
    attempts_count: int = by(Leaf(("attempts",)), "How often it was sent.")
    next_attempt_at: Timestamp | None = by(
        Leaf(("due_at",), _moment), "When it is sent next, at the earliest; null if it is over."
    )
    payload: Json | None = by(Leaf(("body",), _payload), "What is sent; null before the first attempt.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    finished_at: Timestamp | None = by(Leaf(("finished_at",)), "When it was over.")
    webhook: Annotated["Webhook", strawberry.lazy("gql.webhooks")] = by(Related(("webhook",)), "To whom it goes.")
    attempts = ATTEMPTS.below("attempts", "Each time it was sent, or could not be; the first first.")


@strawberry.type(description="An address that changes are told to, signed, by POST (docs/webhooks.md).")
class Webhook(Node):
    id: strawberry.ID = by(node_id("Webhook"), "The webhook's global id.")
    token: str = by(Leaf(("token",)), "Its own name: `wh_…`.")
    url: str = by(Leaf(("url",)), "Where it leads.")
    description: str | None = by(Leaf(("description",)), "A note for people.")
    kinds: list[ChangeKind] = by(  # type: ignore[valid-type]
        Leaf(("kinds",), _kinds), "What it is told of; empty: everything that it may read of."
    )
    query: str | None = by(Leaf(("query",)), "The subscription that shapes its payload; null: the usual one.")
    scopes: list[str] = by(Leaf(("scopes",)), "What it reads: the scopes of the token that made it, as they were then.")
    active: bool = by(Leaf(("active",)), "Whether it is switched on.")
    failing_since: Timestamp | None = by(
        Leaf(("failing_since",)), "Since when nothing has got through, if nothing has."
    )
    disabled_reason: WebhookDisabledReason | None = by(
        Leaf(("disabled_reason",)), "Why it was switched off, if nobody did."
    )
    old_secret_until: Timestamp | None = by(
        Leaf(("old_secret_until",)), "Until when the secret before this one signs beside it."
    )
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When it was changed last.")
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose it is."
    )
    deliveries = DELIVERIES.below("deliveries", "What it is told, oldest first unless asked otherwise.")


@strawberry.type
class WebhookQueries:
    webhook = by_natural_key(
        "webhook", Webhook, {"token": "Its own name: `wh_…`."}, "A webhook by its own name; null if there is none."
    )
    webhooks = WEBHOOKS.at_root("An organizer's webhooks, oldest first unless asked otherwise.")

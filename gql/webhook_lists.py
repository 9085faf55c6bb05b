"""How webhooks, their deliveries and the attempts to send them are listed: filters and orders."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.change_kinds import STORED, ChangeKind
from gql.conditions import Stored
from gql.filters import DateTimeFilter, EnumFilter, IDFilter, IntFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from models.webhook import DisabledReason, Status

_value = strawberry.enum_value


@strawberry.enum(description="How far a delivery is.")
class WebhookDeliveryStatus(Enum):
    PENDING = _value(Status.PENDING.value, description="It is to be sent, for the first time or again.")
    SUCCEEDED = _value(Status.SUCCEEDED.value, description="The receiver took it.")
    FAILED = _value(Status.FAILED.value, description="It was sent as often as it is, and nobody took it.")


@strawberry.enum(description="Why a webhook was switched off that nobody switched off.")
class WebhookDisabledReason(Enum):
    GONE = _value(DisabledReason.GONE.value, description="Its receiver answered with 410 Gone.")
    FAILING = _value(DisabledReason.FAILING.value, description="Nothing got through to its receiver for five days.")


@filtering("Which webhooks to show.")
class WebhookFilter:
    id: IDFilter | None = optional("A condition on the webhook itself.")
    url: TextFilter | None = optional("A condition on the address.")
    active: bool | None = optional("Only those that are on, or only those that are off.")
    failing_since: DateTimeFilter | None = optional("A condition on since when nothing got through; `eq: null` is not.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")


@strawberry.enum(description="What webhooks can be sorted by.")
class WebhookOrderField(Enum):
    CREATED_AT = _value("default", description="When they were made.")
    URL = _value("url", description="Their addresses, by code point.")


WEBHOOKS = Listing(
    source="webhook",
    of=Annotated["Webhook", strawberry.lazy("gql.webhooks")],  # noqa: F821
    filter=WebhookFilter,
    names={
        "id": "@Webhook.id",
        "url": "url",
        "active": "active",
        "failingSince": "failing_since",
        "createdAt": "created_at",
    },
    order=ordering(WebhookOrderField, "webhooks"),
)


@filtering("Which deliveries to show.")
class WebhookDeliveryFilter:
    id: IDFilter | None = optional("A condition on the delivery itself.")
    message_id: TextFilter | None = optional("A condition on the header `webhook-id` that it is sent with.")
    status: EnumFilter[WebhookDeliveryStatus] | None = optional("A condition on how far it is.")
    kind: EnumFilter[ChangeKind] | None = optional("A condition on what it tells of.")  # type: ignore[valid-type]
    attempts_count: IntFilter | None = optional("A condition on how often it was sent.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")
    finished_at: DateTimeFilter | None = optional("A condition on when it was over; `eq: null` is not yet.")


@strawberry.enum(description="What deliveries can be sorted by.")
class WebhookDeliveryOrderField(Enum):
    CREATED_AT = _value("default", description="When they were made.")
    ATTEMPTS_COUNT = _value("attempts", description="How often they were sent.")


DELIVERIES = Listing(
    source="webhook_delivery",
    of=Annotated["WebhookDelivery", strawberry.lazy("gql.webhooks")],  # noqa: F821
    filter=WebhookDeliveryFilter,
    names={
        "id": "@WebhookDelivery.id",
        "messageId": "token",
        "status": "status",
        "kind": Stored("kind", STORED),
        "attemptsCount": "attempts",
        "createdAt": "created_at",
        "finishedAt": "finished_at",
    },
    order=ordering(WebhookDeliveryOrderField, "deliveries"),
)


@filtering("Which attempts to show.")
class WebhookAttemptFilter:
    response_status: IntFilter | None = optional("A condition on the HTTP status of the answer; `eq: null` is none.")
    started_at: DateTimeFilter | None = optional("A condition on when it began.")


@strawberry.enum(description="What attempts can be sorted by.")
class WebhookAttemptOrderField(Enum):
    NUMBER = _value("default", description="Their order.")


ATTEMPTS = Listing(
    source="webhook_attempt",
    of=Annotated["WebhookAttempt", strawberry.lazy("gql.webhooks")],  # noqa: F821
    filter=WebhookAttemptFilter,
    names={"responseStatus": "response_status", "startedAt": "started_at"},
    order=ordering(WebhookAttemptOrderField, "attempts"),
)

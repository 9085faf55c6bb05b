"""How orders and tickets are listed: filters and orders."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import DateTimeFilter, IDFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering

_value = strawberry.enum_value


@filtering("Which orders to show.")
class OrderFilter:
    id: IDFilter | None = optional("A condition on the order itself.")
    event: IDFilter | None = optional("A condition on the event it is for.")
    sales_channel: IDFilter | None = optional("A condition on the channel it was placed in.")
    code: TextFilter | None = optional("A condition on the code.")
    created_at: DateTimeFilter | None = optional("A condition on when it was placed.")


@strawberry.enum(description="What orders can be sorted by.")
class OrderOrderField(Enum):
    RECORDED_AT = _value("default", description="When they were recorded.")


ORDERS = Listing(
    source="order",
    of=Annotated["Order", strawberry.lazy("gql.orders")],  # noqa: F821
    filter=OrderFilter,
    names={
        "id": "@Order.id",
        "event": "@Event.event_id",
        "salesChannel": "@SalesChannel.sales_channel_id",
        "code": "code",
        "createdAt": "created_at",
    },
    order=ordering(OrderOrderField, "orders"),
)


@filtering("Which tickets to show.")
class TicketFilter:
    id: IDFilter | None = optional("A condition on the ticket itself.")
    order: IDFilter | None = optional("A condition on the order it is of.")
    secret: TextFilter | None = optional("A condition on the secret.")


@strawberry.enum(description="What tickets can be sorted by.")
class TicketOrderField(Enum):
    RECORDED_AT = _value("default", description="When they were recorded.")
    SECRET = _value("secret", description="Their secrets, by code point.")


TICKETS = Listing(
    source="ticket",
    of=Annotated["Ticket", strawberry.lazy("gql.orders")],  # noqa: F821
    filter=TicketFilter,
    names={"id": "@Ticket.id", "order": "@Order.order_id", "secret": "secret"},
    order=ordering(TicketOrderField, "tickets"),
)

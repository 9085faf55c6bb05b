"""What can be read of orders and of their tickets."""

from sqlalchemy import ColumnElement, Dialect, Text, bindparam, or_, select

from models.event import event
from models.metadata import Id
from models.order import order, ticket
from resolvers.orders import READ
from resolvers.reach import ALL_EVENTS, of_reached_events
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne


def _own(dialect: Dialect) -> ColumnElement[bool]:
    return order.c.organizer_id == bindparam("organizer_id", type_=Id)


def _of_event(dialect: Dialect, slug: str) -> ColumnElement[bool]:
    """Of one organizer alone, so that the unique key of orders finds the row."""
    named = event.c.slug == bindparam(slug, type_=Text)
    found = select(event.c.id).where(event.c.organizer_id == bindparam("organizer_id", type_=Id), named)
    return order.c.event_id == found.scalar_subquery()


def _of_reached_order(dialect: Dialect) -> ColumnElement[bool]:
    found = select(order.c.id).where(
        order.c.organizer_id == ticket.c.organizer_id,
        order.c.id == ticket.c.order_id,
        of_reached_events(order.c.event_id)(dialect),
    )
    return or_(ALL_EVENTS, found.correlate(ticket).exists())


ORDERS = Source(
    name="order",
    table=order,
    scope=READ,
    fields={
        "id": Field(order.c.id, Kind.INTEGER),
        "event_id": Field(order.c.event_id, Kind.INTEGER),
        "sales_channel_id": Field(order.c.sales_channel_id, Kind.INTEGER),
        "code": Field(order.c.code, Kind.TEXT),
        "created_at": Field(order.c.created_at, Kind.TIMESTAMP),
    },
    orders={"default": Order(("id",))},
    reaches={
        "own": _own,
        "written": _own,
        "any": lambda dialect: any_of(order.c.organizer_id, "organizer_ids", dialect),
    },
    always=of_reached_events(order.c.event_id),
    asked={"of_event": _of_event},
    to_one={
        "event": ToOne("event", (("organizer_id", "organizer_id"), ("event_id", "id"))),
        "sales_channel": ToOne("sales_channel", (("organizer_id", "organizer_id"), ("sales_channel_id", "id"))),
    },
    to_many={
        "campaigns": ToMany("tracking_order", (("organizer_id", "organizer_id"), ("id", "order_id"))),
        "tickets": ToMany("ticket", (("organizer_id", "organizer_id"), ("id", "order_id"))),
    },
)

TICKETS = Source(
    name="ticket",
    table=ticket,
    scope=READ,
    fields={
        "id": Field(ticket.c.id, Kind.INTEGER),
        "order_id": Field(ticket.c.order_id, Kind.INTEGER),
        "secret": Field(ticket.c.secret, Kind.TEXT),
    },
    orders={"default": Order(("id",)), "secret": Order(("secret",))},
    reaches={
        "own": lambda dialect: ticket.c.organizer_id == bindparam("organizer_id", type_=Id),
        "any": lambda dialect: any_of(ticket.c.organizer_id, "organizer_ids", dialect),
    },
    always=_of_reached_order,
    to_one={"order": ToOne("order", (("organizer_id", "organizer_id"), ("order_id", "id")))},
)

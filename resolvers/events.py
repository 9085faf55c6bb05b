"""Events. An asker that is limited to some events reads only these, wherever events are listed."""

from sqlalchemy import ColumnElement, Dialect, Integer, bindparam, or_

from models.event import event
from models.metadata import Id
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToOne


def _within_reach(dialect: Dialect) -> ColumnElement[bool]:
    return or_(bindparam("all_events", type_=Integer) == 1, any_of(event.c.id, "event_ids", dialect))


EVENTS = Source(
    name="event",
    table=event,
    fields={
        "id": Field(event.c.id, Kind.INTEGER),
        "slug": Field(event.c.slug, Kind.TEXT),
        "name": Field(event.c.name, Kind.JSON),
        "currency": Field(event.c.currency, Kind.TEXT),
        "date_from": Field(event.c.date_from, Kind.TIMESTAMP),
        "date_to": Field(event.c.date_to, Kind.TIMESTAMP),
        "location": Field(event.c.location, Kind.JSON),
        "timezone": Field(event.c.timezone, Kind.TEXT),
        "live": Field(event.c.live, Kind.BOOLEAN),
        "testmode": Field(event.c.testmode, Kind.BOOLEAN),
        "is_public": Field(event.c.is_public, Kind.BOOLEAN),
        "has_subevents": Field(event.c.has_subevents, Kind.BOOLEAN),
    },
    orders={
        "default": Order(("slug", "id")),
        "slug": Order(("slug", "id")),
        "date_from": Order(("date_from", "id")),
    },
    reaches={
        "own": lambda dialect: event.c.organizer_id == bindparam("organizer_id", type_=Id),
        "any": lambda dialect: any_of(event.c.organizer_id, "organizer_ids", dialect),
    },
    always=_within_reach,
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
)

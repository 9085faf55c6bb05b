"""What can be read of events. An asker that is limited to some events reads only these, wherever events are listed."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from models.event import event, event_sales_channel
from models.metadata import Id, UtcDateTime
from models.organizer import organizer
from models.sales_channel import sales_channel
from resolvers.reach import of_reached_events
from resolvers.reading.conditions import any_of, contains
from resolvers.reading.json_list import JsonList
from resolvers.reading.maps import map_contains, map_value
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne

OWN = event.c.organizer_id == bindparam("organizer_id", type_=Id)
_named_organizer = select(organizer.c.id).where(organizer.c.slug == bindparam("organizer_slug", type_=Text))

# When it is over: where that is not known, it has no length.
_ends_at = func.coalesce(event.c.date_to, event.c.date_from, type_=UtcDateTime())
_is_single = event.c.has_subevents == False  # noqa: E712  an SQL expression
_is_sold_everywhere = event.c.all_sales_channels == True  # noqa: E712  an SQL expression
_is_chosen = (
    select(event_sales_channel.c.event_id)
    .where(
        event_sales_channel.c.organizer_id == event.c.organizer_id,
        event_sales_channel.c.event_id == event.c.id,
        event_sales_channel.c.sales_channel_id == sales_channel.c.id,
    )
    .correlate(event, sales_channel)
    .exists()
)


def _channels(*ranks: ColumnElement[Any], which: ColumnElement[bool]) -> ColumnElement[Any]:
    """Lists that end with an identifier."""
    own = sales_channel.c.organizer_id == event.c.organizer_id
    listed = select(JsonList(*ranks, sales_channel.c.identifier)).where(own, which)
    return listed.correlate(event).scalar_subquery()


# As pretix shows them: those that are chosen in the order of channels, all there are in that of the alphabet.
_chosen = _channels(sales_channel.c.position, sales_channel.c.type, which=_is_chosen)
_all = _channels(literal_column("0"), which=true())


def _past(dialect: Dialect) -> ColumnElement[bool]:
    """A series is neither past nor future."""
    return and_(_is_single, _ends_at < bindparam("now", type_=UtcDateTime))


def _future(dialect: Dialect) -> ColumnElement[bool]:
    return and_(_is_single, _ends_at >= bindparam("now", type_=UtcDateTime))


def _ends_after(dialect: Dialect, moment: str) -> ColumnElement[bool]:
    return and_(_is_single, _ends_at >= bindparam(moment, type_=UtcDateTime))


def _search(dialect: Dialect, text: str) -> ColumnElement[bool]:
    return or_(
        contains(event.c.slug, text, dialect),
        map_contains(event.c.name, text, dialect),
        and_(event.c.location.is_not(None), map_contains(event.c.location, text, dialect)),
    )


def _sold_through(dialect: Dialect, identifier: str) -> ColumnElement[bool]:
    """A channel that there is not is none that an event could be kept from, so those sold everywhere are found."""
    chosen = select(sales_channel.c.id).where(
        sales_channel.c.organizer_id == event.c.organizer_id,
        sales_channel.c.identifier == bindparam(identifier, type_=Text),
        _is_chosen,
    )
    return or_(_is_sold_everywhere, chosen.correlate(event).exists())


def _has_property(dialect: Dialect, name: str, value: str) -> ColumnElement[bool]:
    """The event has this value, or none and the property's default is it. What is no property is not asked about."""
    default = (
        select(map_value(organizer.c.event_properties, name, dialect))
        .where(organizer.c.id == event.c.organizer_id)
        .correlate(event)
        .scalar_subquery()
    )
    own = func.coalesce(map_value(event.c.meta_data, name, dialect), default, type_=Text)
    return or_(default.is_(None), func.coalesce(own == bindparam(value, type_=Text), false()))


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
        "date_admission": Field(event.c.date_admission, Kind.TIMESTAMP),
        "presale_start": Field(event.c.presale_start, Kind.TIMESTAMP),
        "presale_end": Field(event.c.presale_end, Kind.TIMESTAMP),
        "location": Field(event.c.location, Kind.JSON),
        "geo_lat": Field(event.c.geo_lat, Kind.NUMBER),
        "geo_lon": Field(event.c.geo_lon, Kind.NUMBER),
        "timezone": Field(event.c.timezone, Kind.TEXT),
        "live": Field(event.c.live, Kind.BOOLEAN),
        "testmode": Field(event.c.testmode, Kind.BOOLEAN),
        "is_public": Field(event.c.is_public, Kind.BOOLEAN),
        "has_subevents": Field(event.c.has_subevents, Kind.BOOLEAN),
        "plugins": Field(event.c.plugins, Kind.NAMES),
        "meta_data": Field(event.c.meta_data, Kind.JSON),
        "item_meta_properties": Field(event.c.item_meta_properties, Kind.JSON),
        "all_sales_channels": Field(event.c.all_sales_channels, Kind.BOOLEAN),
        # Identifiers: of the chosen channels, and of those that it is sold through.
        "limit_sales_channels": Field(
            case((_is_sold_everywhere, literal_column("'[]'", Text)), else_=_chosen), Kind.RANKED
        ),
        "sales_channels": Field(case((_is_sold_everywhere, _all), else_=_chosen), Kind.RANKED),
        "created_at": Field(event.c.created_at, Kind.TIMESTAMP),
    },
    orders={
        "default": Order(("slug", "id")),
        "slug": Order(("slug", "id")),
        "date_from": Order(("date_from", "id")),
    },
    reaches={
        "own": lambda dialect: OWN,
        # What a verb has just written: also where the asker is limited to other events.
        "written": lambda dialect: OWN,
        "any": lambda dialect: any_of(event.c.organizer_id, "organizer_ids", dialect),
        # Of the public page of a shop alone, which names the organizer by its slug.
        "shop": lambda dialect: event.c.organizer_id.in_(_named_organizer),
    },
    named={"is_past": _past, "is_future": _future},
    asked={
        "search": _search,
        "ends_after": _ends_after,
        "sold_through": _sold_through,
        "property": _has_property,
    },
    always=of_reached_events(event.c.id),
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
    to_many={
        "tracking_campaigns": ToMany("tracking_campaign", (("organizer_id", "organizer_id"), ("id", "event_id"))),
        "orders": ToMany("order", (("organizer_id", "organizer_id"), ("id", "event_id"))),
    },
)

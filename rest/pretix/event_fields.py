"""What an event is made of in this dialect: its bodies, and what OPTIONS and the door's description tell of them."""

from collections.abc import Mapping
from math import isnan
from typing import Any

from iso4217 import Currency

from models import timezones
from models.currency import CODES
from models.plugins import EVENT_PLUGINS
from resolvers.event_rules import LATITUDE_MAX, LONGITUDE_MAX, SLUG, SLUG_LENGTH_MAX, SLUGS_RESERVED
from rest.pretix import datetimes, fields
from rest.pretix.described import Noun, Operation, Parameter, equal, flag, ordering
from rest.pretix.fields import Field, Form, Parser, Wrong
from rest.pretix.metadata import field
from rest.pretix.schemas import (
    ADDRESS,
    BOOLEAN,
    CURRENCY,
    LOCALIZED,
    MOMENT,
    MOMENT_TAKEN,
    TEXT,
    Schema,
    described,
    nullable,
    takes,
)

NUMBER_LENGTH_MAX = 1000
_coded = fields.coded(SLUG, length_max=SLUG_LENGTH_MAX, code="event_slug")


@takes({"type": "string", "pattern": f"^(?:{SLUG.pattern})$", "maxLength": SLUG_LENGTH_MAX})
def _slug(value: Any) -> str:
    found: str = _coded(value)
    if found in SLUGS_RESERVED:
        raise Wrong("event_slug_reserved", value=found)
    return found


@takes({"type": "string", "examples": ["Europe/Berlin"]})
def _timezone(value: Any) -> str:
    found = str(value)
    if found not in timezones.names():
        raise Wrong("choice", input=found)
    return found


def _degrees(limit: int) -> Parser:
    @takes({"type": "number", "minimum": -limit, "maximum": limit})
    def parse(value: Any) -> float:
        if isinstance(value, str) and len(value) > NUMBER_LENGTH_MAX:
            raise Wrong("number_too_long")
        found = _number(value)
        if found < -limit:
            raise Wrong("integer_minimum", limit=-limit)
        if found > limit:
            raise Wrong("integer_maximum", limit=limit)
        return found

    return parse


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("number")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        raise Wrong("number") from None
    if isnan(found):
        raise Wrong("number")
    return found


NAMES: Schema = {"type": "array", "items": TEXT}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}


@takes(NAMES)
def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Wrong("not_a_list", type=type(value).__name__)
    return value


@takes({"type": "array", "items": {"enum": sorted(EVENT_PLUGINS)}})
def _plugins(value: Any) -> list[str]:
    """pretix goes through whatever can be gone through: the letters of a text, the keys of an object."""
    names = list(value) if isinstance(value, str | dict) else _list(value)
    for name in names:
        if not isinstance(name, str) or name not in EVENT_PLUGINS:
            raise Wrong("plugin_unknown", plugin=name)
    return names


@takes(NAMES)
def _channels(value: Any) -> list[str]:
    for identifier in _list(value):
        if not isinstance(identifier, str):
            raise Wrong("channel_unknown", identifier=identifier)
    return list(value)


def _texts(name: str, *, numbers: bool) -> Parser:
    """A map of texts by name; with `numbers` these are turned into texts."""

    @takes(TEXTS)
    def parse(value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise Wrong("text_map", name=name)
        found = {key: str(text) if numbers and type(text) in (int, float) else text for key, text in value.items()}
        if not all(isinstance(text, str) for text in found.values()):
            raise Wrong("text_map", name=name)
        if any("\0" in text for pair in found.items() for text in pair):
            raise Wrong("null_characters")
        return found

    return parse


@takes({"type": "null"})
def _seating_plan(value: Any) -> None:
    """There are none, so none is meant by any id."""
    if value == "":
        return
    try:
        known = None if isinstance(value, bool) else int(value)
    except (TypeError, ValueError, OverflowError):
        known = None
    raise Wrong("key_type", type=type(value).__name__) if known is None else Wrong("no_such_key", key=value)


def _seats(wrong: str) -> Parser:
    """What products the categories of seats stand for. There are no products here, so any is one too many."""

    @takes({"type": "object", "maxProperties": 0})
    def parse(value: Any) -> dict[str, int]:
        if not isinstance(value, dict) or not all(type(item) is int for item in value.values()):
            raise Wrong("seat_map")
        for item in value.values():
            raise Wrong(wrong, id=item)
        return {}

    return parse


def _form(seats: Parser) -> Form:
    return Form(
        {
            "name": Field(fields.localized, required=True),
            "slug": Field(_slug, required=True),
            "live": Field(fields.boolean, box=True),
            "testmode": Field(fields.boolean, box=True),
            "currency": Field(fields.one_of(CODES)),
            "date_from": Field(datetimes.moment, required=True),
            "date_to": Field(datetimes.moment, nullable=True),
            "date_admission": Field(datetimes.moment, nullable=True),
            "is_public": Field(fields.boolean, box=True),
            "presale_start": Field(datetimes.moment, nullable=True),
            "presale_end": Field(datetimes.moment, nullable=True),
            "location": Field(fields.localized, nullable=True),
            "geo_lat": Field(_degrees(LATITUDE_MAX), nullable=True),
            "geo_lon": Field(_degrees(LONGITUDE_MAX), nullable=True),
            "has_subevents": Field(fields.boolean, box=True),
            "meta_data": Field(_texts("meta_data", numbers=True)),
            "seating_plan": Field(_seating_plan, nullable=True),
            "plugins": Field(_plugins),
            "seat_category_mapping": Field(seats),
            "timezone": Field(_timezone),
            "item_meta_properties": Field(_texts("item_meta_properties", numbers=False)),
            "all_sales_channels": Field(fields.boolean, box=True),
            "limit_sales_channels": Field(_channels, many=True),
            # How channels were told in older versions of pretix.
            "sales_channels": Field(_channels),
        }
    )


EVENT = _form(_seats("seat_map_new"))
CHANGES = _form(_seats("item_unknown"))
# Fields that are looked at and then are no part of an event here.
NOT_HERE = ("seating_plan", "seat_category_mapping")

DESCRIBED: Mapping[str, Mapping[str, Any]] = {
    "name": field("field", "Event name", required=True, max_length=200),
    "slug": field("string", "Short form", required=True, max_length=SLUG_LENGTH_MAX),
    "live": field("boolean", "Shop is live"),
    "testmode": field("boolean", "Testmode"),
    "currency": field(
        "choice",
        "Event currency",
        choices=[{"value": code, "display_name": f"{code} - {Currency(code).currency_name}"} for code in sorted(CODES)],
    ),
    "date_from": field("datetime", "Event start time", required=True),
    "date_to": field("datetime", "Event end time"),
    "date_admission": field("datetime", "Admission time"),
    "is_public": field("boolean", "Show in lists"),
    "presale_start": field("datetime", "Start of presale"),
    "presale_end": field("datetime", "End of presale"),
    "location": field("field", "Location", max_length=200),
    "geo_lat": field("float", "Latitude", min_value=-LATITUDE_MAX, max_value=LATITUDE_MAX),
    "geo_lon": field("float", "Longitude", min_value=-LONGITUDE_MAX, max_value=LONGITUDE_MAX),
    "has_subevents": field("boolean", "Event series"),
    "meta_data": field("field", "Meta data"),
    "seating_plan": field("field", "Seating plan"),
    "plugins": field("field", "Plugins"),
    "seat_category_mapping": field("field", "Seat category mapping"),
    "timezone": field(
        "choice",
        "Timezone",
        choices=[{"value": name, "display_name": name} for name in sorted(timezones.names())],
    ),
    "item_meta_properties": field("field", "Item meta properties"),
    "all_sales_channels": field("boolean", "Sell on all sales channels"),
    "limit_sales_channels": field("field", "Limit sales channels"),
    "public_url": field("field", "Public url", read_only=True),
}
# Of one event there is more to tell: what its tickets are read with.
DESCRIBED_ONE: Mapping[str, Mapping[str, Any]] = {
    **dict(list(DESCRIBED.items())[: list(DESCRIBED).index("all_sales_channels")]),
    "valid_keys": field("field", "Valid keys", read_only=True),
    **dict(list(DESCRIBED.items())[list(DESCRIBED).index("all_sales_channels") :]),
}

# -- what the door's description tells ---------------------------------------------------------------------------------

NARROWING = (
    flag("live", "Whether its shop is open."),
    flag("testmode", "Whether its orders are for tests only."),
    flag("is_public", "Whether it is shown in public lists."),
    flag("has_subevents", "Whether it is a series."),
    flag("is_past", "Whether it is over. A series never is."),
    flag("is_future", "Whether it is not over yet. A series is neither."),
    equal("ends_after", "Only single events that end then or later.", MOMENT_TAKEN),
    *(
        equal(f"{name}_{side}", f"The `{name}` is then or {'later' if side == 'after' else 'earlier'}.", MOMENT_TAKEN)
        for name in ("date_from", "date_to")
        for side in ("after", "before")
    ),
    equal("search", "In its name, its slug or its location, in any language and whatever the case."),
    equal("sales_channel", "Only those sold through the channel with this identifier."),
    Parameter(
        "with_availability_for",
        TEXT,
        "The identifier of a channel: shows `best_availability_state`, which is not known here. An unknown one: 404.",
    ),
)
_MOMENT_OR_NULL = nullable(MOMENT)
EVENTS = Noun(
    "events",
    "Event",
    "an event",
    "the events that the token reaches, by slug",
    {
        "name": LOCALIZED,
        "slug": described(TEXT, "Its name in addresses, new among the organizer's. Fixed once it is there."),
        "live": described(BOOLEAN, "Whether its shop is open. A new event's is not."),
        "testmode": described(BOOLEAN, "Whether its orders are for tests only."),
        "currency": CURRENCY,
        "date_from": described(MOMENT, "When it starts."),
        "date_to": described(_MOMENT_OR_NULL, "When it ends."),
        "date_admission": described(_MOMENT_OR_NULL, "When people are let in."),
        "is_public": described(BOOLEAN, "Whether it is shown in public lists."),
        "presale_start": described(_MOMENT_OR_NULL, "Since when tickets are sold."),
        "presale_end": described(_MOMENT_OR_NULL, "Until when tickets are sold."),
        "location": nullable(LOCALIZED),
        "geo_lat": {"type": ["number", "null"], "description": "Degrees of latitude."},
        "geo_lon": {"type": ["number", "null"], "description": "Degrees of longitude."},
        "has_subevents": described(BOOLEAN, "Whether it is a series. Fixed once it is there."),
        "meta_data": described(TEXTS, "Values of the organizer's event properties, by name."),
        "seating_plan": {"type": "null", "description": "There are none."},
        "plugins": described(NAMES, "Names that are kept; there is nothing behind them."),
        "seat_category_mapping": {"type": "object", "maxProperties": 0, "description": "There are no products."},
        "timezone": described(TEXT, "An IANA name."),
        "item_meta_properties": described(TEXTS, "Properties that its products may have, each with its default."),
        "all_sales_channels": described(BOOLEAN, "Whether it is sold through all channels."),
        "limit_sales_channels": described(NAMES, "If not, the identifiers of those that it is sold through."),
        "public_url": described(ADDRESS, "The address of its shop."),
        "sales_channels": described(NAMES, "The older form of the two before: all identifiers it is sold through."),
    },
    EVENT,
    sometimes={
        "valid_keys": {"type": "object", "description": "Public keys for reading tickets offline. Of one event only."},
        "best_availability_state": {"type": ["integer", "null"], "description": "With `with_availability_for` only."},
    },
    filters=(*NARROWING, ordering("slug", "date_from")),
    query=NARROWING,
    notes={
        "list": "`attr[Name]=value` narrows to events with this value of a property, or with none where the value is "
        "the property's default.",
        "create": "With `clone_from=slug` or `clone_from=organizer/slug`, what is left out is that event's.",
        "replace": "`name`, `slug` and `date_from` are required; fields that are left out keep their values.",
        "delete": "Refused (403) for an event that has orders.",
    },
)
CLONE = Operation(
    "events",
    "events_clone",
    "Clone an event",
    EVENTS.schema,
    201,
    "Creates an event after the one in the address: what is left out is that one's, but its dates, its name, its place "
    "and its currency. Needs `organizer.events:create`, too.",
    EVENTS.body(),
)

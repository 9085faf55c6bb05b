"""What the fields of an event may hold."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

from models import localized_text, timezones
from models.currency import CODES
from models.plugins import EVENT_PLUGINS, ORGANIZER_PLUGINS
from models.problems import Invalid

SLUG = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?")
SLUG_LENGTH_MAX = 50
# What stands in an event's place in addresses and is none.
SLUGS_RESERVED = frozenset(
    (
        *("download", "healthcheck", "locale", "control", "redirect", "jsi18n", "metrics", "_global", "__debug__"),
        *("api", "events", "csp_report", "widget", "customer", "account", "lead", "accessibility"),
    )
)
NULLABLE = frozenset(
    ("date_to", "date_admission", "presale_start", "presale_end", "location", "geo_lat", "geo_lon"),
)
LATITUDE_MAX, LONGITUDE_MAX = 90, 180


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules go by: the event as it is stored (None: a new one), its organizer's properties and channels."""

    held: Mapping[str, Any] | None
    properties: Collection[str]
    channels: Collection[str]
    # Those that are switched on for the organizer.
    plugins: Collection[str] = ()


class Wrong(NamedTuple):
    """A rule's name, what it says, and what of the value it says it of."""

    reason: str
    message: str
    details: Mapping[str, Any] = {}


def wrong_fields(given: Mapping[str, Any], known: Known) -> Iterator[Invalid]:
    """What is wrong with each field by itself."""
    for name, rule in RULES.items():
        if name not in given:
            continue
        wrong = _null(name) if given[name] is None else rule(given[name], known)
        if wrong is not None:
            yield _invalid(name, wrong)


def _invalid(field: str, wrong: Wrong) -> Invalid:
    return Invalid(wrong.message, field=field, reason=wrong.reason, **wrong.details)


def at_odds(event: Mapping[str, Any]) -> Sequence[Invalid]:
    """What does not fit together."""
    found = []
    if event["date_to"] is not None and event["date_from"] > event["date_to"]:
        found.append(Invalid("The event cannot end before it starts.", field="date_to", reason="event_dates"))
    start, end = event["presale_start"], event["presale_end"]
    if start is not None and end is not None and start > end:
        found.append(Invalid("The presale cannot end before it starts.", field="presale_end", reason="event_presale"))
    # pretix says the first alone.
    return found[:1]


def _null(name: str) -> Wrong | None:
    return None if name in NULLABLE else Wrong("null", "It may not be null.")


def _anything(value: Any, known: Known) -> Wrong | None:
    return None


def _slug(value: str, known: Known) -> Wrong | None:
    if known.held is not None and value != known.held["slug"]:
        return Wrong("event_slug_fixed", "The slug of an event is never changed.")
    if known.held is not None:
        return None
    if len(value) > SLUG_LENGTH_MAX:
        return Wrong("too_long", f"At most {SLUG_LENGTH_MAX} characters.")
    if not SLUG.fullmatch(value):
        return Wrong("event_slug", "Letters, digits, dots and dashes, and no dot or dash first or last.")
    if value in SLUGS_RESERVED:
        return Wrong("event_slug_reserved", f"{value!r} stands for something else in addresses.", {"value": value})
    return None


def _localized(value: Any, known: Known) -> Wrong | None:
    wrong = localized_text.wrong_with(value)
    return None if wrong is None else Wrong(wrong, "A text for each of some languages.")


def _live(value: bool, known: Known) -> Wrong | None:
    if value and known.held is None:
        return Wrong("event_created_live", "The shop of an event is opened after the event was created.")
    return None


def _has_subevents(value: bool, known: Known) -> Wrong | None:
    if known.held is not None and value != known.held["has_subevents"]:
        return Wrong("event_series_fixed", "A series stays one, and so does a single event.")
    return None


def _currency(value: str, known: Known) -> Wrong | None:
    if value in CODES:
        return None
    return Wrong("choice", f"{value!r} is not an ISO 4217 currency code.", {"input": value})


def _timezone(value: str, known: Known) -> Wrong | None:
    if value in timezones.names():
        return None
    return Wrong("choice", f"{value!r} is not the name of a time zone.", {"input": value})


def _degrees(limit: int) -> Callable[[float, Known], Wrong | None]:
    def rule(value: float, known: Known) -> Wrong | None:
        if isfinite(value) and -limit <= value <= limit:
            return None
        return Wrong("out_of_range", f"From -{limit} to {limit} degrees.")

    return rule


def _plugins(value: Any, known: Known) -> Wrong | None:
    for name in value:
        if name not in EVENT_PLUGINS:
            return Wrong("plugin_unknown", f"There is no plugin {name!r}.", {"plugin": name})
        is_on = known.held is not None and name in known.held["plugins"]
        if name in ORGANIZER_PLUGINS and name not in known.plugins and not is_on:
            said = f"The plugin {name!r} is switched on for the organizer first."
            return Wrong("plugin_organizer_first", said, {"plugin": name})
    return None


def _meta_data(value: Any, known: Known) -> Wrong | None:
    wrong = _texts("meta_data", value)
    if wrong is not None:
        return wrong
    for name in value:
        if name not in known.properties:
            return Wrong("meta_property", f"The organizer has no event property {name!r}.", {"name": name})
    return None


def _item_meta_properties(value: Any, known: Known) -> Wrong | None:
    return _texts("item_meta_properties", value)


def _texts(field: str, value: Any) -> Wrong | None:
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        return Wrong("text_map", "An object of texts by name.", {"name": field})
    if any("\0" in text for pair in value.items() for text in pair):
        return Wrong("null_character", "Null characters are not allowed.")
    return None


def _channels(value: Any, known: Known) -> Wrong | None:
    for identifier in value:
        if identifier not in known.channels:
            return _no_channel(identifier)
    return None


def _no_channel(identifier: str) -> Wrong:
    said = f"The organizer has no sales channel {identifier!r}."
    return Wrong("channel_unknown", said, {"identifier": identifier})


def unknown_channel(identifier: str) -> Invalid:
    return _invalid("limit_sales_channel_identifiers", _no_channel(identifier))


# In the order in which fields are shown, and in which it is said what is wrong with them.
RULES: Mapping[str, Callable[[Any, Known], Wrong | None]] = {
    "name": _localized,
    "slug": _slug,
    "live": _live,
    "testmode": _anything,
    "currency": _currency,
    "date_from": _anything,
    "date_to": _anything,
    "date_admission": _anything,
    "is_public": _anything,
    "presale_start": _anything,
    "presale_end": _anything,
    "location": _localized,
    "geo_lat": _degrees(LATITUDE_MAX),
    "geo_lon": _degrees(LONGITUDE_MAX),
    "has_subevents": _has_subevents,
    "meta_data": _meta_data,
    "plugins": _plugins,
    "timezone": _timezone,
    "item_meta_properties": _item_meta_properties,
    "all_sales_channels": _anything,
    "limit_sales_channel_identifiers": _channels,
}
ORDER = {name: place for place, name in enumerate(RULES)}

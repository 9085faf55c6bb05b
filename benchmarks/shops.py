"""What the lists of pretix's door are read from: organizers, events, sales channels, orders, campaigns; never random.

Events, orders and campaigns are `bench`'s. Sixty sales channels are another organizer's, as every event tells all that
it is sold through: few have so many, and its list would be a list of channels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks import fixture, vouchers
from benchmarks.fixture import EPOCH, ORGANIZER, stamp
from models.sales_channel import WEB_LABEL

CHANNELS_ORGANIZER = "bench-channels"
ORGANIZERS = (ORGANIZER, CHANNELS_ORGANIZER, "bench-north", "bench-south", "bench-west")
EVENT_PROPERTIES = {"Category": "Concert"}
EVENT_COUNT = 200
CHANNEL_COUNT = 60
CAMPAIGN_COUNT = 200
# Campaigns whose links are followed, the first ones.
LINK_COUNT = 20

# The organizers whose rows each token reads.
TOKEN_NAMES = {
    fixture.TOKEN_NAME: (ORGANIZER,),
    "BENCH_CHANNELS": (CHANNELS_ORGANIZER,),
    "BENCH_ALL": ORGANIZERS,
}
TOKENS = {
    fixture.TOKEN_NAME: fixture.TOKEN,
    "BENCH_CHANNELS": fixture.TOKEN.replace("bench", "chans"),
    "BENCH_ALL": fixture.TOKEN.replace("bench", "every"),
}


@dataclass(frozen=True, slots=True)
class Event:
    number: int

    @property
    def slug(self) -> str:
        return f"event-{self.number:03d}"

    @property
    def name(self) -> dict[str, str]:
        return {"en": f"Concert {self.number}", "de": f"Konzert {self.number}"}

    @property
    def date_from(self) -> datetime:
        return EPOCH + timedelta(days=self.number)

    @property
    def date_to(self) -> datetime | None:
        return self.date_from + timedelta(hours=3) if self.number % 2 else None

    @property
    def date_admission(self) -> datetime | None:
        return self.date_from - timedelta(hours=1) if self.number % 4 == 1 else None

    @property
    def presale_start(self) -> datetime | None:
        return self.date_from - timedelta(days=90) if self.number % 3 == 0 else None

    @property
    def location(self) -> dict[str, str] | None:
        return {"en": "Heidelberg, Germany"} if self.number % 3 else None

    @property
    def geo(self) -> tuple[float | None, float | None]:
        return (49.41, 8.71) if self.number % 3 == 1 else (None, None)

    @property
    def plugins(self) -> list[str]:
        return ["pretix.plugins.sendmail", "pretix.plugins.statistics"] if self.number % 5 else []

    @property
    def meta_data(self) -> dict[str, str]:
        return {"Category": "Talk"} if self.number % 2 else {}

    @property
    def limit_sales_channels(self) -> list[str]:
        """In the order of channels; empty for those that are sold through all."""
        return ["web", "api.box-office"] if self.number % 4 == 0 else []


@dataclass(frozen=True, slots=True)
class Channel:
    organizer: str
    identifier: str
    label: dict[str, str]
    position: int

    @property
    def type(self) -> str:
        return "web" if self.identifier == "web" else "api"


@dataclass(frozen=True, slots=True)
class Campaign:
    number: int

    @property
    def code(self) -> str:
        return f"bench{self.number:04d}"

    @property
    def description(self) -> str:
        return f"Poster {self.number}"

    @property
    def external_target(self) -> str:
        return f"https://example.org/landing/{self.number}"

    @property
    def clicks(self) -> int:
        """Before anybody followed its link here; all of one day."""
        return self.number * 37 % 100


def events() -> Iterator[Event]:
    """In the order of their slugs."""
    return map(Event, range(EVENT_COUNT))


def channels(organizer: str) -> list[Channel]:
    """With the built-in one, in the order of a list."""
    numbers = range(1, CHANNEL_COUNT + 1) if organizer == CHANNELS_ORGANIZER else ()
    names = {f"api.channel-{number:02d}": f"Channel {number}" for number in numbers}
    if organizer == ORGANIZER:
        names = {"api.box-office": "Box office", "api.kiosk": "Kiosk", "api.partner": "Partner"}
    made = [
        Channel(organizer, identifier, {"en": text, "de": f"{text} (de)"}, position)
        for position, (identifier, text) in enumerate(names.items(), start=1)
    ]
    return [Channel(organizer, "web", WEB_LABEL, 0), *made]


def campaigns() -> Iterator[Campaign]:
    """All of the first event, in the order of their ids."""
    return map(Campaign, range(CAMPAIGN_COUNT))


def links() -> list[str]:
    """The paths of the links that are followed."""
    return [f"/{ORGANIZER}/{Event(0).slug}/c/{Campaign(number).code}/" for number in range(LINK_COUNT)]


def sold_through(event: Event) -> list[str]:
    return event.limit_sales_channels or sorted(each.identifier for each in channels(ORGANIZER))


# -- as foyer's start state has it -------------------------------------------------------------------------------------


def start_state() -> dict[str, Any]:
    """The document `python -m server load` reads (docs/cli.md): that of the fixture, with these rows."""
    state = fixture.start_state()
    return {
        **state,
        "organizers": [organizer_state(slug) for slug in ORGANIZERS],
        "events": [event_state(each) for each in events()],
        "sales_channels": [
            channel_state(each) for slug in ORGANIZERS for each in channels(slug) if each.identifier != "web"
        ],
        "orders": [
            {"organizer": ORGANIZER, "event": fixture.ORDER_EVENT, "code": code} for code in fixture.order_codes()
        ],
        "tokens": [*state["tokens"], *more_tokens(state["tokens"][0]), vouchers.app_keys()],
    }


def organizer_state(slug: str) -> dict[str, Any]:
    return {"slug": slug, "name": name_of(slug), "event_properties": EVENT_PROPERTIES}


def name_of(slug: str) -> str:
    return slug.replace("-", " ").title()


def event_state(each: Event) -> dict[str, Any]:
    latitude, longitude = each.geo
    return {
        "organizer": ORGANIZER,
        "slug": each.slug,
        "name": each.name,
        "currency": fixture.CURRENCY,
        "live": True,
        "date_from": stamp(each.date_from),
        "date_to": stamp_or_none(each.date_to),
        "date_admission": stamp_or_none(each.date_admission),
        "presale_start": stamp_or_none(each.presale_start),
        "location": each.location,
        "geo_lat": latitude,
        "geo_lon": longitude,
        "timezone": "Europe/Berlin",
        "plugins": each.plugins,
        "meta_data": each.meta_data,
        "all_sales_channels": not each.limit_sales_channels,
        "limit_sales_channels": each.limit_sales_channels,
    }


def channel_state(each: Channel) -> dict[str, Any]:
    return {
        "organizer": each.organizer,
        "identifier": each.identifier,
        "label": each.label,
        "position": each.position,
    }


def more_tokens(first: dict[str, Any]) -> list[dict[str, Any]]:
    everything = {
        "kind": "oauth",
        "name": "BENCH_ALL",
        "organizers": list(ORGANIZERS),
        "scope": "read",
        "token": TOKENS["BENCH_ALL"],
    }
    of_channels = {
        **first,
        "name": "BENCH_CHANNELS",
        "organizer": CHANNELS_ORGANIZER,
        "token": TOKENS["BENCH_CHANNELS"],
    }
    return [of_channels, everything]


def stamp_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)

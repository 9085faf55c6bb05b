"""/{organizer}/{event}/: the front of an event's shop, as far as there is one here: what it is, when and where."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.types import Scope

from models import localized_text
from models.database import Database
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask, One, Value
from rest.pretix import html
from rest.pretix.answers import Answer
from rest.pretix.call import LANGUAGES_READ
from rest.pretix.texts import preferred, text
from rest.reading import Selection

_NAMES = ("name", "live", "date_from", "date_to", "date_admission", "location", "timezone")
SHOP = Selection(One("event", {name: Value((name,)) for name in _NAMES}, 0))

MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
}
MOMENTS = {"en": "{day} {month} {year}, {time}", "de": "{day}. {month} {year}, {time} Uhr"}


class ShopFront:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def show(self, scope: Scope, organizer: str, event: str, language: str) -> Answer:
        plan = SHOP.plan(self._database)
        ask = Ask(1, Compare("slug", "eq", event), reach="shop")
        parameters = {"all_events": 1, "event_ids": (), "organizer_slug": organizer}
        found = await self._database.read(lambda: plan.run([ask], parameters))
        if found is None:
            return html.page(404, "page_shop_unknown", language)
        wanted = _wanted(scope)
        name = _in_language(found["name"], wanted)
        if not found["live"]:
            return html.written(403, name, [text("page_shop_closed").spoken(language)], language)
        return html.written(200, name, list(_told(found, wanted, language)), language)


def _told(event: Mapping[str, Any], wanted: Sequence[str], language: str) -> Sequence[str]:
    zone = zone_of(event["timezone"])
    dates = [moment(event[name], zone, language) for name in ("date_from", "date_to") if event[name] is not None]
    told = [" – ".join(dates)]
    if event["date_admission"] is not None:
        told.append(
            text("page_shop_admission", moment=moment(event["date_admission"], zone, language)).spoken(language)
        )
    place = _in_language(event["location"] or {}, wanted)
    return [*told, *place.splitlines()]


def moment(stamp: str, zone: Any, language: str) -> str:
    at = datetime.fromisoformat(stamp)
    # At its ends the calendar has moments in UTC that it does not have elsewhere.
    with suppress(OverflowError):
        at = at.astimezone(zone)
    month = MONTHS[language][at.month - 1]
    return MOMENTS[language].format(day=at.day, month=month, year=at.year, time=f"{at:%H:%M}")


@lru_cache(maxsize=1024)
def zone_of(name: str) -> Any:
    """The time zone; UTC where the machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _in_language(texts: Mapping[str, str], wanted: Sequence[str]) -> str:
    """The text in the first wanted language there is, or in its parent; else in the default one, else in any."""
    for tag in (*wanted, localized_text.DEFAULT):
        for choice in (tag, tag.partition("-")[0]):
            if texts.get(choice):
                return texts[choice]
    return next((found for found in texts.values() if found), "")


def _wanted(scope: Scope) -> Sequence[str]:
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return preferred(value[:LANGUAGES_READ])
    return ()

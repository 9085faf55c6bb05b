"""When vouchers are valid again and again: time frames, days of the week, hours. Types, inputs, reads."""

from collections.abc import Mapping
from typing import Any

import strawberry

from gql.filters import optional
from gql.reads import Inner, Key, Leaf, by
from gql.voucher_kinds import WEEKDAYS, Weekday, weekdays
from models.unset import UNSET

TIMEFRAME = Inner(("terms", "validity_timeframe"))
DAYS = Leaf(("terms", "validity_day_of_week"), weekdays)
HOURS = Inner(("terms", "validity_hours"), lambda stored: None if stored is None else stored["daily"])


@strawberry.type(description="Valid for a while from the start date, and again after every interval.")
class ValidityTimeframe:
    interval: str = by(Key("interval"), "The ISO 8601 duration from one beginning to the next: `P1D`.")
    duration: str = by(Key("duration"), "The ISO 8601 duration of each: `PT2H`.")


@strawberry.type(description="A part of the day in which something is valid.")
class ValidityHours:
    start_time: str | None = by(Key("start_time"), "When it begins: `09:00`; null for midnight.")
    expiration_time: str | None = by(Key("expiration_time"), "When it ends: `17:30`; null for midnight.")
    days_of_week: list[Weekday] | None = by(Key("days_of_week", weekdays), "On which days; null for all.")


@strawberry.input(description="Valid for a while from the start date, and again after every interval.")
class ValidityTimeframeInput:
    interval: str = strawberry.field(description="The ISO 8601 duration from one beginning to the next: `P1D`.")
    duration: str = strawberry.field(description="The ISO 8601 duration of each: `PT2H`.")


@strawberry.input(description="A part of the day in which something is valid. One that ends before it begins goes on.")
class ValidityHoursInput:
    start_time: str | None = optional("When it begins: `09:00`; midnight by default.")
    expiration_time: str | None = optional("When it ends: `17:30`; midnight by default.")
    days_of_week: list[Weekday] | None = optional("On which days; on all by default.")


TIMEFRAME_GIVEN = "For how long from the start date, and again how often; needs `startsAt`."
DAYS_GIVEN = "On which days of the week."
HOURS_GIVEN = "At which times of the day; not together with a time frame or days of the week."


def limits_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What an input says of these limits, by the names of `Terms.limited`; null takes one away."""
    return {
        "timeframe": given.get("validityTimeframe", UNSET),
        "day_of_week": _days(given.get("validityDaysOfWeek", UNSET)),
        "hours": _hours(given.get("validityHours", UNSET)),
    }


def _days(given: Any) -> Any:
    return [WEEKDAYS.index(day.name) for day in given] if isinstance(given, list) else given


def _hours(given: Any) -> Any:
    if not isinstance(given, list):
        return given
    return {"daily": [_part_of_day(each) for each in given]}


def _part_of_day(given: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "start_time": given.get("startTime"),
        "expiration_time": given.get("expirationTime"),
        "days_of_week": _days(given.get("daysOfWeek")),
    }
    return {name: value for name, value in found.items() if value is not None}

"""When a voucher or a campaign is valid: between two instants, and within those again and again.

Instants are half open: valid at the start, no longer at the expiration. What recurs counts by the clocks of the
project's time zone. Windows of a time frame begin at the start date and at every interval after it; intervals of days
or longer keep the time of day where clocks are changed, shorter ones count the time that passes. An empty list of
weekdays or hours limits nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import Enum
from itertools import pairwise

from models import instants
from models.duration import Duration, wall_clock
from models.problems import Invalid

SPANS_MAX = 100
_DAY, _WEEK = 86_400, 7 * 86_400
_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?")


class Reason(Enum):
    """Why something is not valid at a moment; NOT_ACTIVE_NOW will be over without anybody doing anything."""

    NOT_ACTIVE_YET = "not_active_yet"
    EXPIRED = "expired"
    NOT_ACTIVE_NOW = "not_active_now"


@dataclass(frozen=True, slots=True)
class Timeframe:
    """Valid for `duration` from the start date, and again every `interval` from there."""

    interval: Duration
    duration: Duration

    @classmethod
    def read(cls, given: object, *, field: str = "validity_timeframe") -> "Timeframe":
        given = _mapping(given, field)
        interval = Duration.read(given.get("interval"), field=f"{field}.interval")
        return cls(interval, Duration.read(given.get("duration"), field=f"{field}.duration"))

    def shown(self) -> dict[str, object]:
        return {"interval": self.interval.shown(), "duration": self.duration.shown()}

    def is_open(self, start: datetime, at: datetime, zone: tzinfo) -> bool:
        """Whether `at`, which is not before `start`, is in a window: the last one begun ends last, too."""
        begun = self.interval.after(start, zone, self.interval.whole_since(start, at, zone))
        return at < self.duration.after(begun, zone)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a day, in seconds from midnight, on some weekdays (0 is Sunday).

    One that ends before it starts goes on after midnight, and belongs to the day on which it starts. One that ends when
    it starts lasts 24 hours. Without a start it is from midnight, without an end until midnight, without days on all.
    """

    start: int
    end: int
    days_of_week: tuple[int, ...]
    given: Mapping[str, object] = field(hash=False)

    @classmethod
    def read(cls, given: object, *, field: str) -> "Span":
        known, given = ("start_time", "expiration_time", "days_of_week"), _mapping(given, field)
        told = {name: given[name] for name in known if given.get(name) is not None}
        start = _seconds(told.get("start_time", "00:00"), f"{field}.start_time")
        end = _seconds(told.get("expiration_time", "24:00"), f"{field}.expiration_time")
        days = read_days_of_week(told.get("days_of_week", ()), field=f"{field}.days_of_week")
        if start == _DAY:
            raise Invalid("A day has no second midnight to start at.", field=f"{field}.start_time", reason="time")
        return cls(start, end, days or _EVERY_DAY, told)

    def is_open(self, day: int, second: int) -> bool:
        """Whether it is open on this weekday at this second of the day."""
        if self.start < self.end:
            return self.start <= second < self.end and day in self.days_of_week
        if second >= self.start:
            return day in self.days_of_week
        return second < self.end and (day - 1) % 7 in self.days_of_week

    def in_week(self) -> list[tuple[int, int]]:
        """Its parts in seconds from Saturday's midnight; what goes on beyond the week begins it."""
        found = []
        for day in set(self.days_of_week):
            start = day * _DAY + self.start
            end = start + ((self.end - self.start) % _DAY or _DAY)
            found += [(start, end)] if end <= _WEEK else [(start, _WEEK), (0, end - _WEEK)]
        return found


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of validity of each day. They do not overlap."""

    daily: tuple[Span, ...]

    @classmethod
    def read(cls, given: object, *, field: str = "validity_hours") -> "Hours":
        told = _mapping(given, field).get("daily")
        daily = _sequence(() if told is None else told, f"{field}.daily")
        if len(daily) > SPANS_MAX:
            raise Invalid(f"At most {SPANS_MAX} periods.", field=f"{field}.daily", reason="too_many")
        spans = tuple(Span.read(span, field=f"{field}.daily[{place}]") for place, span in enumerate(daily))
        parts = sorted(part for span in spans for part in span.in_week())
        if any(end > start for (_, end), (start, _) in pairwise(parts)):
            raise Invalid("The periods overlap.", field=f"{field}.daily", reason="overlap")
        return cls(spans)

    def shown(self) -> dict[str, object]:
        return {"daily": [dict(span.given) for span in self.daily]}

    def is_open(self, shown: datetime) -> bool:
        day, second = shown.isoweekday() % 7, shown.hour * 3600 + shown.minute * 60 + shown.second
        return not self.daily or any(span.is_open(day, second) for span in self.daily)


@dataclass(frozen=True, slots=True)
class Validity:
    """None is no limit. A time frame without a start date limits nothing, as there is nothing to count from."""

    starts_at: datetime | None = None
    expires_at: datetime | None = None
    timeframe: Timeframe | None = None
    days_of_week: tuple[int, ...] | None = None
    hours: Hours | None = None

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "Validity":
        """Of a request, by the names on the wire; other names are left alone. See `refuse_contradictions`."""
        start, expiration = given.get("start_date"), given.get("expiration_date")
        timeframe, days = given.get("validity_timeframe"), given.get("validity_day_of_week")
        hours = given.get("validity_hours")
        validity = cls(
            None if start is None else instants.read(start, field="start_date"),
            None if expiration is None else instants.read(expiration, field="expiration_date"),
            None if timeframe is None else Timeframe.read(timeframe),
            None if days is None else read_days_of_week(days),
            None if hours is None else Hours.read(hours),
        )
        refuse_contradictions(validity)
        return validity

    def shown(self) -> dict[str, object]:
        """The fields that are set, by the names on the wire."""
        found: dict[str, object] = {
            "start_date": self.starts_at and instants.shown(self.starts_at),
            "expiration_date": self.expires_at and instants.shown(self.expires_at),
            "validity_timeframe": self.timeframe and self.timeframe.shown(),
            "validity_day_of_week": None if self.days_of_week is None else list(self.days_of_week),
            "validity_hours": self.hours and self.hours.shown(),
        }
        return {name: value for name, value in found.items() if value is not None}


def why_not(validity: Validity, at: datetime, zone: tzinfo = UTC) -> Reason | None:
    """None if it is valid at this instant. `zone` is the project's; it matters only for what recurs."""
    starts_at = validity.starts_at
    if starts_at is not None and at < starts_at:
        return Reason.NOT_ACTIVE_YET
    if validity.expires_at is not None and at >= validity.expires_at:
        return Reason.EXPIRED
    timeframe, days, hours = validity.timeframe, validity.days_of_week, validity.hours
    if timeframe is not None and starts_at is not None and not timeframe.is_open(starts_at, at, zone):
        return Reason.NOT_ACTIVE_NOW
    if days or hours is not None:
        shown = wall_clock(at, zone)
        if (days and shown.isoweekday() % 7 not in days) or (hours is not None and not hours.is_open(shown)):
            return Reason.NOT_ACTIVE_NOW
    return None


def refuse_contradictions(validity: Validity) -> None:
    """What cannot be meant: ending before starting, a time frame with nothing to count from, hours with other limits.

    For what an update makes of fields old and new; `Validity.read` has called it.
    """
    if validity.starts_at and validity.expires_at and validity.expires_at < validity.starts_at:
        message = "It cannot expire before it starts."
        raise Invalid(message, field="expiration_date", reason="before_start")
    if validity.timeframe and validity.starts_at is None:
        message = "A time frame needs a start date to count from."
        raise Invalid(message, field="validity_timeframe", reason="missing_start_date")
    if validity.hours and validity.hours.daily and (validity.timeframe or validity.days_of_week):
        message = "Hours cannot be combined with a time frame or with days of the week."
        raise Invalid(message, field="validity_hours", reason="combined")


def read_days_of_week(given: object, *, field: str = "validity_day_of_week") -> tuple[int, ...]:
    """0 is Sunday. A day that is given twice counts once."""
    days: dict[int, None] = {}
    for day in _sequence(given, field):
        if not isinstance(day, int) or isinstance(day, bool) or not 0 <= day <= 6:
            raise Invalid("Days of the week are numbers from 0 (Sunday) to 6.", field=field, reason="choice")
        days[day] = None
    return tuple(days)


def expiration_after(duration: Duration, published_at: datetime, zone: tzinfo = UTC) -> datetime:
    """When a voucher expires whose `activity_duration_after_publishing` is this; the calendar's end if beyond."""
    return duration.after(published_at, zone)


def _seconds(given: object, field: str) -> int:
    found = _TIME.fullmatch(given) if isinstance(given, str) else None
    hours, minutes, seconds = found.groups("0") if found else ("24", "0", "1")
    second = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    if second > _DAY:
        raise Invalid("This is not a time of day, such as 09:30.", field=field, reason="time")
    return second


def _mapping(given: object, field: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        raise Invalid("An object is expected.", field=field, reason="type")
    return given


def _sequence(given: object, field: str) -> Sequence[object]:
    if not isinstance(given, list | tuple):
        raise Invalid("A list is expected.", field=field, reason="type")
    return given

"""ISO 8601 durations, kept as they were written: months and years are those of the calendar, never so many days."""

import re
from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

import isodate

from models.problems import Invalid

# As short as anything sensible; without the sign that would turn it around.
_TEXT = re.compile(r"P[0-9A-Z.,:-]{1,50}")
MONTHS_MAX, REST_MAX = 9999 * 12, timedelta(days=9999 * 366)
_DAY, _NOTHING = timedelta(days=1), timedelta(0)
# What an instant becomes that lies beyond the calendar.
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Duration:
    """Always longer than nothing. `months` are calendar months, `rest` is what is not."""

    text: str
    months: int
    rest: timedelta

    @classmethod
    def read(cls, given: object, *, field: str) -> "Duration":
        """Refuses as `duration` what is none or negative, and as `out_of_range` zero and more than 9999 years.

        Parts of a month are refused: nobody could say how long they are.
        """
        if not isinstance(given, str) or not _TEXT.fullmatch(given):
            raise _refusal("This is not an ISO 8601 duration, such as P1D or PT12H.", field, "duration")
        months, rest = _parsed(given, field)
        if not months and not rest:
            raise _refusal("The duration must be longer than nothing.", field, "out_of_range")
        if months > MONTHS_MAX or rest > REST_MAX:
            raise _refusal("At most 9999 years.", field, "out_of_range")
        return cls(given, months, rest)

    def shown(self) -> str:
        return self.text

    @property
    def by_calendar(self) -> bool:
        """Made of days, weeks, months or years: it keeps the time on the wall where clocks are changed."""
        return self.months > 0 or self.rest % _DAY == _NOTHING

    def after(self, start: datetime, zone: tzinfo = UTC, times: int = 1) -> datetime:
        """The instant so many of these after `start`, as the clocks of `zone` count; the calendar's end if beyond."""
        try:
            if not self.by_calendar or not times:
                return start + self.rest * times
            shown = _plus_months(wall_clock(start, zone), self.months * times) + self.rest * times
            return shown.replace(tzinfo=zone).astimezone(UTC)
        except (OverflowError, ValueError):
            return LATEST

    def whole_since(self, start: datetime, at: datetime, zone: tzinfo = UTC) -> int:
        """How many of these have passed from `start` to `at`, which is not before it. Found without counting up."""
        if not self.by_calendar:
            return (at - start) // self.rest
        if self.months:
            # One month more than they are apart: in the zone both may be in other months than in UTC.
            apart = (at.year - start.year) * 12 + at.month - start.month + 1
            steps = range(1, apart // self.months + 1)
            return bisect_right(steps, at, key=lambda times: self.after(start, zone, times))
        times = (wall_clock(at, zone) - wall_clock(start, zone)) // self.rest + 1
        # Where clocks go back, what they show is there twice: two steps at most.
        while times > 0 and self.after(start, zone, times) > at:
            times -= 1
        return max(times, 0)


def wall_clock(at: datetime, zone: tzinfo) -> datetime:
    """What the clocks of `zone` show; what those of UTC show if that lies beyond the calendar's ends."""
    try:
        return at.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return at.astimezone(UTC).replace(tzinfo=None)


def _plus_months(at: datetime, months: int) -> datetime:
    """The same day of another month, or its last one. ValueError beyond the calendar."""
    if not months:
        return at
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if year > MAXYEAR:
        raise ValueError(year)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _parsed(text: str, field: str) -> tuple[int, timedelta]:
    try:
        found = isodate.parse_duration(text, as_timedelta_if_possible=False)
        months = Decimal(found.years) * 12 + Decimal(found.months)
        if months != months.to_integral_value():
            raise _refusal("A month is not divided.", field, "duration")
        return int(months), found.tdelta
    except (isodate.ISO8601Error, ValueError, OverflowError, InvalidOperation) as error:
        raise _refusal("This is not an ISO 8601 duration, such as P1D or PT12H.", field, "duration") from error


def _refusal(message: str, field: str, reason: str) -> Invalid:
    return Invalid(message, field=field, reason=reason)

"""Dates with times as Django reads them: ISO 8601; UTC if there is no offset; digits beyond microseconds are cut."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from rest.pretix.fields import Wrong
from rest.pretix.schemas import MOMENT_TAKEN, takes

# What Django takes beside what the standard library reads: single digits, blanks before the offset.
LOOSE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?"
    r"\s*(?:(Z)|([+-])(\d{2})(?::?(\d{2}))?)?",
    re.ASCII,
)


@takes(MOMENT_TAKEN)
def moment(value: Any) -> datetime:
    """An aware time in UTC."""
    found = _parsed(value) if isinstance(value, str) else None
    if found is None:
        raise Wrong("datetime")
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise Wrong("datetime_range") from None


def _parsed(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        match = LOOSE.fullmatch(value)
    try:
        return None if match is None else _of_parts(*match.groups())
    except ValueError:
        return None


def _of_parts(*parts: str | None) -> datetime:
    *numbers, micro, zulu, sign, hours, minutes = parts
    offset: timezone | None = UTC if zulu else None
    if sign:
        away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        offset = timezone(-away if sign == "-" else away)
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    return datetime(year, month, day, hour, minute, second, int((micro or "").ljust(6, "0")), tzinfo=offset)

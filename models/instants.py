"""Instants as programs write them: ISO 8601 dates and times, read into aware UTC and shown in one form.

Read are a date, or a date with hours, minutes, seconds or fractions of seconds; each with `Z`, an offset with or
without its colon, or neither, which means UTC. `2025-01-02T00:00:00.000000+0000` is what the Python SDK sends; in a
query its plus sign may have become a space.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from models.problems import Invalid

_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
    r"(?:[Zz]|([+\- ])([0-9]{2}):?([0-9]{2}))?)?"
)


def read(text: object, *, field: str = "date") -> datetime:
    """Refuses as `datetime` what is none of these or outside the years 1 to 9999. Microseconds are the finest."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise _refusal(field)
    year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = found.groups()
    try:
        at = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
            UTC,
        )
        return at if sign is None else _from_offset(at, sign, int(offset_hours), int(offset_minutes))
    except (ValueError, OverflowError) as error:
        raise _refusal(field) from error


def shown(at: datetime) -> str:
    """`YYYY-MM-DDTHH:mm:ss.SSSZ`; what is finer than a millisecond is dropped."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _from_offset(at: datetime, sign: str, hours: int, minutes: int) -> datetime:
    if minutes > 59:
        raise ValueError("An hour has 60 minutes.")
    offset = timedelta(hours=hours, minutes=minutes)
    return at.replace(tzinfo=timezone(-offset if sign == "-" else offset)).astimezone(UTC)


def _refusal(field: str) -> Invalid:
    return Invalid("This is not an ISO 8601 date, such as 2026-02-28T12:30:00Z.", field=field, reason="datetime")

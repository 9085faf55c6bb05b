"""Instants: every way in which programs write them, and the one in which they are shown."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.instants import read, shown
from models.problems import Invalid

NOON = datetime(2025, 1, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-01-02", datetime(2025, 1, 2, tzinfo=UTC)),
        ("2025-01-02T12", NOON),
        ("2025-01-02T12:00", NOON),
        ("2025-01-02T12:00Z", NOON),
        ("2025-01-02T12:00:00", NOON),
        ("2025-01-02T12:00:00Z", NOON),
        ("2025-01-02T12:00:00.000Z", NOON),
        ("2025-01-02T12:00:00+00:00", NOON),
        ("2025-01-02T14:30:00+02:30", NOON),
        ("2025-01-02T03:00:00-0900", NOON),
        ("2025-01-02 12:00:00", NOON),
        ("2025-01-02T00:00:00.000000+0000", datetime(2025, 1, 2, tzinfo=UTC)),
        ("2025-01-02T00:00:00.000000 0000", datetime(2025, 1, 2, tzinfo=UTC)),
        ("2025-01-02T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2025-01-02T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_every_documented_form_is_read(text: str, at: datetime) -> None:
    assert read(text) == at
    assert read(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2025",
        "2025-1-2",
        "2025-13-01",
        "2025-02-30",
        "2025-01-02T",
        "2025-01-02T24:00",
        "2025-01-02T12:60",
        "2025-01-02T12:00:60",
        "2025-01-02T12:00:00+24:00",
        "2025-01-02T12:00:00+00:60",
        "2025-01-02T12:00:00Z ",
        "2025-01-02Z",
        "20250102",
        "2025-W01-1",
        "0000-01-01",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "٢٠٢٥-٠١-٠٢",
        "2025-01-02T12:00:00Z\n",
        None,
        1735776000,
        NOON,
    ],
)
def test_what_is_no_such_text_is_refused_by_the_name_of_its_field(text: object) -> None:
    with pytest.raises(Invalid) as refused:
        read(text, field="start_date")
    assert (refused.value.field, refused.value.details["reason"]) == ("start_date", "datetime")


def test_instants_are_shown_in_milliseconds_of_utc() -> None:
    at = datetime(987, 6, 5, 4, 3, 2, 1999, tzinfo=timezone(timedelta(hours=-1)))
    assert shown(at) == "0987-06-05T05:03:02.001Z"
    assert shown(NOON) == "2025-01-02T12:00:00.000Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_shown_is_read_as_the_same_millisecond(at: datetime) -> None:
    assert read(shown(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+\-Z]*)?", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert read(text).tzinfo is UTC

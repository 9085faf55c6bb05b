"""Dates with times in bodies."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.pretix.datetimes import moment
from rest.pretix.fields import Wrong

NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)
NOON = NEW_YEAR.replace(hour=12)
TAKEN = {
    "2031-01-01T00:00:00Z": NEW_YEAR,
    "2031-01-01T02:00:00+02:00": NEW_YEAR,
    "2031-01-01T02:00:00+0200": NEW_YEAR,
    "2031-01-01T02:00:00+02": NEW_YEAR,
    "2030-12-31T19:00:00 -05:00": NEW_YEAR,
    "2031-01-01T12:00:00": NOON,
    "2031-01-01T12:00Z": NOON,
    "2031-01-01 12:00:00Z": NOON,
    "2031-01-01": NEW_YEAR,
    "2031-1-1 12:0": NOON,
    "2031-01-01T00:00:00.12Z": NEW_YEAR.replace(microsecond=120_000),
    "2031-01-01T00:00:00,12Z": NEW_YEAR.replace(microsecond=120_000),
    "2031-01-01T00:00:00.123456789Z": NEW_YEAR.replace(microsecond=123_456),
    "2031-1-1T0:0:0.123456789 Z": NEW_YEAR.replace(microsecond=123_456),
}
REFUSED: tuple[Any, ...] = (
    *("tomorrow", "", "31.12.2031", "2031-02-30T00:00:00Z", "2031-13-01", "10000-01-01T00:00:00Z", "0000-01-01"),
    *("2031-01-01t00:00:00z", "2031-1-1T25:00", "2031-1-1T0:0:0+99:99", "2031-01-01T00:00:00Z\n", "\0"),
    *(1_900_000_000, 1.5, True, None, [], {}, ["2031-01-01"]),
)


@pytest.mark.parametrize(("value", "found"), TAKEN.items())
def test_times_are_read_as_pretix_reads_them(value: str, found: datetime) -> None:
    assert moment(value) == found
    assert moment(value).tzinfo is UTC


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_what_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(Wrong) as wrong:
        moment(value)
    assert wrong.value.texts[0].spoken("en").startswith("Datetime has wrong format.")


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_times_out_of_range_are_refused(value: str) -> None:
    with pytest.raises(Wrong) as wrong:
        moment(value)
    assert wrong.value.texts[0].spoken("en") == "Datetime value out of range."


@given(st.datetimes(timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))))
def test_every_time_survives_its_own_text(value: datetime) -> None:
    try:
        wanted = value.astimezone(UTC)
    except OverflowError:
        return
    assert moment(value.isoformat()) == wanted


@given(st.one_of(st.text(), st.text("0123456789-T: +.Z", max_size=40)))
def test_any_text_is_a_time_or_refused(value: str) -> None:
    with suppress(Wrong):
        assert moment(value).tzinfo is UTC

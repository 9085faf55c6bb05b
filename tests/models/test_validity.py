"""Validity: dates, time frames, weekdays and hours, by the clocks of a zone, however absurd what was asked for is."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.duration import LATEST, Duration
from models.problems import Invalid
from models.validity import Hours, Reason, Timeframe, Validity, expiration_after, read_days_of_week, why_not

BERLIN, NEW_YORK, KIRITIMATI = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")
ZONES = st.sampled_from([UTC, BERLIN, NEW_YORK, KIRITIMATI, ZoneInfo("Australia/Lord_Howe")])
instants = st.datetimes(timezones=st.just(UTC))
durations = st.builds(
    lambda years, months, days, seconds: f"P{years}Y{months}M{days}DT{seconds}S",
    st.integers(0, 9999) | st.just(0),
    st.integers(0, 40),
    st.integers(0, 10**6) | st.integers(0, 3),
    st.integers(0, 10**6) | st.just(0),
)


def at(text: str, zone: ZoneInfo | None = None) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone or UTC)


def validity(**given: object) -> Validity:
    return Validity.read(given)


def duration(text: str) -> Duration:
    return Duration.read(text, field="duration")


def is_valid(found: Validity, text: str, zone: ZoneInfo | None = None) -> bool:
    reason = why_not(found, at(text, zone).astimezone(UTC), zone or UTC)
    assert reason in (None, Reason.NOT_ACTIVE_NOW)
    return reason is None


def refused(given: dict[str, object]) -> tuple[str | None, object]:
    with pytest.raises(Invalid) as problem:
        Validity.read(given)
    return problem.value.field, problem.value.details["reason"]


# Dates


def test_without_limits_it_is_always_valid() -> None:
    assert why_not(validity(), datetime.min.replace(tzinfo=UTC), NEW_YORK) is None
    assert why_not(validity(), LATEST, KIRITIMATI) is None


def test_valid_from_the_start_until_just_before_the_expiration() -> None:
    found = validity(start_date="2026-01-01", expiration_date="2026-02-01T00:00:00Z")
    moment = timedelta(microseconds=1)
    assert why_not(found, at("2026-01-01") - moment) is Reason.NOT_ACTIVE_YET
    assert why_not(found, at("2026-01-01")) is None
    assert why_not(found, at("2026-02-01") - moment) is None
    assert why_not(found, at("2026-02-01")) is Reason.EXPIRED


def test_what_is_over_is_expired_rather_than_not_active_now() -> None:
    found = validity(expiration_date="2026-02-01", validity_day_of_week=[1])
    assert why_not(found, at("2026-02-03")) is Reason.EXPIRED


# Weekdays


def test_sunday_is_day_zero() -> None:
    found = validity(validity_day_of_week=[0])
    assert is_valid(found, "2026-11-22T12:00")
    assert not is_valid(found, "2026-11-23T12:00")
    assert not is_valid(found, "2026-11-21T12:00")


def test_weekdays_are_those_of_the_zone() -> None:
    found = validity(validity_day_of_week=[6])
    assert why_not(found, at("2026-11-20T23:30"), BERLIN) is None
    assert why_not(found, at("2026-11-20T23:30"), UTC) is Reason.NOT_ACTIVE_NOW
    assert why_not(found, at("2026-11-21T23:30"), BERLIN) is Reason.NOT_ACTIVE_NOW


@pytest.mark.parametrize("empty", [{"validity_day_of_week": []}, {"validity_hours": {"daily": []}}])
def test_empty_list_limits_nothing_and_is_shown(empty: dict[str, object]) -> None:
    assert is_valid(Validity.read(empty), "2026-11-22T12:00")
    assert Validity.read(empty).shown() == empty


# Hours


def test_hours_limit_the_time_of_day_in_the_zone() -> None:
    found = validity(validity_hours={"daily": [{"start_time": "09:00", "expiration_time": "11:00"}]})
    assert is_valid(found, "2026-07-01T09:00", BERLIN)
    assert is_valid(found, "2026-12-01T10:59:59", BERLIN)
    assert not is_valid(found, "2026-07-01T11:00", BERLIN)
    assert not is_valid(found, "2026-07-01T08:59:59", BERLIN)


def test_hours_may_be_different_on_other_days() -> None:
    tuesday = {"start_time": "09:00", "expiration_time": "11:00", "days_of_week": [2]}
    thursday = {"start_time": "15:00", "expiration_time": "16:00", "days_of_week": [4]}
    found = validity(validity_hours={"daily": [tuesday, thursday]})
    assert is_valid(found, "2026-11-24T10:00")
    assert is_valid(found, "2026-11-26T15:30")
    assert not is_valid(found, "2026-11-26T10:00")
    assert not is_valid(found, "2026-11-25T10:00")


def test_span_that_ends_before_it_starts_goes_on_after_midnight() -> None:
    friday = {"start_time": "22:00", "expiration_time": "02:00", "days_of_week": [5]}
    found = validity(validity_hours={"daily": [friday]})
    assert is_valid(found, "2026-11-20T22:00")
    assert is_valid(found, "2026-11-21T01:59")
    assert not is_valid(found, "2026-11-21T02:00")
    assert not is_valid(found, "2026-11-20T01:00")
    assert not is_valid(found, "2026-11-21T22:30")


def test_span_that_crosses_the_end_of_the_week() -> None:
    saturday = {"start_time": "22:00", "expiration_time": "02:00", "days_of_week": [6]}
    found = validity(validity_hours={"daily": [saturday]})
    assert is_valid(found, "2026-11-22T01:00")
    assert refused({"validity_hours": {"daily": [saturday, {"expiration_time": "00:30", "days_of_week": [0]}]}}) == (
        "validity_hours.daily",
        "overlap",
    )


def test_span_without_times_is_the_whole_day_and_one_with_equal_times_24_hours() -> None:
    found = validity(validity_hours={"daily": [{"days_of_week": [1]}]})
    assert is_valid(found, "2026-11-23T00:00")
    assert is_valid(found, "2026-11-23T23:59:59")
    assert not is_valid(found, "2026-11-24T00:00")
    day = {"start_time": "18:00", "expiration_time": "18:00", "days_of_week": [1]}
    found = validity(validity_hours={"daily": [day]})
    assert is_valid(found, "2026-11-24T17:59")
    assert not is_valid(found, "2026-11-24T18:00")


def test_spans_may_touch_and_may_not_overlap() -> None:
    morning = {"start_time": "08:00", "expiration_time": "12:00"}
    Hours.read({"daily": [morning, {"start_time": "12:00", "expiration_time": "13:00"}]})
    assert refused({"validity_hours": {"daily": [morning, {"start_time": "11:59", "expiration_time": "13:00"}]}}) == (
        "validity_hours.daily",
        "overlap",
    )


# Time frames


def test_window_opens_at_the_start_date_and_at_every_interval_after_it() -> None:
    frame = {"interval": "P2D", "duration": "PT1H"}
    found = validity(start_date="2026-01-01T10:00:00Z", validity_timeframe=frame)
    assert is_valid(found, "2026-01-01T10:59:59")
    assert not is_valid(found, "2026-01-01T11:00")
    assert not is_valid(found, "2026-01-02T10:30")
    assert is_valid(found, "2026-01-03T10:00")
    assert why_not(found, at("2026-01-01T09:59")) is Reason.NOT_ACTIVE_YET


def test_windows_of_days_keep_their_hour_where_clocks_are_changed() -> None:
    frame = {"interval": "P1D", "duration": "PT1H"}
    found = validity(start_date="2026-03-27T09:00:00+01:00", validity_timeframe=frame)
    assert is_valid(found, "2026-03-30T09:30", BERLIN)
    assert not is_valid(found, "2026-03-30T10:30", BERLIN)
    assert is_valid(found, "2026-12-01T09:30", BERLIN)


def test_windows_of_hours_count_the_time_that_passes() -> None:
    frame = {"interval": "PT5H", "duration": "PT1H"}
    found = validity(start_date="2026-03-29T00:00:00+01:00", validity_timeframe=frame)
    assert is_valid(found, "2026-03-29T06:30", BERLIN)
    assert not is_valid(found, "2026-03-29T05:30", BERLIN)


def test_window_that_opens_twice_on_the_clock_opens_at_the_first_time() -> None:
    frame = {"interval": "P1D", "duration": "PT1H"}
    found = validity(start_date="2026-10-01T02:30:00+02:00", validity_timeframe=frame)
    assert why_not(found, at("2026-10-25T00:30"), BERLIN) is None
    assert why_not(found, at("2026-10-25T01:10"), BERLIN) is None
    assert why_not(found, at("2026-10-25T01:30"), BERLIN) is Reason.NOT_ACTIVE_NOW


def test_months_are_those_of_the_calendar() -> None:
    frame = {"interval": "P1M", "duration": "P1D"}
    found = validity(start_date="2026-01-31", validity_timeframe=frame)
    assert is_valid(found, "2026-02-28T12:00")
    assert not is_valid(found, "2026-03-30T12:00")
    assert is_valid(found, "2026-03-31T12:00")
    assert is_valid(found, "2028-02-29T12:00")


def test_years_begin_on_the_same_day() -> None:
    frame = {"interval": "P1Y", "duration": "P1W"}
    found = validity(start_date="2020-12-24", validity_timeframe=frame)
    assert is_valid(found, "2033-12-24T00:00")
    assert not is_valid(found, "2033-12-31T00:00")


def test_window_as_long_as_its_interval_never_closes() -> None:
    found = validity(start_date="2026-01-01", validity_timeframe={"interval": "PT1H", "duration": "PT2H"})
    assert is_valid(found, "2031-05-05T05:55:55")


def test_time_frame_and_weekdays_are_both_asked_for() -> None:
    frame = {"interval": "P1D", "duration": "PT2H"}
    found = validity(start_date="2026-11-20T10:00:00Z", validity_timeframe=frame, validity_day_of_week=[6])
    assert is_valid(found, "2026-11-21T11:00")
    assert not is_valid(found, "2026-11-21T12:00")
    assert not is_valid(found, "2026-11-22T11:00")


@given(instants, st.integers(1, 10**6), st.integers(1, 10**6), instants)
def test_window_of_seconds_is_where_the_remainder_is(start: datetime, every: int, length: int, when: datetime) -> None:
    frame = Timeframe.read({"interval": f"PT{every}S", "duration": f"PT{length}S"})
    reason = why_not(Validity(start, None, frame), when)
    if when < start:
        assert reason is Reason.NOT_ACTIVE_YET
    else:
        assert (reason is None) == ((when - start) % timedelta(seconds=every) < timedelta(seconds=length))


@given(durations, instants, instants, ZONES)
def test_whole_intervals_are_as_many_as_fit(text: str, start: datetime, when: datetime, zone: ZoneInfo) -> None:
    start, when = sorted((start, when))
    with suppress(Invalid):
        found = Duration.read(text, field="interval")
        times = found.whole_since(start, when, zone)
        assert times == 0 or found.after(start, zone, times) <= when
        assert found.after(start, zone, times + 1) > when or found.after(start, zone, times + 1) == LATEST


@given(durations, durations, instants, instants, ZONES)
def test_no_time_frame_overflows_or_takes_long(
    interval: str, length: str, start: datetime, when: datetime, zone: ZoneInfo
) -> None:
    with suppress(Invalid):
        frame = Timeframe.read({"interval": interval, "duration": length})
        assert why_not(Validity(start, None, frame, (1,)), when, zone) in (None, *Reason)


def test_absurd_frames_are_answered_at_once() -> None:
    year_one = at("0001-01-01")
    for interval, length in [("PT0.000001S", "PT0.000001S"), ("P9999Y", "P9999Y"), ("P1M", "PT0.001S")]:
        frame = Timeframe.read({"interval": interval, "duration": length})
        for zone in (NEW_YORK, KIRITIMATI):
            assert why_not(Validity(year_one, None, frame), LATEST, zone) in (None, Reason.NOT_ACTIVE_NOW)
            assert why_not(Validity(year_one, None, frame), year_one, zone) is None


# Durations


@pytest.mark.parametrize(
    ("text", "months", "rest"),
    [
        ("P1M", 1, timedelta()),
        ("P1Y2M", 14, timedelta()),
        ("P1.5Y", 18, timedelta()),
        ("P24D", 0, timedelta(days=24)),
        ("P2W", 0, timedelta(days=14)),
        ("PT1H30M", 0, timedelta(minutes=90)),
        ("P1Y1DT0,5S", 12, timedelta(days=1, milliseconds=500)),
        ("P9999Y", 9999 * 12, timedelta()),
    ],
)
def test_durations_are_read_and_shown_as_they_were_written(text: str, months: int, rest: timedelta) -> None:
    found = duration(text)
    assert (found.months, found.rest, found.shown()) == (months, rest, text)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("PT0S", "out_of_range"),
        ("P0D", "out_of_range"),
        ("PT", "out_of_range"),
        ("PT0.0000001S", "out_of_range"),
        ("P10000Y", "out_of_range"),
        ("P99999999999Y", "out_of_range"),
        ("P9999999D", "out_of_range"),
        ("PT99999999999999H", "duration"),
        ("-P1D", "duration"),
        ("P-1D", "duration"),
        ("P0.5M", "duration"),
        ("P", "duration"),
        ("", "duration"),
        ("1D", "duration"),
        ("P1H", "duration"),
        ("P1D\n", "duration"),
        ("P1D" + "0" * 100, "duration"),
        ("P٣D", "duration"),
        (None, "duration"),
        (3600, "duration"),
        (["P1D"], "duration"),
    ],
)
def test_what_is_no_time_at_all_is_refused(given: object, reason: str) -> None:
    with pytest.raises(Invalid) as problem:
        Duration.read(given, field="validity_timeframe.interval")
    assert (problem.value.field, problem.value.details["reason"]) == ("validity_timeframe.interval", reason)


@given(st.text(max_size=30) | st.from_regex(r"P[0-9YMWDTHS.,:-]{1,25}", fullmatch=True))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    with suppress(Invalid):
        found = duration(text)
        assert found.months > 0 or found.rest > timedelta()


def test_activity_after_publishing_counts_calendar_months_and_days_of_the_zone() -> None:
    assert expiration_after(duration("P1M"), at("2026-01-31T08:00")) == at("2026-02-28T08:00")
    assert expiration_after(duration("PT24H"), at("2026-05-01T08:15")) == at("2026-05-02T08:15")
    saturday = at("2026-03-28T12:00", BERLIN).astimezone(UTC)
    assert expiration_after(duration("P1D"), saturday, BERLIN) == at("2026-03-29T12:00", BERLIN)
    assert expiration_after(duration("PT23H"), saturday, BERLIN) - saturday == timedelta(hours=23)


@given(durations, instants, ZONES)
def test_nothing_expires_before_it_is_published_or_beyond_the_calendar(
    text: str, published: datetime, zone: ZoneInfo
) -> None:
    with suppress(Invalid):
        found = expiration_after(duration(text), published, zone)
        # Where clocks go back, a day of the calendar may begin an hour before a moment of the day before.
        assert published - timedelta(hours=1) <= found <= LATEST


# Reading and showing


def test_what_was_given_is_shown_again() -> None:
    given = {
        "start_date": "2026-01-01T00:00:00.000Z",
        "expiration_date": "2026-02-01T00:00:00.000Z",
        "validity_timeframe": {"interval": "P2D", "duration": "PT1H"},
        "validity_day_of_week": [1, 2, 3],
    }
    assert Validity.read(given).shown() == given
    hours = {"daily": [{"start_time": "09:00", "expiration_time": "23:30", "days_of_week": [6, 0]}]}
    assert validity(validity_hours=hours).shown() == {"validity_hours": hours}


def test_days_given_twice_count_once() -> None:
    assert read_days_of_week([3, 1, 3]) == (3, 1)


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"start_date": "soon"}, "start_date", "datetime"),
        ({"expiration_date": 5}, "expiration_date", "datetime"),
        ({"start_date": "2026-01-02", "expiration_date": "2026-01-01"}, "expiration_date", "before_start"),
        ({"validity_timeframe": {"interval": "P1D", "duration": "PT1H"}}, "validity_timeframe", "missing_start_date"),
        ({"validity_timeframe": {"interval": "P1D"}}, "validity_timeframe.duration", "duration"),
        ({"validity_timeframe": "P1D"}, "validity_timeframe", "type"),
        ({"validity_day_of_week": [7]}, "validity_day_of_week", "choice"),
        ({"validity_day_of_week": [-1]}, "validity_day_of_week", "choice"),
        ({"validity_day_of_week": [True]}, "validity_day_of_week", "choice"),
        ({"validity_day_of_week": ["1"]}, "validity_day_of_week", "choice"),
        ({"validity_day_of_week": 1}, "validity_day_of_week", "type"),
        ({"validity_hours": []}, "validity_hours", "type"),
        ({"validity_hours": {"daily": {}}}, "validity_hours.daily", "type"),
        ({"validity_hours": {"daily": [1]}}, "validity_hours.daily[0]", "type"),
        ({"validity_hours": {"daily": [{}] * 101}}, "validity_hours.daily", "too_many"),
        ({"validity_hours": {"daily": [{"start_time": "9:00"}]}}, "validity_hours.daily[0].start_time", "time"),
        ({"validity_hours": {"daily": [{"start_time": "24:00"}]}}, "validity_hours.daily[0].start_time", "time"),
        (
            {"validity_hours": {"daily": [{"expiration_time": "24:01"}]}},
            "validity_hours.daily[0].expiration_time",
            "time",
        ),
        ({"validity_hours": {"daily": [{"days_of_week": [9]}]}}, "validity_hours.daily[0].days_of_week", "choice"),
        ({"validity_hours": {"daily": [{}]}, "validity_day_of_week": [1]}, "validity_hours", "combined"),
    ],
)
def test_wrong_limits_are_refused_by_the_name_on_the_wire(given: dict[str, object], field: str, reason: str) -> None:
    assert refused(given) == (field, reason)

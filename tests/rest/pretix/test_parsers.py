"""Every parser of the door against what its rules say, written down a second time; and against anything at all.

Values that clients are known to send are in test_money.py, test_datetimes.py, test_fields.py and test_bodies.py.
"""

import json
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import Message

from models.localized_text import LANGUAGES
from models.problems import NotFound
from rest.pretix import negotiation
from rest.pretix.app import ROUTES
from rest.pretix.bodies import body_of, parse_json
from rest.pretix.datetimes import moment
from rest.pretix.fields import Form, Wrong, an_object, any_json, boolean, integer, localized
from rest.pretix.keys import KEY_MAX
from rest.pretix.keys import integer as key_of
from rest.pretix.money import amount, same_amount
from rest.pretix.pages import LAST, SIZE_MAX, number_of, size_of
from rest.pretix.refusals import Malformed, NotAcceptable, Nowhere, WrongFields
from rest.pretix.routing import METHODS, Elsewhere, Router
from rest.pretix.texts import CATALOGUES, DEFAULT, language_of

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
BLANKS = st.sampled_from(["", " ", "\n", "\t ", "\u00a0"])


def outcome(parser: Any, value: Any) -> Any:
    """What a parser makes of a value, or the code of what it says."""
    try:
        return parser(value)
    except Wrong as wrong:
        (text,) = wrong.texts
        return text.code


# -- money -------------------------------------------------------------------------------------------------------------

WRITTEN = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?(?:[eE](?P<exponent>[+-]?[0-9]+))?")
# Whatever looks like an amount, and what nearly does.
AMOUNTS = st.one_of(
    st.from_regex(r"[+-]?[0-9]{0,14}(\.[0-9]{0,4})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.text("0123456789.,_eE+- ٣½", max_size=18),
    st.decimals(-(10**14), 10**14, places=3).map(str),
).filter(lambda written: not re.search(r"[eE][+-]?[0-9]{4}", written))


def digits_of(written: str) -> tuple[Fraction, int, int] | None:
    """The number, its decimals and its digits before the point, as they are written; None for what is no number.

    Like pretix's parser: digits may be of any script, and underscores are passed over.
    """
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in written if sign != "_")
    found = WRITTEN.fullmatch(plain)
    if found is None or not (found["whole"] or found["part"]):
        return None
    digits = (found["whole"] + (found["part"] or "")).lstrip("0") or "0"
    exponent = int(found["exponent"] or 0) - len(found["part"] or "")
    number = Fraction(int(found["sign"] + digits)) * Fraction(10) ** exponent
    return number, max(-exponent, 0), max(len(digits) + exponent, 0)


def amount_by_the_rules(written: str) -> int | str:
    written = written.strip()
    if len(written) > 1000:
        return "number_too_long"
    found = digits_of(written)
    if found is None:
        return "number"
    number, decimals, whole = found
    for code, broken in (("digits", decimals + whole > 13), ("decimals", decimals > 2), ("whole_digits", whole > 11)):
        if broken:
            return code
    return int(number * 100)


@given(BLANKS, AMOUNTS, BLANKS)
@example("", "-0", "")
@example("", ".", "")
@example("", "99999999999.99", "")
@example("", "1_000.00", "")
@example("", "٣.٠٠", "")
def test_amounts_follow_their_rules(before: str, written: str, after: str) -> None:
    assert outcome(amount, before + written + after) == amount_by_the_rules(before + written + after)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_amounts_as_they_are_written(number: float) -> None:
    assert outcome(amount, number) == amount_by_the_rules(str(number))


@given(AMOUNTS)
@example("1_000")
@example("٣")
def test_a_filter_is_the_number_or_none_that_a_balance_can_be(written: str) -> None:
    found = digits_of(written.strip())
    wanted: int | str | None = "filter_number"
    if found is not None:
        exact = found[0] * 100
        wanted = int(exact) if exact.denominator == 1 and abs(exact) < 10**15 else None
        wanted = "integer_maximum" if found[0] > 10**50 else wanted
    assert outcome(same_amount, written) == wanted


# -- dates with times --------------------------------------------------------------------------------------------------

TIMES = st.datetimes(datetime.fromisoformat("0002-01-01"), datetime.fromisoformat("9998-12-31"))
MINUTES = st.integers(-1439, 1439)


def offset_of(minutes: int, colon: str) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{colon}{rest:02}"


@given(TIMES, st.integers(0, 999), MINUTES, st.sampled_from([":", ""]), st.sampled_from("T "))
def test_nanoseconds_are_cut(at: datetime, nanoseconds: int, minutes: int, colon: str, between: str) -> None:
    date, time = f"{at:%Y}".rjust(4, "0") + f"{at:-%m-%d}", f"{at:%H:%M:%S}.{at.microsecond:06}{nanoseconds:03}"
    wanted = at.replace(tzinfo=UTC) - timedelta(minutes=minutes)
    assert moment(date + between + time + offset_of(minutes, colon)) == wanted


@given(TIMES)
def test_without_an_offset_it_is_utc(at: datetime) -> None:
    assert moment(at.isoformat()) == moment(f"{at.isoformat()}Z") == at.replace(tzinfo=UTC)


@given(TIMES, st.booleans())
def test_single_digits_are_read_like_two(at: datetime, seconds: bool) -> None:
    year = str(at.year).rjust(4, "0")
    loose = f"{year}-{at.month}-{at.day} {at.hour}:{at.minute}" + f":{at.second}" * seconds
    assert moment(loose) == at.replace(microsecond=0, second=at.second * seconds, tzinfo=UTC)


@given(
    ANYTHING | st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ][0-9:.,]{0,12}(Z|[+-][0-9:]{1,8})?", fullmatch=True)
)
@example("2031-01-01T24:00:00Z")
@example("2031-W01-1")
@example("0001-01-01T00:00:00+23:59")
def test_anything_is_a_time_in_utc_or_refused(value: Any) -> None:
    found = outcome(moment, value)
    assert found in ("datetime", "datetime_range") or found.tzinfo is UTC


# -- texts in several languages ----------------------------------------------------------------------------------------

TEXTS = st.dictionaries(st.sampled_from(sorted(LANGUAGES)), st.text().filter(lambda text: "\0" not in text))


@given(TEXTS)
def test_texts_by_language_are_taken_as_they_are(texts: dict[str, str]) -> None:
    assert localized(texts) == texts


@given(ANYTHING | st.dictionaries(st.sampled_from(["en", "de", "EN", "xx", ""]), ANYTHING))
def test_anything_is_a_localized_text_or_refused(value: Any) -> None:
    wanted: Any = value
    if isinstance(value, str):
        wanted = "null_characters" if "\0" in value else {"en": value}
    elif not isinstance(value, dict):
        wanted = "localized_type"
    elif not all(isinstance(text, str) for text in value.values()):
        wanted = "localized_entries"
    elif not value.keys() <= LANGUAGES:
        wanted = "languages"
    elif any("\0" in text for text in value.values()):
        wanted = "null_characters"
    assert outcome(localized, value) == wanted


# -- booleans, integers, any JSON --------------------------------------------------------------------------------------


@given(ANYTHING | st.sampled_from(["t", "Y", "yes", "TRUE", "On", "1", "f", "N", "no", "False", "oFF", "0"]))
def test_booleans_are_known_words_and_numbers(value: Any) -> None:
    wanted: Any = "boolean"
    word = value.lower() if isinstance(value, str) else value
    if isinstance(word, str | bool | int | float):
        if word in ("t", "y", "yes", "true", "on", "1") or word == 1:
            wanted = True
        elif word in ("f", "n", "no", "false", "off", "0") or word == 0:
            wanted = False
    assert outcome(boolean, value) is wanted or outcome(boolean, value) == wanted == "boolean"


@given(st.integers(-200, 200), BLANKS, st.sampled_from(["", ".", ".0", ".000 "]))
def test_integers_may_be_text_with_nothing_behind_the_point(number: int, blank: str, tail: str) -> None:
    parse = integer(-100, 100)
    wanted = "integer_minimum" if number < -100 else "integer_maximum" if number > 100 else number
    assert outcome(parse, number) == outcome(parse, f"{blank}{number}{tail}") == wanted
    assert outcome(parse, float(number)) == wanted


@given(ANYTHING | st.text("0123456789.-+e ", max_size=1100))
def test_anything_is_an_integer_in_its_bounds_or_refused(value: Any) -> None:
    found = outcome(integer(0, 50), value)
    codes = ("integer", "integer_minimum", "integer_maximum", "number_too_long")
    assert found in codes or (type(found) is int and 0 <= found <= 50)
    if isinstance(value, bool | list | dict | None):
        assert found == "integer"


@given(ANYTHING)
def test_any_json_is_kept_or_refused(value: Any) -> None:
    assert outcome(any_json, value) in (value, "json")


# -- forms -------------------------------------------------------------------------------------------------------------


def forms() -> dict[str, Form]:
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("rest.pretix.")]
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": found
        for module in modules
        for name, found in vars(module).items()
        if isinstance(found, Form) and found.fields
    }


@pytest.mark.parametrize("form", forms().values(), ids=forms())
@given(content=st.data(), is_form=st.booleans(), partial=st.booleans())
def test_any_body_is_read_or_said_to_be_wrong(form: Form, content: st.DataObject, is_form: bool, partial: bool) -> None:
    body = content.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(form.fields, ANYTHING)))
    entry = form.read(body, is_form=is_form, partial=partial)
    assert not entry.values.keys() & entry.errors.keys()
    assert entry.values.keys() | entry.errors.keys() <= form.fields.keys()
    said = [text.spoken(language) for texts in entry.errors.values() for text in texts for language in CATALOGUES]
    assert all(said)


# -- bodies ------------------------------------------------------------------------------------------------------------


async def received(content: bytes, sizes: list[int]) -> Any:
    """A body that comes in parts of these sizes, and the rest."""
    parts = []
    for size in sizes:
        parts.append(content[:size])
        content = content[size:]
    messages: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.request", "body": content, "more_body": False})
    left = iter(messages)

    async def receive() -> Message:
        return next(left)

    return await body_of(receive, b"application/json", limit_bytes=1_000_000, depth_max=64)


@given(ANYTHING, st.lists(st.integers(0, 9), max_size=5), st.booleans())
async def test_json_is_read_however_it_comes(value: Any, sizes: list[int], ascii: bool) -> None:
    content = json.dumps(value, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    assert await received(content, sizes) == (value, False)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_one_json_value_or_refused(content: bytes) -> None:
    with suppress(Malformed):
        found = parse_json(content, 64)
        assert parse_json(json.dumps(found).encode(), 64) == found


# -- pages, headers, paths ---------------------------------------------------------------------------------------------


@given(st.integers(), BLANKS)
def test_pages_are_numbers_from_one_and_sizes_up_to_fifty(number: int, blank: str) -> None:
    written = f"{number}{blank}"
    assert number_of(written) == (number if number > 0 else None)
    assert size_of(written) == (min(number, 50) if number > 0 else 50)


@given(st.none() | st.text() | st.floats().map(str))
@example("last")
@example("")
@example("9" * 5000)
def test_any_text_is_a_page_or_none(written: str | None) -> None:
    found = number_of(written)
    assert found is None or found > 0 or (written == "last" and found == LAST)
    assert found == 1 or written
    assert 0 < size_of(written) <= SIZE_MAX


RANGES = st.sampled_from(
    ["*/*", "application/*", "application/json", "Application/JSON", "text/html", "text/*", "*/xml", "json", "", "*"]
)
PARAMETERS = st.sampled_from(["", ";q=0", "; indent=2", ";q=0.5;level=1"])


@given(st.lists(st.tuples(RANGES, PARAMETERS, BLANKS), min_size=1, max_size=5))
def test_json_is_taken_if_any_range_has_it_whatever_its_weight(ranges: list[tuple[str, str, str]]) -> None:
    header = ",".join(blank + name + more for name, more, blank in ranges).encode("latin-1")
    fits = {"*/*", "application/*", "application/json"}
    if any(name.lower() in fits for name, _, _ in ranges):
        negotiation.check(header, None)
    else:
        with pytest.raises(NotAcceptable):
            negotiation.check(header, None)


@given(st.binary(max_size=3000), st.none() | st.text(max_size=8))
def test_any_accept_header_is_answered(accept: bytes, format: str | None) -> None:
    with suppress(NotAcceptable, Nowhere):
        negotiation.check(accept, format)


WEIGHTS = st.sampled_from(["1", "0.9", "0.8", "0.123", "0.0", "0", "1.000"])


@given(st.lists(st.tuples(st.sampled_from(["de", "en", "DE-at", "fr", "*"]), WEIGHTS | st.none()), max_size=6))
def test_the_language_is_the_best_of_those_spoken(wanted: list[tuple[str, str | None]]) -> None:
    header = ", ".join(tag if weight is None else f"{tag};q={weight}" for tag, weight in wanted)
    best, best_weight = DEFAULT, 0.0
    for tag, weight in wanted:
        language, number = tag.lower().partition("-")[0], float(weight or 1) if weight != "0" else 0.0
        if language in CATALOGUES and number > best_weight:
            best, best_weight = language, number
    assert language_of(header.encode()) == best


@given(st.binary(max_size=600) | st.text("deno-,;q=.019 *", max_size=40).map(str.encode))
def test_any_accept_language_is_a_language(header: bytes) -> None:
    assert language_of(header) in CATALOGUES


@given(st.text() | st.integers().map(str))
@example("9" * 5000)
@example(str(KEY_MAX))
@example(str(KEY_MAX + 1))
def test_any_text_is_a_key_or_leads_nowhere(written: str) -> None:
    with suppress(NotFound, Nowhere):
        assert abs(key_of(written, "gift_card")) <= KEY_MAX


ROUTER = Router(ROUTES)
PARTS = [*sorted({part for route in ROUTES for part in route.path.split("/")}), "", "a.b", "x.json", "%2F", "ü", ".."]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=8), st.sampled_from([*METHODS, "HEAD", "X"]))
def test_any_path_leads_somewhere_or_nowhere(parts: list[str], method: str) -> None:
    found = ROUTER.find("/api/v1/" + "/".join(parts), method)
    if found is not None and not isinstance(found, Elsewhere):
        assert all(found.arguments.values())
        assert len(found.arguments) == found.route.path.count("{")


@given(ANYTHING)
def test_bodies_that_are_no_objects_are_refused_as_a_whole(value: Any) -> None:
    if isinstance(value, dict):
        assert an_object(value) is value
    else:
        with pytest.raises(WrongFields) as wrong:
            an_object(value)
        assert list(wrong.value.errors) == ["non_field_errors"]

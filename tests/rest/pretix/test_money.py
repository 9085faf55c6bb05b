"""Amounts in bodies and in filters."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.money import HUNDREDTHS_MAX, decimal_text
from rest.pretix.fields import Wrong
from rest.pretix.money import amount, amount_not_negative, same_amount

TAKEN: dict[Any, int] = {
    "0.00": 0,
    "-0.00": 0,
    5: 500,
    12.5: 1250,
    0.1: 10,
    "7": 700,
    "7.5": 750,
    " 8.00 ": 800,
    "99999999999.99": HUNDREDTHS_MAX,
    "1e2": 10_000,
    "+3.00": 300,
    "0005.00": 500,
    "-1.5": -150,
    # pretix takes digits of any script, and underscores.
    "٣.٠٠": 300,
    "1_000.00": 100_000,
}
DIGITS, DECIMALS = "digits", "decimals"
REFUSED: list[tuple[Any, str]] = [
    *((value, "number") for value in ("abc", "", "1,50", "NaN", "sNaN", "Infinity", "-Infinity", "1\0", "1 0", "½")),
    *((value, "number") for value in (True, False, None, "1e99999999999999999999")),
    *((value, "number") for value in ([], ["1"], {"a": 1})),
    *((value, DIGITS) for value in ("100000000000.00", 10**30, "1e400", "1e999999999", "0e999999999")),
    *((value, DIGITS) for value in ("1e-999999999", "0.00000000000001", 1e22, 1e-300)),
    *((value, DECIMALS) for value in ("1.234", 1.234, "5.1000", "0.001", "1e-3")),
    ("100000000000", "whole_digits"),
    ("1" * 1001, "number_too_long"),
]


@pytest.mark.parametrize(("value", "hundredths"), TAKEN.items(), ids=repr)
def test_amounts_are_read_as_pretix_reads_them(value: Any, hundredths: int) -> None:
    assert amount(value) == hundredths


@pytest.mark.parametrize(("value", "code"), REFUSED, ids=lambda value: repr(value)[:40])
def test_what_is_no_amount_is_refused(value: Any, code: str) -> None:
    assert code_of(value) == code


def test_negative_amounts_are_refused_where_a_value_is_set() -> None:
    assert amount_not_negative("0.00") == 0
    with pytest.raises(Wrong) as wrong:
        amount_not_negative("-0.01")
    assert wrong.value.texts[0].spoken("en") == "Ensure this value is greater than or equal to 0.00."


@given(st.integers(-HUNDREDTHS_MAX, HUNDREDTHS_MAX))
def test_every_amount_survives_its_own_text(hundredths: int) -> None:
    text = decimal_text(hundredths)
    assert amount(text) == same_amount(text) == hundredths


@given(st.one_of(st.text(max_size=1100), st.floats(), st.integers(), st.text("0123456789.eE+-_ ", max_size=30)))
@example("1e-7")
def test_an_amount_is_exact_or_refused(value: Any) -> None:
    try:
        found = amount(value)
    except Wrong:
        return
    assert Decimal(found) / 100 == Decimal(str(value).strip())
    assert abs(found) <= HUNDREDTHS_MAX


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_filter_equals_exactly_or_nothing(number: Decimal) -> None:
    if number > Decimal("1e50"):
        with pytest.raises(Wrong):
            same_amount(str(number))
    elif (found := same_amount(str(number))) is not None:
        assert Decimal(found).scaleb(-2) == number


def test_a_filter_may_be_long() -> None:
    assert same_amount("23." + "0" * 5000) == 2300
    assert same_amount("23." + "0" * 5000 + "1") is None
    assert same_amount("-" + "9" * 5000) is None
    assert same_amount("0" * 5000) == 0
    assert same_amount("1e50") is None
    with pytest.raises(Wrong) as wrong:
        same_amount("1.1e50")
    assert wrong.value.texts[0].spoken("en") == "Ensure this value is less than or equal to 1e+50."


def code_of(value: Any) -> str:
    with pytest.raises(Wrong) as wrong:
        amount(value)
    return wrong.value.texts[0].code

"""Amounts of money as pretix takes them: a string or number of at most 13 digits, two of them decimals."""

from decimal import Decimal, InvalidOperation
from typing import Any

from models.money import hundredths_of
from rest.pretix.fields import Wrong
from rest.pretix.schemas import takes

LENGTH_MAX = 1000
DIGITS_MAX = 13
DECIMALS_MAX = 2
# As that of Django's filters, which keeps the database from numbers that it cannot read.
FILTER_MAX = Decimal("1e50")


@takes({"type": "string", "pattern": r"^[+-]?[0-9]{1,11}(?:\.[0-9]{1,2})?$", "examples": ["-12.50"]})
def amount(value: Any) -> int:
    """Hundredths. Digits count as they are written: `5.10` has two decimals and `5.1000` has four."""
    written = str(value).strip()
    if len(written) > LENGTH_MAX:
        raise Wrong("number_too_long")
    number = _decimal(written)
    if number is None:
        raise Wrong("number")
    _check_digits(number)
    return hundredths_of(number)


@takes({"type": "string", "pattern": r"^[0-9]{1,11}(?:\.[0-9]{1,2})?$", "examples": ["23.00"]})
def amount_not_negative(value: Any) -> int:
    found = amount(value)
    if found < 0:
        raise Wrong("minimum", limit="0.00")
    return found


def same_amount(written: str) -> int | None:
    """Hundredths that a filter is to equal; None where no balance can, having more decimals or digits than any has."""
    number = _decimal(written)
    if number is None:
        raise Wrong("filter_number")
    if number > FILTER_MAX:
        raise Wrong("integer_maximum", limit="1e+50")
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    significant = "".join(map(str, digits)).rstrip("0")
    exponent += len(digits) - len(significant)
    if not significant:
        return 0
    if exponent < -DECIMALS_MAX or len(significant) + exponent > DIGITS_MAX:
        return None
    found = int(significant + "0" * (exponent + DECIMALS_MAX))
    return -found if sign else found


def _decimal(written: str) -> Decimal | None:
    """The number, if it is one and finite. Like pretix's it may have digits of any script, and underscores."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _check_digits(number: Decimal) -> None:
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    decimals = max(-exponent, 0)
    whole = max(len(digits) + exponent, 0)
    if whole + decimals > DIGITS_MAX:
        raise Wrong("digits", max_digits=DIGITS_MAX)
    if decimals > DECIMALS_MAX:
        raise Wrong("decimals", max_decimals=DECIMALS_MAX)
    if whole > DIGITS_MAX - DECIMALS_MAX:
        raise Wrong("whole_digits", max_whole_digits=DIGITS_MAX - DECIMALS_MAX)

"""Amounts of money: integers of hundredths of a currency's unit (docs/decisions/0002)."""

from decimal import Decimal

# pretix's own bound: 13 digits, two of them decimals.
HUNDREDTHS_MAX = 10**13 - 1


def decimal_text(hundredths: int) -> str:
    """`-1005` as `-10.05`: exactly two decimals, whatever the currency."""
    sign = "-" if hundredths < 0 else ""
    units, rest = divmod(abs(hundredths), 100)
    return f"{sign}{units}.{rest:02d}"


def hundredths_of(amount: Decimal) -> int:
    """The amount in hundredths. The caller has checked that it is finite and has at most two decimals."""
    scaled = amount.scaleb(2)
    assert scaled == scaled.to_integral_value()
    return int(scaled)

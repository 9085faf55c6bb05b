"""Currencies a balance can be held in."""

from iso4217 import Currency

# Metals, units of account and test codes (XAU, XDR, XTS ...) have no minor unit in ISO 4217: nobody holds a balance in
# them. Otherwise the choice is pretix's: XXX, "no currency", stands for points; USN is money of another day.
CODES: frozenset[str] = frozenset(currency.code for currency in Currency if currency.exponent is not None) - {"USN"} | {
    "XXX"
}

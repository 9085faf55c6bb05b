"""Currencies a balance can be held in."""

from iso4217 import Currency

# Metals, funds units and test codes (XAU, XDR, XTS, XXX ...) have no minor unit in ISO 4217: nobody holds a balance in them.
CODES: frozenset[str] = frozenset(currency.code for currency in Currency if currency.exponent is not None)

"""The ids that Voucherify's clients see: a prefix that names the noun, and letters and digits that nobody can guess."""

import re
import secrets
import time
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Bytes from here on are dropped, so that no letter is likelier than another.
_FAIR = 256 - 256 % len(ALPHABET)
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
_DROPPED = bytes(range(_FAIR, 256))
# Letters for the milliseconds since 1970 until the year 8888, and letters that are random.
_TIME_LENGTH, _RANDOM_LENGTH = 8, 24
# 63 bits: what a row's number may be.
TRANSACTION = re.compile(r"vtx_00([0-7][0-9a-f]{15})")


def letters(count: int) -> str:
    """Random letters and digits."""
    drawn = b""
    while len(drawn) < count:
        # A few more than are dropped on average: one draw is nearly always enough.
        drawn += secrets.token_bytes((count - len(drawn)) * 17 // 16 + 8).translate(_LETTERS, _DROPPED)
    return drawn[:count].decode()


def _lettered(prefix: str, length: int) -> Callable[[], str]:
    return lambda: prefix + letters(length)


def _hexadecimal(prefix: str) -> Callable[[], str]:
    return lambda: prefix + secrets.token_hex(9)


campaign = _lettered("camp_", 24)
customer = _lettered("cust_", 24)
order = _lettered("ord_", 24)
promotion_tier = _lettered("promo_", 24)
publication = _lettered("pub_", 32)
session = _lettered("ssn_", 32)
webhook = _lettered("wh_", 24)
webhook_delivery = _lettered("msg_", 24)
action = _hexadecimal("aa_")
bin_entry = _hexadecimal("tbe_")
category = _hexadecimal("cat_")
redemption = _hexadecimal("r_")
failed_redemption = _hexadecimal("rf_")
rollback = _hexadecimal("rr_")
failed_rollback = _hexadecimal("rrf_")
validation = _hexadecimal("valid_")


def voucher() -> str:
    return vouchers(1)[0]


def vouchers(count: int) -> list[str]:
    """Ids of new vouchers, which begin with the time: those made together stay together in an index."""
    prefix = "v_" + _in_letters(time.time_ns() // 1_000_000)
    drawn = letters(count * _RANDOM_LENGTH)
    return [prefix + drawn[start : start + _RANDOM_LENGTH] for start in range(0, len(drawn), _RANDOM_LENGTH)]


def of_transaction(number: int) -> str:
    """Of a row of the ledger: its number there, which shows nothing that is secret."""
    return f"vtx_{number:018x}"


def transaction_number(token: str) -> int | None:
    """The row that an id of the ledger names, None if it is no such id."""
    found = TRANSACTION.fullmatch(token)
    return int(found[1], 16) if found else None


def _in_letters(number: int) -> str:
    found = ""
    for _ in range(_TIME_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        found = ALPHABET[rest] + found
    return found

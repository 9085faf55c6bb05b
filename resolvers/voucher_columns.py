"""What a file of exported vouchers says of each: its columns, and its lines as CSV (RFC 4180, UTF-8).

First come the columns that an import reads, under the names it reads them by; then those that only tell; then the
metadata, a column for each key. Where the keys make no columns, all of it is one, as JSON: keys that are too many, or
that differ only in what columns' names are not told apart by (letter case, spaces, underscores).
"""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from models.discount import DiscountType
from models.problems import Invalid
from models.voucher import VoucherType
from resolvers.csv_files import plain

# A voucher as voucher_exports reads it.
Read: TypeAlias = Mapping[str, Any]
Cell: TypeAlias = str | int | float | None

# More columns than an import takes (resolvers/csv_files.py) would not help anybody.
METADATA_COLUMNS_MAX = 150
IN_ONE = "Metadata"
# Before the name of a key that is the name of another column.
PREFIX = "metadata."
# What spreadsheets take for the beginning of a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
VALUES = {
    DiscountType.AMOUNT: "amount_off",
    DiscountType.PERCENT: "percent_off",
    DiscountType.FIXED: "fixed_amount",
    DiscountType.UNIT: "unit_off",
}


def _of_discount(voucher: Read, name: str | None = None) -> Cell:
    """A number of the discount: with no name, the one that its type is about."""
    discount = voucher["discount"]
    if discount is None:
        return None
    value: Cell = discount.get(name or VALUES[discount["type"]])
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _put_in(voucher: Read, type: VoucherType) -> Cell:
    """So much that less the redeemed amount it is the balance: what was taken out by hand is not in it."""
    if voucher["type"] != type:
        return None
    left: int = voucher["balance"] + voucher["redeemed_amount"]
    return left


def _redeemed(voucher: Read) -> Cell:
    amount: int = voucher["redeemed_amount"]
    return amount if voucher["balance"] is not None else None


def _plainly(name: str) -> Callable[[Read], Cell]:
    def cell(voucher: Read) -> Cell:
        value: Cell = voucher[name]
        return value

    return cell


COLUMNS: Mapping[str, Callable[[Read], Cell]] = {
    "Code": _plainly("code"),
    "Active": lambda voucher: "true" if voucher["active"] else "false",
    "Category": _plainly("category"),
    "Gift Amount": lambda voucher: _put_in(voucher, VoucherType.GIFT_VOUCHER),
    "Loyalty Points": lambda voucher: _put_in(voucher, VoucherType.LOYALTY_CARD),
    "Redeemed Amount": _redeemed,
    "Redeemed Quantity": _plainly("redeemed_quantity"),
    "Redemption Limit": _plainly("quantity"),
    "Start Date": _plainly("starts_at"),
    "Expiration Date": _plainly("expires_at"),
    "Additional Info": _plainly("additional_info"),
    "Voucher Type": _plainly("type"),
    "Discount Type": lambda voucher: None if voucher["discount"] is None else voucher["discount"]["type"],
    "Value": _of_discount,
    "Discount Amount Limit": lambda voucher: _of_discount(voucher, "amount_limit"),
    "Balance": _plainly("balance"),
    "Campaign": _plainly("campaign"),
    "Published": _plainly("published_count"),
    "Holder": _plainly("holder"),
    "Created": _plainly("created_at"),
    "Voucher Id": _plainly("token"),
}
NAMED = frozenset(map(plain, (*COLUMNS, IN_ONE)))


class Columns:
    """The columns of one file, given the keys that the metadata of its vouchers have."""

    def __init__(self, keys: Collection[str]) -> None:
        # None: all keys in one column.
        self._keys = sorted(keys) if _are_columns(keys) else None
        more = [IN_ONE] if self._keys is None else map(_named, self._keys)
        self.header: Sequence[str] = (*COLUMNS, *more)

    def row(self, voucher: Read) -> list[Cell]:
        metadata = voucher["metadata"] or {}
        row = [cell(voucher) for cell in COLUMNS.values()]
        if self._keys is None:
            return [*row, orjson.dumps(metadata).decode() if metadata else None]
        return row + [_shown(metadata.get(key)) for key in self._keys]


# -- read again ------------------------------------------------------------------------------------------------------


def is_exported(header: Sequence[str]) -> bool:
    """Whether a file is one of these: no other has both our names."""
    return {"Voucher Id", "Redemption Limit"} <= set(header)


def key_of(name: str) -> str | None:
    """The key of the metadata that the column of an exported file is for."""
    return None if plain(name) in NAMED else name.removeprefix(PREFIX)


def metadata_of(cell: str) -> Mapping[str, Any]:
    """What is in the one column. Refuses with `Invalid` what is no JSON object."""
    try:
        found = orjson.loads(cell) if cell else {}
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Invalid("A JSON object is expected.", field=IN_ONE, reason="type")
    return found


# -- parts -----------------------------------------------------------------------------------------------------------


def _are_columns(keys: Collection[str]) -> bool:
    names = {plain(_named(key)) for key in keys}
    return (
        len(keys) <= METADATA_COLUMNS_MAX
        and len(names) == len(keys)
        and all(key and key == key.strip() for key in keys)
    )


def _named(key: str) -> str:
    return PREFIX + key if plain(key) in NAMED or key.startswith(PREFIX) else key


def _shown(value: Any) -> Cell:
    """Texts as they are; of other values their JSON."""
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


# -- text ------------------------------------------------------------------------------------------------------------


def text(rows: Sequence[Sequence[Cell]], *, safe: bool = False) -> bytes:
    """The lines of a file. With `safe` an apostrophe is before what a spreadsheet would take for a formula."""
    lines = io.StringIO(newline="")
    csv.writer(lines, lineterminator="\r\n").writerows([map(_safe, row) for row in rows] if safe else rows)
    return lines.getvalue().encode()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell

"""One voucher of an import, as a JSON object or as a row of a file has it: read, or told what is wrong with it.

The names are Voucherify's, of its JSON and of its files' columns. What else a file has is metadata.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from models import instants
from models.money import HUNDREDTHS_MAX
from models.problems import Invalid, Problem, refuse
from models.unset import UNSET, Unset
from resolvers import voucher_columns
from resolvers.csv_files import plain
from resolvers.voucher_defaults import Own
from resolvers.voucher_rules import QUANTITY_MAX, code_errors, metadata_errors, quantity_errors, text_errors


@dataclass(frozen=True, slots=True)
class Item:
    """A voucher to be. `category` is a name or an id; `active` is None if nothing is said of it."""

    code: str
    own: Own
    active: bool | None = None
    category: str | Unset | None = UNSET
    redeemed_quantity: int = 0
    redeemed_amount: int = 0
    row: int | None = None


class Rejected(NamedTuple):
    """One that cannot be: why, and which it is, as far as that can be told."""

    reason: str
    code: str | None
    row: int | None = None


def of_object(given: Mapping[str, Any]) -> Item | Rejected:
    """An object of a JSON import. Its `code` is a text."""
    code = given["code"]
    try:
        return _of_object(code, given)
    except Problem as problem:
        return Rejected(_said(problem), _shown(code))


class Columns(NamedTuple):
    """What the cells of a file are: fields by their names, all other columns with a name are metadata.

    Of our own exports (resolvers/voucher_columns.py) more are fields, and those that only tell are neither.
    """

    fields: Sequence[tuple[str, int]]
    metadata: Sequence[tuple[str, int]]

    @classmethod
    def of(cls, header: Sequence[str]) -> "Columns":
        exported = voucher_columns.is_exported(header)
        known = {**COLUMNS, **OF_EXPORTS} if exported else COLUMNS
        key_of = voucher_columns.key_of if exported else str
        fields = [(field, place) for place, name in enumerate(header) if (field := known.get(plain(name))) is not None]
        others = [(key_of(name), place) for place, name in enumerate(header) if plain(name) not in known]
        return cls(fields, [(key, place) for key, place in others if key])


def of_row(columns: Columns, cells: Sequence[str], number: int) -> Item | Rejected:
    """A row of a file, of as many cells as its header has."""
    # Left empty, the limit says that there is none.
    told = {name: cell for name, place in columns.fields if (cell := cells[place].strip()) or name == LIMIT}
    metadata: dict[str, Any] = {name: cell for name, place in columns.metadata if (cell := cells[place])}
    code = told.get("code", "")
    try:
        metadata |= voucher_columns.metadata_of(told.get(voucher_columns.IN_ONE, ""))
        return _of_cells(code, told, metadata, number)
    except Problem as problem:
        return Rejected(_said(problem), _shown(code), number)


# -- JSON --------------------------------------------------------------------------------------------------------------


def _of_object(code: str, given: Mapping[str, Any]) -> Item:
    redemption = _mapping(given, "redemption")
    gift, card = _mapping(given, "gift"), _mapping(given, "loyalty_card")
    amount = _integer(gift, "gift.amount", UNSET)
    if amount is UNSET:
        amount = _integer(card, "loyalty_card.points", UNSET)
    own = Own(
        quantity=_integer(redemption, "redemption.quantity", UNSET),
        starts_at=_moment(given, "start_date"),
        expires_at=_moment(given, "expiration_date"),
        amount=UNSET if amount is None else amount,
        metadata=_mapping(given, "metadata"),
        additional_info=_text(given, "additional_info") or None,
    )
    category = _text(given, "category_id") or _text(given, "category")
    item = Item(
        code=code,
        own=own,
        active=_flag(given, "active"),
        category=UNSET if category is None else category or None,
        redeemed_quantity=_integer(redemption, "redemption.redeemed_quantity", None) or 0,
        redeemed_amount=_integer(redemption, "redemption.redeemed_amount", None)
        or _integer(redemption, "redemption.redeemed_points", None)
        or 0,
    )
    _check(item)
    return item


def _mapping(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _wrong_type(name, "object")
    return value


def _integer(given: Mapping[str, Any], path: str, absent: Any) -> Any:
    """Also 5.0: the vendor's own models have numbers where there can only be integers."""
    value = given.get(path.rpartition(".")[2], absent)
    if value is absent or value is None:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise _wrong_type(path, "number,null")
    return int(value)


def _flag(given: Mapping[str, Any], name: str) -> bool | None:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong_type(name, "boolean")
    return value


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong_type(name, "string,null")
    return value


def _moment(given: Mapping[str, Any], name: str) -> Any:
    if name not in given:
        return UNSET
    return None if given[name] in (None, "") else instants.read(given[name], field=name)


def _wrong_type(field: str, wanted: str) -> Invalid:
    return Invalid(f"should be {wanted}", field=field, reason="type", wanted=wanted)


def require_types(items: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what is said of the quantity and is no number, as the vendor does before anything is imported."""
    for item in items:
        _integer(_mapping(item, "redemption"), "redemption.quantity", UNSET)


# -- files -------------------------------------------------------------------------------------------------------------

COLUMNS = {
    "code": "code",
    "active": "active",
    "category": "category",
    "giftamount": "Gift Amount",
    "loyaltypoints": "Loyalty Points",
    "redeemedamount": "Redeemed Amount",
    "redeemedquantity": "Redeemed Quantity",
    "startdate": "start_date",
    "expirationdate": "expiration_date",
}
# Columns of our own exports besides; of anybody else's files they are metadata, as Voucherify has it.
LIMIT = "Redemption Limit"
OF_EXPORTS = {"redemptionlimit": LIMIT, "additionalinfo": "additional_info", "metadata": voucher_columns.IN_ONE}
FLAGS = {"true": True, "false": False, "": None}


def _of_cells(code: str, told: Mapping[str, str], metadata: Mapping[str, Any], number: int) -> Item:
    active = told.get("active", "").lower()
    if active not in FLAGS:
        raise Invalid("true or false.", field="Active", reason="type")
    amount = _number(told, "Gift Amount")
    if amount is None:
        amount = _number(told, "Loyalty Points")
    own = Own(
        quantity=_number(told, LIMIT) if LIMIT in told else UNSET,
        additional_info=told.get("additional_info") or None,
        starts_at=_date(told, "start_date"),
        expires_at=_date(told, "expiration_date"),
        amount=UNSET if amount is None else amount,
        metadata=metadata,
    )
    item = Item(
        code=code,
        own=own,
        active=FLAGS[active],
        category=told.get("category") or UNSET,
        redeemed_quantity=_number(told, "Redeemed Quantity") or 0,
        redeemed_amount=_number(told, "Redeemed Amount") or 0,
        row=number,
    )
    _check(item)
    return item


def _number(told: Mapping[str, str], column: str) -> int | None:
    cell = told.get(column)
    if not cell:
        return None
    # `int` reads more than digits; 20 of them are more than any column holds.
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 20):
        raise Invalid("A whole number in the smallest unit is expected.", field=column, reason="type")
    return int(cell)


def _date(told: Mapping[str, str], column: str) -> Any:
    cell = told.get(column)
    return instants.read(cell, field=column) if cell else UNSET


# -- both --------------------------------------------------------------------------------------------------------------


def _check(item: Item) -> None:
    own = item.own
    found: list[Invalid] = [*code_errors(item.code), *quantity_errors("redemption.quantity", own.quantity)]
    found += text_errors("additional_info", own.additional_info)
    if own.metadata:
        found += metadata_errors(own.metadata)
    if own.amount is not UNSET:
        found += _amount_errors("amount", own.amount, HUNDREDTHS_MAX)
    found += _amount_errors("redeemed_quantity", item.redeemed_quantity, QUANTITY_MAX)
    found += _amount_errors("redeemed_amount", item.redeemed_amount, HUNDREDTHS_MAX)
    refuse(found)


def _amount_errors(field: str, amount: int, most: int) -> Sequence[Invalid]:
    if not 0 <= amount <= most:
        return [Invalid(f"From 0 to {most}.", field=field, reason="out_of_range")]
    return ()


def _said(problem: Problem) -> str:
    return f"{problem.field}: {problem.message}" if problem.field else problem.message


def _shown(code: str) -> str:
    # PostgreSQL stores no NUL.
    return code.replace("\0", "\N{REPLACEMENT CHARACTER}")[:255]

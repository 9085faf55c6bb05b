"""What a voucher takes off an order: a discount as the vendor defines it, or the credits of a gift voucher.

Read strictly and shown as it was given: nothing is added, what is unknown or null is left out. How it is taken off
is in models/calculation.py. Formulas are refused rather than taken for their fallback values: nobody evaluates them
here, and a discount that is silently another one costs money.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import TypeVar

from models.basket import AMOUNT_MAX, TEXT_LENGTH_MAX, Item, mapping, number
from models.problems import Invalid

UNITS_MAX, UNIT_OFF_MAX = 100, 10**6
Given = TypeVar("Given")


class DiscountType(StrEnum):
    AMOUNT = "AMOUNT"
    PERCENT = "PERCENT"
    FIXED = "FIXED"
    UNIT = "UNIT"


class Effect(StrEnum):
    APPLY_TO_ORDER = "APPLY_TO_ORDER"
    APPLY_TO_ITEMS = "APPLY_TO_ITEMS"
    APPLY_TO_ITEMS_PROPORTIONALLY = "APPLY_TO_ITEMS_PROPORTIONALLY"
    APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY = "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY"
    APPLY_TO_ITEMS_BY_QUANTITY = "APPLY_TO_ITEMS_BY_QUANTITY"
    ADD_MISSING_ITEMS = "ADD_MISSING_ITEMS"
    ADD_NEW_ITEMS = "ADD_NEW_ITEMS"
    ADD_MANY_ITEMS = "ADD_MANY_ITEMS"
    ADD_SAME_ITEMS = "ADD_SAME_ITEMS"


_ORDER_OR_ITEMS = (Effect.APPLY_TO_ORDER, Effect.APPLY_TO_ITEMS)
_ONE_UNIT = (Effect.ADD_MISSING_ITEMS, Effect.ADD_NEW_ITEMS, Effect.ADD_SAME_ITEMS)
# Which effects a type may have; the first is that of a discount which names none.
EFFECTS: dict[DiscountType, tuple[Effect, ...]] = {
    DiscountType.AMOUNT: (
        *_ORDER_OR_ITEMS,
        Effect.APPLY_TO_ITEMS_PROPORTIONALLY,
        Effect.APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY,
        Effect.APPLY_TO_ITEMS_BY_QUANTITY,
    ),
    DiscountType.PERCENT: _ORDER_OR_ITEMS,
    DiscountType.FIXED: _ORDER_OR_ITEMS,
    DiscountType.UNIT: (*_ONE_UNIT, Effect.ADD_MANY_ITEMS),
}
_SHOWN = {
    DiscountType.AMOUNT: ("amount_off", "aggregated_amount_limit"),
    DiscountType.PERCENT: ("percent_off", "amount_limit", "aggregated_amount_limit"),
    DiscountType.FIXED: ("fixed_amount",),
    DiscountType.UNIT: ("unit_off", "unit_type", "product", "sku", "units"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """`count` units of a product or sku for nothing. `item` is the line that is added where the order has none."""

    count: int
    effect: Effect
    kind: str
    item: Item = field(hash=False)

    @classmethod
    def read(cls, given: Mapping[str, object], effects: tuple[Effect, ...], field: str) -> "Unit":
        _refuse_formula(given, "unit_off_formula", field)
        count = _required(number(given, "unit_off", field, UNIT_OFF_MAX), f"{field}.unit_off")
        unit_type = _unit_type(given.get("unit_type"), f"{field}.unit_type")
        if not count:
            raise Invalid("At least one unit is expected.", field=f"{field}.unit_off", reason="out_of_range")
        told = {name: given[name] for name in ("product", "sku") if given.get(name) is not None}
        described = {name: mapping(value, f"{field}.{name}") for name, value in told.items()}
        kind = "sku" if "sku" in described or unit_type.startswith("sku_") else "product"
        # The line of a sku names its product, too.
        of_product = {"product_id": described["product"].get("id")} if "product" in described else {}
        item = Item.read({**of_product, f"{kind}_id": unit_type, **described}, field=field)
        return cls(count, _effect(given, effects, field), kind, item)

    def is_in(self, item: Item) -> bool:
        return not self.item.names(self.kind).isdisjoint(item.names(self.kind))


@dataclass(frozen=True, slots=True)
class Discount:
    """`amount` is what AMOUNT takes off, or what FIXED leaves; `percent` is out of 100."""

    type: DiscountType
    effect: Effect
    amount: int = 0
    percent: Fraction = Fraction(0)
    # Most that PERCENT takes off: the order, or each item; and that all items together get.
    amount_limit: int | None = None
    aggregated_amount_limit: int | None = None
    units: tuple[Unit, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, given: object, *, field: str = "discount") -> "Discount":
        """Refuses with `Invalid`, the field as on the wire: `required`, `type`, `choice`, `out_of_range`, `formula`."""
        given = mapping(given, field)
        kind = _type(given.get("type"), f"{field}.type")
        if not isinstance(given.get("is_dynamic"), bool | None):
            raise Invalid("A truth value is expected.", field=f"{field}.is_dynamic", reason="type")
        names = ("type", "effect", "is_dynamic", *_SHOWN[kind])
        told = {name: given[name] for name in names if given.get(name) is not None}
        if kind is DiscountType.UNIT:
            return _unit_discount(given, told, field)
        for name in ("amount_off_formula", "percent_off_formula", "fixed_amount_formula"):
            _refuse_formula(given, name, field)
        return _money_discount(kind, given, told, field)

    def shown(self) -> dict[str, object]:
        return dict(self.given)


@dataclass(frozen=True, slots=True)
class Gift:
    """Credits of a gift voucher: those that were asked for, or as many as the order needs, out of `balance`.

    That more are asked for than there are is for the caller to refuse: here it gives what it has.
    """

    balance: int
    credits: int | None = None
    effect: Effect = Effect.APPLY_TO_ORDER

    @property
    def is_exceeded(self) -> bool:
        return self.credits is not None and self.credits > self.balance

    @property
    def available(self) -> int:
        return self.balance if self.credits is None else min(self.credits, self.balance)


Benefit = Discount | Gift


def read_gift_effect(given: object, *, field: str = "gift.effect") -> Effect:
    """APPLY_TO_ORDER if there is none."""
    return _effect({"effect": given}, _ORDER_OR_ITEMS, field.removesuffix(".effect"))


def _money_discount(
    kind: DiscountType, given: Mapping[str, object], told: Mapping[str, object], field: str
) -> Discount:
    amount, percent = 0, Fraction(0)
    if kind is DiscountType.PERCENT:
        percent = _percent(given.get("percent_off"), f"{field}.percent_off")
    else:
        name = "amount_off" if kind is DiscountType.AMOUNT else "fixed_amount"
        amount = _required(_rounded(given, name, field), f"{field}.{name}")
    return Discount(
        kind,
        _effect(given, EFFECTS[kind], field),
        amount,
        percent,
        amount_limit=_rounded(told, "amount_limit", field),
        aggregated_amount_limit=number(told, "aggregated_amount_limit", field),
        given=told,
    )


def _unit_discount(given: Mapping[str, object], told: Mapping[str, object], field: str) -> Discount:
    units = given.get("units")
    many = (Effect.ADD_MANY_ITEMS,)
    if units is None and given.get("effect") != Effect.ADD_MANY_ITEMS:
        unit = Unit.read(given, _ONE_UNIT, field)
        return Discount(DiscountType.UNIT, unit.effect, units=(unit,), given=told)
    if not isinstance(units, list | tuple):
        reason = "required" if units is None else "type"
        raise Invalid("A list of units is expected.", field=f"{field}.units", reason=reason)
    if not 1 <= len(units) <= UNITS_MAX:
        raise Invalid(f"From 1 to {UNITS_MAX} units.", field=f"{field}.units", reason="out_of_range")
    places = [f"{field}.units[{place}]" for place in range(len(units))]
    read = tuple(Unit.read(mapping(unit, at), _ONE_UNIT, at) for unit, at in zip(units, places, strict=True))
    return Discount(DiscountType.UNIT, _effect(given, many, field), units=read, given=told)


def _type(given: object, field: str) -> DiscountType:
    if given is None:
        raise Invalid("A discount has a type.", field=field, reason="required")
    if not isinstance(given, str) or given not in DiscountType.__members__:
        message = f"One of {', '.join(DiscountType)} is expected."
        raise Invalid(message, field=field, reason="choice", choices=tuple(DiscountType))
    return DiscountType(given)


def _effect(given: Mapping[str, object], effects: tuple[Effect, ...], field: str) -> Effect:
    value = given.get("effect")
    if value is None:
        return effects[0]
    if not isinstance(value, str) or value not in effects:
        message = f"One of {', '.join(effects)} is expected."
        raise Invalid(message, field=f"{field}.effect", reason="choice", choices=effects)
    return Effect(value)


def _rounded(given: Mapping[str, object], name: str, field: str) -> int | None:
    """An amount, to the nearest whole unit, halves up: the vendor's schema has fractions of the smallest unit, too."""
    value = given.get(name)
    if isinstance(value, float) and 0 <= value <= AMOUNT_MAX:
        return floor(Fraction(str(value)) + Fraction(1, 2))
    return number(given, name, field)


def _percent(given: object, field: str) -> Fraction:
    """Of the digits that JSON has: 33.3 is 333 thousandths, whatever a float makes of it."""
    value = _required(given, field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid("A number is expected.", field=field, reason="type")
    if not 0 <= value <= 100:
        raise Invalid("From 0 to 100.", field=field, reason="out_of_range")
    return Fraction(str(value))


def _unit_type(given: object, field: str) -> str:
    value = _required(given, field)
    if not isinstance(value, str):
        raise Invalid("A text is expected.", field=field, reason="type")
    if not 1 <= len(value) <= TEXT_LENGTH_MAX or "\0" in value:
        raise Invalid(f"From 1 to {TEXT_LENGTH_MAX} characters, no NUL.", field=field, reason="length")
    return value


def _required(value: Given | None, field: str) -> Given:
    if value is None:
        raise Invalid("This is required.", field=field, reason="required")
    return value


def _refuse_formula(given: Mapping[str, object], name: str, field: str) -> None:
    if given.get(name) not in (None, ""):
        raise Invalid("Formulas are not supported.", field=f"{field}.{name}", reason="formula")

"""The order of a request: what somebody is about to pay, before anything is taken off.

Amounts are in the smallest unit of the currency. What was given counts: an item's amount is its price times its
quantity only where it is not given, and the order's amount the sum of its items' only where it is not given (the
vendor's examples have orders that are cheaper than their items). Discounts that a request claims are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.problems import Invalid

AMOUNT_MAX = 10**13 - 1
ITEMS_MAX, QUANTITY_MAX, TEXT_LENGTH_MAX = 500, 10**9, 500
STATUSES = ("CREATED", "PAID", "CANCELED", "FULFILLED")
RELATED_OBJECTS = ("product", "sku")
_TEXTS = ("id", "product_id", "sku_id", "source_id", "related_object")
_OBJECTS = ("product", "sku", "metadata")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the order. `given` is what names and describes it, as it was given."""

    quantity: int | None = None
    price: int | None = None
    amount: int | None = None
    given: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, given: object, *, field: str = "order.items[0]", from_query: bool = False) -> "Item":
        """`product.price` and `sku.price` stand in for a price that is not given."""
        given = mapping(given, field)
        # The vendor's examples have quantities in quotes.
        quantity = number(given, "quantity", field, QUANTITY_MAX, from_query=True)
        price = number(given, "price", field, from_query=from_query)
        amount = number(given, "amount", field, from_query=from_query)
        told = _described(given, field)
        if price is None:
            price = _price_of(told, field, from_query=from_query)
        if amount is None and price is not None:
            amount = price * (1 if quantity is None else quantity)
        if amount is not None and amount > AMOUNT_MAX:
            raise Invalid(f"At most {AMOUNT_MAX}.", field=f"{field}.amount", reason="out_of_range")
        return cls(quantity, price, amount, told)

    def names(self, kind: str) -> set[str]:
        """What it is called as a `product` or as a `sku`; its own source id counts for what `related_object` says."""
        related = self.given.get("related_object") in (None, kind)
        told = mapping(self.given.get(kind, {}), kind)
        own = self.given.get("source_id") if related else None
        found = (self.given.get(f"{kind}_id"), own, told.get("id"), told.get("source_id"))
        return {name for name in found if isinstance(name, str)}


@dataclass(frozen=True, slots=True)
class Basket:
    """`amount` is None if neither it nor any item's amount is known; `items` if there was no list of them."""

    amount: int | None = None
    items: tuple[Item, ...] | None = None
    given: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, given: object, *, field: str = "order", from_query: bool = False) -> "Basket":
        """Null is an empty order. In a query every number is a text of digits.

        Refuses with `Invalid`: `type` where something is of another type, `out_of_range` for negative or too large
        amounts, `choice`, `too_long`, `too_many` for more than 500 items. What it does not know it leaves alone.
        """
        if given is None:
            return cls()
        given = mapping(given, field)
        amount = number(given, "amount", field, from_query=from_query)
        items = _items(given.get("items"), f"{field}.items", from_query=from_query)
        if amount is None:
            known = [item.amount for item in items or () if item.amount is not None]
            amount = sum(known) if known else None
        if amount is not None and amount > AMOUNT_MAX:
            raise Invalid(f"At most {AMOUNT_MAX}.", field=f"{field}.amount", reason="out_of_range")
        told = {name: given[name] for name in ("id", "source_id") if _text(given, name, field) is not None}
        if _choice(given, "status", field, STATUSES) is not None:
            told["status"] = given["status"]
        if given.get("metadata") is not None:
            told["metadata"] = mapping(given["metadata"], f"{field}.metadata")
        return cls(amount, items, told)

    @property
    def has_item_amounts(self) -> bool:
        """Whether anything can be taken off items."""
        return any(item.amount is not None for item in self.items or ())

    @property
    def metadata(self) -> Mapping[str, object]:
        return mapping(self.given.get("metadata", {}), "metadata")


def number(
    given: Mapping[str, object], name: str, field: str, limit: int = AMOUNT_MAX, *, from_query: bool = False
) -> int | None:
    """A whole number from 0 to `limit`, None if absent or null. JSON's 1000.0 is one."""
    value, place = given.get(name), f"{field}.{name}"
    if value is None:
        return None
    if from_query and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("A whole number is expected.", field=place, reason="type")
    if not 0 <= value <= limit:
        raise Invalid(f"From 0 to {limit}.", field=place, reason="out_of_range")
    return value


def mapping(given: object, field: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        raise Invalid("An object is expected.", field=field, reason="type")
    return given


def _items(given: object, field: str, *, from_query: bool) -> tuple[Item, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list | tuple):
        raise Invalid("A list is expected.", field=field, reason="type")
    if len(given) > ITEMS_MAX:
        raise Invalid(f"At most {ITEMS_MAX} items.", field=field, reason="too_many")
    return tuple(Item.read(item, field=f"{field}[{place}]", from_query=from_query) for place, item in enumerate(given))


def _described(given: Mapping[str, object], field: str) -> dict[str, object]:
    for name in _TEXTS:
        _text(given, name, field)
    _choice(given, "related_object", field, RELATED_OBJECTS)
    told = {name: given[name] for name in (*_TEXTS, *_OBJECTS) if given.get(name) is not None}
    for name in _OBJECTS:
        mapping(told.get(name, {}), f"{field}.{name}")
    return told


def _price_of(told: Mapping[str, object], field: str, *, from_query: bool) -> int | None:
    for kind in ("sku", "product"):
        price = number(mapping(told.get(kind, {}), kind), "price", f"{field}.{kind}", from_query=from_query)
        if price is not None:
            return price
    return None


def _text(given: Mapping[str, object], name: str, field: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Invalid("A text is expected.", field=f"{field}.{name}", reason="type")
    if len(value) > TEXT_LENGTH_MAX:
        raise Invalid(f"At most {TEXT_LENGTH_MAX} characters.", field=f"{field}.{name}", reason="too_long")
    return value


def _choice(given: Mapping[str, object], name: str, field: str, choices: tuple[str, ...]) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if value not in choices:
        message = f"One of {', '.join(choices)} is expected."
        raise Invalid(message, field=f"{field}.{name}", reason="choice", choices=choices)
    return str(value)

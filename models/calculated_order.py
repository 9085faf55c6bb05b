"""An order with its benefits: what was taken off after each of them, and how the vendor's answers show it.

`discount_amount` and its like are what was taken off so far, `applied_…` what was taken off in one step. Amounts that
nothing has touched are left out rather than zero; an order's own discount is shown as soon as a benefit was meant for
the order, even where nothing was left to take off (all by the vendor's examples).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.basket import Basket, Item


@dataclass(frozen=True, slots=True)
class Line:
    """An item after some benefits; `initial_*` are set as soon as units of it were given away."""

    item: Item
    quantity: int | None
    price: int | None
    amount: int | None
    discount_amount: int = 0
    discount_quantity: int = 0
    initial_quantity: int | None = None
    initial_amount: int | None = None

    @property
    def left(self) -> int:
        return (self.amount or 0) - self.discount_amount

    @property
    def units(self) -> int:
        """A line without a quantity is one."""
        return 1 if self.quantity is None else self.quantity

    @property
    def unit_price(self) -> int | None:
        """What one more would cost; of a line that has only an amount, its part of that."""
        if self.price is None and self.amount is not None and self.units:
            return self.amount // self.units
        return self.price


@dataclass(frozen=True, slots=True)
class State:
    """The order after some benefits. `initial_amount` is set as soon as units were added that cost something."""

    amount: int | None
    lines: tuple[Line, ...] = ()
    discount_amount: int = 0
    items_discount_amount: int = 0
    initial_amount: int | None = None
    # How many benefits were for the order as a whole, whether or not anything was left to take off.
    order_benefit_count: int = 0

    @property
    def total_discount_amount(self) -> int:
        return self.discount_amount + self.items_discount_amount

    @property
    def total_amount(self) -> int:
        return (self.amount or 0) - self.discount_amount - self.items_discount_amount


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one benefit did. For a gift, `discount_amount` is the credits that it cost."""

    order_discount_amount: int
    items_discount_amount: int
    units_added: int
    units_free: int

    @property
    def discount_amount(self) -> int:
        return self.order_discount_amount + self.items_discount_amount


@dataclass(frozen=True, slots=True)
class Calculation:
    """`states[0]` is the order as it came, `states[n]` the order after `n` benefits."""

    basket: Basket
    states: tuple[State, ...]

    @property
    def final(self) -> State:
        return self.states[-1]

    @property
    def outcomes(self) -> list[Outcome]:
        return [self.outcome(place) for place in range(len(self.states) - 1)]

    def order_shown(self) -> dict[str, object]:
        """The order after all benefits; what is `applied` is what they took off together."""
        return _order(self.basket, self.states[0], self.final)

    def order_shown_after(self, count: int) -> dict[str, object]:
        """The order after the first `count` benefits; what is `applied` is what the last of these took off."""
        return _order(self.basket, self.states[max(count - 1, 0)], self.states[count])

    def outcome(self, place: int) -> Outcome:
        """Of the benefit at this place in the request, from 0."""
        before, after = self.states[place], self.states[place + 1]
        return Outcome(
            after.discount_amount - before.discount_amount,
            after.items_discount_amount - before.items_discount_amount,
            sum(line.units for line in after.lines) - sum(line.units for line in before.lines),
            sum(line.discount_quantity for line in after.lines) - sum(line.discount_quantity for line in before.lines),
        )


def _order(basket: Basket, before: State, after: State) -> dict[str, object]:
    by_order, by_items = after.order_benefit_count > 0, after.items_discount_amount > 0
    applied = after.discount_amount - before.discount_amount
    items_applied = after.items_discount_amount - before.items_discount_amount
    applied_by_order = after.order_benefit_count > before.order_benefit_count
    found: dict[str, object] = dict(basket.given)
    found |= {
        "amount": after.amount,
        "initial_amount": after.initial_amount,
        "discount_amount": after.discount_amount if by_order else None,
        "items_discount_amount": after.items_discount_amount if by_items else None,
        "total_discount_amount": after.total_discount_amount if by_order or by_items else None,
        "total_amount": None if after.amount is None else after.total_amount,
        "applied_discount_amount": applied if applied_by_order else None,
        "items_applied_discount_amount": items_applied or None,
        "total_applied_discount_amount": applied + items_applied if applied_by_order or items_applied else None,
    }
    if basket.items is not None or after.lines:
        new = (None,) * (len(after.lines) - len(before.lines))
        pairs = zip((*before.lines, *new), after.lines, strict=True)
        found["items"] = [_item(old, line) for old, line in pairs]
    return _known(found) | {"metadata": dict(basket.metadata), "object": "order"}


def _item(before: Line | None, line: Line) -> dict[str, object]:
    old = before or Line(line.item, 0, line.price, 0)
    free = line.discount_quantity - old.discount_quantity
    added = line.units - old.units
    found: dict[str, object] = {name: line.item.given.get(name) for name in _NAMES}
    found |= {
        "quantity": line.quantity,
        "discount_quantity": line.discount_quantity or None,
        "initial_quantity": line.initial_quantity,
        "amount": line.amount,
        "discount_amount": line.discount_amount or None,
        "initial_amount": line.initial_amount,
        "applied_discount_amount": line.discount_amount - old.discount_amount or None,
        "applied_discount_quantity": free or None,
        "applied_quantity": added or None,
        "applied_quantity_amount": (line.amount - (old.amount or 0) if added and line.amount is not None else None),
        "price": line.price,
        "subtotal_amount": None if line.amount is None else line.left,
    }
    found |= {name: line.item.given.get(name) for name in ("product", "sku", "metadata")}
    return {"object": "order_item"} | _known(found)


def _known(found: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in found.items() if value is not None}


_NAMES = ("id", "product_id", "sku_id", "source_id", "related_object")

"""What is left to pay: benefits applied to an order one after another, in the order they are given.

Each benefit works on what the ones before it left, and takes no more than that, so nothing falls below zero. What is
taken from the order and what is taken from its items are kept apart and together never exceed the order's amount; what
is given away for nothing first raises that amount. Percentages are rounded to the nearest whole unit, halves up, for
the order or for each item; amounts that are split are split by largest remainder, so shares sum to what was split.

- Of AMOUNT, APPLY_TO_ITEMS takes the amount off every line, APPLY_TO_ITEMS_BY_QUANTITY off every unit of it, and the
  PROPORTIONALLY ones once off all: by what lines still cost, or by quantity.
- FIXED leaves the amount: for the whole order, or for every unit of every line. What costs less stays as it is.
- ADD_NEW_ITEMS adds units; ADD_MISSING_ITEMS only those that the order lacks, and gives away those that it has;
  ADD_SAME_ITEMS adds units of what the order has, and nothing where it has none.
"""

from collections.abc import Sequence
from dataclasses import replace

from models.basket import AMOUNT_MAX, Basket
from models.calculated_order import Calculation, Line, State
from models.discount import Benefit, Discount, DiscountType, Effect, Gift, Unit
from models.problems import Invalid
from models.shares import by_weight, half_up, up_to


def calculate(basket: Basket, benefits: Sequence[Benefit] = ()) -> Calculation:
    """Refuses with `Invalid` what would make an order too large to count: units added without end."""
    lines = tuple(Line(item, item.quantity, item.price, item.amount) for item in basket.items or ())
    states = [State(basket.amount, lines)]
    for benefit in benefits:
        states.append(_after(states[-1], benefit))
    return Calculation(basket, tuple(states))


def _after(state: State, benefit: Benefit) -> State:
    if isinstance(benefit, Gift):
        return _after_gift(state, benefit)
    if benefit.type is DiscountType.UNIT:
        for unit in benefit.units:
            state = _after_unit(state, unit)
        return state
    if benefit.effect is Effect.APPLY_TO_ORDER:
        return _off_order(state, _order_discount(state, benefit))
    return _off_items(state, _item_discounts(state, benefit), benefit.aggregated_amount_limit)


def _after_gift(state: State, gift: Gift) -> State:
    if gift.effect is Effect.APPLY_TO_ORDER:
        return _off_order(state, gift.available)
    left = [line.left for line in state.lines]
    return _off_items(state, by_weight(min(gift.available, sum(left)), left), None)


def _off_order(state: State, wanted: int) -> State:
    return State(
        state.amount,
        state.lines,
        state.discount_amount + min(wanted, state.total_amount),
        state.items_discount_amount,
        state.initial_amount,
        state.order_benefit_count + 1,
    )


def _off_items(state: State, discounts: list[int], limit: int | None) -> State:
    """`discounts` are of each line, none above what it still costs; together at most `limit` and what is left."""
    most = state.total_amount if limit is None else min(limit, state.total_amount)
    if sum(discounts) > most:
        discounts = by_weight(most, discounts)
    lines = tuple(
        replace(line, discount_amount=line.discount_amount + discount) if discount else line
        for line, discount in zip(state.lines, discounts, strict=True)
    )
    return replace(state, lines=lines, items_discount_amount=state.items_discount_amount + sum(discounts))


def _order_discount(state: State, discount: Discount) -> int:
    left = state.total_amount
    if discount.type is DiscountType.FIXED:
        return max(left - discount.amount, 0)
    wanted = discount.amount if discount.type is DiscountType.AMOUNT else _percentage(left, discount)
    limit = discount.aggregated_amount_limit
    return wanted if limit is None else min(wanted, limit)


def _item_discounts(state: State, discount: Discount) -> list[int]:
    lines, amount = state.lines, discount.amount
    left = [line.left for line in lines]
    if discount.type is DiscountType.PERCENT:
        return [_percentage(cost, discount) for cost in left]
    if discount.type is DiscountType.FIXED:
        return [max(line.left - amount * line.units, 0) for line in lines]
    if discount.effect is Effect.APPLY_TO_ITEMS:
        return [min(amount, cost) for cost in left]
    if discount.effect is Effect.APPLY_TO_ITEMS_BY_QUANTITY:
        return [min(amount * line.units, line.left) for line in lines]
    if discount.effect is Effect.APPLY_TO_ITEMS_PROPORTIONALLY:
        return by_weight(min(amount, sum(left)), left)
    return up_to(amount, [line.units for line in lines], left)


def _percentage(cost: int, discount: Discount) -> int:
    percent = discount.percent
    wanted = half_up(cost * percent.numerator, 100 * percent.denominator)
    return wanted if discount.amount_limit is None else min(wanted, discount.amount_limit)


def _after_unit(state: State, unit: Unit) -> State:
    """Units are added to the first line that has them, or in a line of their own; then they cost nothing."""
    places = [place for place, line in enumerate(state.lines) if unit.is_in(line.item)]
    if not places:
        if unit.effect is Effect.ADD_SAME_ITEMS:
            return state
        new = Line(unit.item, 0, unit.item.price, None if unit.item.price is None else 0)
        state, places = replace(state, lines=(*state.lines, new)), [len(state.lines)]
    there, added = sum(state.lines[place].units for place in places), unit.count
    if unit.effect is Effect.ADD_MISSING_ITEMS:
        added = max(unit.count - there, 0)
    else:
        places = places[:1]
    return _free(_with_units(state, places[0], added), places, unit.count)


def _with_units(state: State, place: int, added: int) -> State:
    line = state.lines[place]
    cost = (line.unit_price or 0) * added
    amount = None if line.amount is None else line.amount + cost
    total = state.amount if amount is None else (state.amount or 0) + cost
    if total is not None and total > AMOUNT_MAX:
        raise Invalid("The order becomes too large with the units added.", field="order.amount", reason="out_of_range")
    lines = list(state.lines)
    lines[place] = replace(_marked(line), quantity=line.units + added, amount=amount)
    initial = (state.amount or 0) if cost and state.initial_amount is None else state.initial_amount
    return replace(state, amount=total, lines=tuple(lines), initial_amount=initial)


def _free(state: State, places: list[int], count: int) -> State:
    """`count` units cost nothing, of the first line as many as it has, then of the next."""
    lines, discounts = list(state.lines), [0] * len(state.lines)
    for place in places:
        line = _marked(lines[place])
        free = min(count, line.units - line.discount_quantity)
        if free > 0:
            discounts[place] = min((line.unit_price or 0) * free, line.left)
            lines[place] = replace(line, discount_quantity=line.discount_quantity + free)
            count -= free
    return _off_items(replace(state, lines=tuple(lines)), discounts, None)


def _marked(line: Line) -> Line:
    if line.initial_quantity is not None:
        return line
    return replace(line, initial_quantity=line.units, initial_amount=line.amount)

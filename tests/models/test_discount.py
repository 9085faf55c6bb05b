"""Discounts and gifts: definitions, the vendor's documented numbers, and sums that always add up."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.basket import AMOUNT_MAX, Basket
from models.calculated_order import Calculation
from models.calculation import calculate
from models.discount import EFFECTS, Benefit, Discount, DiscountType, Effect, Gift, read_gift_effect
from models.problems import Invalid
from models.shares import by_weight, half_up, up_to

RED, BLUE = {"product_id": "prod_red", "price": 2900}, {"product_id": "prod_blue", "price": 3100}


def off(**given: object) -> Discount:
    return Discount.read(given)


def amount_off(amount: int, effect: str | None = None, **given: object) -> Discount:
    return off(type="AMOUNT", amount_off=amount, effect=effect, **given)


def percent_off(percent: float, effect: str | None = None, **given: object) -> Discount:
    return off(type="PERCENT", percent_off=percent, effect=effect, **given)


def free(count: int, unit_type: str, effect: str | None = None, **given: object) -> Discount:
    return off(type="UNIT", unit_off=count, unit_type=unit_type, effect=effect, **given)


def calculated(order: object, *benefits: Benefit) -> Calculation:
    return calculate(Basket.read(order), benefits)


def order_of(order: object, *benefits: Benefit) -> dict[str, Any]:
    return calculated(order, *benefits).order_shown()


def lines(*amounts: int, quantity: int = 1) -> dict[str, object]:
    return {"items": [{"amount": amount, "quantity": quantity} for amount in amounts]}


def of_items(order: dict[str, Any], name: str = "discount_amount") -> list[int | None]:
    return [item.get(name) for item in order["items"]]


def some(order: dict[str, Any], *names: str) -> tuple[object, ...]:
    return tuple(order.get(name) for name in names)


# Off the order


@pytest.mark.parametrize(
    ("amount", "discount", "taken"),
    [
        (46500, amount_off(1000), 1000),
        (13000, amount_off(1000, "APPLY_TO_ORDER"), 1000),
        (22500, amount_off(300), 300),
        (46500, percent_off(10), 4650),
        (20000, percent_off(30), 6000),
        (200000, percent_off(40), 80000),
        (230000, off(type="FIXED", fixed_amount=2000), 228000),
        (500, off(type="FIXED", fixed_amount=2000), 0),
        (500, amount_off(501), 500),
        (10000, percent_off(30, amount_limit=2000), 2000),
        (10000, percent_off(30, aggregated_amount_limit=100, amount_limit=2000), 100),
        (10000, amount_off(300, aggregated_amount_limit=100), 100),
        (1000, percent_off(0), 0),
        (999, percent_off(100), 999),
        (0, percent_off(50), 0),
    ],
)
def test_discount_of_the_order(amount: int, discount: Discount, taken: int) -> None:
    order = order_of({"amount": amount}, discount)
    assert order == {
        "amount": amount,
        "discount_amount": taken,
        "total_discount_amount": taken,
        "total_amount": amount - taken,
        "applied_discount_amount": taken,
        "total_applied_discount_amount": taken,
        "metadata": {},
        "object": "order",
    }


@pytest.mark.parametrize(
    ("amount", "percent", "taken"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (1000, 33.3, 333), (3, 33.3, 1), (1000, 0.05, 1), (333, 28.7, 96)],
)
def test_percentages_are_of_the_decimal_digits_and_halves_go_up(amount: int, percent: float, taken: int) -> None:
    assert order_of({"amount": amount}, percent_off(percent))["discount_amount"] == taken


def test_items_keep_their_price_when_the_order_is_discounted() -> None:
    order = order_of(lines(6500, 6000), percent_off(10))
    assert of_items(order) == [None, None]
    assert of_items(order, "subtotal_amount") == [6500, 6000]


def test_without_an_amount_there_is_nothing_to_take_off() -> None:
    order = order_of({"items": [{"product_id": "prod_red", "quantity": 1}]}, amount_off(300))
    assert some(order, "amount", "total_amount", "discount_amount") == (None, None, 0)


# Off the items


def test_amount_is_taken_off_every_line_whatever_its_quantity() -> None:
    order = order_of(lines(3000, 6000, 700, quantity=3), amount_off(2000, "APPLY_TO_ITEMS"))
    assert of_items(order) == of_items(order, "applied_discount_amount") == [2000, 2000, 700]
    assert of_items(order, "subtotal_amount") == [1000, 4000, 0]
    assert some(order, "items_discount_amount", "items_applied_discount_amount", "total_amount") == (4700, 4700, 5000)
    assert "discount_amount" not in order


def test_amount_is_taken_off_every_unit() -> None:
    order = order_of(lines(3000, 900, quantity=3), amount_off(500, "APPLY_TO_ITEMS_BY_QUANTITY"))
    assert of_items(order) == [1500, 900]


def test_amount_is_split_by_what_lines_cost() -> None:
    discount = amount_off(300, "APPLY_TO_ITEMS_PROPORTIONALLY")
    order = order_of({**lines(3300, 3400), "amount": 6000}, discount)
    assert of_items(order) == [148, 152]
    assert some(order, "total_discount_amount", "total_amount") == (300, 5700)
    assert of_items(order_of(lines(2000, 8000), amount_off(1000, "APPLY_TO_ITEMS_PROPORTIONALLY"))) == [200, 800]


def test_amount_is_split_by_quantity_and_what_a_line_cannot_take_goes_to_the_others() -> None:
    items = [{"amount": 100, "quantity": 2}, {"amount": 5000, "quantity": 1}, {"amount": 5000, "quantity": 1}]
    discount = amount_off(1001, "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY")
    assert of_items(order_of({"items": items}, discount)) == [100, 451, 450]


def test_percentage_is_of_every_line_and_so_is_its_limit() -> None:
    assert of_items(order_of(lines(3000, 5, 15), percent_off(10, "APPLY_TO_ITEMS"))) == [300, 1, 2]
    limited = percent_off(50, "APPLY_TO_ITEMS", amount_limit=1000)
    assert of_items(order_of(lines(3000, 500), limited)) == [1000, 250]


def test_all_items_together_get_the_aggregated_limit() -> None:
    limited = percent_off(50, "APPLY_TO_ITEMS", amount_limit=1000, aggregated_amount_limit=500)
    order = order_of(lines(3000, 1000), limited)
    assert of_items(order) == [333, 167]
    assert order["total_discount_amount"] == 500


def test_fixed_amount_is_the_price_of_every_unit_that_costs_more() -> None:
    discount = off(type="FIXED", fixed_amount=2000, effect="APPLY_TO_ITEMS")
    assert of_items(order_of(lines(9000, 5000, quantity=3), discount)) == [3000, None]


def test_items_without_an_amount_are_left_alone() -> None:
    order = order_of({"items": [{"sku_id": "sku_a"}, {"amount": 500}]}, percent_off(10, "APPLY_TO_ITEMS"))
    assert of_items(order) == [None, 50]
    assert "subtotal_amount" not in order["items"][0]


def test_nothing_is_shown_of_a_discount_on_items_that_are_not_there() -> None:
    order = order_of({"amount": 50000}, percent_off(20, "APPLY_TO_ITEMS"))
    assert order == {"amount": 50000, "total_amount": 50000, "metadata": {}, "object": "order"}


def test_items_of_an_order_that_costs_less_are_discounted_down_to_its_amount() -> None:
    order = order_of({**lines(3000, 1000), "amount": 1000}, percent_off(50, "APPLY_TO_ITEMS"))
    assert of_items(order) == [750, 250]
    assert order["total_amount"] == 0


# Several benefits (the vendor's example of five redeemables; points for a reward take nothing off)


def test_benefits_apply_to_what_those_before_them_left() -> None:
    benefits = (
        amount_off(1000, "APPLY_TO_ITEMS"),
        Gift(balance=500, credits=100),
        percent_off(40, "APPLY_TO_ORDER"),
        amount_off(30, "APPLY_TO_ORDER"),
    )
    found = calculated(lines(2000, 700), *benefits)
    names = ("discount_amount", "items_discount_amount", "total_discount_amount", "total_amount")
    applied = ("applied_discount_amount", "items_applied_discount_amount", "total_applied_discount_amount")
    steps = [found.order_shown_after(count) for count in range(5)]
    assert [some(step, *names) for step in steps] == [
        (None, None, None, 2700),
        (None, 1700, 1700, 1000),
        (100, 1700, 1800, 900),
        (460, 1700, 2160, 540),
        (490, 1700, 2190, 510),
    ]
    assert [some(step, *applied) for step in steps] == [
        (None, None, None),
        (None, 1700, 1700),
        (100, None, 100),
        (360, None, 360),
        (30, None, 30),
    ]
    assert [of_items(step, "applied_discount_amount") for step in steps[1:3]] == [[1000, 700], [None, None]]
    final = found.order_shown()
    assert some(final, *names) + some(final, *applied) == (490, 1700, 2190, 510, 490, 1700, 2190)
    assert of_items(final, "applied_discount_amount") == [1000, 700]
    assert [outcome.discount_amount for outcome in found.outcomes] == [1700, 100, 360, 30]


def test_what_is_left_is_never_below_nothing() -> None:
    order = order_of({"amount": 1000}, amount_off(900), percent_off(50), amount_off(900))
    assert some(order, "discount_amount", "total_amount") == (1000, 0)


def test_second_discount_on_items_is_of_what_they_still_cost() -> None:
    order = order_of(lines(1000), percent_off(50, "APPLY_TO_ITEMS"), percent_off(50, "APPLY_TO_ITEMS"))
    assert of_items(order) == [750]


# Gifts


@pytest.mark.parametrize(
    ("gift", "taken"),
    [
        (Gift(21500), 21500),
        (Gift(21500, credits=5000), 5000),
        (Gift(200_000), 165_700),
        (Gift(200_000, credits=200_000), 165_700),
        (Gift(10, credits=11), 10),
        (Gift(0), 0),
    ],
)
def test_gift_gives_what_is_asked_for_or_needed(gift: Gift, taken: int) -> None:
    found = calculated({"amount": 165_700}, gift)
    assert found.final.total_amount == 165_700 - taken
    assert found.outcome(0).discount_amount == found.order_shown()["discount_amount"] == taken


def test_gift_says_that_more_is_asked_for_than_it_has() -> None:
    assert Gift(10, credits=11).is_exceeded
    assert not Gift(10, credits=10).is_exceeded
    assert not Gift(10).is_exceeded


def test_gift_for_items_is_split_by_what_they_cost() -> None:
    order = order_of(lines(1000, 3000), Gift(101, effect=Effect.APPLY_TO_ITEMS))
    assert of_items(order) == [25, 76]
    assert some(order, "items_discount_amount", "discount_amount") == (101, None)
    assert order_of({"amount": 4000}, Gift(101, effect=Effect.APPLY_TO_ITEMS))["total_amount"] == 4000


def test_effect_of_a_gift_is_for_the_order_unless_it_says_otherwise() -> None:
    assert read_gift_effect(None) is Effect.APPLY_TO_ORDER
    assert read_gift_effect("APPLY_TO_ITEMS") is Effect.APPLY_TO_ITEMS
    with pytest.raises(Invalid) as refused:
        read_gift_effect("ADD_NEW_ITEMS")
    assert refused.value.field == "gift.effect"


# Free units


def test_new_units_of_an_unknown_price_are_listed_and_cost_nothing() -> None:
    shipping = {"id": "prod_5h1pp1ng", "source_id": "5h1pp1ng", "name": "Shipping"}
    order = order_of({"items": [RED]}, free(1, "prod_5h1pp1ng", "ADD_MISSING_ITEMS", product=shipping))
    assert some(order, "amount", "total_amount", "total_discount_amount", "initial_amount") == (2900, 2900, None, None)
    assert order["items"][1] == {
        "object": "order_item",
        "product_id": "prod_5h1pp1ng",
        "quantity": 1,
        "discount_quantity": 1,
        "initial_quantity": 0,
        "applied_discount_quantity": 1,
        "applied_quantity": 1,
        "product": shipping,
    }


def test_new_units_raise_the_amount_and_are_taken_off_it() -> None:
    sku = {"id": "sku_a", "source_id": "A", "sku": "Jacket", "price": 29900}
    product = {"id": "prod_a", "name": "Jacket"}
    order = order_of({"items": [RED]}, free(3, "sku_a", "ADD_NEW_ITEMS", sku=sku, product=product))
    assert some(order, "amount", "initial_amount", "total_amount") == (92600, 2900, 2900)
    assert some(order, "items_discount_amount", "total_discount_amount") == (89700, 89700)
    assert order["items"][1] == {
        "object": "order_item",
        "product_id": "prod_a",
        "sku_id": "sku_a",
        "quantity": 3,
        "discount_quantity": 3,
        "initial_quantity": 0,
        "amount": 89700,
        "discount_amount": 89700,
        "initial_amount": 0,
        "applied_discount_amount": 89700,
        "applied_discount_quantity": 3,
        "applied_quantity": 3,
        "applied_quantity_amount": 89700,
        "price": 29900,
        "subtotal_amount": 0,
        "product": product,
        "sku": sku,
    }


def test_missing_units_that_are_there_become_free_and_new_ones_are_added_to_their_line() -> None:
    units = [
        {"unit_off": 1, "unit_type": "prod_red", "effect": "ADD_MISSING_ITEMS"},
        {"unit_off": 1, "unit_type": "prod_blue", "effect": "ADD_NEW_ITEMS"},
    ]
    found = calculated(
        {"amount": 6000, "items": [{**RED, "quantity": "1"}, {**BLUE, "quantity": "1"}]}, off(type="UNIT", units=units)
    )
    order: dict[str, Any] = found.order_shown()
    assert some(order, "amount", "items_discount_amount", "total_amount") == (9100, 6000, 3100)
    names = ("quantity", "discount_quantity", "initial_quantity", "amount", "discount_amount", "initial_amount")
    assert some(order["items"][0], *names) == (1, 1, 1, 2900, 2900, 2900)
    assert some(order["items"][1], *names) == (2, 1, 1, 6200, 3100, 3100)
    assert of_items(order, "subtotal_amount") == [0, 3100]
    outcome = found.outcome(0)
    assert (outcome.units_added, outcome.units_free, outcome.discount_amount) == (1, 2, 6000)


def test_only_as_many_units_are_added_as_are_missing() -> None:
    order = order_of({"items": [{**RED, "quantity": 2}]}, free(3, "prod_red", "ADD_MISSING_ITEMS"))
    assert some(order["items"][0], "quantity", "discount_quantity", "initial_quantity") == (3, 3, 2)
    assert some(order, "amount", "initial_amount", "total_amount") == (8700, 5800, 0)


def test_missing_units_are_looked_for_in_every_line() -> None:
    found = order_of(
        {"items": [RED, BLUE, {**RED, "price": 100, "quantity": 5}]}, free(3, "prod_red", "ADD_MISSING_ITEMS")
    )
    assert of_items(found, "discount_quantity") == [1, None, 2]
    assert of_items(found) == [2900, None, 200]


def test_units_that_are_free_already_are_not_given_away_again() -> None:
    discount = free(1, "prod_red", "ADD_MISSING_ITEMS")
    order = order_of({"items": [{**RED, "quantity": 1}]}, discount, discount)
    assert some(order["items"][0], "quantity", "discount_quantity", "discount_amount") == (1, 1, 2900)


def test_unit_of_a_line_without_a_price_costs_its_part_of_the_amount() -> None:
    order = order_of({"items": [{"product_id": "prod_red", "amount": 100, "quantity": 3}]}, free(2, "prod_red"))
    assert some(order["items"][0], "discount_quantity", "discount_amount", "price") == (2, 66, None)


def test_same_units_are_added_only_to_what_is_there() -> None:
    discount = free(2, "prod_red", "ADD_SAME_ITEMS")
    order = order_of({"items": [{**RED, "quantity": 1}]}, discount)
    assert some(order["items"][0], "quantity", "discount_quantity", "subtotal_amount") == (3, 2, 2900)
    assert order_of({"items": [BLUE]}, discount) == order_of({"items": [BLUE]})


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"product_id": "prod_red"}, True),
        ({"source_id": "red"}, True),
        ({"source_id": "red", "related_object": "product"}, True),
        ({"source_id": "red", "related_object": "sku"}, False),
        ({"product": {"id": "prod_red"}}, True),
        ({"product": {"source_id": "red"}, "sku_id": "sku_1"}, True),
        ({"product": {"id": ["prod_red"]}}, False),
        ({"sku_id": "prod_red"}, False),
    ],
)
def test_units_are_found_by_any_name_of_the_product(item: dict[str, object], found: bool) -> None:
    discount = free(1, "prod_red", "ADD_NEW_ITEMS", product={"id": "prod_red", "source_id": "red"})
    order = order_of({"items": [{**item, "price": 1, "quantity": 1}]}, discount)
    assert len(order["items"]) == (1 if found else 2)


def test_units_that_would_make_an_order_endless_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        order_of({"items": [{**RED, "price": AMOUNT_MAX}]}, free(1, "prod_red", "ADD_NEW_ITEMS"))
    assert refused.value.field == "order.amount"


# Definitions


def test_what_was_given_is_shown_and_nothing_added() -> None:
    for told in (
        {"type": "AMOUNT", "amount_off": 3000},
        {"type": "AMOUNT", "amount_off": 1000.0, "effect": "APPLY_TO_ITEMS", "is_dynamic": False},
        {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 15, "aggregated_amount_limit": 20},
        {"type": "FIXED", "fixed_amount": 200, "effect": "APPLY_TO_ORDER"},
        {"type": "UNIT", "unit_off": 1, "unit_type": "prod_a", "product": {"id": "prod_a", "name": "A"}},
        {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [{"unit_off": 1.0, "unit_type": "prod_a"}]},
    ):
        unset = {"amount_off_formula": None, "percent_off_formula": "", "colour": "red", "is_dynamic": None}
        assert Discount.read({**unset, **told}).shown() == told


def test_discount_without_an_effect_has_the_first_of_its_type() -> None:
    assert amount_off(1).effect is percent_off(1).effect is Effect.APPLY_TO_ORDER
    assert off(type="FIXED", fixed_amount=1).effect is Effect.APPLY_TO_ORDER
    assert free(1, "prod_a").effect is Effect.ADD_MISSING_ITEMS
    assert off(type="UNIT", units=[{"unit_off": 1, "unit_type": "a"}]).effect is Effect.ADD_MANY_ITEMS


@pytest.mark.parametrize("kind", DiscountType)
def test_every_type_has_its_effects_and_no_others(kind: DiscountType) -> None:
    unit = {"unit_off": 1, "unit_type": "a"}
    values: dict[str, object] = {"amount_off": 1, "percent_off": 1, "fixed_amount": 1, **unit}
    for effect in Effect:
        more = {"units": [unit]} if effect is Effect.ADD_MANY_ITEMS else {}
        if effect in EFFECTS[kind]:
            assert Discount.read({"type": kind.value, "effect": effect.value, **values, **more}).effect is effect
        else:
            with pytest.raises(Invalid) as refused:
                Discount.read({"type": kind.value, "effect": effect.value, **values})
            assert refused.value.field == "discount.effect" or effect is Effect.ADD_MANY_ITEMS


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        (None, "discount", "type"),
        ([], "discount", "type"),
        ({}, "discount.type", "required"),
        ({"type": "FREE"}, "discount.type", "choice"),
        ({"type": ["AMOUNT"]}, "discount.type", "choice"),
        ({"type": "AMOUNT"}, "discount.amount_off", "required"),
        ({"type": "AMOUNT", "amount_off": -1}, "discount.amount_off", "out_of_range"),
        ({"type": "AMOUNT", "amount_off": 10**13}, "discount.amount_off", "out_of_range"),
        ({"type": "AMOUNT", "amount_off": "100"}, "discount.amount_off", "type"),
        ({"type": "AMOUNT", "amount_off": True}, "discount.amount_off", "type"),
        ({"type": "AMOUNT", "amount_off": 1, "effect": "APPLY"}, "discount.effect", "choice"),
        ({"type": "AMOUNT", "amount_off": 1, "effect": {}}, "discount.effect", "choice"),
        ({"type": "AMOUNT", "amount_off": 1, "is_dynamic": "no"}, "discount.is_dynamic", "type"),
        ({"type": "AMOUNT", "amount_off": 1, "amount_off_formula": "A"}, "discount.amount_off_formula", "formula"),
        (
            {"type": "AMOUNT", "amount_off": 1, "aggregated_amount_limit": -1},
            "discount.aggregated_amount_limit",
            "out_of_range",
        ),
        ({"type": "PERCENT"}, "discount.percent_off", "required"),
        ({"type": "PERCENT", "percent_off": 100.01}, "discount.percent_off", "out_of_range"),
        ({"type": "PERCENT", "percent_off": -0.01}, "discount.percent_off", "out_of_range"),
        ({"type": "PERCENT", "percent_off": float("nan")}, "discount.percent_off", "out_of_range"),
        ({"type": "PERCENT", "percent_off": "10"}, "discount.percent_off", "type"),
        ({"type": "PERCENT", "percent_off": True}, "discount.percent_off", "type"),
        ({"type": "PERCENT", "percent_off": 3, "percent_off_formula": "A"}, "discount.percent_off_formula", "formula"),
        ({"type": "FIXED"}, "discount.fixed_amount", "required"),
        ({"type": "FIXED", "fixed_amount": 3, "fixed_amount_formula": "A"}, "discount.fixed_amount_formula", "formula"),
        ({"type": "UNIT"}, "discount.unit_off", "required"),
        ({"type": "UNIT", "unit_off": 0, "unit_type": "a"}, "discount.unit_off", "out_of_range"),
        ({"type": "UNIT", "unit_off": 0.5, "unit_type": "a"}, "discount.unit_off", "type"),
        ({"type": "UNIT", "unit_off": 10**6 + 1, "unit_type": "a"}, "discount.unit_off", "out_of_range"),
        ({"type": "UNIT", "unit_off": 1}, "discount.unit_type", "required"),
        ({"type": "UNIT", "unit_off": 1, "unit_type": 5}, "discount.unit_type", "type"),
        ({"type": "UNIT", "unit_off": 1, "unit_type": ""}, "discount.unit_type", "length"),
        ({"type": "UNIT", "unit_off": 1, "unit_type": "\0"}, "discount.unit_type", "length"),
        ({"type": "UNIT", "unit_off": 1, "unit_type": "a", "sku": "b"}, "discount.sku", "type"),
        ({"type": "UNIT", "unit_off": 1, "unit_off_formula": "A"}, "discount.unit_off_formula", "formula"),
        ({"type": "UNIT", "effect": "ADD_MANY_ITEMS"}, "discount.units", "required"),
        ({"type": "UNIT", "units": {}}, "discount.units", "type"),
        ({"type": "UNIT", "units": []}, "discount.units", "out_of_range"),
        ({"type": "UNIT", "units": [5]}, "discount.units[0]", "type"),
        ({"type": "UNIT", "units": [{"unit_off": 1}]}, "discount.units[0].unit_type", "required"),
        (
            {"type": "UNIT", "units": [{"unit_off": 1, "unit_type": "a", "effect": "ADD_MANY_ITEMS"}]},
            "discount.units[0].effect",
            "choice",
        ),
        (
            {"type": "UNIT", "units": [{"unit_off": 1, "unit_type": "a"}], "effect": "ADD_NEW_ITEMS"},
            "discount.effect",
            "choice",
        ),
    ],
)
def test_wrong_definitions_are_refused_by_the_name_of_the_field(given: object, field: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        Discount.read(given)
    assert (refused.value.field, refused.value.details["reason"]) == (field, reason)


# What always holds

weights = st.lists(st.integers(0, 10**13), max_size=20)
amounts = st.integers(0, 10**12) | st.integers(0, 20)
names = st.sampled_from(["prod_a", "prod_b", "prod_c"])
items = st.fixed_dictionaries(
    {"product_id": names}, optional={"price": amounts, "quantity": st.integers(0, 5), "amount": amounts}
)
baskets = st.fixed_dictionaries({}, optional={"amount": amounts, "items": st.lists(items, max_size=6)}).map(Basket.read)
units = st.builds(
    lambda count, name, effect, price: {
        "unit_off": count,
        "unit_type": name,
        "effect": effect,
        "product": {"price": price},
    },
    st.integers(1, 6),
    names,
    st.sampled_from(["ADD_MISSING_ITEMS", "ADD_NEW_ITEMS", "ADD_SAME_ITEMS"]),
    st.none() | amounts,
)
benefits = st.one_of(
    st.builds(amount_off, amounts, st.sampled_from(EFFECTS[DiscountType.AMOUNT])),
    st.builds(
        percent_off,
        st.integers(0, 100) | st.floats(0, 100),
        st.sampled_from(EFFECTS[DiscountType.PERCENT]),
        amount_limit=st.none() | amounts,
        aggregated_amount_limit=st.none() | amounts,
    ),
    st.builds(
        lambda amount, effect: off(type="FIXED", fixed_amount=amount, effect=effect),
        amounts,
        st.sampled_from(EFFECTS[DiscountType.FIXED]),
    ),
    st.builds(lambda units: off(type="UNIT", units=units), st.lists(units, min_size=1, max_size=3)),
    st.builds(Gift, amounts, st.none() | amounts, st.sampled_from([Effect.APPLY_TO_ORDER, Effect.APPLY_TO_ITEMS])),
)


@given(baskets, st.lists(benefits, max_size=5))
def test_sums_are_exact_and_nothing_is_negative(basket: Basket, benefits: list[Benefit]) -> None:
    with suppress(Invalid):
        found = calculate(basket, benefits)
        for state in found.states:
            assert state.items_discount_amount == sum(line.discount_amount for line in state.lines)
            assert state.discount_amount >= 0
            assert state.total_amount >= 0
            assert all(0 <= line.discount_amount <= (line.amount or 0) for line in state.lines)
            assert all(line.discount_quantity <= line.units for line in state.lines)
        assert all(outcome.order_discount_amount >= 0 for outcome in found.outcomes)
        assert all(outcome.items_discount_amount >= 0 for outcome in found.outcomes)
        assert sum(outcome.discount_amount for outcome in found.outcomes) == found.final.total_discount_amount


@given(baskets, st.lists(benefits, min_size=1, max_size=4))
def test_shown_amounts_add_up(basket: Basket, benefits: list[Benefit]) -> None:
    with suppress(Invalid):
        found = calculate(basket, benefits)
        for order in (found.order_shown(), *(found.order_shown_after(count) for count in range(len(benefits) + 1))):
            number: dict[str, Any] = {"amount": 0, **order}
            off_all = number.get("discount_amount", 0) + number.get("items_discount_amount", 0)
            assert number.get("total_discount_amount", 0) == off_all
            assert number.get("total_amount", 0) == number["amount"] - off_all
            shown: list[dict[str, Any]] = number.get("items", [])
            assert sum(item.get("discount_amount", 0) for item in shown) == number.get("items_discount_amount", 0)
            applied = sum(item.get("applied_discount_amount", 0) for item in shown)
            assert applied == number.get("items_applied_discount_amount", 0)


@given(baskets, amounts, st.sampled_from(["", "_BY_QUANTITY"]))
def test_split_amounts_are_taken_whole_or_until_items_are_free(basket: Basket, amount: int, by: str) -> None:
    basket = Basket(items=basket.items, amount=sum(item.amount or 0 for item in basket.items or ()))
    found = calculate(basket, [amount_off(amount, f"APPLY_TO_ITEMS_PROPORTIONALLY{by}")])
    wanted = [line.amount or 0 for line in found.final.lines if line.units or not by]
    assert found.final.items_discount_amount == min(amount, sum(wanted))


@given(st.integers(0, 10**15), weights)
def test_shares_by_weight_sum_to_the_total_and_are_within_one_of_exact(total: int, weights: list[int]) -> None:
    shares = by_weight(total, weights)
    assert sum(shares) == (total if any(weights) else 0)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < (sum(weights) or 1)
        assert total > sum(weights) or share <= weight


@given(st.integers(0, 10**14), st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10**13)), max_size=20))
def test_limited_shares_are_as_much_as_limits_allow(total: int, pairs: list[tuple[int, int]]) -> None:
    shares = up_to(total, [weight for weight, _ in pairs], [limit for _, limit in pairs])
    assert all(0 <= share <= limit for share, (_, limit) in zip(shares, pairs, strict=True))
    assert sum(shares) == min(total, sum(limit for weight, limit in pairs if weight))


@pytest.mark.parametrize(("numerator", "denominator", "whole"), [(0, 7, 0), (1, 2, 1), (149, 100, 1), (5, 10, 1)])
def test_halves_go_up(numerator: int, denominator: int, whole: int) -> None:
    assert half_up(numerator, denominator) == whole

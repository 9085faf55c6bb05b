"""Orders of requests: which numbers count, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.basket import AMOUNT_MAX, Basket, Item
from models.calculation import calculate
from models.problems import Invalid

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)
fields = ("amount", "items", "quantity", "price", "product", "sku", "metadata", "source_id", "related_object", "status")
orders = st.dictionaries(st.sampled_from(fields), json_values | st.integers(0, 10**14), max_size=6)


def shown(order: object) -> dict[str, object]:
    return calculate(Basket.read(order)).order_shown()


def test_no_order_is_an_empty_one() -> None:
    assert Basket.read(None) == Basket.read({}) == Basket()
    assert shown(None) == {"metadata": {}, "object": "order"}


def test_amount_alone_is_the_total() -> None:
    assert shown({"amount": 5500}) == {"amount": 5500, "total_amount": 5500, "metadata": {}, "object": "order"}


def test_amount_is_the_sum_of_items_unless_it_is_given() -> None:
    items = [{"price": 20000, "quantity": 2}, {"amount": 15000}]
    assert Basket.read({"items": items}).amount == 55000
    assert Basket.read({"items": items, "amount": 6000}).amount == 6000


def test_amount_of_an_item_is_price_times_quantity_unless_it_is_given() -> None:
    assert Item.read({"price": 3000, "quantity": 2}).amount == 6000
    assert Item.read({"price": 3000, "quantity": 2, "amount": 3400}).amount == 3400
    assert Item.read({"price": 3000}).amount == 3000
    assert Item.read({"quantity": 2}).amount is None


def test_items_have_amounts_if_one_has() -> None:
    assert Basket.read({"items": [{}, {"amount": 0}]}).has_item_amounts
    assert not Basket.read({"amount": 5, "items": [{}]}).has_item_amounts
    assert not Basket.read({"amount": 5}).has_item_amounts


def test_price_may_be_that_of_the_sku_or_the_product() -> None:
    product, sku = {"product": {"price": 700}}, {"sku": {"price": 800}}
    assert Item.read({"quantity": 3, **product}).amount == 2100
    assert Item.read({**product, **sku}).price == 800
    assert Item.read({"price": 5, **product, **sku}).price == 5


def test_items_are_shown_with_what_describes_them() -> None:
    described = {
        "source_id": "mug",
        "related_object": "product",
        "product": {"metadata": {"brand": "Adventure"}},
        "metadata": {"colour": "blue"},
    }
    order = shown({"items": [{**described, "price": 1000, "quantity": "3", "discount_amount": 9, "x": 1}]})
    calculated = {"object": "order_item", "price": 1000, "quantity": 3, "amount": 3000, "subtotal_amount": 3000}
    assert order["items"] == [{**described, **calculated}]


def test_order_is_shown_with_its_names_and_metadata_and_without_discounts_it_claims() -> None:
    told = {"id": "ord_1", "source_id": "A-1", "status": "PAID", "metadata": {"key": "value"}, "amount": 10}
    claimed = {"discount_amount": 5, "total_amount": 5, "initial_amount": 99, "customer": {}}
    assert shown({**told, **claimed}) == {**told, "total_amount": 10, "object": "order"}
    assert shown({"source_id": None, "items": None, "metadata": None}) == shown({})


def test_empty_list_of_items_stays_one() -> None:
    assert shown({"amount": 10000, "items": []})["items"] == []


def test_whole_floats_are_numbers_and_texts_of_digits_are_in_a_query_only() -> None:
    assert Basket.read({"amount": 1000.0}).amount == 1000
    assert Basket.read({"amount": "1000", "items": [{"amount": "7"}]}, from_query=True).amount == 1000
    with pytest.raises(Invalid):
        Basket.read({"amount": "1000"})


@pytest.mark.parametrize(
    ("order", "field", "reason"),
    [
        ([], "order", "type"),
        ("order", "order", "type"),
        ({"amount": -1}, "order.amount", "out_of_range"),
        ({"amount": 10**13}, "order.amount", "out_of_range"),
        ({"amount": 10.5}, "order.amount", "type"),
        ({"amount": float("nan")}, "order.amount", "type"),
        ({"amount": True}, "order.amount", "type"),
        ({"amount": "ten"}, "order.amount", "type"),
        ({"amount": {}}, "order.amount", "type"),
        ({"items": {}}, "order.items", "type"),
        ({"items": [{}] * 501}, "order.items", "too_many"),
        ({"items": [{}, 5]}, "order.items[1]", "type"),
        ({"items": [{"quantity": -1}]}, "order.items[0].quantity", "out_of_range"),
        ({"items": [{"quantity": "1.5"}]}, "order.items[0].quantity", "type"),
        ({"items": [{"quantity": "٣"}]}, "order.items[0].quantity", "type"),
        ({"items": [{"price": -1}]}, "order.items[0].price", "out_of_range"),
        ({"items": [{"price": 10**10, "quantity": 10**9}]}, "order.items[0].amount", "out_of_range"),
        ({"items": [{"amount": AMOUNT_MAX}, {"amount": 1}]}, "order.amount", "out_of_range"),
        ({"items": [{"product": []}]}, "order.items[0].product", "type"),
        ({"items": [{"product": {"price": "x"}}]}, "order.items[0].product.price", "type"),
        ({"items": [{"sku_id": 5}]}, "order.items[0].sku_id", "type"),
        ({"items": [{"related_object": "cart"}]}, "order.items[0].related_object", "choice"),
        ({"items": [{"metadata": "x"}]}, "order.items[0].metadata", "type"),
        ({"metadata": []}, "order.metadata", "type"),
        ({"source_id": 5}, "order.source_id", "type"),
        ({"source_id": "x" * 501}, "order.source_id", "too_long"),
        ({"status": "LOST"}, "order.status", "choice"),
    ],
)
def test_wrong_orders_are_refused_by_the_name_of_the_field(order: object, field: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        Basket.read(order)
    assert (refused.value.field, refused.value.details["reason"]) == (field, reason)


@given(orders | st.builds(lambda items: {"items": items}, st.lists(orders, max_size=3)))
def test_any_json_is_read_or_refused(order: object) -> None:
    with suppress(Invalid):
        assert shown(order)["object"] == "order"

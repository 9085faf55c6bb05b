"""Vouchers are redeemed, alone and several at once, and redemptions are found."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import Shop, card_with, gift_of, missing, off, refused, unique


def test_a_voucher_is_redeemed(shop: Shop) -> None:
    voucher, customer = shop.voucher(off(500)), unique("customer")
    answer = shop.redeem(
        voucher.code,
        amount=2000,
        customer={"source_id": customer, "name": "Ada"},
        tracking_id="track-1",
        metadata={"till": 4},
    )
    (redemption,) = answer.redemptions
    assert redemption.id.startswith("r_")
    assert (redemption.object, redemption.result, redemption.status) == ("redemption", "SUCCESS", "SUCCEEDED")
    assert (redemption.tracking_id, redemption.metadata) == ("track-1", {"till": 4})
    assert (redemption.related_object_type, redemption.related_object_id) == ("voucher", voucher.id)
    assert (redemption.customer.source_id, redemption.customer.name) == (customer, "Ada")
    assert redemption.customer_id == redemption.customer.id
    assert (redemption.voucher.code, redemption.voucher.redemption.redeemed_quantity) == (voucher.code, 1)
    assert (answer.order.amount, answer.order.total_discount_amount, answer.order.total_amount) == (2000, 500, 1500)
    assert answer.parent_redemption is None
    assert answer.inapplicable_redeemables is None
    assert shop.vouchers.get_voucher(voucher.code).redemption.redeemed_quantity == 1


def test_a_voucher_is_redeemed_as_often_as_its_limit_says(shop: Shop) -> None:
    code = shop.voucher(off(5), quantity=2).code
    for _ in range(2):
        shop.redeem(code, amount=100)
    body = refused(lambda: shop.redeem(code, amount=100))
    assert body.pop("resource_id").startswith("rf_")
    assert body == {
        "code": 400,
        "key": "quantity_exceeded",
        "message": "quantity exceeded",
        "details": code,
        "resource_type": "redemption",
    }
    assert shop.vouchers.get_voucher(code).redemption.redeemed_quantity == 2


def test_a_voucher_without_a_limit(shop: Shop) -> None:
    campaign = shop.campaign({**off(5), "redemption": {"quantity": 3}})
    assert shop.added(campaign).redemption.quantity == 3
    body = {"redemption": {"quantity": None}}
    code = shop.http.post(f"/v1/campaigns/{campaign.id}/vouchers", json=body).json()["code"]
    for _ in range(5):
        shop.redeem(code, amount=100)
    assert shop.vouchers.get_voucher(code).redemption.redeemed_quantity == 5


def test_a_gift_is_spent_bit_by_bit(shop: Shop) -> None:
    code = shop.voucher(gift_of(1000)).code
    first = shop.redeem(code, amount=300)
    assert (first.redemptions[0].amount, first.redemptions[0].gift.amount) == (300, 300)
    assert (first.order.total_amount, first.redemptions[0].voucher.gift.balance) == (0, 700)
    second = shop.redeem(code, amount=2000, credits=100)
    assert (second.order.total_amount, second.redemptions[0].voucher.gift.balance) == (1900, 600)
    third = shop.redeem(code, amount=2000)
    assert (third.order.total_amount, third.redemptions[0].gift.amount) == (1400, 600)
    gift = shop.http.get(f"/v1/vouchers/{code}").json()
    assert (gift["gift"]["amount"], gift["gift"]["balance"]) == (1000, 0)
    assert (gift["redemption"]["redeemed_amount"], gift["redemption"]["redeemed_quantity"]) == (1000, 3)


def test_a_gift_gives_no_more_than_it_has(shop: Shop) -> None:
    code = shop.voucher(gift_of(100)).code
    assert refused(lambda: shop.redeem(code, amount=500, credits=101))["key"] == "gift_amount_exceeded"
    assert shop.vouchers.get_voucher(code).gift.balance == 100


def test_a_gift_needs_an_amount(shop: Shop) -> None:
    assert refused(lambda: shop.redeem(shop.voucher(gift_of(100)).code))["key"] == "missing_amount"


def test_points_are_spent(shop: Shop) -> None:
    code, customer = shop.voucher(card_with(10)).code, {"source_id": unique("holder")}
    shop.publish(to=customer["source_id"], voucher=code)
    card = {"object": "voucher", "id": code, "reward": {"points": 4}}
    body = {"redeemables": [card], "order": {"amount": 1000}, "customer": customer}
    answer = shop.http.post("/v1/redemptions", json=body)
    assert answer.status_code == 200, answer.text
    assert shop.vouchers.get_voucher(code).loyalty_card.balance == 6


def test_several_are_redeemed_together(shop: Shop) -> None:
    ten, gift = shop.voucher(off(1000)), shop.voucher(gift_of(500))
    answer = shop.redeem(ten.code, gift.code, amount=4000, customer={"source_id": unique("customer")})
    assert [each.voucher.code for each in answer.redemptions] == [ten.code, gift.code]
    assert {each.redemption for each in answer.redemptions} == {answer.parent_redemption.id}
    assert answer.parent_redemption.related_object_type == "redemption"
    assert (answer.order.total_discount_amount, answer.order.total_amount) == (1500, 2500)


def test_together_or_not_at_all(shop: Shop) -> None:
    good, gift, bad = shop.voucher(off(5)).code, shop.voucher(gift_of(50)).code, shop.voucher(off(5)).code
    shop.vouchers.disable_voucher(bad)
    assert refused(lambda: shop.redeem(good, gift, bad, amount=100))["key"] == "voucher_disabled"
    assert shop.vouchers.get_voucher(good).redemption.redeemed_quantity == 0
    assert shop.vouchers.get_voucher(gift).gift.balance == 50


def test_the_same_one_twice_is_refused(shop: Shop) -> None:
    code = shop.voucher(off(5), quantity=9).code
    assert refused(lambda: shop.redeem(code, code, amount=100)) == {
        "code": 400,
        "key": "duplicated_redeemables",
        "message": "Duplicated redeemables detected",
        "details": "Duplicated redeemables detected in one redemption",
    }


def test_unknown_codes_are_missing(shop: Shop) -> None:
    code = unique("NOTHING")
    assert refused(lambda: shop.redeem(code, amount=100)) == missing("voucher", code)


def test_refused_attempts_are_kept(shop: Shop) -> None:
    campaign = shop.campaign(off(5))
    code = shop.added(campaign).code
    shop.vouchers.disable_voucher(code)
    kept = refused(lambda: shop.redeem(code, amount=100))["resource_id"]
    failed = shop.redemptions.get_redemption(kept)
    assert (failed.result, failed.status, failed.failure_code) == ("FAILURE", "FAILED", "voucher_disabled")
    assert shop.redemptions.list_redemptions(campaign=campaign.name, result="FAILURE").total == 1
    assert shop.redemptions.list_redemptions(campaign=campaign.name, result="SUCCESS").total == 0


def test_dates_bind_redemptions(shop: Shop) -> None:
    day = timedelta(days=1)
    now = datetime.now(UTC)
    early = shop.voucher(off(5), start_date=(now + day).isoformat()).code
    late = shop.voucher(off(5), expiration_date=(now - day).isoformat()).code
    assert refused(lambda: shop.redeem(early, amount=100))["key"] == "voucher_not_active"
    assert refused(lambda: shop.redeem(late, amount=100))["key"] == "voucher_expired"


def test_customers_are_kept_and_updated(shop: Shop) -> None:
    source = unique("customer")
    first = shop.redeem(shop.voucher(off(5)).code, amount=9, customer={"source_id": source, "name": "Ada"})
    second = shop.redeem(
        shop.voucher(off(5)).code, amount=9, customer={"source_id": source, "email": "ada@shop.example"}
    )
    assert first.redemptions[0].customer_id == second.redemptions[0].customer_id
    customer = second.redemptions[0].customer
    assert (customer.name, customer.email) == ("Ada", "ada@shop.example")


def test_items_of_the_order_are_kept(shop: Shop) -> None:
    item = {"source_id": "ticket", "quantity": 2, "price": 1500, "product": {"name": "Ticket", "price": 1500}}
    answer = shop.redeem(shop.voucher(off(500)).code, order={"source_id": unique("order"), "items": [item]})
    assert (answer.order.amount, answer.order.total_amount, answer.order.items[0].quantity) == (3000, 2500, 2)


# -- found -------------------------------------------------------------------------------------------------------


def test_redemptions_are_found(shop: Shop) -> None:
    campaign = shop.campaign(off(5))
    redemptions = [shop.redeem(shop.added(campaign).code, amount=100).redemptions[0] for _ in range(3)]
    found = shop.redemptions.get_redemption(redemptions[0].id)
    assert (found.id, found.voucher.code) == (redemptions[0].id, redemptions[0].voucher.code)
    pages = [shop.redemptions.list_redemptions(limit=2, page=page, campaign=campaign.name) for page in (1, 2)]
    assert [each.id for page in pages for each in page.redemptions] == [each.id for each in redemptions[::-1]]
    assert [page.total for page in pages] == [3, 3]
    assert refused(lambda: shop.redemptions.get_redemption("r_nothing")) == missing("redemption", "r_nothing")


def test_redemptions_of_a_customer(shop: Shop) -> None:
    redemption = shop.redeem(shop.voucher(off(5)).code, amount=9, customer={"source_id": unique("me")}).redemptions[0]
    found = shop.redemptions.list_redemptions(customer=redemption.customer_id)
    assert [each.id for each in found.redemptions] == [redemption.id]


def test_redemptions_of_a_voucher(shop: Shop) -> None:
    code = shop.voucher(off(5), quantity=3).code
    assert shop.redemptions.get_voucher_redemptions(code).redemption_entries == []
    redemption = shop.redeem(code, amount=100).redemptions[0]
    found = shop.redemptions.get_voucher_redemptions(code)
    assert (found.quantity, found.redeemed_quantity, found.total) == (3, 1, 1)
    assert [each.id for each in found.redemption_entries] == [redemption.id]


def test_redemptions_are_filtered_by_code(shop: Shop) -> None:
    campaign = shop.campaign(off(5))
    codes = [shop.added(campaign).code for _ in range(2)]
    for code in codes:
        shop.redeem(code, amount=100)
    other = {"voucher_code": {"conditions": {"$is_not": codes[0]}}}
    filters = models.ParameterFiltersListRedemptions.from_dict(other)
    found = shop.redemptions.list_redemptions(campaign=campaign.name, filters=filters)
    assert [each.voucher.code for each in found.redemptions] == codes[1:]


def test_redemptions_in_an_order(shop: Shop) -> None:
    campaign = shop.campaign(off(5))
    made = [shop.redeem(shop.added(campaign).code, amount=100).redemptions[0].id for _ in range(3)]
    oldest = models.ParameterOrderListRedemptions.CREATED_AT
    found = shop.redemptions.list_redemptions(campaign=campaign.name, order=oldest)
    assert [each.id for each in found.redemptions] == made


@pytest.mark.parametrize("order", list(models.ParameterOrderListRedemptions))
def test_redemptions_in_every_order_that_the_sdk_knows(shop: Shop, order: Any) -> None:
    campaign = shop.campaign(off(5))
    for _ in range(2):
        code, customer = shop.added(campaign).code, {"source_id": unique("customer")}
        shop.redeem(code, amount=100, tracking_id=unique("track"), customer=customer)
    # The SDK's model of an item has no date.
    listed = shop.http.get("/v1/redemptions", params={"campaign": campaign.name, "order": order.value}).json()
    assert shop.redemptions.list_redemptions(campaign=campaign.name, order=order).total == 2
    read = {"created_at": lambda each: each["date"], "voucher_code": lambda each: each["voucher"]["code"]}
    field = order.value.removeprefix("-")
    found = [read.get(field, lambda each: each[field])(each) for each in listed["redemptions"]]
    assert found == sorted(found, reverse=order.value.startswith("-"))


@pytest.mark.parametrize("path", ["/v1/vouchers/{code}/redemption", "/v1/vouchers/{code}/redemption?tracking_id=t"])
def test_redeeming_one_by_its_address(shop: Shop, path: str) -> None:
    code = shop.voucher(gift_of(100)).code
    answer = shop.http.post(path.format(code=code), json={"order": {"amount": 30}})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["object"], found["result"], found["voucher"]["code"], found["amount"]) == (
        "redemption",
        "SUCCESS",
        code,
        30,
    )
    assert found["order"]["total_amount"] == 0

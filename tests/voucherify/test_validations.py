"""What a voucher would do to an order is told before it is redeemed, and every reason why it would not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.voucherify.shop import Shop, card_with, gift_of, off, unique

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
# Counted as the vendor does it, Sunday is 0. Whatever the time zone, today is one of the near days.
TODAY = NOW.isoweekday() % 7
NEAR = [(TODAY + shift) % 7 for shift in (-1, 0, 1)]
FAR = [(TODAY + shift) % 7 for shift in (2, 3, 4, 5)]
WHOLE_DAY = {"start_time": "00:00", "expiration_time": "23:59"}


def percent(value: float, **over: Any) -> dict[str, Any]:
    return {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": value, **over}}


def fixed(amount: int) -> dict[str, Any]:
    return {"type": "DISCOUNT_VOUCHER", "discount": {"type": "FIXED", "fixed_amount": amount}}


def test_an_applicable_voucher(shop: Shop) -> None:
    code = shop.voucher(off(500), metadata={"a": 1}).code
    answer = shop.validate(code, amount=2000)
    assert (answer.valid, answer.inapplicable_redeemables, answer.skipped_redeemables) == (True, None, None)
    (item,) = answer.redeemables
    assert (item.status, item.id, item.object) == ("APPLICABLE", code, "voucher")
    assert (item.result.discount.type, item.result.discount.amount_off) == ("AMOUNT", 500)
    assert item.metadata == {"a": 1}
    assert (answer.order.amount, answer.order.total_discount_amount, answer.order.total_amount) == (2000, 500, 1500)
    assert answer.id.startswith("valid_")


def test_the_rules_of_stacking_are_told(shop: Shop) -> None:
    rules = shop.validate(shop.voucher(off(5)).code, amount=100).stacking_rules
    assert (rules.redeemables_limit, rules.applicable_redeemables_limit) == (30, 5)
    assert (rules.redeemables_application_mode, rules.redeemables_sorting_rule) == ("ALL", "REQUESTED_ORDER")
    assert (rules.redeemables_products_application_mode, rules.redeemables_no_effect_rule) == ("STACK", "REDEEM_ANYWAY")


@pytest.mark.parametrize(
    ("voucher", "amount", "discount"),
    [
        (off(500), 2000, 500),
        (off(500), 300, 300),
        (percent(10), 2000, 200),
        (percent(12.5), 1000, 125),
        (percent(50, amount_limit=600), 2000, 600),
        (percent(100), 2000, 2000),
        (fixed(990), 2000, 1010),
        (fixed(990), 500, 0),
        (gift_of(500), 2000, 500),
        (gift_of(500), 300, 300),
    ],
)
def test_what_is_taken_off_an_order(shop: Shop, voucher: dict[str, Any], amount: int, discount: int) -> None:
    order = shop.validate(shop.voucher(voucher).code, amount=amount).order
    assert (order.total_discount_amount or 0, order.total_amount) == (discount, amount - discount)


def test_items_add_up_to_the_order(shop: Shop) -> None:
    items = [{"source_id": "a", "quantity": 2, "price": 300}, {"source_id": "b", "quantity": 1, "amount": 400}]
    order = shop.validate(shop.voucher(percent(10)).code, order={"items": items}).order
    assert (order.amount, order.total_discount_amount, order.total_amount) == (1000, 100, 900)
    assert [each.amount for each in order.items] == [600, 400]


def test_discounts_apply_in_the_order_of_the_request(shop: Shop) -> None:
    half, ten = shop.voucher(percent(50)).code, shop.voucher(off(1000)).code
    assert shop.validate(half, ten, amount=4000).order.total_amount == 1000
    assert shop.validate(ten, half, amount=4000).order.total_amount == 1500
    assert shop.validate(ten, half, amount=500).order.total_amount == 0


def test_only_some_of_a_gift_may_be_spent(shop: Shop) -> None:
    answer = shop.validate(shop.voucher(gift_of(1000)).code, amount=2000, credits=300)
    assert (answer.redeemables[0].result.gift.balance, answer.redeemables[0].result.gift.credits) == (1000, 300)
    assert answer.order.total_amount == 1700


def test_validating_changes_nothing(shop: Shop) -> None:
    gift, once = shop.voucher(gift_of(1000)).code, shop.voucher(off(1)).code
    for _ in range(3):
        assert shop.validate(gift, once, amount=500).valid is True
    assert shop.vouchers.get_voucher(gift).gift.balance == 1000
    assert shop.vouchers.get_voucher(once).redemption.redeemed_quantity == 0


def test_tracking_ids_come_back(shop: Shop) -> None:
    assert shop.validate(shop.voucher(off(5)).code, amount=100, tracking_id="track-1").tracking_id == "track-1"


def refusal(shop: Shop, code: str, **over: Any) -> Any:
    """The error of a voucher that does not apply; the request itself is answered with 200."""
    answer = shop.validate(code, **{"amount": 1000, **over})
    assert answer.valid is False
    (listed,), (inapplicable,) = answer.redeemables, answer.inapplicable_redeemables
    assert (listed.status, inapplicable.status) == ("INAPPLICABLE", "INAPPLICABLE")
    assert (listed.id, inapplicable.id) == (code, code)
    assert inapplicable.result.error.request_id.startswith("v-")
    assert inapplicable.result.details.key == inapplicable.result.error.key == listed.result.error.key
    return inapplicable.result.error


@pytest.mark.parametrize(
    ("over", "key", "message"),
    [
        ({"start_date": NOW + DAY}, "voucher_not_active", "voucher not active yet"),
        ({"start_date": NOW - 2 * DAY, "expiration_date": NOW - DAY}, "voucher_expired", "voucher expired"),
        ({"validity_day_of_week": FAR}, "voucher_not_active_now", "voucher not active now"),
        (
            {"validity_hours": {"daily": [{**WHOLE_DAY, "days_of_week": FAR}]}},
            "voucher_not_active_now",
            "voucher not active now",
        ),
        (
            {"start_date": NOW - 2 * DAY, "validity_timeframe": {"interval": "P10D", "duration": "P1D"}},
            "voucher_not_active_now",
            "voucher not active now",
        ),
    ],
    ids=["before", "after", "weekday", "hours", "timeframe"],
)
def test_vouchers_have_their_time(shop: Shop, over: dict[str, Any], key: str, message: str) -> None:
    code = shop.added(shop.campaign(off(5), **as_text(over))).code
    error = refusal(shop, code)
    assert (error.code, error.key, error.message, error.details) == (400, key, message, code)


@pytest.mark.parametrize(
    "over",
    [
        {"start_date": NOW - DAY, "expiration_date": NOW + DAY},
        {"validity_day_of_week": NEAR},
        {"validity_hours": {"daily": [{**WHOLE_DAY, "days_of_week": NEAR}]}},
        {"start_date": NOW - 2 * DAY, "validity_timeframe": {"interval": "P2D", "duration": "P1D"}},
    ],
    ids=["between", "weekday", "hours", "timeframe"],
)
def test_vouchers_apply_in_their_time(shop: Shop, over: dict[str, Any]) -> None:
    assert shop.validate(shop.added(shop.campaign(off(5), **as_text(over))).code, amount=100).valid is True


def as_text(over: dict[str, Any]) -> dict[str, Any]:
    return {key: each.isoformat() if isinstance(each, datetime) else each for key, each in over.items()}


def test_disabled_vouchers_and_campaigns_do_not_apply(shop: Shop) -> None:
    voucher = shop.voucher(off(5))
    shop.vouchers.disable_voucher(voucher.code)
    assert (refusal(shop, voucher.code).key, refusal(shop, voucher.code).message) == (
        "voucher_disabled",
        "voucher is disabled",
    )
    shop.vouchers.enable_voucher(voucher.code)
    shop.campaigns.disable_campaign(voucher.campaign_id)
    assert refusal(shop, voucher.code).key == "voucher_disabled"


def test_used_up_vouchers_do_not_apply(shop: Shop) -> None:
    code = shop.voucher(off(5)).code
    shop.redeem(code, amount=100)
    error = refusal(shop, code)
    assert (error.key, error.message, error.details) == ("quantity_exceeded", "quantity exceeded", code)


def test_more_credits_than_there_are_do_not_apply(shop: Shop) -> None:
    code = shop.voucher(gift_of(100)).code
    error = refusal(shop, code, credits=101)
    assert (error.key, error.message) == ("gift_amount_exceeded", "gift amount exceeded")


def test_gifts_need_an_amount(shop: Shop) -> None:
    assert refusal(shop, shop.voucher(gift_of(100)).code, amount=None).key == "missing_amount"


def test_unknown_codes_do_not_apply(shop: Shop) -> None:
    code = unique("NOTHING")
    error = refusal(shop, code)
    assert (error.code, error.key, error.resource_id, error.resource_type) == (404, "not_found", code, "voucher")


def test_one_that_fails_fails_all(shop: Shop) -> None:
    good, bad = shop.voucher(off(5)).code, unique("NOTHING")
    answer = shop.validate(good, bad, amount=100)
    assert answer.valid is False
    assert [each.id for each in answer.inapplicable_redeemables] == [bad]
    assert bad in [each.id for each in answer.redeemables]


def test_success_has_no_list_of_failures(shop: Shop) -> None:
    body = {"redeemables": [{"object": "voucher", "id": shop.voucher(off(5)).code}], "order": {"amount": 100}}
    answer = shop.http.post("/v1/validations", json=body).json()
    assert "inapplicable_redeemables" not in answer
    assert answer["redeemables"][0]["applicable_to"] == {"object": "list", "data_ref": "data", "data": [], "total": 0}


@pytest.mark.parametrize("voucher", [off(5), gift_of(100), card_with(10)], ids=["discount", "gift", "loyalty"])
def test_validating_one_by_its_address(shop: Shop, voucher: dict[str, Any]) -> None:
    code = shop.voucher(voucher).code
    body: dict[str, Any] = {"order": {"amount": 50}, "tracking_id": "track-2"}
    if voucher["type"] == "LOYALTY_CARD":
        customer = {"source_id": unique("holder")}
        shop.publish(to=customer["source_id"], voucher=code)
        body |= {"reward": {"points": 3}, "customer": customer}
    answer = shop.http.post(f"/v1/vouchers/{code}/validate", json=body).json()
    assert (answer["valid"], answer["code"], answer["tracking_id"]) == (True, code, "track-2")
    assert answer["campaign_id"].startswith("camp_")


def test_validating_one_that_is_disabled(shop: Shop) -> None:
    code = shop.voucher(off(5)).code
    shop.vouchers.disable_voucher(code)
    answer = shop.http.post(f"/v1/vouchers/{code}/validate", json={})
    assert answer.status_code == 200
    found = answer.json()
    assert (found["valid"], found["code"], found["reason"]) == (False, code, "voucher is disabled")

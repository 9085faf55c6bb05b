"""Vouchers are made without a campaign, found, changed, switched, deleted; balances are topped up and taken down."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import Shop, card_with, gift_of, missing, off, refused, unique

Order = models.ParameterOrderVouchers


def standalone(shop: Shop, voucher: dict[str, Any], **over: Any) -> Any:
    """A voucher without a campaign."""
    body = models.VouchersCreateWithSpecificCodeRequestBody.from_dict({**voucher, **over})
    return shop.vouchers.create_voucher(unique("ALONE"), body)


def booked(shop: Shop, code: str, amount: int, **over: Any) -> Any:
    return shop.vouchers.update_voucher_balance(code, models.VouchersBalanceUpdateRequestBody(amount=amount, **over))


def put(shop: Shop, code: str, body: dict[str, Any]) -> Any:
    answer = shop.http.put(f"/v1/vouchers/{code}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


# -- made alone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("voucher", [off(500), gift_of(100), card_with(5)], ids=["discount", "gift", "loyalty"])
def test_vouchers_without_a_campaign(shop: Shop, voucher: dict[str, Any]) -> None:
    made = standalone(shop, voucher, metadata={"a": 1}, additional_info="x")
    found = shop.vouchers.get_voucher(made.code)
    assert (found.id, found.campaign, found.campaign_id, found.type) == (made.id, None, None, voucher["type"])
    assert (found.metadata, found.additional_info, found.active) == ({"a": 1}, "x", True)


def test_a_code_is_made_up_where_none_is_given(shop: Shop) -> None:
    body = models.VouchersCreateRequestBody.from_dict({**gift_of(100), "code_config": {"pattern": "MADE-####"}})
    assert shop.vouchers.generate_random_code(body).code.startswith("MADE-")
    slashed = shop.http.post("/v1/vouchers/", json=off(5))  # as the JavaScript SDK asks for it
    assert (slashed.status_code, slashed.json()["discount"]["amount_off"]) == (200, 5)


def test_codes_of_vouchers_alone_are_taken_once(shop: Shop) -> None:
    code = shop.voucher().code
    answer = shop.http.post(f"/v1/vouchers/{code}", json=off(5))
    assert (answer.status_code, answer.json()["resource_id"]) == (409, code)


# -- found -------------------------------------------------------------------------------------------------------


def test_vouchers_are_found_by_code_and_by_id(shop: Shop) -> None:
    voucher = shop.voucher()
    assert shop.vouchers.get_voucher(voucher.code).id == shop.vouchers.get_voucher(voucher.id).id == voucher.id
    assert refused(lambda: shop.vouchers.get_voucher("nothing/here")) == missing("voucher", "nothing/here")


def test_lists_are_in_pages_with_an_exact_total(shop: Shop) -> None:
    campaign = shop.filled(size=7)
    pages = [shop.listed(campaign, limit=3, page=page, order=Order.CODE) for page in (1, 2, 3, 4)]
    assert [len(page.vouchers) for page in pages] == [3, 3, 1, 0]
    assert {page.total for page in pages} == {7}
    codes = [each.code for page in pages for each in page.vouchers]
    assert codes == sorted(codes)
    assert len(set(codes)) == 7


@pytest.mark.parametrize("field", ["created_at", "updated_at", "code"])
def test_lists_have_an_order(shop: Shop, field: str) -> None:
    campaign = shop.campaign()
    made = [shop.added(campaign).code for _ in range(3)]
    for code in made[::-1]:
        shop.vouchers.disable_voucher(code)
    expected = made[::-1] if field == "updated_at" else made
    assert [each.code for each in shop.listed(campaign, order=Order(field)).vouchers] == expected
    assert [each.code for each in shop.listed(campaign, order=Order(f"-{field}")).vouchers] == expected[::-1]


def test_newest_vouchers_come_first(shop: Shop) -> None:
    campaign = shop.campaign()
    made = [shop.added(campaign).code for _ in range(3)]
    assert [each.code for each in shop.listed(campaign).vouchers] == made[::-1]


def test_lists_are_filtered(shop: Shop) -> None:
    campaign = shop.campaign()
    first, second = shop.added(campaign), shop.added(campaign)
    day = timedelta(days=1)
    before = models.ParameterCreatedBeforeAfter(before=datetime.now(UTC) + day, after=datetime.now(UTC) - day)
    after = models.ParameterCreatedBeforeAfter(after=datetime.now(UTC) + day)
    assert shop.vouchers.list_vouchers(campaign=campaign.name).total == 2
    assert shop.listed(campaign, code=first.code).vouchers[0].id == first.id
    assert {each.id for each in shop.listed(campaign, ids=[first.id, second.id]).vouchers} == {first.id, second.id}
    assert shop.listed(campaign, created_at=before).total == 2
    assert shop.listed(campaign, created_at=after).total == 0


def test_lists_are_filtered_by_holder(shop: Shop) -> None:
    voucher, customer = shop.voucher(), unique("customer")
    publication = shop.publish(to=customer, voucher=voucher.code)
    assert [each.code for each in shop.vouchers.list_vouchers(customer=publication.customer_id).vouchers] == [
        voucher.code
    ]
    assert shop.vouchers.get_voucher(voucher.code).holder_id == publication.customer_id


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filters[code][conditions][$is]={0}", [0]),
        ("filters[code][conditions][$in][0]={0}&filters[code][conditions][$in][1]={1}", [0, 1]),
        ("filters[metadata.area][conditions][$is][0]=north", [1]),
        ("[filters][metadata.area][conditions][$is]=north", [1]),
        ("filters[active][conditions][$disabled]=", [0]),
        ("filters[redemption.redeemed_quantity][conditions][$more_than]=0", [1]),
        ("created_at[before]=2017-09-08", []),
        ("[created_at][after]=2017-09-08", [0, 1]),
    ],
)
def test_filters_that_the_python_sdk_lacks(shop: Shop, query: str, expected: list[int]) -> None:
    campaign = shop.campaign(off(500))
    vouchers = [shop.added(campaign), shop.added(campaign, metadata={"area": "north"})]
    shop.redeem(vouchers[1].code, amount=1000)
    shop.vouchers.disable_voucher(vouchers[0].code)
    asked = query.format(*(each.code for each in vouchers))
    answer = shop.http.get(f"/v1/vouchers?campaign_id={campaign.id}&order=created_at&{asked}")
    assert answer.status_code == 200, answer.text
    assert [each["id"] for each in answer.json()["vouchers"]] == [vouchers[number].id for number in expected]


# -- changed -----------------------------------------------------------------------------------------------------


def test_a_change_touches_only_what_it_names(shop: Shop) -> None:
    voucher = shop.voucher(gift_of(700), metadata={"a": 1}, expiration_date="2044-01-01T00:00:00Z")
    # The SDK says DISCOUNT_VOUCHER of every voucher that it changes.
    changed = shop.vouchers.update_voucher(voucher.code, models.VouchersUpdateRequestBody(additional_info="x"))
    assert (changed.type, changed.gift.balance, changed.additional_info) == ("GIFT_VOUCHER", 700, "x")
    assert (changed.metadata, changed.expiration_date.year, changed.active) == ({"a": 1}, 2044, True)


def test_null_clears_dates(shop: Shop) -> None:
    voucher = shop.voucher(expiration_date="2044-01-01T00:00:00Z")
    assert put(shop, voucher.code, {"expiration_date": None})["expiration_date"] is None


def test_a_discount_changes_but_not_its_kind(shop: Shop) -> None:
    voucher = shop.voucher(off(500))
    more = models.VouchersUpdateRequestBody(discount=models.Discount(type="AMOUNT", amount_off=700))
    assert shop.vouchers.update_voucher(voucher.code, more).discount.amount_off == 700
    other = models.VouchersUpdateRequestBody(discount=models.Discount(type="PERCENT", percent_off=7))
    assert refused(lambda: shop.vouchers.update_voucher(voucher.code, other)) == {
        "code": 400,
        "key": "invalid_voucher",
        "message": "Invalid Voucher",
        "details": "It is not possible to change Voucher discount type",
    }


def test_one_changed_voucher_leaves_the_campaign_alone(shop: Shop) -> None:
    campaign = shop.campaign(off(500))
    first, second = shop.added(campaign), shop.added(campaign)
    put(shop, first.code, {"discount": {"type": "AMOUNT", "amount_off": 1}, "metadata": {"x": 1}, "active": False})
    untouched = shop.vouchers.get_voucher(second.code)
    assert (untouched.discount.amount_off, untouched.metadata, untouched.active) == (500, {}, True)


def test_switching_answers_the_voucher(shop: Shop) -> None:
    voucher = shop.voucher(off(500))
    for _ in range(2):
        assert shop.vouchers.disable_voucher(voucher.code).active is False
    assert refused(lambda: shop.redeem(voucher.code, amount=1000))["key"] == "voucher_disabled"
    for _ in range(2):
        assert shop.vouchers.enable_voucher(voucher.code).active is True
    assert shop.redeem(voucher.code, amount=1000).redemptions[0].result == "SUCCESS"


def test_deleted_vouchers_keep_their_codes_unless_deleted_for_good(shop: Shop) -> None:
    campaign = shop.campaign()
    binned, gone = shop.added(campaign).code, shop.added(campaign).code
    assert shop.vouchers.delete_voucher(binned) is None
    assert shop.vouchers.delete_voucher(gone, force=True) is None
    for code in (binned, gone):
        assert refused(partial(shop.vouchers.get_voucher, code)) == missing("voucher", code)
    assert shop.campaigns.get_campaign(campaign.id).vouchers_count == 0
    assert refused(lambda: shop.added(campaign, binned))["key"] == "duplicate_found"
    assert shop.added(campaign, gone).code == gone
    assert shop.http.delete(f"/v1/vouchers/{gone}").status_code == 204


# -- balances ----------------------------------------------------------------------------------------------------


def test_a_gift_voucher_is_topped_up_and_taken_down(shop: Shop) -> None:
    voucher = shop.voucher(gift_of(1000))
    added = booked(shop, voucher.code, 500, source_id="till-1", reason="refill")
    assert (added.amount, added.total, added.balance) == (500, 1500, 1500)
    assert (added.type, added.operation_type, added.object) == ("gift_voucher", "MANUAL", "balance")
    assert (added.related_object.type, added.related_object.id) == ("voucher", voucher.id)
    removed = booked(shop, voucher.code, -200)
    assert (removed.amount, removed.total, removed.balance) == (-200, 1500, 1300)
    gift = shop.vouchers.get_voucher(voucher.code).gift
    assert (gift.amount, gift.subtracted_amount, gift.balance) == (1500, 200, 1300)


def test_points_are_added_to_a_card(shop: Shop) -> None:
    card = shop.voucher(card_with(10))
    assert (booked(shop, card.code, 5).balance, booked(shop, card.code, -15).type) == (15, "loyalty_card")
    assert shop.vouchers.get_voucher(card.code).loyalty_card.balance == 0


def test_nothing_is_taken_that_is_not_there(shop: Shop) -> None:
    voucher = shop.voucher(gift_of(100))
    body = refused(lambda: booked(shop, voucher.code, -101))
    assert (body["code"], body["key"]) == (400, "gift_amount_exceeded")
    assert shop.vouchers.get_voucher(voucher.code).gift.balance == 100


def test_every_movement_is_listed(shop: Shop) -> None:
    voucher = shop.voucher(gift_of(1000))
    booked(shop, voucher.code, 500, source_id="till-1", reason="refill")
    booked(shop, voucher.code, -200)
    redemption = shop.redeem(voucher.code, amount=300).redemptions[0]
    shop.redemptions.rollback_redemption(redemption.id)
    found = shop.vouchers.list_voucher_transactions(voucher.code, limit=10)
    assert [each.type for each in found.data] == [
        "CREDITS_REFUND",
        "CREDITS_REDEMPTION",
        "CREDITS_REMOVAL",
        "CREDITS_ADDITION",
    ]
    assert [each.details.balance.amount for each in found.data] == [300, -300, -200, 500]
    assert [each.details.balance.balance for each in found.data] == [1300, 1000, 1300, 1500]
    assert (found.data[3].source_id, found.data[3].reason, found.has_more) == ("till-1", "refill", False)


def test_movements_are_paged_by_the_last_one_seen(shop: Shop) -> None:
    voucher = shop.voucher(gift_of(1000))
    for amount in (1, 2, 3):
        booked(shop, voucher.code, amount)
    first = shop.vouchers.list_voucher_transactions(voucher.code, limit=2)
    assert first.has_more is True
    rest = shop.vouchers.list_voucher_transactions(voucher.code, limit=2, starting_after_id=first.more_starting_after)
    assert [each.details.balance.amount for each in (*first.data, *rest.data)] == [3, 2, 1]
    assert (rest.has_more, rest.more_starting_after) == (False, None)


def test_discount_vouchers_have_no_movements(shop: Shop) -> None:
    found = shop.vouchers.list_voucher_transactions(shop.voucher().code)
    assert (found.data, found.has_more) == ([], False)

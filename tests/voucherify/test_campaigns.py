"""Campaigns are created, found and listed by the official SDK."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import TEN_PERCENT, Shop, card_with, gift_of, missing, off, refused, unique

NAMES = [
    "two words",
    "half/price",
    "100% off",
    "1+1",
    "why?",
    "#1",
    "Grüße aus Köln",
    "🎟️ tickets",
    "a\\b",
    "v1/campaigns",
]
DISCOUNTS: dict[str, dict[str, Any]] = {
    "amount": {"type": "AMOUNT", "amount_off": 1000, "effect": "APPLY_TO_ORDER"},
    "amount on items": {"type": "AMOUNT", "amount_off": 5.5, "effect": "APPLY_TO_ITEMS", "aggregated_amount_limit": 20},
    "percent": {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 600, "effect": "APPLY_TO_ORDER"},
    "fixed": {"type": "FIXED", "fixed_amount": 990, "effect": "APPLY_TO_ORDER"},
    "unit": {"type": "UNIT", "unit_off": 2, "unit_type": "time", "effect": "ADD_MISSING_ITEMS"},
    "units": {
        "type": "UNIT",
        "effect": "ADD_MANY_ITEMS",
        "units": [{"unit_off": 1, "unit_type": "prod_1", "effect": "ADD_NEW_ITEMS", "product": {"id": "prod_1"}}],
    },
    "plain": {"type": "PERCENT", "percent_off": 10},
}


@pytest.mark.parametrize("size", [0, 1])
def test_none_or_one_voucher_is_there_at_once(shop: Shop, size: int) -> None:
    campaign = shop.campaign(vouchers_count=size)
    assert (campaign.creation_status, campaign.vouchers_generation_status) == ("DONE", "DONE")
    assert campaign.vouchers_count == size
    assert shop.listed(campaign).total == size


def test_several_vouchers_are_made_in_the_background(shop: Shop) -> None:
    campaign = shop.campaign(vouchers_count=25)
    assert (campaign.creation_status, campaign.vouchers_generation_status) == ("IN_PROGRESS", "IN_PROGRESS")
    assert campaign.vouchers_count == 0
    assert shop.settled(campaign).vouchers_count == 25
    assert len(set(shop.codes(campaign))) == 25


def test_a_campaign_has_its_defaults(shop: Shop) -> None:
    campaign = shop.campaign()
    assert re.fullmatch(r"camp_[0-9A-Za-z]{24}", campaign.id)
    assert (campaign.campaign_type, campaign.type, campaign.object) == ("DISCOUNT_COUPONS", "STATIC", "campaign")
    assert (campaign.auto_join, campaign.join_once, campaign.use_voucher_metadata_schema) == (False, False, True)
    assert (campaign.active, campaign.protected, campaign.metadata, campaign.categories) == (True, False, {}, [])
    assert campaign.voucher.code_config.length == 8
    assert campaign.voucher.code_config.pattern == "########"
    assert len(campaign.voucher.code_config.charset) == 62
    assert campaign.voucher.redemption.quantity == 1


def test_fields_never_set_are_absent(shop: Shop) -> None:
    campaign = shop.http.get(f"/v1/campaigns/{shop.campaign().id}").json()
    unset = {"description", "updated_at", "start_date", "expiration_date", "category", "validity_timeframe"}
    assert not unset & campaign.keys()
    assert campaign["category_id"] is None
    assert campaign["validation_rules_assignments"] == {"object": "list", "data_ref": "data", "data": [], "total": 0}


def test_times_have_milliseconds_and_are_utc(shop: Shop) -> None:
    campaign = shop.campaign(start_date="2024-05-01T02:00:00+02:00", expiration_date="2044-05-01")
    found = shop.http.get(f"/v1/campaigns/{campaign.id}").json()
    assert (found["start_date"], found["expiration_date"]) == ("2024-05-01T00:00:00.000Z", "2044-05-01T00:00:00.000Z")
    assert (found["voucher"]["start_date"], found["voucher"]["expiration_date"]) == (
        found["start_date"],
        found["expiration_date"],
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found["created_at"])


def test_what_is_given_is_kept(shop: Shop) -> None:
    given: dict[str, Any] = {
        "description": "For friends",
        "type": "AUTO_UPDATE",
        "join_once": True,
        "use_voucher_metadata_schema": False,
        "start_date": "2024-01-01T00:00:00Z",
        "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
        "validity_day_of_week": [0, 6],
        "activity_duration_after_publishing": "P24D",
        "metadata": {"season": "Frühling", "priority": 1, "tags": ["a", "b"], "nested": {"deep": None}},
    }
    campaign = shop.campaign(**given)
    found = shop.http.get(f"/v1/campaigns/{campaign.id}").json()
    assert {key: found[key] for key in given} == {**given, "start_date": "2024-01-01T00:00:00.000Z"}
    assert shop.campaigns.get_campaign(campaign.id).validity_timeframe.duration == "P1D"


def test_hours_are_kept(shop: Shop) -> None:
    hours = {"daily": [{"start_time": "08:00", "expiration_time": "12:30", "days_of_week": [1, 2]}]}
    campaign = shop.campaign(validity_hours=hours)
    assert shop.campaigns.get_campaign(campaign.id).validity_hours.to_dict() == hours


@pytest.mark.parametrize("discount", DISCOUNTS.values(), ids=DISCOUNTS)
def test_discounts_come_back_as_they_were_given(shop: Shop, discount: dict[str, Any]) -> None:
    body = {"name": unique("Campaign"), "vouchers_count": 1}
    definition = {"type": "DISCOUNT_VOUCHER", "discount": discount}
    campaign = shop.http.post("/v1/campaigns", json={**body, "voucher": definition}).json()
    (voucher,) = shop.http.get("/v1/vouchers", params={"campaign_id": campaign["id"]}).json()["vouchers"]
    assert campaign["voucher"]["discount"] == voucher["discount"] == discount
    assert shop.campaigns.get_campaign(campaign["id"]).voucher.discount.type == discount["type"]


def test_nulls_of_the_sdk_are_not_given(shop: Shop) -> None:
    """It fills whole models with them, at every depth."""
    product = {"unit_off": 1, "unit_type": "prod_1", "effect": "ADD_NEW_ITEMS", "product": {"id": "prod_1"}}
    discount = {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [product]}
    campaign = shop.campaign({"type": "DISCOUNT_VOUCHER", "discount": discount})
    found = shop.http.get(f"/v1/campaigns/{campaign.id}").json()
    assert found["voucher"]["discount"] == discount


@pytest.mark.parametrize(
    ("voucher", "campaign_type"),
    [(TEN_PERCENT, "DISCOUNT_COUPONS"), (gift_of(5000), "GIFT_VOUCHERS"), (card_with(10), "LOYALTY_PROGRAM")],
)
def test_campaign_type_follows_from_its_vouchers(shop: Shop, voucher: dict[str, Any], campaign_type: str) -> None:
    assert shop.campaign(voucher).campaign_type == campaign_type
    assert shop.campaign(voucher, campaign_type=campaign_type).campaign_type == campaign_type


def test_gift_vouchers_have_a_balance_and_no_limit(shop: Shop) -> None:
    campaign = shop.campaign(gift_of(5000), vouchers_count=1)
    (voucher,) = shop.listed(campaign).vouchers
    assert (campaign.voucher.gift.amount, campaign.voucher.redemption.quantity) == (5000, None)
    assert (voucher.gift.amount, voucher.gift.balance, voucher.gift.subtracted_amount) == (5000, 5000, 0)


def test_loyalty_campaign_is_joined_once(shop: Shop) -> None:
    rules = {"expiration_rules": {"period_type": "MONTH", "period_value": 3, "rounding_type": "END_OF_MONTH"}}
    loyalty = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100, **rules}}
    campaign = shop.campaign(loyalty, vouchers_count=1, join_once=False)
    (card,) = shop.listed(campaign).vouchers
    assert (campaign.campaign_type, campaign.join_once) == ("LOYALTY_PROGRAM", True)
    assert campaign.voucher.loyalty_card.expiration_rules.period_value == 3
    assert (card.loyalty_card.points, card.loyalty_card.balance) == (100, 100)


def test_referral_program_has_referral_codes(shop: Shop) -> None:
    referral = {"conversion_event_type": "redemption", "referee_reward": {"type": "LOYALTY_CARD", "amount": "50"}}
    campaign = shop.campaign(campaign_type="REFERRAL_PROGRAM", referral_program=referral, vouchers_count=1)
    (voucher,) = shop.listed(campaign).vouchers
    assert campaign.campaign_type == "REFERRAL_PROGRAM"
    assert campaign.referral_program.conversion_event_type == "redemption"
    assert campaign.voucher.is_referral_code is voucher.is_referral_code is True


def test_promotion_has_tiers_and_no_vouchers(shop: Shop) -> None:
    tier = {"name": "First", "banner": "10 % off", "action": {"discount": DISCOUNTS["plain"]}}
    given = {"name": unique("Promotion"), "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}}
    campaign = shop.campaigns.create_campaign(models.CampaignsCreateRequestBody.from_dict(given))
    assert (campaign.campaign_type, campaign.voucher, campaign.vouchers_count) == ("PROMOTION", None, None)
    assert [each.name for each in shop.campaigns.get_campaign(campaign.id).promotion.tiers] == ["First"]


def test_standalone_campaign_has_the_one_voucher(shop: Shop) -> None:
    code = unique("ONLY")
    body = {"name": unique("Campaign"), "type": "STANDALONE", "voucher": {**off(500), "code": code}}
    created = shop.http.post("/v1/campaigns", json=body)
    assert created.status_code == 200, created.text
    assert (created.json()["type"], created.json()["join_once"]) == ("STANDALONE", False)
    assert shop.vouchers.get_voucher(code).campaign == body["name"]


def test_codes_follow_the_pattern(shop: Shop) -> None:
    config = {"pattern": "SUMMER-##-##", "charset": "abcABC", "prefix": "p_", "postfix": "_é", "length": 3}
    campaign = shop.filled({**TEN_PERCENT, "code_config": config}, size=5)
    assert campaign.voucher.code_config.length == 4
    assert all(re.fullmatch(r"p_SUMMER-[abcABC]{2}-[abcABC]{2}_é", code) for code in shop.codes(campaign))


def test_codes_have_the_length_asked_for(shop: Shop) -> None:
    campaign = shop.filled({**TEN_PERCENT, "code_config": {"length": 12, "charset": "0123456789"}}, size=3)
    assert all(re.fullmatch(r"\d{12}", code) for code in shop.codes(campaign))


def test_a_code_space_that_is_too_small_is_refused_before_anything_is_written(shop: Shop) -> None:
    name = unique("Campaign")
    voucher = {**TEN_PERCENT, "code_config": {"pattern": "#", "charset": "aab"}}
    body = refused(lambda: shop.campaign(voucher, name=name, vouchers_count=3))
    assert (body["code"], body["key"]) == (400, "invalid_code_config")
    assert refused(lambda: shop.campaigns.get_campaign(name)) == missing("campaign", name)


def test_the_whole_code_space_can_be_used(shop: Shop) -> None:
    config = {"pattern": "##", "charset": "ab", "prefix": unique("SPACE")}
    campaign = shop.filled({**TEN_PERCENT, "code_config": config}, size=4)
    assert sorted(code[-2:] for code in shop.codes(campaign)) == ["aa", "ab", "ba", "bb"]


def test_switching_off_at_creation_is_ignored(shop: Shop) -> None:
    body = {"name": unique("Campaign"), "voucher": TEN_PERCENT, "active": False}
    assert shop.http.post("/v1/campaigns", json=body).json()["active"] is True


def test_metadata_is_set_on_the_vouchers(shop: Shop) -> None:
    with_it = shop.campaign(metadata={"region": "eu", "vip": True}, vouchers_count=1)
    without = shop.campaign(metadata={"region": "eu"}, use_voucher_metadata_schema=False, vouchers_count=1)
    assert shop.listed(with_it).vouchers[0].metadata == {"region": "eu", "vip": True}
    assert shop.listed(without).vouchers[0].metadata == {}


@pytest.mark.parametrize("word", NAMES)
def test_campaigns_are_found_by_any_name(shop: Shop, word: str) -> None:
    campaign = shop.campaign(name=unique(word))
    assert shop.campaigns.get_campaign(campaign.name).id == campaign.id
    assert shop.campaigns.get_campaign(campaign.id).name == campaign.name
    assert shop.campaigns.disable_campaign(campaign.name) == {}
    assert shop.campaigns.add_vouchers_to_campaign(campaign.name).campaign == campaign.name


def test_names_are_case_sensitive(shop: Shop) -> None:
    campaign = shop.campaign(name=unique("Spring"))
    lower = campaign.name.lower()
    assert refused(lambda: shop.campaigns.get_campaign(lower)) == missing("campaign", lower)


def test_names_are_taken_once(shop: Shop) -> None:
    name = shop.campaign().name
    assert refused(lambda: shop.campaign(name=name)) == {
        "code": 409,
        "key": "duplicate_found",
        "message": "Duplicated resource found",
        "details": f"Duplicated campaign exists with name {name}",
        "resource_id": name,
        "resource_type": "campaign",
    }


def test_unset_fields_may_be_left_out_or_null(shop: Shop) -> None:
    name = unique("Campaign")
    percent = models.Discount(type="PERCENT", percent_off=10)
    voucher = models.CampaignsCreateRequestBodyVoucher(type="DISCOUNT_VOUCHER", discount=percent)
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    body = models.CampaignsCreateRequestBody(name=name, voucher=voucher, start_date=start)
    campaign = shop.campaigns.create_campaign(body)
    assert (campaign.name, campaign.start_date) == (name, start)

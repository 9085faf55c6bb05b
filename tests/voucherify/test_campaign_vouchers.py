"""Vouchers are added to campaigns: one, some, or with a code of one's own choice."""

import re
from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import TEN_PERCENT, Shop, card_with, gift_of, off, refused, unique

CODES = ["two words", "half/price", "100%", "1+1", "why?", "#1", "Grüße", "🎟️", "a&b=c", "..", "import", "'\"\\"]

# As the SDK's models read it, but for what another field tells: everything a voucher shows.
FIELDS = {
    *("id", "code", "campaign", "campaign_id", "category", "category_id", "categories", "type", "discount", "gift"),
    *("loyalty_card", "start_date", "expiration_date", "validity_timeframe", "validity_day_of_week", "active"),
    *("additional_info", "metadata", "assets", "is_referral_code", "created_at", "updated_at", "redemption"),
    *("publish", "object", "validation_rules_assignments"),
}


def test_one_voucher_comes_at_once(shop: Shop) -> None:
    campaign = shop.campaign(off(500), metadata={"a": 1})
    for given in ((), (1,)):
        voucher = shop.campaigns.add_vouchers_to_campaign(campaign.id, *given)
        assert (voucher.campaign, voucher.campaign_id) == (campaign.name, campaign.id)
        assert (voucher.type, voucher.discount.amount_off, voucher.metadata) == ("DISCOUNT_VOUCHER", 500, {"a": 1})
        assert voucher.async_action_id is None
    assert shop.campaigns.get_campaign(campaign.id).vouchers_count == 2


def test_several_come_later(shop: Shop) -> None:
    campaign = shop.campaign()
    answer = shop.campaigns.add_vouchers_to_campaign(campaign.id, 30)
    assert answer.code is None
    action = shop.finished(answer.async_action_id)
    assert (action.type, action.status, action.operation_status) == (
        "CAMPAIGN.VOUCHERS_GENERATE",
        "DONE",
        "SUCCESS",
    )
    assert action.result == {"message": "Generated 30 vouchers.", "done_count": 30}
    assert shop.settled(campaign).vouchers_count == 30
    assert shop.listed(campaign).total == 30


def test_several_are_accepted_and_one_is_answered(shop: Shop) -> None:
    path = f"/v1/campaigns/{shop.campaign().id}/vouchers"
    assert shop.http.post(path, params={"vouchers_count": 2}).status_code == 202
    assert shop.http.post(path, params={"vouchers_count": 1}).status_code == 200
    assert shop.http.post(path).status_code == 200


def test_a_voucher_shows_all_its_fields(shop: Shop) -> None:
    campaign = shop.campaign()
    voucher = shop.http.post(f"/v1/campaigns/{campaign.id}/vouchers", json={}).json()
    assert voucher.keys() >= FIELDS
    assert "holder_id" not in voucher
    assert re.fullmatch(r"v_[0-9A-Za-z]{32}", voucher["id"])
    assert re.fullmatch(r"[0-9A-Za-z]{8}", voucher["code"])
    absent = ("gift", "loyalty_card", "start_date", "expiration_date", "category", "additional_info", "updated_at")
    assert [voucher[field] for field in absent] == [None] * len(absent)
    assert voucher["redemption"] == {
        "quantity": 1,
        "redeemed_quantity": 0,
        "object": "list",
        "url": f"/v1/vouchers/{voucher['code']}/redemptions?page=1&limit=10",
    }
    assert voucher["publish"] == {
        "object": "list",
        "count": 0,
        "url": f"/v1/vouchers/{voucher['code']}/publications?page=1&limit=10",
    }


def test_gift_and_loyalty_vouchers_show_what_was_spent(shop: Shop) -> None:
    gift = shop.http.get(f"/v1/vouchers/{shop.voucher(gift_of(100)).id}").json()
    card = shop.http.get(f"/v1/vouchers/{shop.voucher(card_with(7)).id}").json()
    money = {key: gift["gift"][key] for key in ("amount", "subtracted_amount", "balance")}
    assert money == {"amount": 100, "subtracted_amount": 0, "balance": 100}
    assert gift["redemption"]["redeemed_amount"] == 0
    assert (card["loyalty_card"]["points"], card["loyalty_card"]["balance"]) == (7, 7)
    assert card["redemption"]["redeemed_points"] == 0


def test_overrides_are_for_these_vouchers_only(shop: Shop) -> None:
    campaign = shop.campaign(off(500), metadata={"a": 1, "b": 1}, expiration_date="2040-01-01")
    body = models.CampaignsVouchersCreateInBulkRequestBody.from_dict(
        {
            "metadata": {"b": 2},
            "redemption": {"quantity": 9},
            "additional_info": "by hand",
            "start_date": "2020-01-01T00:00:00Z",
            "expiration_date": "2041-01-01T00:00:00Z",
        }
    )
    voucher = shop.campaigns.add_vouchers_to_campaign(campaign.id, None, body)
    assert (voucher.metadata, voucher.redemption.quantity, voucher.additional_info) == ({"a": 1, "b": 2}, 9, "by hand")
    assert (voucher.start_date.year, voucher.expiration_date.year) == (2020, 2041)
    plain = shop.campaigns.add_vouchers_to_campaign(campaign.id)
    assert (plain.metadata, plain.redemption.quantity, plain.expiration_date.year) == ({"a": 1, "b": 1}, 1, 2040)


def test_overrides_reach_every_one_of_several(shop: Shop) -> None:
    campaign = shop.campaign()
    config = {"pattern": "BULK-####", "prefix": unique("P")}
    body = models.CampaignsVouchersCreateInBulkRequestBody.from_dict({"code_config": config, "metadata": {"x": "y"}})
    shop.finished(shop.campaigns.add_vouchers_to_campaign(campaign.id, 5, body).async_action_id)
    found = shop.listed(campaign).vouchers
    assert [each.metadata for each in found] == [{"x": "y"}] * 5
    assert all(each.code.startswith(f"{config['prefix']}BULK-") for each in found)


def test_fields_of_older_documentation_are_taken(shop: Shop) -> None:
    campaign = shop.campaign()
    body = {"active": False, "redemption": {"quantity": None}, "additional_info": "x", "metadata": {"Season": "Fall"}}
    voucher = shop.http.post(f"/v1/campaigns/{campaign.id}/vouchers", json=body).json()
    assert (voucher["active"], voucher["redemption"]["quantity"]) == (False, None)


@pytest.mark.parametrize("word", CODES)
def test_codes_may_have_any_characters(shop: Shop, word: str) -> None:
    code = f"{unique(word)}{word}"
    campaign = shop.campaign(off(500))
    voucher = shop.campaigns.add_voucher_with_specific_code_to_campaign(campaign.id, code)
    assert voucher.code == code
    assert shop.vouchers.get_voucher(code).id == voucher.id
    assert shop.vouchers.disable_voucher(code).active is False
    assert shop.vouchers.enable_voucher(voucher.id).active is True
    assert shop.redeem(code, amount=1000).redemptions[0].voucher.code == code


def test_a_code_may_be_asked_for_in_the_body(shop: Shop) -> None:
    code = unique("BODY")
    body = models.CampaignsVouchersCreateInBulkRequestBody(code=code)
    assert shop.campaigns.add_vouchers_to_campaign(shop.campaign().id, 1, body).code == code


def test_codes_are_case_sensitive(shop: Shop) -> None:
    campaign = shop.campaign()
    upper = shop.added(campaign, unique("CASE")).code
    lower = shop.added(campaign, upper.lower()).code
    assert shop.vouchers.get_voucher(upper).id != shop.vouchers.get_voucher(lower).id


@pytest.mark.parametrize("elsewhere", [False, True])
def test_codes_are_taken_once(shop: Shop, elsewhere: bool) -> None:
    campaign = shop.campaign()
    code = shop.added(campaign).code
    into = shop.campaign() if elsewhere else campaign
    assert refused(lambda: shop.added(into, code)) == {
        "code": 409,
        "key": "duplicate_found",
        "message": "Duplicated resource found",
        "details": f"Duplicated voucher exists with id {code}",
        "resource_id": code,
        "resource_type": "voucher",
    }
    assert shop.campaigns.get_campaign(campaign.id).vouchers_count == 1


def test_organizers_may_have_the_same_codes_and_names(shop: Shop, other_shop: Shop) -> None:
    campaign = shop.campaign()
    voucher = shop.added(campaign)
    theirs = other_shop.campaign(name=campaign.name)
    assert other_shop.added(theirs, voucher.code).id != voucher.id
    assert other_shop.vouchers.get_voucher(voucher.code).campaign_id == theirs.id


def test_standalone_campaigns_take_no_more_vouchers(shop: Shop) -> None:
    body = {"name": unique("Campaign"), "type": "STANDALONE", "voucher": {**TEN_PERCENT, "code": unique("ONLY")}}
    campaign = shop.http.post("/v1/campaigns", json=body).json()
    assert refused(lambda: shop.campaigns.add_vouchers_to_campaign(campaign["id"], 2)) == {
        "code": 400,
        "key": "invalid_campaign",
        "message": "Invalid Campaign",
        "details": "You can not generate vouchers for STANDALONE type campaign.",
    }


def test_too_small_a_code_space_is_refused(shop: Shop) -> None:
    config = {"pattern": unique("N") + "#", "charset": "ab"}
    campaign = shop.campaign({**TEN_PERCENT, "code_config": config})
    body = refused(lambda: shop.campaigns.add_vouchers_to_campaign(campaign.id, 3))
    assert (body["code"], body["key"]) == (400, "invalid_code_config")
    assert shop.settled(campaign).vouchers_count == 0


def test_nothing_waits_for_the_work_in_the_background(shop: Shop) -> None:
    campaign = shop.campaign(vouchers_count=500)
    first = shop.campaigns.add_vouchers_to_campaign(campaign.id, 5).async_action_id
    codes = [shop.campaigns.add_vouchers_to_campaign(campaign.id).code, shop.added(campaign).code]
    assert all(shop.vouchers.get_voucher(code).campaign_id == campaign.id for code in codes)
    assert shop.finished(first).result["done_count"] == 5
    assert shop.settled(campaign).vouchers_count == 507


def test_many_jobs_at_once_all_end(shop: Shop) -> None:
    campaigns = [shop.campaign(vouchers_count=size) for size in (200, 2, 3, 40)]
    assert [shop.settled(each).vouchers_count for each in campaigns] == [200, 2, 3, 40]


@pytest.mark.parametrize("body", [5, {}, None])
def test_body_may_be_anything_when_none_is_needed(shop: Shop, body: Any) -> None:
    answer = shop.http.post(f"/v1/campaigns/{shop.campaign().id}/vouchers", json=body)
    assert (answer.status_code, answer.json()["object"]) == (200, "voucher")

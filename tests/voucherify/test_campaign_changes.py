"""Campaigns are changed, switched off and on, and deleted."""

from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import Shop, gift_of, missing, off, refused, unique

LATER = "2044-05-01T00:00:00.000Z"


def updated(shop: Shop, campaign: Any, **fields: Any) -> Any:
    """What the server answers; only these fields are sent."""
    return shop.campaigns.update_campaign(campaign.id, models.CampaignsUpdateRequestBody(**fields))


def put(shop: Shop, campaign: Any, body: dict[str, Any]) -> Any:
    """The campaign as it is after the request."""
    answer = shop.http.put(f"/v1/campaigns/{campaign.id}", json=body)
    assert answer.status_code == 200, answer.text
    shop.settled(campaign)
    return shop.http.get(f"/v1/campaigns/{campaign.id}").json()


def test_a_change_is_made_in_the_background(shop: Shop) -> None:
    campaign = shop.filled(size=3)
    answer = updated(shop, campaign, description="new", metadata={"a": 1})
    assert (answer.creation_status, answer.vouchers_generation_status) == ("MODIFYING", "MODIFYING")
    assert (answer.description, answer.metadata) == ("new", {"a": 1})
    assert shop.settled(campaign).updated_at >= campaign.created_at
    assert [each.metadata for each in shop.listed(campaign).vouchers] == [{"a": 1}] * 3


def test_a_change_is_an_action(shop: Shop) -> None:
    campaign = shop.filled(size=2)
    updated(shop, campaign, expiration_date=LATER)
    shop.settled(campaign)
    newest = shop.actions.list_async_actions(limit=1).async_actions[0]
    action = shop.finished(newest.id)
    assert (action.type, action.status, action.progress) == ("CAMPAIGN.VOUCHERS_UPDATE", "DONE", 100)
    assert action.result == {"message": "Updated 2 vouchers.", "done_count": 2}


def test_only_vouchers_that_nobody_has_are_changed(shop: Shop) -> None:
    campaign = shop.campaign(off(500))
    published, redeemed, *fresh = (shop.added(campaign).code for _ in range(4))
    shop.publish(to=unique("customer"), voucher=published)
    shop.redeem(redeemed, amount=1000)
    updated(shop, campaign, expiration_date=LATER, discount=models.Discount(type="AMOUNT", amount_off=700))
    assert shop.settled(campaign).voucher.discount.amount_off == 700
    found = {code: shop.http.get(f"/v1/vouchers/{code}").json() for code in (published, redeemed, *fresh)}
    assert [found[code]["discount"]["amount_off"] for code in (published, redeemed)] == [500, 500]
    assert [found[code]["expiration_date"] for code in (published, redeemed)] == [None, None]
    assert [found[code]["discount"]["amount_off"] for code in fresh] == [700, 700]
    assert [found[code]["expiration_date"] for code in fresh] == [LATER, LATER]


def test_vouchers_made_afterwards_follow_the_change(shop: Shop) -> None:
    campaign = shop.campaign(off(500))
    updated(shop, campaign, discount=models.Discount(type="AMOUNT", amount_off=700))
    shop.settled(campaign)
    assert shop.added(campaign).discount.amount_off == 700


def test_null_clears(shop: Shop) -> None:
    given: dict[str, Any] = {"description": "x", "start_date": "2024-01-01", "expiration_date": LATER}
    campaign = shop.campaign(**given, activity_duration_after_publishing="P1D")
    answer = updated(shop, campaign, expiration_date=None, description=None)
    assert (answer.expiration_date, answer.description) == (None, None)
    cleared = put(shop, campaign, {"start_date": None, "activity_duration_after_publishing": None})
    assert not {*given, "activity_duration_after_publishing"} & cleared.keys()


def test_what_is_not_given_stays(shop: Shop) -> None:
    campaign = shop.campaign(description="x", start_date="2024-01-01", join_once=True)
    changed = put(shop, campaign, {"auto_join": True})
    assert (changed["description"], changed["join_once"], changed["auto_join"]) == ("x", True, True)
    assert changed["start_date"] == "2024-01-01T00:00:00.000Z"


def test_metadata_is_merged_and_keys_are_removed_by_name(shop: Shop) -> None:
    campaign = shop.campaign(metadata={"a": 1, "b": 2})
    assert put(shop, campaign, {"metadata": {"b": 3, "c": 4}})["metadata"] == {"a": 1, "b": 3, "c": 4}
    assert put(shop, campaign, {"unset_metadata_fields": ["a", "nothing"]})["metadata"] == {"b": 3, "c": 4}


def test_fields_that_cannot_change_are_skipped(shop: Shop) -> None:
    campaign = shop.campaign()
    given = {"name": "other", "voucher": off(1), "vouchers_count": 7, "active": False, "nonsense": 1}
    changed = put(shop, campaign, given)
    assert (changed["name"], changed["active"], changed["vouchers_count"]) == (campaign.name, True, 0)
    assert changed["voucher"]["discount"] == {"type": "PERCENT", "percent_off": 10}


def test_a_full_model_of_the_sdk_may_be_put(shop: Shop) -> None:
    """Its nulls clear what can be empty and leave the rest alone."""
    campaign = shop.campaign(description="x", join_once=True, metadata={"a": 1})
    body = models.CampaignsUpdateRequestBody.from_dict({"start_date": "2024-01-01T00:00:00Z"})
    answer = shop.campaigns.update_campaign(campaign.id, body)
    assert (answer.description, answer.join_once, answer.type, answer.metadata) == (None, True, "STATIC", {"a": 1})


def test_static_campaigns_become_growing_ones(shop: Shop) -> None:
    campaign = shop.campaign()
    assert updated(shop, campaign, type="AUTO_UPDATE").type == "AUTO_UPDATE"


def test_default_limit_of_redemptions_changes(shop: Shop) -> None:
    campaign = shop.campaign()
    put(shop, campaign, {"default_voucher_redemption": {"quantity": 5}})
    assert shop.added(campaign).redemption.quantity == 5


def test_kind_of_discount_cannot_change(shop: Shop) -> None:
    campaign = shop.campaign(off(500))
    refused(lambda: updated(shop, campaign, discount=models.Discount(type="PERCENT", percent_off=5)))
    assert shop.campaigns.get_campaign(campaign.id).voucher.discount.amount_off == 500


# -- off and on --------------------------------------------------------------------------------------------------


def test_switching_is_idempotent_and_says_nothing(shop: Shop) -> None:
    campaign = shop.campaign()
    for _ in range(2):
        assert shop.campaigns.disable_campaign(campaign.id) == {}
    assert shop.campaigns.get_campaign(campaign.id).active is False
    for _ in range(2):
        assert shop.campaigns.enable_campaign(campaign.name) == {}
    assert shop.campaigns.get_campaign(campaign.id).active is True


def test_vouchers_of_a_disabled_campaign_work_again_after_enabling(shop: Shop) -> None:
    campaign = shop.campaign(off(500))
    code, unpublished = shop.added(campaign).code, shop.added(campaign).code
    shop.campaigns.disable_campaign(campaign.id)
    assert shop.vouchers.get_voucher(code).active is True
    assert refused(lambda: shop.redeem(code, amount=1000))["key"] == "voucher_disabled"
    assert shop.validate(code, amount=1000).valid is False
    assert shop.publish(to=unique("customer"), voucher=unpublished).result == "SUCCESS"
    shop.campaigns.enable_campaign(campaign.id)
    assert shop.validate(code, amount=1000).valid is True
    assert shop.redeem(code, amount=1000).redemptions[0].result == "SUCCESS"


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_bodies_nobody_asked_for_are_no_error(shop: Shop, verb: str) -> None:
    path = f"/v1/campaigns/{shop.campaign().id}/{verb}"
    empty: list[dict[str, Any]] = [{"content": b""}, {"json": {}}, {"json": 5}]
    for body in [*empty, {"content": b"", "headers": {"Content-Type": "application/json"}}]:
        answer = shop.http.post(path, **body)
        assert (answer.status_code, answer.json()) == (200, {})


# -- deleting ----------------------------------------------------------------------------------------------------


def test_a_deleted_campaign_is_nowhere(shop: Shop) -> None:
    campaign = shop.filled(off(500), size=2)
    code = shop.codes(campaign)[0]
    answer = shop.campaigns.delete_campaign(campaign.id)
    assert shop.finished(answer.async_action_id).result["done_count"] == 2
    assert refused(lambda: shop.campaigns.get_campaign(campaign.name)) == missing("campaign", campaign.name)
    assert refused(lambda: shop.vouchers.get_voucher(code)) == missing("voucher", code)
    assert refused(lambda: shop.redeem(code, amount=1000))["key"] == "not_found"
    assert shop.listed(campaign).total == 0


def test_the_bin_keeps_the_name_and_the_codes(shop: Shop) -> None:
    campaign = shop.campaign()
    code = shop.added(campaign).code
    shop.finished(shop.campaigns.delete_campaign(campaign.id).async_action_id)
    assert refused(lambda: shop.campaign(name=campaign.name))["key"] == "duplicate_found"
    assert refused(lambda: shop.voucher(code=code))["key"] == "duplicate_found"


def test_deleting_for_good_frees_the_name_and_the_codes(shop: Shop) -> None:
    campaign = shop.campaign(gift_of(100))
    code = shop.added(campaign).code
    action = shop.finished(shop.campaigns.delete_campaign(campaign.name, force=True).async_action_id)
    assert (action.type, action.result) == (
        "CAMPAIGN.VOUCHERS_DELETE",
        {"message": "Deleted 1 vouchers.", "done_count": 1},
    )
    again = shop.campaign(name=campaign.name)
    assert shop.added(again, code).campaign_id == again.id


def test_deleting_is_accepted_with_an_action(shop: Shop) -> None:
    answer = shop.http.delete(f"/v1/campaigns/{shop.campaign().id}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 202
    assert answer.json().keys() == {"async_action_id"}


def test_redemptions_go_with_a_campaign_that_is_deleted_for_good(shop: Shop) -> None:
    campaign = shop.campaign(gift_of(1000))
    redemption = shop.redeem(shop.added(campaign).code, amount=300).redemptions[0]
    shop.finished(shop.campaigns.delete_campaign(campaign.id, force=True).async_action_id)
    assert refused(lambda: shop.campaigns.get_campaign(campaign.id)) == missing("campaign", campaign.id)
    assert refused(lambda: shop.redemptions.get_redemption(redemption.id)) == missing("redemption", redemption.id)

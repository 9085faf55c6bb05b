"""What was deleted lies in the bin until it is taken out of it for good."""

from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import Shop, missing, refused, unique


def binned(shop: Shop) -> Any:
    """A campaign with one voucher, deleted."""
    campaign = shop.campaign()
    shop.added(campaign)
    shop.finished(shop.campaigns.delete_campaign(campaign.id).async_action_id)
    return campaign


def entry_of(shop: Shop, resource_id: str) -> Any:
    (found,) = (each for each in shop.bin.list_bin_entries(limit=100).data if each.resource_id == resource_id)
    return found


def test_a_deleted_campaign_is_in_the_bin(shop: Shop) -> None:
    campaign = binned(shop)
    entry = entry_of(shop, campaign.id)
    assert entry.id.startswith("tbe_")
    assert (entry.resource_type, entry.object, entry.resource_name) == ("campaign", "campaign", campaign.name)
    assert (entry.resource_parent_id, entry.deleted_by_user_id) == (None, None)


def test_a_deleted_voucher_is_in_the_bin(shop: Shop) -> None:
    voucher = shop.voucher()
    shop.vouchers.delete_voucher(voucher.code)
    entry = entry_of(shop, voucher.id)
    assert (entry.resource_type, entry.resource_name) == ("voucher", voucher.code)
    assert entry.resource_parent_id == voucher.campaign_id


def test_taking_out_frees_name_and_codes(shop: Shop) -> None:
    campaign = binned(shop)
    assert refused(lambda: shop.campaign(name=campaign.name))["key"] == "duplicate_found"
    assert shop.bin.delete_bin_entry(entry_of(shop, campaign.id).id) is None
    assert shop.campaign(name=campaign.name).id != campaign.id


def test_what_was_deleted_for_good_is_not_in_the_bin(shop: Shop) -> None:
    campaign = shop.campaign()
    shop.finished(shop.campaigns.delete_campaign(campaign.id, force=True).async_action_id)
    assert campaign.id not in [each.resource_id for each in shop.bin.list_bin_entries(limit=100).data]


def test_an_entry_is_taken_out_once(shop: Shop) -> None:
    voucher = shop.voucher()
    shop.vouchers.delete_voucher(voucher.code)
    entry = entry_of(shop, voucher.id).id
    assert shop.http.delete(f"/v1/trash-bin/{entry}").status_code == 204
    assert refused(lambda: shop.bin.delete_bin_entry(entry))["key"] == "not_found"


@pytest.mark.parametrize("order", ["id", "-id"])
def test_entries_are_paged_by_the_last_one_seen(other_shop: Shop, order: str) -> None:
    made = [other_shop.voucher(code=unique("BIN")) for _ in range(3)]
    for voucher in made:
        other_shop.vouchers.delete_voucher(voucher.code)
    seen, after = [], None
    while True:
        chosen = models.ParameterOrderListBin(order)
        page = other_shop.bin.list_bin_entries(limit=2, order=chosen, starting_after_id=after)
        assert page.total == len(page.data)
        seen += [each.resource_id for each in page.data]
        after = page.more_starting_after
        if not page.has_more:
            break
    assert len(set(seen)) == len(seen)
    mine = [each.id for each in made]
    assert [each for each in seen if each in mine] == (mine if order == "id" else mine[::-1])


def test_the_bin_is_each_organizers_own(shop: Shop, other_shop: Shop) -> None:
    entry = entry_of(shop, binned(shop).id).id
    assert refused(lambda: other_shop.bin.delete_bin_entry(entry))["key"] == "not_found"
    assert entry in [each.id for each in shop.bin.list_bin_entries(limit=100).data]


def test_what_is_in_the_bin_cannot_be_used(shop: Shop) -> None:
    voucher = shop.voucher()
    shop.vouchers.delete_voucher(voucher.code)
    assert refused(lambda: shop.redeem(voucher.code, amount=1)) == missing("voucher", voucher.code)
    assert refused(lambda: shop.vouchers.enable_voucher(voucher.code)) == missing("voucher", voucher.code)

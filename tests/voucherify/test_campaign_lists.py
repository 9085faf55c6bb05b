"""Lists of campaigns: pages, orders, and filters in every form in which the SDKs and the documentation send them."""

from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import Shop, card_with, gift_of, unique

Filters = models.ParameterFiltersListCampaigns


@pytest.fixture(scope="module")
def word() -> str:
    return unique("listed")


@pytest.fixture(scope="module")
def names(shop: Shop, word: str) -> list[str]:
    """Three campaigns in the order in which they were made: coupons, gift vouchers, a loyalty program."""
    coupons = shop.campaign(name=f"{word} it's a", metadata={"seq": 1, "area": "north"}, expiration_date="2044-01-01")
    gifts = shop.campaign(gift_of(100), name=f'{word} "b"', metadata={"seq": 2}, type="AUTO_UPDATE")
    cards = shop.campaign(card_with(1), name=f"{word} c&d[]", start_date="2044-01-01T00:00:00Z")
    shop.campaigns.disable_campaign(gifts.id)
    return [coupons.name, gifts.name, cards.name]


def listed(shop: Shop, **over: Any) -> list[str]:
    return [each.name for each in shop.campaigns.list_campaigns(**{"limit": 100, **over}).campaigns]


def asked(shop: Shop, query: str) -> list[str]:
    answer = shop.http.get(f"/v1/campaigns?limit=100&{query}")
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["campaigns"]]


def by(field: str, conditions: dict[str, Any], **over: Any) -> Any:
    return Filters.from_dict({field: {"conditions": conditions}, **over})


def test_newest_come_first(shop: Shop, names: list[str]) -> None:
    positions = [listed(shop).index(name) for name in names]
    assert positions == sorted(positions, reverse=True)


@pytest.mark.parametrize(("order", "reverse"), [("CREATED_AT", False), ("MINUS_CREATED_AT", True)])
def test_order_by_creation(shop: Shop, names: list[str], word: str, order: str, reverse: bool) -> None:
    chosen = models.ParameterOrderListCampaigns[order]
    found = listed(shop, order=chosen, filters=by("campaigns", {"$starts_with": word}))
    assert found == (names[::-1] if reverse else names)


def test_order_by_update(shop: Shop) -> None:
    word = unique("updated")
    first, second = (shop.campaign(name=f"{word} {number}") for number in (1, 2))
    shop.campaigns.update_campaign(first.id, models.CampaignsUpdateRequestBody(description="new"))
    order = models.ParameterOrderListCampaigns.MINUS_UPDATED_AT
    found = listed(shop, order=order, filters=by("campaigns", {"$starts_with": word}))
    assert found.index(first.name) < found.index(second.name)


def test_pages_add_up_and_the_total_is_exact(shop: Shop, names: list[str], word: str) -> None:
    only = {"filters": by("campaigns", {"$starts_with": word}), "order": models.ParameterOrderListCampaigns.CREATED_AT}
    first = shop.campaigns.list_campaigns(limit=2, page=1, **only)
    second = shop.campaigns.list_campaigns(limit=2, page=2, **only)
    beyond = shop.campaigns.list_campaigns(limit=2, page=9, **only)
    assert (first.total, second.total, beyond.total) == (3, 3, 3)
    assert [each.name for each in (*first.campaigns, *second.campaigns)] == names
    assert beyond.campaigns == []


def test_a_list_is_of_ten_and_says_what_it_is(shop: Shop) -> None:
    for _ in range(11):
        shop.campaign()
    answer = shop.http.get("/v1/campaigns").json()
    assert answer.keys() == {"object", "data_ref", "campaigns", "total"}
    assert (answer["object"], answer["data_ref"], len(answer["campaigns"])) == ("list", "campaigns", 10)
    assert answer["total"] >= 11
    assert not any("validation_rules_assignments" in each for each in answer["campaigns"])


def test_kind_is_a_filter_of_its_own(shop: Shop, names: list[str], word: str) -> None:
    only = by("campaigns", {"$starts_with": word})
    chosen = models.ParameterCampaignType.GIFT_VOUCHERS
    assert listed(shop, campaign_type=chosen, filters=only) == [names[1]]


@pytest.mark.parametrize(
    ("field", "conditions", "expected"),
    [
        ("campaigns", {"$ends_with": "it's a"}, [0]),
        ("campaigns", {"$contains": "c&d[]"}, [2]),
        ("voucher_type", {"$in": ["GIFT_VOUCHER", "LOYALTY_CARD"]}, [1, 2]),
        ("campaigns", {"$not_contain": "b"}, [0, 2]),
        ("voucher_type", {"$is_not": "GIFT_VOUCHER"}, [0, 2]),
        ("type", {"$in": ["AUTO_UPDATE"]}, [1]),
        ("type", {"$not_in": ["AUTO_UPDATE"]}, [0, 2]),
        ("validity_day_of_week", {"$is": [0, 1]}, [0, 1, 2]),
        ("expiration_date", {"$has_value": ""}, [0]),
        ("expiration_date", {"$is_unknown": ""}, [1, 2]),
        ("created_date", {"$less_than": 2}, [0, 1, 2]),
        ("created_date", {"$more_than": 2}, []),
        ("campaign_status", {"$in": ["DONE", "DRAFT"]}, [0, 1, 2]),
        ("campaign_status", {"$is": "IN_PROGRESS"}, []),
        ("is_referral_code", {"$is": "TRUE"}, []),
        ("start_date", {"$after": "2043-01-01T00:00:00Z"}, [2]),
        ("expiration_date", {"$before": "2045-01-01T00:00:00Z"}, [0]),
        ("created_date", {"$after": "2020-01-01T00:00:00Z"}, [0, 1, 2]),
        ("created_date", {"$before": "2020-01-01T00:00:00Z"}, []),
    ],
)
def test_filters_of_the_python_sdk(
    shop: Shop, names: list[str], word: str, field: str, conditions: dict[str, Any], expected: list[int]
) -> None:
    filters = {field: {"conditions": conditions}}
    filters.setdefault("campaigns", {"conditions": {"$starts_with": word}})
    order = models.ParameterOrderListCampaigns.CREATED_AT
    found = listed(shop, order=order, filters=Filters.from_dict(filters))
    assert [name for name in found if name in names] == [names[number] for number in expected]


def test_names_with_quotes_survive_the_python_sdk(shop: Shop, names: list[str]) -> None:
    assert sorted(listed(shop, filters=by("campaigns", {"$in": names}))) == sorted(names)


def test_filters_are_joined_by_or_when_asked(shop: Shop, names: list[str]) -> None:
    either = {"type": {"conditions": {"$in": ["AUTO_UPDATE"]}}, "campaigns": {"conditions": {"$in": [names[0]]}}}
    found = set(listed(shop, filters=Filters.from_dict({**either, "junction": "or"})))
    assert {names[0], names[1]} <= found
    assert names[2] not in found
    assert listed(shop, filters=Filters.from_dict(either)) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filters%5Btype%5D%5Bconditions%5D%5B%24in%5D%5B0%5D=AUTO_UPDATE", [1]),
        ("filters[type][conditions][$in][]=AUTO_UPDATE", [1]),
        ("filters[type][conditions][$in]=AUTO_UPDATE&filters[type][conditions][$in]=STANDALONE", [1]),
        ("[filters][metadata.seq][conditions][$is]=1", [0]),
        ("[filters][metadata.area][conditions][$is][0]=north", [0]),
        ("filters[metadata.seq][conditions][$in][0]=1&filters[metadata.seq][conditions][$in][1]=2", [0, 1]),
        ("filters[active][conditions][$disabled]=", [1]),
        ("filters[active][$disabled]=", [1]),
        ("[filters][status][conditions][before_start]=", [2]),
        ("filters[expiration_date][conditions][$has_value]=", [0]),
        ("filters[expiration_date][conditions][$is_unknown]=", [1, 2]),
        ("filters[type][conditions][$is]=None&filters[voucher_type]=None", [0, 1, 2]),
        ("filters[junction]=AND&filters[type][conditions][$is]=AUTO_UPDATE", [1]),
        ("filters[type][conditions][$is]=BULK", [0, 1, 2]),
    ],
)
def test_filters_as_other_clients_send_them(shop: Shop, names: list[str], query: str, expected: list[int]) -> None:
    found = asked(shop, f"order=created_at&{query}")
    assert [name for name in found if name in names] == [names[number] for number in expected]


def test_enabled_campaigns_are_told_from_disabled_ones(shop: Shop, names: list[str]) -> None:
    enabled = asked(shop, "filters[active][conditions][$enabled]=")
    assert names[0] in enabled
    assert names[1] not in enabled


def test_other_organizers_see_none_of_them(shop: Shop, other_shop: Shop, names: list[str]) -> None:
    mine = other_shop.campaign()
    assert mine.name in listed(other_shop)
    assert not set(names) & set(listed(other_shop))

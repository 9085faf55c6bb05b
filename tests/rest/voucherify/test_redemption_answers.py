"""The answer to a redemption is put together from what the verb knows: it is what reading it afterwards tells."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.rest.voucherify.conftest import Door

PERCENT = {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ORDER"}
DISCOUNT: Mapping[str, Any] = {"type": "DISCOUNT_VOUCHER", "discount": PERCENT, "redemption": {"quantity": None}}
GIFT: Mapping[str, Any] = {"type": "GIFT_VOUCHER", "gift": {"amount": 1000, "effect": "APPLY_TO_ORDER"}}
CARD: Mapping[str, Any] = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100}}
MAYA = {"source_id": "maya", "name": "Maya", "email": "maya@example.com", "metadata": {"vip": True}}
ALWAYS_OPEN = {"daily": [{"start_time": "00:00", "expiration_time": "23:59", "days_of_week": [0, 1, 2, 3, 4, 5, 6]}]}
# Of a voucher by itself, and of the campaign of another.
VOUCHERS: Mapping[str, Mapping[str, Any]] = {
    "plain": DISCOUNT,
    "dated": {**DISCOUNT, "start_date": "2020-01-01T10:11:12.345Z", "expiration_date": "2040-01-01"},
    "open": {**DISCOUNT, "validity_day_of_week": [0, 1, 2, 3, 4, 5, 6]},
    "hours": {**DISCOUNT, "validity_hours": ALWAYS_OPEN},
    "told": {**DISCOUNT, "metadata": {"a": [1, {"b": None}]}, "additional_info": "A letter", "category": "First"},
    "gift": GIFT,
}


async def done(shop: Door, path: str, body: Any = None) -> Any:
    answer = await shop.post(path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def redeem(shop: Door, *codes: str, **body: Any) -> Any:
    asked = [{"object": "voucher", "id": code} for code in codes]
    return await done(shop, "redemptions", {"redeemables": asked, "order": {"amount": 300}, **body})


async def read(shop: Door, redemption: Any) -> Any:
    answer = await shop.get(f"redemptions/{redemption['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("kind", VOUCHERS)
async def test_of_a_voucher_by_itself(shop: Door, kind: str) -> None:
    await done(shop, "vouchers/A", VOUCHERS[kind])
    (shown,) = (await redeem(shop, "A", metadata={"till": 7}, tracking_id="t"))["redemptions"]
    assert shown == await read(shop, shown)
    assert shown["voucher"]["redemption"]["redeemed_quantity"] == 1


@pytest.mark.parametrize("voucher", [DISCOUNT, GIFT])
async def test_of_a_campaigns_voucher(shop: Door, voucher: Any) -> None:
    category = {"category": "First", "metadata": {"season": "winter"}}
    await done(shop, "campaigns", {"name": "Spring", "voucher": voucher, **category})
    await done(shop, "campaigns/Spring/vouchers/A")
    await redeem(shop, "A")
    (shown,) = (await redeem(shop, "A"))["redemptions"]
    assert shown == await read(shop, shown)
    assert shown["voucher"]["campaign"] == "Spring"


async def test_of_whom_it_does_not_know_yet_and_of_whom_it_does(shop: Door) -> None:
    await done(shop, "vouchers/A", DISCOUNT)
    names = []
    for customer in (MAYA, {"source_id": "maya"}, {**MAYA, "name": "Maya M."}):
        (shown,) = (await redeem(shop, "A", customer=customer))["redemptions"]
        assert shown == await read(shop, shown)
        names.append(shown["customer"]["name"])
    assert names == ["Maya", "Maya", "Maya M."]


async def test_of_a_published_card(shop: Door) -> None:
    await done(shop, "campaigns", {"name": "Club", "voucher": CARD})
    await done(shop, "campaigns/Club/vouchers/CARD")
    await done(shop, "publications", {"voucher": "CARD", "customer": MAYA})
    asked = [{"object": "voucher", "id": "CARD", "reward": {"points": 30}}]
    (shown,) = (await done(shop, "redemptions", {"redeemables": asked, "customer": MAYA}))["redemptions"]
    assert shown == await read(shop, shown)
    assert (shown["voucher"]["loyalty_card"]["balance"], shown["voucher"]["publish"]["count"]) == (70, 1)


async def test_of_several_at_once_and_what_holds_them(shop: Door) -> None:
    await done(shop, "vouchers/A", DISCOUNT)
    await done(shop, "vouchers/B", GIFT)
    answer = await redeem(shop, "A", "B", customer=MAYA)
    for shown in (*answer["redemptions"], answer["parent_redemption"]):
        assert shown == await read(shop, shown)
    assert {each["redemption"] for each in answer["redemptions"]} == {answer["parent_redemption"]["id"]}


async def test_at_the_older_address(shop: Door) -> None:
    await done(shop, "vouchers/A", GIFT)
    shown = await done(shop, "vouchers/A/redemption", {"order": {"amount": 300}})
    assert shown == await read(shop, shown)
    assert shown["voucher"]["gift"]["balance"] == 700

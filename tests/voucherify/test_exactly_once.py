"""What is limited holds against everybody at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.voucherify.house import ACME
from tests.voucherify.shop import WAIT_SECONDS, Shop, gift_of, off, unique


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=100)
    headers = ACME.server_side
    async with httpx2.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=WAIT_SECONDS) as client:
        yield client


async def at_once(http: httpx2.AsyncClient, path: str, *bodies: Any) -> list[httpx2.Response]:
    return await asyncio.gather(*(http.post(path, json=body) for body in bodies))


def outcomes(answers: list[httpx2.Response]) -> Counter[str]:
    return Counter("done" if each.status_code == 200 else each.json()["key"] for each in answers)


def redemption_of(code: str, **order: Any) -> dict[str, Any]:
    return {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 100, **order}}


async def test_a_limit_of_fifty_gives_fifty(shop: Shop, http: httpx2.AsyncClient) -> None:
    voucher = shop.voucher(off(5), quantity=50)
    answers = await at_once(http, "/v1/redemptions", *[redemption_of(voucher.code)] * 200)
    assert outcomes(answers) == {"done": 50, "quantity_exceeded": 150}
    assert len({each.json()["redemptions"][0]["id"] for each in answers if each.status_code == 200}) == 50
    assert shop.vouchers.get_voucher(voucher.code).redemption.redeemed_quantity == 50
    assert shop.redemptions.list_redemptions(campaign=voucher.campaign, result="SUCCESS").total == 50


async def test_a_gift_gives_what_it_has_and_no_more(shop: Shop, http: httpx2.AsyncClient) -> None:
    code = shop.voucher(gift_of(2000)).code
    body = redemption_of(code)
    body["redeemables"][0]["gift"] = {"credits": 100}
    assert outcomes(await at_once(http, "/v1/redemptions", *[body] * 60)) == {"done": 20, "gift_amount_exceeded": 40}
    assert shop.vouchers.get_voucher(code).gift.balance == 0


async def test_a_rollback_gives_back_once(shop: Shop, http: httpx2.AsyncClient) -> None:
    code = shop.voucher(gift_of(1000)).code
    redemption = shop.redeem(code, amount=300).redemptions[0].id
    answers = await at_once(http, f"/v1/redemptions/{redemption}/rollback", *[{}] * 20)
    assert outcomes(answers) == {"done": 1, "already_rolled_back": 19}
    assert shop.vouchers.get_voucher(code).gift.balance == 1000


async def test_a_stack_is_rolled_back_once(shop: Shop, http: httpx2.AsyncClient) -> None:
    first, second = shop.voucher(off(5)).code, shop.voucher(gift_of(500)).code
    stack = shop.redeem(first, second, amount=1000).parent_redemption.id
    answers = await at_once(http, f"/v1/redemptions/{stack}/rollbacks", *[{}] * 20)
    assert outcomes(answers) == {"done": 1, "already_rolled_back": 19}
    assert shop.vouchers.get_voucher(first).redemption.redeemed_quantity == 0
    assert shop.vouchers.get_voucher(second).gift.balance == 500


async def test_stacks_that_share_vouchers_neither_block_nor_overspend(shop: Shop, http: httpx2.AsyncClient) -> None:
    """In both orders at once: whoever locks in the order of the request waits for ever."""
    first, second = shop.voucher(off(5), quantity=20).code, shop.voucher(off(5), quantity=20).code
    bodies = [
        {"redeemables": [{"object": "voucher", "id": code} for code in codes], "order": {"amount": 100}}
        for codes in ((first, second), (second, first)) * 30
    ]
    assert outcomes(await at_once(http, "/v1/redemptions", *bodies)) == {"done": 20, "quantity_exceeded": 40}
    for code in (first, second):
        assert shop.vouchers.get_voucher(code).redemption.redeemed_quantity == 20


async def test_every_customer_gets_a_voucher_of_their_own(shop: Shop, http: httpx2.AsyncClient) -> None:
    campaign = shop.filled(size=20)
    bodies = [{"campaign": {"name": campaign.name}, "customer": {"source_id": unique("customer")}} for _ in range(30)]
    answers = await at_once(http, "/v1/publications", *bodies)
    assert outcomes(answers) == {"done": 20, "no_voucher_suitable_for_publication": 10}
    assert len({each.json()["voucher"]["code"] for each in answers if each.status_code == 200}) == 20


async def test_a_name_and_a_code_are_taken_once(shop: Shop, http: httpx2.AsyncClient) -> None:
    body = {"name": unique("Campaign"), "voucher": off(5)}
    assert outcomes(await at_once(http, "/v1/campaigns", *[body] * 10)) == {"done": 1, "duplicate_found": 9}
    path = f"/v1/campaigns/{shop.campaign().id}/vouchers/{unique('CODE')}"
    assert outcomes(await at_once(http, path, *[{}] * 10)) == {"done": 1, "duplicate_found": 9}


async def test_balances_add_up(shop: Shop, http: httpx2.AsyncClient) -> None:
    code = shop.voucher(gift_of(10)).code
    await at_once(http, f"/v1/vouchers/{code}/balance", *[{"amount": amount} for amount in range(1, 41)])
    answers = await at_once(http, f"/v1/vouchers/{code}/balance", *[{"amount": -100}] * 20)
    assert outcomes(answers) == {"done": 8, "gift_amount_exceeded": 12}
    gift = shop.vouchers.get_voucher(code).gift
    assert (gift.amount, gift.subtracted_amount, gift.balance) == (830, 800, 30)

"""Browsers validate, redeem and publish with keys of their own, which open nothing else."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from voucherify import models

from tests.voucherify.shop import Shop, asked, error_of, gift_of, off, refused, unique

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def browser(shop: Shop) -> Iterator[httpx2.Client]:
    """A page of the shop."""
    headers = {**shop.keys.client_side, "Origin": ORIGIN}
    with httpx2.Client(base_url=shop.address, headers=headers) as client:
        yield client


def validated(shop: Shop, *codes: str, amount: int) -> Any:
    body = models.ClientValidationsValidateRequestBody.from_dict(asked(codes, amount, {}))
    return shop.browser.validate_stacked_discounts_client_side(ORIGIN, body)


def redeemed(shop: Shop, *codes: str, amount: int, **over: Any) -> Any:
    body = models.ClientRedemptionsRedeemRequestBody.from_dict(asked(codes, amount, over))
    return shop.browser.redeem_stacked_discounts_client_side(ORIGIN, body)


def test_browsers_validate(shop: Shop) -> None:
    code = shop.voucher(off(500)).code
    assert validated(shop, code, amount=2000).valid is True
    assert validated(shop, code, amount=2000).order.total_amount == 1500
    assert validated(shop, unique("NOTHING"), amount=2000).valid is False


def test_browsers_redeem(shop: Shop) -> None:
    code = shop.voucher(off(500)).code
    answer = redeemed(shop, code, amount=2000, customer={"source_id": unique("customer")})
    assert (answer.redemptions[0].result, answer.order.total_amount) == ("SUCCESS", 1500)
    assert refused(lambda: redeemed(shop, code, amount=2000))["key"] == "quantity_exceeded"


def test_browsers_validate_by_a_query(shop: Shop, browser: httpx2.Client) -> None:
    code = unique("CODE &") + "/x"
    shop.voucher(off(500), code=code)
    query = {
        "code": code,
        "amount": "2000",
        "item[0][source_id]": "p1",
        "item[0][quantity]": "2",
        "item[0][price]": "1000",
        "item[0][amount]": "2000",
        "metadata[a]": "b",
        "order[metadata][z]": "1",
        "customer[source_id]": "me",
        "tracking_id": "track-1",
    }
    answer = browser.get("/client/v1/validate", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["valid"], found["code"], found["tracking_id"]) == (True, code, "track-1")
    assert found["discount"]["amount_off"] == 500
    assert found["order"]["total_amount"] == 1500


def test_a_query_tells_why_a_voucher_does_not_apply(shop: Shop, browser: httpx2.Client) -> None:
    voucher = shop.voucher(off(500))
    shop.campaigns.disable_campaign(voucher.campaign_id)
    found = browser.get("/client/v1/validate", params={"code": voucher.code}).json()
    assert (found["valid"], found["code"], found["reason"]) == (False, voucher.code, "voucher is disabled")


def test_browsers_redeem_by_a_query(shop: Shop, browser: httpx2.Client) -> None:
    code = shop.voucher(gift_of(1000)).code
    body = {"order": {"amount": 300}, "customer": {"source_id": unique("customer")}}
    found = browser.post("/client/v1/redeem", params={"code": code}, json=body).json()
    assert (found["object"], found["result"], found["amount"]) == ("redemption", "SUCCESS", 300)
    assert shop.vouchers.get_voucher(code).gift.balance == 700


def test_browsers_publish(shop: Shop, browser: httpx2.Client) -> None:
    campaign, customer = shop.campaign(name=unique("for browsers/é"), type="AUTO_UPDATE"), unique("customer")
    body = {"customer": {"source_id": customer}, "channel": "Voucherify.js"}
    answer = browser.post("/client/v1/publish", params={"campaign": campaign.name}, json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["object"], found["result"], found["channel"]) == ("publication", "SUCCESS", "Voucherify.js")
    assert shop.vouchers.get_voucher(found["voucher"]["code"]).holder_id == found["customer_id"]


@pytest.mark.parametrize("path", ["/v1/campaigns", "/v1/vouchers", "/v1/async-actions", "/v1/trash-bin"])
def test_keys_of_browsers_open_nothing_else(browser: httpx2.Client, shop: Shop, path: str) -> None:
    as_program = {"X-App-Id": shop.keys.client_id, "X-App-Token": shop.keys.client_token}
    assert browser.get(path).status_code == 401
    assert browser.get(path, headers=as_program).status_code == 401


def test_keys_of_programs_are_not_for_browsers(shop: Shop) -> None:
    code = shop.voucher(off(5)).code
    as_browser = {"X-Client-Application-Id": shop.keys.app_id, "X-Client-Token": shop.keys.app_token}
    answer = httpx2.get(f"{shop.address}/client/v1/validate", params={"code": code}, headers=as_browser)
    assert error_of(answer.status_code, answer.text) == {"code": 401, "key": "unauthorized", "message": "Unauthorized"}


def test_pages_of_any_origin_may_ask(shop: Shop, browser: httpx2.Client) -> None:
    asked_first = browser.request(
        "OPTIONS",
        "/client/v1/redemptions",
        headers={"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-client-token"},
    )
    assert asked_first.headers["access-control-allow-origin"] in (ORIGIN, "*")
    assert "x-client-token" in asked_first.headers["access-control-allow-headers"].lower()
    answer = browser.get("/client/v1/validate", params={"code": unique("NOTHING")})
    assert answer.headers["access-control-allow-origin"] in (ORIGIN, "*")

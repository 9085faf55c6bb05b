"""Refusals have the documented bodies: whole, but for the request's id."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
import voucherify
from voucherify import models

from tests.voucherify.shop import TEN_PERCENT, Shop, error_of, missing, off, refused, sdk, unique

UNAUTHORIZED = {"code": 401, "key": "unauthorized", "message": "Unauthorized"}


def payload(details: str) -> dict[str, Any]:
    return {"code": 400, "key": "invalid_payload", "message": "Invalid payload", "details": details}


def answered(answer: httpx2.Response) -> dict[str, Any]:
    return error_of(answer.status_code, answer.text)


# -- who is asking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"X-App-Id": "acme-application"},
        {"X-App-Token": "acme-application-secret"},
        {"X-App-Id": "acme-application", "X-App-Token": "wrong-wrong-wrong-wrong"},
        {"X-App-Id": "wrong", "X-App-Token": "acme-application-secret"},
        {"X-App-Id": "beta-application", "X-App-Token": "acme-application-secret"},
        {"X-App-Id": "ü", "X-App-Token": "é" * 20},
    ],
)
def test_keys_must_be_right(address: str, keys: dict[str, str]) -> None:
    encoded = {name.encode(): value.encode() for name, value in keys.items()}
    answer = httpx2.get(f"{address}/v1/campaigns", headers=encoded)
    assert answered(answer) == UNAUTHORIZED
    assert answer.headers["content-type"].startswith("application/json")


def test_the_sdk_tells_who_may_not_ask(address: str) -> None:
    client = sdk(address, {"X-App-Id": "acme-application", "X-App-Token": "wrong-wrong-wrong"})
    try:
        assert refused(lambda: voucherify.CampaignsApi(client).list_campaigns()) == UNAUTHORIZED
    finally:
        client.rest_client.pool_manager.clear()


def test_other_organizers_things_look_missing(shop: Shop, other_shop: Shop) -> None:
    campaign = shop.campaign(off(5))
    voucher = shop.added(campaign)
    redemption = shop.redeem(shop.added(campaign).code, amount=10).redemptions[0]
    looks: list[tuple[Callable[[], object], str, str]] = [
        (lambda: other_shop.campaigns.get_campaign(campaign.id), "campaign", campaign.id),
        (lambda: other_shop.campaigns.get_campaign(campaign.name), "campaign", campaign.name),
        (lambda: other_shop.campaigns.disable_campaign(campaign.id), "campaign", campaign.id),
        (lambda: other_shop.campaigns.delete_campaign(campaign.id), "campaign", campaign.id),
        (lambda: other_shop.campaigns.add_vouchers_to_campaign(campaign.id), "campaign", campaign.id),
        (lambda: other_shop.vouchers.get_voucher(voucher.code), "voucher", voucher.code),
        (lambda: other_shop.vouchers.get_voucher(voucher.id), "voucher", voucher.id),
        (lambda: other_shop.vouchers.disable_voucher(voucher.id), "voucher", voucher.id),
        (lambda: other_shop.vouchers.delete_voucher(voucher.code), "voucher", voucher.code),
        (lambda: other_shop.redeem(voucher.code, amount=10), "voucher", voucher.code),
        (lambda: other_shop.publish(to="me", voucher=voucher.code), "voucher", voucher.code),
        (lambda: other_shop.publish(to="me", campaign={"name": campaign.name}), "campaign", campaign.name),
        (lambda: other_shop.redemptions.get_redemption(redemption.id), "redemption", redemption.id),
        (lambda: other_shop.redemptions.rollback_redemption(redemption.id), "redemption", redemption.id),
    ]
    for look, kind, reference in looks:
        assert refused(look) == missing(kind, reference)
    assert shop.redeem(voucher.code, amount=10).redemptions[0].result == "SUCCESS"


# -- what is asked -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb",
    [
        lambda shop, name: shop.campaigns.get_campaign(name),
        lambda shop, name: shop.campaigns.update_campaign(name, models.CampaignsUpdateRequestBody()),
        lambda shop, name: shop.campaigns.delete_campaign(name),
        lambda shop, name: shop.campaigns.enable_campaign(name),
        lambda shop, name: shop.campaigns.disable_campaign(name),
        lambda shop, name: shop.campaigns.add_vouchers_to_campaign(name),
        lambda shop, name: shop.campaigns.add_voucher_with_specific_code_to_campaign(name, "CODE"),
        lambda shop, name: shop.campaigns.import_vouchers_to_campaign(name, []),
        lambda shop, name: shop.campaigns.import_vouchers_to_campaign_using_csv(name, b"Code\nA\n"),
    ],
    ids=["get", "update", "delete", "enable", "disable", "add", "add one", "import", "import CSV"],
)
def test_unknown_campaigns(shop: Shop, verb: Callable[[Shop, str], object]) -> None:
    name = unique("no such/campaign é")
    assert refused(lambda: verb(shop, name)) == missing("campaign", name)


@pytest.mark.parametrize(
    "verb",
    [
        lambda shop, code: shop.vouchers.get_voucher(code),
        lambda shop, code: shop.vouchers.delete_voucher(code),
        lambda shop, code: shop.vouchers.enable_voucher(code),
        lambda shop, code: shop.vouchers.disable_voucher(code),
        lambda shop, code: shop.vouchers.list_voucher_transactions(code),
        lambda shop, code: shop.redemptions.get_voucher_redemptions(code),
        lambda shop, code: shop.redeem(code, amount=1),
    ],
    ids=["get", "delete", "enable", "disable", "transactions", "redemptions", "redeem"],
)
def test_unknown_vouchers(shop: Shop, verb: Callable[[Shop, str], object]) -> None:
    code = unique("no such/voucher é")
    assert refused(lambda: verb(shop, code)) == missing("voucher", code)


def test_unknown_redemptions(shop: Shop) -> None:
    assert refused(lambda: shop.redemptions.rollback_redemption("r_no")) == missing("redemption", "r_no")
    assert refused(lambda: shop.redemptions.rollback_stacked_redemptions("r_no")) == missing("redemption", "r_no")


def test_unknown_categories(shop: Shop) -> None:
    assert refused(lambda: shop.campaign(category_id="cat_no")) == missing("category", "cat_no")


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"voucher": TEN_PERCENT}, "Payload should have required property 'name'"),
        ({"name": None, "voucher": TEN_PERCENT}, "Payload should have required property 'name'"),
        ({"name": "x", "type": "GROWING", "voucher": TEN_PERCENT}, None),
        ({"name": "x", "vouchers_count": "ten", "voucher": TEN_PERCENT}, None),
        ({"name": "x", "vouchers_count": -1, "voucher": TEN_PERCENT}, None),
        ({"name": "x", "start_date": "soon", "voucher": TEN_PERCENT}, None),
        ({"name": 5, "voucher": TEN_PERCENT}, None),
        ({"name": "x", "voucher": {**TEN_PERCENT, "redemption": {"quantity": "many"}}}, None),
        ({"name": "x", "validity_day_of_week": [7], "voucher": TEN_PERCENT}, None),
        ([], None),
    ],
)
def test_wrong_campaigns_are_told_what_is_wrong(shop: Shop, body: Any, details: str | None) -> None:
    found = answered(shop.http.post("/v1/campaigns", json=body))
    assert (found["code"], found["key"], found["message"]) == (400, "invalid_payload", "Invalid payload")
    assert found["details"] == (details or found["details"])


@pytest.mark.parametrize("campaign_type", ["DISCOUNT_COUPONS", "REFERRAL_PROGRAM"])
def test_campaigns_need_what_their_vouchers_give(shop: Shop, campaign_type: str) -> None:
    body = {"name": unique("Campaign"), "campaign_type": campaign_type, "voucher": {"type": "DISCOUNT_VOUCHER"}}
    assert answered(shop.http.post("/v1/campaigns", json=body)) == {
        "code": 400,
        "key": "invalid_campaign",
        "message": "Invalid Campaign",
        "details": f"Property 'discount' is required for {campaign_type} campaign",
    }


@pytest.mark.parametrize(
    "config",
    [{"length": 0}, {"pattern": "NOTHING-TO-FILL"}, {"length": 1, "charset": "ab"}],
)
def test_wrong_code_configs(shop: Shop, config: dict[str, Any]) -> None:
    body = {"name": unique("Campaign"), "vouchers_count": 5, "voucher": {**TEN_PERCENT, "code_config": config}}
    found = answered(shop.http.post("/v1/campaigns", json=body))
    assert (found["code"], found["key"]) == (400, "invalid_code_config")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/campaigns", "limit=101"),
        ("/v1/campaigns", "limit=0"),
        ("/v1/campaigns", "limit=ten"),
        ("/v1/campaigns", "page=0"),
        ("/v1/campaigns", "order=color"),
        ("/v1/campaigns", "campaign_type=COUPONS"),
        ("/v1/vouchers", "limit=101"),
        ("/v1/vouchers", "order=color"),
        ("/v1/vouchers", "created_at[before]=soon"),
        ("/v1/redemptions", "limit=101"),
        ("/v1/async-actions", "limit=101"),
        ("/v1/publications", "order=color"),
    ],
)
def test_wrong_queries(shop: Shop, path: str, query: str) -> None:
    found = answered(shop.http.get(f"{path}?{query}"))
    assert (found["code"], found["key"], found["message"]) == (400, "invalid_query_params", "Invalid query params")


def test_pages_too_far_behind(shop: Shop) -> None:
    found = answered(shop.http.get("/v1/publications", params={"page": 1001}))
    assert (found["key"], found["message"]) == ("page_over_limit", "Listing resource above 1000 page is not supported")


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "many"])
def test_wrong_numbers_of_vouchers(shop: Shop, count: str) -> None:
    path = f"/v1/campaigns/{shop.campaign().id}/vouchers"
    found = answered(shop.http.post(path, params={"vouchers_count": count}))
    assert (found["code"], found["key"]) == (400, "invalid_query_params")


@pytest.mark.parametrize("path", ["/v1/validations", "/v1/redemptions"])
def test_redeemables_are_named(shop: Shop, path: str) -> None:
    body = {"redeemables": [{"object": "voucher", "id": "A"}, {"object": "voucher"}]}
    expected = payload("Property .redeemables[1] should have required property 'id'")
    assert answered(shop.http.post(path, json=body)) == expected
    assert answered(shop.http.post(path, json={"redeemables": []}))["key"] == "invalid_payload"
    many = [{"object": "voucher", "id": str(number)} for number in range(31)]
    assert answered(shop.http.post(path, json={"redeemables": many}))["code"] == 400
    assert answered(shop.http.post(path, json={}))["key"] == "invalid_payload"


@pytest.mark.parametrize("amount", [0.5, "5", None])
def test_amounts_are_whole_numbers(shop: Shop, amount: object) -> None:
    path = f"/v1/vouchers/{shop.voucher({'type': 'GIFT_VOUCHER', 'gift': {'amount': 5}}).code}/balance"
    assert answered(shop.http.post(path, json={"amount": amount}))["key"] in ("invalid_payload", "invalid_amount")


def test_balances_are_of_gifts_and_cards(shop: Shop) -> None:
    path = f"/v1/vouchers/{shop.voucher().code}/balance"
    assert answered(shop.http.post(path, json={"amount": 5}))["code"] == 400


# -- what is no request at all -----------------------------------------------------------------------------------


def test_json_that_is_none(shop: Shop) -> None:
    answer = shop.http.post("/v1/campaigns", content=b'{"name":', headers={"Content-Type": "application/json"})
    body = answer.json()
    assert (answer.status_code, body["statusCode"], body["code"]) == (400, 400, 400)
    assert body["error"] == "Bad Request"
    assert body["message"]


def test_bodies_that_are_too_large(shop: Shop) -> None:
    answer = shop.http.post(
        f"/v1/campaigns/{shop.campaign().id}/import",
        content=b"[" + b" " * (10 * 1024 * 1024 + 1) + b"]",
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.json()["message"] == "Payload content length greater than maximum allowed: 10485760"


def test_methods_that_are_not_served(shop: Shop) -> None:
    answer = shop.http.put("/v1/campaigns", json={})
    assert answer.status_code == 405
    assert answer.json()["message"] == "HTTP Method Not Allowed"
    assert answer.json()["details"] == "PUT is not supported by this endpoint. Did you mean GET or POST?"


def test_addresses_that_lead_nowhere(shop: Shop) -> None:
    answer = shop.http.get("/v1/nothing/here")
    assert (answer.status_code, answer.json()["code"]) == (404, 404)


def test_content_that_cannot_be_read(shop: Shop) -> None:
    answer = shop.http.post("/v1/campaigns", content=b"<x/>", headers={"Content-Type": "application/xml"})
    assert answer.status_code == 415


def test_every_answer_tells_the_limits(shop: Shop) -> None:
    for answer in (shop.http.get("/v1/campaigns"), shop.http.get("/v1/campaigns/nothing")):
        limits = ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Retry")
        assert all(answer.headers[name].isdecimal() for name in limits)
        assert int(answer.headers["X-Rate-Limit-Remaining"]) <= int(answer.headers["X-Rate-Limit-Limit"])


def test_sdk_headers_change_nothing(shop: Shop) -> None:
    headers = {
        "X-Voucherify-API-Version": "v2017-04-20",
        "X-Voucherify-Channel": "Node.js-v20-SDK-v2.9.0",
        "Accept": "*/*",
    }
    answer = shop.http.get("/v1/campaigns", headers=headers)
    assert (answer.status_code, answer.json()["object"]) == (200, "list")
    assert answer.headers["content-type"].startswith("application/json")

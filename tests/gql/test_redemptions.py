"""What happens at a till, by GraphQL: validating, holding, redeeming, rolling back."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from gql.ids import encoder
from tests.gql.shop import CARD, GIFT, PERCENT, campaign, do, done, errors, node, redeem, voucher
from tests.world import World

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
gid = encoder("Redemption")
ROW = """id token kind status amount { amount currency } points reason failureCode failureMessage trackingId metadata
  voucher { code } campaign { name } customer { sourceId } parent { id } rollsBack { id }
  order { token status amount totalAmount totalDiscountAmount }"""
REDEEMED = f"redemptions {{ {ROW} }}"
ITEMS: dict[str, Any] = {
    "order": {
        "sourceId": "o-1",
        "items": [
            {"productId": "tea", "quantity": 2, "price": "10.00", "product": {"name": "Tea"}},
            {"sourceId": "cake", "amount": "5.00", "metadata": {"sweet": True}},
        ],
        "metadata": {"till": 3},
    }
}


def codes_of(payload: Any) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


async def test_a_discount_is_redeemed_for_an_order(world: World) -> None:
    of = await campaign(world)
    await voucher(world, "A", campaignId=of["id"])
    shown = """redemptions { voucher { code redemptionCount } order { sourceId status metadata amount totalAmount
      discountAmount itemsDiscountAmount items { productId sourceId quantity price amount subtotalAmount metadata
      product { name } } } campaign { name } customer { sourceId name } trackingId metadata happenedAt }"""
    given = {**ITEMS, "customer": {"sourceId": "ada", "name": "Ada"}, "trackingId": "t", "metadata": {"m": 1}}
    payload = await redeem(world, "A", amount=None, shown=shown, **given)
    assert payload["userErrors"] == []
    (found,) = payload["redemptions"]
    assert found["voucher"] == {"code": "A", "redemptionCount": 1}
    assert (found["campaign"], found["customer"]) == ({"name": "Spring"}, {"sourceId": "ada", "name": "Ada"})
    assert (found["trackingId"], found["metadata"]) == ("t", {"m": 1})
    order = found["order"]
    assert (order["sourceId"], order["status"], order["metadata"]) == ("o-1", "PAID", {"till": 3})
    assert (order["amount"], order["discountAmount"], order["totalAmount"]) == ("25.00", "2.50", "22.50")
    assert order["itemsDiscountAmount"] is None
    tea, cake = order["items"]
    assert (tea["productId"], tea["quantity"], tea["price"], tea["amount"]) == ("tea", 2, "10.00", "20.00")
    assert (tea["product"], cake["sourceId"], cake["metadata"]) == ({"name": "Tea"}, "cake", {"sweet": True})
    assert codes_of(await redeem(world, "A")) == ["QUANTITY_EXCEEDED"]


async def test_null_is_as_good_as_absent(world: World) -> None:
    await voucher(world, "A", benefit={"discount": {"type": "AMOUNT", "amountOff": "5", "effect": None, "units": None}})
    order = {"order": {"amount": "10", "status": "CREATED", "sourceId": None, "items": None}}
    given = {**order, "customer": None, "sessionKey": None, "metadata": None}
    payload = await redeem(world, "A", amount=None, shown="redemptions { order { status totalAmount } }", **given)
    assert payload["redemptions"] == [{"order": {"status": "CREATED", "totalAmount": "5.00"}}]


async def test_units_that_a_discount_adds_are_shown(world: World) -> None:
    unit = {"type": "UNIT", "effect": "ADD_NEW_ITEMS", "unitOff": 1, "unitType": "tea", "product": {"price": "10.00"}}
    await voucher(world, "U", benefit={"discount": unit})
    shown = "redemptions { order { initialAmount totalAmount items { quantity initialQuantity discountQuantity } } }"
    payload = await redeem(world, "U", amount=None, shown=shown, **ITEMS)
    order = payload["redemptions"][0]["order"]
    assert (order["initialAmount"], order["totalAmount"]) == ("25.00", "25.00")
    assert order["items"][0] == {"quantity": 3, "initialQuantity": 2, "discountQuantity": 1}


async def test_a_gift_pays_what_it_is_asked_for_and_gets_it_back_once(world: World) -> None:
    await voucher(world, "G", benefit=GIFT)
    given = {"vouchers": [{"code": "G", "credits": "12.34"}], "order": {"amount": "100"}, "idempotencyKey": "k"}
    first = await done(world, "voucherRedeem", given, f"redemption {{ {ROW} }} {REDEEMED}")
    assert await done(world, "voucherRedeem", given, f"redemption {{ {ROW} }} {REDEEMED}") == first
    (found,) = first["redemptions"]
    assert found == first["redemption"]
    assert (found["amount"], found["points"]) == ({"amount": "12.34", "currency": "EUR"}, None)
    assert found["order"]["totalAmount"] == "87.66"
    balance = '{ voucher(code: "G") { redemptionCount gift { balance { amount } redeemedAmount { amount } } } }'
    left = {"balance": {"amount": "37.66"}, "redeemedAmount": {"amount": "12.34"}}
    assert (await world.data(balance))["voucher"] == {"redemptionCount": 1, "gift": left}
    back = {"id": found["id"], "reason": "Wrong tea", "metadata": {"m": 1}}
    shown = f"redemption {{ {ROW} }} rollback {{ {ROW} }} rollbacks {{ id }}"
    payload = await done(world, "redemptionRollback", back, shown)
    assert payload["redemption"]["status"] == "ROLLED_BACK"
    rollback = payload["rollback"]
    assert (rollback["kind"], rollback["status"], rollback["reason"]) == ("ROLLBACK", "SUCCEEDED", "Wrong tea")
    assert rollback["amount"] == {"amount": "-12.34", "currency": "EUR"}
    assert (rollback["rollsBack"], rollback["metadata"]) == ({"id": found["id"]}, {"m": 1})
    assert rollback["order"]["status"] == "CANCELED"
    assert payload["rollbacks"] == [{"id": rollback["id"]}]
    gift = {"balance": {"amount": "50.00"}, "redeemedAmount": {"amount": "0.00"}}
    assert (await world.data(balance))["voucher"] == {"redemptionCount": 0, "gift": gift}
    again = await do(world, "redemptionRollback", back, shown)
    assert codes_of(again) == ["ALREADY_ROLLED_BACK"]
    assert (again["rollback"]["status"], again["rollback"]["failureCode"]) == ("FAILED", "ALREADY_ROLLED_BACK")
    rollbacks = await node(world, found["id"], "... on Redemption { rollbacks { nodes { status } } }")
    assert [each["status"] for each in rollbacks["rollbacks"]["nodes"]] == ["SUCCEEDED", "FAILED"]
    assert (await world.data(balance))["voucher"]["gift"] == gift
    types = "{ vouchers { nodes { transactions { nodes { type amount { amount } } } } } }"
    (booked,) = (await world.data(types))["vouchers"]["nodes"]
    assert [(each["type"], each["amount"]["amount"]) for each in booked["transactions"]["nodes"]] == [
        ("CREDITS_ADDITION", "50.00"),
        ("CREDITS_REDEMPTION", "-12.34"),
        ("CREDITS_REFUND", "12.34"),
    ]


async def test_points_are_taken_off_the_holder_s_card(world: World) -> None:
    await voucher(world, "L", benefit=CARD)
    await done(world, "voucherPublish", {"code": "L", "customer": {"sourceId": "ada"}}, "created")
    ada = {"customer": {"sourceId": "ada"}}
    given = {"vouchers": [{"code": "L", "points": 30}], **ada}
    payload = await done(world, "voucherRedeem", given, REDEEMED)
    assert (payload["redemptions"][0]["points"], payload["redemptions"][0]["amount"]) == (30, None)
    card = '{ voucher(code: "L") { loyaltyCard { points balance redeemedPoints } } }'
    found = (await world.data(card))["voucher"]["loyaltyCard"]
    assert found == {"points": 100, "balance": 70, "redeemedPoints": 30}
    for more, code in (
        ({"vouchers": [{"code": "L", "points": 71}], **ada}, ("LOYALTY_CARD_POINTS_EXCEEDED", None)),
        ({"vouchers": [{"code": "L"}], **ada}, ("MISSING_REWARD", None)),
        ({"vouchers": [{"code": "L", "points": 1}]}, ("MISSING_CUSTOMER", None)),
        ({"vouchers": [{"code": "L", "points": 1}], "customer": {"sourceId": "bob"}}, ("INVALID_CUSTOMER", None)),
        # Money is not taken for points, though a card's ledger counts in the same numbers.
        ({"vouchers": [{"code": "L", "credits": "0.10"}], **ada}, ("INVALID", "vouchers.0.credits")),
    ):
        assert await errors(world, "voucherRedeem", more) == [code], more
    assert (await world.data(card))["voucher"]["loyaltyCard"]["balance"] == 70


async def test_several_vouchers_of_one_order_are_used_together_or_not_at_all(world: World) -> None:
    await voucher(world, "A")
    await voucher(world, "G", benefit=GIFT)
    shown = f"{REDEEMED} whole: redemption {{ {ROW} children {{ nodes {{ id }} }} }}"
    payload = await redeem(world, "A", "G", shown=shown)
    assert payload["userErrors"] == []
    first, second = payload["redemptions"]
    assert (first["voucher"]["code"], second["voucher"]["code"]) == ("A", "G")
    assert (first["order"]["totalAmount"], second["order"]["totalAmount"]) == ("90.00", "40.00")
    whole = payload["whole"]
    assert (whole["voucher"], whole["order"]["totalAmount"]) == (None, "40.00")
    assert first["parent"] == second["parent"] == {"id": whole["id"]}
    assert [each["id"] for each in whole["children"]["nodes"]] == [first["id"], second["id"]]
    assert await errors(world, "redemptionRollback", {"id": first["id"]}) == [("INVALID_REDEMPTION_PARENT", None)]
    refused = await redeem(world, "G", "A", shown=shown)
    assert codes_of(refused) == ["GIFT_AMOUNT_EXCEEDED"]
    assert (refused["redemptions"], refused["whole"]["status"]) == ([], "FAILED")
    back = await done(
        world, "redemptionRollback", {"id": whole["id"]}, "rollback { id } rollbacks { voucher { code } }"
    )
    assert [each["voucher"]["code"] for each in back["rollbacks"]] == ["A", "G"]
    assert (await redeem(world, "A", "G"))["userErrors"] == []


async def test_refusals_are_kept_and_said(world: World) -> None:
    off = await voucher(world, "OFF")
    await done(world, "voucherDisable", {"id": off["id"]}, "voucher { id }")
    await voucher(world, "OLD", expiresAt="2020-01-01T00:00:00Z")
    await voucher(world, "NEW", startsAt="2030-01-01T00:00:00Z")
    await voucher(world, "SAT", validityDaysOfWeek=["SATURDAY"])
    await voucher(world, "G", benefit=GIFT)
    for code, found in (
        ("OFF", "VOUCHER_DISABLED"),
        ("OLD", "VOUCHER_EXPIRED"),
        ("NEW", "VOUCHER_NOT_ACTIVE"),
        ("SAT", "VOUCHER_NOT_ACTIVE_NOW"),  # the world's clock starts on a Thursday
    ):
        payload = await redeem(world, code, shown=f"kept: redemption {{ {ROW} }}")
        assert codes_of(payload) == [found]
        kept = payload["kept"]
        assert (kept["status"], kept["failureCode"], kept["voucher"]) == ("FAILED", found, {"code": code})
        assert kept["token"].startswith("rf_")
        assert kept["failureMessage"] == payload["userErrors"][0]["message"]
    assert codes_of(await redeem(world, "G", amount=None)) == ["MISSING_AMOUNT"]
    # Nothing is kept of a request that names nothing.
    before = (await world.data("{ redemptions { totalCount } }"))["redemptions"]["totalCount"]
    assert codes_of(await redeem(world, "none")) == ["NOT_FOUND"]
    assert codes_of(await redeem(world, "G", "G")) == ["DUPLICATED_REDEEMABLES"]
    assert (await world.data("{ redemptions { totalCount } }"))["redemptions"]["totalCount"] == before == 5


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"vouchers": []}, ("INVALID", "vouchers")),
        ({"vouchers": [{"code": "A"}] * 31}, ("INVALID", "vouchers")),
        ({"vouchers": [{"code": "A", "credits": "-1"}]}, ("INVALID", "vouchers.0.credits")),
        ({"vouchers": [{"code": "A", "credits": "1", "points": 1}]}, ("INVALID", "vouchers.0.points")),
        ({"vouchers": [{"code": "A", "points": 1}]}, ("INVALID", "vouchers.0.points")),
        ({"order": {"amount": "-5"}}, ("INVALID", "order.amount")),
        ({"order": {"items": [{"quantity": -1}]}}, ("INVALID", "order.items.0.quantity")),
        ({"order": {"metadata": [1]}}, ("INVALID", "order.metadata")),
        ({"metadata": "x"}, ("INVALID", "metadata")),
        ({"trackingId": "x" * 256}, ("INVALID", "trackingId")),
        ({"customer": {"token": "cust_none"}}, ("NOT_FOUND", "customer.token")),
        ({"organizer": "beta"}, ("PERMISSION_DENIED", "organizer")),
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_request(world: World, given: dict[str, Any], found: tuple[str, str]) -> None:
    await voucher(world, "A")
    usual = {"vouchers": [{"code": "A"}], "order": {"amount": "10.00"}}
    assert await errors(world, "voucherRedeem", {**usual, **given}) == [found]
    assert (await world.data("{ redemptions { totalCount } }"))["redemptions"]["totalCount"] == 0
    assert await errors(world, "vouchersValidate", {**usual, **given}) == [found]


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
async def test_a_voucher_that_is_not_there_is_named_by_its_place(world: World) -> None:
    await voucher(world, "A")
    given = {"metadata": {"code": "B"}, "vouchers": [{"code": "A"}, {"code": "B"}], "order": {"amount": "10.00"}}
    assert await errors(world, "voucherRedeem", given) == [("NOT_FOUND", "vouchers.1.code")]


async def test_of_many_at_once_as_many_succeed_as_may(world: World) -> None:
    await voucher(world, "A", redemptionLimit=5)
    payloads = await asyncio.gather(*[redeem(world, "A") for _ in range(20)])
    assert Counter(code for each in payloads for code in codes_of(each)) == {"QUANTITY_EXCEEDED": 15}
    found = await world.data('{ voucher(code: "A") { redemptionCount redemptions { totalCount } } }')
    assert found["voucher"] == {"redemptionCount": 5, "redemptions": {"totalCount": 20}}


async def test_redemptions_that_are_not_there(world: World) -> None:
    await done(world, "voucherCreate", {"benefit": PERCENT, "code": "A"}, "voucher { id }", token="beta")
    given = {"vouchers": [{"code": "A"}], "order": {"amount": "10"}}
    theirs = await done(world, "voucherRedeem", given, "redemption { id token }", token="beta")
    id = theirs["redemption"]["id"]
    for other in (id, gid(10**6)):
        assert await errors(world, "redemptionRollback", {"id": other}) == [("NOT_FOUND", "id")]
    assert await errors(world, "redemptionRollback", {"id": "x"}) == [("INVALID", "id")]
    assert await node(world, id, "id") is None
    token = f'{{ redemption(token: "{theirs["redemption"]["token"]}") {{ id }} }}'
    assert (await world.data(token))["redemption"] is None
    assert (await world.data(token, token="beta"))["redemption"] == {"id": id}


async def test_lists_of_redemptions_are_filtered(world: World) -> None:
    of = await campaign(world)
    await voucher(world, "A", campaignId=of["id"])
    await voucher(world, "B", redemptionLimit=None)
    first = await redeem(world, "A", customer={"sourceId": "ada"}, trackingId="t-1")
    await redeem(world, "A")
    await redeem(world, "B")
    await done(world, "redemptionRollback", {"id": first["redemption"]["id"]}, "rollback { id }")
    ids = await world.data('{ voucher(code: "B") { id } customer(sourceId: "ada") { id } }')
    for asked, count in (
        ("first: 9", 4),
        ("filter: {kind: {eq: REDEMPTION}}", 3),
        ("filter: {kind: {eq: ROLLBACK}, status: {eq: SUCCEEDED}}", 1),
        ("filter: {status: {eq: FAILED}}", 1),
        ("filter: {status: {oneOf: [ROLLED_BACK]}}", 1),
        (f'filter: {{voucher: {{eq: "{ids["voucher"]["id"]}"}}}}', 1),
        (f'filter: {{campaign: {{oneOf: ["{of["id"]}"]}}}}', 3),
        (f'filter: {{customer: {{eq: "{ids["customer"]["id"]}"}}}}', 2),
        ('filter: {customer: {eq: "x"}}', 0),
        ('filter: {trackingId: {eq: "t-1"}}', 2),
        ('filter: {happenedAt: {lt: "2020-01-01T00:00:00Z"}}', 0),
    ):
        found = await world.data(f"{{ redemptions({asked}) {{ totalCount nodes {{ id }} }} }}")
        assert found["redemptions"]["totalCount"] == len(found["redemptions"]["nodes"]) == count, asked
    newest = await world.data(
        "{ redemptions(orderBy: {field: HAPPENED_AT, direction: DESC}, first: 1) { nodes { kind } } }"
    )
    assert newest["redemptions"]["nodes"] == [{"kind": "ROLLBACK"}]
    below = "... on VoucherCampaign { redemptions(filter: {kind: {eq: ROLLBACK}}) { totalCount } }"
    assert (await node(world, of["id"], below))["redemptions"]["totalCount"] == 1


async def test_a_payload_costs_what_it_may_show(world: World) -> None:
    query = "mutation ($input: VoucherRedeemInput!) { voucherRedeem(input: $input) { redemptions { id token } } }"
    answer = await world.graphql(query, {"input": {"vouchers": [{"code": "none"}]}})
    assert answer.json()["extensions"]["cost"]["requested"] == 2 + 30 * 2


# -- validating --------------------------------------------------------------------------------------------------------

VALIDATED = """valid trackingId sessionKey order { amount totalAmount totalDiscountAmount }
  vouchers { code status voucherId type credits points discount { percentOff } order { totalAmount }
    error { code message } }"""


async def validate(world: World, *vouchers: dict[str, Any], **given: Any) -> Any:
    asked = {"vouchers": list(vouchers), "order": {"amount": "100"}, **given}
    return await done(world, "vouchersValidate", asked, VALIDATED)


async def test_a_validation_shows_what_would_be_left_to_pay_and_changes_nothing(world: World) -> None:
    made = await voucher(world, "A")
    await voucher(world, "G", benefit=GIFT)
    found = await validate(world, {"code": "A"}, {"code": "G", "credits": "20.00"}, trackingId="t")
    assert (found["valid"], found["trackingId"], found["sessionKey"]) == (True, "t", None)
    assert found["order"] == {"amount": "100.00", "totalAmount": "70.00", "totalDiscountAmount": "30.00"}
    discount, gift = found["vouchers"]
    assert discount == {
        "code": "A",
        "status": "APPLICABLE",
        "voucherId": made["id"],
        "type": "DISCOUNT_VOUCHER",
        "credits": None,
        "points": None,
        "discount": {"percentOff": 10.0},
        "order": {"totalAmount": "90.00"},
        "error": None,
    }
    assert (gift["type"], gift["credits"], gift["order"]) == ("GIFT_VOUCHER", "20.00", {"totalAmount": "70.00"})
    counts = "{ redemptions { totalCount } customers { totalCount } vouchers { nodes { redemptionCount } } }"
    found = await world.data(counts)
    assert (found["redemptions"]["totalCount"], found["customers"]["totalCount"]) == (0, 0)


async def test_what_may_not_be_used_is_no_user_error(world: World) -> None:
    await voucher(world, "A", active=False)
    await voucher(world, "B")
    found = await validate(world, {"code": "A"}, {"code": "B"}, {"code": "none"})
    assert found["valid"] is False
    off, skipped, unknown = found["vouchers"]
    assert (off["status"], off["error"]["code"]) == ("INAPPLICABLE", "VOUCHER_DISABLED")
    assert (skipped["status"], skipped["error"]) == ("SKIPPED", None)
    assert (unknown["error"]["code"], unknown["voucherId"], unknown["type"]) == ("NOT_FOUND", None, None)


async def test_a_session_holds_vouchers_for_itself_until_it_is_over(world: World) -> None:
    await voucher(world, "A")
    held = await validate(world, {"code": "A"}, session={"key": "till-1", "seconds": 3600})
    assert (held["valid"], held["sessionKey"]) == (True, "till-1")
    other = await validate(world, {"code": "A"})
    assert (other["valid"], other["vouchers"][0]["error"]["code"]) == (False, "QUANTITY_EXCEEDED")
    assert codes_of(await redeem(world, "A")) == ["QUANTITY_EXCEEDED"]
    assert (await validate(world, {"code": "A"}, session={"key": "till-1"}))["valid"] is True
    assert codes_of(await redeem(world, "A", sessionKey="till-1")) == []
    await voucher(world, "B")
    made_up = await validate(world, {"code": "B"}, session={"seconds": 60})
    assert made_up["sessionKey"]
    world.clock.at += timedelta(seconds=61)
    assert (await validate(world, {"code": "B"}))["valid"] is True
    for session in ({"seconds": 0}, {"seconds": 365 * 86_400 + 1}):
        given = {"vouchers": [{"code": "B"}], "session": session}
        assert await errors(world, "vouchersValidate", given) == [("INVALID", "session.seconds")]


@SQLITE
async def test_a_session_is_over_when_it_is_released(world: World) -> None:
    await voucher(world, "A")
    await validate(world, {"code": "A"}, session={"key": "till-1"})
    assert (await validate(world, {"code": "A"}))["valid"] is False
    given = {"code": "A", "sessionKey": "till-1"}
    released = await done(world, "voucherSessionRelease", given, "voucher { code }")
    assert released["voucher"] == {"code": "A"}
    assert (await validate(world, {"code": "A"}))["valid"] is True
    assert await errors(world, "voucherSessionRelease", given) == [("NOT_FOUND", "sessionKey")]
    assert await errors(world, "voucherSessionRelease", {**given, "code": "B"}) == [("NOT_FOUND", "code")]
    assert await errors(world, "voucherSessionRelease", given, token="acme_reads") == [("PERMISSION_DENIED", None)]


@SQLITE
async def test_a_rollback_is_refused_for_another_order_or_customer(world: World) -> None:
    await voucher(world, "A")
    order = {"token": "ord_1", "sourceId": "o-1", "amount": "10.00"}
    paid = await done(
        world,
        "voucherRedeem",
        {"vouchers": [{"code": "A"}], "order": order, "customer": {"sourceId": "ada"}},
        "redemption { id order { token } }",
    )
    assert paid["redemption"]["order"] == {"token": "ord_1"}
    key = paid["redemption"]["id"]
    await done(world, "voucherPublish", {"code": (await voucher(world, "B"))["code"], "customer": {"sourceId": "bob"}})
    for wrong, code in (
        ({"orderToken": "ord_2"}, "INVALID_ORDER"),
        ({"orderSourceId": "o-2"}, "INVALID_ORDER"),
        ({"customer": {"sourceId": "bob"}}, "INVALID_CUSTOMER"),
    ):
        assert [found for found, _ in await errors(world, "redemptionRollback", {"id": key, **wrong})] == [code]
    right = {"orderToken": "ord_1", "orderSourceId": "o-1", "customer": {"sourceId": "ada"}}
    assert await errors(world, "redemptionRollback", {"id": key, **right}) == []


async def test_who_may_not_redeem_may_not(world: World) -> None:
    await voucher(world, "A")
    given = {"vouchers": [{"code": "A"}], "order": {"amount": "10"}}
    for mutation in ("voucherRedeem", "vouchersValidate"):
        assert await errors(world, mutation, given, token="acme_writes") == [("PERMISSION_DENIED", None)]

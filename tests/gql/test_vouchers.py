"""Single vouchers by GraphQL: made, shown, changed, switched, deleted, found; balances; publications."""

from typing import Any

import pytest

from gql.ids import encoder
from tests.gql.shop import CARD, GIFT, PERCENT, campaign, do, done, errors, node, redeem, voucher
from tests.world import World

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
gid = encoder("Voucher")
BENEFITS = """type
  discount { type amountOff fixedAmount unitOff unitType product { token name price }
    units { unitOff unitType effect product { name price } } }
  gift { amount { amount currency } balance { amount } redeemedAmount { amount } effect }
  loyaltyCard { points balance redeemedPoints expirationRules }"""
CODES = "{ vouchers(%s) { totalCount nodes { code } } }"


async def codes(world: World, asked: str) -> list[str]:
    data = (await world.data(CODES % asked))["vouchers"]
    assert data["totalCount"] == len(data["nodes"])
    return [each["code"] for each in data["nodes"]]


async def test_a_voucher_by_itself_is_shown_as_it_was_made(world: World) -> None:
    shown = """token active redemptionLimit redemptionCount publicationCount startsAt expiresAt additionalInfo metadata
      isReferralCode category { name } campaign { id } holder { id } organizer { slug } validityDaysOfWeek
      validityHours { startTime expirationTime daysOfWeek } validityTimeframe { interval } updatedAt"""
    made = await voucher(
        world,
        "50 % / off ☃",
        shown,
        redemptionLimit=None,
        active=False,
        category="x",
        startsAt="2026-01-01T00:00:00Z",
        validityHours=[
            {"startTime": "09:00", "expirationTime": "17:30", "daysOfWeek": ["MONDAY"]},
            {"daysOfWeek": ["FRIDAY"]},
        ],
        additionalInfo="note",
        metadata={"a": {"b": None}},
        isReferralCode=True,
    )
    assert made == {
        "id": made["id"],
        "code": "50 % / off ☃",
        "token": made["token"],
        "active": False,
        "redemptionLimit": None,
        "redemptionCount": 0,
        "publicationCount": 0,
        "startsAt": "2026-01-01T00:00:00Z",
        "expiresAt": None,
        "additionalInfo": "note",
        "metadata": {"a": {"b": None}},
        "isReferralCode": True,
        "category": {"name": "x"},
        "campaign": None,
        "holder": None,
        "organizer": {"slug": "acme"},
        "validityDaysOfWeek": None,
        "validityHours": [
            {"startTime": "09:00", "expirationTime": "17:30", "daysOfWeek": ["MONDAY"]},
            {"startTime": None, "expirationTime": None, "daysOfWeek": ["FRIDAY"]},
        ],
        "validityTimeframe": None,
        "updatedAt": None,
    }


async def test_each_benefit_is_shown_in_its_own_field(world: World) -> None:
    none = {"discount": None, "gift": None, "loyaltyCard": None}
    found = await voucher(world, "G", BENEFITS, benefit={"gift": {"amount": "0.01", "effect": "APPLY_TO_ITEMS"}})
    money = {"amount": "0.01", "currency": "EUR"}
    assert found == {
        "id": found["id"],
        "code": "G",
        "type": "GIFT_VOUCHER",
        **none,
        "gift": {
            "amount": money,
            "balance": {"amount": "0.01"},
            "redeemedAmount": {"amount": "0.00"},
            "effect": "APPLY_TO_ITEMS",
        },
    }
    # More than an Int holds.
    card = {"loyaltyCard": {"points": 5_000_000_000, "expirationRules": {"period_type": "MONTH"}}}
    found = await voucher(world, "L", BENEFITS, benefit=card)
    assert found["loyaltyCard"] == {
        "points": 5_000_000_000,
        "balance": 5_000_000_000,
        "redeemedPoints": 0,
        "expirationRules": {"period_type": "MONTH"},
    }
    assert (found["gift"], found["discount"]) == (None, None)
    product = {"token": "p", "name": "Tea", "price": "2.50"}
    unit = {"unitOff": 2, "unitType": "p", "effect": "ADD_NEW_ITEMS", "product": product}
    many = {"discount": {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [unit, {"unitOff": 1, "unitType": "q"}]}}
    found = await voucher(world, "U", BENEFITS, benefit=many)
    assert found["discount"]["units"] == [
        {**unit, "product": {"name": "Tea", "price": "2.50"}},
        {"unitOff": 1, "unitType": "q", "effect": None, "product": None},
    ]
    one = {
        "discount": {"type": "UNIT", "effect": "ADD_MISSING_ITEMS", "unitOff": 1, "unitType": "p", "product": product}
    }
    found = await voucher(world, "V", BENEFITS, benefit=one)
    assert (found["discount"]["unitOff"], found["discount"]["product"]) == (1, product)
    found = await voucher(world, "F", BENEFITS, benefit={"discount": {"type": "FIXED", "fixedAmount": "9.99"}})
    assert (found["discount"]["fixedAmount"], found["discount"]["amountOff"]) == ("9.99", None)


@pytest.mark.parametrize("points", [1.5, "7", True, 2**63, None])
async def test_points_are_whole_numbers(world: World, points: Any) -> None:
    query = "mutation ($input: VoucherCreateInput!) { voucherCreate(input: $input) { voucher { id } } }"
    answer = await world.graphql(query, {"input": {"benefit": {"loyaltyCard": {"points": points}}}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_VARIABLES"
    made = await voucher(world, "L", "loyaltyCard { points }", benefit={"loyaltyCard": {"points": 7.0}})
    assert made["loyaltyCard"] == {"points": 7}


async def test_customers_are_found_by_one_of_their_names(world: World) -> None:
    query = "query ($id: String, $token: String) { customer(sourceId: $id, token: $token) { name } }"
    for given in ({}, {"id": "a", "token": "b"}):
        error = (await world.graphql(query, given)).json()["errors"][0]
        assert error["extensions"] == {"code": "INVALID", "argument": "sourceId"}
    for given in ({"id": "a"}, {"token": "b"}, {"id": "a\0"}):
        assert (await world.data(query, given))["customer"] is None


async def test_a_voucher_of_a_campaign_takes_after_it(world: World) -> None:
    of = await campaign(
        world, benefit=GIFT, metadata={"tier": "gold"}, codeConfig={"prefix": "G-"}, expiresAt="2030-01-01T00:00:00Z"
    )
    shown = "gift { balance { amount } } metadata expiresAt campaign { id vouchersCount } redemptionLimit"
    made = await voucher(world, None, shown, campaignId=of["id"], metadata={"own": 1}, redemptionLimit=2)
    assert made["code"].startswith("G-")
    assert made["gift"]["balance"]["amount"] == "50.00"
    assert made["metadata"] == {"tier": "gold", "own": 1}
    assert (made["expiresAt"], made["redemptionLimit"]) == ("2030-01-01T00:00:00Z", 2)
    assert made["campaign"] == {"id": of["id"], "vouchersCount": 1}
    made = await voucher(world, None, shown, campaignId=of["id"], expiresAt=None, codeConfig={"pattern": "Q##"})
    assert made["expiresAt"] is None
    assert (made["code"][0], len(made["code"])) == ("Q", 3)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"benefit": None}, ("INVALID", "benefit")),
        ({"code": ""}, ("INVALID", "code")),
        ({"code": "A"}, ("TAKEN", "code")),
        ({"redemptionLimit": -1}, ("INVALID", "redemptionLimit")),
        ({"metadata": "x"}, ("INVALID", "metadata")),
        ({"benefit": {"loyaltyCard": {"points": -1}}}, ("INVALID", "benefit.loyaltyCard.points")),
        ({"campaignId": "x"}, ("INVALID", "campaignId")),
        ({"campaignId": "x", "benefit": None, "isReferralCode": True}, ("INVALID", "isReferralCode")),
        ({"campaignId": "x", "benefit": None}, ("INVALID", "campaignId")),
        ({"campaignId": encoder("VoucherCampaign")(99), "benefit": None}, ("NOT_FOUND", "campaignId")),
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_voucher(world: World, given: dict[str, Any], found: tuple[str, str]) -> None:
    await voucher(world, "A")
    assert await errors(world, "voucherCreate", {"code": "B", "benefit": PERCENT, **given}) == [found]
    assert await codes(world, "first: 5") == ["A"]


@SQLITE
async def test_a_voucher_of_a_campaign_may_give_something_of_its_own(world: World) -> None:
    of = await campaign(world)
    more = {"discount": {"type": "AMOUNT", "amountOff": "5.00"}}
    shown = "discount { amountOff } campaign { name } isReferralCode activityDuration"
    own = {"isReferralCode": True, "activityDuration": "P30D"}
    made = await voucher(world, "A", shown, campaignId=of["id"], benefit=more, **own)
    assert made.pop("id")
    assert made == {"code": "A", "discount": {"amountOff": "5.00"}, "campaign": {"name": "Spring"}, **own}
    other = {"code": "B", "campaignId": of["id"], "benefit": GIFT}
    assert await errors(world, "voucherCreate", other) == [("INVALID", "benefit")]
    off = await done(
        world, "voucherUpdate", {"id": (await voucher(world, "C"))["id"], "active": False}, "voucher { active }"
    )
    assert off["voucher"] == {"active": False}


async def test_a_voucher_is_changed_switched_and_deleted(world: World) -> None:
    made = await voucher(world, "A", metadata={"a": 1, "b": 2}, category="x", redemptionLimit=5)
    given = {
        "id": made["id"],
        "benefit": {"discount": {"type": "PERCENT", "percentOff": 33.3}},
        "redemptionLimit": None,
        "category": None,
        "metadata": {"a": None, "c": 3},
        "additionalInfo": "new",
        "validityDaysOfWeek": ["SATURDAY"],
    }
    shown = """voucher { code discount { percentOff } redemptionLimit category { name } metadata additionalInfo
      validityDaysOfWeek active }"""
    changed = (await done(world, "voucherUpdate", given, shown))["voucher"]
    assert changed == {
        "code": "A",
        "discount": {"percentOff": 33.3},
        "redemptionLimit": None,
        "category": None,
        "metadata": {"b": 2, "c": 3},
        "additionalInfo": "new",
        "validityDaysOfWeek": ["SATURDAY"],
        "active": True,
    }
    for benefit, code, field in (
        (GIFT, "INVALID", "benefit"),
        ({"discount": {"type": "FIXED", "fixedAmount": "1"}}, "INVALID_VOUCHER", "benefit.discount.type"),
    ):
        other = {"id": made["id"], "benefit": benefit}
        assert await errors(world, "voucherUpdate", other) == [(code, field)]
    # What is left out stays as it is.
    again = {"id": made["id"], "validityDaysOfWeek": None}
    assert (await done(world, "voucherUpdate", again, shown))["voucher"] == {**changed, "validityDaysOfWeek": None}
    for mutation, active in (("voucherDisable", False), ("voucherDisable", False), ("voucherEnable", True)):
        payload = await done(world, mutation, {"id": made["id"]}, "voucher { active }")
        assert payload["voucher"]["active"] is active
    assert (await done(world, "voucherDelete", {"id": made["id"]}, "deletedId"))["deletedId"] == made["id"]
    assert await node(world, made["id"], "id") is None
    assert await errors(world, "voucherCreate", {"code": "A", "benefit": PERCENT}) == [("TAKEN", "code")]
    assert [error["code"] for error in (await redeem(world, "A"))["userErrors"]] == ["NOT_FOUND"]


async def test_deleting_by_force_frees_the_code(world: World) -> None:
    made = await voucher(world, "A", benefit=GIFT)
    await redeem(world, "A", amount="1.00")
    await done(world, "voucherDelete", {"id": made["id"], "force": True}, "deletedId")
    await voucher(world, "A")
    assert (await world.data("{ redemptions { totalCount } }"))["redemptions"]["totalCount"] == 0


@pytest.mark.parametrize(
    "mutation", ["voucherUpdate", "voucherDelete", "voucherEnable", "voucherDisable", "voucherBalanceAdjust"]
)
async def test_vouchers_that_are_not_there(world: World, mutation: str) -> None:
    more = {"amount": "1.00"} if mutation == "voucherBalanceAdjust" else {}
    given = {"benefit": GIFT, "code": "B"}
    theirs = (await done(world, "voucherCreate", given, "voucher { id }", token="beta"))["voucher"]["id"]
    for id in (gid(10**6), theirs):
        assert await errors(world, mutation, {"id": id, **more}) == [("NOT_FOUND", "id")]
    for strange in ("x", encoder("GiftCard")(1), ""):
        assert await errors(world, mutation, {"id": strange, **more}) == [("INVALID", "id")]
    assert await errors(world, mutation, {"id": theirs, **more}, token="acme_reads") == [
        ("NOT_FOUND", "id") if more else ("PERMISSION_DENIED", None)
    ]


async def test_balances_are_moved_by_hand_in_their_own_unit(world: World) -> None:
    gift, card = await voucher(world, "G", benefit=GIFT), await voucher(world, "L", benefit=CARD)
    shown = """voucher { gift { amount { amount } balance { amount } } loyaltyCard { points balance } }
      transaction { number amount { amount currency } balanceAfter { amount } points pointsAfter type reason
        sourceId bookedAt }"""
    put = {"id": gift["id"], "amount": "5.50", "reason": "sorry", "sourceId": "s-1", "idempotencyKey": "k"}
    first = await done(world, "voucherBalanceAdjust", put, shown)
    assert first["voucher"]["gift"] == {"amount": {"amount": "55.50"}, "balance": {"amount": "55.50"}}
    booked = first["transaction"]
    assert (booked["number"], booked["type"], booked["reason"]) == (2, "CREDITS_ADDITION", "sorry")
    assert booked["amount"] == {"amount": "5.50", "currency": "EUR"}
    assert (booked["points"], booked["pointsAfter"], booked["sourceId"]) == (None, None, "s-1")
    assert await done(world, "voucherBalanceAdjust", put, shown) == first
    taken = await done(world, "voucherBalanceAdjust", {"id": card["id"], "points": -40}, shown)
    assert taken["voucher"]["loyaltyCard"] == {"points": 100, "balance": 60}
    assert (taken["transaction"]["points"], taken["transaction"]["pointsAfter"]) == (-40, 60)
    assert (taken["transaction"]["amount"], taken["transaction"]["balanceAfter"]) == (None, None)
    for id, given, found in (
        (gift["id"], {"points": 1}, ("INVALID", "points")),
        (card["id"], {"amount": "1"}, ("INVALID", "amount")),
        (gift["id"], {"amount": "-55.51"}, ("GIFT_AMOUNT_EXCEEDED", "amount")),
        (card["id"], {"points": -61}, ("LOYALTY_CARD_POINTS_EXCEEDED", "amount")),
        (gift["id"], {"amount": "0"}, ("INVALID_AMOUNT", "amount")),
        (gift["id"], {}, ("INVALID", "amount")),
        (gift["id"], {"amount": "1", "points": 1}, ("INVALID", "amount")),
        (gift["id"], {"amount": "0.001"}, ("INVALID", "amount")),
        ((await voucher(world, "D"))["id"], {"amount": "1"}, ("INVALID_VOUCHER", None)),
    ):
        assert await errors(world, "voucherBalanceAdjust", {"id": id, **given}) == [found], given
    both = "{ vouchers { nodes { code transactions { totalCount nodes { number points amount { amount } } } } } }"
    counts = {each["code"]: each["transactions"] for each in (await world.data(both))["vouchers"]["nodes"]}
    assert [each["amount"]["amount"] for each in counts["G"]["nodes"]] == ["50.00", "5.50"]
    assert [each["points"] for each in counts["L"]["nodes"]] == [100, -40]
    assert counts["D"]["totalCount"] == 0


async def test_balances_of_vouchers_are_no_gift_cards(world: World) -> None:
    await voucher(world, "G", "token", benefit=GIFT)
    assert (await world.data("{ giftCards { totalCount } }"))["giftCards"]["totalCount"] == 0
    transaction = encoder("GiftCardTransaction")(1)
    assert await node(world, transaction, "id") is None
    assert await node(world, encoder("VoucherTransaction")(1), "... on VoucherTransaction { number }") == {"number": 1}


async def test_vouchers_are_found_by_code_and_by_token(world: World) -> None:
    made = await voucher(world, "a/b?", "token")
    query = "query ($code: String, $token: String) { voucher(code: $code, token: $token) { id } }"
    for given in ({"code": "a/b?"}, {"token": made["token"]}):
        assert (await world.data(query, given))["voucher"] == {"id": made["id"]}
    for given in ({"code": "A/B?"}, {"token": "a/b?"}, {"code": "a\0"}):
        assert (await world.data(query, given))["voucher"] is None
    assert (await world.data(query, {"code": "a/b?"}, token="beta"))["voucher"] is None
    assert (await world.graphql(query, {})).json()["errors"][0]["extensions"]["argument"] == "code"


async def test_lists_are_filtered_sorted_and_paged(world: World) -> None:
    of = await campaign(world, "Spring")
    await voucher(world, "c", campaignId=of["id"], category="x")
    await voucher(world, "b", benefit=GIFT, expiresAt="2020-01-01T00:00:00Z", metadata={"k": "v"})
    await voucher(world, "a", active=False, redemptionLimit=None)
    await voucher(world, "d")
    await redeem(world, "d")
    for asked, found in (
        ("first: 9", ["c", "b", "a", "d"]),
        ("orderBy: {field: CODE}", ["a", "b", "c", "d"]),
        ("orderBy: {field: CREATED_AT, direction: DESC}", ["d", "a", "b", "c"]),
        (f'filter: {{campaign: {{eq: "{of["id"]}"}}}}', ["c"]),
        ('filter: {campaign: {eq: "nonsense"}}', []),
        (f'filter: {{campaign: {{eq: "{gid(1)}"}}}}', []),
        ('filter: {campaignName: {eq: "Spring"}}', ["c"]),
        ("filter: {campaignName: {eq: null}}", ["b", "a", "d"]),
        ("filter: {type: {eq: GIFT_VOUCHER}}", ["b"]),
        ("filter: {active: false}", ["a"]),
        ("filter: {expired: true}", ["b"]),
        ("filter: {redemptionLimit: {eq: null}}", ["b", "a"]),
        ("filter: {redemptionCount: {gt: 0}}", ["d"]),
        ('filter: {categoryName: {oneOf: ["x", "y"]}}', ["c"]),
        ('filter: {metadata: {key: "k", contains: "v"}}', ["b"]),
        ('filter: {or: [{code: {startsWith: "a"}}, {code: {endsWith: "d"}}]}', ["a", "d"]),
    ):
        assert await codes(world, asked) == found, asked
    page = "{ vouchers(first: 2, orderBy: {field: CODE}%s) { nodes { code } pageInfo { endCursor hasNextPage } } }"
    first = (await world.data(page % ""))["vouchers"]
    assert first["pageInfo"]["hasNextPage"]
    second = (await world.data(page % f', after: "{first["pageInfo"]["endCursor"]}"'))["vouchers"]
    assert [each["code"] for each in first["nodes"] + second["nodes"]] == ["a", "b", "c", "d"]
    below = await world.data('{ organizer(slug: "acme") { vouchers(filter: {active: false}) { nodes { code } } } }')
    assert below["organizer"]["vouchers"]["nodes"] == [{"code": "a"}]


PUBLISHED = """publication { id token channel sourceId metadata customer { id sourceId name } campaign { name }
  vouchers { nodes { voucher { code } publication { id } } } } vouchers { code holder { sourceId } publicationCount }
  created"""


async def test_vouchers_of_a_campaign_are_published_one_after_the_other(world: World) -> None:
    of = await campaign(world, vouchersCount=3)
    ada = {"sourceId": "ada", "name": "Ada", "metadata": {"x": 1}}
    given = {"campaignId": of["id"], "customer": ada, "count": 2, "channel": "mail", "sourceId": "s-1"}
    first = await done(world, "voucherPublish", {**given, "metadata": {"a": 1}}, PUBLISHED)
    publication = first["publication"]
    assert (publication["channel"], publication["sourceId"], publication["metadata"]) == ("mail", "s-1", {"a": 1})
    assert publication["customer"]["name"] == "Ada"
    assert (publication["campaign"], first["created"]) == ({"name": "Spring"}, True)
    assert len(first["vouchers"]) == 2
    assert {each["holder"]["sourceId"] for each in first["vouchers"]} == {"ada"}
    listed = [each["voucher"]["code"] for each in publication["vouchers"]["nodes"]]
    assert sorted(listed) == sorted(each["code"] for each in first["vouchers"])
    # The shop's own name makes it the same one.
    again = await done(world, "voucherPublish", {**given, "metadata": {"a": 1}}, PUBLISHED)
    assert again == {**first, "created": False}
    bob = {"campaignId": of["id"], "customer": {"sourceId": "bob"}}
    assert await errors(world, "voucherPublish", {**bob, "count": 2}) == [("NO_VOUCHER_SUITABLE_FOR_PUBLICATION", None)]
    await done(world, "voucherPublish", {**bob, "idempotencyKey": "k"}, "created")
    await done(world, "voucherPublish", {**bob, "idempotencyKey": "k"}, "created")
    found = await world.data(
        "{ publications(orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes { customer { sourceId } } } "
        'customer(sourceId: "ada") '
        "{ id name metadata publications { nodes { token } } } customers { nodes { sourceId } } }"
    )
    assert [each["customer"]["sourceId"] for each in found["publications"]["nodes"]] == ["bob", "ada"]
    assert (found["customer"]["name"], found["customer"]["metadata"]) == ("Ada", {"x": 1})
    assert found["customer"]["publications"]["nodes"] == [{"token": publication["token"]}]
    assert [each["sourceId"] for each in found["customers"]["nodes"]] == ["ada", "bob"]
    held = f'{{ vouchers(filter: {{holder: {{eq: "{found["customer"]["id"]}"}}}}) {{ totalCount }} }}'
    assert (await world.data(held))["vouchers"]["totalCount"] == 2


async def test_one_voucher_is_published_once(world: World) -> None:
    await voucher(world, "A")
    given = {"code": "A", "customer": {"sourceId": "ada"}}
    payload = await done(world, "voucherPublish", given, PUBLISHED)
    assert [each["code"] for each in payload["vouchers"]] == ["A"]
    token = f'{{ publication(token: "{payload["publication"]["token"]}") {{ id }} }}'
    assert (await world.data(token))["publication"] == {"id": payload["publication"]["id"]}
    other = {"code": "A", "customer": {"sourceId": "bob"}}
    assert await errors(world, "voucherPublish", other) == [("VOUCHER_ALREADY_PUBLISHED", None)]
    wrong: list[tuple[dict[str, Any], list[tuple[str, str | None]]]] = [
        ({"customer": {"sourceId": "a"}}, [("MISSING_VOUCHERS", None)]),
        ({"customer": {"sourceId": "a"}, "campaignId": "x"}, [("INVALID", "campaignId")]),
        ({"customer": {"sourceId": "a"}, "campaignId": encoder("VoucherCampaign")(9)}, [("NOT_FOUND", "campaignId")]),
        ({"customer": {"sourceId": "a", "address": 1}, "code": "A"}, [("INVALID", "customer.address")]),
    ]
    for asked, found in wrong:
        assert await errors(world, "voucherPublish", asked) == found
    refused = await do(world, "voucherPublish", {"customer": {}, "code": "A"}, "publication { id } vouchers { id }")
    assert (refused["publication"], refused["vouchers"]) == (None, [])
    assert refused["userErrors"]

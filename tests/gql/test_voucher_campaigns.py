"""Voucher campaigns by GraphQL: their life, what they show, how they are found. Their vouchers are in test_vouchers."""

from typing import Any

import pytest

from gql.ids import encoder
from tests.gql.shop import CARD, GIFT, PERCENT, campaign, do, done, errors, node, over, redeem, voucher
from tests.tracking import campaign as tracking_campaign
from tests.world import World

gid = encoder("VoucherCampaign")
SHOWN = """name description campaignType growth voucherType active redemptionLimit vouchersCount joinOnce autoJoin
  inheritsMetadata metadata isReferralCode startsAt expiresAt activityDuration creationStatus generationStatus
  discount { type effect percentOff amountLimit } gift { amount { amount } } loyaltyCard { points }
  codeConfig { length charset pattern prefix postfix } category { name } organizer { slug }
  validityTimeframe { interval duration } validityDaysOfWeek validityHours { startTime }"""
NAMES = "{ voucherCampaigns(%s) { totalCount nodes { name } } }"


async def names(world: World, asked: str) -> list[str]:
    data = (await world.data(NAMES % asked))["voucherCampaigns"]
    assert data["totalCount"] == len(data["nodes"])
    return [each["name"] for each in data["nodes"]]


async def test_a_campaign_is_shown_as_it_was_made(world: World) -> None:
    made = await campaign(
        world,
        "Spring ☀",
        SHOWN,
        description="For everybody",
        benefit={
            "discount": {"type": "PERCENT", "percentOff": 12.5, "amountLimit": "20.00", "effect": "APPLY_TO_ORDER"}
        },
        redemptionLimit=3,
        codeConfig={"pattern": "SP-####", "charset": "ABCDEFGH", "postfix": "!"},
        startsAt="2026-01-01T00:00:00Z",
        expiresAt="2026-12-31T00:00:00+01:00",
        validityTimeframe={"interval": "P1D", "duration": "PT20H"},
        validityDaysOfWeek=["SUNDAY", "THURSDAY"],
        activityDuration="P30D",
        isReferralCode=True,
        joinOnce=True,
        inheritsMetadata=False,
        category="clothes",
        metadata={"tier": "gold", "n": [1, None]},
    )
    assert made == {
        "id": made["id"],
        "name": "Spring ☀",
        "description": "For everybody",
        "campaignType": "DISCOUNT_COUPONS",
        "growth": "STATIC",
        "voucherType": "DISCOUNT_VOUCHER",
        "active": True,
        "redemptionLimit": 3,
        "vouchersCount": 0,
        "joinOnce": True,
        "autoJoin": False,
        "inheritsMetadata": False,
        "metadata": {"tier": "gold", "n": [1, None]},
        "isReferralCode": True,
        "startsAt": "2026-01-01T00:00:00Z",
        "expiresAt": "2026-12-30T23:00:00Z",
        "activityDuration": "P30D",
        "creationStatus": "DONE",
        "generationStatus": "DONE",
        "discount": {"type": "PERCENT", "effect": "APPLY_TO_ORDER", "percentOff": 12.5, "amountLimit": "20.00"},
        "gift": None,
        "loyaltyCard": None,
        "codeConfig": {"length": 4, "charset": "ABCDEFGH", "pattern": "SP-####", "prefix": None, "postfix": "!"},
        "category": {"name": "clothes"},
        "organizer": {"slug": "acme"},
        "validityTimeframe": {"interval": "P1D", "duration": "PT20H"},
        "validityDaysOfWeek": ["SUNDAY", "THURSDAY"],
        "validityHours": None,
    }


async def test_gifts_cards_and_promotions(world: World) -> None:
    shown = "campaignType voucherType gift { amount { amount currency } effect } loyaltyCard { points } redemptionLimit"
    gift = {"gift": {"amount": "50.00", "effect": "APPLY_TO_ITEMS"}}
    found = await campaign(world, "Gifts", shown, benefit=gift)
    assert found["gift"] == {"amount": {"amount": "50.00", "currency": "EUR"}, "effect": "APPLY_TO_ITEMS"}
    assert (found["campaignType"], found["redemptionLimit"]) == ("GIFT_VOUCHERS", None)
    found = await campaign(world, "Points", shown, benefit=CARD)
    assert (found["voucherType"], found["loyaltyCard"]) == ("LOYALTY_CARD", {"points": 100})
    given = {"campaignType": "PROMOTION", "benefit": None, "promotion": {"tiers": [{"name": "one"}]}}
    found = await campaign(world, "Sale", f"{shown} codeConfig {{ length }} promotion vouchersCount", **given)
    assert (found["voucherType"], found["codeConfig"], found["vouchersCount"]) == (None, None, 0)
    (tier,) = found["promotion"]["tiers"]
    assert tier["name"] == "one"
    assert tier["id"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"name": " "}, [("INVALID", "name")]),
        ({"benefit": None}, [("INVALID_CAMPAIGN", "benefit")]),
        ({"benefit": None, "campaignType": "GIFT_VOUCHERS"}, [("INVALID_CAMPAIGN", "benefit.gift")]),
        ({"campaignType": "PROMOTION"}, [("INVALID_CAMPAIGN", "benefit")]),
        ({"benefit": {"discount": {"type": "PERCENT"}}}, [("INVALID", "benefit.discount.percentOff")]),
        (
            {"benefit": {"discount": {"type": "PERCENT", "percentOff": 101}}},
            [("INVALID", "benefit.discount.percentOff")],
        ),
        (
            {"benefit": {"discount": {"type": "AMOUNT", "amountOff": "1.005"}}},
            [("INVALID", "benefit.discount.amountOff")],
        ),
        ({"benefit": {"gift": {"amount": "-1"}}}, [("INVALID", "benefit.gift.amount")]),
        ({"redemptionLimit": 0}, [("INVALID", "redemptionLimit")]),
        ({"vouchersCount": -1}, [("INVALID", "vouchersCount")]),
        ({"startsAt": "2026-02-01T00:00:00Z", "expiresAt": "2026-01-01T00:00:00Z"}, [("INVALID", "expiresAt")]),
        ({"validityTimeframe": {"interval": "P1D", "duration": "PT1H"}}, [("INVALID", "validityTimeframe")]),
        ({"validityHours": [{"startTime": "25:00"}]}, [("INVALID", "validityHours.0.startTime")]),
        ({"activityDuration": "soon"}, [("INVALID", "activityDuration")]),
        ({"metadata": [1]}, [("INVALID", "metadata")]),
        ({"growth": "STANDALONE"}, [("INVALID_CAMPAIGN", "code")]),
        ({"growth": "STANDALONE", "code": "X", "vouchersCount": 2}, [("INVALID_CAMPAIGN", "vouchersCount")]),
        ({"codeConfig": {"length": 0}}, [("INVALID_CODE_CONFIG", "codeConfig.length")]),
        (
            {"codeConfig": {"pattern": "#", "charset": "01"}, "vouchersCount": 3},
            [("INVALID_CODE_CONFIG", "codeConfig")],
        ),
        ({"campaignType": "PROMOTION", "benefit": None, "validityDaysOfWeek": []}, [("INVALID", "validityDaysOfWeek")]),
        (
            {"campaignType": "PROMOTION", "benefit": None, "promotion": {"tiers": ["x"]}},
            [("INVALID", "promotion.tiers")],
        ),
    ],
    ids=str,
)
async def test_what_is_wrong_is_said_of_the_input_s_own_fields(
    world: World, given: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert await errors(world, "voucherCampaignCreate", {"name": "Spring", "benefit": PERCENT, **given}) == found
    assert await names(world, "first: 1") == []


async def test_a_benefit_is_exactly_one(world: World) -> None:
    for benefit in ({}, {**PERCENT, **GIFT}):
        query = "mutation ($input: VoucherCampaignCreateInput!) { voucherCampaignCreate(input: $input) { __typename } }"
        answer = await world.graphql(query, {"input": {"name": "x", "benefit": benefit}})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_VARIABLES"


async def test_a_name_is_taken_until_it_is_purged_from_the_bin(world: World) -> None:
    made = await campaign(world, vouchersCount=1)
    again = {"name": "Spring", "benefit": PERCENT}
    assert await errors(world, "voucherCampaignCreate", again) == [("TAKEN", "name")]
    payload = await done(world, "voucherCampaignDelete", {"id": made["id"]}, "deletedId action { id type }")
    assert (payload["deletedId"], payload["action"]["type"]) == (made["id"], "CAMPAIGN_VOUCHERS_DELETE")
    await over(world, payload["action"]["id"])
    assert await node(world, made["id"], "id") is None
    assert await names(world, "first: 1") == []
    assert (await world.data("{ vouchers { totalCount } }"))["vouchers"]["totalCount"] == 0
    assert await errors(world, "voucherCampaignCreate", again) == [("TAKEN", "name")]
    entries = await world.data("{ binEntries { nodes { id resource resourceName } } }")
    (entry,) = entries["binEntries"]["nodes"]
    assert (entry["resource"], entry["resourceName"]) == ("CAMPAIGN", "Spring")
    purged = await done(world, "binEntryPurge", {"id": entry["id"]}, "deletedId")
    assert purged["deletedId"] == entry["id"]
    assert await errors(world, "binEntryPurge", {"id": entry["id"]}) == [("NOT_FOUND", "id")]
    await campaign(world)


async def test_deleting_by_force_frees_the_name_at_once(world: World) -> None:
    made = await campaign(world, vouchersCount=2)
    payload = await done(world, "voucherCampaignDelete", {"id": made["id"], "force": True}, "action { id }")
    await campaign(world)
    assert (await over(world, payload["action"]["id"]))["doneCount"] == 2
    assert (await world.data("{ binEntries { totalCount } }"))["binEntries"]["totalCount"] == 0


async def test_an_update_reaches_the_vouchers_that_nobody_has(world: World) -> None:
    made = await campaign(world, vouchersCount=2, metadata={"a": 1, "b": 2}, description="x", category="c")
    payload = await done(
        world, "voucherPublish", {"campaignId": made["id"], "customer": {"sourceId": "ada"}}, "created"
    )
    assert payload["created"] is True
    changed = await done(
        world,
        "voucherCampaignUpdate",
        {
            "id": made["id"],
            "benefit": {"discount": {"type": "PERCENT", "percentOff": 25}},
            "metadata": {"a": None, "c": 3},
            "expiresAt": "2027-01-01T00:00:00Z",
            "description": None,
            "category": None,
            "growth": "AUTO_UPDATE",
        },
        f"voucherCampaign {{ {SHOWN} updatedAt }} action {{ id type }}",
    )
    shown = changed["voucherCampaign"]
    assert (shown["discount"]["percentOff"], shown["metadata"]) == (25.0, {"b": 2, "c": 3})
    assert (shown["description"], shown["category"], shown["growth"]) == (None, None, "AUTO_UPDATE")
    assert (shown["redemptionLimit"], shown["generationStatus"]) == (1, "MODIFYING")
    assert shown["updatedAt"] is not None
    action = await over(world, changed["action"]["id"])
    assert (changed["action"]["type"], action["doneCount"]) == ("CAMPAIGN_VOUCHERS_UPDATE", 1)
    found = await world.data("{ vouchers { nodes { publicationCount discount { percentOff } } } }")
    percents = {each["publicationCount"]: each["discount"]["percentOff"] for each in found["vouchers"]["nodes"]}
    assert percents == {1: 10.0, 0: 25.0}
    other = {"id": made["id"], "benefit": {"discount": {"type": "AMOUNT", "amountOff": "5"}}}
    assert await errors(world, "voucherCampaignUpdate", other) == [("INVALID_VOUCHER", "benefit.discount.type")]
    other = {"id": made["id"], "benefit": GIFT}
    assert await errors(world, "voucherCampaignUpdate", other) == [("INVALID", "benefit")]


async def test_switching_off_stops_redemption_and_keeps_the_vouchers_own_switches(world: World) -> None:
    made = await campaign(world)
    await voucher(world, "A", campaignId=made["id"], active=False)
    await voucher(world, "B", campaignId=made["id"])
    for _ in range(2):
        payload = await done(world, "voucherCampaignDisable", {"id": made["id"]}, "voucherCampaign { active }")
        assert payload["voucherCampaign"]["active"] is False
    assert [error["code"] for error in (await redeem(world, "B"))["userErrors"]] == ["VOUCHER_DISABLED"]
    payload = await done(world, "voucherCampaignEnable", {"id": made["id"]}, "voucherCampaign { active }")
    assert payload["voucherCampaign"]["active"] is True
    assert (await redeem(world, "B"))["userErrors"] == []
    assert [error["code"] for error in (await redeem(world, "A"))["userErrors"]] == ["VOUCHER_DISABLED"]


async def test_both_kinds_of_campaigns_are_switched_alike(world: World) -> None:
    vouchers = await campaign(world)
    tracking = encoder("TrackingCampaign")(await tracking_campaign(world, "AAA", description="Newsletter"))
    shown = "campaign { __typename id name active createdAt ... on TrackingCampaign { code } }"
    for id, typename, name in (
        (vouchers["id"], "VoucherCampaign", "Spring"),
        (tracking, "TrackingCampaign", "Newsletter"),
    ):
        for mutation, active in (("campaignDisable", False), ("campaignEnable", True), ("campaignEnable", True)):
            payload = await done(world, mutation, {"id": id, "idempotencyKey": f"{mutation}{id}"}, shown)
            found = payload["campaign"]
            assert (found["__typename"], found["id"], found["name"]) == (typename, id, name)
            assert found["active"] is active
            assert ("code" in found) is (typename == "TrackingCampaign")
        common = await node(world, id, "... on Campaign { name active description }")
        assert (common["name"], common["active"]) == (name, True)
    for wrong in ("x", encoder("Voucher")(1)):
        assert await errors(world, "campaignEnable", {"id": wrong}) == [("INVALID", "id")]
    assert await errors(world, "campaignDisable", {"id": gid(10**6)}) == [("NOT_FOUND", "id")]


@pytest.mark.parametrize(
    "mutation",
    ["voucherCampaignUpdate", "voucherCampaignDelete", "voucherCampaignEnable", "voucherCampaignDisable"],
)
async def test_campaigns_that_are_not_there(world: World, mutation: str) -> None:
    assert await errors(world, mutation, {"id": gid(10**6)}) == [("NOT_FOUND", "id")]
    for strange in ("x", encoder("Voucher")(1), ""):
        assert await errors(world, mutation, {"id": strange}) == [("INVALID", "id")]
    given = {"name": "Theirs", "benefit": PERCENT}
    theirs = (await done(world, "voucherCampaignCreate", given, "voucherCampaign { id }", token="beta"))[
        "voucherCampaign"
    ]
    assert await errors(world, mutation, theirs) == [("NOT_FOUND", "id")]
    assert await errors(world, mutation, theirs, token="acme_reads") == [("PERMISSION_DENIED", None)]
    assert await node(world, theirs["id"], "id") is None


async def test_the_same_key_makes_one_campaign(world: World) -> None:
    given = {"name": "Spring", "benefit": GIFT, "vouchersCount": 2, "idempotencyKey": "k"}
    shown = "voucherCampaign { id name } action { id }"
    first = await done(world, "voucherCampaignCreate", given, shown)
    assert await done(world, "voucherCampaignCreate", given, shown) == first
    await over(world, first["action"]["id"])
    assert (await world.data("{ vouchers { totalCount } }"))["vouchers"]["totalCount"] == 2
    other = {**given, "name": "Summer"}
    assert await errors(world, "voucherCampaignCreate", other) == [("IDEMPOTENCY_KEY_REUSED", "idempotencyKey")]


async def test_campaigns_are_found_by_name_and_by_token(world: World) -> None:
    made = await campaign(world, 'A/B "50 %"', "token")
    query = "query ($name: String, $token: String) { voucherCampaign(name: $name, token: $token) { id } }"
    for given in ({"name": 'A/B "50 %"'}, {"token": made["token"]}):
        assert (await world.data(query, given))["voucherCampaign"] == {"id": made["id"]}
    for given in ({"name": made["token"]}, {"token": "A/B"}, {"name": "a/b"}, {"name": "A\0"}):
        assert (await world.data(query, given))["voucherCampaign"] is None
    assert (await world.data(query, {"name": 'A/B "50 %"'}, token="beta"))["voucherCampaign"] is None
    for given in ({}, {"name": "a", "token": "b"}):
        error = (await world.graphql(query, given)).json()["errors"][0]
        assert error["extensions"] == {"code": "INVALID", "argument": "name"}


async def test_lists_are_filtered_and_sorted(world: World) -> None:
    await campaign(world, "b", metadata={"tier": "gold", "n": 5}, category="x")
    await campaign(world, "c", benefit=GIFT, growth="AUTO_UPDATE", isReferralCode=True)
    off = await campaign(world, "a", metadata={"tier": "tin"}, expiresAt="2030-01-01T00:00:00Z")
    await done(world, "voucherCampaignDisable", {"id": off["id"]})
    for asked, found in (
        ("first: 5", ["b", "c", "a"]),
        ("orderBy: {field: NAME}", ["a", "b", "c"]),
        ("orderBy: {field: CREATED_AT, direction: DESC}", ["a", "c", "b"]),
        ("filter: {active: false}", ["a"]),
        ("filter: {voucherType: {eq: GIFT_VOUCHER}}", ["c"]),
        ("filter: {campaignType: {eq: DISCOUNT_COUPONS}, growth: {oneOf: [STATIC]}}", ["b", "a"]),
        ("filter: {isReferralCode: true}", ["c"]),
        ('filter: {metadata: {key: "tier", eq: "gold"}}', ["b"]),
        ('filter: {metadata: {key: "tier"}}', ["b", "a"]),
        ('filter: {metadata: {key: "n", gt: 4, lt: 6}}', ["b"]),
        ('filter: {metadata: {key: "tier", startsWith: "t", oneOf: ["tin"]}}', ["a"]),
        ("filter: {not: {categoryName: {eq: null}}}", ["b"]),
        ('filter: {or: [{name: {startsWith: "c"}}, {expiresAt: {gt: "2029-01-01T00:00:00Z"}}]}', ["c", "a"]),
        ("filter: {generationStatus: {eq: FAILED}}", []),
    ):
        assert await names(world, asked) == found, asked
    below = await world.data(
        '{ organizer(slug: "acme") { voucherCampaigns(filter: {active: false}) { nodes { name } } } '
        'categories { nodes { name campaignToken: token } } category(name: "x") { name } }'
    )
    assert below["organizer"]["voucherCampaigns"]["nodes"] == [{"name": "a"}]
    assert [each["name"] for each in below["categories"]["nodes"]] == ["x"]
    assert below["category"] == {"name": "x"}


async def test_what_a_token_may_not_read_it_is_not_shown(world: World) -> None:
    await campaign(world)
    for query in ("voucherCampaigns { nodes { id } }", "vouchers { nodes { id } }", "redemptions { nodes { id } }"):
        answer = (await world.graphql(f"{{ {query} viewer {{ name }} }}", token="acme_reads")).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["PERMISSION_DENIED"]
        assert answer["data"]["viewer"] == {"name": "acme_reads"}
    payload = await do(world, "voucherCampaignCreate", {"name": "x", "benefit": PERCENT}, token="acme_writes")
    assert [error["code"] for error in payload["userErrors"]] == ["PERMISSION_DENIED"]

"""/v1/campaigns: what the documentation shows, what the SDKs send, what is refused and how."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from rest.voucherify.app import ROUTES
from tests.reading.statements import traced
from tests.rest.voucherify import examples
from tests.rest.voucherify.conftest import ON_SQLITE, Door, serving
from tests.world import opened

PERCENT = {"type": "PERCENT", "percent_off": 10}
DISCOUNT = {"type": "DISCOUNT_VOUCHER", "discount": PERCENT}
GIFT = {"type": "GIFT_VOUCHER", "gift": {"amount": 1000}}
CARD = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100}}


def at(name: str) -> str:
    return f"campaigns/{quote(name, safe='')}"


async def created(shop: Door, name: str = "Spring", **fields: Any) -> Any:
    answer = await shop.post("campaigns", {"name": name, "voucher": DISCOUNT, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shown(shop: Door, ref: str) -> Any:
    answer = await shop.get(at(ref))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def updated(shop: Door, ref: str, body: Any) -> Any:
    answer = await shop.ask("PUT", at(ref), json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(shop: Door, query: str = "") -> list[str]:
    answer = await shop.get(f"campaigns?{query}")
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["campaigns"]]


def refused(answer: httpx2.Response, status: int, key: str) -> Any:
    body = answer.json()
    assert (answer.status_code, body.get("code"), body.get("key")) == (status, status, key), answer.text
    assert {"message", "request_id"} <= body.keys()
    return body


async def settled(shop: Door, ref: str) -> Any:
    """The campaign, once the bulk work of the world's worker is done with it."""
    for _ in range(400):
        found = await shown(shop, ref)
        if found["creation_status"] == found["vouchers_generation_status"] == "DONE":
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("it is not done")


# -- what the documentation shows --------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", examples.CAMPAIGNS)
async def test_documented_campaigns_are_answered_in_the_documented_shape(shop: Door, title: str) -> None:
    body = examples.CAMPAIGNS[title]
    answer = await shop.post("campaigns", body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    own = {"referral_program"} if title == "referral" else set()
    assert found.keys() == examples.CAMPAIGN_FIELDS | own
    # What was sent comes back; of the definition of its vouchers and of dates see below.
    same = body.keys() - {"voucher", "vouchers_count", "start_date", "expiration_date"}
    assert {name: found[name] for name in same} == {name: body[name] for name in same}
    assert {name: found[name] for name in examples.SHOWN_DATES} == examples.SHOWN_DATES
    assert found["voucher"] == {
        **body["voucher"],
        "code_config": {"length": 7, "charset": examples.CHARSET, "pattern": body["voucher"]["code_config"]["pattern"]},
        "is_referral_code": title == "referral",
        **examples.SHOWN_DATES,
        "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
        "validity_day_of_week": [0, 1, 2],
    }
    of_all = {"vouchers_count": 0, "active": True, "auto_join": title == "loyalty", "protected": False}
    status = {"creation_status": "IN_PROGRESS", "vouchers_generation_status": "IN_PROGRESS"}
    nothing: dict[str, Any] = {"category_id": None, "categories": [], "validation_rules_assignments": examples.NO_RULES}
    assert ({**of_all, **status, **nothing, "object": "campaign"}).items() <= found.items()
    assert (await settled(shop, body["name"]))["vouchers_count"] == 2


async def test_a_documented_promotion_has_tiers_and_no_vouchers(shop: Door) -> None:
    answer = await shop.post("campaigns", examples.PROMOTION)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert not found.keys() & {"voucher", "vouchers_count"}
    assert (found["active"], found["creation_status"], found["campaign_type"]) == (True, "DONE", "PROMOTION")
    promotion = found["promotion"]
    assert (promotion["object"], promotion["data_ref"], promotion["total"]) == ("list", "tiers", 2)
    tier = promotion["tiers"][0]
    assert examples.TIER.items() <= tier.items()
    assert tier["id"].startswith("promo_")
    assert (tier["object"], tier["hierarchy"], tier["campaign_id"]) == ("promotion_tier", 1, found["id"])
    assert await shown(shop, found["id"]) == found
    refused(await shop.post(f"campaigns/{found['id']}/vouchers"), 400, "invalid_campaign")


async def test_a_documented_update(shop: Door) -> None:
    created = (await shop.post("campaigns", examples.CAMPAIGNS["loyalty"])).json()
    before = await settled(shop, created["id"])
    after = await updated(shop, created["id"], {"description": "New description"})
    changed = {"description", "updated_at", "creation_status", "vouchers_generation_status"}
    assert {name for name in after if after[name] != before.get(name)} == changed
    assert (after["description"], after["creation_status"]) == ("New description", "MODIFYING")


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (
            {"name": "R", "campaign_type": "REFERRAL_PROGRAM"},
            "Property 'discount' is required for REFERRAL_PROGRAM campaign",
        ),
        ({"name": "G", "campaign_type": "GIFT_VOUCHERS"}, "Property 'gift' is required for GIFT_VOUCHERS campaign"),
        (
            {"name": "L", "campaign_type": "LOYALTY_PROGRAM", "voucher": {"type": "LOYALTY_CARD"}},
            "Property 'loyalty_card' is required for LOYALTY_PROGRAM campaign",
        ),
        ({"name": "X"}, "Property 'voucher' is required for campaign"),
    ],
)
@ON_SQLITE
async def test_a_definition_that_lacks_its_benefit(shop: Door, body: Any, details: str) -> None:
    assert refused(await shop.post("campaigns", body), 400, "invalid_campaign")["details"] == details


async def test_documented_refusals(shop: Door) -> None:
    await created(shop, "Discount Campaign")
    again = refused(
        await shop.post("campaigns", {"name": "Discount Campaign", "voucher": DISCOUNT}), 409, "duplicate_found"
    )
    assert again["message"] == "Duplicated resource found"
    assert again["details"] == "Duplicated campaign exists with name Discount Campaign"
    assert (again["resource_id"], again["resource_type"]) == ("Discount Campaign", "campaign")
    unknown = {"name": "C", "voucher": DISCOUNT, "category_id": "cat_0bb343dee3cdb5ec0c"}
    missing = refused(await shop.post("campaigns", unknown), 404, "not_found")
    assert missing["details"] == "Cannot find category with id cat_0bb343dee3cdb5ec0c"
    assert (missing["resource_id"], missing["resource_type"]) == ("cat_0bb343dee3cdb5ec0c", "category")
    nobody = refused(await shop.get(at("Spring Campaign")), 404, "not_found")
    assert (nobody["message"], nobody["details"]) == (
        "Resource not found",
        "Cannot find campaign with id Spring Campaign",
    )
    assert (nobody["resource_id"], nobody["resource_type"]) == ("Spring Campaign", "campaign")
    nameless = refused(await shop.post("campaigns", {"voucher": DISCOUNT}), 400, "invalid_payload")
    assert nameless["details"] == "Payload should have required property 'name'"
    ruled = {"name": "R", "voucher": DISCOUNT, "validation_rules": ["val_1"]}
    assert refused(await shop.post("campaigns", ruled), 404, "not_found")["resource_id"] == "val_1"


# -- create ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("voucher", "type", "quantity"),
    [(DISCOUNT, "DISCOUNT_COUPONS", 1), (GIFT, "GIFT_VOUCHERS", None), (CARD, "LOYALTY_PROGRAM", None)],
)
async def test_the_least_that_makes_a_campaign_and_what_it_is_then(
    shop: Door, voucher: Any, type: str, quantity: int | None
) -> None:
    found = await created(shop, voucher=voucher)
    defaults = {
        "campaign_type": type,
        "type": "STATIC",
        "auto_join": False,
        "join_once": type == "LOYALTY_PROGRAM",
        "use_voucher_metadata_schema": True,
        "metadata": {},
        "active": True,
        "vouchers_count": 0,
        "creation_status": "DONE",
        "vouchers_generation_status": "DONE",
    }
    assert defaults.items() <= found.items()
    assert found["voucher"]["redemption"] == {"quantity": quantity}
    config = {"length": 8, "charset": examples.CHARSET, "pattern": "########"}
    assert found["voucher"]["code_config"] == config
    # What is not set is not there, but for the category.
    unset = {"description", "updated_at", "start_date", "expiration_date", "validity_timeframe", "category"}
    assert not found.keys() & (unset | {"validity_hours", "promotion", "referral_program"})
    assert (found["category_id"], found["categories"]) == (None, [])


@pytest.mark.parametrize("field", ["discount", "gift", "loyalty_card"])
@ON_SQLITE
async def test_the_type_of_its_vouchers_is_inferred_from_what_they_give(shop: Door, field: str) -> None:
    (whole,) = (each for each in (DISCOUNT, GIFT, CARD) if field in each)
    found = await created(shop, voucher={field: whole[field]})
    assert found["voucher"]["type"] == whole["type"]
    assert found["voucher"][field] == whole[field]


@pytest.mark.parametrize(
    "discount",
    [
        {"type": "AMOUNT", "amount_off": 1500, "effect": "APPLY_TO_ITEMS_PROPORTIONALLY"},
        {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 100},
        {"type": "FIXED", "fixed_amount": 0},
        {"type": "UNIT", "unit_off": 1, "unit_type": "prod_1", "effect": "ADD_MISSING_ITEMS"},
        {
            "type": "UNIT",
            "effect": "ADD_MANY_ITEMS",
            "units": [{"unit_off": 1, "unit_type": "prod_1", "effect": "ADD_NEW_ITEMS"}],
        },
    ],
)
@ON_SQLITE
async def test_every_discount_comes_back_as_it_was_sent(shop: Door, discount: Any) -> None:
    found = await created(shop, voucher={"type": "DISCOUNT_VOUCHER", "discount": discount})
    assert found["voucher"]["discount"] == discount


async def test_one_voucher_is_there_at_once(shop: Door) -> None:
    config = {"pattern": "A-####", "charset": "01", "prefix": "<", "postfix": ">"}
    found = await created(shop, vouchers_count=1, voucher={**DISCOUNT, "code_config": config})
    assert (found["vouchers_count"], found["creation_status"]) == (1, "DONE")
    assert found["voucher"]["code_config"] == {"length": 4, **config}
    (voucher,) = (await shop.get("vouchers?campaign=Spring")).json()["vouchers"]
    assert re.fullmatch("<A-[01]{4}>", voucher["code"])


@ON_SQLITE
async def test_a_pattern_without_places_is_one_code(shop: Door) -> None:
    found = await created(shop, vouchers_count=1, voucher={**DISCOUNT, "code_config": {"pattern": "ONLY"}})
    assert found["voucher"]["code_config"]["length"] == 0
    (voucher,) = (await shop.get("vouchers?campaign=Spring")).json()["vouchers"]
    assert voucher["code"] == "ONLY"
    refused(await shop.post("campaigns/Spring/vouchers"), 400, "invalid_code_config")
    refused(await shop.post("campaigns/Spring/vouchers?vouchers_count=2"), 400, "invalid_code_config")


async def test_a_standalone_campaign(shop: Door) -> None:
    body = {"name": "Alone", "type": "STANDALONE", "join_once": True, "voucher": {**DISCOUNT, "code": "a/b"}}
    found = (await shop.post("campaigns", body)).json()
    assert (found["type"], found["vouchers_count"], found["join_once"]) == ("STANDALONE", 1, False)
    assert (await shop.get("vouchers/a%2Fb")).json()["campaign_id"] == found["id"]
    refused(await shop.post("campaigns/Alone/vouchers"), 400, "invalid_campaign")
    nameless = await shop.post("campaigns", {**body, "name": "Codeless", "voucher": DISCOUNT})
    assert "voucher.code" in refused(nameless, 400, "invalid_campaign")["details"]


async def test_what_an_sdk_leaves_out_it_sends_as_null(shop: Door) -> None:
    voucher = {
        **DISCOUNT,
        "discount": {**examples.DISCOUNT_NULLS, **PERCENT},
        "redemption": None,
        "is_referral_code": None,
        "code_config": examples.CODE_NULLS,
        "gift": None,
        "loyalty_card": None,
    }
    nulls = {**examples.CAMPAIGN_NULLS, "name": "Null", "voucher": voucher}
    found = (await shop.post("campaigns", nulls)).json()
    plain = await created(shop, "Plain")
    own = {"id", "name", "created_at"}
    assert {name: value for name, value in found.items() if name not in own} == {
        name: value for name, value in plain.items() if name not in own
    }


async def test_a_campaign_without_a_category_gets_the_one_that_is_named(shop: Door) -> None:
    first = await created(shop, "1", category="Fruit")
    (category,) = first["categories"]
    assert (category["name"], category["object"], category["hierarchy"]) == ("Fruit", "category", 0)
    assert first["category"] == "Fruit"
    assert first["category_id"] == category["id"]
    by_id = await created(shop, "2", category_id=category["id"], category=None)
    by_name = await created(shop, "3", category="Fruit", category_id=None)
    assert first["categories"] == by_id["categories"] == by_name["categories"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-01-02", "2025-01-02T00:00:00.000Z"),
        ("2025-01-02T03", "2025-01-02T03:00:00.000Z"),
        ("2025-01-02T03:04", "2025-01-02T03:04:00.000Z"),
        ("2025-01-02T03:04:05", "2025-01-02T03:04:05.000Z"),
        ("2025-01-02T03:04:05.678Z", "2025-01-02T03:04:05.678Z"),
        ("2025-01-02T03:04:05+00:00", "2025-01-02T03:04:05.000Z"),
        ("2025-01-02T03:04:05+02:00", "2025-01-02T01:04:05.000Z"),
        ("2025-01-02T00:00:00.000000+0000", "2025-01-02T00:00:00.000Z"),
        ("0001-01-01", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"),
        (None, None),
    ],
)
async def test_dates_of_every_form(shop: Door, written: str | None, read: str | None) -> None:
    found = await created(shop, start_date=written)
    assert found.get("start_date") == found["voucher"].get("start_date") == read
    assert (await shown(shop, "Spring")) == found
    if read is not None:
        assert await listed(shop, "filters[start_date][conditions][$has_value]=&order=created_at") == ["Spring"]
    # Whoever changes it reads it first.
    assert (await updated(shop, "Spring", {"auto_join": True})).get("start_date") == read


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", ["", " ", "x" * 256, "a\0b", 5, None, [], {}, True]),
        ("campaign_type", ["COUPONS", "discount_coupons", 1, [], ""]),
        ("type", ["BULK", 1, "static"]),
        ("description", [5, [], "x" * 10_001, "\0"]),
        ("start_date", ["soon", 5, "2025-13-01", "2025-02-30", "10000-01-01", "0000-01-01", True, {}]),
        ("expiration_date", ["2025-01-01T25:00", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"]),
        ("vouchers_count", [-1, 1.5, "5", True, 10_000_001, 10**30, 2**63, [], {}]),
        ("join_once", ["true", 1, 0, []]),
        ("auto_join", ["yes"]),
        ("use_voucher_metadata_schema", ["no", 0]),
        ("metadata", [[], "x", 5, {"a": "x" * 64_000}]),
        ("category", [5, [], "x" * 256]),
        ("category_id", [5, {}]),
        ("validity_timeframe", [5, "P1D", [], {"interval": "P1D"}, {"interval": "x", "duration": "P1D"}]),
        ("validity_day_of_week", [[7], "1", 5, {}, [True], [1.5], [None], [10**30]]),
        ("validity_hours", [5, [], {"daily": 5}, {"daily": [5]}, {"daily": [{"start_time": "99:99"}]}]),
        ("activity_duration_after_publishing", ["1 day", 5, "-P1D", "P", "PT0S", "P99999999Y"]),
        ("validation_rules", ["val_1", 5, [5]]),
        ("referral_program", [5, []]),
        ("loyalty_tiers_expiration", ["x"]),
        ("voucher", [5, [], "x"]),
    ],
)
@ON_SQLITE
async def test_every_field_refuses_what_it_cannot_be(shop: Door, field: str, wrong: list[Any]) -> None:
    for value in wrong:
        body = {"name": "Wrong", "voucher": DISCOUNT, "start_date": "2025-01-01", field: value}
        answer = await shop.post("campaigns", body)
        assert answer.status_code in (400, 404), (value, answer.text)
        assert answer.json()["key"].startswith("invalid_"), (value, answer.text)
    assert await listed(shop) == []


@pytest.mark.parametrize(
    "voucher",
    [
        {**DISCOUNT, "type": "COUPON"},
        {**DISCOUNT, "type": 5},
        {**DISCOUNT, "discount": 5},
        {**DISCOUNT, "discount": {"type": "PERCENT", "percent_off": 101}},
        {**DISCOUNT, "discount": {"type": "PERCENT", "percent_off": "10"}},
        {**DISCOUNT, "discount": {"type": "AMOUNT", "amount_off": 10**30}},
        {**DISCOUNT, "discount": {"type": "AMOUNT", "amount_off": -1}},
        {**DISCOUNT, "discount": {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": {}}},
        {**DISCOUNT, "discount": {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [5]}},
        {**DISCOUNT, "discount": {"type": ["PERCENT"]}},
        {**DISCOUNT, "redemption": 5},
        {**DISCOUNT, "redemption": {"quantity": 0}},
        {**DISCOUNT, "redemption": {"quantity": -1}},
        {**DISCOUNT, "redemption": {"quantity": 1.5}},
        {**DISCOUNT, "redemption": {"quantity": "5"}},
        {**DISCOUNT, "redemption": {"quantity": 2**31}},
        {**DISCOUNT, "redemption": {"quantity": 2**64}},
        {**DISCOUNT, "is_referral_code": "yes"},
        {**DISCOUNT, "code_config": 5},
        {**DISCOUNT, "code_config": {"length": 0}},
        {**DISCOUNT, "code_config": {"length": 1e300}},
        {**DISCOUNT, "code_config": {"pattern": 5}},
        {**DISCOUNT, "code_config": {"charset": "x" * 1001}},
        {**DISCOUNT, "code_config": {"charset": "a", "length": 2}},
        {**GIFT, "gift": {"amount": 10**13}},
        {**GIFT, "gift": {"amount": 2**64}},
        {**GIFT, "gift": {"amount": "10"}},
        {**CARD, "loyalty_card": {"points": -5}},
        {**CARD, "loyalty_card": {"points": 1, "expiration_rules": []}},
        {"type": "STANDALONE"},
    ],
)
@ON_SQLITE
async def test_a_definition_of_vouchers_that_cannot_be(shop: Door, voucher: Any) -> None:
    answer = await shop.post("campaigns", {"name": "Wrong", "voucher": voucher, "vouchers_count": 2})
    assert answer.status_code == 400, answer.text
    assert answer.json()["key"] in ("invalid_payload", "invalid_code_config", "invalid_campaign"), answer.text
    assert await listed(shop) == []


async def test_whole_numbers_may_be_written_as_floats(shop: Door) -> None:
    voucher = {**GIFT, "gift": {"amount": 500.0}, "redemption": {"quantity": 3.0}, "code_config": {"length": 8.0}}
    found = (await shop.post("campaigns", {"name": "F", "voucher": voucher, "vouchers_count": 1.0})).text
    assert '"amount":500}' in found
    assert '"quantity":3}' in found
    assert '"length":8,' in found
    assert '"vouchers_count":1,' in found


async def test_metadata_comes_back_as_it_was_sent(shop: Door) -> None:
    deep: Any = "deep"
    for _ in range(40):
        deep = [deep]
    metadata = {
        "": 1,
        "a.b": 2.5,
        "☃": "é\U0001f600",
        "null": None,
        "list": [1, {"x": False}],
        "deep": deep,
        "big": 2**53,
    }
    assert (await created(shop, metadata=metadata))["metadata"] == metadata
    assert (await shown(shop, "Spring"))["metadata"] == metadata


# -- names -------------------------------------------------------------------------------------------------------------

NAMES = [
    *(
        "a/b c",
        "100 %",
        "%2F",
        "a+b",
        "what?",
        "#1",
        "a&b=c",
        "Größe ☃ 😀",
        "'\"`;--",
        "\\",
        "...",
        "a//b",
        "/",
        "~",
    ),
    *("enable", "vouchers", "import", "x" * 255, "\t", "{name}", "[x]", "\u202etxt", "e\u0301", "None", "null"),
]


@pytest.mark.parametrize("name", [each for each in NAMES if each.strip()])
async def test_a_name_may_be_anything(shop: Door, name: str) -> None:
    found = await created(shop, name, vouchers_count=1)
    assert found["name"] == name
    assert (await shown(shop, name))["id"] == found["id"]
    assert (await shop.post(f"{at(name)}/disable")).status_code == 200
    assert (await updated(shop, name, {"description": "x"}))["active"] is False
    voucher = await shop.post(f"{at(name)}/vouchers/{quote(name, safe='')}")
    assert (voucher.json()["campaign"], voucher.json()["code"]) == (name, name)
    assert (await shop.ask("DELETE", at(name))).status_code == 202
    refused(await shop.get(at(name)), 404, "not_found")


async def test_an_id_counts_before_a_name(shop: Door) -> None:
    first = await created(shop, "First")
    refused(await shop.post("campaigns", {"name": first["id"], "voucher": DISCOUNT}), 409, "duplicate_found")
    alike = await created(shop, "camp_000000000000000000000000")
    assert (await shown(shop, alike["name"]))["id"] == alike["id"]


@pytest.mark.parametrize("path", ["campaigns/%00", "campaigns/%ff", "campaigns/camp_", "campaigns/x" + "y" * 10_000])
@ON_SQLITE
async def test_a_path_that_leads_to_nothing(shop: Door, path: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        options: dict[str, Any] = {"json": {}} if method == "PUT" else {}
        refused(await shop.ask(method, path, **options), 404, "not_found")


# -- update ------------------------------------------------------------------------------------------------------------


async def test_null_takes_away_and_what_is_absent_stays(shop: Door) -> None:
    given: dict[str, Any] = {
        "description": "old",
        "start_date": "2025-01-01",
        "expiration_date": "2026-12-31",
        "category": "Fruit",
        "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
        "validity_day_of_week": [1],
        "activity_duration_after_publishing": "P24D",
        "metadata": {"a": 1},
    }
    await created(shop, **given)
    same = await updated(shop, "Spring", {})
    assert {name: same[name] for name in ("description", "category", "metadata", "validity_day_of_week")} == {
        name: given[name] for name in ("description", "category", "metadata", "validity_day_of_week")
    }
    found = await updated(shop, "Spring", {"expiration_date": None, "category": None, "validity_timeframe": None})
    assert not found.keys() & {"expiration_date", "category", "validity_timeframe"}
    assert found["category_id"] is None
    kept = {"description", "start_date", "validity_day_of_week", "activity_duration_after_publishing"}
    assert kept <= found.keys()
    found = await updated(
        shop,
        "Spring",
        {
            "start_date": None,
            "description": None,
            "validity_day_of_week": None,
            "activity_duration_after_publishing": None,
        },
    )
    assert not found.keys() & kept
    assert found["metadata"] == {"a": 1}


async def test_an_sdks_update_full_of_nulls_clears_what_can_be_without_and_nothing_else(shop: Door) -> None:
    given: dict[str, Any] = {
        "type": "AUTO_UPDATE",
        "auto_join": True,
        "join_once": True,
        "metadata": {"a": 1},
        "description": "old",
    }
    await created(shop, **given, expiration_date="2026-12-31")
    found = await updated(shop, "Spring", {**examples.UPDATE_NULLS, "start_date": "2025-01-01T00:00:00+00:00"})
    kept = {"type": "AUTO_UPDATE", "auto_join": True, "join_once": True, "metadata": {"a": 1}}
    assert {**kept, "start_date": "2025-01-01T00:00:00.000Z"}.items() <= found.items()
    assert not found.keys() & {"description", "expiration_date", "category"}


async def test_metadata_is_merged(shop: Door) -> None:
    await created(shop, metadata={"a": 1, "b": 2, "c": 3})
    body = {"metadata": {"a": 10, "d": 4}, "unset_metadata_fields": ["b", "none"]}
    assert (await updated(shop, "Spring", body))["metadata"] == {"a": 10, "c": 3, "d": 4}
    assert (await updated(shop, "Spring", {"metadata": {"a": None}}))["metadata"] == {"c": 3, "d": 4}


async def test_what_is_not_of_an_update_is_passed_over(shop: Door) -> None:
    before = await created(shop, voucher={**GIFT, "code_config": {"pattern": "G-####"}})
    body = {
        "name": "Other",
        "campaign_type": "LOYALTY_PROGRAM",
        "vouchers_count": 5,
        "active": False,
        "voucher": {"type": "DISCOUNT_VOUCHER", "gift": {"amount": 5}, "code_config": {"pattern": "X"}},
        "gift": {"amount": 5, "effect": "APPLY_TO_ITEMS"},
        "options": {"x": 1},
        "nobody": "knows",
    }
    after = await updated(shop, "Spring", body)
    assert after["voucher"]["gift"] == {"amount": 1000, "effect": "APPLY_TO_ITEMS"}
    same = ("name", "campaign_type", "vouchers_count", "active", "type")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["voucher"]["code_config"] == before["voucher"]["code_config"]


async def test_a_discount_is_changed_and_its_type_is_not(shop: Door) -> None:
    await created(shop)
    found = await updated(shop, "Spring", {"discount": {**examples.DISCOUNT_NULLS, **PERCENT, "percent_off": 25}})
    assert found["voucher"]["discount"] == {"type": "PERCENT", "percent_off": 25}
    wrong = await shop.ask("PUT", at("Spring"), json={"discount": {"type": "AMOUNT", "amount_off": 5}})
    body = refused(wrong, 400, "invalid_voucher")
    assert (body["message"], body["details"]) == (
        "Invalid Voucher",
        "It is not possible to change Voucher discount type",
    )


async def test_an_update_comes_to_vouchers_that_nobody_has(shop: Door) -> None:
    await created(shop, vouchers_count=1, metadata={"a": 1})
    body = {
        "expiration_date": "2027-01-01",
        "default_voucher_redemption": {"quantity": 5},
        "discount": {"type": "PERCENT", "percent_off": 50},
        "metadata": {"b": 2},
        "category": "Fruit",
    }
    assert (await updated(shop, "Spring", body))["voucher"]["redemption"] == {"quantity": 5}
    assert (await settled(shop, "Spring"))["vouchers_count"] == 1
    (voucher,) = (await shop.get("vouchers?campaign=Spring")).json()["vouchers"]
    assert (voucher["expiration_date"], voucher["category"]) == ("2027-01-01T00:00:00.000Z", "Fruit")
    assert (voucher["discount"]["percent_off"], voucher["redemption"]["quantity"]) == (50, 5)
    assert voucher["metadata"] == {"a": 1, "b": 2}
    (action,) = (await shop.get("async-actions")).json()["async_actions"]
    assert (action["type"], action["operation_status"]) == ("CAMPAIGN.VOUCHERS_UPDATE", "SUCCESS")
    result = (await shop.get(f"async-actions/{action['id']}")).json()["result"]
    assert result == {"message": "Updated 1 vouchers.", "done_count": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"description": 5},
        {"start_date": "soon"},
        {"expiration_date": "2024-01-01"},
        {"type": "STANDALONE"},
        {"type": 5},
        {"join_once": "yes"},
        {"metadata": []},
        {"unset_metadata_fields": "a"},
        {"unset_metadata_fields": [5]},
        {"discount": 5},
        {"discount": {}},
        {"default_voucher_redemption": 5},
        {"default_voucher_redemption": {"quantity": 0}},
        {"validity_timeframe": []},
        {"validity_day_of_week": [9]},
        {"validity_hours": {"daily": [{"start_time": "9"}]}},
        {"activity_duration_after_publishing": "soon"},
        {"referral_program": []},
        {"category": 5},
        [],
        5,
        "x",
    ],
)
@ON_SQLITE
async def test_an_update_that_cannot_be(shop: Door, body: Any) -> None:
    before = await created(shop, start_date="2025-01-01")
    refused(
        await shop.ask("PUT", at("Spring"), json=body),
        400,
        "invalid_campaign" if body == {"type": "x"} else "invalid_payload",
    )
    assert await shown(shop, "Spring") == before


# -- enable, disable, delete -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", examples.NO_BODIES)
async def test_switching_is_idempotent_whatever_is_sent(shop: Door, sent: dict[str, Any]) -> None:
    await created(shop, vouchers_count=1)
    for verb, active in (("disable", False), ("disable", False), ("enable", True), ("enable", True)):
        answer = await shop.ask("POST", f"campaigns/Spring/{verb}", **sent)
        assert (answer.status_code, answer.json()) == (200, {})
        assert (await shown(shop, "Spring"))["active"] is active
    (voucher,) = (await shop.get("vouchers")).json()["vouchers"]
    assert voucher["active"] is True
    refused(await shop.ask("POST", "campaigns/None/enable", **sent), 404, "not_found")


@pytest.mark.parametrize("sent", examples.NO_BODIES)
async def test_a_voucher_is_added_whatever_is_sent(shop: Door, sent: dict[str, Any]) -> None:
    await created(shop)
    one = await shop.ask("POST", "campaigns/Spring/vouchers", **sent)
    mine = await shop.ask("POST", "campaigns/Spring/vouchers/MINE", **sent)
    assert (one.status_code, mine.status_code, mine.json()["code"]) == (200, 200, "MINE")
    assert len(one.json()["code"]) == 8
    assert (await shown(shop, "Spring"))["vouchers_count"] == 2


async def test_a_campaign_in_the_bin_keeps_its_name(shop: Door) -> None:
    await created(shop, vouchers_count=1)
    answer = await shop.ask("DELETE", at("Spring"))
    assert answer.status_code == 202
    action_id = answer.json()["async_action_id"]
    assert action_id.startswith("aa_")
    assert answer.json().keys() == {"async_action_id"}
    refused(await shop.get(at("Spring")), 404, "not_found")
    assert (await shop.get("vouchers")).json()["total"] == 0
    refused(await shop.post("campaigns", {"name": "Spring", "voucher": DISCOUNT}), 409, "duplicate_found")
    refused(await shop.ask("DELETE", at("Spring")), 404, "not_found")
    assert (await shop.get(f"async-actions/{action_id}")).json()["type"] == "CAMPAIGN.VOUCHERS_DELETE"


@pytest.mark.parametrize("force", ["true", "True", "TRUE"])
async def test_a_campaign_deleted_by_force_leaves_its_name(shop: Door, force: str) -> None:
    await created(shop, vouchers_count=1)
    assert (await shop.ask("DELETE", f"{at('Spring')}?force={force}")).status_code == 202
    assert (await created(shop))["vouchers_count"] == 0
    assert (await shop.get("trash-bin")).json()["data"] == []


@pytest.mark.parametrize("force", ["false", "None", ""])
@ON_SQLITE
async def test_no_force_is_the_bin(shop: Door, force: str) -> None:
    await created(shop)
    assert (await shop.ask("DELETE", f"{at('Spring')}?force={force}")).status_code == 202
    assert (await shop.get("trash-bin")).json()["total"] == 1
    refused(await shop.ask("DELETE", f"{at('Spring')}?force=maybe"), 400, "invalid_query_params")


# -- add vouchers ------------------------------------------------------------------------------------------------------


async def test_an_added_voucher_has_what_its_request_says(shop: Door) -> None:
    of = (await created(shop, "F", category="Fruit"))["category_id"]
    await created(shop, metadata={"a": 1}, start_date="2020-01-01")
    answer = await shop.post("campaigns/Spring/vouchers/Code3", {**examples.ADDED, "category_id": of})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found.keys() == examples.VOUCHER_FIELDS
    told = {
        "code": "Code3",
        "campaign": "Spring",
        "category": "Fruit",
        "category_id": of,
        "start_date": "2022-09-24T00:00:00.000Z",
        "expiration_date": "2022-09-25T23:59:59.000Z",
        "active": False,
        "additional_info": "Voucher added using API",
        "metadata": {"a": 1, "Season": "Fall"},
        "discount": PERCENT,
        "gift": None,
        "loyalty_card": None,
        "updated_at": None,
        "object": "voucher",
    }
    assert told.items() <= found.items()
    assert found["redemption"] == {
        "quantity": None,
        "redeemed_quantity": 0,
        "object": "list",
        "url": "/v1/vouchers/Code3/redemptions?page=1&limit=10",
    }
    publish = {"object": "list", "count": 0, "url": "/v1/vouchers/Code3/publications?page=1&limit=10"}
    assert found["publish"] == publish
    again = refused(await shop.post("campaigns/Spring/vouchers/Code3"), 409, "duplicate_found")
    assert again["details"] == "Duplicated voucher exists with id Code3"
    assert (again["resource_id"], again["resource_type"]) == ("Code3", "voucher")


async def test_one_or_many_vouchers(shop: Door) -> None:
    await created(shop)
    for query in ("", "?vouchers_count=1", "?vouchers_count="):
        answer = await shop.post(f"campaigns/Spring/vouchers{query}", {"code_config": {"pattern": "X-####"}})
        assert (answer.status_code, answer.json()["code"][:2]) == (200, "X-")
    many = await shop.post("campaigns/Spring/vouchers?vouchers_count=3", {"metadata": {"m": 1}})
    assert (many.status_code, many.json().keys()) == (202, {"async_action_id"})
    # Meanwhile others are added at once.
    assert (await shop.post("campaigns/Spring/vouchers", {"code": "NOW"})).json()["code"] == "NOW"
    assert (await settled(shop, "Spring"))["vouchers_count"] == 7
    made = await shop.get("vouchers?campaign=Spring&filters[metadata.m][conditions][$is]=1")
    assert made.json()["total"] == 3
    action = (await shop.get(f"async-actions/{many.json()['async_action_id']}")).json()
    assert action["result"] == {"message": "Generated 3 vouchers.", "done_count": 3}


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "x", "true", "10000001", "1" * 30, "0x5"])
@ON_SQLITE
async def test_not_every_number_of_vouchers_can_be_added(shop: Door, count: str) -> None:
    await created(shop)
    refused(await shop.post(f"campaigns/Spring/vouchers?vouchers_count={count}"), 400, "invalid_query_params")


@pytest.mark.parametrize(
    "body",
    [
        {"code": 5},
        {"code": ""},
        {"code": "x" * 256},
        {"metadata": []},
        {"redemption": {"quantity": 0}},
        {"redemption": 5},
        {"start_date": "soon"},
        {"start_date": "2025-02-01", "expiration_date": "2025-01-01"},
        {"active": "yes"},
        {"additional_info": 5},
        {"category": []},
        [],
    ],
)
@ON_SQLITE
async def test_a_voucher_that_cannot_be_added(shop: Door, body: Any) -> None:
    await created(shop)
    refused(await shop.post("campaigns/Spring/vouchers", body), 400, "invalid_payload")
    if not isinstance(body, dict) or "code" not in body:
        refused(await shop.post("campaigns/Spring/vouchers/MINE", body), 400, "invalid_payload")
        refused(await shop.post("campaigns/Spring/vouchers?vouchers_count=2", body), 400, "invalid_payload")
    assert (await shop.get("vouchers")).json()["total"] == 0
    assert (await shop.get("async-actions")).json()["async_actions"] == []


# -- lists -------------------------------------------------------------------------------------------------------------


async def test_a_list_has_pages_a_total_and_the_newest_first(shop: Door) -> None:
    for number in range(12):
        await created(shop, f"C{number:02}")
    first = (await shop.get("campaigns")).json()
    assert (first["object"], first["data_ref"], first["total"]) == ("list", "campaigns", 12)
    assert first.keys() == {"object", "data_ref", "campaigns", "total"}
    assert [each["name"] for each in first["campaigns"]] == [f"C{number:02}" for number in range(11, 1, -1)]
    assert "validation_rules_assignments" not in first["campaigns"][0]
    assert await listed(shop, "page=2") == ["C01", "C00"]
    assert await listed(shop, "page=2&limit=5") == [f"C{number:02}" for number in range(6, 1, -1)]
    past = (await shop.get("campaigns?page=3")).json()
    assert (past["campaigns"], past["total"]) == ([], 12)
    assert (await listed(shop, "order=created_at&limit=1")) == ["C00"]
    assert (await listed(shop, "order=-created_at&limit=1")) == ["C11"]
    assert len(await listed(shop, "limit=100")) == 12


async def test_what_was_never_updated_comes_at_one_end_on_every_engine(shop: Door) -> None:
    for name in ("A", "B", "C"):
        await created(shop, name)
    await updated(shop, "B", {"description": "x"})
    await updated(shop, "A", {"description": "x"})
    descending = await listed(shop, "order=-updated_at")
    assert descending == ["A", "B", "C"]
    assert await listed(shop, "order=updated_at") == ["C", "B", "A"]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("limit=101", "invalid_query_params"),
        ("limit=0", "invalid_query_params"),
        ("limit=-1", "invalid_query_params"),
        ("limit=ten", "invalid_query_params"),
        ("limit=1e1", "invalid_query_params"),
        ("limit=" + "9" * 30, "invalid_query_params"),
        ("page=0", "invalid_query_params"),
        ("page=-1", "invalid_query_params"),
        ("page=1001", "page_over_limit"),
        ("page=" + "9" * 12, "page_over_limit"),
        ("order=name", "invalid_query_params"),
        ("order=--created_at", "invalid_query_params"),
        ("campaign_type=COUPONS", "invalid_query_params"),
        ("campaign_status=OVER", "invalid_query_params"),
        ("is_referral_code=maybe", "invalid_query_params"),
        ("filters=x", "invalid_query_params"),
        ("filters[nobody][conditions][$is]=x", "invalid_query_params"),
        ("filters[campaigns][conditions][$like]=x", "invalid_query_params"),
        ("%ff=1", "invalid_query_params"),
        ("a=%00", "invalid_query_params"),
    ],
)
@ON_SQLITE
async def test_a_query_that_cannot_be(shop: Door, query: str, key: str) -> None:
    refused(await shop.get(f"campaigns?{query}"), 400, key)


async def stocked(shop: Door) -> None:
    """Campaigns that filters tell apart. The clock is at the beginning of 2026."""
    await created(shop, "Old", expiration_date="2025-06-01", category="Fruit", metadata={"seq": 1, "x": "a"})
    await created(shop, "Now", start_date="2025-06-01", expiration_date="2027-01-01", validity_day_of_week=[1, 2])
    await created(shop, "Later", start_date="2027-01-01", voucher=GIFT, metadata={"seq": 2})
    await created(shop, "Off", voucher=CARD, type="AUTO_UPDATE", metadata={"seq": 10})
    await shop.post("campaigns/Off/disable")
    referral = {**DISCOUNT, "is_referral_code": True}
    timeframe = {"interval": "P2D", "duration": "P1D"}
    given = {"campaign_type": "REFERRAL_PROGRAM", "start_date": "2025-01-01", "validity_timeframe": timeframe}
    await created(shop, "Friend", voucher=referral, **given)
    await created(shop, "One", type="STANDALONE", voucher={**DISCOUNT, "code": "ONE"}, validity_day_of_week=[0])
    await shop.post("campaigns", {"name": "Tiers", "campaign_type": "PROMOTION"})


ALL = {"Old", "Now", "Later", "Off", "Friend", "One", "Tiers"}


async def test_every_filter_finds_what_it_says_in_every_encoding(shop: Door) -> None:
    await stocked(shop)
    category_id = (await shown(shop, "Old"))["category_id"]
    campaign_id = (await shown(shop, "Now"))["id"]
    later, is_list = "2025-12-31T00:00:00.000000+0000", "filters[type][conditions][$in]"
    asked: list[tuple[str, set[str]]] = [
        ("campaign_type=GIFT_VOUCHERS", {"Later"}),
        ("campaign_status=DONE", ALL),
        ("campaign_status=DRAFT", set()),
        ("is_referral_code=true", {"Friend"}),
        ("expand=category", ALL),
        ("filters[campaigns][conditions][$is]=Now", {"Now"}),
        ("[filters][campaigns][conditions][$is]=Now", {"Now"}),
        ("[filters][campaigns][conditions][$is][0]=Now", {"Now"}),
        (
            "filters%5Bcampaigns%5D%5Bconditions%5D%5B%24in%5D%5B0%5D=Now&filters%5Bcampaigns%5D%5Bconditions%5D%5B%24in%5D%5B1%5D=Off",
            {"Now", "Off"},
        ),
        (
            "filters%5Bcampaigns%5D%5Bconditions%5D%5B$in%5D=%5B%27Now%27%2C%20%22Off%22%5D&filters[campaigns][conditions][$is]=None",
            {"Now", "Off"},
        ),
        (
            "filters[campaigns][conditions][$not_in][0]=Now&filters[campaigns][conditions][$not_in][1]=Off",
            ALL - {"Now", "Off"},
        ),
        ("filters[campaigns][conditions][$is_not]=Now", ALL - {"Now"}),
        ("filters[campaigns][conditions][$starts_with]=O", {"Old", "Off", "One"}),
        ("filters[campaigns][conditions][$ends_with]=er", {"Later"}),
        ("filters[campaigns][conditions][$contains]=ie", {"Friend", "Tiers"}),
        ("filters[campaigns][conditions][$not_contain]=e", {"Old", "Now", "Off"}),
        ("filters[campaigns][conditions][$contains]=%25", set()),
        ("filters[campaigns][conditions][$has_value]=", ALL),
        ("filters[campaigns][conditions][$is_unknown]=", set()),
        (f"filters[campaigns_id][conditions][$is]={campaign_id}", {"Now"}),
        ("filters[campaign_status][conditions][$in]=['DONE', 'DRAFT']", ALL),
        ("filters[status][conditions][$active]=", ALL),
        ("filters[status][conditions][$failed]=", set()),
        ("filters[status][conditions][$in_progress]=", set()),
        ("filters[status][conditions][$expired]=", {"Old"}),
        ("filters[status][conditions][before_start]=", {"Later"}),
        ("filters[active][conditions][$enabled]=", ALL - {"Off"}),
        ("filters[active][$disabled]=", {"Off"}),
        ("filters[active][conditions][$expired]=", {"Old"}),
        ("filters[active][conditions][$active]=", ALL - {"Off", "Old", "Later"}),
        ("filters[is_referral_code][conditions][$is]=TRUE", {"Friend"}),
        ("filters[is_referral_code][conditions][$is]=FALSE", ALL - {"Friend", "Tiers"}),
        ("filters[validity_timeframe][conditions][$has_value]=", {"Friend"}),
        ("filters[validity_timeframe][conditions][$is_unknown]=", ALL - {"Friend"}),
        ("filters[validity_day_of_week][conditions][$is][0]=1", ALL - {"One"}),
        ("filters[validity_day_of_week][conditions][$is]=[0]", ALL - {"Now"}),
        ("filters[voucher_type][conditions][$is]=GIFT_VOUCHER", {"Later"}),
        ("filters[categories][conditions][$is]=Fruit", {"Old"}),
        (f"filters[category_ids][conditions][$in][0]={category_id}", {"Old"}),
        ("filters[categories][conditions][$is_unknown]=", ALL - {"Old"}),
        (f"{is_list}=AUTO_UPDATE", {"Off"}),
        (f"{is_list}=STANDALONE", {"One"}),
        (f"{is_list}=BULK", ALL - {"One"}),
        (f"{is_list}=STATIC&{is_list}=STANDALONE", ALL - {"Off"}),
        (f"filters[created_date][conditions][$after]={quote(later)}", ALL),
        (f"filters[created_date][conditions][$before]={quote(later)}", set()),
        ("filters[created_date][conditions][$less_than]=1", ALL),
        ("filters[created_date][conditions][$more_than]=1", set()),
        ("filters[updated_at][conditions][$has_value]=", {"Off"}),
        ("filters[start_date][conditions][$after]=2026-01-01", {"Later"}),
        ("filters[start_date][conditions][$is_unknown]=", ALL - {"Now", "Later", "Friend"}),
        ("filters[expiration_date][conditions][$before]=2026-01-01", {"Old"}),
        ("filters[metadata.seq][conditions][$is]=1", {"Old"}),
        ("[filters][metadata.seq][conditions][$is]=10", {"Off"}),
        ("filters[metadata.seq][conditions][$more_than]=1", {"Later", "Off"}),
        ("filters[metadata.seq][conditions][$is_unknown]=", {"Now", "Friend", "One", "Tiers"}),
        ("filters[metadata.x][conditions][$starts_with]=a", {"Old"}),
        ("filters[campaigns][conditions][$is]=Now&filters[type][conditions][$in]=AUTO_UPDATE", set()),
        (
            "filters[junction]=OR&filters[campaigns][conditions][$is]=Now&filters[type][conditions][$in]=AUTO_UPDATE",
            {"Now", "Off"},
        ),
        ("filters[junction]=and&filters[campaigns]=None&filters[status]=None", ALL),
        ("filters=", ALL),
    ]
    for query, found in asked:
        answer = await shop.get(f"campaigns?limit=100&{query}")
        assert answer.status_code == 200, (query, answer.text)
        body = answer.json()
        assert {each["name"] for each in body["campaigns"]} == found, query
        assert body["total"] == len(found), query


# -- whose they are ----------------------------------------------------------------------------------------------------


async def test_another_organizers_campaign_looks_missing_on_every_route(shop: Door) -> None:
    theirs = await created(shop, vouchers_count=1, category="Fruit")
    for ref in (theirs["id"], theirs["name"]):
        requests: list[tuple[str, str, Any]] = [
            ("GET", at(ref), None),
            ("PUT", at(ref), {"description": "mine"}),
            ("DELETE", at(ref), None),
            ("DELETE", f"{at(ref)}?force=true", None),
            ("POST", f"{at(ref)}/enable", None),
            ("POST", f"{at(ref)}/disable", None),
            ("POST", f"{at(ref)}/vouchers", {}),
            ("POST", f"{at(ref)}/vouchers?vouchers_count=5", {}),
            ("POST", f"{at(ref)}/vouchers/MINE", {}),
            ("POST", f"{at(ref)}/import", [{"code": "MINE"}]),
        ]
        for method, path, body in requests:
            sent = {} if body is None else {"json": body}
            told = refused(await shop.ask(method, path, token="app_beta", **sent), 404, "not_found")
            missing = await shop.ask(method, path.replace(quote(ref, safe=""), "nobody"), token="app_beta", **sent)
            assert {**told, "request_id": ""} == json.loads(
                json.dumps({**missing.json(), "request_id": ""}).replace("nobody", ref)
            )
    assert (await shop.get("campaigns", token="app_beta")).json()["total"] == 0
    stolen = {"name": "Mine", "voucher": DISCOUNT, "category_id": theirs["category_id"]}
    refused(await shop.post("campaigns", stolen, token="app_beta"), 404, "not_found")
    # Its name and its category's are free there.
    own = await shop.post("campaigns", {"name": "Spring", "voucher": DISCOUNT, "category": "Fruit"}, token="app_beta")
    assert own.status_code == 200
    assert own.json()["category_id"] != theirs["category_id"]
    assert await shown(shop, "Spring") == theirs


@ON_SQLITE
async def test_keys_of_browsers_have_nothing_here(shop: Door) -> None:
    await created(shop)
    for method, path in (("GET", "campaigns"), ("POST", "campaigns"), ("GET", at("Spring")), ("DELETE", at("Spring"))):
        refused(await shop.ask(method, path, token="client"), 401, "unauthorized")
        refused(await shop.ask(method, path, token=None), 401, "unauthorized")


@ON_SQLITE
async def test_other_methods_are_told_what_there_is(shop: Door) -> None:
    await created(shop)
    assert (await shop.ask("PATCH", at("Spring"))).headers["allow"].startswith("GET, PUT, DELETE")
    assert (await shop.get("campaigns/Spring/enable")).status_code == 405


# -- once, and in how many statements ----------------------------------------------------------------------------------


async def test_a_retry_of_a_creation_is_the_first_answer(shop: Door) -> None:
    key = {"Idempotency-Key": "k"}
    body = {"name": "Spring", "voucher": DISCOUNT, "vouchers_count": 1}
    first = await shop.post("campaigns", body, headers=key)
    again = await shop.post("campaigns", body, headers=key)
    assert (first.status_code, again.json()) == (200, first.json())
    assert (await shop.get("vouchers")).json()["total"] == 1


async def test_a_list_is_a_page_and_a_count_and_a_campaign_is_one_statement(database_url: str) -> None:
    async with opened(database_url, bulk_work=False) as world, serving(world, ROUTES) as shop:
        counts = []
        for number in (1, 10):
            for each in range(number):
                await created(shop, f"{number}/{each}", category=f"C{each}")
            await shop.get("campaigns")
            await created(shop, f"{number}/x")  # so that the count is not a remembered one
            async with traced(world) as statements:
                assert len(await listed(shop, "limit=100")) >= number
            counts.append(len(statements.queries))
        # The key, the page, the count.
        assert counts == [3, 3]
        async with traced(world) as statements:
            await shown(shop, "10/3")
        assert len(statements.queries) == 2


@ON_SQLITE
async def test_what_is_over_is_over_from_its_very_moment(shop: Door) -> None:
    """A filter's word is that of a redemption: at the moment itself a campaign has expired."""
    await created(shop, "A", expiration_date=(shop.world.clock.at + timedelta(hours=1)).isoformat())
    shop.world.clock.at += timedelta(minutes=59)
    assert await listed(shop, "filters[active][conditions][$expired]=") == []
    shop.world.clock.at += timedelta(minutes=1)
    assert await listed(shop, "filters[active][conditions][$expired]=") == ["A"]
    assert await listed(shop, "filters[active][conditions][$active]=") == []

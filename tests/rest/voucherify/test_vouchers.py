"""/v1/vouchers: what the documentation shows, what the SDKs send, what is refused and how."""

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
DISCOUNT: dict[str, Any] = {"type": "DISCOUNT_VOUCHER", "discount": PERCENT}
GIFT: dict[str, Any] = {"type": "GIFT_VOUCHER", "gift": {"amount": 1000}}
CARD: dict[str, Any] = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100}}


def at(code: str) -> str:
    return f"vouchers/{quote(code, safe='')}"


async def made(shop: Door, code: str = "A", **fields: Any) -> Any:
    answer = await shop.post(at(code), {**DISCOUNT, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def campaign(shop: Door, name: str = "Spring", voucher: Any = DISCOUNT, **fields: Any) -> Any:
    answer = await shop.post("campaigns", {"name": name, "voucher": voucher, **fields})
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
    answer = await shop.get(f"vouchers?{query}")
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json()["vouchers"]]


def refused(answer: httpx2.Response, status: int, key: str) -> Any:
    body = answer.json()
    assert (answer.status_code, body.get("code"), body.get("key")) == (status, status, key), answer.text
    return body


# -- create ------------------------------------------------------------------------------------------------------------


async def test_a_discount_voucher_alone_has_every_field(shop: Door) -> None:
    found = await made(shop, "a/b c")
    assert found.keys() == examples.VOUCHER_FIELDS
    nothing = ("campaign", "campaign_id", "category", "category_id", "gift", "loyalty_card", "start_date")
    more = ("expiration_date", "validity_timeframe", "validity_day_of_week", "additional_info", "updated_at")
    assert {name: found[name] for name in (*nothing, *more)} == dict.fromkeys((*nothing, *more))
    told = {"code": "a/b c", "discount": PERCENT, "active": True, "metadata": {}, "categories": []}
    assert {
        **told,
        "is_referral_code": False,
        "validation_rules_assignments": examples.NO_RULES,
    }.items() <= found.items()
    url = "/v1/vouchers/a%2Fb%20c/redemptions?page=1&limit=10"
    assert found["redemption"] == {"quantity": 1, "redeemed_quantity": 0, "object": "list", "url": url}
    assert found["publish"]["url"] == "/v1/vouchers/a%2Fb%20c/publications?page=1&limit=10"
    assert await shown(shop, "a/b c") == await shown(shop, found["id"]) == found


async def test_a_balance_is_shown_with_what_was_taken_from_it(shop: Door) -> None:
    gift = await made(shop, "G", **GIFT, discount=None)
    assert gift["gift"] == {"amount": 1000, "subtracted_amount": 0, "balance": 1000, "effect": None}
    assert (gift["redemption"]["quantity"], gift["redemption"]["redeemed_amount"]) == (None, 0)
    card = await made(shop, "L", **CARD, discount=None)
    points = {"points": 100, "balance": 100, "expired_points": 0, "subtracted_points": 0}
    assert (card["loyalty_card"], card["redemption"]["redeemed_points"]) == (points, 0)
    assert gift["discount"] is card["discount"] is None


async def test_a_documented_gift_card(shop: Door) -> None:
    body = {
        "category": "New Customers",
        **GIFT,
        "gift": {"amount": 10000, "effect": "APPLY_TO_ORDER"},
        "start_date": "2022-01-01T00:00:00Z",
        "active": True,
        "additional_info": "This gift card is enabled immediately upon creation.",
        "metadata": {"test": True, "locale": "de-en"},
        "code_config": {
            "pattern": "GIFT-CARD-##########",
            "prefix": "New-",
            "postfix": "0",
            "charset": examples.CHARSET,
        },
    }
    # The JS SDK v2 has a slash at the end here.
    for path in ("vouchers", "vouchers/"):
        answer = await shop.post(path, body)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["code"].startswith("New-GIFT-CARD-")
        assert (len(found["code"]), found["code"][-1]) == (25, "0")
        amounts = {"amount": 10000, "subtracted_amount": 0, "balance": 10000}
        assert found["gift"] == {**amounts, "effect": "APPLY_TO_ORDER"}
        assert found["start_date"] == "2022-01-01T00:00:00.000Z"
        assert {name: found[name] for name in ("category", "metadata", "additional_info")} == {
            name: body[name] for name in ("category", "metadata", "additional_info")
        }


async def test_a_voucher_of_a_campaign_by_its_terms_or_by_its_own(shop: Door) -> None:
    of = await campaign(shop, metadata={"a": 1})
    for named in ({"campaign": "Spring"}, {"campaign_id": of["id"]}, {"campaign": of["id"]}):
        found = (await shop.post("vouchers", {"type": "DISCOUNT_VOUCHER", **named})).json()
        assert (found["campaign"], found["discount"], found["metadata"]) == ("Spring", PERCENT, {"a": 1})
    own = {"type": "AMOUNT", "amount_off": 500}
    body = {"campaign": "Spring", "type": "DISCOUNT_VOUCHER", "discount": own, "validity_day_of_week": [1]}
    found = (await shop.post("vouchers/OWN", body)).json()
    assert (found["campaign_id"], found["discount"], found["validity_day_of_week"]) == (of["id"], own, [1])
    assert (await shop.get("campaigns/Spring")).json()["vouchers_count"] == 4
    refused(await shop.post("vouchers", {"campaign": "Spring", **GIFT}), 400, "invalid_voucher")
    refused(await shop.post("vouchers", {"campaign": "None", **DISCOUNT}), 404, "not_found")


async def test_a_gift_of_its_own_has_its_own_balance(shop: Door) -> None:
    await campaign(shop, voucher=GIFT)
    found = (await shop.post("vouchers/OWN", {"campaign": "Spring", **GIFT, "gift": {"amount": 7}})).json()
    assert (found["gift"]["amount"], found["gift"]["balance"]) == (7, 7)


async def test_a_code_in_use_and_a_code_of_the_path(shop: Door) -> None:
    await made(shop, "A")
    for path, body in ((at("A"), DISCOUNT), ("vouchers", {**DISCOUNT, "code": "A"})):
        assert refused(await shop.post(path, body), 409, "duplicate_found")["resource_id"] == "A"
    assert (await shop.post(at("PATH"), {**DISCOUNT, "code": "BODY"})).json()["code"] == "PATH"


@ON_SQLITE
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "DISCOUNT_VOUCHER"},
        {"type": "COUPON", "discount": PERCENT},
        {"type": 5},
        {"discount": PERCENT, "gift": {"amount": 1}},
        {**DISCOUNT, "discount": []},
        {**DISCOUNT, "discount": {"type": "PERCENT", "percent_off": -1}},
        {**GIFT, "gift": {}},
        {**GIFT, "gift": {"amount": 10**13}},
        {**CARD, "loyalty_card": {"points": 1.5}},
        {**DISCOUNT, "code": ""},
        {**DISCOUNT, "code": 5},
        {**DISCOUNT, "code": "x" * 256},
        {**DISCOUNT, "active": "yes"},
        {**DISCOUNT, "redemption": {"quantity": 0}},
        {**DISCOUNT, "redemption": {"quantity": 2**31}},
        {**DISCOUNT, "redemption": {"quantity": 2**63}},
        {**DISCOUNT, "start_date": "2025-02-01", "expiration_date": "2025-01-01"},
        {**DISCOUNT, "validity_timeframe": {"interval": "P2D", "duration": "P1D"}},
        {**DISCOUNT, "validity_hours": {"daily": []}, "validity_day_of_week": [9]},
        {**DISCOUNT, "metadata": "x"},
        {**DISCOUNT, "additional_info": "x" * 10_001},
        {**DISCOUNT, "campaign": 5},
        {**DISCOUNT, "is_referral_code": 1},
        [],
        5,
        "x",
    ],
)
async def test_a_voucher_that_cannot_be(shop: Door, body: Any) -> None:
    refused(await shop.post("vouchers", body), 400, "invalid_payload")
    assert await listed(shop) == []


@ON_SQLITE
async def test_the_type_is_inferred_where_it_is_not_named(shop: Door) -> None:
    for benefit, type in (({"discount": PERCENT}, "DISCOUNT_VOUCHER"), ({"gift": {"amount": 0}}, "GIFT_VOUCHER")):
        assert (await shop.post("vouchers", benefit)).json()["type"] == type


# -- update ------------------------------------------------------------------------------------------------------------


async def test_null_takes_away_and_what_is_absent_stays(shop: Door) -> None:
    given: dict[str, Any] = {
        "start_date": "2025-01-01",
        "expiration_date": "2026-12-31",
        "category": "Fruit",
        "validity_day_of_week": [1],
        "additional_info": "x",
        "metadata": {"a": 1, "b": 2},
        "redemption": {"quantity": 3},
    }
    before = await made(shop, **given)
    after = await updated(shop, "A", {"expiration_date": None, "metadata": {"b": None, "c": 3}})
    changed = {"expiration_date": None, "metadata": {"a": 1, "c": 3}, "updated_at": after["updated_at"]}
    assert after == {**before, **changed}
    after = await updated(
        shop,
        "A",
        {"start_date": None, "category": None, "additional_info": None, "redemption": {"quantity": None}},
    )
    nothing = ("start_date", "category", "category_id", "additional_info")
    assert {name: after[name] for name in nothing} == dict.fromkeys(nothing)
    assert (after["categories"], after["redemption"]["quantity"], after["validity_day_of_week"]) == ([], None, [1])


async def test_what_sdks_send_with_an_update_is_passed_over(shop: Door) -> None:
    """The Python SDK names a type in every update, and the wrong one; the JS SDK names the code."""
    before = await made(shop, "G", **GIFT, discount=None, metadata={"a": 1})
    body = {**examples.VOUCHER_NULLS, "type": "DISCOUNT_VOUCHER", "code": "X", "active": False, "gift": {"amount": 5}}
    after = await updated(shop, "G", body)
    assert after == {**before, "active": False, "updated_at": after["updated_at"]}


async def test_a_discount_is_changed_and_its_type_is_not(shop: Door) -> None:
    await made(shop)
    better = {"type": "PERCENT", "percent_off": 20}
    assert (await updated(shop, "A", {"discount": better}))["discount"] == better
    wrong = await shop.ask("PUT", at("A"), json={"discount": {"type": "AMOUNT", "amount_off": 5}})
    details = refused(wrong, 400, "invalid_voucher")["details"]
    assert details == "It is not possible to change Voucher discount type"


@ON_SQLITE
@pytest.mark.parametrize(
    "body",
    [
        {"active": "no"},
        {"discount": 5},
        {"discount": {}},
        {"start_date": 5},
        {"expiration_date": "2024-12-31"},
        {"metadata": 5},
        {"redemption": {"quantity": 0}},
        {"category": 5},
        {"category": "x" * 256},
        {"additional_info": "\0"},
        {"validity_timeframe": 5},
        {"validity_day_of_week": "1"},
        {"validity_hours": []},
        [],
        "x",
    ],
)
async def test_an_update_that_cannot_be(shop: Door, body: Any) -> None:
    before = await made(shop, start_date="2025-01-01")
    refused(await shop.ask("PUT", at("A"), json=body), 400, "invalid_payload")
    assert await shown(shop, "A") == before


# -- enable, disable, delete -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", examples.NO_BODIES)
async def test_switching_answers_with_the_voucher_and_is_idempotent(shop: Door, sent: dict[str, Any]) -> None:
    await made(shop)
    for verb, active in (("disable", False), ("disable", False), ("enable", True), ("enable", True)):
        answer = await shop.ask("POST", f"{at('A')}/{verb}", **sent)
        assert (answer.status_code, answer.json()["active"]) == (200, active)
        assert await shown(shop, "A") == answer.json()
    refused(await shop.ask("POST", f"{at('B')}/enable", **sent), 404, "not_found")


async def test_a_deleted_voucher_keeps_its_code_until_it_is_purged(shop: Door) -> None:
    of = await campaign(shop)
    found = (await shop.post("campaigns/Spring/vouchers/A")).json()
    answer = await shop.ask("DELETE", at("A"), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.content) == (204, b"")
    for ref in ("A", found["id"]):
        refused(await shop.get(at(ref)), 404, "not_found")
        refused(await shop.ask("DELETE", at(ref)), 404, "not_found")
        refused(await shop.ask("PUT", at(ref), json={}), 404, "not_found")
    assert await listed(shop) == []
    assert (await shop.get(f"campaigns/{of['id']}")).json()["vouchers_count"] == 0
    refused(await shop.post(at("A"), DISCOUNT), 409, "duplicate_found")


async def test_a_voucher_deleted_by_force_leaves_its_code(shop: Door) -> None:
    first = await made(shop, **GIFT, discount=None)
    assert (await shop.ask("DELETE", f"{at('A')}?force=true")).status_code == 204
    assert (await shop.get("trash-bin")).json()["data"] == []
    assert (await made(shop, **GIFT, discount=None))["id"] != first["id"]


# -- lists -------------------------------------------------------------------------------------------------------------


async def test_a_list_has_pages_a_total_and_the_newest_first(shop: Door) -> None:
    for code in ("b", "a", "B", "C"):
        await made(shop, code)
    first = (await shop.get("vouchers?limit=3")).json()
    assert (first["object"], first["data_ref"], first["total"]) == ("list", "vouchers", 4)
    assert first.keys() == {"object", "data_ref", "vouchers", "total"}
    assert [each["code"] for each in first["vouchers"]] == ["C", "B", "a"]
    assert first["vouchers"][0] == await shown(shop, "C")
    assert await listed(shop, "limit=3&page=2") == ["b"]
    assert await listed(shop, "limit=3&page=3") == []
    assert await listed(shop, "order=created_at") == ["b", "a", "B", "C"]
    await updated(shop, "a", {"active": False})
    assert await listed(shop, "order=-updated_at") == ["a", "C", "B", "b"]
    # By letters of any case on every engine.
    assert await listed(shop, "order=code") == list(reversed(await listed(shop, "order=-code")))
    refused(await shop.get("vouchers?limit=101"), 400, "invalid_query_params")
    refused(await shop.get("vouchers?order=name"), 400, "invalid_query_params")


async def test_every_filter_finds_what_it_says(shop: Door) -> None:
    one = await campaign(shop, "One", category="Fruit")
    await campaign(shop, "Two", voucher=GIFT)
    await shop.post("campaigns/One/vouchers/A1", {"metadata": {"seq": 1}, "expiration_date": "2025-06-01"})
    await shop.post("campaigns/One/vouchers/A2", {"metadata": {"seq": 2}, "category": "Nuts", "active": False})
    await shop.post("campaigns/Two/vouchers/B1", {"additional_info": "by hand", "start_date": "2027-01-01"})
    alone = await made(shop, "C1", is_referral_code=True, redemption={"quantity": 5})
    everything = {"A1", "A2", "B1", "C1"}
    asked: list[tuple[str, set[str]]] = [
        ("", everything),
        ("campaign=One", {"A1", "A2"}),
        (f"campaign_id={one['id']}", {"A1", "A2"}),
        ("campaign=Three", set()),
        ("category=Fruit", {"A1"}),
        (f"category={one['category_id']}", {"A1"}),
        ("code=B1", {"B1"}),
        ("customer=cust_none", set()),
        (f"ids=['{alone['id']}', 'v_none']", {"C1"}),
        (f"ids%5B0%5D={alone['id']}&ids%5B1%5D={one['id']}", {"C1"}),
        ("created_at[after]=2025-12-31T00:00:00%2B00:00&created_at[before]=None", everything),
        ("created_at[before]=2025-12-31", set()),
        ("[created_at][before]=2025-12-31", set()),
        ("updated_at[after]=2025-12-31", set()),
        ("filters[code][conditions][$in][0]=A1&filters[code][conditions][$in][1]=C1", {"A1", "C1"}),
        ("filters[code][conditions][$starts_with]=A", {"A1", "A2"}),
        ("filters[code][conditions][$starts_with]=a", set()),
        (f"filters[campaign_ids][conditions][$is]={one['id']}", {"A1", "A2"}),
        ("filters[campaign_ids][conditions][$is_unknown]=", {"C1"}),
        ("filters[campaigns][conditions][$is_not]=One", {"B1", "C1"}),
        ("filters[active][conditions][$disabled]=", {"A2"}),
        ("filters[active][conditions][$expired]=", {"A1"}),
        ("filters[active][conditions][$active]=", {"C1"}),
        ("filters[type][conditions][$is]=GIFT_VOUCHER", {"B1"}),
        ("filters[is_referral_code][conditions][$is]=TRUE", {"C1"}),
        ("filters[redemption.quantity][conditions][$more_than]=1", {"C1"}),
        ("filters[redemption.quantity][conditions][$is_unknown]=", {"B1"}),
        ("filters[redemption.redeemed_quantity][conditions][$is]=0", everything),
        ("filters[publish.count][conditions][$is]=0", everything),
        ("filters[categories][conditions][$is]=Nuts", {"A2"}),
        ("filters[additional_info][conditions][$contains]=hand", {"B1"}),
        ("filters[start_date][conditions][$after]=2026-06-01", {"B1"}),
        ("filters[metadata.seq][conditions][$more_than]=1", {"A2"}),
        (
            "filters[junction]=or&filters[code][conditions][$is]=B1&filters[metadata.seq][conditions][$is]=1",
            {"A1", "B1"},
        ),
    ]
    for query, found in asked:
        answer = await shop.get(f"vouchers?{query}")
        assert answer.status_code == 200, (query, answer.text)
        assert {each["code"] for each in answer.json()["vouchers"]} == found, query
        assert answer.json()["total"] == len(found), query


async def test_the_vouchers_of_a_customer_are_found_by_both_ids(shop: Door) -> None:
    await campaign(shop)
    await shop.post("campaigns/Spring/vouchers/A")
    await shop.post("campaigns/Spring/vouchers/B")
    published = await shop.post("publications", {"voucher": "A", "customer": {"source_id": "me/1"}})
    assert published.status_code == 200, published.text
    for ref in ("me%2F1", published.json()["customer_id"]):
        assert await listed(shop, f"customer={ref}") == ["A"]
    assert await listed(shop, "customer=me") == []
    assert (await shown(shop, "A"))["holder_id"] == published.json()["customer_id"]


async def test_a_list_is_a_page_and_a_count_and_a_voucher_is_one_statement(database_url: str) -> None:
    async with opened(database_url, bulk_work=False) as world, serving(world, ROUTES) as shop:
        await campaign(shop, voucher=GIFT, category="Fruit")
        counts = []
        for number in (1, 10):
            for each in range(number):
                await shop.post(f"campaigns/Spring/vouchers/{number}-{each}")
            await shop.get("vouchers")
            await made(shop, f"{number}")  # so that the count is not a remembered one
            async with traced(world) as statements:
                assert len(await listed(shop, "limit=100")) > number
            counts.append(len(statements.queries))
        # The key, the page, the count.
        assert counts == [3, 3]
        async with traced(world) as statements:
            await shown(shop, "10-3")
        assert len(statements.queries) == 2


# -- whose they are ----------------------------------------------------------------------------------------------------


async def test_another_organizers_voucher_looks_missing_on_every_route(shop: Door) -> None:
    await campaign(shop)
    theirs = (await shop.post("campaigns/Spring/vouchers/A", {"category": "Fruit"})).json()
    for ref in ("A", theirs["id"]):
        for method, path, sent in (
            ("GET", at(ref), {}),
            ("PUT", at(ref), {"json": {"active": False}}),
            ("DELETE", at(ref), {}),
            ("DELETE", f"{at(ref)}?force=true", {}),
            ("POST", f"{at(ref)}/enable", {}),
            ("POST", f"{at(ref)}/disable", {}),
        ):
            told = refused(await shop.ask(method, path, token="app_beta", **sent), 404, "not_found")
            assert (told["details"], told["resource_id"]) == (f"Cannot find voucher with id {ref}", ref)
    for query in ("", "campaign=Spring", f"ids={theirs['id']}", f"category={theirs['category_id']}"):
        assert (await shop.get(f"vouchers?{query}", token="app_beta")).json()["total"] == 0
    refused(await shop.post("vouchers", {**DISCOUNT, "campaign": "Spring"}, token="app_beta"), 404, "not_found")
    stolen = {**DISCOUNT, "category_id": theirs["category_id"]}
    refused(await shop.post("vouchers", stolen, token="app_beta"), 404, "not_found")
    assert (await shop.post(at("A"), DISCOUNT, token="app_beta")).status_code == 200
    assert await shown(shop, "A") == theirs

"""/v1/categories: made, changed, listed, and deleted once nothing is in them."""

from typing import Any

from tests.rest.voucherify.conftest import Door

DISCOUNT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}


async def made(shop: Door, name: str = "Fruit", **more: Any) -> dict[str, Any]:
    answer = await shop.post("categories", {"name": name, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_category_is_made_and_shown(shop: Door) -> None:
    category = await made(shop, hierarchy=3)
    told = {"name": "Fruit", "hierarchy": 3, "updated_at": None, "object": "category"}
    assert category == {"id": category["id"], "created_at": category["created_at"], **told}
    assert category["id"].startswith("cat_")
    assert (await shop.get(f"categories/{category['id']}")).json() == category


async def test_categories_are_listed_by_their_place(shop: Door) -> None:
    for name, place in (("last", 9), ("first", 1), ("second", 1)):
        await made(shop, name, hierarchy=place)
    listed = (await shop.get("categories")).json()
    assert (listed["object"], listed["data_ref"], listed["total"]) == ("list", "data", 3)
    assert [each["name"] for each in listed["data"]] == ["first", "second", "last"]


async def test_a_category_is_changed_in_part(shop: Door) -> None:
    category = await made(shop, hierarchy=3)
    changed = (await shop.ask("PUT", f"categories/{category['id']}", json={"name": "Nuts"})).json()
    assert (changed["name"], changed["hierarchy"], changed["id"]) == ("Nuts", 3, category["id"])
    assert changed["updated_at"] is not None
    moved = (await shop.ask("PUT", f"categories/{category['id']}", json={"name": None, "hierarchy": 0})).json()
    assert (moved["name"], moved["hierarchy"]) == ("Nuts", 0)


async def test_a_name_is_given_once(shop: Door) -> None:
    fruit, nuts = await made(shop), await made(shop, "Nuts")
    for answer in (
        await shop.post("categories", {"name": "Fruit"}),
        await shop.ask("PUT", f"categories/{nuts['id']}", json={"name": "Fruit"}),
    ):
        assert (answer.status_code, answer.json()["key"]) == (409, "duplicate_found")
    assert (await shop.ask("PUT", f"categories/{fruit['id']}", json={"name": "Fruit"})).status_code == 200


async def test_a_category_in_use_stays(shop: Door) -> None:
    category = await made(shop)
    answer = await shop.post("vouchers/A", {**DISCOUNT, "category_id": category["id"]})
    assert answer.json()["category"] == "Fruit"
    refused = await shop.ask("DELETE", f"categories/{category['id']}")
    assert (refused.status_code, refused.json()["key"]) == (400, "resource_in_use")
    await shop.ask("DELETE", "vouchers/A?force=true")
    assert (await shop.ask("DELETE", f"categories/{category['id']}")).status_code == 204
    assert (await shop.get(f"categories/{category['id']}")).status_code == 404


async def test_wrong_categories_are_refused(shop: Door) -> None:
    for body in ({}, {"name": ""}, {"name": " "}, {"name": "x" * 256}, {"name": "x", "hierarchy": -1}):
        assert (await shop.post("categories", body)).status_code == 400, body


async def test_unknown_categories_are_missing(shop: Door) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await shop.ask(method, "categories/cat_none", json={} if method == "PUT" else None)
        assert (answer.status_code, answer.json()["details"]) == (404, "Cannot find category with id cat_none")


async def test_other_organizers_categories_look_missing(shop: Door) -> None:
    category = await made(shop)
    assert (await shop.get(f"categories/{category['id']}", token="app_beta")).status_code == 404
    assert (await shop.get("categories", token="app_beta")).json()["total"] == 0

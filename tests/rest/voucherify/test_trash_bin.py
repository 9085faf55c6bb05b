"""/v1/trash-bin: what was deleted, page by page, and purged."""

import asyncio
from typing import Any

import pytest

from tests.rest.voucherify.conftest import ON_SQLITE, Door

DISCOUNT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}


async def binned(shop: Door, *codes: str) -> None:
    for code in codes:
        assert (await shop.post(f"vouchers/{code}", DISCOUNT)).status_code == 200
        assert (await shop.ask("DELETE", f"vouchers/{code}")).status_code == 204


async def free(shop: Door, code: str) -> None:
    """Return when somebody else may have the code."""
    for _ in range(400):
        if (await shop.post(f"vouchers/{code}", DISCOUNT)).status_code == 200:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it is still in use")


async def listed(shop: Door, query: str = "") -> Any:
    answer = await shop.get(f"trash-bin?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_entry_names_what_was_deleted_and_what_it_belonged_to(shop: Door) -> None:
    of = (await shop.post("campaigns", {"name": "Spring", "voucher": DISCOUNT})).json()
    voucher = (await shop.post("campaigns/Spring/vouchers/A")).json()
    await shop.ask("DELETE", "vouchers/A")
    await shop.ask("DELETE", "campaigns/Spring")
    found = await listed(shop)
    assert found.keys() == {"object", "data_ref", "data", "total", "has_more"}
    assert (found["object"], found["data_ref"], found["total"], found["has_more"]) == ("list", "data", 2, False)
    second, first = found["data"]
    assert first == {
        "id": first["id"],
        "created_at": first["created_at"],
        "deleted_by_user_id": None,
        "resource_id": voucher["id"],
        "resource_type": "voucher",
        "resource_name": "A",
        "resource_parent_id": of["id"],
        "object": "voucher",
    }
    told = {"resource_id": of["id"], "resource_type": "campaign", "resource_name": "Spring", "resource_parent_id": None}
    assert {**told, "object": "campaign"}.items() <= second.items()
    assert first["id"].startswith("tbe_")


async def test_pages_go_on_after_an_entry(shop: Door) -> None:
    await binned(shop, "A", "B", "C", "D", "E")
    names: list[str] = []
    page = await listed(shop, "limit=2")
    while True:
        names += [entry["resource_name"] for entry in page["data"]]
        assert page["total"] == len(page["data"])
        if not page["has_more"]:
            break
        assert page["more_starting_after"] == page["data"][-1]["id"]
        page = await listed(shop, f"limit=2&starting_after_id={page['more_starting_after']}")
    assert names == ["E", "D", "C", "B", "A"]
    assert "more_starting_after" not in page
    upwards = await listed(shop, "limit=2&order=id")
    assert [entry["resource_name"] for entry in upwards["data"]] == ["A", "B"]
    after = await listed(shop, f"order=id&starting_after_id={upwards['more_starting_after']}")
    assert [entry["resource_name"] for entry in after["data"]] == ["C", "D", "E"]


async def test_entries_are_filtered(shop: Door) -> None:
    await binned(shop, "A", "B")
    await shop.post("campaigns", {"name": "A", "voucher": DISCOUNT})
    await shop.ask("DELETE", "campaigns/A")
    for query, found in (
        ("filters[resource_type][conditions][$is]=campaign", ["A"]),
        ("filters[resource_name][conditions][$is]=A", ["A", "A"]),
        ("filters[resource_type][conditions][$in]=['campaign', 'voucher']", ["A", "B", "A"]),
        ("filters[created_at][conditions][$before]=2025-01-01", []),
    ):
        assert [entry["resource_name"] for entry in (await listed(shop, query))["data"]] == found


async def test_a_purge_is_for_good_and_happens_once(shop: Door) -> None:
    await binned(shop, "A")
    (entry,) = (await listed(shop))["data"]
    answer = await shop.ask("DELETE", f"trash-bin/{entry['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    again = await shop.ask("DELETE", f"trash-bin/{entry['id']}")
    assert (again.status_code, again.json()["key"]) == (404, "not_found")
    assert (await listed(shop))["data"] == []
    assert (await shop.post("vouchers/A", DISCOUNT)).status_code == 200


async def test_a_purged_campaigns_name_is_free_at_once_and_its_codes_soon(shop: Door) -> None:
    await shop.post("campaigns", {"name": "Spring", "voucher": DISCOUNT})
    await shop.post("campaigns/Spring/vouchers/A")
    # One that is in the bin by itself goes with it.
    await shop.post("campaigns/Spring/vouchers/B")
    await shop.ask("DELETE", "vouchers/B")
    await shop.ask("DELETE", "campaigns/Spring")
    campaign = (await listed(shop))["data"][0]
    assert (await shop.ask("DELETE", f"trash-bin/{campaign['id']}")).status_code == 204
    assert (await shop.post("campaigns", {"name": "Spring", "voucher": DISCOUNT})).status_code == 200
    for code in ("A", "B"):
        await free(shop, code)
    assert (await listed(shop))["data"] == []
    (_, purge, *_) = (await shop.get("async-actions")).json()["async_actions"][::-1]
    assert (purge["type"], purge["status"]) == ("CAMPAIGN.VOUCHERS_DELETE", "DONE")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 400),
        ("limit=101", 400),
        ("order=created_at", 400),
        ("starting_after_id=tbe_none", 404),
        ("filters[nobody][conditions][$is]=1", 400),
    ],
)
@ON_SQLITE
async def test_a_query_that_cannot_be(shop: Door, query: str, status: int) -> None:
    assert (await shop.get(f"trash-bin?{query}")).status_code == status


async def test_another_organizers_entries_look_missing(shop: Door) -> None:
    await binned(shop, "A")
    (entry,) = (await listed(shop))["data"]
    assert (await shop.get("trash-bin", token="app_beta")).json()["data"] == []
    assert (await shop.get(f"trash-bin?starting_after_id={entry['id']}", token="app_beta")).status_code == 404
    assert (await shop.ask("DELETE", f"trash-bin/{entry['id']}", token="app_beta")).status_code == 404
    assert len((await listed(shop))["data"]) == 1

"""/v1/async-actions: the newest first, and what came of each."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from rest.voucherify.app import ROUTES
from tests.rest.voucherify.conftest import ON_SQLITE, Door, serving
from tests.world import opened

DISCOUNT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}


@pytest.fixture
async def idle(database_url: str) -> AsyncIterator[Door]:
    """A door behind which nobody works."""
    async with opened(database_url, bulk_work=False) as world, serving(world, ROUTES) as found:
        yield found


async def generated(shop: Door, name: str) -> str:
    """The id of the action that makes the campaign's two vouchers."""
    answer = await shop.post("campaigns", {"name": name, "voucher": DISCOUNT})
    assert answer.status_code == 200, answer.text
    answer = await shop.post(f"campaigns/{name}/vouchers?vouchers_count=2")
    return str(answer.json()["async_action_id"])


async def listed(shop: Door, query: str = "") -> Any:
    answer = await shop.get(f"async-actions?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def finished(shop: Door, action_id: str) -> Any:
    for _ in range(400):
        found = (await shop.get(f"async-actions/{action_id}")).json()
        if found["status"] in ("DONE", "FAILED"):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("it is not done")


async def test_an_action_waits_and_is_asked_for_in_a_request(idle: Door) -> None:
    action_id = await generated(idle, "A")
    found = (await idle.get(f"async-actions/{action_id}")).json()
    assert found.keys() == {
        *("id", "type", "status", "operation_status", "created_at", "updated_at", "request_id", "progress"),
        *("processing_time", "object"),
    }
    told = {"id": action_id, "type": "CAMPAIGN.VOUCHERS_GENERATE", "status": "ENQUEUED", "operation_status": "UNKNOWN"}
    assert {**told, "progress": 0, "object": "async_action"}.items() <= found.items()
    assert found["request_id"].startswith("v-")
    (item,) = (await listed(idle))["async_actions"]
    assert item == found


async def test_an_action_that_is_over_has_its_result_by_itself_and_not_in_the_list(shop: Door) -> None:
    action_id = await generated(shop, "A")
    found = await finished(shop, action_id)
    assert found["result"] == {"message": "Generated 2 vouchers.", "done_count": 2}
    assert (found["status"], found["operation_status"], found["progress"]) == ("DONE", "SUCCESS", 100)
    assert isinstance(found["processing_time"], int)
    (item,) = (await listed(shop))["async_actions"]
    del found["result"]
    assert item == found


async def test_the_next_page_begins_where_the_last_one_ended(idle: Door) -> None:
    ids = [await generated(idle, name) for name in "ABCDE"]
    first = await listed(idle, "limit=2")
    assert first.keys() == {"object", "data_ref", "async_actions", "has_more"}
    assert (first["object"], first["data_ref"], first["has_more"]) == ("list", "async_actions", True)
    assert [each["id"] for each in first["async_actions"]] == ids[:2:-1]
    end_date = quote(first["async_actions"][-1]["created_at"])
    second = await listed(idle, f"limit=2&end_date={end_date}")
    assert [each["id"] for each in second["async_actions"]] == ids[2:0:-1]
    # As the Python SDK writes a date.
    end_date = second["async_actions"][-1]["created_at"].replace(".000Z", ".000000%2B0000")
    last = await listed(idle, f"limit=2&end_date={end_date}")
    assert ([each["id"] for each in last["async_actions"]], last["has_more"]) == (ids[:1], False)
    assert (await listed(idle, "end_date=2020-01-01"))["async_actions"] == []
    assert len((await listed(idle, "end_date=None"))["async_actions"]) == 5


@ON_SQLITE
async def test_a_question_that_cannot_be(shop: Door) -> None:
    told = (await shop.get("async-actions?end_date=soon")).json()
    assert (told["key"], told["details"]) == (
        "invalid_query_params",
        "Property .end_date cannot be recognized as a ISO-8601 compliant date",
    )
    for query in ("limit=0", "limit=101", "limit=x"):
        assert (await shop.get(f"async-actions?{query}")).status_code == 400
    missing = await shop.get("async-actions/aa_000000000000000000")
    assert missing.status_code == 404
    assert missing.json()["details"] == "Cannot find async_action with id aa_000000000000000000"
    assert missing.json()["resource_type"] == "async_action"


async def test_another_organizers_actions_look_missing(idle: Door) -> None:
    action_id = await generated(idle, "A")
    assert (await idle.get("async-actions", token="app_beta")).json()["async_actions"] == []
    assert (await idle.get(f"async-actions/{action_id}", token="app_beta")).status_code == 404

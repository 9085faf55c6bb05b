"""The door as a whole: what every answer has, what is looked at first, what is kept, what is masked."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from models.organizer import organizer
from rest.voucherify.app import is_ours
from tests.rest.voucherify.conftest import ON_SQLITE, Door
from tests.world import World


def test_whose_paths_they_are() -> None:
    for path in ("/v1", "/v1/", "/v1/campaigns", "/client/v1/redeem", "/client/v1"):
        assert is_ours(path)
    for path in ("/", "/v10/x", "/client", "/client/v2/x", "/api/v1/", "/graphql"):
        assert not is_ours(path)


async def test_a_call_reads_and_answers_for_its_one_organizer(door: Door) -> None:
    answer = await door.get("read")
    assert (answer.status_code, answer.json()) == (200, {"slug": "acme"})
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-voucherify-api-version"] == "v2018-08-01"
    assert (await door.get("read", token="app_beta")).json() == {"slug": "beta"}
    assert re.fullmatch(r"v-[0-9a-f]{18}", answer.headers["x-voucherify-request-id"])


@ON_SQLITE
async def test_the_server_sends_these_paths_here(world: World) -> None:
    for path in ("/v1/nothing", "/client/v1/nothing", "/v1", "/v1/"):
        answer = await world.client.get(path)
        assert (answer.status_code, answer.json()["key"]) == (404, "not_found")
        assert "x-rate-limit-limit" in answer.headers


@ON_SQLITE
async def test_the_address_and_the_method_come_before_who_is_asking(door: Door) -> None:
    assert (await door.get("nothing", token=None)).status_code == 404
    assert (await door.ask("PATCH", "who", token=None)).status_code == 405
    assert (await door.get("who", token=None)).status_code == 401
    assert (await door.get("who", token=None, headers={"Accept": "text/html"})).status_code == 406


@ON_SQLITE
async def test_a_head_is_a_get_without_its_body(door: Door) -> None:
    head, get = await door.ask("HEAD", "read"), await door.get("read")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert (await door.ask("HEAD", "echo")).status_code == 405


@ON_SQLITE
async def test_options_tell_what_an_address_serves(door: Door) -> None:
    answer = await door.ask("OPTIONS", "who/x", token=None)
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, DELETE, HEAD, OPTIONS")
    assert "access-control-allow-origin" not in answer.headers
    assert (await door.ask("OPTIONS", "nothing", token=None)).status_code == 404


@ON_SQLITE
async def test_a_bug_is_masked_and_told_with_the_id_that_the_logs_have(door: Door) -> None:
    answer = await door.get("broken", headers={"X-Request-Id": "0123456789abcdef01"})
    assert answer.status_code == 500
    assert answer.json() == {
        "code": 500,
        "key": "internal_error",
        "message": "Internal server error",
        "request_id": "v-0123456789abcdef01",
    }
    assert b"secret" not in answer.content


@ON_SQLITE
async def test_request_ids_have_one_form_whatever_a_client_calls_its_request(door: Door) -> None:
    shown = [
        (await door.get("broken", headers={} if given is None else {"X-Request-Id": given})).json()["request_id"]
        for given in (None, "mine", "mine", "yours")
    ]
    assert all(re.fullmatch(r"v-[0-9a-f]{18}", request_id) for request_id in shown)
    assert shown[1] == shown[2] != shown[3]


async def _organizers(world: World) -> int:
    ((found,),) = await world.database.write(lambda tx: tx.rows(select(func.count()).select_from(organizer)))
    return int(found)


async def test_a_retry_with_its_key_gets_the_first_answer_and_acts_once(door: Door) -> None:
    before = await _organizers(door.world)
    key = {"Idempotency-Key": "k1"}
    first = await door.post("founded", {"name": "new"}, headers=key)
    again = await door.post("founded", {"name": "new"}, headers=key)
    assert (first.status_code, again.json()) == (200, first.json())
    assert await _organizers(door.world) == before + 1
    # The same key of another token is another key.
    await door.post("founded", {"name": "newer"}, headers=key, token="app_beta")
    assert await _organizers(door.world) == before + 2


async def test_a_key_with_another_request_is_refused(door: Door) -> None:
    key = {"Idempotency-Key": "k1"}
    await door.post("founded", {"name": "new"}, headers=key)
    for path, name in (("founded", "other"), ("founded?x=1", "new")):
        answer = await door.post(path, {"name": name}, headers=key)
        assert (answer.status_code, answer.json()["key"]) == (409, "idempotency_key_reused")


async def test_a_refusal_is_kept_under_its_key(door: Door) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await door.post("founded", {"name": "refused"}, headers=key)
    again = await door.post("founded", {"name": "refused"}, headers=key)
    assert first.status_code == 400
    assert first.json()["details"] == "Property .start_date: It has been refused."
    assert again.json() == first.json()


@ON_SQLITE
async def test_an_export_is_sent_in_parts(door: Door) -> None:
    answer = await door.get("export")
    assert answer.text == "0\n1\n2\n"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="codes.csv"'
    assert "content-length" not in answer.headers
    assert (await door.get("export", headers={"Accept": "application/json"})).status_code == 406
    assert (await door.ask("HEAD", "export")).content == b""


@ON_SQLITE
@pytest.mark.parametrize(
    "accept", ["application/json", "application/json, text/plain, */*", "*/*", "application/*", ""]
)
async def test_what_sdks_accept_is_json(door: Door, accept: str) -> None:
    assert (await door.get("who", headers={"Accept": accept})).status_code == 200


@ON_SQLITE
async def test_an_argument_keeps_what_is_escaped_in_it(door: Door) -> None:
    found: dict[str, Any] = (await door.get("who/a%2Fb%20%C3%A4%25%3F%23+")).json()
    assert found["arguments"] == {"name": "a/b ä%?#+"}

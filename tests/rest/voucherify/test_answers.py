"""What is around an answer: rates, versions, and what browsers need."""

import time
from typing import Any

import pytest

from rest.voucherify.rates import UNLIMITED, Rates
from rest.voucherify.refusals import RateLimited
from tests.rest.voucherify.conftest import ON_SQLITE, Door, serving
from tests.world import World

LIMIT, REMAINING, RETRY = "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-retry"
ORIGIN = {"Origin": "https://shop.example"}


def shown(answer: Any) -> tuple[int, int]:
    return int(answer.headers[LIMIT]), int(answer.headers[REMAINING])


@ON_SQLITE
async def test_nothing_is_answered_with_nothing(door: Door) -> None:
    answer = await door.ask("DELETE", "who/x")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert LIMIT in answer.headers


@ON_SQLITE
async def test_every_answer_shows_how_many_more_may_be_asked(world: World) -> None:
    async with serving(world, rate_limit_per_minute=1000) as door:
        first, second = await door.get("who"), await door.get("who/x?limit=500")
        assert (shown(first), shown(second)) == ((1000, 999), (1000, 998))
        assert second.status_code == 400
        # Each token has its own; whoever is nobody uses up nothing.
        assert shown(await door.get("who", token="app_beta")) == (1000, 999)
        for path in ("who", "nothing"):
            assert shown(await door.get(path, token=None)) == (1000, 1000)
        assert 0 <= int(first.headers[RETRY]) - time.time() <= 61


@ON_SQLITE
async def test_one_too_many_is_told_when_to_come_back(world: World) -> None:
    async with serving(world, rate_limit_per_minute=2) as door:
        answers: list[Any] = []
        # The minute may end in between: then there is a second one.
        for _ in range(2):
            answers = [await door.get("who") for _ in range(3)]
            if answers[-1].status_code == 429:
                break
        answer = answers[-1]
        assert answer.status_code == 429
        body = answer.json()
        assert (body["code"], body["message"]) == (429, "Too many requests hit the API too quickly.")
        assert answer.headers["x-rate-limit-type"] == "api_calls"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers[REMAINING] == "0"
        assert (await door.get("who", token="app_beta")).status_code == 200


@ON_SQLITE
async def test_without_a_limit_the_headers_are_numbers_all_the_same(door: Door) -> None:
    limit, remaining = shown(await door.get("who"))
    assert (limit, remaining) == (UNLIMITED, UNLIMITED - 1)


def test_counts_begin_anew_with_each_minute() -> None:
    at = 120.0
    rates = Rates(2, lambda: at)
    spent = [rates.spend(1) for _ in range(3)]
    assert [rate.remaining for rate in spent] == [1, 0, -1]
    assert {rate.ends_at for rate in spent} == {180}
    rates.refuse(spent[1])
    with pytest.raises(RateLimited) as refusal:
        rates.refuse(spent[2])
    assert refusal.value.details["retry_after"] == 60
    assert rates.spend(2).remaining == 1
    at = 179.9
    assert rates.spend(1).remaining == -2
    at = 180.0
    assert (rates.spend(1).remaining, rates.look().ends_at) == (1, 240)


# -- browsers ----------------------------------------------------------------------------------------------------------


@ON_SQLITE
async def test_a_page_of_any_origin_may_ask_with_browsers_keys(door: Door) -> None:
    asked = {
        **ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-client-application-id,x-client-token",
    }
    answer = await door.ask("OPTIONS", "/client/v1/who", token=None, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-allow-headers"] == "content-type,x-client-application-id,x-client-token"
    assert int(answer.headers["access-control-max-age"]) > 0
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    bare = await door.ask("OPTIONS", "/client/v1/who", token=None, headers=ORIGIN)
    assert "X-Client-Token" in bare.headers["access-control-allow-headers"]


@ON_SQLITE
async def test_a_page_may_read_answers_and_refusals(door: Door) -> None:
    for token, path, status in (
        ("client", "/client/v1/who", 200),
        (None, "/client/v1/who", 401),
        ("client", "/client/v1/nothing", 404),
    ):
        answer = await door.get(path, token=token, headers=ORIGIN)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert "X-Rate-Limit-Remaining" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in (await door.get("/client/v1/who", token="client")).headers


@ON_SQLITE
async def test_programs_keys_belong_in_no_page(door: Door) -> None:
    for answer in (
        await door.get("who", headers=ORIGIN),
        await door.ask("OPTIONS", "who", token=None, headers={**ORIGIN, "Access-Control-Request-Method": "GET"}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]

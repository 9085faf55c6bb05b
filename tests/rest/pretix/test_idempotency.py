"""X-Idempotency-Key: whatever was answered under a key is answered again, and nothing happens twice."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from models.database import Connect, open_database
from models.problems import Unavailable
from resolvers.authentication import Authenticator
from rest.pretix.app import Pretix
from tests.rest.pretix.conftest import CARDS, ON_SQLITE, Door


def keyed(key: str = "k", **headers: str) -> dict[str, Any]:
    return {"headers": {"X-Idempotency-Key": key, **headers}}


def same(first: httpx2.Response, second: httpx2.Response) -> bool:
    return (first.status_code, first.content, first.headers) == (second.status_code, second.content, second.headers)


async def test_a_key_books_once_and_its_answer_is_repeated(door: Door) -> None:
    card = await door.world.card(1000)
    first = await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed())
    await door.world.transact(card, -100)
    again = await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed())
    assert same(first, again)
    assert again.json()["value"] == "9.00"
    assert await door.value(card) == "8.00"


async def test_method_address_and_body_are_not_compared(door: Door) -> None:
    card = await door.world.card(1000)
    first = await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed())
    for method, path, body in (("POST", "", {}), ("PATCH", "99999999/", {}), ("DELETE", "/api/v1/nothing", None)):
        assert same(first, await door.ask(method, path, json=body, **keyed()))


async def test_a_key_belongs_to_whoever_sent_it(door: Door) -> None:
    card = await door.world.card(1000)
    for token in ("acme", "acme_writes", "device"):
        await door.post(f"{card}/transact/", {"value": "-1.00"}, token=token, **keyed())
    assert await door.value(card) == "7.00"


async def test_errors_are_kept_too(door: Door) -> None:
    """Those found before any verb, and those that a verb found."""
    card = await door.world.card(1000)
    broken = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    typed = {"content": b"x", "headers": {"Content-Type": "text/plain"}}
    steps: list[tuple[int, str, str, dict[str, Any]]] = [
        (401, "POST", "", {"headers": {"Authorization": "Token nobody"}}),
        (403, "POST", "/api/v1/organizers/beta/giftcards/", {}),
        (404, "PATCH", "99999999/", {}),
        (404, "POST", "99999999/transact/", {"json": {"value": "1.00"}}),
        (404, "POST", f"{card}/transact", {"json": {"value": "1.00"}}),
        (301, "DELETE", f"{card}", {}),
        (405, "PUT", "", {}),
        (405, "DELETE", f"{card}/", {}),
        (415, "POST", f"{card}/transact/", typed),
        (400, "POST", f"{card}/transact/", broken),
        (400, "POST", f"{card}/transact/", {"json": {"value": "x"}}),
        (400, "POST", "", {"json": {}}),
    ]
    for number, (status, method, path, options) in enumerate(steps):
        headers = {**options.pop("headers", {}), "X-Idempotency-Key": str(number)}
        first = await door.ask(method, path, headers=headers, **options)
        assert first.status_code == status, (method, path)
        headers.pop("Content-Type", None)
        assert same(first, await door.post(f"{card}/transact/", {"value": "-1.00"}, headers=headers)), (method, path)
    assert await door.value(card) == "10.00"


async def test_conflicts_are_not_kept(door: Door) -> None:
    card = await door.world.card(50)
    assert (await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed())).status_code == 409
    await door.world.transact(card, 100)
    assert (await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed())).json()["value"] == "0.50"


async def test_one_key_20_times_at_once_books_once(door: Door) -> None:
    card = await door.world.card(1000)
    body = {"value": "-1.00"}
    answers = await asyncio.gather(*[door.post(f"{card}/transact/", body, **keyed()) for _ in range(20)])
    assert await door.value(card) == "9.00"
    running = {"detail": "Concurrent request with idempotency key."}
    for answer in answers:
        if answer.status_code == 409:
            assert (answer.json(), answer.headers["retry-after"]) == (running, "5")
        else:
            assert (answer.status_code, answer.json()["value"]) == (200, "9.00")
    assert (await door.post(f"{card}/transact/", body, **keyed())).json()["value"] == "9.00"


async def test_two_servers_with_one_key_book_once(door: Door, database_url: str) -> None:
    """Each server knows only its own running keys; the second to write waits for the first and finds its answer."""
    card = await door.world.card(1000)
    database = open_database(Connect(database_url))
    await database.start()
    app = Pretix(database, Authenticator(database, 0, door.world.clock), clock=door.world.clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://foyer.test") as client:
        for number in range(10):
            headers = {"Authorization": door.headers["acme"], "X-Idempotency-Key": str(number)}
            first, second = await asyncio.gather(
                *[
                    server.post(f"{CARDS}{card}/transact/", json={"value": "-1.00"}, headers=headers)
                    for server in (client, door.world.client)
                ]
            )
            assert first.json()["value"] == second.json()["value"] == f"{9 - number}.00"
    await database.close()


async def test_keys_are_kept_for_a_day(door: Door) -> None:
    card = await door.world.card(1000)
    body = {"value": "-1.00"}
    await door.post(f"{card}/transact/", body, **keyed())
    door.world.clock.at += timedelta(hours=23)
    assert (await door.post(f"{card}/transact/", body, **keyed())).json()["value"] == "9.00"
    door.world.clock.at += timedelta(hours=1)
    assert (await door.get("/api/v1/idempotency_query?key=k")).status_code == 404
    assert (await door.post(f"{card}/transact/", body, **keyed())).json()["value"] == "8.00"


async def test_a_kept_answer_can_be_asked_for(door: Door) -> None:
    # A header is bytes; clients write them as Latin-1.
    headers = {"X-Idempotency-Key": "ü &k".encode("latin-1")}
    first = await door.post(json={"secret": "NEW1", "value": "1.00", "currency": "EUR"}, headers=headers)
    address = "/api/v1/idempotency_query"
    again = await door.get(address, params={"key": "ü &k"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    # What may be asked is said of this address.
    assert dict(again.headers) == {**first.headers, "allow": "GET, HEAD, OPTIONS"}
    unseen = await door.get(address, params={"key": "ü &k"}, token="acme_writes")
    assert (unseen.status_code, unseen.json()) == (404, {"detail": "Idempotency key not seen before."})
    assert (await door.get(address)).json() == {"detail": "No idempotency key given."}
    assert (await door.get(f"{address}?key=")).json() == {"detail": "No idempotency key given."}
    assert (await door.get(f"{address}/")).status_code == 404


async def test_long_and_empty_keys(door: Door) -> None:
    card = await door.world.card(1000)
    body = {"value": "-1.00"}
    for _ in range(2):
        await door.post(f"{card}/transact/", body, **keyed("k" * 5000))
    assert await door.value(card) == "9.00"
    for _ in range(2):
        await door.post(f"{card}/transact/", body, **keyed(""))
    assert await door.value(card) == "7.00"


@ON_SQLITE
async def test_blanks_around_a_key_are_no_part_of_it(door: Door) -> None:
    card = await door.world.card(1000)
    for key in ("k", "k ", " k"):
        await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed(key))
    assert await door.value(card) == "9.00"


@ON_SQLITE
async def test_reading_ignores_keys(door: Door) -> None:
    for _ in range(2):
        assert (await door.get(**keyed())).json()["count"] == 0
    assert (await door.get("/api/v1/idempotency_query?key=k")).status_code == 404


async def test_an_unreachable_database_leaves_neither_effect_nor_answer(door: Door) -> None:
    card = await door.world.card(1000)
    pretix: Any = door.world.app._pretix
    original, pretix._door = pretix._door, Failing(pretix._door)
    failed = await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed())
    assert (await door.ask("PUT", **keyed())).status_code == 503
    pretix._door = original
    assert (failed.status_code, failed.headers["retry-after"]) == (503, "7")
    assert (await door.post(f"{card}/transact/", {"value": "-1.00"}, **keyed())).json()["value"] == "9.00"


class Failing:
    """A door whose database is gone when it comes to writing."""

    def __init__(self, door: Any) -> None:
        self._door = door
        self.database = self

    async def write(self, unit: Any) -> Any:
        raise Unavailable("gone", retry_after=7)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._door if name != "dialect" else self._door.database, name)

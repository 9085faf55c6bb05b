"""Subscriptions over HTTP: who is answered how, what a stream says, and how it ends."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import text, update

from gql import ids
from models.token import Status, token
from resolvers import changes
from server import connections, subscribers
from tests.sockets import (
    Listening,
    bearer,
    listening,
    listens,
    opened_socket,
    opened_stream,
    pieces,
    until,
)

HELLO = "{ viewer { name } }"
CHANGES = "subscription { changes { change { kind } } }"
BOOKED = {"data": {"changes": {"change": {"kind": "GIFT_CARD_TRANSACTION_BOOKED"}}}}
EVENTS, JSON, RESPONSE_JSON = "text/event-stream", "application/json", "application/graphql-response+json"
PARTS = "multipart/mixed;subscriptionSpec=1.0"
URQL = f"{RESPONSE_JSON}, application/graphql+json, {JSON}, {EVENTS}, multipart/mixed"
APOLLO = f'multipart/mixed;boundary=graphql;subscriptionSpec="1.0", {RESPONSE_JSON}, {JSON};q=0.9'


@pytest.fixture
async def served(sqlite_url: str) -> AsyncIterator[Listening]:
    """What streams do is the same on both engines."""
    async with listening(sqlite_url, request_timeout_seconds=0.5, subscriber_ping_seconds=0.2) as found:
        yield found


def acme(served: Listening) -> dict[str, str]:
    return bearer(served.world.secrets["acme"])


async def ask(served: Listening, query: str, accept: str | None, method: str = "POST", **headers: str) -> Any:
    """An answer to its end."""
    sent = acme(served) | ({} if accept is None else {"Accept": accept}) | headers
    async with httpx2.AsyncClient(timeout=10) as client:
        if accept is None:
            del client.headers["accept"]
        if method == "POST":
            return await client.post(served.http, json={"query": query}, headers=sent)
        return await client.request(method, served.http, params={"query": query}, headers=sent)


def event(body: Any) -> str:
    return f"event: next\ndata: {orjson.dumps(body).decode()}"


def part(content: Any) -> str:
    return f"\r\nContent-Type: application/json\r\n\r\n{orjson.dumps(content).decode()}\r\n"


# -- who is answered how -----------------------------------------------------------------------------------------------


async def test_a_query_is_answered_as_json_unless_events_are_wanted_most(served: Listening) -> None:
    for accept in (URQL, "*/*", APOLLO, f"{EVENTS}, {JSON}", f"{EVENTS}, */*", f"{JSON};q=0.5, {EVENTS};q=0.5"):
        answer = await ask(served, HELLO, accept)
        assert (accept, answer.json()["data"]) == (accept, {"viewer": {"name": "acme"}})
    for accept in (EVENTS, f"{EVENTS}, {JSON};q=0.9", f"{EVENTS}, multipart/mixed", "text/*"):
        answer = await ask(served, HELLO, accept)
        assert answer.headers["content-type"] == f"{EVENTS}; charset=utf-8"
        opening, answered, complete, rest = answer.text.split("\n\n")
        assert (opening, complete, rest) == (":", "event: complete\ndata:", "")
        assert orjson.loads(answered.partition("data: ")[2])["data"] == {"viewer": {"name": "acme"}}


async def test_a_mutation_can_be_answered_by_an_event_but_not_be_asked_by_get(served: Listening) -> None:
    issue = 'mutation { giftCardIssue(input: {amount: "1.00", currency: "EUR"}) { giftCard { id } } }'
    assert "event: next\ndata: " in (await ask(served, issue, EVENTS)).text
    assert (await ask(served, issue, EVENTS, "GET")).status_code == 405


async def test_a_subscription_that_cannot_be_a_stream_is_406_and_says_how(served: Listening) -> None:
    for accept in (None, JSON, RESPONSE_JSON, f"{JSON}, multipart/mixed", f"{JSON}, {EVENTS};q=0"):
        answer = await ask(served, CHANGES, accept)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")
        assert all(way in error["message"] for way in (EVENTS, PARTS, "graphql-transport-ws"))
    for accept in ("multipart/mixed", f"{EVENTS};q=0", f"{PARTS};q=0.0"):
        assert (await ask(served, HELLO, accept)).status_code == 406


async def test_a_subscription_is_the_stream_that_is_preferred(served: Listening) -> None:
    for accept, found in (
        (EVENTS, EVENTS),
        (URQL, EVENTS),
        ("*/*", EVENTS),
        (APOLLO, "multipart/mixed"),
        (f"{PARTS}, */*", "multipart/mixed"),
        (f"{PARTS};q=0.5, {EVENTS}", EVENTS),
        (f"{EVENTS};q=0.5, {PARTS}", "multipart/mixed"),
        (f"{JSON}, {EVENTS};q=0.1", EVENTS),
    ):
        async with opened_stream(served.http, CHANGES, accept, **acme(served)) as response:
            assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, found)
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["x-request-id"]


async def test_what_is_not_run_is_told_in_the_stream(served: Listening) -> None:
    denied = 'subscription { changes(organizer: "x") { cursor } }'
    for query, code in (("{", "GRAPHQL_PARSE_FAILED"), (denied, "PERMISSION_DENIED")):
        events = await ask(served, query, f"{EVENTS}, multipart/mixed")
        assert (events.status_code, code in events.text) == (200, True)
        assert events.text.endswith("\n\nevent: complete\ndata:\n\n")
    parts = await ask(served, denied, APOLLO)
    assert ('"payload":{"errors"' in parts.text, parts.text.endswith("\r\n--graphql--\r\n")) == (True, True)


async def test_a_bug_of_ours_is_told_in_the_stream_without_a_word_of_it(served: Listening) -> None:
    await served.world.database.write(lambda tx: tx.rows(text("ALTER TABLE gift_card RENAME TO gone")))
    card = ids.encoder("GiftCard")(1)
    for accept in (EVENTS, APOLLO):
        answer = await ask(served, f'subscription {{ giftCardTransactions(id: "{card}") {{ cursor }} }}', accept)
        assert (answer.status_code, "INTERNAL" in answer.text, "gone" in answer.text) == (200, True, False)
        assert answer.headers["x-request-id"] in answer.text


async def test_who_is_nobody_gets_no_stream(served: Listening) -> None:
    for accept in (EVENTS, APOLLO):
        answer = await ask(served, CHANGES, accept, Authorization="Bearer unknown")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_head_of_a_subscription_is_no_stream(served: Listening) -> None:
    answer = await ask(served, CHANGES, EVENTS, "HEAD")
    assert (answer.status_code, answer.text) == (200, "")


async def test_503_when_all_places_are_taken_by_streams_and_sockets(sqlite_url: str) -> None:
    async with listening(sqlite_url, subscribers_max=2) as served:
        async with (
            opened_socket(served.ws, acme(served)),
            opened_stream(served.http, CHANGES, EVENTS, **acme(served)),
        ):
            await until(lambda: len(served.world.app.subscribers) == 2)
            refused = await ask(served, CHANGES, EVENTS)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert (await ask(served, HELLO, EVENTS)).status_code == 200
        await until(lambda: len(served.world.app.subscribers) == 0)


# -- what a stream says, and how it ends -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_events_are_told_for_longer_than_a_request_may_take(served: Listening, method: str) -> None:
    card = await served.world.card(1000)
    async with opened_stream(served.http, CHANGES, EVENTS, method=method, **acme(served)) as response:
        said = pieces(response, "\n\n")
        assert await anext(said) == ":"
        await listens(served)
        for _ in range(2):
            await served.world.transact(card, 1)
            assert await anext(said) == event(BOOKED)
            # Nothing for a while: comments say that the server is there. Four take longer than a request may.
            assert [await anext(said) for _ in range(4)] == [":"] * 4
    # The client is gone, and so is what it listened to.
    await listens(served, 0)
    assert len(served.world.app.subscribers) == 0


async def test_parts_are_told_and_each_can_be_read_at_once(served: Listening) -> None:
    card = await served.world.card(1000)
    async with opened_stream(served.http, CHANGES, APOLLO, **acme(served)) as response:
        assert response.headers["content-type"] == 'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"'
        said = pieces(response, "--graphql")
        assert [await anext(said), await anext(said)] == ["\r\n", part({})]
        await listens(served)
        await served.world.transact(card, 1)
        assert await anext(said) == part({"payload": BOOKED})
        assert await anext(said) == part({})
    await listens(served, 0)


@pytest.mark.parametrize(
    ("accept", "end", "last"),
    [(EVENTS, "\n\n", ["retry: 1000"]), (APOLLO, "--graphql", ["UNAVAILABLE", "--\r\n"])],
)
async def test_streams_end_when_the_server_stops_and_without_complete(
    served: Listening, accept: str, end: str, last: list[str]
) -> None:
    async with opened_stream(served.http, CHANGES, accept, **acme(served)) as response:
        await listens(served)
        served.server.should_exit = True
        said = [piece async for piece in pieces(response, end)][-len(last) :]
        assert all(expected in piece for piece, expected in zip(said, last, strict=True))
        assert "complete" not in "".join(said)


async def test_a_stream_ends_when_its_token_is_revoked_though_nothing_happens(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribers, "CHECK_SECONDS", 0.05)
    async with listening(sqlite_url) as served, opened_stream(served.http, CHANGES, EVENTS, **acme(served)) as response:
        await listens(served)
        await served.world.database.write(lambda tx: tx.rows(update(token).values(status=Status.REVOKED.value)))
        *_, told, complete = [piece async for piece in pieces(response, "\n\n")]
        assert ("UNAUTHENTICATED" in told, complete) == (True, "event: complete\ndata:")


async def test_a_revoked_token_hears_of_nothing_more(served: Listening) -> None:
    card = await served.world.card(1000)
    async with opened_stream(served.http, CHANGES, PARTS, **acme(served)) as response:
        await listens(served)
        await served.world.database.write(lambda tx: tx.rows(update(token).values(status=Status.REVOKED.value)))
        await served.world.transact(card, 1)
        said = "".join([piece async for piece in pieces(response, "--graphql")])
        assert ('"payload":null' in said, "UNAUTHENTICATED" in said, "BOOKED" in said) == (True, True, False)


async def test_who_is_told_of_more_than_it_takes_is_told_so(served: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BUFFER_MAX", 0)
    card = await served.world.card(1000)
    async with opened_stream(served.http, CHANGES, EVENTS, **acme(served)) as response:
        await listens(served)
        await served.world.transact(card, 1)
        *_, told, complete = [piece async for piece in pieces(response, "\n\n")]
        assert ("TOO_SLOW" in told, complete) == (True, "event: complete\ndata:")


async def test_who_never_takes_anything_is_dropped_and_the_others_hear_all_the_same(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CLOSE_SECONDS", 0.2)
    long = f"subscription {{ changes {{ change {{ {' '.join(f'kind_{n}: kind' for n in range(90))} }} }} }}"
    asked = orjson.dumps({"query": long}).decode()
    async with listening(sqlite_url, subscriber_send_timeout_seconds=0.2) as served:
        card = await served.world.card(1000)
        head = {"Host": served.address, "Content-Type": JSON, "Accept": EVENTS, "Content-Length": str(len(asked))}
        headers = "".join(f"{name}: {value}\r\n" for name, value in (acme(served) | head).items())
        with socket.socket() as slow:
            # A raw socket that is never read from: its window closes.
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            slow.connect(("127.0.0.1", int(served.address.partition(":")[2])))
            slow.sendall(f"POST /graphql HTTP/1.1\r\n{headers}\r\n{asked}".encode())
            async with opened_socket(served.ws, acme(served)) as quick:
                await quick.subscribe(CHANGES)
                await listens(served, 2)
                for _ in range(50):
                    await served.world.transact(card, 1)
                    assert (await quick.hear())["payload"] == BOOKED
                await listens(served, 1)
                await until(lambda: len(served.server.server_state.connections) == 1)

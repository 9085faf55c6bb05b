"""GraphQL over WebSocket: what is said, every code that a connection is closed with, and who is dropped."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text, update
from websockets.exceptions import InvalidStatus
from websockets.frames import Opcode

from models.token import Status, token
from resolvers import changes
from server import connections, subscribers
from server.app import transport_limits_of
from server.settings import Settings
from server.transport_ws import Limits
from tests.servers import ROOT, Server, serving
from tests.sockets import (
    PROTOCOL,
    Listening,
    Socket,
    bearer,
    listening,
    listens,
    opened_socket,
    opened_stream,
    pieces,
    until,
)
from tests.world import opened

HELLO = "{ viewer { name } }"
CHANGES = "subscription { changes { change { kind } } }"
BOOKED = {"data": {"changes": {"change": {"kind": "GIFT_CARD_TRANSACTION_BOOKED"}}}}
SUBSCRIBE = {"type": "subscribe", "id": "1", "payload": {"query": HELLO}}
INIT = {"type": "connection_init"}
DEPTH, SIZE = 8, 4096


@pytest.fixture
async def served(sqlite_url: str) -> AsyncIterator[Listening]:
    """What sockets do is the same on both engines."""
    async with listening(sqlite_url, json_depth_max=DEPTH, body_limit_bytes=SIZE, subscriptions_max=3) as found:
        yield found


def acme(served: Listening) -> dict[str, str]:
    return bearer(served.world.secrets["acme"])


# -- what is said ------------------------------------------------------------------------------------------------------


async def test_one_socket_answers_queries_mutations_and_subscriptions_at_once(served: Listening) -> None:
    await served.world.card(1000, secret="AA11")
    async with opened_socket(served.ws, acme(served)) as socket:
        for id in "ab":
            await socket.subscribe(CHANGES, id=id)
        await listens(served, 2)
        query = "query Q($s: String) { giftCard(secret: $s) { id } } query Other { viewer { name } }"
        await socket.subscribe(query, operationName="Q", variables={"s": "AA11"}, extensions={})
        (answer, complete) = [await socket.hear(), await socket.hear()]
        assert (answer["id"], answer["type"], complete) == ("1", "next", {"id": "1", "type": "complete"})
        card_id = answer["payload"]["data"]["giftCard"]["id"]

        # An id is free again when its operation is over.
        await socket.subscribe(
            f'mutation {{ giftCardTransact(input: {{id: "{card_id}", amount: -1}}) {{ userErrors {{ code }} }} }}'
        )
        told = sorted([await socket.hear() for _ in range(4)], key=lambda message: (message["id"], message["type"]))
        assert [(each["id"], each["type"]) for each in told] == [
            ("1", "complete"),
            ("1", "next"),
            ("a", "next"),
            ("b", "next"),
        ]
        assert told[2]["payload"] == told[3]["payload"] == BOOKED


async def test_what_a_client_completes_is_told_of_no_more_and_its_id_is_free(served: Listening) -> None:
    card = await served.world.card(1000)
    async with opened_socket(served.ws, acme(served)) as socket:
        await socket.subscribe(CHANGES)
        await socket.say("complete", id="1")
        await socket.say("complete", id="never heard of")
        await socket.subscribe("subscription { changes { cursor } }")
        await listens(served)
        await served.world.transact(card, 1)
        assert list((await socket.hear())["payload"]["data"]["changes"]) == ["cursor"]
    await listens(served, 0)


async def test_pings_are_answered_before_the_beginning_too_and_pongs_are_taken(served: Listening) -> None:
    async with opened_socket(served.ws) as socket:
        await socket.say("pong", payload={"unasked": True})
        for payload in ({}, {"payload": {"at": 1}}, {"payload": None}):
            await socket.say("ping", **payload)
            assert await socket.hear() == {"type": "pong"} | {key: value for key, value in payload.items() if value}


UNRUN = {
    "GRAPHQL_PARSE_FAILED": {"query": "{"},
    "GRAPHQL_VALIDATION_FAILED": {"query": "{ nothing }"},
    "BAD_OPERATION": {"query": CHANGES, "operationName": "Other"},
    "BAD_VARIABLES": {"query": "subscription S($a: ID!) { actionProgress(id: $a) { __typename } }"},
    "PERMISSION_DENIED": {"query": 'subscription { changes(organizer: "beta") { cursor } }'},
    "PERSISTED_QUERY_NOT_FOUND": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "a" * 64}}},
}


async def test_what_is_not_run_is_an_error_and_the_socket_stays(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served)) as socket:
        for code, payload in UNRUN.items():
            await socket.say("subscribe", id="1", payload=payload)
            error = await socket.hear()
            assert (error["id"], error["type"]) == ("1", "error")
            assert [each["extensions"]["code"] for each in error["payload"]] == [code]
        await socket.subscribe(HELLO)
        assert (await socket.hear())["payload"]["data"] == {"viewer": {"name": "acme"}}


async def test_operations_of_one_socket_are_limited(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served)) as socket:
        for id in "abcd":
            await socket.subscribe(CHANGES, id=id)
        refused = await socket.hear()
        assert (refused["id"], refused["payload"][0]["extensions"]) == ("d", {"code": "LIMIT_EXCEEDED"})
        await socket.say("complete", id="a")
        await socket.subscribe(HELLO, id="d")
        assert (await socket.hear())["type"] == "next"


async def test_the_token_is_in_the_first_message_or_in_the_header(served: Listening) -> None:
    secret = f"Bearer {served.world.secrets['acme']}"
    for payload, header in (
        ({"Authorization": secret}, "Bearer unknown"),
        ({"authorization": secret}, ""),
        ({}, secret),
        (None, secret),
    ):
        async with opened_socket(served.ws, additional_headers={"Authorization": header}) as socket:
            await socket.say("connection_init", payload=payload)
            assert await socket.hear() == {"type": "connection_ack"}
            await socket.subscribe(HELLO)
            assert (await socket.hear())["payload"]["data"] == {"viewer": {"name": "acme"}}


async def test_there_is_no_socket_elsewhere(served: Listening) -> None:
    for address, status in (
        (served.ws.replace("/graphql", "/"), 404),
        (f"{served.ws}/", 404),
        (served.ws.replace("/graphql", "/v1/vouchers"), 404),
        (served.ws.replace("127.0.0.1", "localhost"), 400),
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with opened_socket(address):
                pass
        assert refused.value.response.status_code == status
        assert refused.value.response.headers["X-Request-Id"]


async def test_pages_of_any_origin_may_connect(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served), origin="https://elsewhere.example") as socket:
        assert socket.connection.response is not None
        assert socket.connection.response.headers["X-Request-Id"]
        await socket.subscribe(HELLO)
        assert (await socket.hear())["type"] == "next"


def test_settings_are_the_limits_of_a_socket() -> None:
    assert transport_limits_of(Settings()) == Limits()
    settings = Settings(
        subscriptions_max=7,
        subscriber_init_timeout_seconds=1.5,
        subscriber_send_timeout_seconds=2.5,
        request_timeout_seconds=3.5,
        json_depth_max=9,
    )
    limits = Limits(operations_max=7, init_seconds=1.5, send_seconds=2.5, request_seconds=3.5, json_depth_max=9)
    assert transport_limits_of(settings) == limits


async def test_an_operation_that_takes_too_long_is_an_error_and_the_socket_stays(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: Any) -> None:
        await asyncio.sleep(60)

    async with (
        listening(sqlite_url, request_timeout_seconds=0.2) as served,
        opened_socket(served.ws, acme(served)) as socket,
    ):
        with monkeypatch.context() as patch:
            patch.setattr("gql.execution.Executor.execute", hangs)
            await socket.subscribe(HELLO)
            error = await socket.hear()
        assert (error["type"], error["payload"][0]["extensions"]["code"]) == ("error", "UNAVAILABLE")
        await socket.subscribe(HELLO)
        assert (await socket.hear())["type"] == "next"


# -- every code --------------------------------------------------------------------------------------------------------

INVALID: dict[str, Any] = {
    "no JSON": "nonsense",
    "empty": "",
    "no object": "[]",
    "null": "null",
    "no type": "{}",
    "unknown type": {"type": "start"},
    "type of the server": {"type": "next", "id": "1", "payload": {}},
    "type is no text": {"type": ["ping"]},
    "payload of init": {"type": "connection_init", "payload": "token"},
    "payload of ping": {"type": "ping", "payload": [1]},
    "payload of pong": {"type": "pong", "payload": 1},
    "no id": {"type": "subscribe", "payload": {"query": HELLO}},
    "empty id": {**SUBSCRIBE, "id": ""},
    "number as id": {**SUBSCRIBE, "id": 1},
    "long id": {**SUBSCRIBE, "id": "x" * 257},
    "complete what": {"type": "complete"},
    "no payload": {"type": "subscribe", "id": "1"},
    "no query": {**SUBSCRIBE, "payload": {}},
    "query is no text": {**SUBSCRIBE, "payload": {"query": 1}},
    "variables": {**SUBSCRIBE, "payload": {"query": HELLO, "variables": []}},
    "operationName": {**SUBSCRIBE, "payload": {"query": HELLO, "operationName": 1}},
    "extensions": {**SUBSCRIBE, "payload": {"query": HELLO, "extensions": []}},
    "too deep": '{"type": "ping", "payload": ' + '{"a": ' * DEPTH + "1" + "}" * (DEPTH + 1),
    "bytes": b'{"type": "ping"}',
}


async def test_4400_for_whatever_is_no_message(served: Listening) -> None:
    for why, message in INVALID.items():
        async with opened_socket(served.ws, acme(served)) as socket:
            await socket.connection.send(orjson.dumps(message).decode() if isinstance(message, dict) else message)
            code, reason = await socket.closed()
            assert (why, code) == (why, 4400)
            assert reason.startswith("Invalid message: ")


async def test_4401_before_the_beginning_and_without_a_token(served: Listening) -> None:
    for message in (SUBSCRIBE, INIT, INIT | {"payload": None}, INIT | {"payload": {"Authorization": ""}}):
        async with opened_socket(served.ws) as socket:
            await socket.say(**message)
            code, reason = await socket.closed()
            assert (code, reason[:13]) == (4401, "Unauthorized:")


async def test_4403_for_a_wrong_token(served: Listening) -> None:
    for authorization in ("Bearer unknown", "Basic YWNtZTphY21l", "Bearer", "nonsense", 1, ["Bearer x"]):
        async with opened_socket(served.ws) as socket:
            await socket.say("connection_init", payload={"Authorization": authorization})
            assert (await socket.closed())[0] == 4403


async def revoked(served: Listening) -> None:
    await served.world.database.write(lambda tx: tx.rows(update(token).values(status=Status.REVOKED.value)))


async def test_4403_when_the_token_is_revoked_before_the_next_event_and_for_the_next_operation(
    served: Listening,
) -> None:
    card = await served.world.card(1000)
    async with opened_socket(served.ws, acme(served)) as listening, opened_socket(served.ws, acme(served)) as asking:
        await listening.subscribe(CHANGES)
        await listens(served)
        await revoked(served)
        await served.world.transact(card, 1)
        assert await listening.closed() == (4403, "Forbidden: The token has been revoked.")
        await asking.subscribe(HELLO)
        assert (await asking.closed())[0] == 4403


@pytest.mark.parametrize("values", [{"status": Status.REVOKED.value}, {"scopes": "organizer.giftcards:read"}])
async def test_4403_when_a_token_changes_though_nothing_happens(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]
) -> None:
    monkeypatch.setattr(subscribers, "CHECK_SECONDS", 0.05)
    async with listening(sqlite_url) as served, opened_socket(served.ws, acme(served)) as idle:
        await idle.subscribe(CHANGES)
        await listens(served)
        await served.world.database.write(lambda tx: tx.rows(update(token).values(values)))
        assert (await idle.closed())[0] == 4403
        await listens(served, 0)


async def test_4406_for_another_protocol(served: Listening) -> None:
    for offered in (None, ["graphql-ws"], ["soap", "graphql-transport-ws-2"]):
        async with opened_socket(served.ws, subprotocols=offered) as socket:
            assert (await socket.closed())[0] == 4406
            assert socket.connection.subprotocol is None


async def test_one_of_the_protocols_offered_is_enough(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served), subprotocols=["graphql-ws", PROTOCOL]) as socket:
        assert socket.connection.subprotocol == PROTOCOL


async def test_4408_when_the_beginning_takes_too_long(sqlite_url: str) -> None:
    async with (
        listening(sqlite_url, subscriber_init_timeout_seconds=0.3) as served,
        opened_socket(served.ws, acme(served)) as begun,
        opened_socket(served.ws) as late,
    ):
        await late.say("ping")
        assert await late.closed() == (4408, "Connection initialisation timeout")
        await begun.say("ping")
        assert await begun.hear() == {"type": "pong"}


async def test_4409_for_an_id_that_is_taken(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served)) as socket:
        await socket.subscribe(CHANGES, id="ö" * 100)
        await socket.subscribe(HELLO, id="ö" * 100)
        code, reason = await socket.closed()
        assert (code, reason) == (4409, "Subscriber for " + "ö" * 54)
    await listens(served, 0)


async def test_4429_for_a_second_beginning(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served)) as socket:
        await socket.say("connection_init", payload=acme(served))
        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_4500_for_a_bug_of_ours_without_a_word_of_it(served: Listening) -> None:
    async with opened_socket(served.ws) as socket:
        await served.world.database.write(lambda tx: tx.rows(text("ALTER TABLE token RENAME TO gone")))
        await socket.say("connection_init", payload=acme(served))
        assert await socket.closed() == (4500, "Internal server error")


async def test_1009_for_a_message_that_is_too_large(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served)) as socket:
        await socket.say("ping", payload={"a": "x" * (SIZE - 40)})
        assert (await socket.hear())["type"] == "pong"
        await socket.say("ping", payload={"a": "x" * SIZE})
        assert (await socket.closed())[0] == 1009


async def test_1011_for_who_answers_no_ping(sqlite_url: str) -> None:
    async with (
        listening(sqlite_url, subscriber_ping_seconds=0.1) as served,
        opened_socket(served.ws, acme(served)) as socket,
    ):
        protocol = socket.connection.protocol
        send: Any = protocol.send_frame
        protocol.send_frame = lambda frame: None if frame.opcode is Opcode.PONG else send(frame)  # type: ignore[method-assign]
        assert (await socket.closed())[0] == 1011


async def test_1012_when_the_server_stops(served: Listening) -> None:
    async with opened_socket(served.ws, acme(served)) as socket:
        await socket.subscribe(CHANGES)
        await listens(served)
        served.server.should_exit = True
        assert (await socket.closed())[0] == 1012


async def test_1013_when_all_places_are_taken(sqlite_url: str) -> None:
    async with listening(sqlite_url, subscribers_max=1) as served:
        async with opened_socket(served.ws, acme(served)), opened_socket(served.ws) as refused:
            assert await refused.closed() == (1013, "Too many subscribers are connected; try again later.")
        await until(lambda: len(served.world.app.subscribers) == 0)
        async with opened_socket(served.ws, acme(served)):
            pass


def test_every_code_of_the_page_is_held_by_a_test_and_none_is_kept_from_it() -> None:
    told = set(re.findall(r"^\| (\d{4}) \|", (ROOT / "docs/graphql-live.md").read_text(), re.MULTILINE))
    assert told == {found[0] for name in globals() if (found := re.findall(r"^test_(\d{4})_", name))}
    source = "".join((ROOT / "server" / name).read_text() for name in ("transport_ws.py", "ws_messages.py"))
    assert set(re.findall(r"Close\((\d{4}),", source)) <= told


# -- slow readers ------------------------------------------------------------------------------------------------------

PONG = {"a": "x" * 500_000}


async def stuffed(socket: Socket) -> None:
    """Take nothing from here on, and have more to take than fits anywhere on the way."""
    socket.connection.transport.pause_reading()
    for _ in range(40):
        await socket.say("ping", payload=PONG)


async def test_4430_for_who_takes_nothing_and_the_others_hear_all_the_same(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CLOSE_SECONDS", 30.0)
    async with listening(sqlite_url, subscriber_send_timeout_seconds=0.5) as served:
        card = await served.world.card(1000)
        async with opened_socket(served.ws, acme(served)) as quick, opened_socket(served.ws, acme(served)) as slow:
            for socket in (quick, slow):
                await socket.subscribe(CHANGES)
            await listens(served, 2)
            stuffing = asyncio.create_task(stuffed(slow))
            for _ in range(5):
                await asyncio.sleep(0.05)
                await served.world.transact(card, 1)
                assert (await quick.hear())["payload"] == BOOKED
            await until(lambda: len(served.world.app.subscribers) == 1)
            stuffing.cancel()
            # It learns why as soon as it takes what was sent before.
            slow.connection.transport.resume_reading()
            assert (await slow.closed())[0] == 4430
            await quick.say("ping")
            assert await quick.hear() == {"type": "pong"}


async def test_who_never_takes_anything_is_dropped_though_no_word_gets_through(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CLOSE_SECONDS", 0.2)
    async with (
        listening(sqlite_url, subscriber_send_timeout_seconds=0.2) as served,
        opened_socket(served.ws, acme(served)) as slow,
    ):
        stuffing = asyncio.create_task(stuffed(slow))
        await until(lambda: not served.server.server_state.connections)
        assert len(served.world.app.subscribers) == 0
        stuffing.cancel()
        slow.connection.transport.abort()


async def test_a_server_that_stops_waits_for_nobody_who_takes_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CLOSE_SECONDS", 0.2)
    async with (
        listening(sqlite_url, subscriber_send_timeout_seconds=60) as served,
        opened_socket(served.ws, acme(served)) as slow,
    ):
        stuffing = asyncio.create_task(stuffed(slow))
        await asyncio.sleep(0.3)
        served.server.should_exit = True
        await until(lambda: not served.server.server_state.connections)
        stuffing.cancel()
        slow.connection.transport.abort()


async def test_4430_for_who_is_told_of_more_than_it_takes(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BUFFER_MAX", 3)
    async with listening(sqlite_url) as served:
        card = await served.world.card(1000)
        async with opened_socket(served.ws, acme(served)) as slow:
            await slow.subscribe(CHANGES)
            await listens(served)
            stuffing = asyncio.create_task(stuffed(slow))
            await asyncio.sleep(0.3)
            for _ in range(6):
                await served.world.transact(card, 1)
            await listens(served, 0)
            stuffing.cancel()
            slow.connection.transport.resume_reading()
            code, reason = await slow.closed()
            assert (code, "Subscribe again from your cursor" in reason) == (4430, True)


async def test_who_answers_no_ping_is_dropped(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CLOSE_SECONDS", 0.1)
    async with (
        listening(sqlite_url, subscriber_ping_seconds=0.2) as served,
        opened_socket(served.ws, acme(served)) as alive,
        opened_socket(served.ws, acme(served)) as gone,
    ):
        await gone.subscribe(CHANGES)
        await listens(served)
        stuffing = asyncio.create_task(stuffed(gone))
        await listens(served, 0)
        await until(lambda: len(served.server.server_state.connections) == 1)
        stuffing.cancel()
        gone.connection.transport.abort()
        await alive.say("ping")
        assert await alive.hear() == {"type": "pong"}


# -- processes ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_what_one_process_writes_is_told_by_another_and_both_stop_at_once(
    postgresql_url: str, tmp_path: Path
) -> None:
    """As an operator runs it: two processes on one PostgreSQL, told to stop while clients listen; one takes nothing."""
    async with opened(postgresql_url) as world:
        await world.card(1000, secret="AA11")
        headers = bearer(world.secrets["acme"])
    async with (
        serving(postgresql_url, tmp_path / "a.log") as a,
        serving(postgresql_url, tmp_path / "b.log") as b,
        opened_socket(f"{a.address.replace('http', 'ws')}/graphql", headers) as socket,
        opened_socket(f"{b.address.replace('http', 'ws')}/graphql", headers) as stalled,
        opened_stream(f"{b.address}/graphql", CHANGES, "text/event-stream", **headers) as response,
    ):
        said = pieces(response, "\n\n")
        await socket.subscribe(CHANGES)
        stalled.connection.transport.pause_reading()
        told = asyncio.gather(socket.hear(), _first_event(said))
        while not told.done():
            for server in (a, b):
                await _booked(server, headers)
        assert [each.get("payload", each) for each in await told] == [BOOKED, BOOKED]

        started = asyncio.get_running_loop().time()
        stopping = asyncio.gather(a.stop(), b.stop())
        assert (await socket.closed())[0] == 1012
        assert [piece async for piece in said][-1] == "retry: 1000"
        assert [*await stopping] == [0, 0]
        # Well before the time that requests get, which the server waits for at most.
        assert asyncio.get_running_loop().time() - started < 10
        stalled.connection.transport.abort()
    # Nor is every connection told of.
    assert not any(word in a.printed() + b.printed() for word in ("Traceback", "connection open"))


async def _first_event(said: AsyncIterator[str]) -> Any:
    while not (piece := await anext(said)).startswith("event: next"):
        pass
    return orjson.loads(piece.partition("data: ")[2])


async def _booked(server: Server, headers: dict[str, str]) -> None:
    """A cent more on the card, through HTTP."""
    found = 'query { giftCard(secret: "AA11") { id } }'
    async with server.client() as client:
        card = (await client.post("/graphql", json={"query": found}, headers=headers)).json()["data"]["giftCard"]["id"]
        book = f'mutation {{ giftCardTransact(input: {{id: "{card}", amount: "0.01"}}) {{ userErrors {{ code }} }} }}'
        answer = (await client.post("/graphql", json={"query": book}, headers=headers)).json()
    assert answer["data"]["giftCardTransact"]["userErrors"] == []

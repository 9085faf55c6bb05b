"""Documents that are named instead of sent, where the answer is a stream: by WebSocket and by server-sent events."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from tests.server.test_persisted_documents import KEY, apq, manifest
from tests.sockets import Listening, Socket, bearer, listening, listens, opened_socket, opened_stream, pieces

EVENTS = "text/event-stream"
CURSORS = "subscription { changes { change { kind } } }"
OTHER = "subscription { changes { cursor } }"
BOOKED = {"data": {"changes": {"change": {"kind": "GIFT_CARD_TRANSACTION_BOOKED"}}}}
TRUSTED: dict[str, Any] = {"graphql_documents_key": KEY, "graphql_trusted_only": True}


async def told(socket: Socket, payload: Mapping[str, Any]) -> Any:
    """The code of the error that a message is answered with."""
    await socket.say("subscribe", id="1", payload=payload)
    answer = await socket.hear()
    assert answer["type"] == "error"
    return answer["payload"][0]["extensions"]["code"]


async def hears(served: Listening, card: int, payload: Mapping[str, Any]) -> None:
    """What is booked is told to who names the document so: by a message, by POST and by GET."""
    acme = bearer(served.world.secrets["acme"])
    in_query = {name: each if isinstance(each, str) else json.dumps(each) for name, each in payload.items()}
    async with (
        opened_socket(served.ws, acme) as socket,
        opened_stream(served.http, payload, EVENTS, **acme) as posted,
        opened_stream(served.http, in_query, EVENTS, method="GET", **acme) as got,
    ):
        await socket.say("subscribe", id="1", payload=payload)
        await listens(served, 3)
        await served.world.transact(card, 1)
        assert (await socket.hear())["payload"] == BOOKED
        for response in (posted, got):
            said = pieces(response, "\n\n")
            while not (piece := await anext(said)).startswith("event: next"):
                pass
            assert orjson.loads(piece.partition("data: ")[2]) == BOOKED
    await listens(served, 0)


async def test_a_hash_stands_for_a_subscription_that_was_sent_with_it(sqlite_url: str) -> None:
    async with listening(sqlite_url) as served:
        card = await served.world.card(1000)
        acme = bearer(served.world.secrets["acme"])
        async with opened_socket(served.ws, acme) as socket:
            assert await told(socket, apq(CURSORS)) == "PERSISTED_QUERY_NOT_FOUND"
            assert await told(socket, {"query": OTHER, **apq(CURSORS)}) == "BAD_DOCUMENT_ID"
            async with opened_stream(served.http, apq(CURSORS), EVENTS, **acme) as response:
                assert "PERSISTED_QUERY_NOT_FOUND" in (await response.aread()).decode()
            await socket.say("subscribe", id="1", payload={"query": CURSORS, **apq(CURSORS)})
            await listens(served)
        await listens(served, 0)
        await hears(served, card, apq(CURSORS))


async def test_trusted_documents_alone_are_listened_to(sqlite_url: str, tmp_path: Path) -> None:
    path = manifest(tmp_path, {"cursors-1": CURSORS})
    async with listening(sqlite_url, graphql_documents_path=path, **TRUSTED) as served:
        card = await served.world.card(1000)
        acme = bearer(served.world.secrets["acme"])
        async with opened_socket(served.ws, acme) as socket:
            for payload in ({"query": OTHER}, {"query": OTHER, **apq(OTHER)}, {"query": "{ viewer { name } }"}):
                assert await told(socket, payload) == "DOCUMENT_NOT_TRUSTED"
            assert await told(socket, {"documentId": "cursors-2"}) == "PERSISTED_QUERY_NOT_FOUND"
        async with opened_stream(served.http, OTHER, EVENTS, **acme) as response:
            assert "DOCUMENT_NOT_TRUSTED" in (await response.aread()).decode()
        await hears(served, card, {"documentId": "cursors-1"})

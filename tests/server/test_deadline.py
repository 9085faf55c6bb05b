"""Requests that take too long are ended; those of others go on."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from server.deadline import Deadline

SECONDS = 0.05
Message = MutableMapping[str, Any]


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def asked(app: Deadline, path: str = "/api/v1/", takes: float = 0.0) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "http", "path": path, "takes": takes}, nothing, send)
    return sent


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(scope["takes"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def test_what_takes_too_long_is_answered_in_the_shape_of_its_door() -> None:
    app = Deadline(answering, SECONDS)
    for path, said in (("/api/v1/", b'{"detail":"The request took too long."}'), ("/graphql", b'{"errors":[')):
        start, body = await asked(app, path, takes=10)
        assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"5")
        assert body["body"].startswith(said)


async def test_each_request_has_its_own_time_though_there_is_one_timer() -> None:
    app = Deadline(answering, SECONDS)
    waits = [0.0, 10.0, SECONDS / 5, 10.0, 0.0]
    found = await asyncio.gather(*[asked(app, takes=takes) for takes in waits])
    assert [sent[0]["status"] for sent in found] == [200, 503, 200, 503, 200]
    await asyncio.sleep(SECONDS / 2)
    late, early = await asyncio.gather(asked(app, takes=10), asked(app))
    assert (late[0]["status"], early[0]["status"]) == (503, 200)
    assert (app._running, app._late) == ({}, set())


async def test_a_request_that_comes_later_has_its_whole_time() -> None:
    app = Deadline(answering, 0.2)
    first = asyncio.create_task(asked(app, takes=10))
    await asyncio.sleep(0.15)
    second = asyncio.create_task(asked(app, takes=0.15))
    assert (await first)[0]["status"] == 503
    assert (await second)[0]["status"] == 200


async def test_whoever_else_cancels_a_request_ends_it() -> None:
    app = Deadline(answering, 10)
    request = asyncio.create_task(asked(app, takes=10))
    await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request


async def test_an_answer_that_has_begun_is_cut_off() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(10)

    with pytest.raises(TimeoutError):
        await asked(Deadline(slow, SECONDS))


async def test_a_request_that_ends_although_it_is_told_to_leaves_its_task_in_order() -> None:
    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await answering({**scope, "takes": 0}, receive, send)

    assert (await asked(Deadline(stubborn, SECONDS)))[0]["status"] == 200
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_request_that_streams_has_its_time_anew_as_often_as_it_says() -> None:
    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(4):
            await asyncio.sleep(SECONDS * 0.6)
            scope["prolong"]()
        await answering({**scope, "takes": scope["takes"]}, receive, send)

    app = Deadline(streaming, SECONDS)
    whole, stuck = await asyncio.gather(asked(app), asked(app, "/v1/campaigns", takes=10))
    assert (whole[0]["status"], stuck[0]["status"]) == (200, 503)
    assert stuck[1]["body"].startswith(b'{"code":503,"key":"service_unavailable"')
    assert (app._running, app._late) == ({}, set())


async def test_who_was_prolonged_is_ended_after_who_is_younger() -> None:
    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/long":
            await asyncio.sleep(0.15)
            scope["prolong"]()
        await answering(scope, receive, send)

    app = Deadline(either, 0.2)
    first = asyncio.create_task(asked(app, "/long", takes=0.15))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(asked(app, takes=10))
    assert (await second)[0]["status"] == 503
    assert not first.done()
    assert (await first)[0]["status"] == 200

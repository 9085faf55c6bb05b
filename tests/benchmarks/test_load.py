"""The load generator counts what a server really answered. No timing is asserted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from benchmarks.load import Job, length_of, percentile, run_job

ANSWERS = {
    "/right": (200, b'{"value":"1.00"}'),
    "/long": (200, b"x" * 500_000),
    "/refused": (409, b'{"value":["no"]}'),
    "/away": (302, b""),
    "/hidden": (200, b'{"errors":[]}'),
}


class Server:
    """Answers by path, and counts."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.port = 0
        self.delay_seconds = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        self.seen[path] += 1
        status, body = ANSWERS[path]
        await asyncio.sleep(self.delay_seconds)
        headers = [(b"Content-Length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    app = Server()
    config = uvicorn.Config(app, port=0, lifespan="off", http="httptools", ws="none", log_level="error")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event to wait for)
        await asyncio.sleep(0.01)
    app.port = server.servers[0].sockets[0].getsockname()[1]
    yield app
    server.should_exit = True
    await task


def job(server: Server, *paths: str, **changes: Any) -> Job:
    requests = tuple(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n" for path in paths)
    defaults: dict[str, Any] = {"connections": 4, "seconds": 0.2, "warm_up_seconds": 0.05}
    return Job(host="127.0.0.1", port=server.port, requests=requests, **{**defaults, **changes})


async def test_every_answer_is_counted_once() -> None:
    async with serving() as server:
        result = await run_job(job(server, "/right"))
    assert result.statuses == {"200": server.seen["/right"]}
    assert 0 < result.answers <= server.seen["/right"]
    assert (result.bad, result.lost) == (0, 0)
    assert 0 < result.p50_ms <= result.p99_ms


async def test_connections_with_an_interval_send_no_faster() -> None:
    async with serving() as server:
        result = await run_job(job(server, "/right", connections=2, interval_seconds=0.05, seconds=0.3))
    # Each began at once, and was stopped after seven intervals.
    assert 2 < server.seen["/right"] <= 18
    assert (result.bad, result.lost) == (0, 0)


async def test_what_had_to_wait_is_counted_from_when_it_was_due() -> None:
    async with serving() as server:
        server.delay_seconds = 0.05
        result = await run_job(job(server, "/right", connections=1, interval_seconds=0.01, seconds=0.4))
    # Each answer takes five intervals: the longer it goes on, the later it is.
    assert result.p99_ms > 150


async def test_a_job_ends_when_it_is_told_to() -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, told.set)
    async with serving() as server:
        result = await asyncio.wait_for(run_job(job(server, "/right", seconds=600), told), 10)
    assert result.answers > 0


async def test_requests_are_sent_in_turn() -> None:
    async with serving() as server:
        await run_job(job(server, "/right", "/long", connections=1))
    assert abs(server.seen["/right"] - server.seen["/long"]) <= 1


async def test_refusals_are_bad_answers() -> None:
    async with serving() as server:
        result = await run_job(job(server, "/right", "/refused"))
    assert result.bad == server.seen["/refused"] == result.statuses["409"]
    assert result.example.startswith("HTTP/1.1 409")


async def test_another_status_than_the_right_one_is_a_bad_answer() -> None:
    async with serving() as server:
        result = await run_job(job(server, "/away", "/right", status=302))
    assert result.statuses == {"302": server.seen["/away"], "200": server.seen["/right"]}
    assert result.bad == server.seen["/right"] > 0


async def test_a_failure_with_status_200_is_found_by_its_marker() -> None:
    async with serving() as server:
        result = await run_job(job(server, "/right", "/hidden", bad_markers=('"errors":',)))
    assert result.bad == server.seen["/hidden"] > 0


async def test_a_connection_the_server_ends_is_lost() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    listener = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    server = Server()
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        result = await run_job(job(server, "/right", connections=2))
    assert (result.answers, result.lost) == (0, 2)


@pytest.mark.parametrize(
    ("received", "length"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 43),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", 43),
        (b"HTTP/1.1 200 OK\r\ncontent-le", 28),
    ],
)
def test_length_of_an_answer(received: bytes, length: int) -> None:
    assert length_of(received) == length


def test_an_answer_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="Content-Length"):
        length_of(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")


def test_percentile_of_ordered_values() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0], 0.99) == 1.0

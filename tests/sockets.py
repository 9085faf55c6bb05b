"""A world behind real sockets: uvicorn in this process, set up as `foyer serve` does it, and clients of its streams."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from server.commands.serving import protocols
from server.deadline import Deadline
from server.request_id import RequestIds
from server.settings import Settings
from tests.world import World, opened

PATIENCE_SECONDS = 10.0
SEND_BUFFER_BYTES = 4096
PROTOCOL = Subprotocol("graphql-transport-ws")
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Listening:
    """A server of this process, at an address."""

    world: World
    address: str
    server: uvicorn.Server

    @property
    def http(self) -> str:
        return f"http://{self.address}/graphql"

    @property
    def ws(self) -> str:
        return f"ws://{self.address}/graphql"


@asynccontextmanager
async def listening(url: str, **settings: Any) -> AsyncIterator[Listening]:
    chosen = Settings(database_url=url, **settings)
    async with opened(url, allowed_hosts=HOST, **settings) as world:
        with socket.socket() as listener:
            # What is sent and not taken fills this first; it is as large as the machine likes otherwise.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            listener.bind((HOST, 0))
            app = RequestIds(Deadline(world.app, chosen.request_timeout_seconds))
            server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, **protocols(chosen)))
            serving = asyncio.create_task(server.serve([listener]))
            try:
                while not server.started:  # noqa: ASYNC110  nobody else tells
                    await asyncio.sleep(0.01)
                yield Listening(world, f"{HOST}:{listener.getsockname()[1]}", server)
            finally:
                server.should_exit = True
                await serving


async def until(happens: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not happens():  # noqa: ASYNC110  nobody else tells
            await asyncio.sleep(0.01)


async def listens(served: Listening, count: int = 1) -> None:
    """Return when so many feeds are told of what is new."""
    await until(lambda: sum(map(len, served.world.app.changes._feeds.values())) == count)


# -- WebSocket ---------------------------------------------------------------------------------------------------------


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@dataclass(frozen=True, slots=True)
class Socket:
    """A connection that speaks graphql-transport-ws, message by message."""

    connection: ClientConnection

    async def say(self, type: str, **more: Any) -> None:
        await self.connection.send(orjson.dumps({"type": type, **more}).decode())

    async def hear(self) -> Any:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return orjson.loads(await self.connection.recv())

    async def subscribe(self, query: str, *, id: str = "1", **payload: Any) -> None:
        await self.say("subscribe", id=id, payload={"query": query, **payload})

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closes, whatever it says before."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with suppress(ConnectionClosed):
                async for _ in self.connection:
                    pass
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


@asynccontextmanager
async def opened_socket(
    address: str, payload: Mapping[str, Any] | None = None, **options: Any
) -> AsyncIterator[Socket]:
    """A socket; with a payload for `connection_init`, one that has been acknowledged."""
    options = {"subprotocols": [PROTOCOL], "proxy": None, **options}
    async with connect(address, **options) as connection:
        found = Socket(connection)
        if payload is not None:
            await found.say("connection_init", payload=payload)
            assert await found.hear() == {"type": "connection_ack"}
        yield found


# -- streams of HTTP ---------------------------------------------------------------------------------------------------


@asynccontextmanager
async def opened_stream(
    address: str, query: str | Mapping[str, str], accept: str, *, method: str = "POST", **headers: str
) -> AsyncIterator[httpx2.Response]:
    """`query`: the document, or what is asked instead."""
    async with httpx2.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        given = {"query": query} if isinstance(query, str) else query
        asked: dict[str, Any] = {"json": given} if method == "POST" else {"params": given}
        async with client.stream(method, address, headers={"Accept": accept, **headers}, **asked) as response:
            yield response


async def pieces(response: httpx2.Response, end: str) -> AsyncIterator[str]:
    """What a stream says, piece by piece; the last may lack its end."""
    said, deadline = "", asyncio.get_running_loop().time() + PATIENCE_SECONDS
    async for text in response.aiter_text():
        said += text
        while end in said:
            piece, _, said = said.partition(end)
            yield piece
        # One that says now and then that it is there would go on for ever.
        assert asyncio.get_running_loop().time() < deadline, "the stream does not end"
    if said:
        yield said

"""A receiver of webhooks on a free port: notes what comes, and answers as it is told to."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from standardwebhooks import Webhook

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK"


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Received:
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def verified(self, secret: str) -> Any:
        """The body, if the specification's own library takes it for signed by the secret."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(slots=True)
class Receiver:
    """`answers` are used up in their order, then it is `usual`. While `open` is not set, nobody is answered."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: deque[bytes] = field(default_factory=deque)
    usual: bytes = OK
    open: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    at_once: int = 0
    at_once_max: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?a=1"

    async def until(self, holds: Callable[["Receiver"], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not holds(self):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def got(self, count: int, seconds: float = 10) -> list[Received]:
        """The first so many, as soon as they have come."""
        await self.until(lambda here: len(here.received) >= count, seconds)
        return self.received[:count]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
                body = await reader.readexactly(int(headers["content-length"]))
                self.received.append(Received(head[0].split()[1], headers, body))
                self.at_once += 1
                self.at_once_max = max(self.at_once, self.at_once_max)
                is_open = await self._opened(reader)
                self.at_once -= 1
                if not is_open:
                    break
                writer.write(self.answers.popleft() if self.answers else self.usual)
                await writer.drain()
        writer.close()

    async def _opened(self, reader: asyncio.StreamReader) -> bool:
        """Whether it may be answered; False as soon as the client has given up."""
        opened, gone = asyncio.create_task(self.open.wait()), asyncio.create_task(reader.read(1))
        await asyncio.wait((opened, gone), return_when=asyncio.FIRST_COMPLETED)
        is_gone = gone.done()
        for task in (opened, gone):
            task.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await task
        return not is_gone


@asynccontextmanager
async def receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    found = Receiver()
    found.open.set()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        found.open.set()
        server.close()
        for writer in found.writers:
            writer.close()

"""Subscribers by WebSocket, as many as asked for, and how soon each hears of a booking (graphql-transport-ws).

It runs as a process of its own (`python -m benchmarks.listeners`): a job as the first line of stdin. When all have
subscribed it prints a line; for each further line, the number of bookings, it books them and prints what was heard.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import wire
from benchmarks.load import length_of, percentile

LISTEN = """subscription Listen($id: ID!) {
  giftCardTransactions(id: $id) {
    cursor
    transaction { id amount { amount currency } text }
    giftCard { balance { amount currency } }
  }
}"""
# Handshakes at once; more would only wait in the server's queue.
TOGETHER = 50
# Subscribing is not acknowledged, and all of them are to be idle.
SETTLE_SECONDS = 2.0
GIVE_UP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Job:
    """Subscriber n listens to card n, or to the last card if there are fewer."""

    host: str
    port: int
    authorization: str
    cards: Sequence[str]
    subscribers: int
    interval_seconds: float

    def authorization_of(self, token: str) -> str:
        return self.authorization


@dataclass(frozen=True, slots=True)
class Heard:
    """Milliseconds from when a booking was sent, which is before it was committed, until each who listens knew.

    `missing` never came; `twice` came again.
    """

    events: int
    p50_ms: float
    p99_ms: float
    booked_p50_ms: float
    missing: int
    twice: int


class Run:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.sent_at: dict[str, float] = {}
        self.heard: dict[tuple[str, int], float] = {}
        self.twice = 0
        self.number = 0
        self.tasks: list[asyncio.Task[None]] = []
        # Set whenever somebody heard something.
        self.news = asyncio.Event()

    async def subscribe(self, number: int) -> None:
        job = self.job
        # As a browser does, it offers to compress, and answers pings.
        connection = await connect(
            f"ws://{job.host}:{job.port}/graphql", subprotocols=[wire.PROTOCOL], ping_interval=None, open_timeout=60
        )
        await connection.send(json.dumps({"type": "connection_init", "payload": {"Authorization": job.authorization}}))
        acknowledged = json.loads(await connection.recv())
        if acknowledged["type"] != "connection_ack":
            raise ConnectionError(f"not acknowledged: {acknowledged}")
        payload = {"query": LISTEN, "variables": {"id": self.card_of(number)}}
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        self.tasks.append(asyncio.create_task(self.listen(number, connection)))

    async def listen(self, number: int, connection: ClientConnection) -> None:
        async for message in connection:
            now, told = perf_counter(), json.loads(message)
            if told["type"] != "next" or "errors" in told["payload"]:
                raise ConnectionError(f"no event: {told}")
            key = (told["payload"]["data"]["giftCardTransactions"]["transaction"]["text"], number)
            self.twice += key in self.heard
            self.heard[key] = now
            self.news.set()

    def card_of(self, number: int) -> str:
        return self.job.cards[min(number, len(self.job.cards) - 1)]

    async def subscribe_all(self) -> None:
        for start in range(0, self.job.subscribers, TOGETHER):
            end = min(start + TOGETHER, self.job.subscribers)
            await asyncio.gather(*map(self.subscribe, range(start, end)))
        await asyncio.sleep(SETTLE_SECONDS)

    async def book(self, count: int) -> Heard:
        """Book a cent at a steady pace on the cards in turn, and wait until all who listen know."""
        reader, writer = await asyncio.open_connection(self.job.host, self.job.port)
        expected: list[tuple[str, int]] = []
        took: list[float] = []
        self.twice = 0
        for _ in range(count):
            text, card = f"Booking {self.number}", self.job.cards[self.number * 7 % len(self.job.cards)]
            self.number += 1
            expected += [(text, each) for each in range(self.job.subscribers) if self.card_of(each) == card]
            began = self.sent_at[text] = perf_counter()
            await booked(reader, writer, wire.graphql(self.job, wire.TRANSACT, variables(card, text)))
            took.append(perf_counter() - began)
            await asyncio.sleep(max(0.0, self.job.interval_seconds - took[-1]))
        writer.close()
        await self.wait_for(expected)
        for task in self.tasks:
            if task.done():
                task.result()
                raise ConnectionError("a subscriber was dropped")
        delays = sorted(self.heard[key] - self.sent_at[key[0]] for key in expected if key in self.heard)
        missing = len(expected) - len(delays)
        p50, p99, booking = percentile(delays, 0.5), percentile(delays, 0.99), percentile(sorted(took), 0.5)
        return Heard(len(delays), p50 * 1e3, p99 * 1e3, booking * 1e3, missing, self.twice)

    async def wait_for(self, expected: list[tuple[str, int]]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GIVE_UP_SECONDS):
                while any(key not in self.heard for key in expected):
                    self.news.clear()
                    await self.news.wait()


def variables(card: str, text: str) -> dict[str, Any]:
    return {"input": {"id": card, "amount": "0.01", "text": text}}


async def booked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: str) -> None:
    writer.write(request.encode())
    answer = b""
    while length_of(answer) > len(answer):
        piece = await reader.read(1 << 16)
        if not piece:
            raise ConnectionError("The server hung up")
        answer += piece
    if b'"userErrors":[]' not in answer:
        raise ConnectionError(f"not booked: {answer[-500:]!r}")


async def main() -> None:
    run = Run(Job(**json.loads(await asyncio.to_thread(sys.stdin.readline))))
    await run.subscribe_all()
    print(json.dumps("subscribed"), flush=True)
    while count := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(asdict(await run.book(int(count)))), flush=True)


if __name__ == "__main__":
    uvloop.run(main())

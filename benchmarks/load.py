"""A closed-loop HTTP/1.1 load generator: every connection sends its next request as soon as its answer came.

Connections that have an interval send at a steady pace instead, and when an answer comes too late for that, what had to
wait is counted from when it was due.

It reads no more of an answer than it must (status line, Content-Length), so that one core of it outruns any
server here. It runs as a process of its own (`python -m benchmarks.load`, a job as JSON on stdin, a result as
JSON on stdout): a load generator that shares an interpreter with anything else measures that instead.
"""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import cycle
from time import perf_counter
from typing import cast

import uvloop

from benchmarks.cpu import cpu_seconds

DRAIN_SECONDS_MAX = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """What to send. `bad_markers` are texts no right answer holds: GraphQL answers its failures with 200."""

    host: str
    port: int
    requests: tuple[str, ...]
    connections: int
    seconds: float
    warm_up_seconds: float = 0.3
    # The only status that is right.
    status: int = 200
    bad_markers: tuple[str, ...] = ()
    # From one request of a connection to its next; 0: as soon as the answer came.
    interval_seconds: float = 0.0
    cpu_pids: tuple[int, ...] = ()
    database_pids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came back. `answers` counts the measured window; `bad`, `lost`, `statuses` and `example` the whole run."""

    answers: int
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    database_cpu_us: float
    bad: int
    lost: int
    statuses: dict[str, int]
    example: str = ""


class Run:
    """What the connections of one job share."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.stopped = False
        self.latencies: list[float] = []
        self.statuses: dict[bytes, int] = {}
        self.marked = 0
        self.lost = 0
        self.example = b""
        self.status = str(job.status).encode()
        self.markers = tuple(marker.encode() for marker in job.bad_markers)

    def refuse(self, answer: bytes) -> None:
        self.example = self.example or answer[:600]


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    transport: asyncio.Transport

    def __init__(self, run: Run, requests: Iterator[bytes]) -> None:
        self.run = run
        self.requests = requests
        self.partial = b""
        self.sent_at = self.due_at = 0.0
        self.idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it

    def start(self) -> None:
        self.due_at = perf_counter()
        self.send(self.due_at)

    def send(self, counted_from: float) -> None:
        self.sent_at = counted_from
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        if self.partial:
            data = self.partial + data
        if length_of(data) > len(data):
            self.partial = data
            return
        self.partial = b""
        self.answered(data)

    def answered(self, answer: bytes) -> None:
        run = self.run
        status = answer[9:12]
        run.statuses[status] = run.statuses.get(status, 0) + 1
        if status != run.status:
            run.refuse(answer)
        for marker in run.markers:
            if marker in answer:
                run.marked += 1
                run.refuse(answer)
                break
        now = perf_counter()
        run.latencies.append(now - self.sent_at)
        if run.stopped:
            self.finish()
        elif not run.job.interval_seconds:
            self.send(now)
        else:
            self.send_when_due(now)

    def send_when_due(self, now: float) -> None:
        self.due_at += self.run.job.interval_seconds
        if self.due_at <= now:
            self.send(self.due_at)
        else:
            asyncio.get_running_loop().call_later(self.due_at - now, self.go_on)

    def go_on(self) -> None:
        if self.run.stopped:
            self.finish()
        else:
            # The clock of timers is coarse; that is not the server's fault.
            self.send(perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.idle.done():
            self.run.lost += 1
            self.run.refuse(f"connection lost: {exc!r}".encode())
            self.idle.set_result(None)

    def finish(self) -> None:
        if not self.idle.done():
            self.idle.set_result(None)


def length_of(data: bytes) -> int:
    """The bytes the whole answer will have; more than there are while its head is incomplete."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return len(data) + 1
    at = data.find(b"content-length: ", 0, head)
    if at < 0:
        at = data[:head].lower().find(b"content-length: ")
    if at < 0:
        raise ValueError(f"An answer without Content-Length: {data[:head]!r}")
    return head + 4 + int(data[at + 16 : data.find(b"\r", at)])


async def run_job(job: Job, told: asyncio.Event | None = None) -> Result:
    """Runs one job to its end, or until told. Requests under way then are waited for, but not counted."""
    run = Run(job)
    connections = await connect(run)
    for connection in connections:
        connection.start()
    await asyncio.sleep(job.warm_up_seconds)
    run.latencies = []
    cpu, database_cpu, started_at = cpu_seconds(job.cpu_pids), cpu_seconds(job.database_pids), perf_counter()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for((told or asyncio.Event()).wait(), job.seconds)
    latencies, elapsed = run.latencies, perf_counter() - started_at
    run.latencies = []
    cpu, database_cpu = cpu_seconds(job.cpu_pids) - cpu, cpu_seconds(job.database_pids) - database_cpu
    await drain(run, connections)
    return summary(run, latencies, elapsed, cpu=cpu, database_cpu=database_cpu)


async def connect(run: Run) -> list[Connection]:
    loop = asyncio.get_running_loop()
    requests = [request.encode("latin-1") for request in run.job.requests]
    made: list[Connection] = []
    for number in range(run.job.connections):
        made.append(Connection(run, turn(requests, number * len(requests) // run.job.connections)))
        await loop.create_connection(partial(itself, made[-1]), run.job.host, run.job.port)
    return made


def itself(connection: Connection) -> Connection:
    return connection


def turn(requests: list[bytes], start: int) -> Iterator[bytes]:
    """All requests over and over; connections begin at different places, so they do not march in step."""
    return cycle(requests[start:] + requests[:start])


async def drain(run: Run, connections: list[Connection]) -> None:
    run.stopped = True
    _, late = await asyncio.wait([c.idle for c in connections], timeout=DRAIN_SECONDS_MAX)
    run.lost += len(late)
    for connection in connections:
        connection.finish()
        connection.transport.close()


def summary(run: Run, latencies: list[float], elapsed: float, *, cpu: float, database_cpu: float) -> Result:
    latencies.sort()
    count = len(latencies)
    bad = run.marked + sum(n for status, n in run.statuses.items() if status != run.status)
    return Result(
        answers=count,
        rate=count / elapsed,
        p50_ms=percentile(latencies, 0.50) * 1e3,
        p99_ms=percentile(latencies, 0.99) * 1e3,
        cpu_us=cpu / max(count, 1) * 1e6,
        database_cpu_us=database_cpu / max(count, 1) * 1e6,
        bad=bad,
        lost=run.lost,
        statuses={status.decode(): n for status, n in sorted(run.statuses.items())},
        example=run.example.decode("utf-8", "replace"),
    )


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


async def run_until_told(job: Job) -> Result:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    return await run_job(job, told)


def main() -> None:
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(run_until_told(job))), sys.stdout)


if __name__ == "__main__":
    main()

"""Live: what a thousand idle subscribers cost in memory, and how soon they hear of what is committed.

foyer alone, as two processes: most commits are made by another process than the one that tells of them. There is no
peer for it; the targets are its own.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.contenders import Foyer
from benchmarks.engines import Engine
from benchmarks.fixture import TOKEN_NAME
from benchmarks.listeners import Heard, Job
from benchmarks.memory import Memory, memory_of
from benchmarks.servers import CHECKOUT, HOST, Failed

WORKERS = 2
MEMORY_MB_MAX, P99_MS_MAX = 100.0, 250.0


@dataclass(frozen=True, slots=True)
class Live:
    """`subscribers` listen to as many cards, or all to one. `memory_mb_max` and `p99_ms_max` are targets."""

    name: str
    title: str
    subscribers: int
    cards: int
    bookings: int
    interval_seconds: float
    memory_mb_max: float | None = None
    p99_ms_max: float | None = P99_MS_MAX


@dataclass(frozen=True, slots=True)
class LiveFigure:
    scenario: str
    subscribers: int
    memory_mb: float = float("nan")
    rss_mb: float = float("nan")
    events: int = 0
    p50_ms: float = float("nan")
    p99_ms: float = float("nan")
    booked_p50_ms: float = float("nan")
    goals: tuple[tuple[str, bool], ...] = ()
    failure: str = ""


class TwoProcesses(Foyer):
    """foyer with two workers, on a database of its own."""

    name = "foyer_live"

    def arguments(self) -> list[str]:
        return ["server", "serve", "--host", HOST, "--port", str(self.port), "--workers", str(WORKERS)]


def measured(chosen: list[Live], engine: Engine, folder: Path, *, tell: Callable[[str], None]) -> list[LiveFigure]:
    """All on one server, one after the other. One that misses an event, or hears of it twice, has a failure."""
    if not chosen:
        return []
    tell("loading and starting foyer with two workers")
    foyer = TwoProcesses(engine, folder)
    try:
        foyer.prepare()
        foyer.serve()
    except Failed as error:
        return [LiveFigure(each.name, each.subscribers, failure=str(error)) for each in chosen]
    try:
        foyer.await_ready()
        return [one(each, foyer, tell) for each in chosen]
    finally:
        foyer.server.stop()


def one(live: Live, foyer: Foyer, tell: Callable[[str], None]) -> LiveFigure:
    tell(f"{live.name}: {live.subscribers:,} subscribers")
    try:
        before = memory_of(foyer.server.pid)
        with listening(live, foyer) as listeners:
            after = memory_of(foyer.server.pid)
            listeners.ask(2)  # the first events find nothing compiled
            heard = Heard(**listeners.ask(live.bookings))
        if heard.missing or heard.twice:
            raise Failed(f"{heard.missing} events did not come, {heard.twice} came twice")
    except (Failed, OSError, KeyError, ValueError) as error:
        return LiveFigure(live.name, live.subscribers, failure=str(error) or repr(error))
    return figure(live, Memory(after.own - before.own, after.resident - before.resident), heard)


def figure(live: Live, growth: Memory, heard: Heard) -> LiveFigure:
    goals = []
    if live.memory_mb_max is not None:
        goals.append((f"< {live.memory_mb_max:g} MB", growth.own < live.memory_mb_max))
    if live.p99_ms_max is not None:
        goals.append((f"p99 < {live.p99_ms_max:g} ms", heard.p99_ms < live.p99_ms_max))
    return LiveFigure(
        live.name,
        live.subscribers,
        growth.own,
        growth.resident,
        heard.events,
        heard.p50_ms,
        heard.p99_ms,
        heard.booked_p50_ms,
        tuple(goals),
    )


@dataclass(slots=True)
class Listeners:
    process: subprocess.Popen[str]
    stdin: IO[str]
    stdout: IO[str]

    def ask(self, line: int | str) -> Any:
        self.stdin.write(f"{line}\n")
        self.stdin.flush()
        answer = self.stdout.readline()
        if not answer:
            assert self.process.stderr is not None
            raise Failed(f"The subscribers failed\n{self.process.stderr.read()[-2000:]}")
        return json.loads(answer)


@contextmanager
def listening(live: Live, foyer: Foyer) -> Iterator[Listeners]:
    """All have subscribed while the block runs."""
    authorization = foyer.authorization_of(TOKEN_NAME)
    cards = foyer.card_node_ids[: live.cards]
    job = Job(HOST, foyer.port, authorization, cards, live.subscribers, live.interval_seconds)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.listeners"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        listeners = Listeners(process, process.stdin, process.stdout)
        listeners.ask(json.dumps(asdict(job)))
        yield listeners
    finally:
        process.terminate()
        process.communicate()


LIVE = (
    Live("live-one", "subscriptions: one subscriber hears of bookings", 1, 1, 100, 0.05),
    Live(
        "live-thousand",
        "subscriptions: 1,000 idle subscribers, each hears of its own card",
        1000,
        1000,
        100,
        0.05,
        memory_mb_max=MEMORY_MB_MAX,
    ),
    Live("live-crowd", "subscriptions: 1,000 subscribers of one card", 1000, 1, 10, 2.0),
)

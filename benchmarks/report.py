"""The table for people and the document for programs."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.bulk import BulkFigure
from benchmarks.contenders import Ledger, Tally
from benchmarks.doors import COST_MAX, DoorsFigure
from benchmarks.lineup import CONTENDERS
from benchmarks.live import LiveFigure
from benchmarks.measure import Figure, Pace, Ratio, ratios


@dataclass(slots=True)
class Report:
    engine: str
    pace: Pace
    figures: list[Figure] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    # By what is counted, and by contender.
    tallies: dict[str, dict[str, Tally]] = field(default_factory=dict)
    doors: list[DoorsFigure] = field(default_factory=list)
    live: list[LiveFigure] = field(default_factory=list)
    bulk: list[BulkFigure] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    # Who needs something that this machine has not, and what.
    left_out: dict[str, str] = field(default_factory=dict)
    # Of the machine before anything was measured, over 1, 5 and 15 minutes: others may be at work on it.
    loads: tuple[float, float, float] = field(default_factory=os.getloadavg)

    @property
    def failures(self) -> list[str]:
        """What makes the run worthless: an absence, wrong answers, a foyer that loses money or counts. Peers may."""
        found = [f"{name} could not take part: {why}" for name, why in self.absent.items()]
        found += [
            f"{each.scenario} at {each.connections}, {each.contender}: {each.failure}"
            for each in self.figures
            if each.failure
        ]
        found += [f"{each.scenario}: {each.failure}" for each in self.doors if each.failure]
        found += [f"{each.scenario}: {each.failure}" for each in self.live if each.failure]
        found += [f"{each.scenario}: {each.failure}" for each in self.bulk if each.failure]
        ledger = self.ledgers.get("foyer")
        if ledger is not None and not ledger.holds:
            found.append(f"foyer's ledger: {ledger.text}")
        own = {kind: tallies["foyer"] for kind, tallies in self.tallies.items() if "foyer" in tallies}
        found += [f"foyer's {kind}: {tally.text}" for kind, tally in own.items() if not tally.exact]
        return found

    def show(self, console: Console) -> None:
        if self.figures:
            self.show_figures(console)
        if self.doors:
            self.show_doors(console)
        if self.live:
            self.show_live(console)
        if self.bulk:
            self.show_bulk(console)
        self.show_words(console)

    def show_figures(self, console: Console) -> None:
        found = {(each.scenario, each.connections, each.peer): each for each in ratios(self.figures)}
        table = Table(title=f"{self.engine}, medians of {self.pace.rounds} rounds of {self.pace.seconds:g} s")
        for heading in ("scenario", "conn.", "contender"):
            table.add_column(heading, no_wrap=True)
        for heading in ("requests/s", "CPU µs", "DB CPU µs", "p50 ms", "p99 ms", "foyer is", "target"):
            table.add_column(heading, justify="right", no_wrap=True)
        shown: tuple[str, int] | None = None
        for each in self.figures:
            key = (each.scenario, each.connections)
            if shown not in (None, key):
                table.add_section()
            ratio = found.get((*key, each.contender))
            table.add_row(*([""] * 2 if shown == key else [each.scenario, str(each.connections)]), *row(each, ratio))
            shown = key
        console.print(table)

    def show_doors(self, console: Console) -> None:
        table = Table(title=f"{self.engine}, one verb through two doors of one server, 16 connections")
        table.add_column("scenario", no_wrap=True)
        for heading in ("rounds", "GraphQL/s", "REST/s", "GraphQL CPU µs", "REST CPU µs", "cost", "time", "target"):
            table.add_column(heading, justify="right", no_wrap=True)
        for each in self.doors:
            table.add_row(*doors_row(each))
        console.print(table)

    def show_live(self, console: Console) -> None:
        table = Table(title=f"{self.engine}, subscriptions on two processes: from sending a booking to its event")
        table.add_column("scenario", no_wrap=True)
        for heading in ("subscribers", "memory MB", "RSS MB", "events", "p50 ms", "p99 ms", "booked in ms"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("targets")
        for each in self.live:
            table.add_row(*live_row(each))
        console.print(table)

    def show_bulk(self, console: Console) -> None:
        table = Table(title=f"{self.engine}, bulk work on one process while vouchers of other campaigns are redeemed")
        table.add_column("scenario", no_wrap=True)
        for heading in ("rounds", "rows", "seconds", "memory MB", "RSS MB", "redeemed/s", "p50 ms", "p99 ms"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("targets")
        for each in self.bulk:
            table.add_row(*bulk_row(each))
        console.print(table)

    def show_words(self, console: Console) -> None:
        for name in dict.fromkeys(each.contender for each in self.figures):
            console.print(Text(f"{name}: {CONTENDERS[name].title}", style="dim"))
        for name, why in self.left_out.items():
            console.print(Text(f"{name} was left out: it {why}", style="yellow"))
        for name, ledger in self.ledgers.items():
            console.print(Text(f"ledger of {name}: {ledger.text}", style="green" if ledger.holds else "yellow"))
        for kind, tallies in self.tallies.items():
            for name, tally in tallies.items():
                console.print(Text(f"{kind} of {name}: {tally.text}", style="green" if tally.exact else "yellow"))
        loads = ", ".join(f"{load:.2f}" for load in self.loads)
        console.print(Text(f"load of the machine before: {loads} ({os.cpu_count()} CPUs)", style="dim"))
        for failure in self.failures:
            console.print(Text(f"FAILED  {failure}", style="bold red"))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.document(), indent=1) + "\n")

    def document(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "machine": {
                "cpus": os.cpu_count(),
                "load_averages": self.loads,
                "system": platform.platform(),
                "python": platform.python_version(),
            },
            "pace": asdict(self.pace),
            "figures": [{key: finite(value) for key, value in asdict(each).items()} for each in self.figures],
            "ratios": [{**asdict(each), "met": each.met} for each in ratios(self.figures)],
            "ledgers": {name: asdict(ledger) for name, ledger in self.ledgers.items()},
            "tallies": {
                kind: {name: asdict(tally) for name, tally in tallies.items()} for kind, tallies in self.tallies.items()
            },
            "doors": [{key: finite(value) for key, value in asdict(each).items()} for each in self.doors],
            "live": [{key: finite(value) for key, value in asdict(each).items()} for each in self.live],
            "bulk": [{key: finite(value) for key, value in asdict(each).items()} for each in self.bulk],
            "left_out": self.left_out,
            "failures": self.failures,
        }


def row(each: Figure, ratio: Ratio | None) -> list[str | Text]:
    if each.failure:
        return [each.contender, Text("FAILED", style="bold red"), *[""] * 6]
    numbers = [f"{each.rate:,.0f}", f"{each.cpu_us:,.0f}", f"{each.database_cpu_us:,.0f}"]
    numbers += [f"{each.p50_ms:,.2f}", f"{each.p99_ms:,.2f}"]
    if each.database_cpu_us == 0:
        numbers[2] = ""
    return [each.contender, *numbers, *verdict(ratio)]


def verdict(ratio: Ratio | None) -> list[str | Text]:
    if ratio is None:
        return ["", ""]
    times = f"{ratio.ratio:,.2f} ×"
    if ratio.target is None:
        return [times, ""]
    word, style = ("met", "green") if ratio.met else ("MISSED", "bold red")
    return [times, Text(f"{ratio.target:g} × {word}", style=style)]


def doors_row(each: DoorsFigure) -> list[str | Text]:
    if each.failure:
        return [each.scenario, str(each.rounds), Text("FAILED", style="bold red")]
    numbers = [f"{each.graphql_rate:,.0f}", f"{each.rest_rate:,.0f}"]
    numbers += [f"{each.graphql_cpu_us:,.0f}", f"{each.rest_cpu_us:,.0f}", f"{each.cost:,.2f} ×", f"{each.time:,.2f} ×"]
    word, style = ("met", "green") if each.met else ("MISSED", "bold red")
    return [each.scenario, str(each.rounds), *numbers, Text(f"{COST_MAX:g} × {word}", style=style)]


def live_row(each: LiveFigure) -> list[str | Text]:
    if each.failure:
        return [each.scenario, f"{each.subscribers:,}", Text("FAILED", style="bold red")]
    numbers = [f"{each.subscribers:,}", f"{each.memory_mb:,.0f}", f"{each.rss_mb:,.0f}", f"{each.events:,}"]
    numbers += [f"{each.p50_ms:,.1f}", f"{each.p99_ms:,.1f}", f"{each.booked_p50_ms:,.1f}"]
    return [each.scenario, *numbers, verdicts(each.goals)]


def verdicts(goals: Iterable[tuple[str, bool]]) -> Text:
    return Text(", ").join(
        Text(f"{text} {'met' if met else 'MISSED'}", style="green" if met else "bold red") for text, met in goals
    )


def bulk_row(each: BulkFigure) -> list[str | Text]:
    if each.failure:
        return [each.scenario, str(each.rounds), f"{each.rows:,}", Text("FAILED", style="bold red")]
    numbers = [f"{each.seconds:,.1f}", f"{each.memory_mb:,.0f}", f"{each.rss_mb:,.0f}"]
    numbers += [f"{each.redeemed_rate:,.0f}", f"{each.p50_ms:,.2f}", f"{each.p99_ms:,.2f}"]
    words = verdicts((goal.text, goal.met) for goal in each.goals)
    return [each.scenario, str(each.rounds), f"{each.rows:,}", *numbers, words]


def finite(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value

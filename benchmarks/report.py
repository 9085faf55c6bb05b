"""The table for people and the document for programs."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.contenders import CONTENDERS, Clicks, Ledger
from benchmarks.measure import Figure, Pace, Ratio, ratios


@dataclass(slots=True)
class Report:
    engine: str
    pace: Pace
    figures: list[Figure] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    clicks: dict[str, Clicks] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def failures(self) -> list[str]:
        """What makes the run worthless: an absence, wrong answers, a foyer that loses money or clicks. Peers may."""
        found = [f"{name} could not take part: {why}" for name, why in self.absent.items()]
        found += [
            f"{each.scenario} at {each.connections}, {each.contender}: {each.failure}"
            for each in self.figures
            if each.failure
        ]
        ledger, clicks = self.ledgers.get("foyer"), self.clicks.get("foyer")
        if ledger is not None and not ledger.holds:
            found.append(f"foyer's ledger: {ledger.text}")
        if clicks is not None and not clicks.exact:
            found.append(f"foyer's clicks: {clicks.text}")
        return found

    def show(self, console: Console) -> None:
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
        self.show_words(console)

    def show_words(self, console: Console) -> None:
        for name in dict.fromkeys(each.contender for each in self.figures):
            console.print(Text(f"{name}: {CONTENDERS[name].title}", style="dim"))
        for name, ledger in self.ledgers.items():
            console.print(Text(f"ledger of {name}: {ledger.text}", style="green" if ledger.holds else "yellow"))
        for name, clicks in self.clicks.items():
            console.print(Text(f"clicks of {name}: {clicks.text}", style="green" if clicks.exact else "yellow"))
        for failure in self.failures:
            console.print(Text(f"FAILED  {failure}", style="bold red"))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.document(), indent=1) + "\n")

    def document(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "machine": {
                "cpus": os.cpu_count(),
                "system": platform.platform(),
                "python": platform.python_version(),
            },
            "pace": asdict(self.pace),
            "figures": [{key: finite(value) for key, value in asdict(each).items()} for each in self.figures],
            "ratios": [{**asdict(each), "met": each.met} for each in ratios(self.figures)],
            "ledgers": {name: asdict(ledger) for name, ledger in self.ledgers.items()},
            "clicks": {name: asdict(clicks) for name, clicks in self.clicks.items()},
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


def finite(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value

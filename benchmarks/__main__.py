"""`python -m benchmarks`: foyer beside its peers, as a table (docs/benchmarks.md)."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.status import Status

from benchmarks import bulk, doors, live
from benchmarks.bulk import BULK, Bulk
from benchmarks.contenders import Contender
from benchmarks.doors import DOORS, Doors
from benchmarks.engines import Engine, engine_named
from benchmarks.lineup import CONTENDERS
from benchmarks.live import LIVE, Live
from benchmarks.measure import Pace, measure
from benchmarks.report import Report
from benchmarks.scenarios import SCENARIOS, Scenario
from benchmarks.servers import Failed, Missing

NORMAL = Pace(rounds=5, seconds=2.0, warm_up_seconds=0.5)
QUICK = Pace(rounds=3, seconds=1.0, warm_up_seconds=0.3)
OPTIONAL = ("strawberry-cached",)

S = TypeVar("S", Scenario, Doors, Live, Bulk)

out, progress = Console(), Console(stderr=True)


def main(words: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(words)
    chosen, paired = named(SCENARIOS, asked.only), named(DOORS, asked.only)
    listened, bulky = named(LIVE, asked.only), named(BULK, asked.only)
    names = [name for name in CONTENDERS if wanted(name, asked, chosen, paired)]
    report = Report(asked.engine, pace_of(asked))
    # SIGTERM unwinds as Ctrl-C does, so nothing we started outlives us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="foyer-bench-")))
        status = stack.enter_context(progress.status("starting"))
        engine = stack.enter_context(engine_named(asked.engine, folder))
        field = line_up(names, engine, folder, report, stack, status)
        compete(chosen, paired, field, report, status)
        report.live += live.measured(listened, engine, folder, tell=status.update)
        rows = asked.rows or (bulk.ROWS_QUICK if asked.quick else bulk.ROWS)
        for each in bulky:
            rounds = min(report.pace.rounds, 1 if asked.quick else bulk.ROUNDS)
            report.bulk.append(bulk.measure(each, engine, folder, rows, rounds, tell=status.update))
    report.show(out if out.is_terminal else Console(width=150))
    if asked.json:
        report.write(asked.json)
    return 1 if report.failures else 0


def parser() -> argparse.ArgumentParser:
    known = [(each.name, each.title) for each in (*SCENARIOS, *DOORS, *LIVE, *BULK)]
    scenarios = "\n".join(f"  {name:22}{title}" for name, title in known)
    contenders = "\n".join(f"  {name:22}{kind.title}" for name, kind in CONTENDERS.items())
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures foyer beside plain servers that do the same work, all started in this run.\n"
        "Read the ratios: absolute figures differ by tens of percent from run to run.",
        epilog=f"scenarios:\n{scenarios}\n\ncontenders:\n{contenders}\n\n"
        "Exits 1 when a contender fails, answers wrongly, or foyer's ledger or counts do not add up.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [name for name, _ in known]
    made.add_argument("--only", nargs="+", action="extend", metavar="NAME", choices=names, help="only these scenarios")
    made.add_argument("--quick", action="store_true", help="3 rounds of 1 s: one scenario in under a minute")
    made.add_argument(
        "--rounds", type=at_least_one, metavar="N", help=f"rounds per contender (default {NORMAL.rounds})"
    )
    made.add_argument(
        "--seconds", type=more_than_zero, metavar="S", help=f"measured seconds (default {NORMAL.seconds:g})"
    )
    made.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite", help="database of all contenders")
    made.add_argument(
        "--contenders",
        nargs="+",
        metavar="NAME",
        choices=list(CONTENDERS),
        help="only these (default: all but strawberry-cached; PostGraphile takes part on PostgreSQL alone)",
    )
    made.add_argument(
        "--rows",
        type=at_least_one,
        metavar="N",
        help=f"rows of bulk work (default {bulk.ROWS:,}; {bulk.ROWS_QUICK:,} with --quick)",
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="also write everything measured to this file")
    return made


def named(scenarios: Sequence[S], names: Sequence[str] | None) -> list[S]:
    return [each for each in scenarios if not names or each.name in names]


def at_least_one(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word} is less than 1")
    return number


def more_than_zero(word: str) -> float:
    number = float(word)
    if not 0 < number < 3600:
        raise argparse.ArgumentTypeError(f"{word} is not between 0 and 3600")
    return number


def pace_of(asked: argparse.Namespace) -> Pace:
    pace = QUICK if asked.quick else NORMAL
    return Pace(asked.rounds or pace.rounds, asked.seconds or pace.seconds, pace.warm_up_seconds)


def wanted(name: str, asked: argparse.Namespace, chosen: list[Scenario], paired: list[Doors]) -> bool:
    if asked.engine not in CONTENDERS[name].engines:
        return False
    if asked.contenders:
        return name in asked.contenders
    if name == "foyer" and paired:
        return True
    return name not in OPTIONAL and any(name in each.contenders for each in chosen)


def line_up(
    names: list[str], engine: Engine, folder: Path, report: Report, stack: ExitStack, status: Status
) -> dict[str, Contender]:
    """Every contender loaded and serving; one that cannot is reported and left out."""
    field: dict[str, Contender] = {}
    for name in names:
        status.update(f"loading and starting {name}")
        contender = CONTENDERS[name](engine, folder)
        try:
            contender.prepare()
            contender.serve()
            stack.callback(contender.server.stop)
            contender.await_ready()
            field[name] = contender
        except Missing as missing:
            report.left_out[name] = str(missing)
        except (Failed, OSError, KeyError, ValueError) as error:
            report.absent[name] = str(error) or repr(error)
    return field


def compete(
    chosen: list[Scenario], paired: list[Doors], field: dict[str, Contender], report: Report, status: Status
) -> None:
    for scenario in chosen:
        present = [field[name] for name in scenario.contenders if name in field]
        for connections in scenario.connections:
            report.figures += measure(scenario, connections, present, report.pace, tell=status.update)
    foyer = field.get("foyer")
    if foyer is not None:
        report.doors += [doors.measured(each, foyer, report.pace, tell=status.update) for each in paired]
    written = {name for scenario in chosen if scenario.writes for name in scenario.contenders}
    written |= {"foyer"} if paired else set()
    for name in (each for each in field if each in written):
        status.update(f"checking the ledger of {name}")
        report.ledgers[name] = field[name].ledger()
    counted = {(name, scenario.counts) for scenario in chosen if scenario.counts for name in scenario.contenders}
    counted |= {("foyer", each.counts) for each in paired if each.counts}
    for name, kind in sorted(each for each in counted if each[0] in field):
        status.update(f"stopping {name} and counting its {kind}")
        field[name].server.stop()
        report.tallies.setdefault(kind, {})[name] = field[name].tally(kind)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except Failed as error:
        sys.exit(f"benchmarks: {error}")

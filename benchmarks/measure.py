"""Interleaved rounds: every contender in turn, again and again, so what slows the machine slows them all."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from benchmarks import checks, servers
from benchmarks.contenders import Contender
from benchmarks.load import Job, Result
from benchmarks.scenarios import Scenario, target
from benchmarks.servers import CHECKOUT, HOST, Answered, Failed


@dataclass(frozen=True, slots=True)
class Pace:
    rounds: int
    seconds: float
    warm_up_seconds: float


@dataclass(frozen=True, slots=True)
class Figure:
    """The medians of one contender's rounds in one scenario; worthless unless `failure` is empty."""

    scenario: str
    connections: int
    contender: str
    rate: float
    cpu_us: float
    database_cpu_us: float
    p50_ms: float
    p99_ms: float
    rates: tuple[float, ...]
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """foyer's rate over a peer's."""

    scenario: str
    connections: int
    peer: str
    ratio: float
    target: float | None

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.ratio >= self.target


def measure(
    scenario: Scenario,
    connections: int,
    contenders: Iterable[Contender],
    pace: Pace,
    *,
    tell: Callable[[str], None],
) -> list[Figure]:
    """One figure for every contender; one that answers wrongly has a failure instead of rounds."""
    field = {contender.name: contender for contender in contenders}
    jobs: dict[str, Job] = {}
    figures: list[Figure] = []
    for contender in field.values():
        try:
            jobs[contender.name] = prepared(scenario, connections, contender, pace)
        except (checks.Wrong, Failed, OSError) as error:
            figures.append(failed(scenario, connections, contender.name, str(error)))
    rounds: dict[str, list[Result]] = {name: [] for name in jobs}
    for number in range(1, pace.rounds + 1):
        for name, job in jobs.items():
            tell(f"{scenario.name}, {connections} connections: round {number} of {pace.rounds}, {name}")
            rounds[name].append(run_load(job))
            field[name].answered[scenario.counts] += rounds[name][-1].statuses.get(str(scenario.status), 0)
    figures += [figure(scenario, connections, name, results) for name, results in rounds.items()]
    return figures


def prepared(scenario: Scenario, connections: int, contender: Contender, pace: Pace) -> Job:
    """The job, once its first request was answered rightly."""
    requests = scenario.requests(contender)
    answered = servers.ask(contender.port, requests[0].encode())
    contender.answered[scenario.counts] += answered.status == scenario.status
    check_answer(scenario, contender, answered)
    return Job(
        host=HOST,
        port=contender.port,
        requests=tuple(requests),
        connections=connections,
        seconds=pace.seconds,
        warm_up_seconds=pace.warm_up_seconds,
        status=scenario.status,
        bad_markers=scenario.bad_markers,
        cpu_pids=(contender.server.pid,),
        database_pids=contender.engine.pids,
    )


def check_answer(scenario: Scenario, contender: Contender, answered: Answered) -> None:
    start = answered.body[:500].decode("utf-8", "replace")
    if answered.status != scenario.status:
        raise checks.Wrong(f"status {answered.status}: {start}")
    try:
        scenario.check(answered.location if answered.status == 302 else contender.as_asked(json.loads(answered.body)))
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise checks.Wrong(f"{error!r} in {start}") from error


def run_load(job: Job) -> Result:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        cwd=CHECKOUT,
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    if ended.returncode:
        raise Failed(f"The load generator failed\n{ended.stderr[-2000:]}")
    return Result(**json.loads(ended.stdout))


def figure(scenario: Scenario, connections: int, name: str, results: list[Result]) -> Figure:
    def median(of: Callable[[Result], float]) -> float:
        return statistics.median(map(of, results))

    return Figure(
        scenario=scenario.name,
        connections=connections,
        contender=name,
        rate=median(lambda result: result.rate),
        cpu_us=median(lambda result: result.cpu_us),
        database_cpu_us=median(lambda result: result.database_cpu_us),
        p50_ms=median(lambda result: result.p50_ms),
        p99_ms=median(lambda result: result.p99_ms),
        rates=tuple(result.rate for result in results),
        failure=failure_of(results),
    )


def failure_of(results: list[Result]) -> str:
    bad, lost = sum(result.bad for result in results), sum(result.lost for result in results)
    if not bad and not lost:
        return "" if all(result.answers for result in results) else "a round without a single answer"
    example = next((result.example for result in results if result.example), "")
    return f"{bad} bad answers, {lost} lost connections; the first: {example}"


def failed(scenario: Scenario, connections: int, name: str, why: str) -> Figure:
    nan = float("nan")
    return Figure(scenario.name, connections, name, nan, nan, nan, nan, nan, (), why)


def ratios(figures: list[Figure]) -> list[Ratio]:
    """Of figures that did not fail; without a foyer there are none."""
    by_key = {(each.scenario, each.connections, each.contender): each for each in figures if not each.failure}
    found = []
    for (scenario, connections, name), peer in by_key.items():
        foyer = by_key.get((scenario, connections, "foyer"))
        if foyer and name != "foyer":
            wanted = target(scenario, connections, name)
            found.append(Ratio(scenario, connections, name, foyer.rate / peer.rate, wanted))
    return found

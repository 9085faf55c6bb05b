"""Bulk work: how long a million vouchers take, what memory, and what those feel who redeem others meanwhile.

Each round has a server and a database of its own, with the rows of the fixture. Two programs redeem vouchers of the
fixture's campaigns at a steady pace, before and during the work. The memory it had after a second of that is compared
with the most it had until the work was done.
"""

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import servers, vouchers, wire
from benchmarks.checks import Wrong, same
from benchmarks.contenders import Foyer
from benchmarks.engines import Engine
from benchmarks.load import Job, Result
from benchmarks.memory import Memory, Watch
from benchmarks.scenarios import redeem_requests
from benchmarks.servers import CHECKOUT, HOST, Failed

ROWS, ROWS_QUICK, ROUNDS = 1_000_000, 100_000, 3
MEMORY_MB_MAX, P99_MS_MAX = 150.0, 50.0
# Those who redeem meanwhile, and how often each does.
CONNECTIONS, INTERVAL_SECONDS = 4, 0.1
SETTLE_SECONDS = 1.0
POLL_SECONDS = 0.1
GIVE_UP_SECONDS = 600.0
BOUNDARY = "bench-bulk-boundary"
NAME = "Bulk"


@dataclass(frozen=True, slots=True)
class Bulk:
    """`ask` has the work begun and answers its action's id; `seconds_max` is the target by engine, of a million."""

    name: str
    title: str
    ask: Callable[[Foyer, int], str]
    seconds_max: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Goal:
    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Round:
    seconds: float
    memory: Memory
    beside: Result


@dataclass(frozen=True, slots=True)
class BulkFigure:
    """Medians over the rounds, but for memory and the 99th percentile: of those the worst."""

    scenario: str
    rounds: int
    rows: int
    seconds: float = float("nan")
    memory_mb: float = float("nan")
    rss_mb: float = float("nan")
    redeemed_rate: float = float("nan")
    p50_ms: float = float("nan")
    p99_ms: float = float("nan")
    all_seconds: tuple[float, ...] = ()
    goals: tuple[Goal, ...] = field(default=())
    failure: str = ""


def measure(
    bulk: Bulk, engine: Engine, folder: Path, rows: int, rounds: int, *, tell: Callable[[str], None]
) -> BulkFigure:
    """One that does not end as it should, or counts wrongly, has a failure instead of figures."""
    done: list[Round] = []
    try:
        for number in range(1, rounds + 1):
            tell(f"{bulk.name}, {rows:,} rows: round {number} of {rounds}")
            with serving(engine, folder, f"foyer_{bulk.name.replace('-', '_')}_{number}") as foyer:
                done.append(one_round(bulk, foyer, rows))
    except (Wrong, Failed, OSError, KeyError, ValueError) as error:
        return BulkFigure(bulk.name, rounds, rows, failure=str(error) or repr(error))
    return figure(bulk, engine.name, rows, done)


def figure(bulk: Bulk, engine: str, rows: int, done: list[Round]) -> BulkFigure:
    seconds = statistics.median(each.seconds for each in done)
    memory_mb = max(each.memory.own for each in done)
    p99_ms = max(each.beside.p99_ms for each in done)
    goals = [Goal(f"< {MEMORY_MB_MAX:g} MB", memory_mb < MEMORY_MB_MAX), Goal(f"p99 < {P99_MS_MAX:g} ms", p99_ms < 50)]
    if rows == ROWS:
        wanted = bulk.seconds_max[engine]
        goals.insert(0, Goal(f"< {wanted:g} s", seconds < wanted))
    return BulkFigure(
        bulk.name,
        len(done),
        rows,
        seconds,
        memory_mb,
        max(each.memory.resident for each in done),
        statistics.median(each.beside.rate for each in done),
        statistics.median(each.beside.p50_ms for each in done),
        p99_ms,
        tuple(each.seconds for each in done),
        tuple(goals),
    )


# -- one round -------------------------------------------------------------------------------------------------------


@contextmanager
def serving(engine: Engine, folder: Path, name: str) -> Iterator[Foyer]:
    foyer = Foyer(engine, folder)
    foyer.name = name
    foyer.prepare()
    foyer.serve()
    try:
        foyer.await_ready()
        yield foyer
    finally:
        foyer.server.stop()
        for file in folder.glob(f"{name}.sqlite3*"):
            file.unlink()


def one_round(bulk: Bulk, foyer: Foyer, rows: int) -> Round:
    request(foyer, wire.app_post(foyer, "/v1/campaigns", new_campaign()))
    job = Job(
        HOST,
        foyer.port,
        tuple(redeem_requests(foyer)),
        CONNECTIONS,
        GIVE_UP_SECONDS,
        SETTLE_SECONDS,
        interval_seconds=INTERVAL_SECONDS,
    )
    with redeeming(job) as beside:
        time.sleep(2 * SETTLE_SECONDS)
        with Watch(foyer.server.pid) as watch:
            began = time.perf_counter()
            result = awaited(foyer, bulk.ask(foyer, rows))
            seconds = time.perf_counter() - began
    check(foyer, result, rows)
    return Round(seconds, watch.growth, beside[0])


def new_campaign() -> dict[str, Any]:
    discount = {"type": "PERCENT", "percent_off": 10}
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": discount, "code_config": vouchers.CODE_CONFIG}
    return {"name": NAME, "campaign_type": "DISCOUNT_COUPONS", "type": "STATIC", "voucher": voucher}


@contextmanager
def redeeming(job: Job) -> Iterator[list[Result]]:
    """Vouchers are redeemed beside the block; the list has the result when it has ended."""
    found: list[Result] = []
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(asdict(job)).encode())
        process.stdin.close()
        process.stdin = None
        yield found
    finally:
        process.terminate()
        said, wrong = process.communicate()
    if process.returncode:
        raise Failed(f"The load generator failed\n{wrong.decode()[-2000:]}")
    result = Result(**json.loads(said))
    same("redemptions refused or lost", (result.bad, result.lost, result.example), (0, 0, ""))
    found.append(result)


def awaited(foyer: Foyer, action_id: str) -> Mapping[str, Any]:
    """The result of the action, once it has one."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while True:
        action = request(foyer, wire.app_get(foyer, f"/v1/async-actions/{action_id}"))
        if action["status"] in ("DONE", "FAILED"):
            break
        if time.monotonic() > deadline:
            raise Failed(f"not done after {GIVE_UP_SECONDS:g} s: {action}")
        time.sleep(POLL_SECONDS)
    same("the action", (action["status"], action["operation_status"]), ("DONE", "SUCCESS"))
    found: Mapping[str, Any] = action["result"]
    return found


def check(foyer: Foyer, result: Mapping[str, Any], rows: int) -> None:
    """As many vouchers as were asked for: so the action, so its campaign, and so the rows."""
    same("done_count", result["done_count"], rows)
    same("failed_count", result.get("failed_count", 0), 0)
    campaign = request(foyer, wire.app_get(foyer, f"/v1/campaigns/{NAME}"))
    same("vouchers_count", campaign["vouchers_count"], rows)
    same("generation status", campaign["vouchers_generation_status"], "DONE")
    counted = json.loads(servers.must_run(["benchmarks.voucher_rows", "vouchers"], foyer.environment))
    same("rows of vouchers", counted[NAME], rows)


def request(foyer: Foyer, text: str) -> Any:
    answered = servers.ask(foyer.port, text.encode())
    if not 200 <= answered.status < 300:
        raise Wrong(f"status {answered.status} to {text.partition(chr(13))[0]}: {answered.body[:500]!r}")
    return json.loads(answered.body)


# -- what is asked for -----------------------------------------------------------------------------------------------


def generate(foyer: Foyer, rows: int) -> str:
    path = f"/v1/campaigns/{NAME}/vouchers?vouchers_count={rows}"
    return str(request(foyer, wire.app_post(foyer, path, {}))["async_action_id"])


def import_csv(foyer: Foyer, rows: int) -> str:
    file = csv_file(foyer.folder, rows)
    opening = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="codes.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    ).encode()
    closing = f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(opening) + file.stat().st_size + len(closing)
    head = (
        f"POST /v1/campaigns/{NAME}/importCSV HTTP/1.1\r\n{wire.app_headers(foyer)}"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
    with socket.create_connection((HOST, foyer.port), GIVE_UP_SECONDS) as connection, file.open("rb") as content:
        connection.sendall(head + opening)
        connection.sendfile(content)
        connection.sendall(closing)
        answered = servers.answer_from(connection)
    if answered.status != 200:
        raise Wrong(f"status {answered.status}: {answered.body[:500]!r}")
    return str(json.loads(answered.body)["async_action_id"])


def csv_file(folder: Path, rows: int) -> Path:
    """Codes in no order, as other programs make them, a switch, and a column that becomes metadata."""
    file = folder / f"codes-{rows}.csv"
    if not file.exists():
        regions = ("North", "East", "South", "West")
        with file.open("w") as out:
            out.write("Code,Active,Region\n")
            # An odd number is coprime to the power of two: no code comes twice.
            for number in range(rows):
                out.write(f"BULK-{number * 0x9E3779B97F4A7C15 % 2**64:016X},true,{regions[number % 4]}\n")
    return file


BULK = (
    Bulk(
        "generate",
        "bulk: vouchers generated and stored, others redeemed meanwhile",
        generate,
        {"sqlite": 20, "postgresql": 40},
    ),
    Bulk(
        "import-csv",
        "bulk: a CSV file uploaded and imported, others redeemed meanwhile",
        import_csv,
        {"sqlite": 60, "postgresql": 60},
    ),
)

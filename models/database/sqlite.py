"""SQLite: short reads inline on the event loop under a deadline, writes in one thread that commits groups.

Reading. A thread hop costs more than a query, so plans run where they were asked for. A progress handler looks at the
clock every thousand steps of the virtual machine; a plan that is over its deadline is stopped and run again, whole, in
a reader thread with a connection of its own.

Writing. Units of work queue for one thread. It takes all that wait, runs them inside one BEGIN IMMEDIATE … COMMIT with
a savepoint each, and only then lets any of them know: full durability for one fsync per group. A unit is a coroutine
that never suspends here, so it is driven by a single `send`. Other processes may write too; their lock is waited for.
Units of bulk work queue apart, and each is a transaction of its own: they and the groups of the others take turns.
"""

import asyncio
import math
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Dialect, make_url
from sqlalchemy.sql.base import Executable

from models import json_maps, letter_case
from models.database.interface import Connect, Plan, Tx, Unit
from models.database.opening import dialect_of
from models.database.statement import Query, Rows
from models.database.statements import Statements
from models.problems import Problem, Unavailable

T = TypeVar("T")

# Steps of SQLite's virtual machine between two looks at the clock: a look every few hundred microseconds.
STEPS_PER_LOOK = 1000
# As much of the file as a connection that reads maps. One that writes maps nothing: bulk work would grow the process by
# the file, and saves nothing by it.
MAPPED_BYTES = 268_435_456
# Most results (exact counts) that a connection keeps between two commits.
REMEMBERED_MAX = 1000
# What SQLite does not know by itself (resolvers/reading/conditions.py).
FUNCTIONS: Mapping[str, Callable[[str | None, str], Any]] = {
    "foyer_contains": letter_case.contains,
    "foyer_map_contains": letter_case.map_contains,
    "foyer_map_value": json_maps.text_of,
    "foyer_map_number": json_maps.number_of,
}


class SqliteDatabase:
    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._path = cast(str, make_url(connect.url).database)
        self._statements = Statements(dialect_of("sqlite+aiosqlite"))
        self._threads = ThreadPoolExecutor(connect.connections_max, thread_name_prefix="sqlite-reader")
        self._local = threading.local()
        self._opened: list[_Reader] = []
        self._inline: _Reader | None = None
        self._writer: _Writer | None = None

    @property
    def dialect(self) -> Dialect:
        return self._statements.dialect

    async def start(self) -> None:
        try:
            self._inline = _Reader(self._open())
            self._writer = _Writer(lambda: self._open(mapped_bytes=0), self._statements, self._connect)
        except sqlite3.Error as error:
            raise Unavailable(f"The database cannot be opened: {error}.", retry_after=5) from error
        self._opened.append(self._inline)

    async def close(self) -> None:
        if self._writer is not None:
            await asyncio.to_thread(self._writer.close)
        self._threads.shutdown(wait=True)
        for reader in self._opened:
            reader.connection.close()
        self._opened.clear()
        self._inline = self._writer = None

    async def read(self, plan: Callable[[], Plan[T]], *, snapshot: bool = False) -> T:
        reader = self._inline
        if reader is None:
            raise Unavailable("The database is closed.", retry_after=5)
        try:
            return reader.run(plan(), snapshot, self._connect.inline_deadline_seconds)
        except _OverDeadline:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._read_off_loop, plan, snapshot)

    async def write(self, unit: Unit[T], *, bulk: bool = False) -> T:
        if self._writer is None:
            raise Unavailable("The database is closed.", retry_after=5)
        return await self._writer.submit(unit, bulk)

    def _read_off_loop(self, plan: Callable[[], Plan[T]], snapshot: bool) -> T:
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = _Reader(self._open())
            self._opened.append(reader)
        try:
            return reader.run(plan(), snapshot, self._connect.read_timeout_seconds)
        except _OverDeadline:
            raise Unavailable("The read took too long and was stopped; ask for less.", retry_after=1) from None

    def _open(self, *, mapped_bytes: int = MAPPED_BYTES) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=1024,
            timeout=self._connect.write_timeout_seconds,
        )
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {self._connect.synchronous}",
            "foreign_keys = ON",
            "cache_size = -65536",
            f"mmap_size = {mapped_bytes}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        for name, function in FUNCTIONS.items():
            connection.create_function(name, 2, function, deterministic=True)
        return connection


class _OverDeadline(Exception):
    pass


class _Reader:
    """A connection that only reads, one plan at a time, each under a deadline."""

    __slots__ = ("_deadline", "_remembered", "_version", "connection")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._deadline = 0.0
        self._version = -1
        self._remembered: dict[Query, Rows] = {}
        connection.execute("PRAGMA query_only = ON")
        connection.set_progress_handler(self._is_over, STEPS_PER_LOOK)

    def run(self, plan: Plan[T], snapshot: bool, seconds: float) -> T:
        self._deadline = time.perf_counter() + seconds
        try:
            if not snapshot:
                return self._drive(plan)
            self.connection.execute("BEGIN")
            try:
                return self._drive(plan)
            finally:
                # Never stopped for being late: the connection would stay inside the transaction for good.
                self._deadline = math.inf
                self.connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise self._refusal(error) from error

    def _drive(self, plan: Plan[T]) -> T:
        execute = self.connection.execute
        try:
            query = next(plan)
            while True:
                rows = self._recall(query) if query.remembered else execute(query.sql, query.args).fetchall()
                query = plan.send(rows)
        except StopIteration as end:
            return cast(T, end.value)

    def _recall(self, query: Query) -> Rows:
        """The rows of a query as long as no connection of any process has committed anything since they were read.

        The pragma's number is that of the open snapshot, so the rows are exactly what reading them now would give.
        """
        ((version,),) = self.connection.execute("PRAGMA data_version").fetchall()
        if version != self._version or len(self._remembered) > REMEMBERED_MAX:
            self._version = version
            self._remembered.clear()
        rows = self._remembered.get(query)
        if rows is None:
            rows = self._remembered[query] = self.connection.execute(query.sql, query.args).fetchall()
        return rows

    def _is_over(self) -> bool:
        return time.perf_counter() > self._deadline

    def _refusal(self, error: sqlite3.OperationalError) -> Exception:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return _OverDeadline()
        return _unavailable(error) or error


def _drive(plan: Plan[T], connection: sqlite3.Connection) -> T:
    execute = connection.execute
    try:
        query = next(plan)
        while True:
            query = plan.send(execute(query.sql, query.args).fetchall())
    except StopIteration as end:
        return cast(T, end.value)


def _unavailable(error: sqlite3.Error) -> Unavailable | None:
    """The refusal for what is the machine's state rather than our bug: a lock, a full disk, a broken file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Unavailable("The database is locked by another program.", retry_after=1)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return Unavailable("The database cannot be written to.", retry_after=5)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Unavailable("The database file is damaged.", retry_after=60)
    return None


class _Tx(Tx):
    """The writer's connection during one unit. Its coroutines never suspend."""

    __slots__ = ("_connection", "_statements")

    def __init__(self, connection: sqlite3.Connection, statements: Statements) -> None:
        self._connection, self._statements = connection, statements

    @property
    def dialect(self) -> Dialect:
        return self._statements.dialect

    async def rows(self, clause: Executable, /, **parameters: Any) -> Rows:
        statement = self._statements.of(clause)
        query = statement.query(parameters)
        return statement.read(self._connection.execute(query.sql, query.args).fetchall())

    async def row(self, clause: Executable, /, **parameters: Any) -> Any:
        rows = await self.rows(clause, **parameters)
        return rows[0] if rows else None

    async def run(self, plan: Plan[T]) -> T:
        return _drive(plan, self._connection)

    async def attempt(self, unit: Unit[T]) -> T:
        return _under_savepoint(self._connection, "attempt", lambda: _finish(unit(self)))


def _finish(unit: Awaitable[T]) -> T:
    """Run a coroutine that never suspends."""
    try:
        cast(Coroutine[Any, Any, T], unit).send(None)
    except StopIteration as end:
        return cast(T, end.value)
    raise RuntimeError("a unit of work awaited something other than its transaction")


def _under_savepoint(connection: sqlite3.Connection, name: str, work: Callable[[], T]) -> T:
    connection.execute(f"SAVEPOINT {name}")
    try:
        outcome = work()
    except BaseException:
        # A full disk or a failing one can end the whole transaction: then there is nothing left to roll back to.
        if connection.in_transaction:
            connection.execute(f"ROLLBACK TO {name}")
            connection.execute(f"RELEASE {name}")
        raise
    connection.execute(f"RELEASE {name}")
    return outcome


class _Waiting(NamedTuple):
    unit: Unit[Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    expires: float


@dataclass(slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class _Writer:
    """The one thread of this process that writes."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], statements: Statements, limits: Connect) -> None:
        self._limits, self._statements = limits, statements
        self._connection = connect()
        self._tx = _Tx(self._connection, statements)
        self._waiting: deque[_Waiting] = deque()
        self._bulk: deque[_Waiting] = deque()
        self._was_bulk = False
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def submit(self, unit: Unit[T], bulk: bool) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        expires = time.monotonic() + self._limits.write_timeout_seconds
        with self._wake:
            if self._closing:
                raise Unavailable("The server is shutting down.", retry_after=5)
            (self._bulk if bulk else self._waiting).append(_Waiting(unit, loop, future, expires))
            self._wake.notify()
        # A caller that goes away does not take back what it asked for: the unit is committed or refused all the same.
        return await asyncio.shield(future)

    def close(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while group := self._take():
            _deliver(group, self._commit(group))

    def _take(self) -> list[_Waiting]:
        with self._wake:
            while not (self._waiting or self._bulk or self._closing):
                self._wake.wait()
            self._was_bulk = bool(self._bulk) and not (self._waiting and self._was_bulk)
            if self._was_bulk:
                return [self._bulk.popleft()]
            count = min(len(self._waiting), self._limits.group_max)
            return [self._waiting.popleft() for _ in range(count)]

    def _commit(self, group: list[_Waiting]) -> list[_Outcome]:
        try:
            self._begin(group)
            outcomes = [self._run(waiting) for waiting in group]
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return self._after_failure(group, error)
        return outcomes

    def _begin(self, group: list[_Waiting]) -> None:
        left = max(waiting.expires for waiting in group) - time.monotonic()
        self._connection.execute(f"PRAGMA busy_timeout = {max(int(left * 1000), 1)}")
        self._connection.execute("BEGIN IMMEDIATE")

    def _run(self, waiting: _Waiting) -> _Outcome:
        if waiting.expires < time.monotonic():
            return _Outcome(
                error=Unavailable("The database was busy for too long; nothing was written.", retry_after=1)
            )
        try:
            return _Outcome(_under_savepoint(self._connection, "unit", lambda: _finish(waiting.unit(self._tx))))
        except Exception as error:
            if not self._connection.in_transaction:
                raise
            return _Outcome(error=_refusal(error))

    def _after_failure(self, group: list[_Waiting], error: BaseException) -> list[_Outcome]:
        """Nothing of the group was written. If one unit may be to blame, each gets a transaction of its own."""
        locked = isinstance(error, sqlite3.OperationalError) and _unavailable(error) is not None
        if len(group) == 1 or locked:
            return [_Outcome(error=_refusal(error)) for _ in group]
        return [outcome for waiting in group for outcome in self._commit([waiting])]


def _refusal(error: BaseException) -> BaseException:
    if isinstance(error, sqlite3.Error) and not isinstance(error, Problem):
        return _unavailable(error) or error
    return error


def _deliver(group: list[_Waiting], outcomes: list[_Outcome]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, _Outcome]]] = {}
    for waiting, outcome in zip(group, outcomes, strict=True):
        by_loop.setdefault(waiting.loop, []).append((waiting, outcome))
    for loop, settled in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: list[tuple[_Waiting, _Outcome]]) -> None:
    for waiting, outcome in settled:
        if waiting.future.cancelled():
            continue
        if outcome.error is None:
            waiting.future.set_result(outcome.value)
        else:
            waiting.future.set_exception(outcome.error)

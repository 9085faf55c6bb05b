"""PostgreSQL through asyncpg: reads on a last-in-first-out pool, writes in groups on one lane of the process.

Bulk work has a second lane: a chunk that takes its time holds up nobody but those who want its rows.

Reading. A connection goes back to the top of the stack as it is: plans only read, so there is nothing to reset, and
the connection used last has its statements prepared and its caches warm. A plan of several queries runs in one
repeatable-read transaction, so that a balance and the transactions below it are of one moment.

Writing. Units that wait together run one after the other in one transaction and share its commit. Two writes to one
row then never wait for each other's commit, which is what makes a hot row slow. Savepoints would cost two round trips
a unit, so there are none: a unit that refuses before it wrote anything has nothing to undo, and if one fails after
it wrote, the group is rolled back and its units run again, each in a transaction of its own. So they are when one
waits too long for a row that another process has locked; that one then waits in turns. Serialization failures and
deadlocks run the group again.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

import asyncpg
from sqlalchemy import Dialect, make_url
from sqlalchemy.sql.base import Executable

from models.database.interface import Connect, Plan, Tx, Unit
from models.database.opening import dialect_of
from models.database.statement import Rows
from models.database.statements import Statements
from models.problems import Problem, Unavailable

T = TypeVar("T")

# Serialization failure and deadlock: the transaction did nothing and may be run again.
RETRIED = {"40001", "40P01"}
TRIES_MAX = 8
# How much longer than the server itself may take we wait for its word.
GRACE_SECONDS = 0.5
# Longest wait for a lock at one time: less than PostgreSQL's `deadlock_timeout`, so that two processes whose groups
# take rows in different orders part at once, and a row that is locked for long holds up nobody else.
LOCK_SECONDS = 0.1

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class PostgresqlDatabase:
    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._statements = Statements(dialect_of("postgresql+asyncpg"))
        self._readers = _Pool(connect)
        self._lane = _Lane(connect, self._statements)
        self._bulk_lane = _Lane(connect, self._statements)

    @property
    def dialect(self) -> Dialect:
        return self._statements.dialect

    async def start(self) -> None:
        self._readers.give_back(await self._readers.take())
        self._lane.start()
        self._bulk_lane.start()

    async def close(self) -> None:
        await self._bulk_lane.close()
        await self._lane.close()
        await self._readers.close()

    async def read(self, plan: Callable[[], Plan[T]], *, snapshot: bool = False) -> T:
        connection = await self._readers.take()
        try:
            read = _drive_snapshot if snapshot else _drive
            found = await read(plan(), connection)
        except BaseException as error:
            self._readers.give_up(connection)
            refusal = _refusal(error)
            if refusal is error:
                raise
            raise refusal from error
        self._readers.give_back(connection)
        return found

    async def write(self, unit: Unit[T], *, bulk: bool = False) -> T:
        return await (self._bulk_lane if bulk else self._lane).submit(unit)


async def _open(connect: Connect, timeout_seconds: float, lock_seconds: float | None = None) -> Connection:
    url = make_url(connect.url)
    try:
        return await asyncpg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            timeout=timeout_seconds,
            # The server stops what takes too long; this is for one that does not even say so.
            command_timeout=timeout_seconds + GRACE_SECONDS,
            statement_cache_size=1024,
            server_settings={
                "application_name": "foyer",
                "timezone": "UTC",
                "jit": "off",
                "statement_timeout": str(int(timeout_seconds * 1000)),
                "lock_timeout": str(int((lock_seconds or timeout_seconds) * 1000)),
                "idle_in_transaction_session_timeout": str(int(timeout_seconds * 2000)),
            },
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable("The database cannot be reached.", retry_after=5) from error


async def _drive(plan: Plan[T], connection: Connection) -> T:
    try:
        query = next(plan)
        while True:
            query = plan.send(await connection.fetch(query.sql, *query.args))
    except StopIteration as end:
        return cast(T, end.value)


async def _drive_snapshot(plan: Plan[T], connection: Connection) -> T:
    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        return await _drive(plan, connection)
    finally:
        await connection.execute("ROLLBACK", timeout=GRACE_SECONDS)


def _refusal(error: BaseException) -> BaseException:
    """The refusal for what is the server's state rather than our bug."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, asyncpg.QueryCanceledError | asyncpg.LockNotAvailableError):
        return Unavailable("The database took too long and was stopped.", retry_after=1)
    if isinstance(error, asyncpg.PostgresError) and (error.sqlstate or "")[:2] in ("53", "57", "58", "08"):
        return Unavailable("The database cannot answer.", retry_after=5)
    # Of the driver's own errors only this one is not ours: the connection went away beneath it.
    lost = isinstance(error, asyncpg.InterfaceError) and "connection" in str(error) and "closed" in str(error)
    if lost or isinstance(error, OSError | TimeoutError | asyncpg.PostgresConnectionError):
        return Unavailable("The connection to the database was lost.", retry_after=5)
    return error


class _Pool:
    """Connections that only read, the one used last on top. Who takes one gives it back, or up."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._idle: list[Connection] = []
        self._free = connect.connections_max
        # Whose turn has come finds its future done. Those that gave up waiting are passed over.
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> Connection:
        if self._free:
            self._free -= 1
        else:
            await self._turn()
        connection = self._idle.pop() if self._idle else None
        if connection is not None and not connection.is_closed():
            return connection
        try:
            return await _open(self._connect, self._connect.read_timeout_seconds)
        except BaseException:
            self._pass_on()
            raise

    def give_back(self, connection: Connection) -> None:
        self._idle.append(connection)
        self._pass_on()

    def give_up(self, connection: Connection) -> None:
        """Its state is not known: a cancelled read leaves a query running."""
        connection.terminate()
        self._pass_on()

    async def _turn(self) -> None:
        """Wait for one that is given back or up. `asyncio.wait_for` would make a task for it."""
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(self._connect.read_timeout_seconds, _refuse, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:
                self._pass_on()  # our turn had come before we were cancelled
            raise
        finally:
            timer.cancel()

    def _pass_on(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close(timeout=5)


def _refuse(turn: "asyncio.Future[None]") -> None:
    if not turn.done():
        turn.set_exception(Unavailable("Too many reads are waiting for the database.", retry_after=1))


class _Tx(Tx):
    __slots__ = ("_connection", "_statements", "wrote")

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self._connection, self._statements = connection, statements
        self.wrote = False

    @property
    def dialect(self) -> Dialect:
        return self._statements.dialect

    async def rows(self, clause: Executable, /, **parameters: Any) -> Rows:
        statement = self._statements.of(clause)
        sql, args, _ = statement.query(parameters)
        rows = await self._connection.fetch(sql, *args)
        # A guarded update that changed nothing and tells so by returning no row left nothing to undo.
        self.wrote = self.wrote or (statement.writes and (bool(rows) or "RETURNING" not in sql))
        return statement.read(rows)

    async def row(self, clause: Executable, /, **parameters: Any) -> Any:
        rows = await self.rows(clause, **parameters)
        return tuple(rows[0]) if rows else None

    async def run(self, plan: Plan[T]) -> T:
        return await _drive(plan, self._connection)

    async def attempt(self, unit: Unit[T]) -> T:
        # The driver makes no savepoints in a transaction that it did not begin itself.
        await self._connection.execute("SAVEPOINT attempt")
        try:
            outcome = await unit(self)
        except BaseException:
            await self._connection.execute("ROLLBACK TO attempt; RELEASE attempt")
            raise
        await self._connection.execute("RELEASE attempt")
        return outcome


@dataclass(slots=True, eq=False)
class _Waiting:
    unit: Unit[Any]
    future: "asyncio.Future[Any]"
    expires: float
    # It met a row that another process has locked: it waits for that alone, and in turns.
    held_up: bool = False


class _Mixed(Exception):
    """A unit failed after others of its group wrote."""


class _Lane:
    """One connection that writes, and the units that wait for it."""

    def __init__(self, connect: Connect, statements: Statements) -> None:
        self._connect, self._statements = connect, statements
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="postgresql-lane")

    async def close(self) -> None:
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._connection is not None:
            await self._connection.close(timeout=5)

    async def submit(self, unit: Unit[T]) -> T:
        if self._closing or self._task is None:
            raise Unavailable("The server is shutting down.", retry_after=5)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        expires = time.monotonic() + self._connect.write_timeout_seconds
        self._waiting.append(_Waiting(unit, future, expires))
        self._wake.set()
        # A caller that goes away does not take back what it asked for: the unit is committed or refused all the same.
        return await asyncio.shield(future)

    async def _work(self) -> None:
        while True:
            while not self._waiting:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
            count = min(len(self._waiting), self._connect.group_max)
            taken = [self._waiting.popleft() for _ in range(count)]
            together = [waiting for waiting in taken if not waiting.held_up]
            alone = [[waiting] for waiting in taken if waiting.held_up]
            for group in ([together] if together else []) + alone:
                await self._settle(group)

    async def _settle(self, group: list[_Waiting]) -> None:
        """Bring every unit of the group to its end, whatever happens."""
        outcomes: list[Any] = []
        for turn in range(TRIES_MAX):
            try:
                outcomes = await self._commit(group)
            except Exception as error:
                if isinstance(error, asyncpg.LockNotAvailableError) and self._hold_up(group):
                    return
                if _may_run_again(error) and turn + 1 < TRIES_MAX:
                    await asyncio.sleep(random.random() * 0.002 * 2**turn)  # noqa: S311  a pause
                elif len(group) > 1 and _may_be_one_of_them(error):
                    for waiting in group:
                        await self._settle([waiting])
                    return
                else:
                    outcomes = [_refusal(error)] * len(group)
                    break
            else:
                break
        for waiting, outcome in zip(group, outcomes, strict=True):
            if waiting.future.cancelled():
                continue
            if isinstance(outcome, BaseException):
                waiting.future.set_exception(outcome)
            else:
                waiting.future.set_result(outcome)

    def _hold_up(self, group: list[_Waiting]) -> bool:
        """Let a unit that waits alone for a lock wait again after the others, as long as it has time left."""
        if len(group) > 1 or group[0].expires < time.monotonic():
            return False
        group[0].held_up = True
        self._waiting.append(group[0])
        return True

    async def _commit(self, group: list[_Waiting]) -> list[Any]:
        connection = await self._connected()
        await connection.execute("BEGIN")
        try:
            outcomes = [await self._run(waiting, connection, alone=len(group) == 1) for waiting in group]
        except BaseException:
            await self._roll_back(connection)
            raise
        await self._finish(connection)
        return outcomes

    async def _finish(self, connection: Connection) -> None:
        try:
            await connection.execute("COMMIT")
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError) as error:
            connection.terminate()
            self._connection = None
            message = "The connection was lost during the commit: ask whether it happened, or retry with the same key."
            raise Unavailable(message, retry_after=5) from error
        except BaseException:
            await self._roll_back(connection)
            raise

    async def _run(self, waiting: _Waiting, connection: Connection, *, alone: bool) -> Any:
        if waiting.expires < time.monotonic():
            return Unavailable("The database was busy for too long; nothing was written.", retry_after=1)
        tx = _Tx(connection, self._statements)
        try:
            return await waiting.unit(tx)
        except Problem as refusal:
            if not tx.wrote:
                return refusal
            raise (refusal if alone else _Mixed()) from None

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await _open(self._connect, self._connect.write_timeout_seconds, LOCK_SECONDS)
        return self._connection

    async def _roll_back(self, connection: Connection) -> None:
        try:
            await connection.execute("ROLLBACK", timeout=GRACE_SECONDS)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            # Whatever was open ends with its connection.
            connection.terminate()
            self._connection = None


def _may_be_one_of_them(error: BaseException) -> bool:
    """Whether one unit is to blame, or the lock it waited for, so that the others would succeed without it."""
    return isinstance(error, asyncpg.LockNotAvailableError) or not isinstance(_refusal(error), Unavailable)


def _may_run_again(error: BaseException) -> bool:
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in RETRIED

"""The engine of bulk work: it claims actions, and brings each on for a short while before the next has its turn.

A chunk is one unit of work: what it writes, its progress and the longer lease, guarded by the fencing number. Whatever
happens to a worker, between two chunks or within one, the action stands as its last committed chunk left it: a worker
that stops gives it back at once, the lease of one that is killed runs out, and any worker of any process goes on.

A refusal ends an action: it says what cannot be done. A database that does not answer is waited for. Anything else is
a bug: it is logged, and the chunk is tried again a few times, after pauses that are kept with the action.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

import structlog

from models.action import ActionType
from models.database import Database, Dialect, Statement, Tx, asked
from models.problems import Problem, Unavailable
from resolvers import actions, generation, gift_card_issuing, voucher_import_work, voucher_moves
from resolvers.action_kinds import Kind
from resolvers.action_statements import awaited
from resolvers.actions import Claimed, Lost, Progressed
from resolvers.context import Context, Verb, Work, utc_now
from resolvers.principals import Principal

T = TypeVar("T")

log = structlog.get_logger()

KINDS: Mapping[ActionType, Kind] = {
    ActionType.GENERATE: generation.KIND,
    ActionType.UPDATE: voucher_moves.UPDATE,
    ActionType.DELETE: voucher_moves.DELETE,
    ActionType.IMPORT: voucher_import_work.KIND,
    ActionType.IMPORT_CSV: voucher_import_work.KIND,
    ActionType.GIFT_CARDS_ISSUE: gift_card_issuing.KIND,
}

# How often a chunk is tried that fails because of a bug, and the pause after the first failure; each next is doubled.
TRIES_MAX = 5
PAUSE_MS = 500
# Between two tries while the database does not answer.
PAUSE_SECONDS = 1.0
# A worker that was woken looks at once, for the one who woke it may not have committed yet, then less and less often.
LOOK_SECONDS = 0.005
# Of how many actions a process keeps what it prepared for their next chunks.
PREPARED_MAX = 4
ATTEMPTS = "attempts"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease lasts without progress, a turn until others come first, and the longest pause between looks."""

    lease_seconds: float = 15.0
    turn_seconds: float = 0.2
    poll_seconds: float = 0.5
    # How long a worker that stops may take for the chunk that it is at.
    stop_seconds: float = 10.0


class Actions:
    """One worker. Processes and their workers know of each other by the database alone."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        *,
        pace: Pace | None = None,
        kinds: Mapping[ActionType, Kind] = KINDS,
        does_work: bool = True,
    ) -> None:
        self._database, self._clock = database, clock
        self._pace, self._kinds, self._does_work = pace or Pace(), kinds, does_work
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look_seconds = LOOK_SECONDS
        self._prepared: dict[int, Any] = {}

    def wake(self) -> None:
        """There is work, or will be as soon as somebody has committed. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Actions are brought on beside the block; at its end the chunk that is being written is the last.

        Without `does_work` other processes do it.
        """
        if not self._does_work:
            yield
            return
        self._loop = asyncio.get_running_loop()
        self._stopping.clear()
        task = asyncio.create_task(self._work(), name="actions")
        try:
            yield
        finally:
            self._stopping.set()
            self._woken.set()
            await self._ended(task)

    async def _ended(self, task: "asyncio.Task[None]") -> None:
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(task, self._pace.stop_seconds)

    # -- the loop ------------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                claimed = await self._claim()
                if claimed is None:
                    await self._wait()
                else:
                    self._look_seconds = LOOK_SECONDS
                    await self._bring_on(claimed)
            except Unavailable as problem:
                log.warning("bulk work is waiting for the database", reason=problem.message)
                await self._pause(PAUSE_SECONDS)
            except Exception as error:
                log.exception("bulk work could not be looked for", exc_info=error)
                await self._pause(PAUSE_SECONDS)

    async def _claim(self) -> Claimed | None:
        # Looking costs nothing; claiming takes a turn of those who write.
        if not await asked(self._database, _awaited(self._database.dialect)):
            return None
        return await self._write(None, lambda work: actions.claim(work, self._lease_ms))

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._look_seconds):
                await self._woken.wait()
        woken = self._woken.is_set()
        self._woken.clear()
        self._look_seconds = LOOK_SECONDS if woken else min(self._look_seconds * 2, self._pace.poll_seconds)

    async def _pause(self, seconds: float) -> None:
        """Ends early if the worker is to stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    # -- one turn of one action ----------------------------------------------------------------------------------------

    async def _bring_on(self, claimed: Claimed) -> None:
        until = time.monotonic() + self._pace.turn_seconds
        try:
            while True:
                further = await self._chunk(claimed)
                if further is None:
                    self._prepared.pop(claimed.id, None)
                    return
                claimed = further
                if time.monotonic() >= until or self._stopping.is_set():
                    await self._release(claimed)
                    return
        except Lost:
            self._prepared.pop(claimed.id, None)
            log.warning("bulk work was lost to another worker", action=claimed.token)

    async def _chunk(self, claimed: Claimed) -> Claimed | None:
        """The action after its next chunk, None if that was the last or the action is not to go on for now."""
        began = time.monotonic()
        kind = self._kinds[claimed.type]
        while not self._stopping.is_set():
            try:
                prepared = await kind.prepare(self._database, claimed, self._prepared.pop(claimed.id, None))
                self._keep(claimed, prepared)
                return await self._write(claimed, partial(self._done, kind, claimed, prepared, began))
            except Lost:
                raise
            except Unavailable as problem:
                log.warning("bulk work is waiting for the database", action=claimed.token, reason=problem.message)
                await self._pause(PAUSE_SECONDS)
            except Problem as refusal:
                await self._fail(kind, claimed, refusal.message, began)
                return None
            except Exception as error:
                await self._try_again(kind, claimed, error, began)
                return None
        return claimed

    async def _done(self, kind: Kind, claimed: Claimed, prepared: Any, began: float, work: Work) -> Claimed | None:
        held = await actions.hold(work, claimed)
        if held != claimed:
            # A commit that was not seen had happened: what was prepared is not the next chunk.
            return held
        progressed = await kind.chunk(work, held, prepared)
        spent_ms = _milliseconds_since(began)
        if progressed.finished or progressed.failure is not None:
            await _finish(work, kind, held, progressed, spent_ms)
            return None
        return await actions.advance(work, held, progressed, spent_ms=spent_ms, lease_ms=self._lease_ms)

    async def _fail(self, kind: Kind, claimed: Claimed, why: str, began: float) -> None:
        async def unit(work: Work) -> None:
            held = await actions.hold(work, claimed)
            progressed = Progressed(state=held.state, failure=why)
            await _finish(work, kind, held, progressed, _milliseconds_since(began))

        await self._write(claimed, unit)

    async def _try_again(self, kind: Kind, claimed: Claimed, error: Exception, began: float) -> None:
        attempts = claimed.state.get(ATTEMPTS, 0) + 1
        log.error("bulk work failed", action=claimed.token, attempts=attempts, exc_info=error)
        if attempts >= TRIES_MAX:
            await self._fail(kind, claimed, "An internal error occurred.", began)
            return
        state = {**claimed.state, ATTEMPTS: attempts}
        pause_ms = PAUSE_MS * 2 ** (attempts - 1)
        await self._write(claimed, lambda work: actions.release(work, claimed, pause_ms=pause_ms, state=state))

    async def _release(self, claimed: Claimed) -> None:
        await self._write(claimed, lambda work: actions.release(work, claimed))

    async def _write(self, claimed: Claimed | None, verb: Verb[T]) -> T:
        """On behalf of whoever asked for the action, whose scopes were looked at then."""
        asker = Principal(
            "bulk work", "system", {}, frozenset(), token_id=None if claimed is None else claimed.token_id
        )
        context = Context(self._database, asker, self._clock)

        def unit(tx: Tx) -> Awaitable[T]:
            return verb(Work(tx, context))

        return await self._database.write(unit, bulk=True)

    def _keep(self, claimed: Claimed, prepared: Any) -> None:
        self._prepared[claimed.id] = prepared
        if len(self._prepared) > PREPARED_MAX:
            del self._prepared[next(iter(self._prepared))]

    @property
    def _lease_ms(self) -> int:
        return int(self._pace.lease_seconds * 1000)


async def _finish(work: Work, kind: Kind, held: Claimed, progressed: Progressed, spent_ms: int) -> None:
    done, failed = held.done_count + progressed.done, held.failed_count + len(progressed.failures)
    told = await actions.failures(work, held) if kind.tells_failures else []
    named = sorted([*told, *progressed.failures], key=lambda each: each.row or 0)[: actions.FAILED_SHOWN_MAX]
    result = kind.result(done, failed, progressed.failure, named)
    await actions.finish(work, held, progressed, result, spent_ms=spent_ms)


def _milliseconds_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


@cache
def _awaited(dialect: Dialect) -> Statement:
    return Statement(awaited(dialect.name), dialect)

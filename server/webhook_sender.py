"""The engine of webhooks: it makes deliveries of changes, and sends what is due. One in each process, each alike.

Making. While there is a webhook that is on, this process listens to changes; whatever is new is turned into deliveries
by whichever process comes first (resolvers/webhook_deliveries.py). Without any webhook it looks now and then whether
there is one, and does nothing else.

Sending. Deliveries are claimed for a while, a few of each webhook and fewer of one that failed the last time, so that
receivers that do not answer leave room for the others. A request is sent outside of any transaction; what came of it is
one. A process that is killed leaves its claims to run out: another sends those deliveries again.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from gql.execution import Executor
from gql.rejected import Rejected
from gql.run import Unsupported
from models.database import Database
from models.problems import Problem, TooSlow, Unavailable
from models.webhook import Status
from resolvers import background
from resolvers import webhook_deliveries as deliveries
from resolvers.changes import EVERYTHING, Changes
from resolvers.context import Context, Verb, Work, utc_now
from resolvers.principals import Principal
from resolvers.webhook_deliveries import Attempted, Delivery
from server.webhook_payloads import body_of
from server.webhook_requests import Requests

T = TypeVar("T")

log = structlog.get_logger()

# After a failure of the database, and until a delivery is tried again whose body could not be read for that.
PAUSE_SECONDS = 1.0
RELEASED_MS = 5_000
MAKER = Principal("webhooks", "system", {}, frozenset())


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is sent at once, and how long is waited."""

    # Requests of this process at the same time: in all, to one webhook, to one that failed the last time, to all such.
    requests_max: int = 64
    of_webhook_max: int = 8
    of_failing_max: int = 1
    failing_max: int = 32
    # Between two looks for what is due, and for whether there is a webhook at all.
    poll_seconds: float = 1.0
    idle_seconds: float = 1.0
    # What a claim lasts beyond the longest request.
    spare_seconds: float = 15.0
    # How long requests that are under way may take when the process stops.
    stop_seconds: float = 5.0
    # Changes that happen together are made deliveries of together; processes that could, do so one after the other.
    gather_seconds: float = 0.02
    pauses: tuple[float, ...] = deliveries.PAUSES


@dataclass(slots=True)
class _Sending:
    """What is under way: how many requests of each webhook, and which of those failed the last time."""

    of_webhook: Counter[int] = field(default_factory=Counter)
    failing: Counter[int] = field(default_factory=Counter)

    def begin(self, webhook_id: int, *, is_failing: bool) -> None:
        self.of_webhook[webhook_id] += 1
        self.failing[webhook_id] += is_failing

    def end(self, webhook_id: int, *, is_failing: bool) -> None:
        self.of_webhook[webhook_id] -= 1
        self.failing[webhook_id] -= is_failing

    def room(self, waiting: list[tuple[int, int, bool]], pace: Pace) -> dict[tuple[int, int], int]:
        """How many deliveries to claim of each webhook that has some: organizer and webhook."""
        left = pace.requests_max - self.of_webhook.total()
        left_failing = min(left, pace.failing_max - self.failing.total())
        found: dict[tuple[int, int], int] = {}
        for organizer_id, webhook_id, is_failing in waiting:
            most = pace.of_failing_max if is_failing else pace.of_webhook_max
            count = min(most - self.of_webhook[webhook_id], left_failing if is_failing else left)
            if count > 0:
                found[organizer_id, webhook_id] = count
                left -= count
                left_failing = min(left, left_failing - count * is_failing)
        return found


class WebhookSender:
    """One worker. Processes know of each other by the database alone."""

    def __init__(
        self,
        database: Database,
        changes: Changes,
        executor: Executor,
        requests: Requests,
        clock: Callable[[], datetime] = utc_now,
        *,
        pace: Pace | None = None,
        does_work: bool = True,
    ) -> None:
        self._database, self._changes, self._executor, self._requests = database, changes, executor, requests
        self._clock, self._pace, self._does_work = clock, pace or Pace(), does_work
        self._context = Context(database, MAKER, clock)
        self._due, self._sending = asyncio.Event(), _Sending()
        self._tasks: set[asyncio.Task[None]] = set()
        # Whether there is a webhook that is on, as far as is known.
        self._is_needed = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Changes are delivered beside the block. At its end what is being sent may end; the rest is left to others.

        Without `does_work` other processes do it.
        """
        if not self._does_work:
            yield
            return
        async with self._requests.open():
            async with (
                background.running(self._make(), "webhook changes"),
                background.running(self._send(), "webhook deliveries"),
            ):
                yield
            await self._ended()

    async def _ended(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._pace.stop_seconds)
        for task in tuple(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    # -- changes -------------------------------------------------------------------------------------------------------

    async def _make(self) -> None:
        while True:
            try:
                self._is_needed = await deliveries.start(self._database) is not None
                if self._is_needed:
                    self._due.set()
                    await self._follow()
                else:
                    await asyncio.sleep(self._pace.idle_seconds)
            except TooSlow:
                # What was not listened to is stored: nothing is lost.
                continue
            except Problem as problem:
                log.warning("webhooks wait for the database", reason=problem.message)
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:
                log.exception("changes could not be made deliveries of", exc_info=error)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _follow(self) -> None:
        """Make deliveries for as long as there is a webhook."""
        async with self._changes.feed(EVERYTHING) as feed:
            reached = await self._make_all()
            while reached is not None:
                told = await anext(feed, None)
                if told is None:
                    await asyncio.sleep(PAUSE_SECONDS)
                    return
                if told.id > reached:
                    await asyncio.sleep(self._pace.gather_seconds * random.uniform(0.5, 1.5))  # noqa: S311  no secret
                    reached = await self._make_all()
                # What the webhooks' own verbs do is no delivery, and may be reason to send.
                self._due.set()

    async def _make_all(self) -> int | None:
        """Where the reader stands when it has caught up; None if there is no webhook."""
        while True:
            until = self._changes.position
            reached = await deliveries.advance(self._database, self._write, until)
            if reached is None or reached >= until:
                return reached
            self._due.set()

    # -- deliveries ----------------------------------------------------------------------------------------------------

    async def _send(self) -> None:
        while True:
            try:
                if not await self._claim():
                    await self._wait()
            except Problem as problem:
                log.warning("webhooks wait for the database", reason=problem.message)
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:
                log.exception("deliveries could not be looked for", exc_info=error)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.poll_seconds if self._is_needed else None):
                await self._due.wait()
        self._due.clear()

    async def _claim(self) -> bool:
        """Begin to send what is due, as far as there is room; whether anything was."""
        if not self._is_needed:
            return False
        waiting = await deliveries.waiting(self._database)
        random.shuffle(waiting)
        wanted = self._sending.room(waiting, self._pace)
        if not wanted:
            return False
        until = time.monotonic() + self._lease_seconds
        failing = {webhook_id for _, webhook_id, is_failing in waiting if is_failing}
        claimed = await self._write(lambda work: deliveries.claim(work, wanted, self._lease_ms))
        for delivery in claimed:
            self._begin(delivery, until, is_failing=delivery.webhook_id in failing)
        return bool(claimed)

    def _begin(self, delivery: Delivery, until: float, *, is_failing: bool) -> None:
        self._sending.begin(delivery.webhook_id, is_failing=is_failing)
        task = asyncio.create_task(self._deliver(delivery, until), name=f"webhook {delivery.token}")
        self._tasks.add(task)

        def ended(task: "asyncio.Task[None]") -> None:
            self._tasks.discard(task)
            self._sending.end(delivery.webhook_id, is_failing=is_failing)
            self._due.set()

        task.add_done_callback(ended)

    async def _deliver(self, delivery: Delivery, until: float) -> None:
        told = log.bind(delivery=delivery.token, kind=delivery.kind, attempt=delivery.attempts + 1)
        try:
            attempted = await self._attempted(delivery, until)
            if attempted is not None:
                status = await self._settled(delivery, attempted, until)
                _tell(told, attempted, status)
        except Unavailable as problem:
            told.warning("a delivery waits for the database", reason=problem.message)
            with suppress(Problem):
                await self._write(lambda work: deliveries.release(work, delivery, RELEASED_MS))
        except Exception as error:
            told.error("a delivery failed by a bug", exc_info=error)

    async def _attempted(self, delivery: Delivery, until: float) -> Attempted | None:
        """Send it; None if it is another worker's by now."""
        body = delivery.body
        if body is None:
            began, started_at = time.monotonic(), self._clock()
            try:
                body = await body_of(self._executor, self._database, self._clock, delivery)
            except Unavailable:
                raise
            except Exception as error:
                return self._unreadable(delivery, error, started_at, began)
            until = time.monotonic() + self._lease_seconds
            if not await self._keep(delivery, body):
                return None
        if time.monotonic() > until - self._requests.timeout_seconds:
            # It could be claimed by another before this request has ended.
            return None
        return await self._requests.send(delivery, body.encode(), self._clock)

    def _unreadable(self, delivery: Delivery, error: Exception, started_at: datetime, began: float) -> Attempted:
        if isinstance(error, Problem | Rejected | Unsupported):
            why = f"The query cannot be answered: {error}"
        else:
            log.error("a payload could not be made", delivery=delivery.token, exc_info=error)
            why = "The payload could not be made."
        return Attempted(started_at, round((time.monotonic() - began) * 1000), error=why)

    async def _settled(self, delivery: Delivery, attempted: Attempted, until: float) -> Status | None:
        """Write what came of it; while the database does not answer, for as long as nobody else may send it."""
        while True:
            try:
                return await self._write(lambda work: deliveries.settle(work, delivery, attempted, self._pace.pauses))
            except Unavailable:
                if time.monotonic() + PAUSE_SECONDS > until:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)

    async def _keep(self, delivery: Delivery, body: str) -> bool:
        return await self._write(lambda work: deliveries.keep_body(work, delivery, body, self._lease_ms))

    async def _write(self, verb: Verb[T]) -> T:
        def unit(tx: object) -> Awaitable[T]:
            return verb(Work(tx, self._context))  # type: ignore[arg-type]

        return await self._database.write(unit)

    @property
    def _lease_seconds(self) -> float:
        return self._requests.timeout_seconds + self._pace.spare_seconds

    @property
    def _lease_ms(self) -> int:
        return int(self._lease_seconds * 1000)


def _tell(told: structlog.stdlib.BoundLogger, attempted: Attempted, status: Status | None) -> None:
    came = {"status": attempted.status, "error": attempted.error, "duration_ms": attempted.duration_ms}
    if status is None:
        told.warning("a delivery was sent that is another worker's by now", **came)
    elif status is Status.FAILED:
        told.warning("a delivery failed for good", **came)
    else:
        told.info("a delivery was sent" if status is Status.SUCCEEDED else "a delivery is tried again later", **came)

"""Clicks on tracking links: counted in memory, written in the background, each exactly once.

Counting one is an addition to a dictionary. What was gathered is written as one batch: at once after a quiet time,
then every quarter of a second while clicks come. A batch is one unit of work with few statements, whatever its size,
and has a key of its own: one that fails is sent again as it is, under the same key, so that it counts once even if its
commit had happened unseen (resolvers/idempotency.py); clicks that come meanwhile wait for the next batch. Campaigns are
locked in the order of their ids, so that processes never wait for each other in a circle.

A process that is killed takes with it what it has not written: less than a second of clicks, if the database answers.
"""

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Dialect, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from models.change import change
from models.database import Database
from models.problems import Problem, Unavailable
from models.tracking_campaign import tracking_campaign, tracking_day
from resolvers import background
from resolvers.context import Context, Work, utc_now
from resolvers.idempotency import RELEASE, Kept, digest_of
from resolvers.principals import Principal
from resolvers.reading.conditions import any_of
from resolvers.reading.values import stamp_of_time
from resolvers.slices import ROWS_MAX, Slice, rows_of

log = structlog.get_logger()

CLICKED = "tracking_campaign.clicked"
# Shortest time between two batches, and the pauses after failures.
EVERY_SECONDS = 0.25
PAUSE_SECONDS_MAX = 1.0
# How long a reader waits for what is still to be written.
SETTLE_SECONDS = 1.0
# How long a server that stops tries to write the last batch.
STOP_SECONDS = 5.0
# Nobody's token: visitors click.
VISITORS = Principal("visitors", "system", {}, frozenset())


class Clicked(NamedTuple):
    """A campaign whose link was followed, as the link's read found it.

    `created_at` tells it from a later campaign with the id of one that was deleted.
    """

    organizer_id: int
    campaign_id: int
    created_at: str


# Clicks by campaign and day (`2026-01-31`, UTC).
Counted = Mapping[tuple[Clicked, str], int]


@dataclass(frozen=True, slots=True)
class _Batch:
    key: str
    counted: Counted


class Clicks:
    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        *,
        every_seconds: float = EVERY_SECONDS,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._context = Context(database, VISITORS, clock)
        self._every_seconds, self._stop_seconds = every_seconds, stop_seconds
        self._gathered: Counter[tuple[Clicked, str]] = Counter()
        self._batches: deque[_Batch] = deque()
        # The key of the batch written last: its outcome is known, so the next batch takes it out of the table.
        self._settled: str | None = None
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()

    def count(self, clicked: Clicked, at: datetime) -> None:
        # Three times as fast as formatting; this is done for every click.
        self._gathered[clicked, at.date().isoformat()] += 1
        self._wake.set()

    @property
    def pending(self) -> int:
        """Clicks that are counted and not known to be written."""
        return self._gathered.total() + sum(sum(batch.counted.values()) for batch in self._batches)

    async def flush(self) -> None:
        """Write all that was counted before. If it raises, what is left is kept and written by a later flush."""
        if not (self._gathered or self._batches):
            return
        async with self._turn:
            # First what is left of a flush that failed: until it is written, all that comes gathers in one place.
            await self._send()
            self._gather()
            await self._send()

    async def settle(self) -> None:
        """For readers: what was counted is written, or the database takes too long and shows what it has."""
        if not (self._gathered or self._batches):
            return
        with suppress(TimeoutError, Problem):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self.flush()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Batches are written in the background; at the end the last one."""
        try:
            async with background.running(self._work(), "clicks"):
                yield
        finally:
            await self._finish()

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _send(self) -> None:
        while self._batches:
            batch = self._batches[0]
            await self._context.write(partial(_add, batch.counted, self._settled), _kept(batch))
            self._settled = self._batches.popleft().key

    def _gather(self) -> None:
        """Make batches of what was counted. Keys of one campaign stay beside each other."""
        counted, self._gathered = sorted(self._gathered.items()), Counter()
        for start in range(0, len(counted), ROWS_MAX):
            key = digest_of("clicks", secrets.token_hex(16))
            self._batches.append(_Batch(key, dict(counted[start : start + ROWS_MAX])))

    async def _work(self) -> None:
        pause = self._every_seconds
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.flush()
                pause = self._every_seconds
            except Exception as error:
                self._wake.set()
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
                if isinstance(error, Unavailable):
                    log.warning("clicks are waiting to be written", clicks=self.pending, reason=error.message)
                else:
                    log.exception("clicks could not be written", clicks=self.pending, exc_info=error)
            await asyncio.sleep(pause)

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(self._stop_seconds):
                while self._gathered or self._batches:
                    try:
                        await self.flush()
                    except Unavailable:
                        await asyncio.sleep(self._every_seconds)
        except TimeoutError:
            log.error("clicks are lost: the database did not answer", clicks=self.pending)
        except Exception as error:
            log.exception("clicks are lost", clicks=self.pending, exc_info=error)


# -- one batch ---------------------------------------------------------------------------------------------------------


def _kept(batch: _Batch) -> Kept[None]:
    """A batch is known by its key alone."""
    return Kept(batch.key, "", lambda outcome: None if isinstance(outcome, Problem) else "{}", lambda text: None)


async def _add(counted: Counted, settled: str | None, work: Work) -> None:
    """Add the clicks to their days and campaigns. Those of campaigns that are gone are gone with them.

    `settled` is the key of a batch whose outcome is known: nobody will ask for it again.
    """
    if settled is not None:
        await work.row(RELEASE, digest=settled)
    found = await work.rows(_lock(work.dialect), ids=sorted({clicked.campaign_id for clicked, _ in counted}))
    there = {Clicked(row[0], row[1], stamp_of_time(row[2]) or "") for row in found}
    days = [(clicked, day, clicks) for (clicked, day), clicks in counted.items() if clicked in there]
    totals: Counter[Clicked] = Counter()
    for clicked, _, clicks in days:
        totals[clicked] += clicks
    if not days:
        return
    await work.rows(_add_days(work.engine), rows=_text(DAYS, days))
    await work.rows(_add_totals(work.engine), rows=_text(TOTALS, totals.items()))
    told = [
        (each.organizer_id, CLICKED, each.campaign_id, None, work.now, {"clicks": clicks})
        for each, clicks in totals.items()
    ]
    await work.rows(_tell(work.engine), rows=CHANGES.text([dict(zip(CHANGES.names, row, strict=True)) for row in told]))


def _text(of: Slice, counted: Iterable[tuple[Any, ...]]) -> str:
    rows = [(clicked.organizer_id, clicked.campaign_id, *rest) for clicked, *rest in counted]
    return of.text([dict(zip(of.names, row, strict=True)) for row in rows])


DAYS = Slice(
    tracking_day,
    ("organizer_id", "tracking_campaign_id", "day", "clicks"),
    ("organizer_id", "tracking_campaign_id", "day"),
)
TOTALS = Slice(tracking_campaign, ("organizer_id", "id", "click_count"), ("organizer_id", "id"))
CHANGES = Slice(change, ("organizer_id", "kind", "noun_id", "token_id", "happened_at", "content"), ())


@cache
def _lock(dialect: Dialect) -> Executable:
    columns = tracking_campaign.c
    found = select(columns.organizer_id, columns.id, columns.created_at).where(any_of(columns.id, "ids", dialect))
    return found.order_by(columns.id).with_for_update(key_share=True)


@cache
def _add_days(engine: str) -> Executable:
    module: Any = postgresql if engine == "postgresql" else sqlite
    adding = module.insert(tracking_day).from_select(DAYS.names, rows_of(DAYS, engine))
    summed = tracking_day.c.clicks + adding.excluded.clicks
    executable: Executable = adding.on_conflict_do_update(index_elements=DAYS.unique, set_={"clicks": summed})
    return executable


@cache
def _add_totals(engine: str) -> Executable:
    organizer_id, campaign_id, clicks = rows_of(TOTALS, engine).subquery("added").c
    columns = tracking_campaign.c
    return (
        update(tracking_campaign)
        .where(columns.organizer_id == organizer_id, columns.id == campaign_id)
        .values(click_count=columns.click_count + clicks)
    )


@cache
def _tell(engine: str) -> Executable:
    return insert(change).from_select(CHANGES.names, rows_of(CHANGES, engine))

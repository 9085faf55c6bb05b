"""What happened, as it happens: one tailer per process reads the change table in order and wakes who listens.

Order. Changes are told in the order of their ids, each once, and only when none before it can still come. On SQLite one
writer commits at a time, so ids are committed in order. On PostgreSQL a transaction draws an id before it commits, and
one with a smaller id may commit later. So the tailer never passes a missing id until every transaction that was running
when it was first missed is over: by then it is there, or it was rolled back and never will be. A change record is the
last thing a verb writes, so whoever holds an id is already known to `pg_current_snapshot()`.

Nobody is written to: a reader asks the table for what follows the last id it knows, twenty times a second while anybody
listens and never otherwise. That works behind any pooler, on standbys and for every process alike.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Self, TypeAlias

import structlog
from sqlalchemy import BigInteger, Dialect, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.sql.base import Executable

from models.change import change
from models.database import Database, Statement, asked
from models.metadata import Id
from models.problems import Invalid, Problem, TooSlow
from resolvers import background

log = structlog.get_logger()

# Pauses between two looks: usually, and while an id is missing that may still come.
LOOK_SECONDS, LOOK_AGAIN_SECONDS = 0.05, 0.01
PAUSE_SECONDS = 1.0
# Longer than any transaction of ours lasts: after it an id that is missing is passed, whoever holds up the others.
GAP_SECONDS_MAX = 60.0
# Most changes of one look, and of one page of what is stored.
ROWS_MAX = 500
# Most changes that may wait for one who listens.
BUFFER_MAX = 10_000
# How far before the newest id one is looked for that is not committed yet.
UNSETTLED_MAX = 1000

# What is listened to: a kind of thing and its id.
Topic: TypeAlias = tuple[str, int]
EVERYTHING: Topic = ("everything", 0)
# What `…_id` of a change's content names, where it is not the noun's own name.
NOUNS = {"campaign": "voucher_campaign", "parent": "redemption", "rolls_back": "redemption"}


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the change table."""

    id: int
    organizer_id: int
    kind: str
    noun_id: int
    token_id: int | None
    happened_at: datetime
    content: Mapping[str, Any]

    @property
    def noun(self) -> str:
        return self.kind.partition(".")[0]


def of_organizer(organizer_id: int) -> Topic:
    return ("organizer", organizer_id)


def of_noun(noun: str, noun_id: int) -> Topic:
    """Changes of the thing, and changes whose content names it by `<noun>_id`."""
    return (f"noun {noun}", noun_id)


def topics_of(change: Change) -> set[Topic]:
    found = {EVERYTHING, of_organizer(change.organizer_id), of_noun(change.noun, change.noun_id)}
    for name, value in change.content.items():
        if name.endswith("_id") and isinstance(value, int):
            noun = name.removesuffix("_id")
            found.add(of_noun(NOUNS.get(noun, noun), value))
        elif name.endswith("_ids"):
            found.update(of_noun(name.removesuffix("_ids"), each) for each in value)
    return found


class Changes:
    """The tailer of one process. `position`: changes up to this id are known, and none of them can still come."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.position = 0
        self.is_over = False
        self._feeds: defaultdict[Topic, set[Feed]] = defaultdict(set)
        self._listening = 0
        self._wanted = asyncio.Event()
        # Set while the tailer is at work: `position` is of its last look.
        self._ready = asyncio.Event()
        self._gap: _Gap | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Changes are told beside the block; at its end every feed is over."""
        async with background.running(self._work(), "changes"):
            yield
        self.is_over = True
        for feed in [feed for listening in self._feeds.values() for feed in listening]:
            feed.end(None)

    def feed(self, topic: Topic, after: int | None = None, *, organizer_id: int | None = None) -> "Feed":
        """The topic's changes: with `after` those that followed this id and then the new ones, else the new ones.

        `organizer_id` is whose they are, where all are one's: what is stored is then found by it.
        """
        return Feed(self, topic, after, organizer_id)

    async def require(self, after: int) -> None:
        """Refuses with `Invalid` an id that no change has yet, e.g. of before a backup was restored: whoever went on
        from it would be told nothing, until so many others had happened."""
        if after > self.position:
            ((newest,),) = await asked(self.database, _newest(self.database.dialect))
            if after > newest:
                raise Invalid("Nothing of this cursor has happened: begin anew.", field="after", reason="cursor")

    # -- who listens ---------------------------------------------------------------------------------------------------

    async def join(self) -> None:
        """Return when the tailer is at work, which it is until as many have parted as have joined."""
        self._listening += 1
        self._wanted.set()
        try:
            await self._ready.wait()
        except asyncio.CancelledError:
            self.part()
            raise

    def part(self) -> None:
        self._listening -= 1
        if self._listening == 0:
            self._wanted.clear()

    def tell(self, feed: "Feed") -> None:
        """From here on the feed is told of what is new."""
        self._feeds[feed.topic].add(feed)

    def silence(self, feed: "Feed") -> None:
        listening = self._feeds.get(feed.topic, set())
        listening.discard(feed)
        if not listening:
            self._feeds.pop(feed.topic, None)

    # -- the tailer ----------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                await self._follow()
            except Problem as problem:
                log.warning("changes wait for the database", reason=problem.message)
                await self._pause()
            except Exception as error:
                log.exception("changes could not be told", exc_info=error)
                await self._pause()

    async def _pause(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        if not self._wanted.is_set():
            # Whoever listens next hears nothing of what happens until then.
            self._ready.clear()

    async def _follow(self) -> None:
        """Tell of changes for as long as anybody listens; after a failure of the database from where it was."""
        if not self._ready.is_set():
            await self._begin()
            self._ready.set()
        while self._wanted.is_set():
            rows = await self._rows()
            told = self._publish(rows)
            await asyncio.sleep(0 if told and len(rows) == ROWS_MAX else self._pause_seconds)
        self._ready.clear()

    async def _begin(self) -> None:
        """Stand at the newest change, when all that were under way before it are there. Nobody is told of them."""
        ((newest,),) = await asked(self.database, _newest(self.database.dialect))
        is_in_order = self.database.dialect.name == "sqlite"
        self.position, self._gap = newest if is_in_order else max(newest - UNSETTLED_MAX, 0), None
        while self.position < newest:
            if not self._publish(await self._rows()):
                await asyncio.sleep(self._pause_seconds)

    @property
    def _pause_seconds(self) -> float:
        return LOOK_SECONDS if self._gap is None else LOOK_AGAIN_SECONDS

    async def _rows(self) -> Sequence[Sequence[Any]]:
        statement = _following(self.database.dialect)
        return await asked(self.database, statement, after=self.position, rows_max=ROWS_MAX)

    def _publish(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Tell of the changes up to the first that may have one before it still to come; whether there were any."""
        start = self.position
        for row in rows:
            *_, oldest, next_ = row
            if row[0] > self.position + 1 and not self._is_dead(self.position + 1, oldest, next_, rows[-1][0]):
                break
            self.position = row[0]
            self._deliver(Change(*row[:-2]))
        if self._gap is not None and self.position >= self._gap.until:
            self._gap = None
        return self.position > start

    def _is_dead(self, missing: int, oldest: int | None, next_: int | None, newest: int) -> bool:
        """Whether an id that is missing can no longer come: on SQLite, which tells of no transactions, none can.

        `oldest` is the oldest transaction that is not over, `next_` the first that has not begun, `newest` an id that
        was drawn already, and so were all before it.
        """
        if oldest is None or next_ is None:
            return True
        if self._gap is None or missing > self._gap.until:
            self._gap = _Gap(newest, next_, time.monotonic())
            return False
        if time.monotonic() - self._gap.since > GAP_SECONDS_MAX:
            log.warning("an old transaction is still open; changes are told without it", missing=missing)
            return True
        return oldest >= self._gap.transaction

    def _deliver(self, told: Change) -> None:
        for topic in topics_of(told):
            for feed in tuple(self._feeds.get(topic, ())):
                feed.put(told)


class _Gap(NamedTuple):
    """Ids up to `until` that were missing at a moment: transactions before `transaction` may still bring them."""

    until: int
    transaction: int
    since: float


class Feed:
    """One who listens: an async context manager, and within it an async iterator of changes, in order, none twice.

    Raises `TooSlow` when more than `BUFFER_MAX` wait for it. It ends when the server stops.
    """

    __slots__ = ("_after", "_changes", "_end", "_live", "_organizer_id", "_stored", "_waiting", "_woken", "topic")

    def __init__(self, changes: Changes, topic: Topic, after: int | None, organizer_id: int | None) -> None:
        self.topic = topic
        self._changes, self._after, self._organizer_id = changes, after, organizer_id
        self._live = False
        self._stored: deque[Change] = deque()
        self._waiting: deque[Change] = deque()
        self._woken = asyncio.Event()
        self._end: Problem | StopAsyncIteration | None = None

    async def __aenter__(self) -> Self:
        await self._changes.join()
        if self._after is None:
            self._go_live()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._changes.silence(self)
        self._changes.part()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change:
        while not self._live:
            if self._stored:
                return self._stored.popleft()
            await self._catch_up()
        while not self._waiting:
            if self._end is not None:
                raise self._end
            self._woken.clear()
            await self._woken.wait()
        return self._waiting.popleft()

    def put(self, told: Change) -> None:
        """Told by the tailer. One that another process told of already is not told again."""
        if self._after is not None and told.id <= self._after:
            return
        if len(self._waiting) >= BUFFER_MAX:
            self._waiting.clear()
            self.end(TooSlow("Too many changes are waiting to be read: read faster, or subscribe to less."))
            return
        self._waiting.append(told)
        self._woken.set()

    def end(self, why: Problem | None) -> None:
        """No more is told; what was told before is still read."""
        if self._end is None:
            self._end = why or StopAsyncIteration()
            self._woken.set()
            self._changes.silence(self)

    def _go_live(self) -> None:
        self._live = True
        self._changes.tell(self)
        if self._changes.is_over:
            self.end(None)

    async def _catch_up(self) -> None:
        """The next page of what is stored; at its end, and in the same turn of the loop, the feed goes live."""
        assert self._after is not None
        until = self._changes.position
        if self._after >= until:
            self._go_live()
            return
        database = self._changes.database
        statement = _stored(database.dialect, self._organizer_id is not None)
        asking = {"after": self._after, "until": until, "rows_max": ROWS_MAX, "organizer_id": self._organizer_id}
        rows = await asked(database, statement, **asking)
        self._after = rows[-1][0] if len(rows) == ROWS_MAX else until
        self._stored.extend(found for row in rows if self.topic in topics_of(found := Change(*row)))


# -- statements --------------------------------------------------------------------------------------------------------

_COLUMNS = tuple(change.c[name] for name in Change.__slots__)


@cache
def _newest(dialect: Dialect) -> Statement:
    return Statement(select(func.coalesce(func.max(change.c.id), literal_column("0"))), dialect)


@cache
def _following(dialect: Dialect) -> Statement:
    """What follows an id; with each row, which transactions were under way when it was read."""
    found = select(*_COLUMNS)
    if dialect.name == "postgresql":
        snapshot = func.pg_current_snapshot().column_valued("snapshot")
        found = found.add_columns(*[_number(of(snapshot)) for of in (func.pg_snapshot_xmin, func.pg_snapshot_xmax)])
    else:
        found = found.add_columns(literal_column("NULL"), literal_column("NULL"))
    return Statement(_page(found), dialect)


def _number(transaction: Any) -> Any:
    return cast(cast(transaction, Text), BigInteger)


@cache
def _stored(dialect: Dialect, of_one: bool) -> Statement:
    found: Any = select(*_COLUMNS).where(change.c.id <= bindparam("until", type_=Id))
    if of_one:
        found = found.where(change.c.organizer_id == bindparam("organizer_id", type_=Id))
    return Statement(_page(found), dialect)


def _page(found: Any) -> Executable:
    after, rows_max = bindparam("after", type_=Id), bindparam("rows_max", type_=Id)
    executable: Executable = found.where(change.c.id > after).order_by(change.c.id).limit(rows_max)
    return executable

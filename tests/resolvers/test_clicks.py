"""Clicks are written in the background, few statements at a time, and each exactly once."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from sqlalchemy import select

from models.database import Database, Tx
from models.idempotency_key import idempotency_key
from models.problems import Unavailable
from models.tracking_campaign import tracking_campaign, tracking_day
from resolvers.clicks import Clicked, Clicks
from resolvers.slices import ROWS_MAX
from tests.doors import beside
from tests.survival.test_locked import locked
from tests.tracking import campaign, click, clicks, counts, delete, told
from tests.world import World, opened

TIMEOUT_SECONDS = 0.5
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def clicked(world: World, campaign_id: int) -> Clicked:
    columns = tracking_campaign.c
    asked = select(columns.organizer_id, columns.created_at).where(columns.id == campaign_id)
    ((organizer_id, created_at),) = await world.database.write(lambda tx: tx.rows(asked))
    return Clicked(organizer_id, campaign_id, created_at.isoformat().replace("+00:00", "Z"))


async def test_clicks_are_written_by_themselves(world: World) -> None:
    await campaign(world, "A")
    for _ in range(3):
        await click(world, "A")
    async with asyncio.timeout(3):
        while (await counts(world.database))["A"][0] < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert sum(each["clicks"] for each in await told(world, "tracking_campaign.clicked")) == 3
    assert world.app.clicks.pending == 0


async def test_clicks_are_kept_by_campaign_and_utc_day(world: World) -> None:
    first, second = await clicked(world, await campaign(world, "A")), await clicked(world, await campaign(world, "B"))
    counting = Clicks(world.database, world.clock)
    for hour, each in ((23, first), (23, first), (0, first), (0, second)):
        counting.count(each, NOON.replace(hour=hour, day=1 if hour == 23 else 2))
    await counting.flush()
    days = select(tracking_day.c.tracking_campaign_id, tracking_day.c.day, tracking_day.c.clicks)
    rows = await world.database.write(lambda tx: tx.rows(days.order_by(tracking_day.c.id)))
    assert [tuple(row) for row in rows] == [
        (first.campaign_id, "2026-05-01", 2),
        (first.campaign_id, "2026-05-02", 1),
        (second.campaign_id, "2026-05-02", 1),
    ]
    assert await counts(world.database) == {"A": (3, 0), "B": (1, 0)}


async def test_a_batch_takes_few_statements_whatever_its_size(world: World) -> None:
    found = [await clicked(world, await campaign(world, f"C{number}")) for number in range(20)]
    per_batch = []
    for size in (1, 20):
        counted = Counting(world.database)
        counting = Clicks(cast(Database, counted), world.clock)
        for each in found[:size]:
            for _ in range(50):
                counting.count(each, NOON)
        await counting.flush()
        per_batch.append(counted.statements)
    assert per_batch[0] == per_batch[1] <= 6


class Counting:
    """The database, and how many statements its units ran."""

    def __init__(self, database: Database) -> None:
        self._database, self.statements = database, 0

    async def write(self, unit: Callable[[Any], Any]) -> Any:
        async def counted(tx: Tx) -> Any:
            return await unit(_Counted(tx, self))

        return await self._database.write(counted)


class _Counted:
    def __init__(self, tx: Tx, counting: Counting) -> None:
        self._tx, self._counting = tx, counting
        self.dialect = tx.dialect

    async def rows(self, *args: Any, **parameters: Any) -> Any:
        self._counting.statements += 1
        return await self._tx.rows(*args, **parameters)

    async def row(self, *args: Any, **parameters: Any) -> Any:
        self._counting.statements += 1
        return await self._tx.row(*args, **parameters)

    async def attempt(self, unit: Callable[[Any], Any]) -> Any:
        return await self._tx.attempt(lambda _: unit(self))


async def test_many_campaigns_are_several_batches(world: World) -> None:
    one = await clicked(world, await campaign(world, "A"))
    counting = Clicks(world.database, world.clock)
    for number in range(ROWS_MAX + 1):
        counting.count(Clicked(one.organizer_id, 10_000 + number, one.created_at), NOON)
    counting.count(one, NOON)
    await counting.flush()
    assert counting.pending == 0
    assert await clicks(world, "A") == 1


async def test_clicks_of_a_deleted_campaign_are_gone_with_it(world: World) -> None:
    gone, kept = await campaign(world, "GONE"), await campaign(world, "KEPT")
    old = await clicked(world, gone)
    await delete(world, gone)
    counting = Clicks(world.database, world.clock)
    counting.count(old, NOON)
    counting.count(await clicked(world, kept), NOON)
    # Whoever has its id now (SQLite gives ids out again) is another campaign.
    counting.count(Clicked(old.organizer_id, kept, "2020-01-01T00:00:00Z"), NOON)
    await counting.flush()
    assert await counts(world.database) == {"KEPT": (1, 0)}


async def test_a_flush_that_fails_is_sent_again_and_counts_once(database_url: str) -> None:
    async with opened(database_url, write_timeout_seconds=TIMEOUT_SECONDS) as world:
        one = await clicked(world, await campaign(world, "A"))
        counting = Clicks(world.database, world.clock)
        counting.count(one, NOON)
        async with locked(database_url, table="tracking_campaign"):
            for expected in (1, 2):
                with pytest.raises(Unavailable):
                    await counting.flush()
                assert counting.pending == expected
                # Comes meanwhile, and waits for the next batch.
                counting.count(one, NOON)
        await counting.flush()
        assert counting.pending == 0
        assert await clicks(world, "A") == 3
        assert [each["clicks"] for each in await told(world, "tracking_campaign.clicked")] == [1, 2]


async def test_a_commit_that_was_not_seen_counts_once(world: World) -> None:
    """The caller gives up while the unit waits its turn; it is committed all the same, and sent again."""
    one = await clicked(world, await campaign(world, "A"))
    counting = Clicks(world.database, world.clock)
    for _ in range(5):
        counting.count(one, NOON)
        flushing = asyncio.create_task(counting.flush())
        await asyncio.sleep(0)
        flushing.cancel()
        await asyncio.gather(flushing, return_exceptions=True)
    assert counting.pending == 5
    await counting.flush()
    assert await clicks(world, "A") == 5


async def test_keys_of_batches_do_not_pile_up(world: World) -> None:
    one = await clicked(world, await campaign(world, "A"))
    counting = Clicks(world.database, world.clock)
    for _ in range(5):
        counting.count(one, NOON)
        await counting.flush()
    rows = await world.database.write(lambda tx: tx.rows(select(idempotency_key.c.digest)))
    assert len(rows) == 1


async def test_clicks_come_in_the_background_again_after_a_lock(database_url: str) -> None:
    async with opened(database_url, write_timeout_seconds=TIMEOUT_SECONDS) as world:
        await campaign(world, "A")
        await click(world, "A")
        await world.app.clicks.flush()
        async with locked(database_url, table="tracking_campaign"):
            await click(world, "A")
            await asyncio.sleep(2 * TIMEOUT_SECONDS)
            # Readers are shown what is stored; they do not wait for a writer for long.
            async with asyncio.timeout(3):
                shown = await world.pretix("GET", "events/conf/campaigns/")
            assert [each["click_count"] for each in shown.json()["results"]] == [1]
        async with asyncio.timeout(5):
            while (await counts(world.database))["A"][0] < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_stopping_writes_what_was_counted(database_url: str) -> None:
    async with opened(database_url) as world:
        await campaign(world, "A")
        for _ in range(20):
            await click(world, "A")
    async with opened_again(database_url, world) as again:
        assert (await counts(again.database))["A"][0] == 20


def opened_again(url: str, world: World) -> Any:
    return beside(world, url)


async def test_two_processes_on_one_database_count_exactly(world: World, database_url: str) -> None:
    for code in ("A", "B", "C"):
        await campaign(world, code)
    async with beside(world, database_url) as other:
        for number in range(60):
            await click((world, other)[number % 2], "ABC"[number % 3])
            if number % 7 == 0:
                await asyncio.gather(world.app.clicks.flush(), other.app.clicks.flush())
        await asyncio.gather(world.app.clicks.flush(), other.app.clicks.flush())
    assert await counts(world.database) == {"A": (20, 0), "B": (20, 0), "C": (20, 0)}

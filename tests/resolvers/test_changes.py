"""The tailer: every commit of every process, in order, none twice, none left out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import asyncpg
import pytest
from sqlalchemy import make_url, text

from models.database import Database
from models.problems import TooSlow
from resolvers import changes
from resolvers.changes import EVERYTHING, Change, Changes, Feed, of_noun, of_organizer
from resolvers.context import Context, Work
from resolvers.principals import system
from tests.resolvers.house import House
from tests.vouchers import an_organizer

postgresql_only = pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
sqlite_only = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@asynccontextmanager
async def tailing(database: Database) -> AsyncIterator[Changes]:
    tailer = Changes(database)
    async with tailer.running():
        yield tailer


async def record(database: Database, organizer_id: int, *numbers: int, kind: str = "customer.created") -> None:
    """One transaction that records a change of each of these nouns."""

    async def verb(work: Work) -> None:
        for number in numbers:
            await work.record(kind, organizer_id, number, {})

    await Context(database, system({"acme": organizer_id})).write(verb)


async def told(feed: Feed, count: int) -> list[int]:
    """The nouns of the next changes."""
    return [found.noun_id for found in await read(feed, count)]


async def read(feed: Feed, count: int) -> list[Change]:
    async with asyncio.timeout(10):
        return [await anext(feed) for _ in range(count)]


async def test_changes_of_every_process_are_told_in_order_and_once(house: House, beside: House) -> None:
    writers, each = 4, 25

    async def write(writer: int) -> None:
        database = (house if writer % 2 else beside).database
        for number in range(each):
            await record(database, house.organizer_id, writer * 1000 + number)

    async with (
        tailing(house.database) as one,
        tailing(beside.database) as other,
        one.feed(EVERYTHING) as here,
        other.feed(of_organizer(house.organizer_id)) as there,
    ):
        await asyncio.gather(*map(write, range(writers)))
        found = [await read(feed, writers * each) for feed in (here, there)]
    assert found[0] == found[1]
    assert [change.id for change in found[0]] == sorted({change.id for change in found[0]})
    assert {change.noun_id for change in found[0]} == {w * 1000 + n for w in range(writers) for n in range(each)}


async def test_a_change_is_told_within_250_ms_of_its_commit(house: House, beside: House) -> None:
    async with tailing(house.database) as tailer, tailer.feed(EVERYTHING) as feed:
        spent = []
        for number in range(5):
            await record(beside.database, house.organizer_id, number)
            began = asyncio.get_running_loop().time()
            await told(feed, 1)
            spent.append(asyncio.get_running_loop().time() - began)
    assert sorted(spent)[2] < 0.25


async def test_what_happened_before_one_listens_is_not_told(house: House) -> None:
    await record(house.database, house.organizer_id, 1, 2, 3)
    async with tailing(house.database) as tailer, tailer.feed(EVERYTHING) as feed:
        await record(house.database, house.organizer_id, 4)
        assert await told(feed, 1) == [4]


async def test_one_goes_on_where_one_was_and_misses_nothing_meanwhile(house: House) -> None:
    async with tailing(house.database) as tailer:
        async with tailer.feed(EVERYTHING) as feed:
            await record(house.database, house.organizer_id, *range(10))
            *_, last = await read(feed, 4)
        await record(house.database, house.organizer_id, *range(10, 1510))
        writing = asyncio.create_task(record(house.database, house.organizer_id, 2000))
        async with tailer.feed(of_organizer(house.organizer_id), last.id, organizer_id=house.organizer_id) as feed:
            assert await told(feed, 1507) == [*range(4, 1510), 2000]
        await writing


async def test_one_who_was_told_by_a_process_that_is_ahead_is_not_told_again(house: House) -> None:
    async with tailing(house.database) as tailer, tailer.feed(EVERYTHING) as feed:
        await record(house.database, house.organizer_id, 1)
        (first,) = await read(feed, 1)
        # The tailer has just looked: it is behind for as long as it pauses.
        await record(house.database, house.organizer_id, 2)
        assert tailer.position == first.id
        async with tailer.feed(EVERYTHING, first.id + 1) as ahead:
            waiting = asyncio.create_task(told(ahead, 1))
            assert await told(feed, 1) == [2]
            await record(house.database, house.organizer_id, 3)
            assert await waiting == [3]


async def test_one_hears_of_what_one_listens_to_and_nothing_else(house: House) -> None:
    other = await Context(house.database, system({})).write(partial(an_organizer, slug="other"))

    async def verb(work: Work) -> None:
        await work.record("redemption.succeeded", house.organizer_id, 1, {"campaign_id": 7})
        await work.record("redemption.succeeded", house.organizer_id, 2, {"campaign_id": 8})
        await work.record("voucher_campaign.enabled", house.organizer_id, 7, {})
        await work.record("customer.created", other, 7, {})
        await work.record("voucher_campaign.enabled", house.organizer_id, 9, {})

    async with tailing(house.database) as tailer, AsyncExitStack() as stack:
        campaign, foreign = of_noun("voucher_campaign", 7), of_organizer(other)
        live = [await stack.enter_async_context(tailer.feed(topic)) for topic in (campaign, foreign)]
        stored = [await stack.enter_async_context(tailer.feed(topic, 0)) for topic in (campaign, foreign)]
        await Context(house.database, system({})).write(verb)
        for mine, theirs in (live, stored):
            assert [(each.kind, each.noun_id) for each in await read(mine, 2)] == [
                ("redemption.succeeded", 1),
                ("voucher_campaign.enabled", 7),
            ]
            assert [each.organizer_id for each in await read(theirs, 1)] == [other]
            for feed in (mine, theirs):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(feed), 0.15)


async def test_a_slow_reader_is_dropped_and_slows_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BUFFER_MAX", 10)
    async with tailing(house.database) as tailer, tailer.feed(EVERYTHING) as slow, tailer.feed(EVERYTHING) as quick:
        for start in range(0, 30, 5):
            await record(house.database, house.organizer_id, *range(start, start + 5))
            assert await told(quick, 5) == [*range(start, start + 5)]
        with pytest.raises(TooSlow):
            await read(slow, 1)


async def test_nothing_is_looked_for_while_nobody_listens(house: House) -> None:
    async with tailing(house.database) as tailer:
        async with tailer.feed(EVERYTHING):
            pass
        await asyncio.sleep(0.15)
        await record(house.database, house.organizer_id, 1)
        stood_at = tailer.position
        await asyncio.sleep(0.15)
        assert tailer.position == stood_at
        async with tailer.feed(EVERYTHING) as feed:
            await record(house.database, house.organizer_id, 2)
            assert await told(feed, 1) == [2]


async def test_a_failure_is_outlived_and_what_happened_while_nobody_listened_is_not_told_after_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAUSE_SECONDS", 0.1)

    async def renamed(old: str, new: str) -> None:
        await house.database.write(lambda tx: tx.rows(text(f"ALTER TABLE {old} RENAME TO {new}")))

    async with tailing(house.database) as tailer:
        async with tailer.feed(EVERYTHING) as feed:
            await renamed("change", "gone")
            await asyncio.sleep(0.2)
            await renamed("gone", "change")
            await record(house.database, house.organizer_id, 1)
            assert await told(feed, 1) == [1]
            await renamed("change", "gone")
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.15)
        await renamed("gone", "change")
        await record(house.database, house.organizer_id, 2)
        async with tailer.feed(EVERYTHING) as feed:
            await record(house.database, house.organizer_id, 3)
            assert await told(feed, 1) == [3]


async def test_a_feed_ends_with_its_server(house: House) -> None:
    async with AsyncExitStack() as listening:
        async with tailing(house.database) as tailer:
            feed = await listening.enter_async_context(tailer.feed(EVERYTHING))
        assert [each async for each in feed] == []


# -- PostgreSQL: ids are drawn in one order and committed in another ---------------------------------------------------


@asynccontextmanager
async def drawing(house: House, url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A transaction of another process that has drawn the next id and is not over."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        await connection.execute("BEGIN")
        await connection.execute(
            "INSERT INTO change (organizer_id, kind, noun_id, happened_at, content)"
            " VALUES ($1, 'customer.created', 77, now(), '{}')",
            house.organizer_id,
        )
        yield connection
    finally:
        with suppress(asyncpg.PostgresError):
            await connection.execute("ROLLBACK")
        await connection.close()


@postgresql_only
async def test_a_change_that_is_committed_late_is_told_first(house: House, database_url: str) -> None:
    async with (
        tailing(house.database) as tailer,
        tailer.feed(EVERYTHING) as feed,
        drawing(house, database_url) as late,
    ):
        await record(house.database, house.organizer_id, 1, 2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(feed), 0.3)
        await late.execute("COMMIT")
        assert await told(feed, 3) == [77, 1, 2]


@postgresql_only
async def test_an_id_whose_transaction_was_rolled_back_is_passed(house: House, database_url: str) -> None:
    async with (
        tailing(house.database) as tailer,
        tailer.feed(EVERYTHING) as feed,
        drawing(house, database_url) as late,
    ):
        await record(house.database, house.organizer_id, 1, 2)
        await late.execute("ROLLBACK")
        assert await told(feed, 2) == [1, 2]


@postgresql_only
async def test_one_who_begins_while_a_change_is_on_its_way_is_told_of_it_or_finds_it(
    house: House, database_url: str
) -> None:
    await record(house.database, house.organizer_id, 1)
    async with tailing(house.database) as tailer, drawing(house, database_url) as late:
        await record(house.database, house.organizer_id, 2)
        # Until it is known what becomes of the change on its way, nobody begins to listen.
        beginning = asyncio.create_task(tailer.join())
        await asyncio.sleep(0.2)
        assert not beginning.done()
        await late.execute("COMMIT")
        await asyncio.wait_for(beginning, 5)
        async with tailer.feed(EVERYTHING, 0) as feed:
            assert sorted(await told(feed, 3)) == [1, 2, 77]
        tailer.part()

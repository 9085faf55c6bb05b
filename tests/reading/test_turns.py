"""Reads that wait for a connection of PostgreSQL: each gets its turn, or is told that it does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from models.database import Connect, Plan, Query, open_database
from models.database.postgresql import PostgresqlDatabase
from models.problems import Unavailable


def sleeping(seconds: float) -> Plan[float]:
    yield Query(f"SELECT pg_sleep({seconds})", ())
    return seconds


@asynccontextmanager
async def one_connection(url: str, timeout_seconds: float = 5.0) -> AsyncIterator[PostgresqlDatabase]:
    database = open_database(Connect(url, connections_max=1, read_timeout_seconds=timeout_seconds))
    assert isinstance(database, PostgresqlDatabase)
    await database.start()
    try:
        yield database
    finally:
        await database.close()


async def test_more_reads_than_connections_are_all_answered(postgresql_url: str) -> None:
    async with one_connection(postgresql_url) as database:
        reads = [database.read(lambda n=n: sleeping(n / 1000)) for n in range(20)]  # type: ignore[misc]
        assert await asyncio.gather(*reads) == [n / 1000 for n in range(20)]


async def test_a_read_that_waits_too_long_is_refused(postgresql_url: str) -> None:
    async with one_connection(postgresql_url, 1.0) as database:
        long = asyncio.create_task(database.read(lambda: sleeping(0.6)))
        later = [asyncio.create_task(database.read(lambda: sleeping(0.6))) for _ in range(2)]
        assert await long == 0.6
        with pytest.raises(Unavailable, match="waiting"):
            await later[1]
        assert await later[0] == 0.6
        assert await database.read(lambda: sleeping(0)) == 0


async def test_reads_that_are_cancelled_leave_their_turn_to_others(postgresql_url: str) -> None:
    async with one_connection(postgresql_url) as database:
        long = asyncio.create_task(database.read(lambda: sleeping(0.1)))
        waiting = [asyncio.create_task(database.read(lambda: sleeping(0))) for _ in range(4)]
        await asyncio.sleep(0.02)
        waiting[0].cancel()
        await long
        # Its turn has come, and it has not yet gone on.
        waiting[1].cancel()
        long.cancel()
        assert await asyncio.wait_for(waiting[3], 5) == 0
        assert await asyncio.wait_for(database.read(lambda: sleeping(0)), 5) == 0
        assert [each.cancelled() for each in waiting[:2]] == [True, True]


async def test_a_cancelled_read_costs_no_connection(postgresql_url: str) -> None:
    async with one_connection(postgresql_url) as database:
        running = asyncio.create_task(database.read(lambda: sleeping(5)))
        await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await asyncio.wait_for(database.read(lambda: sleeping(0)), 5) == 0

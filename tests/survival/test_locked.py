"""A database that cannot answer: a clear refusal within the deadline, nothing written then or later, and work goes on
as soon as it can."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx2
import psutil
import pytest
from sqlalchemy import insert, make_url

from models.database import Tx
from models.database.sqlite import SqliteDatabase
from models.organizer import organizer
from models.problems import InsufficientFunds, Unavailable
from resolvers import gift_cards, ledger
from resolvers.balances import Booked
from resolvers.context import Work
from tests.doors import DOORS, Door, Refused, refused
from tests.postgresql import PostgreSQL
from tests.servers import printed, run
from tests.world import START, World, opened

T = TypeVar("T")

TIMEOUT_SECONDS = 0.8
# What a slow machine may add to a deadline.
SLACK_SECONDS = 3.0

on_sqlite = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with opened(database_url, write_timeout_seconds=TIMEOUT_SECONDS, read_timeout_seconds=TIMEOUT_SECONDS) as it:
        yield it


@asynccontextmanager
async def locked(url: str, table: str = "gift_card") -> AsyncIterator[None]:
    """Another program writes, and takes its time."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
    else:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()


def assert_says_unavailable(door: Door, response: httpx2.Response) -> None:
    """In the door's own shape, with no word of what went wrong inside."""
    assert response.status_code == 503
    assert 1 <= int(response.headers["retry-after"]) <= 60
    answer = response.json()
    if door.name == "graphql":
        assert set(answer) == {"errors"}
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE"
        assert "database" in error["message"]
    else:
        assert set(answer) == {"detail"}
        assert "database" in answer["detail"]
    for word in ("Traceback", "sqlite3", "asyncpg", "127.0.0.1"):
        assert word not in response.text


async def assert_unavailable(door: Door, act: Awaitable[object], seconds: float = TIMEOUT_SECONDS) -> None:
    began = time.monotonic()
    with refused("unavailable") as refusal:
        await act
    assert time.monotonic() - began < seconds + SLACK_SECONDS
    assert_says_unavailable(door, refusal.value.response)


async def eventually(act: Callable[[], Awaitable[T]]) -> T:
    """What it comes to as soon as the database answers again."""
    deadline = time.monotonic() + SLACK_SECONDS
    while True:
        try:
            return await act()
        except Refused as refusal:
            if refusal.code != "unavailable" or time.monotonic() > deadline:
                raise


# -- locked ------------------------------------------------------------------------------------------------------------


async def test_locked_database_is_waited_for(door: Door, database_url: str) -> None:
    card = await door.issue("10.00")
    async with locked(database_url):
        booking = asyncio.create_task(door.transact(card, "-1.00"))
        await asyncio.sleep(TIMEOUT_SECONDS / 4)
        assert not booking.done()
    assert (await booking).balance == "9.00"


async def test_locked_database_refuses_in_time_and_for_good(door: Door, database_url: str) -> None:
    card = await door.issue("10.00")
    async with locked(database_url):
        bookings = [door.transact(card, "-1.00", key=f"k{number}") for number in range(10)]
        acts: list[Awaitable[object]] = [*bookings, door.issue("1.00", secret="LATER"), door.set_balance(card, "5.00")]
        await asyncio.gather(*(assert_unavailable(door, act) for act in acts))
        # Who only reads is not concerned.
        assert await door.balance(card) == "10.00"
    await asyncio.sleep(TIMEOUT_SECONDS / 2)
    assert await ledger.counts(door.world.database) == (1, 1)
    assert (await eventually(lambda: door.transact(card, "-1.00", key="k0"))).balance == "9.00"
    await door.issue("1.00", secret="LATER")


# -- out of reach ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """A PostgreSQL that tests may stop, and whose commits outlive that."""
    with PostgreSQL.started(durable=True) as started:
        yield started


async def test_unreachable_postgresql_is_unavailable_until_it_is_back(server: PostgreSQL, tmp_path: Path) -> None:
    url = server.create("reached")
    assert await run(url, "migrate", log=tmp_path / "log") == 0
    async with opened(url, write_timeout_seconds=TIMEOUT_SECONDS, read_timeout_seconds=TIMEOUT_SECONDS) as world:
        doors = [kind(world) for kind in DOORS.values()]
        card = await world.card(1000)
        for door in doors:
            await door.balance(card)
        server.stop(crash=True)
        try:
            for door in doors:
                await assert_unavailable(door, door.balance(card))
                await assert_unavailable(door, door.transact(card, "-1.00"))
            assert (await world.client.get("/healthz")).status_code == 200
            assert (await world.client.get("/readyz")).status_code == 503
        finally:
            server.start()
        for door in doors:
            assert await eventually(partial(door.balance, card)) == "10.00"
            await eventually(partial(door.transact, card, "0.00"))
        assert await doors[0].amounts(card) == ["10.00", "0.00", "0.00"]
        assert (await world.client.get("/readyz")).status_code == 200


@contextmanager
def hung(server: PostgreSQL) -> Iterator[None]:
    """It takes connections and says nothing, like a machine that went away without a word."""
    assert server.process is not None
    postmaster = psutil.Process(server.process.pid)
    postmaster.suspend()  # first, so that there are no new ones
    processes = [postmaster, *postmaster.children()]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


async def test_hung_postgresql_is_unavailable_in_time(server: PostgreSQL, tmp_path: Path) -> None:
    url = server.create("hung")
    assert await run(url, "migrate", log=tmp_path / "log") == 0
    timeouts = {"write_timeout_seconds": TIMEOUT_SECONDS, "read_timeout_seconds": TIMEOUT_SECONDS}
    async with opened(url, **timeouts, token_cache_seconds=60, connections_max=2) as world:
        doors = [kind(world) for kind in DOORS.values()]
        card = await world.card(1000)
        for door in doors:
            await door.balance(card)
        with hung(server):
            # Eight wait for two connections; writing has one of its own.
            acts = [assert_unavailable(door, door.balance(card), 3 * TIMEOUT_SECONDS) for door in doors * 4]
            acts += [assert_unavailable(door, door.transact(card, "-1.00"), 3 * TIMEOUT_SECONDS) for door in doors]
            async with asyncio.timeout(30):
                await asyncio.gather(*acts)
        for door in doors:
            await eventually(partial(door.transact, card, "0.00"))
        assert await ledger.differences(world.database) == []


async def test_serving_without_a_database_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for url, says in (
        ("postgresql+asyncpg://foyer@127.0.0.1:1/foyer", "The database cannot be reached"),
        (f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/foyer.sqlite3", "The database"),
    ):
        log.unlink(missing_ok=True)
        assert await run(url, "serve", "--port", "0", log=log) not in (0, None)
        assert says in printed(log)
        assert "Traceback" not in printed(log)
        assert len(printed(log).splitlines()) == 1, printed(log)


# -- groups ------------------------------------------------------------------------------------------------------------


async def together(world: World, *units: Callable[[Tx], Awaitable[Any]]) -> list[Any]:
    """What units of work come to that wait together, so that they are one group."""
    gate = threading.Event()

    async def hold(tx: Tx) -> None:
        if tx.dialect.name == "sqlite":
            gate.wait(SLACK_SECONDS)
        else:
            await asyncio.to_thread(gate.wait, SLACK_SECONDS)

    held = asyncio.create_task(world.database.write(hold))
    await asyncio.sleep(0.05)
    waiting = [asyncio.create_task(world.database.write(unit)) for unit in units]
    await asyncio.sleep(0.05)
    gate.set()
    await held
    return await asyncio.gather(*waiting, return_exceptions=True)


def booking(world: World, card: int, amount: int, **options: Any) -> Callable[[Tx], Awaitable[Booked]]:
    context = world.context()

    async def unit(tx: Tx) -> Booked:
        return await gift_cards.transact(Work(tx, context), world.organizers["acme"], card, amount, **options)

    return unit


async def test_a_unit_that_fails_leaves_its_group_alone(world: World) -> None:
    """A bug of ours in one request is not the others' misfortune."""
    card, other = await world.card(1000), await world.card(1000)

    async def broken(tx: Tx) -> None:
        await booking(world, card, -300)(tx)
        raise ZeroDivisionError("a bug")

    async def broken_in_sql(tx: Tx) -> None:
        await booking(world, other, -300)(tx)
        await tx.rows(insert(organizer).values(slug="acme", name="Twice", created_at=START))

    book = partial(booking, world)
    outcomes = await together(world, book(card, -1), broken, book(other, -2), broken_in_sql, book(card, -4))
    assert [getattr(outcome, "balance", None) for outcome in outcomes] == [999, None, 998, None, 995]
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert isinstance(outcomes[3], Exception)
    assert not isinstance(outcomes[3], Unavailable)
    assert [(await world.transact(each, 0)).balance for each in (card, other)] == [995, 998]
    assert await ledger.differences(world.database) == []


async def test_a_refusal_leaves_its_group_alone(world: World) -> None:
    card = await world.card(1000)

    async def refused_late(tx: Tx) -> None:
        await booking(world, card, -900)(tx)
        raise InsufficientFunds("Only half of it was there.")

    book = partial(booking, world, card)
    outcomes = await together(world, book(-1), book(-10_000), refused_late, book(-2))
    assert [getattr(outcome, "balance", None) for outcome in outcomes] == [999, None, None, 997]
    assert all(isinstance(outcome, InsufficientFunds) for outcome in outcomes[1:3])
    assert await ledger.differences(world.database) == []


# -- full --------------------------------------------------------------------------------------------------------------


def pages(world: World, most: int | None = None) -> int:
    """How many pages the file has; with `most`, how many it may have from now on."""
    assert isinstance(world.database, SqliteDatabase)
    assert world.database._writer is not None
    connection = world.database._writer._connection
    if most is not None:
        connection.execute(f"PRAGMA max_page_count = {most}")
    found: int = connection.execute("PRAGMA page_count").fetchone()[0]
    return found


@on_sqlite
async def test_full_disk_is_unavailable_until_there_is_space(door: Door) -> None:
    world, card = door.world, await door.issue("10.00")
    pages(world, most=pages(world))
    await assert_unavailable(door, door.transact(card, "-1.00", text="x" * 100_000, key="k"))
    assert await door.balance(card) == "10.00"
    assert await door.amounts(card) == ["10.00"]
    pages(world, most=2**30)
    assert (await door.transact(card, "-1.00", text="x" * 100_000, key="k")).balance == "9.00"
    assert await ledger.differences(world.database) == []


@on_sqlite
async def test_full_disk_in_the_middle_of_a_group(world: World) -> None:
    """Each unit is booked or refused, and is told which."""
    card = await world.card(1000)
    pages(world, most=pages(world))
    book = partial(booking, world, card)
    outcomes = await together(world, book(-1), book(-2, text="x" * 100_000), book(-4))
    assert isinstance(outcomes[1], Unavailable)
    pages(world, most=2**30)
    expected = 1000
    for outcome, amount in zip(outcomes, (1, 2, 4), strict=True):
        if not isinstance(outcome, Unavailable):
            expected -= amount
            assert outcome.balance == expected
    assert (await world.transact(card, 0)).balance == expected
    assert await ledger.differences(world.database) == []


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
async def test_a_locked_card_holds_up_no_other(database_url: str) -> None:
    """On SQLite there is one lock for all; on PostgreSQL a row that another program holds is waited for alone."""
    async with opened(database_url) as world:
        held, free = await world.card(1000), await world.card(1000)
        connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                await connection.execute("SELECT FROM gift_card WHERE id = $1 FOR UPDATE", held)
                waiting = asyncio.create_task(world.transact(held, -1))
                booked = await asyncio.wait_for(asyncio.gather(*[world.transact(free, -1) for _ in range(20)]), 4)
                assert sorted(each.balance for each in booked) == list(range(980, 1000))
                assert not waiting.done()
            assert (await waiting).balance == 999
            # Waiting in turns, it was booked in one of them only.
            assert (await world.transact(held, 0)).balance == 999
        finally:
            await connection.close()

"""Running plans: the deadline on the loop, the timeout off it, one moment for all of an answer, exact counts."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Dialect, column, func, literal, select

from models.database import Connect, Database, Plan, Rows, Statement, open_database
from models.gift_card import gift_card
from models.problems import InsufficientFunds, Unavailable
from resolvers import gift_cards
from resolvers.context import Context
from resolvers.principals import system
from tests.world import World

only_sqlite = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@asynccontextmanager
async def database(url: str, **limits: Any) -> AsyncIterator[Database]:
    found = open_database(Connect(url, **limits))
    await found.start()
    try:
        yield found
    finally:
        await found.close()


def counting(dialect: Dialect, rows: int) -> Statement:
    """A statement that counts to `rows` in the engine: time that no index makes shorter."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < rows))
    return Statement(select(func.count()).select_from(select(column("n")).select_from(numbers).subquery()), dialect)


def plan_of(statement: Statement, ran_in: list[threading.Thread]) -> Callable[[], Plan[Rows]]:
    def plan() -> Plan[Rows]:
        ran_in.append(threading.current_thread())
        return (yield statement.query({}))

    return plan


# -- deadlines -------------------------------------------------------------------------------------------------------


@only_sqlite
async def test_a_short_plan_runs_on_the_loop(database_url: str) -> None:
    async with database(database_url, inline_deadline_seconds=10) as found:
        ran_in: list[threading.Thread] = []
        rows = await found.read(plan_of(counting(found.dialect, 10), ran_in))
    assert [tuple(row) for row in rows] == [(10,)]
    assert ran_in == [threading.current_thread()]


@only_sqlite
async def test_a_slow_plan_is_stopped_on_the_loop_and_answered_off_it(database_url: str) -> None:
    async with database(database_url, inline_deadline_seconds=0.005, read_timeout_seconds=60) as found:
        ran_in: list[threading.Thread] = []
        slow = plan_of(counting(found.dialect, 3_000_000), ran_in)
        rows = await found.read(slow)
        assert [tuple(row) for row in rows] == [(3_000_000,)]
        here, elsewhere = ran_in
        assert (here, elsewhere is here) == (threading.current_thread(), False)
        # The reader on the loop is as good as before.
        for snapshot in (True, False):
            assert await found.read(plan_of(counting(found.dialect, 3), []), snapshot=snapshot)


@only_sqlite
@pytest.mark.parametrize("snapshot", [True, False])
async def test_a_plan_stopped_late_leaves_no_transaction_behind(database_url: str, snapshot: bool) -> None:
    """The deadline may pass while the transaction is ended, which must not be stopped."""
    async with database(database_url, inline_deadline_seconds=0.000_001, read_timeout_seconds=60) as found:
        for rows in range(1, 3000, 7):
            answer = await found.read(plan_of(counting(found.dialect, rows), []), snapshot=snapshot)
            assert tuple(answer[0]) == (rows,)


async def test_a_read_over_its_timeout_is_unavailable(database_url: str) -> None:
    async with database(database_url, inline_deadline_seconds=0.005, read_timeout_seconds=3.0) as found:
        began = time.monotonic()
        with pytest.raises(Unavailable) as refusal:
            await found.read(plan_of(counting(found.dialect, 2_000_000_000), []), snapshot=True)
        assert time.monotonic() - began < 20
        assert refusal.value.details["retry_after"] > 0
        # The next one is answered.
        assert tuple((await found.read(plan_of(counting(found.dialect, 3), [])))[0]) == (3,)


async def test_reads_over_their_timeout_do_not_use_up_the_connections(database_url: str) -> None:
    limits: dict[str, Any] = {"read_timeout_seconds": 3.0, "connections_max": 2}
    async with database(database_url, inline_deadline_seconds=0.005, **limits) as found:
        slow = plan_of(counting(found.dialect, 2_000_000_000), [])
        refused = await asyncio.gather(*[found.read(slow) for _ in range(4)], return_exceptions=True)
        assert {type(each) for each in refused} == {Unavailable}
        assert tuple((await found.read(plan_of(counting(found.dialect, 3), [])))[0]) == (3,)


async def test_a_slow_read_is_503_at_the_door(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the door makes of it, without a database so large: the database says what it would say."""
    await world.card()

    async def late(*_: Any, **__: Any) -> Any:
        raise Unavailable("The read took too long and was stopped; ask for less.", retry_after=1)

    monkeypatch.setattr(Context, "read", late)
    response = await world.graphql("{ giftCards { nodes { id } } }")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 1}


# -- one moment ------------------------------------------------------------------------------------------------------

NESTED = """{ giftCards { totalCount nodes { balance { amount }
  transactions(first: 100) { totalCount nodes { amount { amount } } } } } }"""


async def test_a_nested_read_never_shows_a_balance_that_is_not_the_sum_of_its_transactions(world: World) -> None:
    keys = [await world.card(1000) for _ in range(3)]
    done = asyncio.Event()

    async def write() -> None:
        for number in range(60):
            book = partial(
                gift_cards.transact,
                organizer_id=world.organizers["acme"],
                card_id=keys[number % 3],
                amount=-1 if number % 2 else 2,
            )
            await world.context().write(book)
        done.set()

    async def look() -> int:
        seen = set()
        while not done.is_set():
            found = await world.data(NESTED)
            for card in found["giftCards"]["nodes"]:
                amounts = [Decimal(each["amount"]["amount"]) for each in card["transactions"]["nodes"]]
                assert sum(amounts) == Decimal(card["balance"]["amount"])
                assert card["transactions"]["totalCount"] == len(amounts)
                seen.add(len(amounts))
            await asyncio.sleep(0)
        return len(seen)

    looks = [asyncio.create_task(look()) for _ in range(3)]
    await write()
    # The writers were at work meanwhile: lists of many lengths were seen.
    assert max(await asyncio.gather(*looks)) > 3


async def test_two_queries_of_one_plan_see_one_moment(world: World) -> None:
    """A write between the two statements of a snapshot does not show in the second."""
    statement = Statement(select(func.count()).select_from(gift_card), world.database.dialect)
    other = _Elsewhere(url_of(world))

    def plan() -> Plan[tuple[int, int]]:
        first = yield statement.query({})
        other.issue(world.organizers["acme"])
        second = yield statement.query({})
        return first[0][0], second[0][0]

    assert await world.database.read(plan, snapshot=True) == (0, 0)
    assert await world.database.read(plan, snapshot=False) == (1, 2)


# -- exact counts ----------------------------------------------------------------------------------------------------


async def test_remembered_counts_stay_exact_when_another_process_writes(world: World) -> None:
    """The other one has its own connections, as a process of its own has."""
    query = "{ giftCards(first: 1) { totalCount nodes { id } } }"
    other = _Elsewhere(url_of(world))
    for expected in range(6):
        for _ in range(3):
            assert (await world.data(query))["giftCards"]["totalCount"] == expected
            response = await world.pretix("GET", "giftcards/?page_size=1")
            assert response.json()["count"] == expected
        other.issue(world.organizers["acme"])


async def test_a_refused_write_elsewhere_changes_no_count(world: World) -> None:
    key = await world.card(100)
    query = "{ giftCards { totalCount nodes { transactions { totalCount } } } }"
    before = await world.data(query)
    with pytest.raises(InsufficientFunds):
        await world.transact(key, -101)
    assert await world.data(query) == before


def url_of(world: World) -> str:
    connect: Connect = world.database._connect  # type: ignore[attr-defined]
    return connect.url


class _Elsewhere:
    """Issues cards from another thread, event loop and connection, to its end before it returns."""

    def __init__(self, url: str) -> None:
        self._url = url

    def issue(self, organizer_id: int) -> None:
        raised: list[BaseException] = []

        def work() -> None:
            try:
                asyncio.run(self._issue(organizer_id))
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert raised == []

    async def _issue(self, organizer_id: int) -> None:
        issue = partial(gift_cards.issue, organizer_id=organizer_id, amount=100, currency="EUR")
        async with database(self._url) as found:
            await Context(found, system({"acme": organizer_id})).write(issue)

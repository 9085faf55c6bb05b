"""An event is read once for all who are shown the same, and apart for those who are not."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from gql.live import Reads
from tests.gql.test_subscriptions import TRANSACTIONS, Listener, listening
from tests.reading.statements import traced
from tests.world import World

sqlite_only = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


async def listeners(world: World, stack: AsyncExitStack, count: int, document: str = TRANSACTIONS) -> list[Listener]:
    card = (await world.data("{ giftCards(first: 1) { nodes { id } } }"))["giftCards"]["nodes"][0]["id"]
    return [await stack.enter_async_context(listening(world, document, id=card)) for _ in range(count)]


@sqlite_only
async def test_an_event_is_read_once_for_all_who_are_shown_the_same(world: World) -> None:
    card = await world.card(1000)
    async with AsyncExitStack() as stack:
        many = await listeners(world, stack, 50)
        others = await listeners(world, stack, 2, TRANSACTIONS.replace("balanceAfter { amount }", ""))
        async with traced(world) as statements:
            await world.transact(card, -100)
            heard = [await listener.heard() for listener in many]
            apart = [await listener.heard() for listener in others]
    assert all(each == heard[0] for each in heard)
    assert "balanceAfter" in heard[0]["transaction"]
    assert all("balanceAfter" not in each["transaction"] for each in apart)
    # The transaction and the card, for each of two documents.
    read = [each for each in statements.queries if "FROM gift_card" in each]
    assert len(read) == 4


async def test_a_read_outlives_who_began_it() -> None:
    reads, gate = Reads(), asyncio.Event()
    begun = []

    async def read() -> str:
        begun.append(1)
        await gate.wait()
        return "read"

    first, second = (asyncio.ensure_future(reads.of("key", read)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    other = asyncio.ensure_future(reads.of("another key", read))
    await asyncio.sleep(0)
    gate.set()
    assert (await second, await other) == ("read", "read")
    assert len(begun) == 2
    assert await reads.of("key", read) == "read"
    assert len(begun) == 3, "what is over is read again"


async def test_a_read_that_fails_fails_for_all() -> None:
    reads = Reads()

    async def read() -> None:
        await asyncio.sleep(0)
        raise ValueError("no")

    outcomes = await asyncio.gather(*(reads.of(1, read) for _ in range(3)), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["no"] * 3

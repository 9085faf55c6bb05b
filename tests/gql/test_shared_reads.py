"""An event is read once for all who are shown the same, and apart for those who are not."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from gql.execution import Request
from gql.live import Reads
from resolvers.changes import Change
from tests.gql.shop import PERCENT, done
from tests.gql.test_subscriptions import TRANSACTIONS, Listener, listening
from tests.reading.statements import traced
from tests.world import START, World

OF_VOUCHERS = {"name": "Spring", "benefit": PERCENT, "vouchersCount": 2}
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


@sqlite_only
async def test_no_two_events_are_one_read(world: World) -> None:
    """What an action has come to is shown after each of its changes: by a read that began after it."""
    await world.card(1000)
    made = await done(world, "voucherCampaignCreate", OF_VOUCHERS, "voucherCampaign { id } action { id }")
    card = (await world.data("{ giftCards(first: 1) { nodes { id } } }"))["giftCards"]["nodes"][0]["id"]
    for field, kind in (
        ("changes { cursor", "voucher.created"),
        (f'giftCardTransactions(id: "{card}") {{ cursor', "gift_card_transaction.booked"),
        (f'actionProgress(id: "{made["action"]["id"]}") {{ __typename', "action.finished"),
        (f'campaignActivity(id: "{made["voucherCampaign"]["id"]}") {{ cursor', "redemption.succeeded"),
    ):
        executor, context = world.app.graphql._executor, world.app.graphql.context
        principal = await world.app.graphql._authenticator.principal(world.secrets["acme"])
        request = Request(f"subscription {{ {field} }} }}")
        plan, run = executor._subscription(context(principal), request, executor._document(request))
        stream = await plan.opened(run, plan.args.values(run))
        first, second = (stream.outcome(Change(n, 1, kind, 7, None, START, {})) for n in (1, 2))
        assert first is not None
        assert first != second, field


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

"""Who comes first may win; nobody may win twice, and nothing may be lost. Servers that race share only the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from resolvers import ledger
from tests.doors import DOORS, Booked, Door, Refused, beside, outcomes
from tests.servers import serving
from tests.world import World, opened


@pytest.fixture
async def doors(world: World, database_url: str) -> AsyncIterator[list[Door]]:
    """Every door of two servers on one database."""
    async with beside(world, database_url) as second:
        yield _doors(world, second)


def _doors(*worlds: World) -> list[Door]:
    return [kind(world) for kind in DOORS.values() for world in worlds]


async def test_ten_of_twenty_debits_find_money(world: World) -> None:
    card = await world.card(1000)
    doors = _doors(world)
    found = await outcomes(doors[number % 2].transact(card, "-1.00") for number in range(20))
    assert found == {"done": 10, "insufficient_funds": 10}
    for door in doors:
        assert await door.amounts(card) == ["10.00"] + ["-1.00"] * 10
        assert await door.balance(card) == "0.00"


async def test_two_servers_never_overdraw_and_lose_nothing(world: World, doors: list[Door]) -> None:
    cards = [await world.card(1000) for _ in range(3)]
    # Cards are named in different orders, so that locks are taken in different orders.
    acts = [
        door.transact(card, "-0.40")
        for turn in range(8)
        for number, door in enumerate(doors)
        for card in (cards if (number + turn) % 2 else reversed(cards))
    ]
    assert await outcomes(acts) == {"done": 75, "insufficient_funds": 21}
    for card in cards:
        assert await doors[0].balance(card) == "0.00"
        assert len(await doors[0].transactions(card)) == 26
    assert await ledger.differences(world.database) == []


async def test_parallel_balances_end_at_one_of_them(world: World, doors: list[Door]) -> None:
    card = await world.card(1000)
    wanted = [f"{number}.00" for number in range(1, 25)]
    answers = await asyncio.gather(
        *(doors[number % len(doors)].set_balance(card, balance) for number, balance in enumerate(wanted))
    )
    assert answers == wanted  # each was told its own balance, none another's
    bookings = await doors[0].transactions(card)
    assert await doors[0].balance(card) in wanted
    assert len(bookings) == 1 + len(wanted)
    assert await ledger.differences(world.database) == []


async def test_parallel_debits_and_balances_lose_nothing(world: World, doors: list[Door]) -> None:
    """A balance that was computed from an old one would undo a debit between the two."""
    card = await world.card(100_00)
    acts: list[Awaitable[object]] = []
    for number in range(12):
        door = doors[number % len(doors)]
        acts += [door.set_balance(card, "50.00"), door.transact(card, "-1.00", text="debit")]
    assert await outcomes(acts) == {"done": 24}
    bookings = await doors[0].transactions(card)
    assert len(bookings) == 25
    balances: list[float] = []
    for booking in bookings:
        balances.append((balances[-1] if balances else 0) + float(booking.amount))
        assert booking.text != "debit" or booking.amount == "-1.00"
    # After whatever is no debit, but the first, stands the balance that was set.
    assert {b for b, booking in list(zip(balances, bookings, strict=True))[1:] if booking.text != "debit"} == {50.0}


async def test_parallel_issues_of_one_secret_make_one_card(world: World, doors: list[Door]) -> None:
    found = await outcomes(door.issue("5.00", secret="ONLY-ONE") for _ in range(4) for door in doors)
    assert found == {"done": 1, "taken": 15}
    assert await ledger.counts(world.database) == (1, 1)


async def test_disabling_meanwhile_stops_bookings_for_good(world: World, doors: list[Door]) -> None:
    """What is answered after the card is off is refused: no debit slips in behind it."""
    card = await world.card(100_00)
    graphql = next(door for door in doors if door.name == "graphql")
    debits = asyncio.gather(*(_debits(door, card) for door in doors))
    await asyncio.sleep(0.02)
    await graphql.disable(card)  # type: ignore[attr-defined]
    count = len(await graphql.transactions(card))
    done = await debits
    assert len(await graphql.transactions(card)) == count == 1 + sum(done)


async def _debits(door: Door, card: int) -> int:
    """Debit until the card is off; how often that went well."""
    for count in range(10_000):
        try:
            await door.transact(card, "-0.01")
        except Refused as refusal:
            if refusal.code == "disabled":
                return count
            raise
    raise AssertionError("the card is still on")


async def test_two_processes_on_one_file_never_overdraw(sqlite_url: str, tmp_path: Path) -> None:
    async with opened(sqlite_url) as world:
        card = await world.card(1000)
        async with AsyncExitStack() as stack:
            starting = [serving(sqlite_url, tmp_path / f"log{number}") for number in range(2)]
            servers = await asyncio.gather(*map(stack.enter_async_context, starting))
            clients = [await stack.enter_async_context(server.client()) for server in servers]
            doors = _doors(*(replace(world, client=client) for client in clients), world)
            bookings: list[Awaitable[Booked]] = [door.transact(card, "-0.10") for door in doors for _ in range(20)]
            assert await outcomes(bookings) == {"done": 100, "insufficient_funds": 20}
        assert await doors[-1].balance(card) == "0.00"
        assert await doors[-1].amounts(card) == ["10.00"] + ["-0.10"] * 100
        assert await ledger.differences(world.database) == []

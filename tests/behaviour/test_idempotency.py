"""A request that is sent again under its key acts once, whatever happened to the first answer."""

import asyncio
from datetime import timedelta

import pytest

from resolvers import ledger
from resolvers.idempotency import KEPT_FOR
from tests.doors import DOORS, Booked, Door, GraphQLDoor, Refused, beside, outcomes, refused
from tests.world import World


async def test_a_booking_sent_twice_is_booked_once(door: Door) -> None:
    card = await door.issue("10.00")
    first = await door.transact(card, "-1.00", key="k")
    assert await door.transact(card, "-1.00", key="k") == first
    assert await door.amounts(card) == ["10.00", "-1.00"]
    # Another key is another request, and so is none.
    await door.transact(card, "-1.00", key="l")
    await door.transact(card, "-1.00")
    assert await door.balance(card) == "7.00"


async def test_an_issue_sent_twice_makes_one_card(door: Door) -> None:
    card = await door.issue("10.00", secret="ONCE-1", key="k")
    assert await door.issue("10.00", secret="ONCE-1", key="k") == card
    assert await ledger.counts(door.world.database) == (1, 1)


async def test_a_secret_that_was_made_up_is_not_made_up_again(world: World) -> None:
    door = GraphQLDoor(world)
    assert await door.issue("10.00", key="k") == await door.issue("10.00", key="k")
    assert await ledger.counts(world.database) == (1, 1)


async def test_a_balance_is_not_set_back(door: Door) -> None:
    """The retry of a request that went through says so; it does not undo what came after."""
    card = await door.issue("10.00")
    await door.set_balance(card, "50.00", key="k")
    await door.transact(card, "-20.00")
    await door.set_balance(card, "50.00", key="k")
    assert await door.balance(card) == "30.00"


async def test_switching_under_a_key_happens_once(world: World) -> None:
    door, card = GraphQLDoor(world), await world.card(1000)
    await door.disable(card, key="k")
    await door.enable(card)
    await door.disable(card, key="k")
    assert (await door.transact(card, "-1.00")).balance == "9.00"


async def test_twenty_at_once_book_once(door: Door) -> None:
    card = await door.issue("10.00")
    await _race(card, [door] * 20)


async def test_two_servers_at_once_book_once(door: Door, database_url: str) -> None:
    """Nothing but the database stands between them."""
    card = await door.issue("10.00")
    async with beside(door.world, database_url) as second:
        for _ in range(3):
            await _race(card, [door, door.on(second)] * 2)
        # One from each: none is told to come again by its own server.
        key = "one-each"
        answers = await asyncio.gather(*(each.transact(card, "-0.01", key=key) for each in (door, door.on(second))))
        assert answers[0] == answers[1]
    assert await ledger.differences(door.world.database) == []


async def _race(card: int, doors: list[Door]) -> None:
    """The same booking under one new key through all the doors at once."""
    number = len(await doors[0].transactions(card))
    key = f"race-{number}"
    answers = await asyncio.gather(*(door.transact(card, "-1.00", key=key) for door in doors), return_exceptions=True)
    booked = [answer for answer in answers if isinstance(answer, Booked)]
    for answer in answers:
        # pretix tells whoever comes while the first is running to come again.
        if not isinstance(answer, Booked):
            assert isinstance(answer, Refused)
            assert answer.code == "in_progress"
            assert answer.response.headers["retry-after"] == "5"
    assert booked
    assert all(answer == booked[0] for answer in booked)
    assert doors[0].name == "pretix" or len(booked) == len(doors)
    assert await doors[0].transact(card, "-1.00", key=key) == booked[0]
    assert len(await doors[0].transactions(card)) == number + 1


async def test_twenty_at_once_issue_one_card(door: Door) -> None:
    found = await outcomes(door.issue("1.00", secret="ONCE-20", key="k") for _ in range(20))
    assert found["taken"] == 0
    assert found["done"] == 20 or door.name == "pretix"
    assert await ledger.counts(door.world.database) == (1, 1)


async def test_a_key_with_another_input_is_refused(world: World) -> None:
    door, card, other = GraphQLDoor(world), await world.card(1000), await world.card(1000)
    await door.transact(card, "-1.00", text="tea", key="k")
    for act in (
        door.transact(card, "-2.00", text="tea", key="k"),
        door.transact(card, "-1.00", text="coffee", key="k"),
        door.transact(card, "-1.00", text="tea", info={"a": 1}, key="k"),
        door.transact(other, "-1.00", text="tea", key="k"),
        door.set_balance(card, "9.00", key="k"),
        door.issue("1.00", key="k"),
        door.disable(card, key="k"),
    ):
        with refused("idempotency_key_reused"):
            await act
    assert await door.amounts(card) == ["10.00", "-1.00"]
    assert await door.amounts(other) == ["10.00"]


async def test_pretix_does_not_compare_requests(world: World) -> None:
    """Its rule: a key is its sender's, and whatever is sent under it again gets the first answer."""
    door, card = DOORS["pretix"](world), await world.card(1000)
    first = await door.transact(card, "-1.00", key="k")
    assert await door.transact(card, "-2.00", key="k") == first
    assert await door.balance(card, key="k") == "9.00"
    assert await door.amounts(card) == ["10.00", "-1.00"]


async def test_keys_of_different_tokens_do_not_meet(door: Door) -> None:
    card = await door.issue("10.00")
    await door.transact(card, "-1.00", key="k")
    await door.transact(card, "-1.00", key="k", token="acme_writes", blind=True)
    await door.transact(card, "-1.00", key="k", token="acme_writes", blind=True)
    assert await door.balance(card) == "8.00"


async def test_keys_of_different_doors_do_not_meet(world: World) -> None:
    card = await world.card(1000)
    for door in (kind(world) for kind in DOORS.values()):
        await door.transact(card, "-1.00", key="k")
        await door.transact(card, "-1.00", key="k")
    assert (await world.transact(card, 0)).balance == 800


async def test_a_refused_booking_acts_when_it_can(door: Door) -> None:
    """A refusal did nothing, so it does not use its key up."""
    card = await door.issue("0.50")
    for _ in range(2):
        with refused("insufficient_funds"):
            await door.transact(card, "-1.00", key="k")
    await door.transact(card, "10.00")
    first = await door.transact(card, "-1.00", key="k")
    assert await door.transact(card, "-1.00", key="k") == first
    assert await door.amounts(card) == ["0.50", "10.00", "-1.00"]


async def test_a_refused_key_is_free_for_another_input(door: Door) -> None:
    card = await door.issue("0.50")
    with refused("insufficient_funds"):
        await door.transact(card, "-1.00", key="k")
    assert (await door.transact(card, "-0.50", key="k")).balance == "0.00"


async def test_a_key_is_kept_for_a_day(door: Door) -> None:
    card = await door.issue("10.00")
    await door.transact(card, "-1.00", key="k")
    door.world.clock.at += KEPT_FOR - timedelta(minutes=1)
    await door.transact(card, "-1.00", key="k")
    assert await door.balance(card) == "9.00"
    door.world.clock.at += timedelta(minutes=2)
    second = await door.transact(card, "-1.00", key="k")
    assert second.balance == "8.00"
    # The second is kept in its turn, for a day of its own.
    door.world.clock.at += KEPT_FOR - timedelta(minutes=1)
    assert await door.transact(card, "-1.00", key="k") == second
    assert await door.amounts(card) == ["10.00", "-1.00", "-1.00"]


@pytest.mark.parametrize("key", ["ü 日本 🎁 \0", "x" * 255])
async def test_a_key_may_be_any_text(world: World, key: str) -> None:
    door, card = GraphQLDoor(world), await world.card(1000)
    assert await door.transact(card, "-1.00", key=key) == await door.transact(card, "-1.00", key=key)
    assert await door.balance(card) == "9.00"


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_has_a_length(world: World, key: str) -> None:
    door, card = GraphQLDoor(world), await world.card(1000)
    with refused("invalid"):
        await door.transact(card, "-1.00", key=key)
    assert await door.balance(card) == "10.00"

"""Gift cards that are issued many at a time, and switched on and off together: on both engines."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.change import change
from models.database import Database
from models.gift_card import gift_card, gift_card_acceptance
from models.problems import Problem, Several
from resolvers import gift_card_issuing, gift_card_switching, gift_cards, ledger
from resolvers.actions import Claimed
from resolvers.context import Work
from tests.resolvers.databases import rows
from tests.vouchers import action_of, an_organizer, changes, done, making, opened, written

EXPIRES = datetime(2030, 1, 1, tzinfo=UTC)
ISSUE = {"amount": 500, "currency": "EUR"}
VERBS = (gift_card_switching.disable, gift_card_switching.enable)
SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[tuple[Database, int]]:
    async with opened(database_url) as found:
        yield found


async def cards(database: Database, organizer_id: int) -> Sequence[Any]:
    columns = [gift_card.c[name] for name in ("id", "secret", "balance", "active", "expires_at", "action_id")]
    return await rows(
        database, select(*columns).where(gift_card.c.organizer_id == organizer_id).order_by(gift_card.c.id)
    )


async def card(database: Database, organizer_id: int, secret: str) -> int:
    verb = making(gift_cards.issue, organizer_id=organizer_id, amount=100, currency="EUR", secret=secret)
    return (await written(database, verb)).card_id


async def refused(database: Database, organizer_id: int, **given: Any) -> list[tuple[str | None, Any]]:
    wanted: dict[str, Any] = {"count": 1, **ISSUE, **given}
    with pytest.raises(Problem) as found:
        await written(database, making(gift_card_issuing.issue, organizer_id, **wanted))
    problem = found.value
    each = problem.problems if isinstance(problem, Several) else (problem,)
    return [(one.field, one.details.get("reason")) for one in each]


async def test_each_card_has_its_secret_and_its_first_transaction(acme: tuple[Database, int]) -> None:
    database, organizer_id = acme
    given = {"count": 1201, "pattern": "GIFT-####-########", "expires_at": EXPIRES, "conditions": "Tea only"}
    action = await written(database, making(gift_card_issuing.issue, organizer_id, **ISSUE, **given))
    row = await done(database, action.id)
    assert (row.status, row.done_count, row.failed_count, row.total) == ("DONE", 1201, 0, 1201)
    assert row.result["message"] == "Issued 1201 gift cards."
    found = await cards(database, organizer_id)
    assert {tuple(each[2:]) for each in found} == {(500, True, EXPIRES, action.id)}
    assert len({each[1] for each in found}) == 1201
    assert all(re.fullmatch(r"GIFT-[A-Z3789]{4}-[A-Z3789]{8}", each[1]) for each in found)
    assert (await ledger.counts(database), await ledger.differences(database)) == ((1201, 1201), [])
    # Shown of each chunk, in its transaction, and of nothing else.
    assert [each["count"] for each in await changes(database, "action.gift_cards_issued")] == [500, 500, 201]
    assert len(await changes(database, "action.gift_cards_enqueued")) == 1
    assert len(await changes(database, "action.gift_cards_finished")) == 1
    spending = making(gift_cards.transact, organizer_id, found[0][0], -500)
    assert (await written(database, spending)).balance == 0


async def test_a_secret_in_use_is_given_to_nobody(acme: tuple[Database, int]) -> None:
    """Also one of an issuer whose cards are accepted, and one that was drawn twice."""
    database, organizer_id = acme
    other = await written(database, making(an_organizer, "beta"))
    accepting = {"organizer_id": organizer_id, "issuer_id": other, "active": True}
    await written(database, lambda work: work.rows(insert(gift_card_acceptance).values(accepting)))
    await card(database, organizer_id, "AAA")
    await card(database, other, "BBB")
    action = await written(database, making(gift_card_issuing.issue, organizer_id, count=3, **ISSUE))
    row = await action_of(database, action.id)
    held = Claimed(**{name: getattr(row, name) for name in Claimed.__slots__ if name != "type"}, type=row.type)

    async def chunk(work: Work) -> Any:
        return await gift_card_issuing.chunk(work, held, ["AAA", "BBB", "CCC", "CCC", "DDD"])

    progressed = await written(database, chunk)
    assert (progressed.done, progressed.finished) == (2, False)
    assert [each[1] for each in await cards(database, organizer_id)] == ["AAA", "CCC", "DDD"]
    assert await ledger.differences(database) == []


@SQLITE
async def test_what_is_refused(acme: tuple[Database, int]) -> None:
    database, organizer_id = acme
    for given, expected in (
        ({"count": 0}, [("count", "out_of_range")]),
        ({"count": 100_001}, [("count", "out_of_range")]),
        ({"pattern": ""}, [("pattern", "pattern")]),
        ({"pattern": "#### ####"}, [("pattern", "pattern")]),
        ({"pattern": "-" + "#" * 16}, [("pattern", "pattern")]),
        ({"pattern": "#" * 191}, [("pattern", "too_long")]),
        ({"pattern": "SUMMER"}, [("pattern", "guessable")]),
        ({"pattern": "#####", "count": 18}, [("pattern", "guessable")]),
        ({"amount": -1, "currency": "XXY"}, [("amount", "out_of_range"), ("currency", "choice")]),
        ({"conditions": "\0"}, [("conditions", "null_character")]),
    ):
        assert await refused(database, organizer_id, **given) == expected, given
    # 28 letters to the fifth are just enough for 17 cards.
    verb = making(gift_card_issuing.issue, organizer_id, count=17, **ISSUE, pattern="#####")
    assert (await done(database, (await written(database, verb)).id)).done_count == 17


async def test_cards_are_switched_together(acme: tuple[Database, int]) -> None:
    database, organizer_id = acme
    first, second, third = [await card(database, organizer_id, secret) for secret in ("AAA", "BBB", "CCC")]
    await written(database, making(gift_card_switching.disable, organizer_id, [third, first, third]))
    assert [each[3] for each in await cards(database, organizer_id)] == [False, True, False]
    await written(database, making(gift_card_switching.disable, organizer_id, [first, second]))
    asked = select(change.c.noun_id, change.c.content).where(change.c.kind == "gift_card.disabled")
    # Of each that was switched, once, in the order in which they were named.
    assert [tuple(each) for each in await rows(database, asked.order_by(change.c.id))] == [
        (third, {}),
        (first, {}),
        (second, {}),
    ]
    await written(database, making(gift_card_switching.enable, organizer_id, [first, second, third]))
    assert [each[3] for each in await cards(database, organizer_id)] == [True] * 3


async def test_all_are_switched_or_none(acme: tuple[Database, int]) -> None:
    database, organizer_id = acme
    other = await written(database, making(an_organizer, "beta"))
    mine, theirs = await card(database, organizer_id, "AAA"), await card(database, other, "BBB")
    with pytest.raises(Several) as found:
        await written(database, making(gift_card_switching.disable, organizer_id, [theirs, mine, 10**6]))
    assert [(each.code, each.field) for each in found.value.problems] == [
        ("not_found", "ids[0]"),
        ("not_found", "ids[2]"),
    ]
    assert [each[3] for each in (*await cards(database, organizer_id), *await cards(database, other))] == [True, True]
    for ids in ([], [mine] * 1001):
        with pytest.raises(Problem, match="From 1 to 1000"):
            await written(database, making(gift_card_switching.disable, organizer_id, ids))


async def test_those_who_switch_the_same_cards_wait_for_each_other(acme: tuple[Database, int]) -> None:
    """Whatever the order in which they name them: nobody waits in a circle, and each card is switched once each way."""
    database, organizer_id = acme
    ids = [await card(database, organizer_id, f"CARD-{number}") for number in range(30)]
    each = [(verb, named) for verb in VERBS for named in (ids, ids[::-1], ids[7:] + ids[:7])] * 3
    await asyncio.gather(*(written(database, making(verb, organizer_id, named)) for verb, named in each))
    assert len({found[3] for found in await cards(database, organizer_id)}) == 1
    switched = (change.c.kind == "gift_card.enabled") | (change.c.kind == "gift_card.disabled")
    for card_id in (ids[0], ids[7]):
        asked = select(change.c.kind).where(change.c.noun_id == card_id, switched).order_by(change.c.id)
        kinds = [kind for (kind,) in await rows(database, asked)]
        assert kinds == [f"gift_card.{'enabled' if place % 2 else 'disabled'}" for place in range(len(kinds))]

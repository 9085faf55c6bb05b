"""A server that is killed or stopped in the middle of its work: what it answered stands, and the books are right."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from models.database import Connect, Database, Rows, open_database
from models.gift_card import gift_card, gift_card_transaction
from models.money import decimal_text
from resolvers import ledger
from tests.doors import DOORS, Door, GraphQLDoor, Refused, key_of
from tests.servers import REQUEST_TIMEOUT_SECONDS, Server, printed, run, serving
from tests.world import World, opened

WRITERS = 64
CARDS = 8
ROUNDS = 2

pytestmark = pytest.mark.slow

BOOKED = select(
    gift_card_transaction.c.id,
    gift_card_transaction.c.gift_card_id,
    gift_card_transaction.c.number,
    gift_card_transaction.c.amount,
    gift_card_transaction.c.balance_after,
    gift_card_transaction.c.text,
)
ISSUED = select(gift_card.c.secret, gift_card.c.id)


@dataclass(slots=True)
class Told:
    """What clients were told is booked, by texts and secrets that no two requests share."""

    cards: list[int]
    asked: set[str] = field(default_factory=set)
    bookings: dict[str, tuple[int, int]] = field(default_factory=dict)  # the card and the amount
    numbers: dict[str, tuple[int, int, str]] = field(default_factory=dict)  # transaction, number, balance after it
    secrets: dict[str, int] = field(default_factory=dict)
    numbered: Iterator[int] = field(default_factory=count)
    # Called in the very moment an answer arrives: one that was given too early is caught there.
    on_answer: Callable[[], None] | None = None

    def ask(self) -> str:
        """A text for the next request."""
        text = f"REQUEST-{next(self.numbered)}"
        self.asked.add(text)
        return text

    @property
    def size(self) -> int:
        return len(self.bookings) + len(self.secrets)


async def test_killed_server_loses_nothing_it_answered(database_url: str, tmp_path: Path) -> None:
    world, told = await _prepared(database_url)
    for number in range(ROUNDS):
        async with serving(database_url, tmp_path / "log") as server:
            await _assert_kept(database_url, told)
            before = told.size
            async with _writing(world, server, told, size=before + WRITERS) as writers:
                await asyncio.sleep(random.random() * 0.3)
                if number % 2 == 0:
                    told.on_answer = server.process.kill
                else:
                    server.process.kill()
                await writers
        assert told.size >= before + WRITERS
    async with serving(database_url, tmp_path / "log"):
        await _assert_kept(database_url, told)
        await _assert_check_passes(database_url, tmp_path / "check")


async def test_stopped_server_answers_all_it_does(database_url: str, tmp_path: Path) -> None:
    world, told = await _prepared(database_url)
    async with serving(database_url, tmp_path / "log") as server:
        async with _writing(world, server, told, size=WRITERS) as writers:
            code = await server.stop()
            await writers
        assert code == 0, server.printed()
        assert "Traceback" not in server.printed()
        assert "rror" not in server.printed().replace("uvicorn.error", "")
    await _assert_check_passes(database_url, tmp_path / "check")
    booked, issued = await _assert_kept(database_url, told)
    # Nothing was done without being answered, either.
    assert {row[5] for row in booked if row[5] in told.asked} == set(told.bookings)
    assert {secret for secret, _ in issued if secret in told.asked} == set(told.secrets)


async def _prepared(url: str) -> tuple[World, Told]:
    """Organizers, tokens and cards in the database, which nobody has open then."""
    async with opened(url) as world:
        return world, Told([await world.card(1_000_000) for _ in range(CARDS)])


@asynccontextmanager
async def _writing(
    world: World, server: Server, told: Told, *, size: int
) -> AsyncIterator["asyncio.Future[list[None]]"]:
    """64 clients that write until the server is gone; entered when `size` requests in all were answered."""
    async with server.client() as client:
        doors = [kind(replace(world, client=client)) for kind in DOORS.values()]
        writers = asyncio.gather(*(_write(doors[number % 2], told) for number in range(WRITERS)))
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_SECONDS):
                # 64 clients count; none of them can tell when it is enough.
                while told.size < size and not writers.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            yield writers
        finally:
            writers.cancel()
            await asyncio.gather(writers, return_exceptions=True)


async def _write(door: Door, told: Told) -> None:
    try:
        while True:
            await (_issue if random.random() < 0.2 else _transact)(door, told)
            if told.on_answer is not None:
                kill, told.on_answer = told.on_answer, None
                kill()
    except httpx2.TransportError:
        return
    except Refused as refusal:
        if refusal.code != "unavailable":
            raise


async def _transact(door: Door, told: Told) -> None:
    text, card, amount = told.ask(), random.choice(told.cards), random.randint(-50, 60)
    booked = await door.transact(card, f"{amount / 100:.2f}", text=text)
    told.bookings[text] = (card, amount)
    if isinstance(door, GraphQLDoor):
        shown = booked.answer["transaction"]
        told.numbers[text] = (key_of(shown["id"]), shown["number"], shown["balanceAfter"]["amount"])


async def _issue(door: Door, told: Told) -> None:
    secret = told.ask()
    told.secrets[secret] = await door.issue("1.00", secret=secret)


async def _assert_check_passes(url: str, log: Path) -> None:
    assert await run(url, "ledger", "check", log=log) == 0, printed(log)


async def _assert_kept(url: str, told: Told) -> tuple[Rows, Rows]:
    """Every answer of 200 is in the ledger, once and as it was told; all bookings and cards there are."""
    async with _opened(url) as database:
        booked = await database.write(lambda tx: tx.rows(BOOKED))
        issued = await database.write(lambda tx: tx.rows(ISSUED))
        assert await ledger.differences(database) == []
    rows = {row[5]: row for row in booked if row[5] in told.bookings}
    assert {text: (row[1], row[3]) for text, row in rows.items()} == told.bookings
    assert len(rows) == sum(row[5] in told.bookings for row in booked)
    numbers = {text: (rows[text][0], rows[text][2], decimal_text(rows[text][4])) for text in told.numbers}
    assert numbers == told.numbers
    found = dict(map(tuple, issued))
    assert {secret: found.get(secret) for secret in told.secrets} == told.secrets
    return booked, issued


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = open_database(Connect(url))
    await database.start()
    try:
        yield database
    finally:
        await database.close()

"""The ledger: that nobody can tamper with it while constraints hold, and that a fault is found where they did not."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import make_url, text

from models.database import Database
from resolvers import ledger
from resolvers.ledger import Difference, What
from resolvers.loading import load
from tests.resolvers.databases import opened, parsed, rows

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DOCUMENT = {
    "organizers": [{"slug": "acme", "name": "Acme"}, {"slug": "beta", "name": "Beta"}],
    "giftcards": [
        {
            "organizer": "acme",
            "secret": "ONE",
            "transactions": [{"value": "10.00"}, {"value": "-4.00"}, {"value": "1.00"}],
        },
        {"organizer": "acme", "secret": "TWO", "transactions": [{"value": "5.00"}]},
        {"organizer": "beta", "secret": "NONE"},
    ],
}
REFUSED = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)

TAMPERING = {
    "a balance moved without a transaction": "UPDATE gift_card SET balance = balance + 1 WHERE id = 1",
    "a balance of a card without transactions": "UPDATE gift_card SET balance = 100 WHERE id = 3",
    "a card pointed at an earlier transaction": "UPDATE gift_card SET last_number = 1, balance = 999 WHERE id = 1",
    "an earlier transaction changed": (
        "UPDATE gift_card_transaction SET amount = 900, balance_after = 900 WHERE gift_card_id = 1 AND number = 1"
    ),
    "the newest transaction changed": (
        "UPDATE gift_card_transaction SET amount = amount + 1, balance_after = balance_after + 1"
        " WHERE gift_card_id = 1 AND number = 3"
    ),
    "an amount changed alone": "UPDATE gift_card_transaction SET amount = 1 WHERE gift_card_id = 1 AND number = 2",
    "an earlier transaction deleted": "DELETE FROM gift_card_transaction WHERE gift_card_id = 1 AND number = 1",
    "the newest transaction deleted": "DELETE FROM gift_card_transaction WHERE gift_card_id = 1 AND number = 3",
    "the only transaction deleted": "DELETE FROM gift_card_transaction WHERE gift_card_id = 2",
    "a transaction moved to another card": "UPDATE gift_card_transaction SET gift_card_id = 1 WHERE gift_card_id = 2",
    "a transaction moved to another organizer": (
        "UPDATE gift_card_transaction SET organizer_id = 2 WHERE gift_card_id = 2"
    ),
    "a card deleted": "DELETE FROM gift_card WHERE id = 2",
    "a card given to another organizer": "UPDATE gift_card SET organizer_id = 2 WHERE id = 2",
    "numbers with a gap": "UPDATE gift_card_transaction SET number = 9 WHERE gift_card_id = 1 AND number = 3",
    "a negative balance": "UPDATE gift_card SET balance = -1 WHERE id = 1",
    "a second first transaction": (
        "INSERT INTO gift_card_transaction"
        " (organizer_id, gift_card_id, number, amount, balance_before, balance_after, booked_at)"
        " SELECT organizer_id, gift_card_id, 1, 5, 0, 5, booked_at FROM gift_card_transaction WHERE gift_card_id = 2"
    ),
}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        await load(database, parsed(DOCUMENT), now=NOW)
        yield database


@pytest.mark.parametrize("what", TAMPERING)
async def test_the_tables_refuse(database: Database, what: str) -> None:
    with pytest.raises(REFUSED):
        await rows(database, text(TAMPERING[what]))
    assert await ledger.differences(database) == []


async def test_a_ledger_in_order_has_no_differences(database: Database) -> None:
    assert await ledger.differences(database) == []
    assert await ledger.counts(database) == (3, 4)


async def test_an_empty_ledger_has_no_differences(database_url: str) -> None:
    async with opened(database_url) as database:
        assert await ledger.differences(database) == []
        assert await ledger.counts(database) == (0, 0)


@pytest.mark.parametrize("slice_size", [1, 2, 10_000])
async def test_differences_are_found_where_constraints_were_off(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, slice_size: int
) -> None:
    monkeypatch.setattr(ledger, "SLICE", slice_size)
    ledger._beyond.cache_clear()
    async with opened(sqlite_url) as database:
        await load(database, parsed(DOCUMENT), now=NOW)
        with unguarded(sqlite_url) as connection:
            connection.execute("UPDATE gift_card SET balance = balance + 7 WHERE id = 1")
            connection.execute("DELETE FROM gift_card_transaction WHERE gift_card_id = 2")
            connection.execute("INSERT INTO gift_card_transaction SELECT 99, 2, 77, 1, NULL, 5, 0, 5, booked_at,"
                               " NULL, NULL, NULL, NULL, voucher FROM gift_card_transaction WHERE id = 1")  # fmt: skip
        assert await ledger.differences(database) == [
            Difference(1, 1, What.BALANCE, 707, 700),
            Difference(1, 2, What.BALANCE, 500, 0),
            Difference(1, 2, What.LAST_NUMBER, 1, 0),
            Difference(2, 77, What.CARD, 5, 0, 1),
        ]
    ledger._beyond.cache_clear()


async def test_a_broken_chain_is_found(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database:
        await load(database, parsed(DOCUMENT), now=NOW)
        with unguarded(sqlite_url) as connection:
            connection.execute("DELETE FROM gift_card_transaction WHERE gift_card_id = 1 AND number = 2")
        assert await ledger.differences(database) == [
            Difference(1, 1, What.BALANCE, 700, 1100),
            Difference(1, 1, What.COUNT, 2, 3),
            Difference(1, 1, What.BALANCE_AFTER, 700, 1100, 3),
            Difference(1, 1, What.BALANCE_BEFORE, 600, 1000, 3),
        ]
        assert len(await ledger.differences(database, limit=2)) == 2


@contextmanager
def unguarded(url: str) -> Iterator[sqlite3.Connection]:
    """SQLite without foreign keys: what its own shell is by default."""
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        yield connection

"""Whether every balance is what its transactions say: what an operator can ask at any time.

The tables hold this by themselves (models/gift_card.py). A difference therefore means a fault of a disk, of a
restore, or of somebody who switched constraints off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from models.database import Database, Plan, Query, Rows, Statement
from models.gift_card import gift_card, gift_card_transaction
from models.metadata import Id

# Cards looked at in one statement, so that none takes long, and most differences told.
SLICE = 10_000
DIFFERENCES_MAX = 1_000
ID_MAX = 2**63 - 1


class What(StrEnum):
    """What was found to differ."""

    BALANCE = "balance"  # a card's balance, and the sum of its transactions
    LAST_NUMBER = "last number"  # the number of a card's newest transaction, and the highest there is
    COUNT = "number of transactions"  # how many there are, and the highest number
    BALANCE_AFTER = "balance after"  # what a transaction says, and the sum up to it
    BALANCE_BEFORE = "balance before"  # the same without the transaction itself
    CARD = "card"  # a transaction whose card does not exist


@dataclass(frozen=True, slots=True)
class Difference:
    """One fault. Amounts are hundredths; `number` is that of the transaction at fault, if it is one's."""

    organizer_id: int
    card_id: int
    what: What
    stored: int
    computed: int
    number: int | None = None


async def differences(database: Database, limit: int = DIFFERENCES_MAX) -> list[Difference]:
    """Every fault of every organizer's ledger, by card, at most `limit`. An empty list: all is right.

    Cards are looked at in slices, each in one state of the database: others may write meanwhile.
    """
    found: list[Difference] = []
    first: int | None = 0
    while first is not None and len(found) < limit:
        plan = partial(_slice, database.dialect, first, limit)
        first, rows = await database.read(plan, snapshot=True)
        for organizer_id, card_id, what, stored, computed, number in rows:
            found.append(Difference(organizer_id, card_id, What(what), stored, computed, number))
    return found[:limit]


async def counts(database: Database) -> tuple[int, int]:
    """How many cards there are, and how many transactions."""
    query = _counts(database.dialect).query({})
    ((cards, transactions),) = await database.read(lambda: _rows(query))
    return cards, transactions


def _rows(query: Query) -> Plan[Rows]:
    return (yield query)


def _slice(dialect: Dialect, first: int, limit: int) -> Plan[tuple[int | None, Rows]]:
    """The differences of the cards from id `first` on, and the id that the next slice begins with."""
    beyond = yield _beyond(dialect).query({"first": first})
    end = beyond[0][0] if beyond else None
    statement = _differences(dialect)
    query = statement.query({"first": first, "last": ID_MAX if end is None else end - 1, "limit": limit})
    return end, (yield query)


# -- statements ----------------------------------------------------------------------------------------------

_card, _booked = gift_card.c, gift_card_transaction.c
_first, _last = bindparam("first", type_=Id), bindparam("last", type_=Id)


@cache
def _beyond(dialect: Dialect) -> Statement:
    ids = select(_card.id).where(_card.id >= _first).order_by(_card.id)
    return Statement(ids.limit(literal_column("1")).offset(literal_column(str(SLICE))), dialect)


@cache
def _counts(dialect: Dialect) -> Statement:
    cards = select(func.count()).select_from(gift_card).scalar_subquery()
    transactions = select(func.count()).select_from(gift_card_transaction).scalar_subquery()
    return Statement(select(cards, transactions), dialect)


@cache
def _differences(dialect: Dialect) -> Statement:
    rows = union_all(*_of_cards(), *_of_transactions(), _orphans()).subquery()
    limited = select(*rows.c).order_by(rows.c[1], rows.c[5], rows.c[2]).limit(bindparam("limit", type_=Integer))
    return Statement(limited, dialect)


def _of_cards() -> Iterator[Select[Any]]:
    """A card against all its transactions."""
    sums = (
        select(
            _booked.gift_card_id,
            cast(func.sum(_booked.amount), BigInteger).label("total"),
            func.max(_booked.number).label("newest"),
            func.count().label("count"),
        )
        .where(_booked.gift_card_id.between(_first, _last))
        .group_by(_booked.gift_card_id)
        .subquery("sums")
    )
    total, newest, count = (func.coalesce(sums.c[name], 0) for name in ("total", "newest", "count"))
    for what, stored, computed in (
        (What.BALANCE, _card.balance, total),
        (What.LAST_NUMBER, func.coalesce(_card.last_number, 0), newest),
        (What.COUNT, count, newest),
    ):
        shown = _shown(_card.organizer_id, _card.id, what, stored, computed, null())
        joined = gift_card.outerjoin(sums, sums.c.gift_card_id == _card.id)
        yield select(*shown).select_from(joined).where(_card.id.between(_first, _last), stored != computed)


def _of_transactions() -> Iterator[Select[Any]]:
    """A transaction against the sum of those up to it."""
    running = (
        select(
            *(_booked.organizer_id, _booked.gift_card_id, _booked.number, _booked.amount),
            *(_booked.balance_before, _booked.balance_after),
            cast(
                func.sum(_booked.amount).over(partition_by=_booked.gift_card_id, order_by=_booked.number),
                BigInteger,
            ).label("total"),
        )
        .where(_booked.gift_card_id.between(_first, _last))
        .subquery("running")
    )
    at = running.c
    for what, stored, computed in (
        (What.BALANCE_AFTER, at.balance_after, at.total),
        (What.BALANCE_BEFORE, at.balance_before, at.total - at.amount),
    ):
        shown = _shown(at.organizer_id, at.gift_card_id, what, stored, computed, at.number)
        yield select(*shown).where(stored != computed)


def _orphans() -> Select[Any]:
    """A transaction without a card, or of another organizer than its card."""
    shown = _shown(_booked.organizer_id, _booked.gift_card_id, What.CARD, _booked.amount, literal(0), _booked.number)
    joined = gift_card_transaction.outerjoin(gift_card, _card.id == _booked.gift_card_id)
    strayed = or_(_card.id.is_(None), _card.organizer_id != _booked.organizer_id)
    return select(*shown).select_from(joined).where(_booked.gift_card_id.between(_first, _last), strayed)


def _shown(
    organizer_id: Any, card_id: Any, what: What, stored: Any, computed: Any, number: Any
) -> list[ColumnElement[Any]]:
    columns: tuple[tuple[str, ColumnElement[Any]], ...] = (
        ("organizer_id", organizer_id),
        ("card_id", card_id),
        ("what", literal_column(f"'{what.value}'")),
        ("stored", cast(stored, BigInteger)),
        ("computed", cast(computed, BigInteger)),
        ("number", cast(number, Integer)),
    )
    return [column.label(name) for name, column in columns]

"""Makes a peer's tables and rows, and compares its balances with its ledger.

`python -m benchmarks.peers.database fill` or `drift`; the database is the one `PEER_DATABASE_URL` names.
"""

import asyncio
import json
import sys
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks import fixture
from benchmarks.peers.models import (
    ApiToken,
    Base,
    GiftCard,
    GiftCardTransaction,
    Organizer,
    Session,
    engine,
)

# Without it the ORM makes a statement of its own for every run of rows that lack the same columns.
ONE_STATEMENT = {"render_nulls": True}


async def fill() -> dict[str, int]:
    """Answers what was written, in rows by table."""
    cards = list(fixture.cards())
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with Session() as session:
        organizer = Organizer(slug=fixture.ORGANIZER, name="Benchmark")
        session.add(organizer)
        await session.flush()
        session.add(ApiToken(organizer_id=organizer.id, token=fixture.TOKEN))
        await session.execute(
            insert(GiftCard),
            [card_row(card, organizer.id) for card in cards],
            execution_options=ONE_STATEMENT,
        )
        rows = [transaction_row(card, booking) for card in cards for booking in card.bookings]
        await session.execute(insert(GiftCardTransaction), rows, execution_options=ONE_STATEMENT)
        await session.commit()
    return {"gift_card": len(cards), "gift_card_transaction": len(rows)}


def card_row(card: fixture.Card, organizer_id: int) -> dict[str, Any]:
    return {
        "id": card.number + 1,
        "organizer_id": organizer_id,
        "secret": card.secret,
        "issued_at": card.issued_at,
        "balance": card.balance,
        "currency": fixture.CURRENCY,
        "expires_at": card.expires_at,
        "conditions": card.conditions,
    }


def transaction_row(card: fixture.Card, booking: fixture.Booking) -> dict[str, Any]:
    return {
        "gift_card_id": card.number + 1,
        "amount": booking.amount,
        "booked_at": booking.booked_at,
        "text": booking.text,
    }


async def drift() -> dict[str, int]:
    """`cards` whose balance is not the sum of their transactions, and by how many hundredths in all."""
    summed = func.coalesce(func.sum(GiftCardTransaction.amount), 0)
    statement = (
        select(GiftCard.balance - summed)
        .outerjoin(GiftCard.transactions)
        .group_by(GiftCard.id, GiftCard.balance)
        .having(GiftCard.balance != summed)
    )
    async with Session() as session:
        differences = (await session.scalars(statement)).all()
    return {"cards": len(differences), "hundredths": int(sum(map(abs, differences)))}


async def run(verb: str) -> None:
    answer = await (fill() if verb == "fill" else drift())
    await engine.dispose()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))

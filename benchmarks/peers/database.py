"""Makes a peer's tables and rows, and compares its balances with its ledger.

`python -m benchmarks.peers.database fill`, `drift`, `clicks` or `redemptions`; the database is the one that
`PEER_DATABASE_URL` names.
"""

import asyncio
import json
import sys
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks import fixture, shops
from benchmarks.peers import vouchers
from benchmarks.peers.models import (
    ApiToken,
    Base,
    Event,
    GiftCard,
    GiftCardTransaction,
    Order,
    Organizer,
    SalesChannel,
    Session,
    TrackingCampaign,
    api_token_organizer,
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
        organizers = [Organizer(slug=slug, name=shops.name_of(slug)) for slug in shops.ORGANIZERS]
        session.add_all(organizers)
        await session.flush()
        ids = {each.slug: each.id for each in organizers}
        await add_tokens(session, ids)
        orders = await add_shops(session, ids)
        organizer_id = ids[fixture.ORGANIZER]
        await vouchers.add(session, organizer_id)
        await session.execute(
            insert(GiftCard),
            [card_row(card, organizer_id) for card in cards],
            execution_options=ONE_STATEMENT,
        )
        rows = [transaction_row(card, each, organizer_id, orders) for card in cards for each in card.bookings]
        await session.execute(insert(GiftCardTransaction), rows, execution_options=ONE_STATEMENT)
        await session.commit()
    return {"gift_card": len(cards), "gift_card_transaction": len(rows)}


async def add_tokens(session: AsyncSession, organizer_ids: dict[str, int]) -> None:
    for name, slugs in shops.TOKEN_NAMES.items():
        token = ApiToken(organizer_id=organizer_ids[slugs[0]], token=shops.TOKENS[name])
        session.add(token)
        await session.flush()
        grants = [{"api_token_id": token.id, "organizer_id": organizer_ids[slug]} for slug in slugs]
        await session.execute(insert(api_token_organizer), grants)


async def add_shops(session: AsyncSession, organizer_ids: dict[str, int]) -> dict[str, int]:
    """The ids of the orders, by code."""
    channels = {
        (slug, each.identifier): SalesChannel(
            organizer_id=organizer_ids[slug],
            identifier=each.identifier,
            type=each.type,
            label=each.label,
            position=each.position,
        )
        for slug in shops.ORGANIZERS
        for each in shops.channels(slug)
    }
    session.add_all(channels.values())
    limits = {identifier: each for (slug, identifier), each in channels.items() if slug == fixture.ORGANIZER}
    events = [event_of(each, organizer_ids[fixture.ORGANIZER], limits) for each in shops.events()]
    session.add_all(events)
    await session.flush()
    orders = [Order(event_id=events[0].id, code=code) for code in fixture.order_codes()]
    session.add_all(orders)
    await session.execute(insert(TrackingCampaign), [campaign_row(each, events[0].id) for each in shops.campaigns()])
    await session.flush()
    return {each.code: each.id for each in orders}


def event_of(each: shops.Event, organizer_id: int, channels: dict[str, SalesChannel]) -> Event:
    latitude, longitude = each.geo
    return Event(
        organizer_id=organizer_id,
        slug=each.slug,
        name=each.name,
        live=True,
        currency=fixture.CURRENCY,
        date_from=each.date_from,
        date_to=each.date_to,
        date_admission=each.date_admission,
        presale_start=each.presale_start,
        location=each.location,
        geo_lat=latitude,
        geo_lon=longitude,
        timezone="Europe/Berlin",
        plugins=each.plugins,
        meta_data=each.meta_data,
        all_sales_channels=not each.limit_sales_channels,
        limit_sales_channels=[channels[identifier] for identifier in each.limit_sales_channels],
    )


def campaign_row(each: shops.Campaign, event_id: int) -> dict[str, Any]:
    return {
        "id": each.number + 1,
        "event_id": event_id,
        "code": each.code,
        "description": each.description,
        "external_target": each.external_target,
        "click_count": each.clicks,
    }


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


def transaction_row(
    card: fixture.Card, booking: fixture.Booking, organizer_id: int, order_ids: dict[str, int]
) -> dict[str, Any]:
    return {
        "gift_card_id": card.number + 1,
        "amount": booking.amount,
        "booked_at": booking.booked_at,
        "text": booking.text,
        "order_id": order_ids[booking.order] if booking.order else None,
        "acceptor_id": organizer_id,
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


async def clicks() -> dict[str, int]:
    async with Session() as session:
        return {"clicks": int(await session.scalar(select(func.sum(TrackingCampaign.click_count))) or 0)}


async def run(verb: str) -> None:
    verbs = {"fill": fill, "drift": drift, "clicks": clicks, "redemptions": vouchers.redemptions}
    answer = await verbs[verb]()
    await engine.dispose()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))

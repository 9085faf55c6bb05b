"""Peer (b): FastAPI and SQLAlchemy's async ORM on pretix's gift-card routes, as their documentation shows.

FastAPI: tutorial "Dependencies with yield" (a session per request), "Response Model", "Security" (a header
scheme). SQLAlchemy: "Asynchronous I/O", and "SELECT .. FOR UPDATE" through `with_for_update()`.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from benchmarks.peers import fastapi_shops, fastapi_vouchers
from benchmarks.peers.fastapi_parts import OrganizerDep, Page, PageNumber, SessionDep, page_of
from benchmarks.peers.models import GiftCard, GiftCardTransaction, Order, Organizer

PREFIX = "/api/v1/organizers/{organizer}/giftcards/"

app = FastAPI()
app.include_router(fastapi_shops.router)
app.include_router(fastapi_vouchers.router)


class GiftCardOut(BaseModel):
    id: int
    secret: str
    issuance: datetime
    value: str
    currency: str
    testmode: bool
    expires: datetime | None
    conditions: str | None
    owner_ticket: int | None
    issuer: str


class TransactionOut(BaseModel):
    id: int
    datetime: datetime
    value: str
    event: str | None
    order: str | None
    text: str | None
    info: Any
    acceptor: str | None


class TransactIn(BaseModel):
    value: Decimal = Field(max_digits=13, decimal_places=2)
    text: str = ""


@app.get(PREFIX)
async def list_cards(
    request: Request, session: SessionDep, organizer: OrganizerDep, page: PageNumber = 1
) -> Page[GiftCardOut]:
    own = select(GiftCard).where(GiftCard.organizer_id == organizer.id).order_by(GiftCard.id)
    return await page_of(request, session, own, page, lambda row: represent(row, organizer))


@app.get(PREFIX + "{card_id}/")
async def get_card(card_id: int, session: SessionDep, organizer: OrganizerDep) -> GiftCardOut:
    card = await session.scalar(own_card(organizer, card_id))
    if card is None:
        raise HTTPException(404, "No GiftCard matches the given query.")
    return represent(card, organizer)


@app.get(PREFIX + "{card_id}/transactions/")
async def list_transactions(
    request: Request, card_id: int, session: SessionDep, organizer: OrganizerDep, page: PageNumber = 1
) -> Page[TransactionOut]:
    if await session.scalar(own_card(organizer, card_id)) is None:
        raise HTTPException(404, "No GiftCard matches the given query.")
    own = select(GiftCardTransaction).where(GiftCardTransaction.gift_card_id == card_id)
    own = own.options(
        selectinload(GiftCardTransaction.order).joinedload(Order.event),
        selectinload(GiftCardTransaction.acceptor),
    )
    return await page_of(request, session, own.order_by(GiftCardTransaction.id), page, represent_transaction)


@app.post(PREFIX + "{card_id}/transact/")
async def transact(card_id: int, body: TransactIn, session: SessionDep, organizer: OrganizerDep) -> GiftCardOut:
    card = await session.scalar(own_card(organizer, card_id).with_for_update())
    if card is None:
        raise HTTPException(404, "No GiftCard matches the given query.")
    amount = int(body.value * 100)
    if card.balance + amount < 0:
        raise HTTPException(409, "The gift card does not have sufficient credit for this operation.")
    card.balance += amount
    session.add(
        GiftCardTransaction(
            gift_card_id=card.id,
            amount=amount,
            booked_at=datetime.now(UTC),
            text=body.text,
            acceptor_id=organizer.id,
        )
    )
    await session.commit()
    return represent(card, organizer)


def own_card(organizer: Organizer, card_id: int) -> Select[GiftCard]:
    return select(GiftCard).where(GiftCard.organizer_id == organizer.id, GiftCard.id == card_id)


def represent(card: GiftCard, organizer: Organizer) -> GiftCardOut:
    return GiftCardOut(
        id=card.id,
        secret=card.secret,
        issuance=card.issued_at,
        value=money(card.balance),
        currency=card.currency,
        testmode=card.testmode,
        expires=card.expires_at,
        conditions=card.conditions,
        owner_ticket=None,
        issuer=organizer.slug,
    )


def represent_transaction(row: GiftCardTransaction) -> TransactionOut:
    return TransactionOut(
        id=row.id,
        datetime=row.booked_at,
        value=money(row.amount),
        event=row.order.event.slug if row.order else None,
        order=row.order.code if row.order else None,
        text=row.text,
        info=row.info,
        acceptor=row.acceptor.slug if row.acceptor else None,
    )


def money(hundredths: int) -> str:
    return f"{Decimal(hundredths).scaleb(-2):.2f}"

"""Peer (b): FastAPI and SQLAlchemy's async ORM on pretix's gift-card routes, as their documentation shows.

FastAPI: tutorial "Dependencies with yield" (a session per request), "Response Model", "Security" (a header
scheme). SQLAlchemy: "Asynchronous I/O", and "SELECT .. FOR UPDATE" through `with_for_update()`.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.peers.models import ApiToken, GiftCard, GiftCardTransaction, Organizer, Session

PREFIX = "/api/v1/organizers/{organizer}/giftcards/"

app = FastAPI()
header_scheme = APIKeyHeader(name="Authorization")


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


class Page(BaseModel):
    count: int
    next: str | None
    previous: str | None
    results: list[GiftCardOut]


class TransactIn(BaseModel):
    value: Decimal = Field(max_digits=13, decimal_places=2)
    text: str = ""


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


async def get_organizer(
    organizer: str, session: SessionDep, authorization: Annotated[str, Security(header_scheme)]
) -> Organizer:
    token = await session.scalar(select(ApiToken).where(ApiToken.token == authorization.removeprefix("Token ")))
    if token is None:
        raise HTTPException(401, "Invalid token.")
    if token.organizer.slug != organizer:
        raise HTTPException(403, "You do not have permission to perform this action.")
    return token.organizer


OrganizerDep = Annotated[Organizer, Depends(get_organizer)]


@app.get(PREFIX)
async def list_cards(
    request: Request, session: SessionDep, organizer: OrganizerDep, page: Annotated[int, Query(ge=1)] = 1
) -> Page:
    own = select(GiftCard).where(GiftCard.organizer_id == organizer.id)
    count = await session.scalar(select(func.count()).select_from(own.subquery())) or 0
    rows = await session.scalars(own.order_by(GiftCard.id).offset((page - 1) * 50).limit(50))
    return Page(
        count=count,
        next=str(request.url.include_query_params(page=page + 1)) if page * 50 < count else None,
        previous=str(request.url.include_query_params(page=page - 1)) if page > 1 else None,
        results=[represent(row, organizer) for row in rows],
    )


@app.get(PREFIX + "{card_id}/")
async def get_card(card_id: int, session: SessionDep, organizer: OrganizerDep) -> GiftCardOut:
    card = await session.scalar(own_card(organizer, card_id))
    if card is None:
        raise HTTPException(404, "No GiftCard matches the given query.")
    return represent(card, organizer)


@app.post(PREFIX + "{card_id}/transact/")
async def transact(card_id: int, body: TransactIn, session: SessionDep, organizer: OrganizerDep) -> GiftCardOut:
    card = await session.scalar(own_card(organizer, card_id).with_for_update())
    if card is None:
        raise HTTPException(404, "No GiftCard matches the given query.")
    amount = int(body.value * 100)
    if card.balance + amount < 0:
        raise HTTPException(409, "The gift card does not have sufficient credit for this operation.")
    card.balance += amount
    session.add(GiftCardTransaction(gift_card_id=card.id, amount=amount, booked_at=datetime.now(UTC), text=body.text))
    await session.commit()
    return represent(card, organizer)


def own_card(organizer: Organizer, card_id: int) -> Select[GiftCard]:
    return select(GiftCard).where(GiftCard.organizer_id == organizer.id, GiftCard.id == card_id)


def represent(card: GiftCard, organizer: Organizer) -> GiftCardOut:
    return GiftCardOut(
        id=card.id,
        secret=card.secret,
        issuance=card.issued_at,
        value=f"{Decimal(card.balance).scaleb(-2):.2f}",
        currency=card.currency,
        testmode=card.testmode,
        expires=card.expires_at,
        conditions=card.conditions,
        owner_ticket=None,
        issuer=organizer.slug,
    )

"""What the routes of peer (b) share: a session per request, who asks, pages of fifty with their count."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, HTTPException, Query, Request, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.peers.models import ApiToken, Event, Organizer, Session

Out = TypeVar("Out", bound=BaseModel)
PAGE_SIZE = 50

header_scheme = APIKeyHeader(name="Authorization")


class Page(BaseModel, Generic[Out]):
    count: int
    next: str | None
    previous: str | None
    results: list[Out]


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


async def get_token(session: SessionDep, authorization: Annotated[str, Security(header_scheme)]) -> ApiToken:
    token = await session.scalar(select(ApiToken).where(ApiToken.token == authorization.removeprefix("Token ")))
    if token is None:
        raise HTTPException(401, "Invalid token.")
    return token


TokenDep = Annotated[ApiToken, Depends(get_token)]


async def get_organizer(organizer: str, token: TokenDep) -> Organizer:
    if token.organizer.slug != organizer:
        raise HTTPException(403, "You do not have permission to perform this action.")
    return token.organizer


OrganizerDep = Annotated[Organizer, Depends(get_organizer)]


async def get_event(event: str, session: SessionDep, organizer: OrganizerDep) -> Event:
    found = await session.scalar(select(Event).where(Event.organizer_id == organizer.id, Event.slug == event))
    if found is None:
        raise HTTPException(403, "You do not have permission to perform this action.")
    return found


EventDep = Annotated[Event, Depends(get_event)]
PageNumber = Annotated[int, Query(ge=1)]


async def page_of(
    request: Request, session: AsyncSession, rows: Select[Any], page: int, represent: Callable[[Any], Out]
) -> Page[Out]:
    """A page of the rows, which are in order. What is loaded with them is not loaded to count them."""
    count = await session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    found = await session.scalars(rows.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return Page(
        count=count,
        next=str(request.url.include_query_params(page=page + 1)) if page * PAGE_SIZE < count else None,
        previous=str(request.url.include_query_params(page=page - 1)) if page > 1 else None,
        results=[represent(row) for row in found],
    )

"""Peer (a): Strawberry, SQLAlchemy's async ORM and a DataLoader, each used as its own documentation shows.

Strawberry: guides "Permissions", "DataLoaders" (loaders in the context), "Working with Connections", "Custom
extensions" (a session per operation), integration "ASGI". With PEER_CACHES=1 it also has the ParserCache and
ValidationCache extensions, which the documentation describes but does not switch on.
"""

import base64
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import strawberry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.permission import BasePermission

from benchmarks.peers import models
from benchmarks.peers.models import ApiToken, Session

Node = TypeVar("Node")


@strawberry.type
class Money:
    amount: Decimal
    currency: str


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[Node]):
    node: Node
    cursor: str


@strawberry.type
class Connection(Generic[Node]):
    edges: list[Edge[Node]]
    page_info: PageInfo


@strawberry.type
class GiftCardTransaction:
    id: strawberry.ID
    amount: Money
    booked_at: datetime
    text: str | None

    @classmethod
    def from_row(cls, row: models.GiftCardTransaction, currency: str) -> "GiftCardTransaction":
        return cls(
            id=strawberry.ID(str(row.id)),
            amount=money(row.amount, currency),
            booked_at=row.booked_at,
            text=row.text,
        )


@strawberry.type
class GiftCard:
    id: strawberry.ID
    secret: str
    balance: Money
    testmode: bool
    active: bool
    issued_at: datetime
    expires_at: datetime | None
    conditions: str | None

    @strawberry.field
    async def transactions(self, info: strawberry.Info, first: int = 50) -> Connection[GiftCardTransaction]:
        rows = await info.context["transactions"].load(int(self.id))
        nodes = [GiftCardTransaction.from_row(row, self.balance.currency) for row in rows]
        return connection(nodes, first)

    @classmethod
    def from_row(cls, row: models.GiftCard) -> "GiftCard":
        return cls(
            id=strawberry.ID(str(row.id)),
            secret=row.secret,
            balance=money(row.balance, row.currency),
            testmode=row.testmode,
            active=row.active,
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            conditions=row.conditions,
        )


@strawberry.type
class UserError:
    code: str
    field: str | None
    message: str


@strawberry.type
class GiftCardTransactPayload:
    gift_card: GiftCard | None
    transaction: GiftCardTransaction | None
    user_errors: list[UserError]


@strawberry.input
class GiftCardTransactInput:
    id: strawberry.ID
    amount: Decimal
    text: str | None = None


class IsAuthenticated(BasePermission):
    message = "Not authenticated"

    async def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        header = info.context["request"].headers.get("Authorization", "")
        session: AsyncSession = info.context["session"]
        token = await session.scalar(select(ApiToken).where(ApiToken.token == header.removeprefix("Token ")))
        if token is None:
            return False
        info.context["organizer_id"] = token.organizer_id
        return True


@strawberry.type
class Query:
    @strawberry.field(permission_classes=[IsAuthenticated])  # type: ignore[untyped-decorator]
    async def gift_cards(
        self, info: strawberry.Info, first: int = 50, after: str | None = None
    ) -> Connection[GiftCard]:
        statement = select(models.GiftCard).where(models.GiftCard.organizer_id == info.context["organizer_id"])
        if after is not None:
            statement = statement.where(models.GiftCard.id > decode_cursor(after))
        rows = await info.context["session"].scalars(statement.order_by(models.GiftCard.id).limit(first + 1))
        return connection([GiftCard.from_row(row) for row in rows], first)

    @strawberry.field(permission_classes=[IsAuthenticated])  # type: ignore[untyped-decorator]
    async def gift_card(self, info: strawberry.Info, id: strawberry.ID) -> GiftCard | None:
        row = await info.context["session"].scalar(own_card(info, id))
        return GiftCard.from_row(row) if row else None


@strawberry.type
class Mutation:
    @strawberry.mutation(permission_classes=[IsAuthenticated])  # type: ignore[untyped-decorator]
    async def gift_card_transact(self, info: strawberry.Info, input: GiftCardTransactInput) -> GiftCardTransactPayload:
        session: AsyncSession = info.context["session"]
        card = await session.scalar(own_card(info, input.id).with_for_update())
        if card is None:
            return refused("not_found", "id", "There is no such gift card.")
        amount = int(input.amount * 100)
        if card.balance + amount < 0:
            return refused("insufficient_funds", "amount", "The gift card does not have sufficient credit.")
        card.balance += amount
        row = models.GiftCardTransaction(
            gift_card_id=card.id, amount=amount, booked_at=datetime.now(UTC), text=input.text
        )
        session.add(row)
        await session.commit()
        return GiftCardTransactPayload(
            gift_card=GiftCard.from_row(card),
            transaction=GiftCardTransaction.from_row(row, card.currency),
            user_errors=[],
        )


def own_card(info: strawberry.Info, id: strawberry.ID) -> Any:
    return select(models.GiftCard).where(
        models.GiftCard.organizer_id == info.context["organizer_id"], models.GiftCard.id == int(id)
    )


def refused(code: str, field: str, message: str) -> GiftCardTransactPayload:
    error = UserError(code=code, field=field, message=message)
    return GiftCardTransactPayload(gift_card=None, transaction=None, user_errors=[error])


def money(hundredths: int, currency: str) -> Money:
    return Money(amount=Decimal(hundredths).scaleb(-2), currency=currency)


def connection(nodes: list[Any], first: int) -> Connection[Any]:
    edges = [Edge(node=node, cursor=encode_cursor(node.id)) for node in nodes[:first]]
    page_info = PageInfo(has_next_page=len(nodes) > first, end_cursor=edges[-1].cursor if edges else None)
    return Connection(edges=edges, page_info=page_info)


def encode_cursor(id: strawberry.ID) -> str:
    return base64.b64encode(f"card:{id}".encode("ascii")).decode("ascii")


def decode_cursor(cursor: str) -> int:
    return int(base64.b64decode(cursor).decode("ascii").split(":")[1])


def transactions_loader(session: AsyncSession) -> Callable[[list[int]], Any]:
    async def load(card_ids: list[int]) -> list[list[models.GiftCardTransaction]]:
        statement = select(models.GiftCardTransaction).where(models.GiftCardTransaction.gift_card_id.in_(card_ids))
        by_card = defaultdict(list)
        for row in await session.scalars(statement.order_by(models.GiftCardTransaction.id)):
            by_card[row.gift_card_id].append(row)
        return [by_card[card_id] for card_id in card_ids]

    return load


class SessionPerOperation(SchemaExtension):
    async def on_operation(self) -> AsyncIterator[None]:
        async with Session() as session:
            context = self.execution_context.context
            context["session"] = session
            context["transactions"] = DataLoader(load_fn=transactions_loader(session))
            yield


caches = [ParserCache, ValidationCache] if os.environ.get("PEER_CACHES") else []
schema = strawberry.Schema(query=Query, mutation=Mutation, extensions=[SessionPerOperation, *caches])
graphql_app: GraphQL[Any, Any] = GraphQL(schema)
app = Starlette(routes=[Route("/graphql", graphql_app)])

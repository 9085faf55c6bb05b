"""A small world for tests: an app over a fresh database, with organizers, tokens and cards to act on."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx2
from sqlalchemy import insert, select

from models.database import Database, Tx
from models.event import event
from models.gift_card import gift_card_acceptance
from models.organizer import organizer
from models.sales_channel import sales_channel
from resolvers import balances, gift_cards, tokens
from resolvers.context import Context, Work
from resolvers.principals import Principal, system
from server.app import Foyer
from server.settings import Settings

START = datetime(2026, 1, 1, tzinfo=UTC)

# acme accepts beta's cards; gamma invited acme, which has not taken it up.
ORGANIZERS = ("acme", "beta", "gamma")
TOKENS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "acme": ("acme", ("organizer.*", "event.*")),
    "acme_reads": ("acme", ("organizer.giftcards:read",)),
    "acme_writes": ("acme", ("organizer.giftcards:write",)),
    "acme_nothing": ("acme", ("event.nothing:read",)),
    "beta": ("beta", ("organizer.*", "event.*")),
}


class Clock:
    """A clock that tests set; each look is one second after the last, so that order is told apart."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass(slots=True)
class World:
    app: Foyer
    clock: Clock
    client: httpx2.AsyncClient
    organizers: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.app.database

    def context(self, *slugs: str, principal: Principal | None = None) -> Context:
        reached = {slug: self.organizers[slug] for slug in slugs or ORGANIZERS[:1]}
        return Context(self.database, principal or system(reached), self.clock)

    async def card(self, balance: int = 0, *, of: str = "acme", **options: Any) -> int:
        """A gift card with this many hundredths on it; its id."""
        verb = partial(
            gift_cards.issue, organizer_id=self.organizers[of], amount=balance, **{"currency": "EUR", **options}
        )
        return (await self.context(of).write(verb)).card_id

    async def transact(self, card_id: int, amount: int, *, of: str = "acme", **options: Any) -> balances.Booked:
        verb = partial(gift_cards.transact, organizer_id=self.organizers[of], card_id=card_id, amount=amount, **options)
        return await self.context(of).write(verb)

    async def graphql(
        self, query: str, variables: Mapping[str, Any] | None = None, *, token: str | None = "acme", **headers: str
    ) -> httpx2.Response:
        sent = {"Accept": "application/graphql-response+json", **headers}
        if token is not None:
            sent["Authorization"] = f"Bearer {self.secrets.get(token, token)}"
        body = {"query": query, "variables": variables or {}}
        return await self.client.post("/graphql", json=body, headers=sent)

    async def data(self, query: str, variables: Mapping[str, Any] | None = None, *, token: str = "acme") -> Any:
        """The data of a request that must succeed."""
        response = await self.graphql(query, variables, token=token)
        answer = response.json()
        assert response.status_code == 200, answer
        assert "errors" not in answer, answer
        return answer["data"]

    async def pretix(
        self, method: str, path: str, *, token: str = "acme", of: str = "acme", **options: Any
    ) -> httpx2.Response:
        headers = {"Authorization": f"Token {self.secrets.get(token, token)}", **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1/organizers/{of}/{path}", headers=headers, **options)


@asynccontextmanager
async def opened(url: str, **settings: Any) -> AsyncIterator[World]:
    """A world in a migrated database."""
    clock = Clock()
    # What survives a power cut is tested in tests/survival on servers of their own.
    chosen = {
        "token_cache_seconds": 0,
        "synchronous": "NORMAL",
        # Its looking for work would be among the statements that tests count.
        "webhooks": False,
        "allowed_hosts": "foyer.test, shop.example",
        **settings,
    }
    app = Foyer(Settings(database_url=url, **chosen), clock)
    async with (
        app.lifespan(),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://foyer.test") as client,
    ):
        world = World(app, clock, client)
        await app.database.write(partial(_populate, world))
        for name, (slug, scopes) in TOKENS.items():
            context = world.context(slug)
            created = await context.write(partial(_token, name=name, slug=slug, scopes=scopes))
            world.secrets[name] = created.secret
        yield world


async def _token(work: Work, *, name: str, slug: str, scopes: tuple[str, ...]) -> tokens.Created:
    return await tokens.create(work, name, organizers=[slug], scopes=scopes)


async def _populate(world: World, tx: Tx) -> None:
    now = START
    for slug in ORGANIZERS:
        row = {"slug": slug, "name": slug.title(), "created_at": now}
        (found,) = await tx.row(insert(organizer).values(row).returning(organizer.c.id))
        world.organizers[slug] = found
        channel = {"organizer_id": found, "identifier": "web", "type": "web", "position": 0, "active": True}
        label = {"en": "Online shop", "de": "Webshop"}
        await tx.rows(insert(sales_channel).values(**channel, label=label, created_at=now))
    acme, beta, gamma = (world.organizers[slug] for slug in ORGANIZERS)
    for issuer, active in ((beta, True), (gamma, False)):
        accepted = {"organizer_id": acme, "issuer_id": issuer, "active": active}
        await tx.rows(insert(gift_card_acceptance).values(accepted))
    for slug, name in (("conf", {"en": "Conference", "de": "Konferenz"}), ("party", {"de": "Feier"})):
        flags = {"live": True, "testmode": False, "is_public": True, "has_subevents": False, "plugins": []}
        dates = {"date_from": now + timedelta(days=300), "date_to": None, "created_at": now}
        of = {"organizer_id": acme, "slug": slug, "name": name, "currency": "EUR", "location": None}
        await tx.rows(insert(event).values(**of, **flags, **dates, timezone="Europe/Berlin"))


async def count(world: World, table: Any) -> int:
    """How many rows a table has."""
    rows = await world.database.write(lambda tx: tx.rows(select(table.c.id)))
    return len(rows)

"""The pretix door over the world of tests/world.py, with tokens of every kind and a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from sqlalchemy import insert, select, update

from models.database import Tx
from models.event import event
from models.order import order, ticket
from models.sales_channel import sales_channel
from models.token import Kind, token
from resolvers import tokens
from resolvers.context import Work
from tests.world import ORGANIZERS, START, World

TICKET = "ticketsecret01"
CARDS = "/api/v1/organizers/acme/giftcards/"
GIFT_CARD_SCOPES = ("organizer.giftcards:read", "organizer.giftcards:write")

# name: kind, organizers, scopes, what else is unlike a new token
TOKENS: Mapping[str, tuple[Kind, tuple[str, ...], tuple[str, ...], Mapping[str, Any]]] = {
    "inactive": (Kind.TEAM, ("acme",), GIFT_CARD_SCOPES, {"status": "inactive"}),
    "some_events": (Kind.TEAM, ("acme",), ("organizer.*", "event.*"), {"all_events": False}),
    "device": (Kind.DEVICE, ("acme",), GIFT_CARD_SCOPES, {"profile": "full"}),
    "device_scan": (Kind.DEVICE, ("acme",), GIFT_CARD_SCOPES, {"profile": "pretixscan"}),
    "device_pos": (Kind.DEVICE, ("acme",), GIFT_CARD_SCOPES, {"profile": "pretixpos"}),
    "device_strange": (Kind.DEVICE, ("acme",), GIFT_CARD_SCOPES, {"profile": "nothing we know"}),
    "device_revoked": (Kind.DEVICE, ("acme",), GIFT_CARD_SCOPES, {"status": "revoked"}),
    "device_new": (Kind.DEVICE, ("acme",), GIFT_CARD_SCOPES, {"status": "uninitialized"}),
    "oauth": (Kind.OAUTH, ("acme", "gamma"), ("organizer.*", "event.*"), {}),
    "oauth_read": (Kind.OAUTH, ("acme",), ("organizer.*",), {"access": "read"}),
    "oauth_profile": (Kind.OAUTH, ("acme",), ("organizer.*",), {"access": "profile"}),
    "oauth_expired": (Kind.OAUTH, ("acme",), ("organizer.*",), {"expires_at": START}),
}
SCHEMES = {Kind.TEAM: "Token", Kind.DEVICE: "Device", Kind.OAUTH: "Bearer"}


@dataclass(slots=True)
class Door:
    world: World
    ticket_id: int
    # Authorization headers by the token's name.
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str = CARDS, *, token: str | None = "acme", **options: Any
    ) -> httpx2.Response:
        """One request; a path that is not absolute is below the gift cards of acme."""
        sent = dict(options.pop("headers", {}))
        if token is not None:
            sent.setdefault("Authorization", self.headers.get(token, token))
        address = path if path.startswith("/") else CARDS + path
        return await self.world.client.request(method, address, headers=sent, **options)

    async def get(self, path: str = CARDS, **options: Any) -> httpx2.Response:
        return await self.ask("GET", path, **options)

    async def post(self, path: str = CARDS, json: Any = None, **options: Any) -> httpx2.Response:
        return await self.ask("POST", path, json=json, **options)

    async def value(self, card: int) -> str:
        """What a card has on it now."""
        return str((await self.get(f"{card}/")).json()["value"])


@pytest.fixture
async def door(world: World) -> Door:
    return await door_of(world)


async def door_of(world: World) -> Door:
    found = Door(world, await world.database.write(lambda tx: _ticket(world, tx)))
    found.headers = {name: f"Token {secret}" for name, secret in world.secrets.items()}
    found.headers |= await world.context(*ORGANIZERS).write(_tokens)
    return found


async def _tokens(work: Work) -> dict[str, str]:
    headers = {}
    for name, (kind, slugs, scopes, unlike) in TOKENS.items():
        created = await tokens.create(work, name, organizers=slugs, scopes=scopes, kind=kind)
        if unlike:
            await work.rows(update(token).where(token.c.id == created.id).values(unlike).returning(token.c.id))
        headers[name] = f"{SCHEMES[kind]} {created.secret}"
    return headers


async def _ticket(world: World, tx: Tx) -> int:
    acme = world.organizers["acme"]
    (conf,) = await tx.row(select(event.c.id).where(event.c.organizer_id == acme, event.c.slug == "conf"))
    (web,) = await tx.row(select(sales_channel.c.id).where(sales_channel.c.organizer_id == acme))
    placed = {"organizer_id": acme, "event_id": conf, "sales_channel_id": web, "code": "FOO12", "created_at": START}
    (order_id,) = await tx.row(insert(order).values(placed).returning(order.c.id))
    held = {"organizer_id": acme, "order_id": order_id, "secret": TICKET}
    (ticket_id,) = await tx.row(insert(ticket).values(held).returning(ticket.c.id))
    return int(ticket_id)


ON_SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

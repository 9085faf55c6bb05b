"""The Voucherify door itself, over the world of tests/world.py: addresses of the tests' own, keys of every kind."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sqlalchemy import insert, update

from models.organizer import organizer
from models.problems import Invalid, NotFound
from models.token import Kind, token
from resolvers import tokens
from resolvers.authentication import Authenticator
from resolvers.context import Work
from resolvers.reading.selection import Ask, One, Value
from rest.reading import Selection
from rest.voucherify.answers import Answer, Stream
from rest.voucherify.app import ROUTES as SHOP
from rest.voucherify.app import Voucherify
from rest.voucherify.call import Call
from rest.voucherify.fields import integer, text
from rest.voucherify.routing import Route
from server.request_id import RequestIds
from tests.world import ORGANIZERS, START, World

ORGANIZER = Selection(One("organizer", {"slug": Value(("slug",))}, 0))


async def who(call: Call) -> Answer:
    """Whoever asks, and what the address, the query and the clock say."""
    asker = call.principal
    found = {"kind": asker.kind, "scopes": sorted(asker.scopes), "organizer_id": call.organizer_id}
    return call.json({**found, "arguments": dict(call.arguments), "limit": call.query.limit()})


async def nothing(call: Call) -> Answer:
    return call.nothing()


async def echo(call: Call) -> Answer:
    payload = await call.payload()
    return call.json({"name": payload.need("name", text), "count": payload.take("count", integer(0, 100))})


async def maybe(call: Call) -> Answer:
    return call.json(dict((await call.payload(optional=True)).values))


async def many(call: Call) -> Answer:
    return call.json(await call.items())


async def bodiless(call: Call) -> Answer:
    return call.json({})


async def founded(call: Call) -> Answer:
    """A write whose outcome is the answer: an organizer of this name, or a refusal."""
    slug = (await call.payload()).need("name", text)

    async def verb(work: Work) -> Answer:
        if slug == "refused":
            raise Invalid("It has been refused.", field="starts_at")
        row = {"slug": slug, "name": slug, "created_at": work.now}
        (made,) = await work.row(insert(organizer).values(row).returning(organizer.c.id))
        return call.json({"id": made})

    return await call.write(verb)


async def missing(call: Call) -> Answer:
    raise NotFound("voucher_campaign", ref=call.arguments["campaign"])


async def broken(call: Call) -> Answer:
    raise RuntimeError("a secret of the house")


async def upload(call: Call) -> Answer:
    size, pieces, largest = 0, 0, 0
    async for piece in await call.upload():
        size, pieces, largest = size + len(piece), pieces + 1, max(largest, len(piece))
    return call.json({"size": size, "pieces": pieces, "largest": largest, "campaign": call.arguments["campaign"]})


async def export(call: Call) -> Stream:
    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            yield f"{number}\n".encode()

    return call.stream(parts(), "text/csv; charset=utf-8", "codes.csv")


async def read(call: Call) -> Answer:
    return call.json(await call.read(ORGANIZER, [Ask(1, organizer_id=call.organizer_id)]))


ROUTES = (
    Route("who", {"GET": who}),
    Route("who/{name}", {"GET": who, "DELETE": nothing}),
    Route("who", {"GET": who, "POST": who}, client=True),
    Route("echo", {"POST": echo}),
    Route("maybe", {"POST": maybe}),
    Route("many", {"POST": many}),
    Route("bodiless", {"POST": bodiless, "DELETE": nothing}),
    Route("founded", {"POST": founded}),
    Route("campaigns/{campaign}", {"GET": missing}),
    Route("campaigns/{campaign+}/importCSV", {"POST": upload}),
    Route("broken", {"GET": broken}),
    Route("export", {"GET": export}, media="text/csv"),
    Route("read", {"GET": read}),
)

VOUCHER_SCOPES = ("organizer.vouchers:read", "organizer.vouchers:write")
# name: kind, organizers, scopes, what else is unlike a new token
TOKENS: Mapping[str, tuple[Kind, tuple[str, ...], tuple[str, ...], Mapping[str, Any]]] = {
    "app": (Kind.APP, ("acme",), ("organizer.*",), {}),
    "app_beta": (Kind.APP, ("beta",), ("organizer.*",), {}),
    "app_both": (Kind.APP, ("acme", "beta"), ("organizer.*",), {}),
    "app_revoked": (Kind.APP, ("acme",), ("organizer.*",), {"status": "revoked"}),
    "app_expired": (Kind.APP, ("acme",), ("organizer.*",), {"expires_at": START}),
    "client": (Kind.CLIENT, ("acme",), ("organizer.*",), {}),
    "oauth": (Kind.OAUTH, ("acme",), VOUCHER_SCOPES, {}),
    "team": (Kind.TEAM, ("acme",), VOUCHER_SCOPES, {}),
    "device": (Kind.DEVICE, ("acme",), VOUCHER_SCOPES, {"profile": "full"}),
}


@dataclass(slots=True)
class Door:
    world: World
    app: Voucherify
    client: httpx2.AsyncClient
    # Public id and secret by the token's name.
    keys: dict[str, tuple[str | None, str]]

    def headers(self, name: str) -> dict[str, str]:
        public_id, secret = self.keys[name]
        if name.startswith("client"):
            return {"X-Client-Application-Id": public_id or "", "X-Client-Token": secret}
        if name.startswith("app"):
            return {"X-App-Id": public_id or "", "X-App-Token": secret}
        return {"Authorization": f"Bearer {secret}"}

    async def ask(self, method: str, path: str, *, token: str | None = "app", **options: Any) -> httpx2.Response:
        """One request; a path that is not absolute is below /v1/."""
        sent = {**({} if token is None else self.headers(token)), **options.pop("headers", {})}
        address = path if path.startswith("/") else f"/v1/{path}"
        return await self.client.request(method, address, headers=sent, **options)

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        return await self.ask("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx2.Response:
        return await self.ask("POST", path, **({} if json is None else {"json": json}), **options)


@pytest.fixture
async def door(world: World) -> AsyncIterator[Door]:
    async with serving(world) as found:
        yield found


@pytest.fixture
async def shop(world: World) -> AsyncIterator[Door]:
    """The door with the vendor's own addresses, and with keys."""
    async with serving(world, SHOP) as found:
        yield found


@asynccontextmanager
async def serving(world: World, routes: tuple[Route, ...] = ROUTES, **limits: Any) -> AsyncIterator[Door]:
    """A door with these limits."""
    authenticator = Authenticator(world.database, 0, world.clock)
    app = Voucherify(world.database, authenticator, clock=world.clock, routes=routes, **limits)
    transport = httpx2.ASGITransport(app=RequestIds(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://foyer.test") as client:
        keys = await world.context(*ORGANIZERS).write(_tokens)
        yield Door(world, app, client, keys)


async def _tokens(work: Work) -> dict[str, tuple[str | None, str]]:
    keys = {}
    for name, (kind, slugs, scopes, unlike) in TOKENS.items():
        created = await tokens.create(work, name, organizers=slugs, scopes=scopes, kind=kind)
        if unlike:
            await work.rows(update(token).where(token.c.id == created.id).values(unlike).returning(token.c.id))
        keys[name] = (created.public_id, created.secret)
    return keys


ON_SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

"""GraphQL from pages of other origins: those that are named in the settings, and no others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from server.app import create
from server.cors import Cors
from server.deadline import Deadline
from server.settings import Settings, WrongSettings, read_settings
from tests.world import World, opened

SHOP, OTHER = "https://shop.example", "https://other.example"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type,x-app"}


@asynccontextmanager
async def behind(world: World, *origins: str, app: Any = None) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=Cors(app or world.app, origins))
    async with httpx2.AsyncClient(transport=transport, base_url="http://foyer.test") as client:
        yield client


async def test_pages_of_a_named_origin_ask_first_and_then_see_the_answer(sqlite_url: str) -> None:
    async with opened(sqlite_url) as world, behind(world, SHOP) as client:
        first = await client.options("/graphql", headers={"Origin": SHOP, **ASKS})
        assert first.status_code == 200
        assert first.headers["access-control-allow-origin"] == SHOP
        assert first.headers["access-control-allow-methods"] == "GET, POST"
        assert first.headers["access-control-allow-headers"] == ASKS["Access-Control-Request-Headers"]
        headers = {"Origin": SHOP, "Authorization": f"Bearer {world.secrets['acme']}"}
        answer = await client.post("/graphql", json={"query": "{ viewer { name } }"}, headers=headers)
        assert answer.json()["data"] == {"viewer": {"name": "acme"}}
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert answer.headers["vary"] == "Accept, Origin"
        assert {"X-Request-Id", "Retry-After"} <= set(answer.headers["access-control-expose-headers"].split(", "))
        refused = await client.post("/graphql", json={"query": "{ viewer { name } }"}, headers={"Origin": SHOP})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, SHOP)
        for response in (first, answer, refused):
            assert "access-control-allow-credentials" not in response.headers


async def test_pages_of_other_origins_and_other_paths_see_nothing(sqlite_url: str) -> None:
    async with opened(sqlite_url) as world, behind(world, SHOP) as client:
        assert (await client.options("/graphql", headers={"Origin": OTHER, **ASKS})).status_code == 400
        for path, origin in (("/graphql", OTHER), ("/api/v1/organizers/", SHOP), ("/graphql/assets/x", SHOP)):
            response = await client.post(path, json={}, headers={"Origin": origin})
            assert "access-control-allow-origin" not in response.headers
        for origin in ("null", f"{SHOP}.evil.example", f"{SHOP}:8443", "http://shop.example"):
            response = await client.options("/graphql", headers={"Origin": origin, **ASKS})
            assert (response.status_code, "access-control-allow-origin" in response.headers) == (400, False)


async def test_pages_of_every_origin_if_that_is_said(sqlite_url: str) -> None:
    async with opened(sqlite_url) as world, behind(world, "*") as client:
        first = await client.options("/graphql", headers={"Origin": OTHER, **ASKS})
        assert (first.status_code, first.headers["access-control-allow-origin"]) == (200, "*")


async def test_a_page_also_sees_that_a_request_took_too_long(sqlite_url: str) -> None:
    async with opened(sqlite_url) as world, behind(world, SHOP, app=Deadline(world.app, 0.0)) as client:
        headers = {"Origin": SHOP, "Authorization": f"Bearer {world.secrets['acme']}"}
        issue = 'mutation { giftCardIssue(input: {amount: "1.00", currency: "EUR"}) { userErrors { code } } }'
        late = await client.post("/graphql", json={"query": issue}, headers=headers)
        assert (late.status_code, late.headers["access-control-allow-origin"]) == (503, SHOP)


async def test_without_the_setting_no_origin_is_let_in(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(sqlite_url) as world:
        response = await world.client.options("/graphql", headers={"Origin": SHOP, **ASKS})
        assert response.status_code == 405
        assert not [name for name in response.headers if name.startswith("access-control")]
    monkeypatch.setenv("FOYER_DATABASE_URL", sqlite_url)
    for origins in (None, SHOP):
        if origins is not None:
            monkeypatch.setenv("FOYER_CORS_ORIGINS", origins)
        app = create()
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost") as client:
            first = await client.options("/graphql", headers={"Origin": SHOP, **ASKS})
        assert (first.status_code == 200) is (origins is not None)


def test_origins_are_scheme_host_and_port() -> None:
    given = "https://shop.example, http://localhost:5173,http://[::1]:80"
    assert Settings(cors_origins=given).origins() == (
        "https://shop.example",
        "http://localhost:5173",
        "http://[::1]:80",
    )
    assert Settings().origins() == ()
    for wrong in (
        "shop.example",
        "https://shop.example/",
        "https://Shop.example",
        "https://*.example",
        "ftp://x",
        "null",
    ):
        with pytest.raises(WrongSettings, match="FOYER_CORS_ORIGINS"):
            read_settings(cors_origins=wrong)

"""Which hosts requests may be for, by the settings; and what is said to others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from server.allowed_hosts import AllowedHosts
from server.app import Foyer
from server.settings import Settings, WrongSettings, read_settings

HTML = "text/html; charset=utf-8"


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def status(app: AllowedHosts, host: str | None, *, server: tuple[str, int] | None = None) -> int:
    found: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    async def send(message: Any) -> None:
        found.append(message)

    headers = [(b"accept", b"*/*"), *([] if host is None else [(b"host", host.encode("latin-1"))])]
    scope = {"type": "http", "method": "GET", "path": "/api/v1/", "headers": headers, "server": server}
    await app(scope, receive, send)
    assert found[0]["status"] in (204, 400)
    return int(found[0]["status"])


@pytest.mark.parametrize(
    ("allowed", "taken", "refused"),
    [
        (
            "shop.example",
            ["shop.example", "SHOP.Example:8000", "shop.example."],
            ["a.shop.example", "shop.example.org"],
        ),
        (".example.org", ["example.org", "a.example.org", "a.b.Example.Org:1"], ["badexample.org", "example.org.evil"]),
        ("*", ["anything", "127.0.0.1", "[::1]:9"], []),
        ("[::1], 10.0.0.1", ["[::1]", "[::1]:8000", "10.0.0.1:80"], ["10.0.0.2", "[::2]", "::1", "localhost"]),
        ("::1", ["[::1]:8000"], ["evil"]),
        ("a, .b", ["a", "b", "c.b"], ["c.a", "ab", "", "."]),
    ],
)
async def test_hosts_are_taken_by_name(allowed: str, taken: list[str], refused: list[str]) -> None:
    app = AllowedHosts(answers, Settings(allowed_hosts=allowed).hosts())
    for host in taken:
        assert await status(app, host) == 204, host
    for host in refused:
        assert await status(app, host) == (204 if host == "" else 400), host
    assert await status(app, None) == 204


@pytest.mark.parametrize(
    ("settings", "taken", "refused"),
    [
        ({}, ["localhost:8000", "127.0.0.1", "[::1]:1"], ["evil.example", "127.0.0.1.evil", "192.168.1.5"]),
        ({"host": "box.lan"}, ["box.lan:8000", "localhost"], ["lan"]),
        ({"base_url": "https://Shop.example:8443/x"}, ["shop.example", "localhost", "127.0.0.1"], ["other.example"]),
        ({"base_url": "https://shop.example", "allowed_hosts": "b"}, ["shop.example", "b"], ["localhost", "127.0.0.1"]),
    ],
)
async def test_who_is_taken_when_nothing_is_said(settings: Any, taken: list[str], refused: list[str]) -> None:
    app = AllowedHosts(answers, Settings(**settings).hosts())
    for host in taken:
        assert await status(app, host) == 204, host
    for host in refused:
        assert await status(app, host) == 400, host


async def test_without_settings_the_address_listened_on_is_taken() -> None:
    app = AllowedHosts(answers, ["localhost"], own_address=True)
    for host, address in (("192.168.1.5:8000", "192.168.1.5"), ("[fe80::1]:8000", "fe80::1")):
        assert await status(app, host, server=(address, 8000)) == 204
    assert await status(app, "192.168.1.6:8000", server=("192.168.1.5", 8000)) == 400
    assert await status(app, "evil.example", server=("192.168.1.5", 8000)) == 400
    assert await status(app, "evil.example") == 400
    strict = AllowedHosts(answers, ["localhost"])
    assert await status(strict, "192.168.1.5", server=("192.168.1.5", 8000)) == 400


@pytest.mark.parametrize("wrong", ["https://a.example", "a.example:80", "a b", "a,b/c", "*.example", "a..b", "ä"])
def test_what_is_no_host_name_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(WrongSettings, match=r"FOYER_ALLOWED_HOSTS: .* is no host name"):
        read_settings(allowed_hosts=wrong)


@asynccontextmanager
async def client_of(url: str, **settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    app = Foyer(Settings(database_url=url, **settings))
    transport = httpx2.ASGITransport(app=app)
    async with app.lifespan(), httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_every_door_is_behind_it_and_says_what_to_set(sqlite_url: str) -> None:
    async with client_of(sqlite_url) as client:
        for path in ("/", "/api/v1/", "/api/v1/organizers/", "/graphql", "/graphql/assets/x.js", "/nothing/"):
            assert (await client.get(path)).status_code in (302, 401, 404, 200, 400, 406), path
            answer = await client.get(path, headers={"Host": "<evil>.example:81"})
            assert answer.status_code == 400
            assert "FOYER_ALLOWED_HOSTS" in answer.text
            assert "<evil>" not in answer.text or answer.headers["content-type"] == "application/json"
        page = await client.get("/api/v1/organizers/", headers={"Host": "evil.example"})
        assert page.headers["content-type"] == HTML
        error = (await client.post("/graphql", json={}, headers={"Host": "evil.example"})).json()["errors"][0]
        assert (error["extensions"]["code"], "evil.example" in error["message"]) == ("BAD_REQUEST", True)
        refused = (await client.get("/v1/campaigns", headers={"Host": "evil.example"})).json()
        assert (refused["code"], "evil.example" in refused["message"]) == (400, True)
        head = await client.head("/api/v1/", headers={"Host": "evil.example"})
        assert (head.status_code, head.content) == (400, b"")


async def test_a_second_host_does_not_slip_through(sqlite_url: str) -> None:
    async with client_of(sqlite_url) as client:
        for hosts in (("localhost", "evil.example"), ("evil.example", "localhost")):
            answer = await client.get("/api/v1/version", headers=[("Host", host) for host in hosts])
            assert answer.status_code == 400


async def test_health_is_told_to_whoever_asks(sqlite_url: str) -> None:
    async with client_of(sqlite_url) as client:
        for path in ("/healthz", "/readyz"):
            assert (await client.get(path, headers={"Host": "10.1.2.3"})).status_code == 200

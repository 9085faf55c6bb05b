"""The door itself: addresses, formats, broken requests, bugs behind it."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message
from structlog.testing import capture_logs

from models.token import Kind
from rest.pretix.app import ROUTES, Pretix
from rest.pretix.routing import Route
from tests.rest.pretix.conftest import CARDS, ON_SQLITE, Door

HTML = "text/html; charset=utf-8"


def test_every_route_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "rest-pretix.md").read_text()
    addresses = [route.path + "/" * route.slash for route in ROUTES if route.path]
    assert [address for address in addresses if f"| `{address}` |" not in page] == []


@ON_SQLITE
async def test_the_root_and_the_way_to_it(door: Door) -> None:
    assert (await door.get("/api/v1/")).json() == {"organizers": "http://foyer.test/api/v1/organizers/"}
    assert (await door.get("/api/v1/", token=None)).status_code == 401
    answer = await door.get("/api/", token=None)
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, "/api/v1/", b"")
    answer = await door.get("/api", token=None)
    assert (answer.status_code, answer.headers["location"], answer.content) == (301, "/api/", b"")


@ON_SQLITE
async def test_a_missing_slash_is_redirected_before_anyone_is_asked(door: Door) -> None:
    path = CARDS.rstrip("/")
    for method in ("GET", "HEAD", "DELETE"):
        answer = await door.ask(method, f"{path}?page=2&x=%20", token=None)
        assert (answer.status_code, answer.headers["location"]) == (301, f"{CARDS}?page=2&x=%20")
    assert (await door.get("/api/v1/organizers/a%20%C3%BC")).headers["location"] == "/api/v1/organizers/a%20%C3%BC/"
    for method in ("POST", "PUT", "PATCH"):
        answer = await door.ask(method, path, json={})
        assert (answer.status_code, answer.headers["content-type"]) == (404, HTML)


@ON_SQLITE
async def test_where_there_is_nothing_is_a_page(door: Door) -> None:
    for path in ("/api/v1/nothing/", "/acme/conf/nothing/", "/api/v1/organizers/acme//giftcards/"):
        answer = await door.get(path, token=None)
        assert (answer.status_code, answer.headers["content-type"]) == (404, HTML)
        assert "allow" not in answer.headers


@ON_SQLITE
async def test_formats_and_accept_headers(door: Door) -> None:
    for path in ("?format=json", "/api/v1/organizers/acme/giftcards.json", "?format="):
        assert (await door.get(path)).status_code == 200
    for path in ("?format=xml", "/api/v1/organizers/acme/giftcards.xml"):
        answer = await door.get(path, token=None)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    for accept in ("*/*", "application/json; indent=2", "text/html, application/*;q=0.1", "APPLICATION/JSON"):
        assert (await door.get(headers={"Accept": accept})).status_code == 200
    for accept in ("text/html", "text/javascript", "application/xml", "", "x" * 5000, "application/json5"):
        answer = await door.get(headers={"Accept": accept}, token=None)
        assert answer.json() == {"detail": "Could not satisfy the request Accept header."}
        assert (answer.status_code, answer.headers["allow"]) == (406, "GET, POST, HEAD, OPTIONS")


@ON_SQLITE
async def test_unknown_methods_are_not_allowed(door: Door) -> None:
    for method in ("TRACE", "PURGE", "PUT", "DELETE"):
        answer = await door.ask(method)
        assert (answer.status_code, answer.json()) == (405, {"detail": f'Method "{method}" not allowed.'})
    override = {"X-HTTP-Method-Override": "PATCH"}
    assert (await door.post("1/", {}, headers=override)).status_code == 405


@ON_SQLITE
async def test_head_has_the_headers_of_get_and_no_body(door: Door) -> None:
    head, get = await door.ask("HEAD"), await door.get()
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)
    assert (await door.ask("HEAD", token=None)).status_code == 401


CONSTANT = {
    "vary": "Accept-Language, Cookie, Host",
    "content-language": "en",
    "x-frame-options": "DENY",
    "p3p": 'CP="ALL DSP COR CUR ADM TAI OUR IND COM NAV INT"',
}


def filled(route: Route) -> str:
    """An address of the route whose objects are there, but for campaigns."""
    keys = {"organizer": "acme", "event": "conf", "channel": "web", "card": "1", "transaction": "1", "campaign": "1"}
    return "/api/v1/" + route.path.format_map(keys) + "/" * (route.slash and bool(route.path))


@ON_SQLITE
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path or "root")
async def test_every_address_answers_head_and_options_and_has_the_constant_headers(door: Door, route: Route) -> None:
    await door.world.card()
    token = "acme" if Kind.TEAM in route.kinds else "oauth"
    head, get = [await door.ask(method, filled(route), token=token) for method in ("HEAD", "GET")]
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers == get.headers or get.status_code == 405  # which names the method
    assert get.status_code == (200 if "GET" in route.handlers else 405) or "{campaign}" in route.path
    options = await door.ask("OPTIONS", filled(route), token=token)
    if route.options:
        assert (options.status_code, options.json()["name"]) == (200, route.title)
    else:
        assert (options.status_code, options.json()) == (405, {"detail": 'Method "OPTIONS" not allowed.'})
    assert options.headers["allow"] == get.headers["allow"] == route.allow
    refused = await door.ask("OPTIONS", filled(route), token=None)
    assert refused.status_code == (200 if route.public else 403 if route.forbids else 401)
    for answer in (head, get, options, refused):
        assert {name: answer.headers[name] for name in CONSTANT} == CONSTANT
        assert not {"etag", "last-modified"} & set(answer.headers) or route.public


@ON_SQLITE
async def test_an_event_out_of_reach_is_forbidden_to_options_as_well(door: Door) -> None:
    routes = [route for route in ROUTES if "{event}" in route.path]
    assert routes
    for route in routes:
        path = filled(route).replace("/conf/", "/nothing/")
        for method in ("OPTIONS", "HEAD", "GET", "PURGE"):
            assert (await door.ask(method, path)).status_code == 403
        assert (await door.ask("OPTIONS", filled(route), token="some_events")).status_code == 403


@ON_SQLITE
async def test_conditions_and_origins_change_nothing(door: Door) -> None:
    headers = {"If-None-Match": '"x"', "If-Modified-Since": "Fri, 20 Nov 2099 00:00:00 GMT", "Origin": "https://x"}
    answer = await door.get(headers=headers)
    assert answer.status_code == 200
    assert not {name for name in answer.headers if name.startswith("access-control")}
    assert (await door.ask("OPTIONS", token=None, headers=headers)).status_code == 401


@ON_SQLITE
async def test_nul_in_the_query_and_broken_hosts_are_bad_requests(door: Door) -> None:
    for path, headers in (
        ("?secret=%00", {}),
        ("?x%00=", {}),
        ("", {"Host": "a/b"}),
        ("", {"Host": "a b"}),
        ("", {"Host": "x:y"}),
        ("", {"Host": "<script>"}),
    ):
        answer = await door.get(path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (400, HTML)
    assert (await door.get("?secret=%ff")).json()["count"] == 0


@ON_SQLITE
async def test_addresses_are_those_of_the_request_or_as_configured(door: Door) -> None:
    forwarded = {"X-Forwarded-Host": "x.example", "X-Forwarded-Proto": "https"}
    answer = await door.get("/api/v1/", headers={**forwarded, "Host": "shop.example:81"})
    assert answer.json() == {"organizers": "http://shop.example:81/api/v1/organizers/"}
    app = Pretix(door.world.database, door.world.app._pretix._door.authenticator, base_url="https://foyer.example/")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://x") as client:
        answer = await client.get("/api/v1/", headers={"Authorization": door.headers["acme"]})
        assert answer.json() == {"organizers": "https://foyer.example/api/v1/organizers/"}


@ON_SQLITE
async def test_without_a_host_addresses_have_the_servers(door: Door) -> None:
    sent: list[Any] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/api/v1/", "query_string": b"", "scheme": "http"}
    scope |= {"headers": [(b"authorization", door.headers["acme"].encode())], "server": ("10.0.0.1", 81)}
    await door.world.app._pretix(scope, receive, send)
    assert sent[1]["body"] == b'{"organizers":"http://10.0.0.1:81/api/v1/organizers/"}'


@ON_SQLITE
async def test_a_client_that_goes_away_gets_no_answer(door: Door) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": CARDS, "query_string": b"", "scheme": "http"}
    scope |= {"headers": [(b"authorization", door.headers["acme"].encode()), (b"host", b"x")]}
    await door.world.app._pretix(scope, receive, send)


@ON_SQLITE
async def test_bodies_over_the_limit_are_refused(door: Door) -> None:
    answer = await door.post(json={"conditions": "x" * 2_000_000})
    assert (answer.status_code, list(answer.json())) == (413, ["detail"])


@ON_SQLITE
async def test_a_bug_is_logged_and_masked(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr("resolvers.context.Context.read", fail)
    with capture_logs() as logs:
        answer = await door.get(headers={"X-Request-Id": "abc"})
    assert (answer.status_code, answer.json()) == (500, {"detail": "Internal server error."})
    assert [entry["event"] for entry in logs] == ["pretix request failed"]
    assert isinstance(logs[0]["exc_info"], ZeroDivisionError)


HOSTILE = st.one_of(
    st.sampled_from(["", "%", "%zz", "%00", "..", "\\", "'", '"', "1;--", "9" * 400, "-1", "1e9", "nan", "ü", "true"]),
    st.text(max_size=8),
)


@ON_SQLITE
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "X"]),
    path=st.lists(HOSTILE, max_size=3),
    query=st.dictionaries(
        st.sampled_from(["page", "page_size", "secret", "value", "testmode", "expired", "expand", "include_accepted"]),
        HOSTILE,
        max_size=3,
    ),
    body=st.one_of(st.binary(max_size=40), st.sampled_from([b"{}", b"null", b"[]", b'{"value": 1e300}'])),
    content_type=st.sampled_from(["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "x"]),
    key=st.sampled_from([None, "k"]),
)
async def test_no_request_makes_an_error_of_the_server(
    door: Door, method: str, path: list[str], query: dict[str, str], body: bytes, content_type: str, key: str | None
) -> None:
    headers = {"Content-Type": content_type, **({"X-Idempotency-Key": key} if key else {})}
    address = CARDS + "".join(f"{quote(part, safe='')}/" for part in path)
    response = await door.world.client.request(
        method, address, params=query, content=body, headers={**headers, "Authorization": door.headers["acme"]}
    )
    assert response.status_code < 500, response.text

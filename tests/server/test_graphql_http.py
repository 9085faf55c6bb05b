"""GraphQL over HTTP: media types, statuses, methods, bodies, who is asking, and what an answer never shows."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx2
import orjson
import pytest
from sqlalchemy import text, update

from models.gift_card import gift_card, gift_card_transaction
from models.token import Status, token
from resolvers import tokens
from server.deadline import Deadline
from server.request_id import RequestIds
from tests.world import World, count, opened

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
HELLO = "{ viewer { name } }"
ISSUE = 'mutation { giftCardIssue(input: {amount: "1.00", currency: "EUR"}) { giftCard { id } } }'


@pytest.fixture
async def served(sqlite_url: str) -> AsyncIterator[World]:
    """What HTTP does is the same on both engines."""
    async with opened(sqlite_url) as found:
        yield found


async def send(world: World, content: bytes | AsyncIterator[bytes], **headers: str | None) -> httpx2.Response:
    """A POST with this very body; a header that is None is not sent."""
    usual = {
        "authorization": f"Bearer {world.secrets['acme']}",
        "content-type": JSON,
        "accept": RESPONSE_JSON,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    request = world.client.build_request("POST", "/graphql", content=content)
    for name, value in usual.items():
        if value is None:
            request.headers.pop(name, None)
        else:
            request.headers[name] = value
    return await world.client.send(request)


async def post(
    world: World, query: Any = HELLO, *, more: Mapping[str, Any] | None = None, **headers: str | None
) -> Any:
    return await send(world, orjson.dumps({"query": query, **(more or {})}), **headers)


async def get(world: World, parameters: Mapping[str, str], method: str = "GET", **headers: str) -> httpx2.Response:
    usual = {"Authorization": f"Bearer {world.secrets['acme']}", "Accept": RESPONSE_JSON, **headers}
    return await world.client.request(method, f"/graphql?{urlencode(parameters)}", headers=usual)


def code_of(response: httpx2.Response) -> Any:
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    assert error["message"]
    return error["extensions"]["code"]


# -- media types -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, RESPONSE_JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        ("APPLICATION/GraphQL-Response+JSON", RESPONSE_JSON),
        (f"{RESPONSE_JSON}, {JSON};q=0.9", RESPONSE_JSON),
        (f"{JSON};q=0.9, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"{RESPONSE_JSON}; charset=utf-8, {JSON}; charset=utf-8", RESPONSE_JSON),
        (f"{JSON}, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON}", JSON),
        (f"{RESPONSE_JSON};q=0, {JSON}", JSON),
        (f"{RESPONSE_JSON};q=0, */*", JSON),
        (f"{JSON};q=0, */*", RESPONSE_JSON),
        (f"text/event-stream, {RESPONSE_JSON}, {JSON}, multipart/mixed", RESPONSE_JSON),
        ("text/html, */*;q=0.1", JSON),
        (f"{RESPONSE_JSON};q=much", RESPONSE_JSON),
    ],
)
async def test_accept_decides_the_media_type(served: World, accept: str | None, expected: str) -> None:
    response = await post(served, accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{expected}; charset=utf-8"
    assert response.json()["data"] == {"viewer": {"name": "acme"}}


@pytest.mark.parametrize("accept", ["text/plain", "text/html", f"{JSON};q=0", "*/*;q=0", f"{RESPONSE_JSON};q=0.0", ""])
async def test_nothing_acceptable_is_406_and_does_nothing(served: World, accept: str) -> None:
    response = await post(served, ISSUE, accept=accept)
    assert response.status_code == 406
    assert response.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert code_of(response) == "NOT_ACCEPTABLE"
    assert await count(served, gift_card) == 0


async def test_answers_are_not_kept_by_caches_and_not_sniffed(served: World) -> None:
    headers = (await post(served)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["vary"] == "Accept"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "content_type", [JSON, f"{JSON}; charset=utf-8", f'{JSON};charset="UTF-8"', "Application/JSON"]
)
async def test_json_bodies_are_read(served: World, content_type: str) -> None:
    response = await post(served, '{ organizer(slug: "Løb🏃") { id } }', content_type=content_type)
    assert response.json()["data"] == {"organizer": None}


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json-patch+json",
        f"{JSON}; charset=latin-1",
    ],
)
async def test_other_bodies_are_415_and_do_nothing(served: World, content_type: str | None) -> None:
    response = await post(served, ISSUE, content_type=content_type)
    assert response.status_code == 415
    assert code_of(response) == "UNSUPPORTED_MEDIA_TYPE"
    assert await count(served, gift_card) == 0


# -- statuses --------------------------------------------------------------------------------------------------------

# A well-formed request of which nothing was run: 400 in the newer media type, 200 in plain JSON.
UNRUN = {
    "GRAPHQL_PARSE_FAILED": {"query": "{"},
    "GRAPHQL_VALIDATION_FAILED": {"query": "{ nothing }"},
    "BAD_OPERATION": {"query": HELLO, "operationName": "Other"},
    "BAD_VARIABLES": {"query": "query Q($n: Int!) { giftCards(first: $n) { totalCount } }", "variables": {"n": None}},
    "LIMIT_EXCEEDED": {"query": "{ " + " ".join(f"a{n}: __typename" for n in range(200)) + " }"},
}
# What is no GraphQL request at all.
UNFORMED = (
    b"",
    b"NONSENSE",
    b'{"query":',
    b"[]",
    b'[{"query": "{ viewer { name } }"}]',
    b"null",
    b'"{ viewer { name } }"',
    b"{}",
    b'{"qeury": "{ viewer { name } }"}',
    b'{"query": null}',
    b'{"query": 1}',
    b'{"query": ["{ viewer { name } }"]}',
    b'{"query": "{ viewer { name } }", "variables": []}',
    b'{"query": "{ viewer { name } }", "variables": "{}"}',
    b'{"query": "{ viewer { name } }", "operationName": 1}',
    b'{"query": "{ viewer { name } }", "extensions": []}',
    b'{"query": "{ viewer { name } }", "variables": {"a": NaN}}',
    b'{"query": "\xff"}',
    b"\xef\xbb\xbf{}",
    '{"query": "{ viewer { name } }"}'.encode("utf-16"),
)


@pytest.mark.parametrize("code", UNRUN)
async def test_a_request_that_is_not_run_is_400_or_200_by_media_type(served: World, code: str) -> None:
    content = orjson.dumps(UNRUN[code])
    newer, plain = await send(served, content), await send(served, content, accept=JSON)
    assert (newer.status_code, plain.status_code) == (400, 200)
    assert code_of(newer) == code_of(plain) == code


@pytest.mark.parametrize("content", UNFORMED)
async def test_what_is_no_request_is_400_in_both_media_types(served: World, content: bytes) -> None:
    for accept in (RESPONSE_JSON, JSON):
        response = await send(served, content, accept=accept)
        assert response.status_code == 400
        assert code_of(response) == "BAD_REQUEST"


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_an_answer_in_part_is_200_in_both_media_types(served: World, accept: str) -> None:
    response = await post(served, "{ giftCards(first: -1) { totalCount } viewer { name } }", accept=accept)
    answer = response.json()
    assert response.status_code == 200
    assert answer["data"] == {"giftCards": None, "viewer": {"name": "acme"}}
    assert [error["path"] for error in answer["errors"]] == [["giftCards"]]


async def test_optional_parameters_may_be_null_and_unknown_ones_are_ignored(served: World) -> None:
    more = {"variables": None, "operationName": None, "extensions": None, "id": 1}
    assert (await post(served, more=more)).json()["data"] == {"viewer": {"name": "acme"}}


# -- lists of requests -----------------------------------------------------------------------------------------------


async def test_a_list_of_requests_is_refused_with_the_name_of_its_setting(served: World) -> None:
    response = await send(served, orjson.dumps([{"query": ISSUE}]))
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    assert "FOYER_GRAPHQL_BATCH_MAX" in response.text
    assert await count(served, gift_card) == 0


async def test_a_list_is_run_in_its_order_where_that_is_switched_on(sqlite_url: str) -> None:
    async with opened(sqlite_url, graphql_batch_max=4) as world:
        total = {"query": "{ giftCards { totalCount } }"}
        answers = await send(world, orjson.dumps([total, {"query": ISSUE}, {"query": "{ nothing }"}, total]))
        assert (answers.status_code, answers.headers["content-type"]) == (200, f"{RESPONSE_JSON}; charset=utf-8")
        first, issued, wrong, last = answers.json()
        assert (first["data"], last["data"]) == ({"giftCards": {"totalCount": 0}}, {"giftCards": {"totalCount": 1}})
        assert (list(issued["data"]), list(wrong)) == (["giftCardIssue"], ["errors"])
        for content in (b"[]", orjson.dumps([total] * 5), b"[1]", b"[[]]", b'[{"query": "{ viewer { name } }"}, {}]'):
            response = await send(world, content)
            assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
        nobody = orjson.dumps([{"query": "{ __typename }"}])
        assert (await send(world, nobody, authorization=None)).status_code == 401


async def test_what_a_list_costs_is_added_up(sqlite_url: str) -> None:
    async with opened(sqlite_url, graphql_batch_max=4, graphql_cost_max=100) as world:
        cards = {"query": "{ giftCards(first: 60) { nodes { id } } }"}
        answers = await send(world, orjson.dumps([cards, cards, {"query": "{ viewer { name } }"}]))
        first, second, third = answers.json()
        assert first["extensions"]["cost"]["requested"] == 61
        assert second["errors"][0]["message"].startswith("The request costs 61, those before it 61; 100 is allowed.")
        assert third["data"] == {"viewer": {"name": "acme"}}


# -- requests that a page of another origin can make -----------------------------------------------------------------

FORM_DATA = b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n%s\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        (None, 415),
        ("multipart/form-data; boundary=x", 401),
        # No page can send this without asking first.
        (JSON, 401),
    ],
)
async def test_a_request_that_a_browser_sends_unasked_does_nothing(
    served: World, content_type: str | None, status: int
) -> None:
    """Cookies, and whatever else a browser adds by itself, let nobody in."""
    body = orjson.dumps({"query": ISSUE})
    content = FORM_DATA % body if content_type is not None and "boundary" in content_type else body
    sent = {"cookie": f"token={served.secrets['acme']}", "origin": "https://evil.example", "authorization": None}
    response = await send(served, content, content_type=content_type, **sent)
    assert response.status_code == status
    assert not [name for name in response.headers if name.startswith("access-control")]
    # Neither does a token in the address, or in a field of the form.
    for name in ("token", "access_token", "authorization"):
        address = f"/graphql?{urlencode({'query': HELLO, name: served.secrets['acme']})}"
        assert (await served.client.get(address, headers={"Accept": JSON})).status_code == 401
    assert await count(served, gift_card) == 0


# -- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
async def test_a_request_that_takes_too_long_is_503_whatever_completes_it(world: World, database_url: str) -> None:
    late = httpx2.ASGITransport(app=Deadline(world.app, 0.2))
    other = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        async with httpx2.AsyncClient(transport=late, base_url="http://foyer.test") as client, other.transaction():
            await other.execute("LOCK TABLE gift_card IN ACCESS EXCLUSIVE MODE")
            for query in (
                "{ giftCards { totalCount } }",
                "{ giftCards { totalCount } __schema { __typename } }",
                ISSUE,
            ):
                headers = {"Authorization": f"Bearer {world.secrets['acme']}"}
                response = await client.post("/graphql", json={"query": query}, headers=headers)
                (error,) = response.json()["errors"]
                assert (response.status_code, response.headers["retry-after"]) == (503, "5")
                assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 5}
    finally:
        await other.close()
    assert (await world.graphql("{ giftCards { totalCount } }")).status_code == 200


# -- methods ---------------------------------------------------------------------------------------------------------


async def test_get_takes_query_variables_and_operation_name(served: World) -> None:
    await served.card(100, secret="AA11")
    parameters = {
        "query": "query A { viewer { kind } } query B($s: String) { giftCard(secret: $s) { secret } }",
        "variables": '{"s": "AA11"}',
        "operationName": "B",
        "extensions": "{}",
    }
    response = await get(served, parameters)
    assert response.status_code == 200
    assert response.json()["data"] == {"giftCard": {"secret": "AA11"}}


async def test_get_takes_empty_parameters_as_none(served: World) -> None:
    response = await get(served, {"query": HELLO, "variables": "", "operationName": "", "extensions": ""})
    assert response.json()["data"] == {"viewer": {"name": "acme"}}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "BAD_REQUEST"),
        ({"variables": "{}"}, "BAD_REQUEST"),
        ({"query": HELLO, "variables": "{"}, "BAD_REQUEST"),
        ({"query": HELLO, "variables": "[1]"}, "BAD_REQUEST"),
        ({"query": HELLO, "extensions": "7"}, "BAD_REQUEST"),
        ({"query": HELLO, "variables": "[" * 100}, "BAD_REQUEST"),
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        # Text in an address is text: there is no operation of that name.
        ({"query": HELLO, "operationName": "null"}, "BAD_OPERATION"),
    ],
)
async def test_get_refuses_what_post_refuses(served: World, parameters: dict[str, str], code: str) -> None:
    response = await get(served, parameters)
    assert response.status_code == 400
    assert code_of(response) == code


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_mutation_by_get_is_405_and_does_nothing(served: World, method: str) -> None:
    response = await get(served, {"query": ISSUE}, method)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert await count(served, gift_card) == 0


async def test_mutation_beside_a_query_is_refused_by_get_only_if_it_is_meant(served: World) -> None:
    document = f"query Q {HELLO} mutation M {ISSUE.removeprefix('mutation')}"
    assert (await get(served, {"query": document, "operationName": "Q"})).status_code == 200
    assert (await get(served, {"query": document, "operationName": "M"})).status_code == 405
    assert await count(served, gift_card) == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_other_methods_are_405_with_those_allowed(served: World, method: str) -> None:
    response = await get(served, {"query": HELLO}, method)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert code_of(response) == "METHOD_NOT_ALLOWED"


async def test_head_is_get_without_the_body(served: World) -> None:
    asked, headed = [await get(served, {"query": HELLO}, method) for method in ("GET", "HEAD")]
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == str(len(asked.content))


async def test_browsers_get_graphiql_unless_they_ask_a_query(served: World) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = await served.client.get("/graphql", headers={"Accept": accept})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "GraphiQL" in page.text
    asked = await get(served, {"query": HELLO}, Accept=accept)
    assert asked.json()["data"] == {"viewer": {"name": "acme"}}


# -- sizes -----------------------------------------------------------------------------------------------------------

LIMIT = 2048


@asynccontextmanager
async def small(url: str) -> AsyncIterator[World]:
    async with opened(url, body_limit_bytes=LIMIT) as world:
        yield world


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def test_body_over_the_limit_is_413_and_does_nothing(sqlite_url: str) -> None:
    content = orjson.dumps({"query": ISSUE, "extensions": {"pad": "x" * LIMIT}})
    async with small(sqlite_url) as world:
        for body in (content, pieces(content, 100), pieces(content, LIMIT - 1)):
            response = await send(world, body)
            assert response.status_code == 413
            assert code_of(response) == "TOO_LARGE"
        assert await count(world, gift_card) == 0


async def test_body_at_the_limit_is_read_whole_or_in_pieces(sqlite_url: str) -> None:
    content = orjson.dumps({"query": HELLO}).ljust(LIMIT)
    async with small(sqlite_url) as world:
        for body in (content, pieces(content, 1), pieces(content, 1000)):
            assert (await send(world, body)).json()["data"] == {"viewer": {"name": "acme"}}
        assert (await send(world, content + b" ")).status_code == 413


async def test_a_body_over_the_limit_is_not_read_to_its_end(sqlite_url: str) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * 512

    async with small(sqlite_url) as world:
        assert (await send(world, endless())).status_code == 413
    assert read < 10


# -- who is asking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "nonsense", "Basic YWNtZTphY21l", "Bearer unknown", "Token \xff", "Bearer a b"],
)
@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_nobody_is_401(served: World, authorization: str | None, accept: str) -> None:
    response = await post(served, authorization=authorization, accept=accept)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert code_of(response) == "UNAUTHENTICATED"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "Device"])
async def test_a_token_is_taken_by_any_scheme(served: World, scheme: str) -> None:
    response = await post(served, authorization=f"{scheme} {served.secrets['acme']}")
    assert response.json()["data"] == {"viewer": {"name": "acme"}}


@pytest.mark.parametrize("status", [Status.INACTIVE, Status.REVOKED, Status.UNINITIALIZED])
async def test_a_token_that_is_not_active_is_401(served: World, status: Status) -> None:
    await served.database.write(lambda tx: tx.rows(update(token).values(status=status.value)))
    response = await post(served)
    assert response.status_code == 401
    assert code_of(response) == "UNAUTHENTICATED"


async def test_a_token_is_401_from_its_expiry_on(served: World) -> None:
    until = served.clock.at + timedelta(seconds=30)
    create = partial(tokens.create, name="short", organizers=["acme"], expires_at=until)
    secret = (await served.context().write(create)).secret
    assert (await post(served, authorization=f"Bearer {secret}")).status_code == 200
    served.clock.at = until - timedelta(seconds=1)  # a look at the clock is one second later
    response = await post(served, authorization=f"Bearer {secret}")
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")


async def test_schema_can_be_asked_for_without_a_token_and_nothing_else(served: World) -> None:
    schema = await post(
        served, '{ __schema { queryType { name } } __type(name: "Money") { name } __typename }', authorization=None
    )
    assert schema.json()["data"]["__schema"] == {"queryType": {"name": "Query"}}
    for query in (
        "{ __typename viewer { name } }",
        "{ ...F } fragment F on Query { __typename viewer { name } }",
        ISSUE,
    ):
        assert (await post(served, query, authorization=None)).status_code == 401


async def test_introspection_can_be_switched_off(sqlite_url: str) -> None:
    async with opened(sqlite_url, introspection=False) as world:
        response = await post(world, '{ __type(name: "Money") { __typename } }')
        assert (response.status_code, code_of(response)) == (400, "GRAPHQL_VALIDATION_FAILED")
        assert (await post(world)).status_code == 200


MISTAKES: Mapping[str, Mapping[str, Any]] = {
    "{ viewer { nam } }": {},
    "{ viewr { name } }": {},
    "{ giftCards(frst: 1) { totalCount } }": {},
    "{ node(id: 1) { ... on GiftCrd { id } } }": {},
    "{ giftCards(orderBy: {field: SECRT}) { totalCount } }": {},
    "{ giftCards(filter: {secrt: {eq: 1}}) { totalCount } }": {},
    "query ($o: GiftCardOrder) { giftCards(orderBy: $o) { totalCount } }": {"o": {"field": "SECRT"}},
    "query ($f: GiftCardFilter) { giftCards(filter: $f) { totalCount } }": {"f": {"secrt": {"eq": "x"}}},
}


@pytest.mark.parametrize(
    ("settings", "are_told"),
    [({}, True), ({"graphql_suggestions": False}, False), ({"introspection": False}, False)],
)
async def test_what_may_have_been_meant_is_told_if_that_is_switched_on(
    sqlite_url: str, settings: Mapping[str, bool], are_told: bool
) -> None:
    async with opened(sqlite_url, **settings) as world:
        for query, variables in MISTAKES.items():
            response = await post(world, query, more={"variables": variables})
            assert response.status_code == 400
            assert ("Did you mean" in response.text) is are_told, response.text


@pytest.mark.parametrize("seconds", [0, 3600])
async def test_a_revoked_token_is_good_no_longer_than_the_cache_keeps_it(sqlite_url: str, seconds: float) -> None:
    async with opened(sqlite_url, token_cache_seconds=seconds) as world:
        created = await world.context().write(partial(tokens.create, name="gone", organizers=["acme"]))
        bearer = f"Bearer {created.secret}"
        assert (await post(world, authorization=bearer)).status_code == 200
        await world.context().write(partial(tokens.revoke, token_id=created.id))
        assert (await post(world, authorization=bearer)).status_code == (200 if seconds else 401)


async def test_a_revoked_token_stops_working_after_the_cache_s_time(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("resolvers.authentication.time.monotonic", lambda: now)
    async with opened(sqlite_url, token_cache_seconds=5) as world:
        created = await world.context().write(partial(tokens.create, name="gone", organizers=["acme"]))
        bearer = f"Bearer {created.secret}"
        assert (await post(world, authorization=bearer)).status_code == 200
        await world.context().write(partial(tokens.revoke, token_id=created.id))
        now += 4.9
        assert (await post(world, authorization=bearer)).status_code == 200
        now += 0.2
        assert (await post(world, authorization=bearer)).status_code == 401


# -- request ids, and what is not shown --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"), [("order-7.B_2", True), ("x" * 100, True), ("x" * 101, False), ("two words", False), ("", False)]
)
async def test_a_request_id_comes_back_if_it_is_one(served: World, given: str, kept: bool) -> None:
    transport = httpx2.ASGITransport(app=RequestIds(served.app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://foyer.test") as client:
        response = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"X-Request-Id": given})
    shown = response.headers.get_list("x-request-id")
    assert len(shown) == 1
    assert (shown[0] == given) is kept
    assert len(shown[0]) == (len(given) if kept else 18)


@pytest.mark.parametrize(
    "query",
    [
        "{ giftCards { nodes { transactions { totalCount } } } }",
        # By graphql-core, field by field.
        "{ giftCards { nodes { transactions { totalCount } } } x: giftCards(first: -1) { totalCount } }",
        'mutation { giftCardIssue(input: {amount: "1.00", currency: "EUR"}) { giftCard { id } userErrors { code } } }',
    ],
)
async def test_a_bug_is_shown_as_internal_without_its_text(world: World, query: str) -> None:
    await world.card(100)
    await world.database.write(lambda tx: tx.rows(text("ALTER TABLE gift_card_transaction RENAME TO elsewhere")))
    response = await world.graphql(query)
    answer = response.json()
    assert "INTERNAL" in [error["extensions"]["code"] for error in answer["errors"]]
    assert (response.status_code == 500) is ("data" not in answer)
    for word in ("gift_card_transaction", "relation", "table", "Error", "Traceback", "sql"):
        assert word not in response.text
    await world.database.write(lambda tx: tx.rows(text("ALTER TABLE elsewhere RENAME TO gift_card_transaction")))
    # Nothing of it was written, and the door still answers.
    assert await count(world, gift_card) == await count(world, gift_card_transaction) == 1
    assert (await world.data("{ giftCards { totalCount } }"))["giftCards"] == {"totalCount": 1}


@pytest.mark.parametrize(
    "query",
    [
        "{ giftCards { nodes { transactions { totalCount } } } }",
        "{ giftCards { nodes { transactions { totalCount } } } __schema { queryType { name } } }",
        "mutation { a: __typename " + ISSUE.removeprefix("mutation {").replace("{ giftCard { id } }", "{ TOLD }"),
    ],
)
async def test_a_bug_is_told_by_the_request_id_of_its_answer(served: World, query: str) -> None:
    await served.card(100)
    await served.database.write(lambda tx: tx.rows(text("ALTER TABLE gift_card_transaction RENAME TO elsewhere")))
    transport = httpx2.ASGITransport(app=RequestIds(served.app))
    told = "giftCard { transactions { totalCount } }"
    async with httpx2.AsyncClient(transport=transport, base_url="http://foyer.test") as client:
        headers = {"Authorization": f"Bearer {served.secrets['acme']}"}
        response = await client.post("/graphql", json={"query": query.replace("TOLD", told)}, headers=headers)
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "requestId": response.headers["x-request-id"]}


async def test_body_that_ends_too_early_is_not_run(world: World) -> None:
    """What came may be whole JSON by itself: a client that went away did not finish asking for it."""
    body = b'{"query": "mutation { giftCardIssue(input: {amount: 1, currency: \\"EUR\\"}) { giftCard { id } } }"}'
    messages = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]
    headers = [
        (b"authorization", f"Bearer {world.secrets['acme']}".encode()),
        (b"content-type", b"application/json"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await world.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert await count(world, gift_card) == 0

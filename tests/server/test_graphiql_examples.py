"""The examples of the explorer: what each says is so in a fresh demo."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    parse,
    validate,
    visit,
)

from server.app import Foyer
from server.commands import demo
from server.graphiql_examples import FOLDER, NOUNS, Example, nouns
from server.settings import Settings

SCHEMA = build_schema((FOLDER.parents[3] / "schema.graphql").read_text("utf-8"))
EXAMPLES = [example for noun in nouns() for example in noun.examples]


@dataclass(frozen=True, slots=True)
class Demo:
    app: Foyer
    client: httpx2.AsyncClient


@pytest.fixture
async def fresh(sqlite_url: str) -> AsyncIterator[Demo]:
    """A demo that has just begun."""
    settings = Settings(database_url=sqlite_url, synchronous="NORMAL", allowed_hosts="foyer.test")
    headers = {"Authorization": f"Bearer {await demo.prepare(settings)}", "Accept": "application/json"}
    app = Foyer(settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.lifespan(),
        httpx2.AsyncClient(transport=transport, base_url="http://foyer.test", headers=headers) as client,
    ):
        yield Demo(app, client)


def test_every_file_is_in_the_panel() -> None:
    assert sorted(NOUNS) == sorted(path.stem for path in FOLDER.iterdir())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: re.sub(r"\W+", "-", example.title))
def test_examples_are_of_the_schema(example: Example) -> None:
    document = parse(example.query)
    assert [str(error) for error in validate(SCHEMA, document)] == []
    assert [definition.operation.value for definition in document.definitions] == [example.kind]  # type: ignore[attr-defined]


def test_every_noun_has_examples_that_show_it() -> None:
    """A noun is what has a global id; its list is among the queries where there is one at the root."""
    shown, root = set(), set()
    for example in EXAMPLES:
        fields = list(_fields(SCHEMA, example.query))
        shown |= {name for name, _ in fields}
        root |= {field for name, field in fields if name in ("Query", "Subscription")}
    node = SCHEMA.type_map["Node"]
    assert {each.name for each in SCHEMA.get_possible_types(node)} <= shown  # type: ignore[arg-type]
    assert SCHEMA.query_type is not None
    assert {*SCHEMA.query_type.fields} - {"node", "nodes"} <= root | {"action"}
    assert {*(SCHEMA.subscription_type.fields if SCHEMA.subscription_type else ())} <= root


async def test_examples_are_answered_in_a_fresh_demo(fresh: Demo) -> None:
    """In the panel's order, each with the values that the page would fill in; nothing that they name is missing."""
    for example in EXAMPLES:
        if example.kind != "subscription":
            data = await _data(fresh.client, example.query, await _filled_in(fresh.client, example.variables))
            for name, found in data.items():
                assert found is not None, (example.title, name)
                assert found.get("userErrors", []) == [], (example.title, found)
    # Those subscribe to what the others did.
    beginning = _first_leaf(await _data(fresh.client, "{ changes(first: 1) { edges { cursor } } }", {}))
    for example in EXAMPLES:
        if example.kind == "subscription":
            variables = {**await _filled_in(fresh.client, example.variables), "after": beginning}
            answer = await _first_event(fresh, {"query": example.query, "variables": variables})
            assert "errors" not in answer, (example.title, answer)
            assert None not in answer["data"].values(), (example.title, answer)


async def _first_event(fresh: Demo, asked: Mapping[str, Any]) -> Any:
    """What the stream tells first. The client's transport would wait for the end, so this is a client of its own."""
    told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    gone = asyncio.Event()
    incoming = [{"type": "http.request", "body": json.dumps(asked).encode(), "more_body": False}]
    text = b""

    async def receive() -> Any:
        if incoming:
            return incoming.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal text
        text += message.get("body", b"")
        if (found := re.search(rb"data: (.+)\n", text)) and not told.done():
            told.set_result(json.loads(found[1]))

    headers = {**fresh.client.headers, "accept": "text/event-stream", "content-type": "application/json"}
    sent = [(name.encode(), value.encode()) for name, value in {**headers, "host": "foyer.test"}.items()]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": sent}
    serving = asyncio.create_task(fresh.app(scope, receive, send))
    try:
        return await asyncio.wait_for(told, 10)
    finally:
        gone.set()
        await serving


async def _filled_in(client: httpx2.AsyncClient, variables: Mapping[str, Any]) -> dict[str, Any]:
    """As `filledIn` of examples.js does it."""
    filled = dict(variables)
    for name, value in variables.items():
        if isinstance(value, str) and value.startswith("= "):
            filled[name] = _first_leaf(await _data(client, f"{{ {value[2:]} }}", {}))
            assert filled[name] is not None, value
    return filled


def _first_leaf(value: Any) -> Any:
    while isinstance(value, dict | list):
        value = next(iter(value.values() if isinstance(value, dict) else value), None)
    return value


async def _data(client: httpx2.AsyncClient, query: str, variables: Mapping[str, Any]) -> Any:
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, (query, answer)
    return answer["data"]


def _fields(schema: GraphQLSchema, query: str) -> Iterable[tuple[str, str]]:
    """The type and the name of every field that a document asks for."""
    info, found = TypeInfo(schema), []

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            found.append((str(get_named_type(info.get_parent_type())), node.name.value))

    visit(parse(query), TypeInfoVisitor(info, Fields()))
    return found

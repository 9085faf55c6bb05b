"""Every connection takes the same arguments, and every part of every filter and every order is answered."""

from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import islice
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

from gql import schema
from gql.execution import Executor, Request
from tests.gql.documents import COMPOSED, VALUES
from tests.reading.whole_graph import Walk, stock, walks
from tests.world import World, opened

CORE = schema.core()
WALKS = list(walks(CORE))
# Each stands in a filter twice, and a filter has 50 comparisons at most.
PARTS_MAX = 16
PAGE = {"first", "after", "last", "before"}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with opened(database_url, bulk_work=False, webhooks=False) as found:
        yield found


def test_every_connection_takes_the_same_arguments() -> None:
    for walk in WALKS:
        arguments = walk.steps[-1].field.args
        assert set(arguments) >= {"filter", "orderBy", *PAGE}, walk.name
        noun = walk.node.name
        assert str(arguments["filter"].type) == f"{noun}Filter", walk.name
        assert str(arguments["orderBy"].type) == f"{noun}Order", walk.name
        filtered, order = (CORE.type_map[f"{noun}{each}"].fields for each in ("Filter", "Order"))  # type: ignore[attr-defined]
        composed = [str(filtered[name].type) for name in COMPOSED]
        assert composed == [f"[{noun}Filter!]", f"[{noun}Filter!]", f"{noun}Filter"]
        assert [str(order[name].type) for name in ("field", "direction")] == [f"{noun}OrderField!", "OrderDirection!"]


async def test_every_filter_and_every_order_is_answered_by_the_engine(world: World) -> None:
    """Below the root as well as at it, and with what is negated."""
    await stock(world, "acme", 0)
    executor, asked = Executor(world.database.dialect), 0
    for walk in WALKS:
        for given in (*_filters(walk), *_orders(walk)):
            request = Request(walk.document("acme", **given, shown="nodes { __typename }"))
            answer = await executor.execute(world.context(), request)
            assert "errors" not in answer.body, (request.query, answer.body)
            asked += 1
    assert asked > 100


def _filters(walk: Walk) -> Iterator[dict[str, str]]:
    """Every operator of every field, many at a time; of nouns that are listed in several places, once."""
    if walk is next(each for each in WALKS if each.node is walk.node):
        for parts in batched(_parts(walk), PARTS_MAX):
            yield {"filter": f"{{or: [{', '.join(parts)}], not: {{and: [{', '.join(parts)}]}}}}"}


def batched(parts: Iterator[str], size: int) -> Iterator[list[str]]:
    while batch := list(islice(parts, size)):
        yield batch


def _parts(walk: Walk) -> Iterator[str]:
    of: Any = get_named_type(walk.steps[-1].field.args["filter"].type)
    for name, field in of.fields.items():
        if name not in COMPOSED:
            found = _operations(field.type) if is_input_object_type(field.type) else (_value(field.type),)
            yield from (f"{{{name}: {each}}}" for each in found)


def _operations(of: GraphQLInputObjectType) -> Iterator[str]:
    needed = {name: _value(field.type) for name, field in of.fields.items() if is_required_input_field(field)}
    for name, field in of.fields.items():
        if name not in needed:
            yield _object({**needed, name: _value(field.type)})
    if needed:
        yield _object(needed)
    elif "eq" in of.fields:
        yield "{eq: null}"


def _object(given: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in given.items()) + "}"


def _value(of: Any) -> str:
    if is_non_null_type(of):
        return _value(of.of_type)
    if is_list_type(of):
        return f"[{_value(of.of_type)}]"
    if is_enum_type(of):
        return str(next(iter(of.values)))
    if is_input_object_type(of):
        return _object({name: _value(field.type) for name, field in of.fields.items()})
    return VALUES[of.name][0]


def _orders(walk: Walk) -> Iterator[dict[str, str]]:
    of: Any = get_named_type(walk.steps[-1].field.args["orderBy"].type)
    for name in of.fields["field"].type.of_type.values:
        yield {"orderBy": f"{{field: {name}, direction: DESC}}", "last": "2"}

"""The pages on GraphQL: examples answer as they say, and what they say of the schema and of limits is so."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from graphql import OperationDefinitionNode, OperationType, build_schema, parse
from sqlalchemy import update

import gql
from gql.execution import Answer, Request
from gql.ids import encoder
from gql.reference import BEGIN, END, put_into
from models.organizer import organizer
from resolvers import gift_cards
from resolvers.context import Context
from server.settings import PREFIX, Settings
from tests.gql.shop import GIFT, redeem, voucher
from tests.gql.shop import campaign as voucher_campaign
from tests.tracking import campaign, record
from tests.world import World

ROOT = Path(gql.__file__).parents[1]
PAGE = (ROOT / "docs/graphql.md").read_text("utf-8")
AT_WORK = (ROOT / "docs/graphql-examples.md").read_text("utf-8")
LIMITS = ROOT / "docs/graphql-limits.md"
SDL = (ROOT / "schema.graphql").read_text("utf-8")
BLOCKS = re.findall(r"^```graphql\n(.*?)^```(?:\n\n```json\n(.*?)^```)?", AT_WORK, re.DOTALL | re.MULTILINE)
ANYTHING = "…"


class Example(NamedTuple):
    name: str
    operation: OperationType
    text: str
    answer: str


def example(text: str, answer: str) -> Example:
    (definition,) = parse(text).definitions
    assert isinstance(definition, OperationDefinitionNode)
    assert definition.name is not None
    return Example(definition.name.value, definition.operation, text, answer)


EXAMPLES = [example(*block) for block in BLOCKS]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 20
    assert len(EXAMPLES) == AT_WORK.count("```graphql")
    assert len([each for each in EXAMPLES if each.answer]) == AT_WORK.count("```json")


sqlite_only = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
MUTATIONS = [each for each in EXAMPLES if each.operation is OperationType.MUTATION]


@sqlite_only
async def test_what_is_asked_is_answered_as_the_page_says(world: World) -> None:
    known = await shop(world)
    for each in EXAMPLES:
        if each not in MUTATIONS:
            await holds(world, each, known)


@sqlite_only
@pytest.mark.parametrize("example", MUTATIONS, ids=lambda each: each.name)
async def test_what_is_done_is_answered_as_the_page_says(world: World, example: Example) -> None:
    await holds(world, example, await shop(world))


async def holds(world: World, example: Example, known: Mapping[str, Any]) -> None:
    """The answer is the one that is shown; if none is, nothing is null that the example is there to show."""
    variables = {name: value for name, value in known.items() if f"${name}:" in example.text}
    if example.operation is OperationType.SUBSCRIPTION:
        data = await first_event(world, example.text, variables, int(known["number"]))
    else:
        data = await world.data(example.text, variables)
    if example.answer:
        expected = json.loads(example.answer)
        assert shown(data, expected) == expected
        return
    for name, found in data.items():
        assert found is not None, (example.name, name)
        assert found.get("userErrors", []) == []


async def shop(world: World) -> Mapping[str, Any]:
    """What the examples name, in the demo organizer's place; the variables that they take."""
    rename = update(organizer).where(organizer.c.slug == "acme").values(slug="demo")
    await world.database.write(lambda tx: tx.rows(rename))
    card = await world.card(2500, secret="SPRING-10")
    await campaign(world, "NEWSLETTER")
    await record(world, "FOO12", campaigns=["NEWSLETTER"])
    spring = await voucher_campaign(world, "Spring", vouchersCount=2)
    await voucher(world, "TEA-50", benefit=GIFT, redemptionLimit=None)
    redeemed = (await redeem(world, "TEA-50", amount="1.00"))["redemption"]
    actions = await world.data("{ actions(first: 1) { nodes { id } } }")
    return {
        "number": card,
        "card": encoder("GiftCard")(card),
        "key": "order-1",
        "after": None,
        "campaign": spring["id"],
        "redemption": redeemed["id"],
        "action": actions["actions"]["nodes"][0]["id"],
    }


async def first_event(world: World, query: str, variables: Mapping[str, Any], card: int) -> Any:
    """The data of the first event, of what happened since the beginning."""
    past = await world.data("{ changes(first: 1) { edges { cursor } } }")
    variables = {**variables, "after": past["changes"]["edges"][0]["cursor"]}
    transact = partial(gift_cards.transact, organizer_id=world.organizers["acme"], card_id=card, amount=-100)
    await world.context("acme").write(transact)
    app = world.app
    principal = await app.graphql._authenticator.principal(world.secrets["acme"])
    context = Context(app.database, principal, world.clock, app.clicks, app.actions, app.changes)
    events = await app.graphql._executor.subscribe(context, Request(query, variables))
    assert not isinstance(events, Answer), events
    async with aclosing(events) as stream:
        answer = await anext(stream)
    assert "errors" not in answer.body, answer.body
    return answer.body["data"]


def shown(found: Any, expected: Any) -> Any:
    """What was found, with what the page leaves open left open."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return {name: shown(value, expected.get(name)) for name, value in found.items()}
    if isinstance(expected, Sequence) and not isinstance(expected, str) and isinstance(found, Sequence):
        return [shown(value, each) for value, each in zip(found, expected, strict=True)]
    return ANYTHING if expected == ANYTHING and found is not None else found


def test_the_reference_is_that_of_the_schema() -> None:
    """Otherwise: make schema."""
    assert put_into(PAGE, SDL) == PAGE


def test_the_reference_leaves_nothing_out_and_links_to_what_there_is() -> None:
    text = PAGE.partition(BEGIN)[2].partition(END)[0]
    schema = build_schema(SDL)
    roots = {"Query", "Mutation", "Subscription"}
    builtin = {"String", "Int", "Float", "Boolean", "ID"}
    types = {name for name in schema.type_map if not name.startswith("__")} - roots - builtin
    assert set(re.findall(r"^#### (\w+)$", text, re.MULTILINE)) == types
    fields = {name for root in roots for name in schema.type_map[root].fields}  # type: ignore[attr-defined]
    assert fields <= set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    headings = [heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)]
    assert len(headings) == len(set(headings))
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= set(headings)


def test_limits_are_those_of_the_settings() -> None:
    page = LIMITS.read_text("utf-8")
    shown = re.findall(rf"^\| .* \| ([^|]+) \| `{PREFIX}(\w+)` \|$", page, re.MULTILINE)
    assert len(shown) >= 10
    for default, name in shown:
        field: Any = Settings.model_fields[name.lower()]
        number = float(re.match(r"[\d,]+", default)[0].replace(",", ""))  # type: ignore[index]
        assert field.default == number * (1024 * 1024 if "MiB" in default else 1), name
    named = set(re.findall(rf"{PREFIX}(\w+)", page))
    asked = {name.upper() for name in Settings.model_fields if name.startswith(("graphql_", "page_", "json_", "body_"))}
    assert asked <= named

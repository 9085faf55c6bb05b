"""The page on GraphQL: its examples run, and what it says of limits and codes is so."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from sqlalchemy import update

import gql
from gql.ids import encoder
from models.organizer import organizer
from server.settings import PREFIX, Settings
from tests.gql.shop import GIFT, redeem, voucher
from tests.gql.shop import campaign as voucher_campaign
from tests.tracking import campaign, record
from tests.world import World

PAGE = (Path(gql.__file__).parents[1] / "docs/graphql.md").read_text()
EXAMPLES = re.findall(r"^```graphql\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def name_of(example: str) -> str:
    (definition,) = parse(example).definitions
    assert isinstance(definition, OperationDefinitionNode)
    assert definition.name is not None
    return definition.name.value


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5
    assert len(EXAMPLES) == PAGE.count("```graphql")


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
async def test_examples_are_answered_without_errors(world: World, example: str) -> None:
    """In the demo organizer's place, whose slug they name; nothing is left null that the example is there to show."""
    rename = update(organizer).where(organizer.c.slug == "acme").values(slug="demo")
    await world.database.write(lambda tx: tx.rows(rename))
    key = await world.card(2500, secret="SPRING-10")
    await campaign(world, "NEWSLETTER")
    await record(world, "FOO12", campaigns=["NEWSLETTER"])
    spring = await voucher_campaign(world, "Spring", vouchersCount=2)
    await voucher(world, "TEA-50", benefit=GIFT, redemptionLimit=None)
    redeemed = (await redeem(world, "TEA-50", amount="1.00"))["redemption"]
    given = {
        "id": encoder("GiftCard")(key),
        "key": "order-1",
        "after": None,
        "campaign": spring["id"],
        "redemption": redeemed["id"],
    }
    data = await world.data(example, {name: value for name, value in given.items() if f"${name}" in example})
    assert data
    for name, found in data.items():
        assert found is not None, name
        assert found.get("userErrors", []) == []


def test_limits_are_those_of_the_settings() -> None:
    shown = re.findall(rf"^\| .* \| ([^|]+) \| `{PREFIX}(\w+)` \|$", PAGE, re.MULTILINE)
    assert len(shown) >= 10
    for default, name in shown:
        field: Any = Settings.model_fields[name.lower()]
        number = float(re.match(r"[\d,]+", default)[0].replace(",", ""))  # type: ignore[index]
        assert field.default == number * (1024 * 1024 if "MiB" in default else 1), name
    named = {name for _, name in shown}
    asked = {name.upper() for name in Settings.model_fields if name.startswith(("graphql_", "page_", "json_", "body_"))}
    assert asked <= named

"""Comparisons of texts and of values in maps: the same on both engines."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import insert

from models.database import Tx
from models.voucher_campaign import voucher_campaign
from resolvers.reading.conditions import All, Compare, Condition, Either, Meets, Not
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Ask, Many, Nodes, Value
from resolvers.voucher_campaign_sources import VOUCHER_CAMPAIGNS
from tests.world import START, World

SELECTION = Many(VOUCHER_CAMPAIGNS.name, {"nodes": Nodes({"name": Value(("name",))})}, 0)

# By name, the description and the metadata of each.
ROWS: Mapping[str, tuple[str | None, dict[str, Any]]] = {
    "Spring": ("20% off_all", {"n": 1, "text": "north", "flag": True, "when": "2025-03-01"}),
    "spring": ("20X offXall", {"n": 2.5, "text": "North", "flag": False, "when": "2025-06-01T00:00:00.000Z"}),
    "Äpfel 🎁": (None, {"n": "3", "text": None, "list": ["a", 1], "nested": {"k": "v"}}),
    "'; --": ("", {"n": "1e999", "text": "", "odd key.[]'": "x", "long": "9" * 500}),
}


@pytest.fixture
async def campaigns(world: World) -> World:
    async def verb(tx: Tx) -> None:
        for name, (description, metadata) in ROWS.items():
            of = {"organizer_id": world.organizers["acme"], "token": f"camp_{name}", "name": name}
            kinds = {"campaign_type": "PROMOTION", "type": "STATIC", "join_once": False, "auto_join": False}
            states = {"creation_status": "DONE", "generation_status": "DONE", "use_voucher_metadata_schema": True}
            row = {**of, **kinds, **states, "description": description, "metadata": metadata, "created_at": START}
            await tx.rows(insert(voucher_campaign).values(row))

    await world.database.write(verb)
    return world


async def found(world: World, where: Condition) -> set[str]:
    plan = compile_selection(SELECTION, world.database.dialect)
    ask = Ask(100, where, organizer_id=world.organizers["acme"])
    answer = await world.context().read(plan, [ask])
    return {node["name"] for node in answer["nodes"]}


BOTH = {"Spring", "spring"}


@pytest.mark.parametrize(
    ("op", "field", "needle", "names"),
    [
        ("starts_with", "name", "Sp", {"Spring"}),
        ("starts_with", "name", "Spring!", set()),
        ("starts_with", "name", "Ä", {"Äpfel 🎁"}),
        ("starts_with", "name", "%", set()),
        ("starts_with", "name", "'; --", {"'; --"}),
        ("starts_with", "name", "", set(ROWS)),
        ("ends_with", "name", "ing", BOTH),
        ("ends_with", "name", " 🎁", {"Äpfel 🎁"}),
        ("ends_with", "name", "_", set()),
        ("ends_with", "name", "a very long Spring", set()),
        ("ends_with", "name", "", set(ROWS)),
        ("contains_text", "name", "pri", BOTH),
        ("contains_text", "name", "PRI", set()),
        ("contains_text", "name", "fel 🎁", {"Äpfel 🎁"}),
        # What LIKE would take for anything is itself; where there is no value there is no match.
        ("contains_text", "description", "20% off_", {"Spring"}),
        ("contains_text", "description", "\\", set()),
        ("contains_text", "description", "", {*BOTH, "'; --"}),
        ("ends_with", "description", "off_all", {"Spring"}),
        ("ends_with", "description", "", {*BOTH, "'; --"}),
    ],
)
async def test_texts_are_compared_letter_for_letter(
    campaigns: World, op: str, field: str, needle: str, names: set[str]
) -> None:
    assert await found(campaigns, Compare(field, op, needle)) == names


@pytest.mark.parametrize(
    ("word", "values", "names"),
    [
        ("is", ("n", "1"), {"Spring"}),
        ("is", ("n", "2.5"), {"spring"}),
        ("is", ("flag", "true"), {"Spring"}),
        ("is", ("flag", "false"), {"spring"}),
        ("is", ("text", "north"), {"Spring"}),
        ("is", ("text", ""), {"'; --"}),
        ("is", ("list", '["a",1]'), {"Äpfel 🎁"}),
        ("is", ("nested", '{"k":"v"}'), {"Äpfel 🎁"}),
        ("is", ("odd key.[]'", "x"), {"'; --"}),
        ("is", ("none", "None"), set()),
        ("one_of", ("n", ("1", "3")), {"Spring", "Äpfel 🎁"}),
        ("known", ("n",), set(ROWS)),
        ("known", ("text",), {*BOTH, "'; --"}),
        ("known", ("list",), {"Äpfel 🎁"}),
        ("known", ("none",), set()),
        ("starts_with", ("text", "nor"), {"Spring"}),
        ("ends_with", ("text", "orth"), BOTH),
        ("contains_text", ("text", "ort"), BOTH),
        ("above", ("n", 1.0), {"spring", "Äpfel 🎁"}),
        ("above", ("n", 2.5), {"Äpfel 🎁"}),
        ("below", ("n", 3.0), BOTH),
        ("below", ("long", 1.0), set()),
        ("above", ("text", 0.0), set()),
        ("above", ("flag", 0.0), set()),
        ("after", ("when", "2025-03-01T00:00:00.000Z"), {"spring"}),
        ("before", ("when", "2025-06-01"), {"Spring"}),
    ],
)
async def test_values_of_a_map_are_compared_by_their_texts(
    campaigns: World, word: str, values: tuple[Any, ...], names: set[str]
) -> None:
    assert await found(campaigns, Meets(f"metadata_{word}", values)) == names


async def test_comparisons_of_one_form_share_a_statement_and_not_their_values(campaigns: World) -> None:
    for needle, names in (("Sp", {"Spring"}), ("sp", {"spring"}), ("x", set[str]())):
        where = Either((Compare("name", "starts_with", needle), Compare("name", "ends_with", "!")))
        assert await found(campaigns, where) == names
    for value, names in (("1", {"Spring"}), ("2.5", {"spring"})):
        both = All((Meets("metadata_is", ("n", value)), Not(Meets("metadata_is", ("flag", "none")))))
        assert await found(campaigns, both) == names

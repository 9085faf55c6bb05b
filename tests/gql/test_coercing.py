"""Values of variables are coerced as graphql-core coerces them, whatever they are."""

from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLScalarType, ObjectValueNode, Undefined, build_schema, parse_type, parse_value, type_from_ast
from graphql.utilities import coerce_input_value, validate_input_literal
from hypothesis import given, settings
from hypothesis import strategies as st

from gql.coercing import coercers_of
from gql.schema import core

SCHEMA = build_schema("""
  enum Colour { RED GREEN }
  input Tree { name: String! = "root", colour: Colour, number: Int!, trees: [Tree!], deep: [[Int]], other: Pick }
  input Pick @oneOf { text: String, number: Int }
  type Query { tree(tree: Tree, id: ID, size: Float): Int }
""")
TYPES = ("Tree", "Tree!", "[Tree!]!", "Pick", "[Pick]", "Colour", "[[Int!]]!", "ID", "Float")

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.just(2**31),
    st.floats(allow_nan=False),
    st.sampled_from(["RED", "x", "1"]),
)
names = st.sampled_from(["name", "colour", "number", "trees", "deep", "other", "text", "unknown"])
anything = st.recursive(plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=4))


@pytest.mark.parametrize("written", TYPES)
@given(value=anything)
@settings(max_examples=60)
def test_a_value_becomes_what_graphql_core_makes_of_it(written: str, value: Any) -> None:
    assert_same(written, value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Tree", {"number": 1}),
        ("Tree", {"number": 1, "trees": {"number": 2, "trees": [{"number": 3, "name": "leaf"}]}}),
        ("Tree", {"number": 1, "name": None}),
        ("Tree", {"number": 1, "unknown": None}),
        ("Tree", {"number": 1, "other": {"text": None}}),
        ("Tree", {"number": 1, "other": {"text": "a", "number": 1}}),
        ("Tree", {"number": 1, "other": {"text": "a"}, "colour": "GREEN", "deep": 5}),
        ("Tree", [{"number": 1}]),
        ("Tree", {"number": Decimal(1)}),
    ],
)
def test_defaults_and_refusals_are_those_of_graphql_core(written: str, value: Any) -> None:
    assert_same(written, value)


@pytest.mark.parametrize(
    ("scalar", "given"),
    [
        ("Decimal", '"x"'),
        ("DateTime", '"2026-01-01"'),
        ("Date", "1"),
        ("Long", "9223372036854775808"),
        ("JSON", "[1e999]"),
        ("LocalizedText", "[]"),
        ("Upload", '"x"'),
    ],
)
def test_a_value_that_is_refused_is_told_with_its_place(scalar: str, given: str) -> None:
    found: list[Any] = []
    node, graphql_type = parse_value(f"{{\n  field: {given} }}"), core().type_map[scalar]
    assert isinstance(node, ObjectValueNode)
    assert isinstance(graphql_type, GraphQLScalarType)
    validate_input_literal(node.fields[0].value, graphql_type, lambda error, _: found.append(error))
    assert [error.formatted["locations"] for error in found] == [[{"line": 2, "column": 10}]]


def assert_same(written: str, value: Any) -> None:
    graphql_type: Any = type_from_ast(SCHEMA, parse_type(written))
    expected = coerce_input_value(value, graphql_type)
    found = coercers_of(SCHEMA).of(graphql_type)(value)
    assert found is expected if expected in (None, Undefined) else found == expected

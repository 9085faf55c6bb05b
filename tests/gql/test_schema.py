"""The schema as a contract: its text is committed, everything in it is described, and everything has a read."""

from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLSchema, is_object_type

from gql import schema
from gql.ids import decode, encoder
from resolvers.reading.source import SOURCES

ROOT = Path(schema.__file__).parents[1]
CORE = schema.core()


def test_committed_text_is_the_schema() -> None:
    assert (ROOT / "schema.graphql").read_text() == schema.sdl(), "run `make schema` and look at the difference"


def test_everything_is_described() -> None:
    """Every type, field, argument and enum value: what a frontend developer reads in the explorer."""
    assert list(_undescribed(CORE)) == []


def test_every_field_has_a_read() -> None:
    without = [
        f"{found.name}.{name}"
        for found in CORE.type_map.values()
        if is_object_type(found) and not found.name.startswith("__")
        for name, field in found.fields.items()
        if schema.read_of(field) is None
    ]
    assert without == []


def test_node_finds_every_type_with_an_id() -> None:
    possible = {found.name for found in CORE.get_possible_types(CORE.type_map["Node"])}  # type: ignore[arg-type]
    assert possible == set(schema.NODE_SOURCES)
    assert set(schema.NODE_SOURCES.values()) <= set(SOURCES)


def test_global_ids_come_back() -> None:
    for typename in schema.NODE_SOURCES:
        for key in (0, 1, 12, 123, 10**17):
            text = encoder(typename)(key)
            assert text is not None
            assert decode(text) == (typename, key)
    for nonsense in ("", "x", "R2lmdENhcmQ6", "R2lmdENhcmQ6LTE=", "R2lmdENhcmQ6MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "ü"):
        assert decode(nonsense) is None


def _undescribed(schema: GraphQLSchema) -> Iterator[str]:
    for name, graphql_type in schema.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Boolean", "ID", "Float"):
            continue
        if not graphql_type.description:
            yield name
        for part, value in {**getattr(graphql_type, "fields", {}), **getattr(graphql_type, "values", {})}.items():
            if not value.description:
                yield f"{name}.{part}"
            yield from (f"{name}.{part}({a})" for a, v in getattr(value, "args", {}).items() if not v.description)

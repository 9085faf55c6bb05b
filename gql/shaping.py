"""Objects within JSON values: a selection set becomes a function that picks what was asked for out of the value.

Such values are few and small (a discount, an order), so they are shaped by closures and not by the generated function.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from graphql import FieldNode, GraphQLField, GraphQLObjectType, SelectionSetNode, get_named_type, is_leaf_type

from gql import reads
from gql.costs import Cost

Shape: TypeAlias = Callable[[Any], Any]
# What is selected of an object: response key, name, definition, nodes.
Fields: TypeAlias = Callable[
    [GraphQLObjectType, Sequence[SelectionSetNode]], Iterator[tuple[str, str, GraphQLField, list[FieldNode]]]
]


@dataclass(frozen=True, slots=True)
class Shaping:
    """`fields` collects a selection set, `read` says what is behind a field."""

    fields: Fields
    read: Callable[[GraphQLField], reads.Read]

    def convert(
        self, named: Any, nodes: Sequence[FieldNode], cost: Cost, pick: Callable[[Any], Any] | None = None
    ) -> Shape | None:
        """What shows the value: as it is if it is no object. Null stays null, of a list each object is shaped."""
        if is_leaf_type(named):
            return pick
        shape = self._shape(cast(GraphQLObjectType, named), nodes, cost)
        return shape if pick is None else lambda value: shape(pick(value))

    def _shape(self, named: GraphQLObjectType, nodes: Sequence[FieldNode], cost: Cost) -> Shape:
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        keys = [
            (key, self._typename(key, named, cost) if name == "__typename" else self._key(found, below, cost))
            for key, name, found, below in self.fields(named, sets)
        ]

        def one(value: Mapping[str, Any]) -> dict[str, Any]:
            return {key: shown(value) for key, shown in keys}

        return lambda value: _each(one, value)

    @staticmethod
    def _typename(key: str, named: GraphQLObjectType, cost: Cost) -> Shape:
        cost.add_if_renamed(key, "__typename")
        return lambda _: named.name

    def _key(self, found: GraphQLField, nodes: Sequence[FieldNode], cost: Cost) -> Shape:
        cost.add(1)
        key = cast(reads.Key, self.read(found))
        shape = self.convert(get_named_type(found.type), nodes, cost, key.convert)
        if shape is None:
            return lambda value: value.get(key.name)
        return lambda value: shape(value.get(key.name))


def _each(one: Callable[[Mapping[str, Any]], Any], value: Any) -> Any:
    if value is None:
        return None
    return [one(each) for each in value] if isinstance(value, list) else one(value)

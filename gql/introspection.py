"""What introspection costs, known before graphql-core executes it field by field: counted on the schema itself.

It is no part of the cost that is shown, which is of data; it has a limit of its own, and is taken from the bucket.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    get_introspection_query,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    parse,
)

from gql.measures import of
from gql.rejected import rejected
from gql.selecting import Selecting

ROOTS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
# What tools ask for that load a whole schema, with everything there is to ask.
WHOLE = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
)
# So many times longer than a field of data takes, measured.
TIMES_DEARER = 20

Fragments = Mapping[str, FragmentDefinitionNode]
# What is selected of an object of introspection: the fields that have one name, merged, by their response keys.
Selected = list[tuple[str, GraphQLField | None, tuple[FieldNode, ...]]]


class Introspection:
    """In one request as much of a schema may be asked for as all of it has, and a quarter more."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema, self._fields_max = schema, _fields_of_whole(schema) * 5 // 4

    def cost_of(self, fragments: Fragments, operation: OperationDefinitionNode, conditions: Mapping[str, Any]) -> int:
        """What is taken from the bucket. Raises `Rejected` for too many fields."""
        return _fields(self._schema, fragments, operation, conditions, self._fields_max) * TIMES_DEARER


@cache
def _fields_of_whole(schema: GraphQLSchema) -> int:
    whole = parse(WHOLE)
    fragments = {fragment.name.value: fragment for fragment in of(whole, FragmentDefinitionNode)}
    (operation,) = of(whole, OperationDefinitionNode)
    return _fields(schema, fragments, operation, {}, sys.maxsize)


def _fields(
    schema: GraphQLSchema,
    fragments: Fragments,
    operation: OperationDefinitionNode,
    conditions: Mapping[str, Any],
    most: int,
) -> int:
    collecting = Selecting(schema, fragments, conditions)
    assert schema.query_type is not None
    counting, found = _Counting(schema, collecting, most), 0
    for nodes in collecting.collect(schema.query_type, [operation.selection_set]).values():
        root = ROOTS.get(nodes[0].name.value)
        if root is not None:
            about = schema if root is SchemaMetaFieldDef else _named(schema, nodes[0], conditions)
            parent = cast(GraphQLObjectType, get_named_type(root.type))
            found = counting.sum((found + 1, counting.fields(parent, tuple(nodes), about)))
    return found


def _named(schema: GraphQLSchema, node: FieldNode, conditions: Mapping[str, Any]) -> Any:
    """The type that `__type` names."""
    (argument,) = node.arguments or ()
    value: Any = argument.value
    name = conditions.get(value.name.value) if value.kind == "variable" else value.value
    return schema.type_map.get(str(name))


@dataclass(slots=True)
class _Counting:
    """Counts the fields of each object for each place in the document once: most objects are met again and again."""

    schema: GraphQLSchema
    collecting: Selecting
    most: int
    _selected: dict[tuple[int, ...], Selected] = field(default_factory=dict)
    _counted: dict[tuple[int, int], int] = field(default_factory=dict)

    def fields(self, parent: GraphQLObjectType, nodes: tuple[FieldNode, ...], about: Any) -> int:
        if about is None:
            return 0
        selected = self._selection(parent, nodes)
        key = (id(selected), id(about))
        if key not in self._counted:
            self._counted[key] = self.sum(self._field(name, found, below, about) for name, found, below in selected)
        return self._counted[key]

    def _field(self, name: str, found: GraphQLField | None, below: tuple[FieldNode, ...], about: Any) -> int:
        if found is None or below[0].selection_set is None:
            return 1
        named = cast(GraphQLObjectType, get_named_type(found.type))
        return self.sum(self.fields(named, below, each) for each in _objects(self.schema, about, name)) + 1

    def sum(self, counts: Iterable[int]) -> int:
        """Ends with `Rejected` as soon as there are too many."""
        total = 0
        for each in counts:
            total += each
            if total > self.most:
                message = f"The introspection asks for more than {self.most} fields."
                raise rejected(message, "LIMIT_EXCEEDED")
        return total

    def _selection(self, parent: GraphQLObjectType, nodes: tuple[FieldNode, ...]) -> Selected:
        key = tuple(map(id, nodes))
        if key not in self._selected:
            sets = [node.selection_set for node in nodes if node.selection_set is not None]
            self._selected[key] = [
                (below[0].name.value, parent.fields.get(below[0].name.value), tuple(below))
                for below in self.collecting.collect(parent, sets).values()
            ]
        return self._selected[key]


def _objects(schema: GraphQLSchema, about: Any, name: str) -> Iterable[Any]:
    """The objects below a field of introspection."""
    found: Iterable[Any] = ()
    match name:
        case "types":
            found = schema.type_map.values()
        case "directives":
            found = schema.directives
        case "queryType" | "mutationType" | "subscriptionType":
            found = (getattr(schema, f"{name.removesuffix('Type')}_type"),)
        case "fields" if is_object_type(about) or is_interface_type(about):
            found = about.fields.values()
        case "interfaces" if is_object_type(about) or is_interface_type(about):
            found = about.interfaces
        case "possibleTypes" if is_abstract_type(about):
            found = schema.get_possible_types(about)
        case "enumValues" if is_enum_type(about):
            found = about.values.values()
        case "inputFields" if is_input_object_type(about):
            found = about.fields.values()
        case "args":
            found = about.args.values()
        case "type":
            found = (about.type,)
        case "ofType":
            found = (getattr(about, "of_type", None),)
    return found

"""graphql-core's completion, for what the compiled one does not do: introspection, and whatever is refused in part.

Root fields build the same selection for their subtree as the compiled completion would and hand its values down;
below them every field takes its value from the object above it, by its response key.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo, GraphQLSchema, is_object_type

from gql.compiled import given_of
from gql.costs import Cost
from gql.mutations import mutate
from gql.reads import Mutates
from gql.run import Run
from gql.schema import read_of
from gql.selecting import Refused, Selecting
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Container

Info: TypeAlias = GraphQLResolveInfo[Run]


def attach(schema: GraphQLSchema) -> None:
    """Make graphql-core resolve every field by the read behind it."""
    for graphql_type in schema.type_map.values():
        if not is_object_type(graphql_type) or graphql_type.name.startswith("__"):
            continue
        for field in graphql_type.fields.values():
            if graphql_type is schema.query_type:
                field.resolve = _query
            elif graphql_type is schema.mutation_type:
                field.resolve = _mutation
            else:
                field.resolve = _handed_down


async def _query(_: Any, info: Info, **__: Any) -> Any:
    run = info.context
    selecting = _selecting(info)
    found = info.parent_type.fields[info.field_name]
    tree = Container({"answer": selecting.root(found, info.field_nodes, Cost())})
    plan = compile_selection(tree, run.context.database.dialect)
    return (await run.context.read(plan, selecting.values(run), given_of(run)))["answer"]


async def _mutation(_: Any, info: Info, **args: Any) -> Any:
    run = info.context
    selecting = _selecting(info)
    found = info.parent_type.fields[info.field_name]
    mutates = read_of(found)
    assert isinstance(mutates, Mutates)
    payload = compile_selection(selecting.payload(found, info.field_nodes, Cost()), run.context.database.dialect)
    return await mutate(info.field_name, mutates, args, run, payload, selecting.values)


def _handed_down(parent: Mapping[str, Any], info: Info, **__: Any) -> Any:
    value = parent[str(info.path.key)]
    if isinstance(value, Refused):
        raise value.problem
    return value


def _selecting(info: Info) -> Selecting:
    fragments: dict[str, Any] = {
        name: getattr(fragment, "definition", fragment) for name, fragment in info.fragments.items()
    }
    return Selecting(info.schema, fragments, info.variable_values.coerced, info.context)

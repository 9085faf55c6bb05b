"""The compiled completion: an operation becomes one plan (a query) or one per field (a mutation), and is run by it.

Running has two steps. `prepare` coerces every argument: it may find that graphql-core has to execute the operation,
and it tells what the operation costs. `run` does it: from there on nothing is left to graphql-core, for a verb may
have run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from graphql import FieldNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType, located_error

from gql.arguments import Arguments
from gql.costs import Cost
from gql.documents import Document
from gql.mutations import mutate
from gql.reads import Args, Mutates
from gql.run import Run, Unsupported
from gql.schema import read_of
from gql.selecting import Argument, Selecting
from models.database import Dialect
from models.problems import Problem
from resolvers.reading.plan import Compiled, compile_selection
from resolvers.reading.selection import Constant, Container


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A query: one plan for all its roots, so all of its answer is of one moment."""

    plan: Compiled
    selecting: Selecting
    cost: Cost

    def prepare(self, run: Run) -> tuple[int, Any]:
        """What the run costs, and what `run` needs of its arguments."""
        values = self.selecting.values(run)
        return self.cost.of(values), values

    async def run(self, run: Run, values: Sequence[Any]) -> tuple[Any, list[GraphQLError]]:
        return await run.context.read(self.plan, values, given_of(run)), []


@dataclass(frozen=True, slots=True)
class MutationField:
    """One field of a mutation. `__typename` has a plan and no verb."""

    name: str
    plan: Compiled
    selecting: Selecting
    cost: Cost
    nodes: Sequence[FieldNode]
    mutates: Mutates | None = None
    args: Arguments | None = None

    async def run(self, run: Run, args: Args) -> Any:
        if self.mutates is None:
            return await run.context.read(self.plan)
        return await mutate(self.name, self.mutates, args, run, self.plan, self.selecting.values)


@dataclass(frozen=True, slots=True)
class MutationPlan:
    """A mutation: its fields one after the other, each a transaction of its own."""

    fields: Mapping[str, MutationField]

    def prepare(self, run: Run) -> tuple[int, Any]:
        total, args = 0, {}
        for key, field in self.fields.items():
            total += field.cost.of(field.selecting.values(run))
            args[key] = None if field.args is None else field.args.values(run)
        return total, args

    async def run(self, run: Run, args: Mapping[str, Any]) -> tuple[Any, list[GraphQLError]]:
        """The data, and an error for each field that failed. Raises only what the first field failed with.

        Once a field has done something the answer says so, whatever becomes of those after it.
        """
        answer: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for key, field in self.fields.items():
            try:
                answer[key] = await field.run(run, args[key])
            except Exception as error:
                if not answer:
                    raise
                answer[key] = None
                errors.append(located_error(error, field.nodes, [key]))
        return answer, errors


Operation: TypeAlias = QueryPlan | MutationPlan


def given_of(run: Run) -> Mapping[str, Any]:
    """What a query is given beside rows: the viewer."""
    asker = run.context.principal
    return {"name": asker.name, "kind": asker.kind.upper(), "scopes": sorted(asker.scopes)}


def compile_operation(
    schema: GraphQLSchema,
    dialect: Dialect,
    document: Document,
    operation: OperationDefinitionNode,
    conditions: Mapping[str, Any],
) -> Operation:
    """The plan of an operation for these values of its `@skip` and `@include` variables. Raises `Unsupported`."""
    if operation.operation is OperationType.QUERY:
        selecting, cost = Selecting(schema, document.fragments, conditions), Cost()
        assert schema.query_type is not None
        tree = Container(selecting.roots(schema.query_type, [operation.selection_set], cost))
        return QueryPlan(compile_selection(tree, dialect, writer_shows_times=True), selecting, cost)
    if operation.operation is OperationType.MUTATION:
        return MutationPlan(dict(_mutation_fields(schema, dialect, document, operation, conditions)))
    raise Unsupported("subscription")


def cost_of(schema: GraphQLSchema, document: Document, operation: OperationDefinitionNode, run: Run) -> int:
    """What an operation costs that graphql-core executes. What is refused, and introspection, cost nothing."""
    is_query = operation.operation is OperationType.QUERY
    parent = schema.query_type if is_query else schema.mutation_type
    assert parent is not None
    collecting = Selecting(schema, document.fragments, run.variables)
    total = 0
    for nodes in collecting.collect(parent, [operation.selection_set]).values():
        if nodes[0].name.value.startswith("__"):
            continue
        found, cost = parent.fields[nodes[0].name.value], Cost()
        selecting = Selecting(schema, document.fragments, run.variables)
        if is_query:
            selecting.root(found, nodes, cost)
        else:
            selecting.payload(found, nodes, cost)
        total += cost.of([_unless_refused(argument, run) for argument in selecting.arguments])
    return total


def _unless_refused(argument: Argument, run: Run) -> Any:
    try:
        return argument(run)
    except (Problem, Unsupported):
        return None


def _mutation_fields(
    schema: GraphQLSchema,
    dialect: Dialect,
    document: Document,
    operation: OperationDefinitionNode,
    conditions: Mapping[str, Any],
) -> Iterator[tuple[str, MutationField]]:
    parent = schema.mutation_type
    assert parent is not None
    collected = Selecting(schema, document.fragments, conditions).collect(parent, [operation.selection_set])
    for key, nodes in collected.items():
        selecting, cost = Selecting(schema, document.fragments, conditions), Cost()
        name = nodes[0].name.value
        if name == "__typename":
            yield key, MutationField(name, compile_selection(Constant(parent.name), dialect), selecting, cost, nodes)
            continue
        found = parent.fields[name]
        plan = compile_selection(selecting.payload(found, nodes, cost), dialect, writer_shows_times=True)
        mutates = cast(Mutates, read_of(found))
        yield key, MutationField(name, plan, selecting, cost, nodes, mutates, Arguments(found, nodes[0]))

"""A request executed: compiled where it can be, by graphql-core where it must be; limits hold for both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog
from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, execute
from graphql.execution import ExecutionResult

from gql import fallback, schema
from gql.compiled import Operation, compile_operation, cost_of
from gql.documents import Document, Documents, Rejected
from gql.errors import request_error
from gql.run import Limits, Run, Unsupported
from gql.variables import Variables
from models.database import Dialect
from models.problems import Problem, Unavailable
from resolvers.context import Context

log = structlog.get_logger()

# Plans kept per document: one per combination of the values of its `@skip` and `@include` variables.
PLANS_MAX = 64
# Root fields that tell of the schema only.
ABOUT_SCHEMA = ("__schema", "__type", "__typename")


class Request(NamedTuple):
    query: str
    variables: Mapping[str, Any] = {}
    operation_name: str | None = None
    request_id: str | None = None


class Answer(NamedTuple):
    """A response. Without `data` nothing was run, and `status_hint` is the HTTP status that fits."""

    body: dict[str, Any]
    status_hint: int = 200


@dataclass(slots=True)
class _Entry:
    """What is known of one operation of a document: its variables, and a plan or None per set of conditions."""

    operation: OperationDefinitionNode
    variables: Variables
    plans: dict[tuple[Any, ...], Operation | None] = field(default_factory=dict)


class Executor:
    """Executes requests against the schema, on one engine, within limits."""

    def __init__(self, dialect: Dialect, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.schema = schema.core(schema.build())
        fallback.attach(self.schema)
        self._dialect = dialect
        self._documents = Documents(self.schema, self.limits)

    def is_mutation(self, request: Request) -> bool:
        """Whether the request would change something: GET must not. Raises `Rejected`."""
        operation = self._documents.of(request.query).operation(request.operation_name)
        return operation.operation is not OperationType.QUERY

    def is_about_schema(self, request: Request) -> bool:
        """Whether the request asks for nothing but introspection, which holds no data. Raises `Rejected`."""
        operation = self._documents.of(request.query).operation(request.operation_name)
        selections = operation.selection_set.selections
        return all(isinstance(node, FieldNode) and node.name.value in ABOUT_SCHEMA for node in selections)

    async def execute(self, context: Context, request: Request) -> Answer:
        """The response. What is wrong with the request is in its errors; raises `Unavailable`, and what is our bug."""
        try:
            return await self._execute(context, request)
        except Rejected as rejected:
            return Answer({"errors": [error.formatted for error in rejected.errors]}, 400)
        except RecursionError:
            error = GraphQLError("The request is nested too deeply.", extensions={"code": "LIMIT_EXCEEDED"})
            return Answer({"errors": [error.formatted]}, 400)

    async def complete(self, context: Context, request: Request) -> Answer:
        """The response by graphql-core's completion, whatever the compiled one could do."""
        document = self._documents.of(request.query)
        entry = self._entry(document, request.operation_name)
        run = self._run(context, entry, request)
        return await self._by_graphql_core(document, request, run)

    async def _execute(self, context: Context, request: Request) -> Answer:
        document = self._documents.of(request.query)
        entry = self._entry(document, request.operation_name)
        run = self._run(context, entry, request)
        plan = self._plan(document, entry, run)
        ready = None if plan is None else self._prepared(plan, run)
        if plan is None or ready is None:
            self._check(cost := cost_of(self.schema, document, entry.operation, run))
            return await self._by_graphql_core(document, request, run, cost)
        cost, prepared = ready
        self._check(cost)
        try:
            data, errors = await plan.run(run, prepared)
        except Unavailable:
            raise
        except Problem:
            if entry.operation.operation is not OperationType.QUERY:
                raise
            # A query that is refused in part: graphql-core says which part, and answers the rest.
            return await self._by_graphql_core(document, request, run, cost)
        body: dict[str, Any] = {"errors": [_masked(error).formatted for error in errors]} if errors else {}
        return Answer({**body, "data": data, "extensions": self._extensions(cost)})

    def _run(self, context: Context, entry: "_Entry", request: Request) -> Run:
        variables = entry.variables.coerce(request.variables)
        return Run(context, self.limits, variables, request_id=request.request_id)

    @staticmethod
    def _prepared(plan: Operation, run: Run) -> tuple[int, Any] | None:
        """What the run costs and needs; None if an argument is refused, which graphql-core says at its field."""
        try:
            return plan.prepare(run)
        except (Problem, Unsupported):
            return None

    def _entry(self, document: Document, name: str | None) -> _Entry:
        entry: _Entry | None = document.plans.get(name)
        if entry is None:
            operation = document.operation(name)
            entry = document.plans[name] = _Entry(operation, Variables(self.schema, operation))
        return entry

    def _plan(self, document: Document, entry: _Entry, run: Run) -> Operation | None:
        conditions = {name: run.variables[name] for name in document.conditions if name in run.variables}
        for name, value in conditions.items():
            if value is None:
                message = f"The variable ${name} decides whether a field is there: it must not be null."
                raise Rejected(GraphQLError(message, extensions={"code": "BAD_VARIABLES"}))
        key = tuple(sorted(conditions.items())) if conditions else ()
        if key not in entry.plans:
            if len(entry.plans) >= PLANS_MAX:
                return None
            entry.plans[key] = self._compile(document, entry.operation, conditions)
        return entry.plans[key]

    def _compile(
        self, document: Document, operation: OperationDefinitionNode, conditions: Mapping[str, Any]
    ) -> Operation | None:
        try:
            return compile_operation(self.schema, self._dialect, document, operation, conditions)
        except Unsupported:
            return None

    def _check(self, cost: int) -> None:
        if cost > self.limits.cost_max:
            message = f"The request costs {cost}; {self.limits.cost_max} is allowed. Ask for fewer or smaller pages."
            error = GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED", **self._extensions(cost)})
            raise Rejected(error)

    def _extensions(self, cost: int) -> dict[str, Any]:
        return {"cost": {"requested": cost, "maximum": self.limits.cost_max}}

    async def _by_graphql_core(self, document: Document, request: Request, run: Run, cost: int | None = None) -> Answer:
        outcome = execute(
            self.schema,
            document.node,
            context_value=run,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )
        result: ExecutionResult = outcome if isinstance(outcome, ExecutionResult) else await outcome
        errors = [_masked(error) for error in result.errors or ()]
        body: dict[str, Any] = {"errors": [error.formatted for error in errors]} if errors else {}
        body["data"] = result.data
        if cost is not None:
            body["extensions"] = self._extensions(cost)
        return Answer(body)


def _masked(error: GraphQLError) -> GraphQLError:
    """The error as it may be shown: a bug of ours is logged and its text kept here."""
    original = error.original_error
    if isinstance(original, Problem):
        return request_error(original, error.nodes, error.path)
    if original is None or isinstance(original, GraphQLError):
        return error
    log.error("graphql field failed", path=error.path, exc_info=original)
    return GraphQLError("Internal error.", error.nodes, path=error.path, extensions={"code": "INTERNAL"})

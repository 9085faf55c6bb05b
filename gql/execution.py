"""A request executed: compiled where it can be, by graphql-core where it must be; limits hold for both."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import orjson
import structlog
from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, execute
from graphql.execution import ExecutionResult

from gql import fallback, schema, subscriptions
from gql.buckets import Buckets
from gql.compiled import Operation, compile_operation, cost_of
from gql.documents import PLAN_TOKEN_BYTES, Document, Documents
from gql.errors import internal_error, request_error
from gql.introspection import Introspection
from gql.live import SubscriptionPlan, compile_subscription
from gql.persisted import Persisted
from gql.reads import Stream
from gql.rejected import Rejected, coded, rejected
from gql.run import Limits, Run, Unsupported
from gql.variables import Variables
from models.database import Dialect
from models.problems import Problem, Unavailable
from resolvers.changes import Change
from resolvers.context import Context

log = structlog.get_logger()

# Plans kept per document: one per combination of the values of its `@skip` and `@include` variables.
PLANS_MAX = 64
# Root fields that tell of the schema only.
ABOUT_SCHEMA = ("__schema", "__type", "__typename")
NO_DOCUMENTS: Mapping[str, str] = {}


class Request(NamedTuple):
    """`document_id` stands for the document, which may then be left out: see gql/persisted.py."""

    query: str | None
    variables: Mapping[str, Any] = {}
    operation_name: str | None = None
    request_id: str | None = None
    document_id: str | None = None


class Answer(NamedTuple):
    """A response. Without `data` nothing was run, and `status_hint` is the HTTP status that fits."""

    body: dict[str, Any]
    status_hint: int = 200


def answer_to(refusal: Rejected) -> Answer:
    return Answer({"errors": [error.formatted for error in refusal.errors]}, refusal.status_hint)


@dataclass(slots=True)
class _Entry:
    """What is known of one operation of a document: its variables, and a plan or None per set of conditions."""

    operation: OperationDefinitionNode
    variables: Variables
    plans: dict[tuple[Any, ...], Operation | SubscriptionPlan | None] = field(default_factory=dict)
    # The data of an operation that asks for nothing but the schema.
    about_schema: orjson.Fragment | None = None


class Executor:
    """Executes requests against the schema, on one engine, within limits."""

    def __init__(
        self,
        dialect: Dialect,
        limits: Limits | None = None,
        trusted: Mapping[str, str] = NO_DOCUMENTS,
        *,
        trusted_only: bool = False,
    ) -> None:
        """`trusted` are documents by their ids; with `trusted_only` no others are run. Raises `WrongDocuments`."""
        self.limits = limits or Limits()
        self.schema = schema.core()
        fallback.attach(self.schema)
        self._dialect = dialect
        self._documents = Documents(self.schema, self.limits, trusted)
        self._persisted = Persisted(trusted, trusted_only=trusted_only, remembered_max=self.limits.documents_max)
        self._buckets = Buckets(self.limits.bucket_max, self.limits.bucket_per_second)
        self._introspection = Introspection(self.schema)

    def is_mutation(self, request: Request) -> bool:
        """Whether the request would change something: GET must not. Raises `Rejected`."""
        operation = self._document(request).operation(request.operation_name)
        return operation.operation is OperationType.MUTATION

    def is_about_schema(self, request: Request) -> bool:
        """Whether the request asks for nothing but introspection, which holds no data. Raises `Rejected`."""
        return self._is_about_schema(self._document(request).operation(request.operation_name))

    @staticmethod
    def _is_about_schema(operation: OperationDefinitionNode) -> bool:
        selections = operation.selection_set.selections
        return all(isinstance(node, FieldNode) and node.name.value in ABOUT_SCHEMA for node in selections)

    def is_subscription(self, request: Request) -> bool:
        """Whether the request listens: its answers are a stream. Raises `Rejected`."""
        operation = self._document(request).operation(request.operation_name)
        return operation.operation is OperationType.SUBSCRIPTION

    async def subscribe(self, context: Context, request: Request) -> Answer | AsyncGenerator[Answer, None]:
        """The answers to a subscription, one for each event; or the one answer that says why there are none.

        What ends the stream early is raised: `TooSlow`, `Unavailable`. Whoever has enough of it calls `aclose`.
        """
        try:
            plan, run = self._subscription(context, request, self._document(request))
            cost, args = plan.prepare(run)
            self._charged(run, cost)
            return self._events(plan, run, await plan.opened(run, args))
        except Unsupported as unsupported:
            error = GraphQLError(f"This cannot be asked: {unsupported}.", extensions={"code": "BAD_VARIABLES"})
            return Answer({"errors": [error.formatted]}, 400)
        except Rejected as refusal:
            return answer_to(refusal)
        except Problem as problem:
            return Answer({"errors": [request_error(problem).formatted]}, problem.status_hint)

    async def shape(self, context: Context, request: Request, told: Change) -> Answer:
        """What a subscription to `changes` shows of one change, whatever else it asks for; see `refusal_of_shape`."""
        # Stored documents are not those that clients send: a manifest does not name them.
        plan, run = self._subscription(context, request, self._documents.of(request.query or ""))
        return Answer({"data": await plan.shown(run, subscriptions.outcome_of(told))})

    def refusal_of_shape(self, query: str, context: Context | None = None) -> str | None:
        """Why a document cannot shape changes; None if it can: a subscription to `changes` without arguments.

        With a context, also because an event would cost too much, or asks for pages that there are not.
        """
        try:
            document = self._documents.of(query)
            operation = document.operation(None)
        except Rejected as refusal:
            return " ".join(error.message for error in refusal.errors)
        field = operation.selection_set.selections[0]
        is_changes = isinstance(field, FieldNode) and field.name.value == "changes" and not field.arguments
        if operation.operation is not OperationType.SUBSCRIPTION or not is_changes:
            return "Only a subscription with the one field `changes`, without arguments, shapes what is sent."
        if operation.variable_definitions:
            return "Whoever sends it has no variables to give."
        return None if context is None else self._refusal_of_cost(document, context)

    def _refusal_of_cost(self, document: Document, context: Context) -> str | None:
        try:
            plan, run = self._subscription(context, Request(None), document)
            cost, _ = plan.prepare(run)
        except (Rejected, Unsupported, Problem) as refusal:
            return str(refusal)
        maximum = self.limits.cost_max
        return f"An event costs {cost}; {maximum} is allowed." if cost > maximum else None

    async def execute(self, context: Context, request: Request, spent: int = 0) -> Answer:
        """The response. What is wrong with the request is in its errors; raises `Unavailable`, and what is our bug.

        `spent` is what was run before it of the same list of requests: the limit is for all of them together.
        """
        try:
            return await self._execute(context, request, spent)
        except Rejected as refusal:
            return answer_to(refusal)
        except RecursionError:
            return answer_to(rejected("The request is nested too deeply.", "LIMIT_EXCEEDED"))

    async def complete(self, context: Context, request: Request) -> Answer:
        """The response by graphql-core's completion, whatever the compiled one could do."""
        document = self._document(request)
        entry = self._entry(document, request.operation_name)
        run = self._run(context, entry, request)
        return await self._by_graphql_core(document, request, run)

    async def _execute(self, context: Context, request: Request, spent: int) -> Answer:
        document = self._document(request)
        entry = self._entry(document, request.operation_name)
        if entry.operation.operation is OperationType.SUBSCRIPTION:
            message = "A subscription is asked over WebSocket, as server-sent events or as multipart/mixed."
            raise rejected(message, "BAD_OPERATION")
        run = self._run(context, entry, request)
        plan = self._plan(document, entry, run)
        assert not isinstance(plan, SubscriptionPlan)
        ready = None if plan is None else self._prepared(plan, run)
        if plan is None or ready is None:
            return await self._uncompiled(document, entry, request, run, spent)
        cost, prepared = ready
        told = self._charged(run, cost, spent)
        try:
            data, errors = await plan.run(run, prepared)
        except Unavailable:
            raise
        except Problem:
            if entry.operation.operation is not OperationType.QUERY:
                raise
            # A query that is refused in part: graphql-core says which part, and answers the rest.
            return await self._by_graphql_core(document, request, run, told)
        body: dict[str, Any] = {"errors": [_masked(error, run).formatted for error in errors]} if errors else {}
        return Answer({**body, "data": data, "extensions": {"cost": told}})

    async def _uncompiled(self, document: Document, entry: _Entry, request: Request, run: Run, spent: int) -> Answer:
        if entry.about_schema is not None:
            return Answer({"data": entry.about_schema, "extensions": {"cost": self._charged(run, 0, spent)}})
        cost = cost_of(self.schema, document, entry.operation, run)
        about_schema = self._introspection.cost_of(document.fragments, entry.operation, run.variables)
        told = self._charged(run, cost, spent, about_schema)
        answer = await self._by_graphql_core(document, request, run, told)
        if about_schema and self._is_about_schema(entry.operation) and "errors" not in answer.body:
            self._keep(document, entry, answer)
        return answer

    def _keep(self, document: Document, entry: _Entry, answer: Answer) -> None:
        """Keep what is told of the schema, unless it depends on variables: it stays the same, and is long in making."""
        if not entry.operation.variable_definitions:
            text = orjson.dumps(answer.body["data"])
            entry.about_schema = orjson.Fragment(text)
            self._documents.grown(document, len(text))

    def _document(self, request: Request) -> Document:
        """The document that is meant, by its text or by what stands for it."""
        if request.document_id is None and request.query is not None and not self._persisted.trusted_only:
            return self._documents.of(request.query)
        document = self._documents.of(self._persisted.text_of(request.query, request.document_id))
        if request.query is not None and request.document_id is not None:
            self._persisted.remember(request.query, request.document_id)
        return document

    def _subscription(self, context: Context, request: Request, document: Document) -> tuple[SubscriptionPlan, Run]:
        entry = self._entry(document, request.operation_name)
        run = self._run(context, entry, request)
        plan = self._plan(document, entry, run)
        if not isinstance(plan, SubscriptionPlan):
            raise rejected("There is nothing to listen to.", "BAD_OPERATION")
        return plan, run

    async def _events(self, plan: SubscriptionPlan, run: Run, stream: Stream) -> AsyncGenerator[Answer, None]:
        try:
            async with aclosing(plan.events(run, stream)) as events:
                async for data in events:
                    yield Answer({"data": data})
        except Problem:
            raise
        except Exception as error:
            log.exception("a subscription failed", exc_info=error)
            yield Answer({"errors": [internal_error(run.request_id).formatted]}, 500)

    def _run(self, context: Context, entry: "_Entry", request: Request) -> Run:
        variables = entry.variables.coerce(request.variables)
        check_query = partial(self.refusal_of_shape, context=context)
        return Run(context, self.limits, variables, request_id=request.request_id, check_query=check_query)

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
            entry = document.plans[name] = _Entry(operation, Variables(self.schema, operation, self.limits))
        return entry

    def _plan(self, document: Document, entry: _Entry, run: Run) -> Operation | SubscriptionPlan | None:
        conditions = {name: run.variables[name] for name in document.conditions if name in run.variables}
        for name, value in conditions.items():
            if value is None:
                message = f"The variable ${name} decides whether a field is there: it must not be null."
                raise rejected(message, "BAD_VARIABLES")
        key = tuple(sorted(conditions.items())) if conditions else ()
        if key not in entry.plans:
            if len(entry.plans) >= PLANS_MAX:
                return None
            entry.plans[key] = self._compile(document, entry.operation, conditions)
            self._documents.grown(document, document.node.token_count * PLAN_TOKEN_BYTES)
        return entry.plans[key]

    def _compile(
        self, document: Document, operation: OperationDefinitionNode, conditions: Mapping[str, Any]
    ) -> Operation | SubscriptionPlan | None:
        try:
            if operation.operation is OperationType.SUBSCRIPTION:
                return compile_subscription(self.schema, self._dialect, document, operation, conditions)
            return compile_operation(self.schema, self._dialect, document, operation, conditions)
        except Unsupported:
            return None

    def _charged(self, run: Run, cost: int, spent: int = 0, about_schema: int = 0) -> dict[str, Any]:
        """Take what a run costs, and what is told of it. `spent` is what other requests of the same list cost."""
        told: dict[str, Any] = {"requested": cost, "maximum": self.limits.cost_max}
        if cost + spent > self.limits.cost_max:
            before = f", those before it {spent}" if spent else ""
            message = f"The request costs {cost}{before}; {self.limits.cost_max} is allowed. "
            raise rejected(f"{message}Ask for fewer or smaller pages.", "LIMIT_EXCEEDED", cost=told)
        self._buckets.spend(run.context.principal.token_id, cost + about_schema, told)
        return told

    async def _by_graphql_core(
        self, document: Document, request: Request, run: Run, told: Mapping[str, Any] | None = None
    ) -> Answer:
        outcome = execute(
            self.schema,
            document.node,
            context_value=run,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
            hide_suggestions=not self.limits.suggestions,
        )
        result: ExecutionResult = outcome if isinstance(outcome, ExecutionResult) else await outcome
        errors = [_masked(error, run) for error in result.errors or ()]
        body: dict[str, Any] = {"errors": [error.formatted for error in errors]} if errors else {}
        body["data"] = result.data
        if told is not None:
            body["extensions"] = {"cost": told}
        return Answer(body)


def _masked(error: GraphQLError, run: Run) -> GraphQLError:
    """The error as it may be shown: a bug of ours is logged and its text kept here."""
    original = error.original_error
    if isinstance(original, Problem):
        return request_error(original, error.nodes, error.path)
    if original is None or isinstance(original, GraphQLError):
        # A null or missing variable that is valid only by a default, which graphql-core finds at its field.
        return coded(error, "BAD_VARIABLES")
    log.error("graphql field failed", path=error.path, exc_info=original)
    return internal_error(run.request_id, error.nodes, error.path)

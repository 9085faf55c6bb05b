"""Documents: parsed, held against the limits, validated, once per text."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError

from gql import measures
from gql.rejected import Rejected, coded, rejected
from gql.run import Limits

# How the parser says that there are more tokens, or more brackets within each other, than it takes.
TOO_LARGE = ("Syntax Error: Document contains more than", "Syntax Error: Document is nested too deeply")
# What the fields of one place may cost to be compared with each other: some 5,000 pairs. A field that many fragments
# ask for is compared with itself once per pair of them.
COMPARISONS_MAX = 15_000
ERRORS_MAX = 20
# Where an error is, is found by looking through the lines before it, for each of its places.
LINES_MAX = 5_000
# In bytes, measured: what a token is as syntax, and in one plan. What is remembered has so much on average.
TOKEN_BYTES, PLAN_TOKEN_BYTES, DOCUMENT_BYTES = 1_000, 250, 100_000

__all__ = ["Document", "Documents", "Rejected", "WrongDocuments"]


class WrongDocuments(Exception):
    """Documents that are to be trusted and that this schema or these limits refuse; a line for each."""


@dataclass(slots=True)
class Document:
    """A valid document within the limits. `plans` holds what was compiled of it."""

    text: str
    node: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    # Variables in `@skip` and `@include`: their values decide which fields there are.
    conditions: frozenset[str]
    plans: dict[Any, Any] = field(default_factory=dict)
    # What it takes of memory, in bytes, about.
    weight: int = 0

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Rejected if it is not there, or not named where there are several."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            message = "Name the operation to run: the document has several." if self.operations else "Nothing to run."
            raise rejected(message, "BAD_OPERATION")
        if name not in self.operations:
            raise rejected(f"There is no operation named {name!r} in the document.", "BAD_OPERATION")
        return self.operations[name]


class Documents:
    """The documents used last, by their text: so many at most, and so much of memory."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, trusted: Mapping[str, str]) -> None:
        """`trusted` are documents by their ids, which are never forgotten. Raises `WrongDocuments`."""
        self._schema, self._limits = schema, limits
        self._known: OrderedDict[str, Document] = OrderedDict()
        # In bytes, about, and without those that are trusted.
        self.weight, self._weight_max = 0, limits.documents_max * DOCUMENT_BYTES
        extra = () if limits.introspection else (NoSchemaIntrospectionCustomRule,)
        others = (rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule)
        self._rules = (*others, _Overlapping, *extra)
        self._trusted = dict(self._all_of(trusted))

    def __len__(self) -> int:
        return len(self._known)

    def of(self, text: str) -> Document:
        """The document of a text. Raises `Rejected`."""
        found = self._known.get(text) or self._trusted.get(text)
        if found is None:
            found = self._read(text)
            self._known[text] = found
            self.weight += found.weight
            self._forget()
        elif text in self._known:
            self._known.move_to_end(text)
        return found

    def grown(self, document: Document, more: int) -> None:
        """So many bytes more are kept of a document."""
        document.weight += more
        if self._known.get(document.text) is document:
            self.weight += more
            self._forget()

    def _forget(self) -> None:
        while self._known and (len(self._known) > self._limits.documents_max or self.weight > self._weight_max):
            _, oldest = self._known.popitem(last=False)
            self.weight -= oldest.weight

    def _all_of(self, trusted: Mapping[str, str]) -> Iterator[tuple[str, Document]]:
        wrong = []
        for document_id, text in trusted.items():
            try:
                yield text, self._read(text)
            except Rejected as refusal:
                wrong.append(f"{document_id}: {refusal.errors[0].message}")
        if wrong:
            raise WrongDocuments("\n".join(wrong))

    def _read(self, text: str) -> Document:
        try:
            node = self._valid(text)
        except RecursionError:
            raise rejected("The document is nested too deeply.", "LIMIT_EXCEEDED") from None
        return Document(
            text,
            node,
            {_name(operation): operation for operation in measures.of(node, OperationDefinitionNode)},
            {fragment.name.value: fragment for fragment in measures.of(node, FragmentDefinitionNode)},
            frozenset(_condition_variables(node)),
            weight=len(text) + node.token_count * TOKEN_BYTES,
        )

    def _valid(self, text: str) -> DocumentNode:
        limits = self._limits
        measures.refuse("characters", len(text), limits.length_max)
        measures.refuse("lines", text.count("\n") + text.count("\r"), LINES_MAX)
        try:
            node = parse(text, max_tokens=limits.tokens_max)
        except GraphQLError as error:
            too_large = error.message.startswith(TOO_LARGE)
            raise Rejected(coded(error, "LIMIT_EXCEEDED" if too_large else "GRAPHQL_PARSE_FAILED")) from None
        measures.hold(node, limits)
        hide = not limits.suggestions
        errors = validate(self._schema, node, self._rules, max_errors=ERRORS_MAX, hide_suggestions=hide)
        if any(isinstance(error, ValidationAbortedError) for error in errors[:1]):
            message = "The document takes too long to check: it asks for the same fields or fragments too often."
            raise rejected(message, "LIMIT_EXCEEDED")
        if errors:
            raise Rejected(*[coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        return node


class _Overlapping(OverlappingFieldsCanBeMergedRule):
    """The rule of the specification, which ends the validation of documents that take it too long."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = COMPARISONS_MAX


def _condition_variables(node: DocumentNode) -> Iterator[str]:
    for found in measures.nodes(node):
        for directive in found.directives or ():
            if directive.name.value in ("skip", "include"):
                for argument in directive.arguments:
                    if argument.value.kind == "variable":
                        yield argument.value.name.value


def _name(operation: OperationDefinitionNode) -> str:
    return operation.name.value if operation.name is not None else ""

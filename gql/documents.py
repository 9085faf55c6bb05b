"""Documents: parsed, held against the limits, validated, once per text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

from gql.run import Limits

# Introspection asks for types of types of types: the standard query is 13 deep and costs nothing.
INTROSPECTION = ("__schema", "__type")
# How the parser says that there are more tokens, or more brackets within each other, than it takes.
TOO_LARGE = ("Syntax Error: Document contains more than", "Syntax Error: Document is nested too deeply")


class Rejected(Exception):
    """A request that is not run, and why: errors of syntax, validation, limits, variables."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.errors = errors


@dataclass(slots=True)
class Document:
    """A valid document within the limits. `plans` holds what was compiled of it."""

    node: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    # Variables in `@skip` and `@include`: their values decide which fields there are.
    conditions: frozenset[str]
    plans: dict[Any, Any] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Rejected if it is not there, or not named where there are several."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            message = "Name the operation to run: the document has several." if self.operations else "Nothing to run."
            raise Rejected(_error(message, "BAD_OPERATION"))
        if name not in self.operations:
            raise Rejected(_error(f"There is no operation named {name!r} in the document.", "BAD_OPERATION"))
        return self.operations[name]


class Documents:
    """The documents seen last, by their text."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema, self._limits = schema, limits
        self._known: dict[str, Document] = {}
        extra = () if limits.introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*specified_rules, *extra)

    def of(self, text: str) -> Document:
        """The document of a text. Raises `Rejected`."""
        found = self._known.get(text)
        if found is None:
            found = self._read(text)
            if len(self._known) >= self._limits.documents_max:
                self._known.pop(next(iter(self._known)))
            self._known[text] = found
        return found

    def _read(self, text: str) -> Document:
        try:
            node = self._valid(text)
        except RecursionError:
            raise Rejected(_error("The document is nested too deeply.", "LIMIT_EXCEEDED")) from None
        return Document(
            node,
            {_name(operation): operation for operation in _of(node, OperationDefinitionNode)},
            {fragment.name.value: fragment for fragment in _of(node, FragmentDefinitionNode)},
            frozenset(_condition_variables(node)),
        )

    def _valid(self, text: str) -> DocumentNode:
        try:
            node = parse(text, max_tokens=self._limits.tokens_max)
        except GraphQLError as error:
            too_large = error.message.startswith(TOO_LARGE)
            raise Rejected(_coded(error, "LIMIT_EXCEEDED" if too_large else "GRAPHQL_PARSE_FAILED")) from None
        self._measure(node)
        errors = validate(self._schema, node, self._rules, max_errors=20)
        if errors:
            raise Rejected(*[_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        return node

    def _measure(self, node: DocumentNode) -> None:
        """Hold the document against the limits before validation, which takes longer the more there is."""
        fragments = {fragment.name.value: fragment for fragment in _of(node, FragmentDefinitionNode)}
        measures = _Measures(fragments)
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                roots = measures.roots(definition.selection_set, set())
                self._refuse("root fields", roots, self._limits.root_fields_max)
            if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
                self._refuse("levels", measures.depth(definition.selection_set, ()), self._limits.depth_max)
                self._refuse("fields", measures.fields(definition.selection_set, ()), self._limits.fields_max)
        self._refuse("aliases", measures.aliases(node), self._limits.aliases_max)

    @staticmethod
    def _refuse(what: str, found: int, maximum: int) -> None:
        if found > maximum:
            raise Rejected(_error(f"The document has {found} {what}; {maximum} are allowed.", "LIMIT_EXCEEDED"))


@dataclass(slots=True)
class _Measures:
    fragments: Mapping[str, FragmentDefinitionNode]
    _depths: dict[str, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def depth(self, selections: SelectionSetNode, within: tuple[str, ...]) -> int:
        """Levels of selection sets. A fragment within itself counts once: validation refuses it."""
        deepest = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                if node.name.value in INTROSPECTION or node.selection_set is None:
                    continue
                deepest = max(deepest, self.depth(node.selection_set, within))
            elif isinstance(node, InlineFragmentNode):
                deepest = max(deepest, self.depth(node.selection_set, within) - 1)
            elif isinstance(node, FragmentSpreadNode):
                deepest = max(deepest, self._fragment_depth(node.name.value, within) - 1)
        return deepest + 1

    def _fragment_depth(self, name: str, within: tuple[str, ...]) -> int:
        fragment = self.fragments.get(name)
        if fragment is None or name in within:
            return 0
        if name not in self._depths:
            self._depths[name] = self.depth(fragment.selection_set, (*within, name))
        return self._depths[name]

    def roots(self, selections: SelectionSetNode, visited: set[str]) -> int:
        """Fields of the first level, those in fragments too."""
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += 1
            elif isinstance(node, InlineFragmentNode):
                total += self.roots(node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self.fragments.get(node.name.value)
                total += 0 if fragment is None else self.roots(fragment.selection_set, visited)
        return total

    def fields(self, selections: SelectionSetNode, within: tuple[str, ...]) -> int:
        """Fields, counted as often as they are spread: a few fragments within each other make millions."""
        total = 0
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                total += self._fragment_fields(node.name.value, within)
            elif isinstance(node, FieldNode | InlineFragmentNode):
                total += isinstance(node, FieldNode)
                total += 0 if node.selection_set is None else self.fields(node.selection_set, within)
        return total

    def _fragment_fields(self, name: str, within: tuple[str, ...]) -> int:
        fragment = self.fragments.get(name)
        if fragment is None or name in within:
            return 0
        if name not in self._counts:
            self._counts[name] = self.fields(fragment.selection_set, (*within, name))
        return self._counts[name]

    @staticmethod
    def aliases(node: DocumentNode) -> int:
        return sum(1 for found in _nodes(node) if isinstance(found, FieldNode) and found.alias is not None)


def _nodes(node: DocumentNode) -> Iterator[Any]:
    """Every operation, fragment and selection of the document, each once, in no order."""
    waiting: list[Any] = [definition for definition in node.definitions if hasattr(definition, "selection_set")]
    while waiting:
        found = waiting.pop()
        yield found
        if getattr(found, "selection_set", None) is not None:
            waiting += found.selection_set.selections


def _condition_variables(node: DocumentNode) -> Iterator[str]:
    for found in _nodes(node):
        for directive in found.directives or ():
            if directive.name.value in ("skip", "include"):
                for argument in directive.arguments:
                    if argument.value.kind == "variable":
                        yield argument.value.name.value


def _of(node: DocumentNode, kind: type[Any]) -> list[Any]:
    return [definition for definition in node.definitions if isinstance(definition, kind)]


def _name(operation: OperationDefinitionNode) -> str:
    return operation.name.value if operation.name is not None else ""


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def _error(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})

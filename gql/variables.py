"""Variables of an operation: coerced as the specification says; the plain scalars, which most are, without ceremony."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLSchema, NamedTypeNode, NonNullTypeNode, OperationDefinitionNode, VariableDefinitionNode
from graphql.execution.values import get_variable_values

from gql.documents import Rejected

INT_MAX = 2**31 - 1


class Variables:
    """The variable definitions of one operation."""

    __slots__ = ("_definitions", "_plain", "_schema")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions: Sequence[VariableDefinitionNode] = operation.variable_definitions or ()
        self._plain = [_plain(definition) for definition in self._definitions]

    def coerce(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The coerced values. Raises `Rejected` for what does not fit its type."""
        if not self._definitions:
            return {}
        found = {}
        for plain in self._plain:
            value = None if plain is None else given.get(plain[0])
            if plain is None or value is None or (coerced := plain[1](value)) is None:
                return self._coerce_all(given)
            found[plain[0]] = coerced
        return found

    def _coerce_all(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        outcome = get_variable_values(self._schema, self._definitions, dict(given), max_errors=20)
        if isinstance(outcome, list):
            for error in outcome:
                error.extensions = {**(error.extensions or {}), "code": "BAD_VARIABLES"}
            raise Rejected(*outcome)
        return outcome.coerced


def _plain(definition: VariableDefinitionNode) -> tuple[str, Callable[[Any], Any]] | None:
    """The name of a variable of a plain scalar type, and a check that gives None for what needs a closer look."""
    named = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
    check = PLAIN.get(named.name.value) if isinstance(named, NamedTypeNode) else None
    return None if check is None else (definition.variable.name.value, check)


def _text(value: Any) -> str | None:
    return value if type(value) is str else None


def _int(value: Any) -> int | None:
    return value if type(value) is int and -INT_MAX <= value <= INT_MAX else None


def _bool(value: Any) -> bool | None:
    return value if type(value) is bool else None


PLAIN: dict[str, Callable[[Any], Any]] = {"String": _text, "ID": _text, "Int": _int, "Boolean": _bool}

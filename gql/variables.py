"""Variables of an operation: coerced as the specification says, by functions that are made once per operation."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from graphql import (
    GraphQLInputType,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    type_from_ast,
)
from graphql.execution.values import get_variable_values

from gql.coercing import Coercer, coercers_of
from gql.measures import hold_variables
from gql.rejected import Rejected, coded
from gql.run import Limits

INT_MAX = 2**31 - 1


class _Variable(NamedTuple):
    """`may_lack`: it may be left out, or null, and then it is."""

    name: str
    coerce: Coercer
    is_plain: bool
    may_lack: bool


class Variables:
    """The variable definitions of one operation."""

    __slots__ = ("_all_plain", "_definitions", "_limits", "_schema", "_variables")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, limits: Limits) -> None:
        self._schema, self._limits = schema, limits
        self._definitions: Sequence[VariableDefinitionNode] = operation.variable_definitions or ()
        self._variables = [_variable(schema, definition) for definition in self._definitions]
        self._all_plain = all(variable.is_plain for variable in self._variables)

    def coerce(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The coerced values. Raises `Rejected` for what does not fit its type."""
        if not self._all_plain:
            hold_variables({each.name: given.get(each.name) for each in self._variables}, self._limits)
        found: dict[str, Any] = {}
        for name, coerce, _, may_lack in self._variables:
            value = given.get(name)
            if value is None:
                if not may_lack:
                    return self._coerce_all(given)
                if name in given:
                    found[name] = None
                continue
            coerced = coerce(value)
            if coerced is Undefined:
                return self._coerce_all(given)
            found[name] = coerced
        return found

    def _coerce_all(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        named = {name: given[name] for each in self._definitions if (name := each.variable.name.value) in given}
        hold_variables(named, self._limits)
        hide = not self._limits.suggestions
        outcome = get_variable_values(self._schema, self._definitions, named, max_errors=20, hide_suggestions=hide)
        if isinstance(outcome, list):
            raise Rejected(*[coded(error, "BAD_VARIABLES") for error in outcome])
        return outcome.coerced


def _variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> _Variable:
    is_required = isinstance(definition.type, NonNullTypeNode)
    named = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
    plain = PLAIN.get(named.name.value) if isinstance(named, NamedTypeNode) else None
    coerce = plain or coercers_of(schema).of(cast(GraphQLInputType, type_from_ast(schema, definition.type)))
    may_lack = not is_required and definition.default_value is None
    return _Variable(definition.variable.name.value, coerce, plain is not None, may_lack)


def _text(value: Any) -> Any:
    return value if type(value) is str else Undefined


def _int(value: Any) -> Any:
    return value if type(value) is int and -INT_MAX <= value <= INT_MAX else Undefined


def _bool(value: Any) -> Any:
    return value if type(value) is bool else Undefined


PLAIN: dict[str, Coercer] = {"String": _text, "ID": _text, "Int": _int, "Boolean": _bool}

"""A field's arguments: literals are coerced once, variables in each run."""

from collections.abc import Callable
from typing import Any

from graphql import FieldNode, GraphQLField, Undefined, ValueNode, VariableNode, Visitor, is_non_null_type, visit
from graphql.execution.values import VariableValues
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

from gql.reads import Args
from gql.run import Run, Unsupported


class Arguments:
    """The arguments of one field of a document that is valid. Absent ones are absent."""

    __slots__ = ("_constant", "_varying")

    def __init__(self, field: GraphQLField, node: FieldNode) -> None:
        self._constant: dict[str, Any] = {}
        self._varying: list[tuple[str, Callable[[Run], Any]]] = []
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name, definition in field.args.items():
            default = coerce_default_value(definition)
            if default is not Undefined:
                self._constant[name] = default
            if name in given:
                self._bind(name, given[name], definition.type)

    def _bind(self, name: str, value: ValueNode, graphql_type: Any) -> None:
        if isinstance(value, VariableNode):
            self._varying.append((name, _variable(value.name.value, graphql_type, name in self._constant)))
        elif _has_variable(value):
            self._varying.append((name, lambda run: _coerced(value, graphql_type, run)))
        else:
            self._constant[name] = coerce_input_literal(value, graphql_type)

    def values(self, run: Run) -> Args:
        if not self._varying:
            return self._constant
        found = dict(self._constant)
        for name, value_of in self._varying:
            value = value_of(run)
            if value is not Undefined:
                found[name] = value
        return found


def _variable(name: str, graphql_type: Any, has_default: bool) -> Callable[[Run], Any]:
    if not is_non_null_type(graphql_type):
        return lambda run: run.variables.get(name, Undefined)

    def value_of(run: Run) -> Any:
        value = run.variables.get(name, Undefined)
        if value is None or (value is Undefined and not has_default):
            raise Unsupported(f"null for the variable {name}")
        return value

    return value_of


def _coerced(value: ValueNode, graphql_type: Any, run: Run) -> Any:
    coerced = coerce_input_literal(value, graphql_type, VariableValues({}, dict(run.variables)))
    if coerced is Undefined:
        raise Unsupported("a variable that does not fit where it is used")
    return coerced


class _Finding(Visitor):
    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


def _has_variable(value: ValueNode) -> bool:
    finding = _Finding()
    visit(value, finding)
    return finding.found

"""Values of variables coerced by functions that are made once per type, as graphql-core coerces them, but faster.

graphql-core looks at every field that an input may have, in each request; these look at those that were given. They
answer `Undefined` for what does not fit, and graphql-core says what is wrong with it.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value

Coercer = Callable[[Any], Any]


@lru_cache(8)
def coercers_of(schema: GraphQLSchema) -> "Coercers":
    return Coercers()


class Coercers:
    """The functions of one schema, made when they are asked for: inputs may hold each other."""

    def __init__(self) -> None:
        self._inputs: dict[str, Coercer] = {}

    def of(self, graphql_type: GraphQLInputType) -> Coercer:
        if isinstance(graphql_type, GraphQLNonNull):
            nullable = self.of(graphql_type.of_type)
            return lambda value: Undefined if value is None else nullable(value)
        if isinstance(graphql_type, GraphQLList):
            return _list(self.of(graphql_type.of_type))
        if isinstance(graphql_type, GraphQLInputObjectType):
            return self._input(graphql_type)
        return _leaf(graphql_type.coerce_input_value)

    def _input(self, graphql_type: GraphQLInputObjectType) -> Coercer:
        name = graphql_type.name
        if name not in self._inputs:
            self._inputs[name] = partial(self._later, name)  # for inputs that hold it, while it is being made
            self._inputs[name] = self._object(graphql_type)
        return self._inputs[name]

    def _later(self, name: str, value: Any) -> Any:
        return self._inputs[name](value)

    def _object(self, graphql_type: GraphQLInputObjectType) -> Coercer:
        fields = {name: (field.out_name or name, self.of(field.type)) for name, field in graphql_type.fields.items()}
        required = {name for name, field in graphql_type.fields.items() if is_required_input_field(field)}
        defaults = [
            (name, field.out_name or name, default)
            for name, field in graphql_type.fields.items()
            if (default := coerce_default_value(field)) is not Undefined
        ]
        one_of, out_type = graphql_type.is_one_of, graphql_type.out_type

        def coerce(value: Any) -> Any:
            if value is None:
                return None
            if type(value) is not dict or not required <= value.keys():
                return Undefined
            found: dict[str, Any] = {}
            for name, each in value.items():
                known = fields.get(name)
                if known is None or (coerced := known[1](each)) is Undefined:
                    return Undefined
                found[known[0]] = coerced
            if defaults:
                found |= {out_name: default for name, out_name, default in defaults if name not in value}
            if one_of and (len(value) != 1 or next(iter(value.values())) is None):
                return Undefined
            return out_type(found)

        return coerce


def _list(item: Coercer) -> Coercer:
    def coerce(value: Any) -> Any:
        if value is None:
            return None
        found = [item(each) for each in (value if type(value) is list else [value])]
        return Undefined if any(each is Undefined for each in found) else found

    return coerce


def _leaf(parse: Coercer) -> Coercer:
    def coerce(value: Any) -> Any:
        if value is None:
            return None
        try:
            return parse(value)
        except Exception:
            return Undefined

    return coerce

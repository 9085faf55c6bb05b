"""Scalars: what they look like on the wire, and what they refuse."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, NewType

import orjson
import strawberry
from graphql import (
    FloatValueNode,
    GraphQLError,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    value_from_ast_untyped,
)
from strawberry.types.scalar import ScalarDefinition

from gql.uploads import File
from models import localized_text

Amount = NewType("Amount", Decimal)
Timestamp = NewType("Timestamp", datetime)
Day = NewType("Day", str)
Json = NewType("Json", object)
Localized = NewType("Localized", Mapping[str, str])
Long = NewType("Long", int)
Upload = NewType("Upload", object)

# Longer than any amount or time there is; what a client sends beyond it is not worth parsing.
LENGTH_MAX = 64
# Python's Decimal takes more: blanks, underscores, digits of any script. Money is not guessed at.
DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse_amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > LENGTH_MAX:
        raise GraphQLError('A decimal number is a text such as "10.00".')
    if DECIMAL.fullmatch(str(value)) is None:
        raise GraphQLError('A decimal number is a text such as "10.00".')
    parsed = Decimal(str(value))
    if not parsed.is_finite() or abs(parsed.adjusted()) > LENGTH_MAX:
        raise GraphQLError("A decimal number is finite.")
    return parsed


def parse_upload(value: Any) -> File:
    if not isinstance(value, File):
        raise GraphQLError("A file comes as a part of the request: see the GraphQL multipart request specification.")
    return value


def parse_long(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise GraphQLError("A whole number of at most 64 bits is expected.")
    return value


def parse_timestamp(value: Any) -> datetime:
    if not isinstance(value, str) or len(value) > LENGTH_MAX:
        raise GraphQLError('A time is a text such as "2026-01-01T00:00:00Z".')
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is None:
            raise GraphQLError("A time names its offset from UTC, or Z.")
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError('A time is a text such as "2026-01-01T00:00:00Z".') from None


def parse_day(value: Any) -> str:
    """The day in the one spelling that sorts as days do."""
    if not isinstance(value, str) or len(value) > LENGTH_MAX:
        raise GraphQLError('A day is a text such as "2026-01-31".')
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise GraphQLError('A day is a text such as "2026-01-31".') from None


def parse_json(value: Any) -> Any:
    try:
        orjson.dumps(value)
    except TypeError:
        raise GraphQLError("A JSON value is nested at most 250 deep, and its integers have at most 64 bits.") from None
    return value


def parse_localized(value: Any) -> Any:
    """A text alone is in the default language."""
    found = {localized_text.DEFAULT: value} if isinstance(value, str) else value
    wrong = localized_text.wrong_with(found)
    if wrong is not None:
        raise GraphQLError(LOCALIZED[wrong])
    return dict(found)


LOCALIZED = {
    "type": 'A localized text is an object such as {"en": "Concert", "de": "Konzert"}, or a text in English.',
    "languages": "A localized text has a language that is not known.",
    "entries": "A localized text has text for each language.",
    "null_character": "Null characters are not allowed.",
}


def _literally(parse: Callable[[Any], Any]) -> Callable[..., Any]:
    """The parser of values written in the document, whose refusals name the place.

    Validation asks without variables: what they hold is looked at later.
    """

    def parse_literal(node: ValueNode, variables: Mapping[str, Any] | None = None) -> Any:
        try:
            return parse(_written(node, variables or {}))
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from None

    return parse_literal


def _written(value: ValueNode, variables: Mapping[str, Any]) -> Any:
    match value:
        case VariableNode():
            return variables.get(value.name.value)
        case ListValueNode():
            return [_written(item, variables) for item in value.values]
        case ObjectValueNode():
            return {field.name.value: _written(field.value, variables) for field in value.fields}
        case FloatValueNode() if not isfinite(float(value.value)):
            raise GraphQLError("A JSON number is finite.")
    return value_from_ast_untyped(value)


def as_it_is(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Amount: strawberry.scalar(
        name="Decimal",
        description='A decimal number as text, so that no digit is lost: `"10.00"`. Numbers are accepted, too.',
        serialize=as_it_is,
        parse_value=parse_amount,
        parse_literal=_literally(parse_amount),
    ),
    Timestamp: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC by RFC 3339: `2026-01-01T00:00:00Z`. Any offset is accepted, but one is needed.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
        serialize=as_it_is,
        parse_value=parse_timestamp,
        parse_literal=_literally(parse_timestamp),
    ),
    Day: strawberry.scalar(
        name="Date",
        description="A day: `2026-01-31`.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
        serialize=as_it_is,
        parse_value=parse_day,
        parse_literal=_literally(parse_day),
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc8259",
        serialize=as_it_is,
        parse_value=parse_json,
        parse_literal=_literally(parse_json),
    ),
    Long: strawberry.scalar(
        name="Long",
        description="A whole number that may be larger than an Int: up to 14 digits are used.",
        serialize=as_it_is,
        parse_value=parse_long,
        parse_literal=_literally(parse_long),
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file: a part of a request that is `multipart/form-data`, in whose place a variable is null.",
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
        serialize=as_it_is,
        parse_value=parse_upload,
        parse_literal=_literally(parse_upload),
    ),
    Localized: strawberry.scalar(
        name="LocalizedText",
        description='A text in several languages: `{"en": "Concert", "de": "Konzert"}`. A text alone is in English.',
        serialize=as_it_is,
        parse_value=parse_localized,
        parse_literal=_literally(parse_localized),
    ),
}

"""JSON schemas of values, as the door's description tells them (openapi.py): what answers hold, and what bodies may.

Of a body the plain form is told: parsers also take, say, numbers where text is wanted, as Django REST framework's do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from models.currency import CODES
from models.localized_text import LANGUAGES

Schema: TypeAlias = Mapping[str, Any]
T = TypeVar("T", bound=Callable[[Any], Any])


@dataclass(frozen=True, slots=True)
class Named:
    """A schema that the description keeps under a name. It may stand wherever a schema may."""

    name: str
    schema: Schema


TEXT: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
ID: Schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
ADDRESS: Schema = {"type": "string", "format": "uri"}
SLUG: Schema = {"type": "string", "minLength": 1}
ANY: Schema = {}
MONEY: Schema = {"type": "string", "pattern": r"^-?[0-9]{1,11}\.[0-9]{2}$", "examples": ["23.00"]}
MOMENT: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z$",
    "examples": ["2031-01-01T00:00:00Z"],
}
MOMENT_TAKEN: Schema = {"type": "string", "format": "date-time", "examples": ["2031-01-01T00:00:00+01:00"]}
CURRENCY = Named(
    "Currency",
    {"type": "string", "enum": sorted(CODES), "description": "An ISO 4217 code in capitals.", "examples": ["EUR"]},
)
LOCALIZED = Named(
    "LocalizedText",
    {
        "type": "object",
        "description": "A text by its language.",
        "propertyNames": {"enum": sorted(LANGUAGES)},
        "additionalProperties": {"type": "string"},
        "examples": [{"en": "Conference", "de": "Konferenz"}],
    },
)


def nullable(schema: Schema | Named) -> Schema:
    """The same or null."""
    if isinstance(schema, Named) or "type" not in schema:
        return schema if schema == ANY else {"anyOf": [schema, {"type": "null"}]}
    types = schema["type"]
    if "null" in types:
        return schema
    with_null: Schema = {**schema, "type": [*([types] if isinstance(types, str) else types), "null"]}
    return {**with_null, "enum": [*schema["enum"], None]} if "enum" in schema else with_null


def described(schema: Schema | Named, description: str) -> Schema:
    if isinstance(schema, Named):
        return {"allOf": [schema], "description": description}
    return {**schema, "description": description}


# -- what parsers take -----------------------------------------------------------------------------------------


def takes(schema: Schema | Named) -> Callable[[T], T]:
    """Says of a parser what it takes."""

    def told(parser: T) -> T:
        parser.__dict__["taken"] = schema
        return parser

    return told


def taken_by(parser: Callable[[Any], Any]) -> Schema | Named:
    """Anything at all, where the parser does not say."""
    told: Schema | Named = getattr(parser, "taken", ANY)
    return told

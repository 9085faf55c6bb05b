"""Fields of a body: small parsers that take a value or say what is wrong with it, and forms that collect what they say.

The rules and their order are those of Django REST framework's serializers, since clients match on the outcome.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import orjson

from models import localized_text
from rest.pretix.refusals import WrongFields
from rest.pretix.schemas import ANY, BOOLEAN, LOCALIZED, TEXT, takes
from rest.pretix.texts import Text, text

TRUE = frozenset(("t", "y", "yes", "true", "on", "1", 1))
FALSE = frozenset(("f", "n", "no", "false", "off", "0", 0))

Parser: TypeAlias = Callable[[Any], Any]


class Wrong(Exception):
    """What a parser says of a value."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.texts: tuple[Text, ...] = (text(code, **values),)


class File:
    """A file in a form, where only values are expected: no dataclass, which would be JSON. It is spoken of by name."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


class FormBody(dict[str, Any]):
    """What a form sent. Of a name that comes twice the last value counts, except where a field takes many."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def many(self, name: str) -> list[Any]:
        return [value for named, value in self._pairs if named == name]


@dataclass(frozen=True, slots=True)
class Field:
    """With `blank` an empty string is a value of its own; in a form it otherwise means null, or nothing.

    Forms that are complete (POST, PUT) leave out a `box` that is not ticked and a list, taking `many`, that is empty.
    """

    parse: Parser
    required: bool = False
    nullable: bool = False
    blank: bool = False
    box: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A body read: the values that fit, by field, and what is wrong with the others."""

    values: Mapping[str, Any]
    errors: Mapping[str, tuple[Text, ...]]


class Readable(Protocol):
    def read(self, body: Mapping[str, Any], *, is_form: bool, partial: bool) -> Entry:
        """The values of a body. Refuses one that cannot be read further."""


@dataclass(frozen=True, slots=True)
class Form:
    fields: Mapping[str, Field]

    def read(self, body: Mapping[str, Any], *, is_form: bool, partial: bool) -> Entry:
        """Fields that are not named here are passed over. With `partial` none is required."""
        if isinstance(body, FormBody):
            body = self._as_in_json(body, partial=partial)
        values: dict[str, Any] = {}
        errors: dict[str, tuple[Text, ...]] = {}
        for name, field in self.fields.items():
            if not _given(field, body, name, is_form):
                if field.required and not partial:
                    errors[name] = (text("required"),)
                continue
            value = body[name]
            if value is None or (is_form and value == "" and field.nullable and not field.blank):
                if field.nullable:
                    values[name] = None
                else:
                    errors[name] = (text("null"),)
                continue
            try:
                values[name] = field.parse(value)
            except Wrong as wrong:
                errors[name] = wrong.texts
        return Entry(values, errors)

    def _as_in_json(self, body: FormBody, *, partial: bool) -> Mapping[str, Any]:
        """With what forms cannot tell: lists, and what is false or empty."""
        told: dict[str, Any] = dict(body)
        for name, field in self.fields.items():
            if name not in body and partial:
                continue
            if field.many:
                told[name] = body.many(name)
            elif field.box and name not in body:
                told[name] = False
        return told


def _given(field: Field, body: Mapping[str, Any], name: str, is_form: bool) -> bool:
    if name not in body:
        return False
    left_empty = is_form and body[name] == "" and not (field.required or field.nullable or field.blank)
    return not left_empty


def an_object(body: Any) -> Mapping[str, Any]:
    """The body, which must be a JSON object."""
    if isinstance(body, dict):
        return body
    said = text("no_data") if body is None else text("not_an_object", type=type(body).__name__)
    raise WrongFields({"non_field_errors": (said,)})


# -- parsers -----------------------------------------------------------------------------------------------------------


@takes(TEXT)
def string(value: Any) -> str:
    """Trimmed; numbers are turned into strings."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("string")
    found = str(value).strip()
    if "\0" in found:
        raise Wrong("null_characters")
    return found


def coded(pattern: re.Pattern[str], *, length_max: int, code: str) -> Parser:
    """A string that matches the pattern. All that is wrong with it is said, in the order of pretix's validators."""

    @takes({"type": "string", "pattern": f"^(?:{pattern.pattern})$", "maxLength": length_max})
    def parse(value: Any) -> str:
        if isinstance(value, str) and not value.strip():
            raise Wrong("blank")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Wrong("string")
        found = str(value).strip()
        said = [] if pattern.fullmatch(found) else [text(code)]
        if len(found) > length_max:
            said.append(text("too_long", max_length=length_max))
        if "\0" in found:
            said.append(text("null_characters"))
        if said:
            wrong = Wrong(code)
            wrong.texts = tuple(said)
            raise wrong
        return found

    return parse


def plain(length_max: int | None = None, *, blank: bool = False) -> Parser:
    """A string of at most so many characters, not empty unless `blank`."""

    longest = {} if length_max is None else {"maxLength": length_max}

    @takes({"type": "string", **longest, **({} if blank else {"pattern": r"\S"})})
    def parse(value: Any) -> str:
        found = string(value)
        if not found and not blank:
            raise Wrong("blank")
        if length_max is not None and len(found) > length_max:
            raise Wrong("too_long", max_length=length_max)
        return found

    return parse


@takes({"anyOf": [LOCALIZED, TEXT]})
def localized(value: Any) -> dict[str, str]:
    """A text in several languages, or one text, which is then in the default one. Empty ones are taken as well."""
    if isinstance(value, str):
        value = _languages(value)
    wrong = localized_text.wrong_with(value)
    if wrong is not None:
        raise Wrong(WRONG_LOCALIZED[wrong])
    return dict(value)


def _languages(written: str) -> Any:
    """pretix keeps such texts as JSON and so takes them as JSON, too; this is how forms tell several languages."""
    try:
        found = orjson.loads(written) if written.lstrip().startswith("{") else None
    except ValueError:
        found = None
    return found if localized_text.wrong_with(found) is None else {localized_text.DEFAULT: written}


WRONG_LOCALIZED = {
    "type": "localized_type",
    "languages": "languages",
    "entries": "localized_entries",
    "null_character": "null_characters",
}


def integer(minimum: int, maximum: int) -> Parser:
    """A whole number, also written as text, or as a number with nothing behind its point."""

    @takes({"type": "integer", "minimum": minimum, "maximum": maximum})
    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Wrong("integer")
        written = str(value)
        if len(written) > INTEGER_LENGTH_MAX:
            raise Wrong("number_too_long")
        try:
            found = int(INTEGER_TAIL.sub("", written))
        except ValueError:
            raise Wrong("integer") from None
        if found < minimum:
            raise Wrong("integer_minimum", limit=minimum)
        if found > maximum:
            raise Wrong("integer_maximum", limit=maximum)
        return found

    return parse


# As Django REST framework's IntegerField: of `1.0` and `1.` the end is cut off.
INTEGER_TAIL = re.compile(r"\.0*\s*$")
INTEGER_LENGTH_MAX = 1000


@takes(BOOLEAN)
def boolean(value: Any) -> bool:
    known = value.lower() if isinstance(value, str) else value
    if not isinstance(known, str | int | float) or known not in TRUE | FALSE:
        raise Wrong("boolean")
    return known in TRUE


def one_of(choices: Collection[str]) -> Parser:
    @takes({"type": "string", "enum": sorted(choices)})
    def parse(value: Any) -> str:
        found = str(value)
        if found not in choices:
            raise Wrong("choice", input=found)
        return found

    return parse


@takes({"type": ["integer", "string"]})
def key(value: Any) -> int | str | None:
    """What names another object: its id or one of its secrets. Whether there is such an object is not known here."""
    if value == "":
        return None
    # pretix takes true for the number 1 here; nothing has that id by being true.
    if isinstance(value, bool):
        raise Wrong("no_such_key", key=value)
    if not isinstance(value, str | int):
        raise Wrong("key_type", type=type(value).__name__)
    return value


@takes(ANY)
def any_json(value: Any) -> Any:
    """Any value that can be stored exactly: no integer beyond 64 bits."""
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise Wrong("json") from None
    return value

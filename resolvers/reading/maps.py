"""Conditions on the values of maps in a column: localised texts, properties, metadata."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, Double, Text, bindparam, case, cast, func, null, select

from models import json_maps
from resolvers.reading.conditions import TEXTUAL, Needle, any_of, has_needle
from resolvers.reading.source import Asked


def map_contains(column: ColumnElement[Any], name: str, dialect: Dialect) -> ColumnElement[bool]:
    """It is in one of the texts of the localised text in the column: languages are not looked at."""
    bound = bindparam(name, type_=Needle())
    if dialect.name == "postgresql":
        texts = func.json_each_text(cast(column, JSON)).table_valued("key", "value")
        return select(texts.c.value).where(has_needle(texts.c.value, bound)).exists()
    return func.foyer_map_contains(column, bound) == 1


def map_value(column: ColumnElement[Any], name: str, dialect: Dialect) -> ColumnElement[str]:
    """The text under the key that is the parameter `name`; null if there is none. Of other values their JSON."""
    key = bindparam(name, type_=Text)
    if dialect.name == "postgresql":
        return func.json_object_field_text(cast(column, JSON), key, type_=Text)
    return func.foyer_map_value(column, key, type_=Text)


def map_number(column: ColumnElement[Any], name: str, dialect: Dialect) -> ColumnElement[float]:
    """The same as a number; null if it is none."""
    if dialect.name != "postgresql":
        return func.foyer_map_number(column, bindparam(name, type_=Text), type_=Double)
    text = map_value(column, name, dialect)
    return case((text.regexp_match(f"^(?:{json_maps.NUMBER})$"), cast(text, Double)), else_=null())


def of_map(name: str, column: ColumnElement[Any]) -> dict[str, Asked]:
    """Conditions on the values of a map in a column, for a source's `asked`: `<name>_is` and so on.

    The first value is the key, the second what its value is compared with: a text; many (`one_of`); a number (`above`,
    `below`). `known`, without a second: there is a value.
    """

    def compared(by: Callable[..., ColumnElement[bool]]) -> Asked:
        return lambda dialect, key, value: by(map_value(column, key, dialect), bindparam(value, type_=Text), dialect)

    def counted(by: Callable[..., ColumnElement[bool]]) -> Asked:
        return lambda dialect, key, value: by(map_number(column, key, dialect), bindparam(value, type_=Double))

    conditions: dict[str, Asked] = {
        "known": lambda dialect, key: map_value(column, key, dialect).is_not(None),
        "is": compared(lambda text, bound, dialect: text == bound),
        "one_of": lambda dialect, key, value: any_of(map_value(column, key, dialect), value, dialect),
        # Dates as texts: as bytes they are in the order of time.
        "after": compared(lambda text, bound, dialect: _in_bytes(text, dialect) > bound),
        "before": compared(lambda text, bound, dialect: _in_bytes(text, dialect) < bound),
        "above": counted(operator.gt),
        "below": counted(operator.lt),
        **{word: compared(textual) for word, textual in TEXTUAL.items()},
    }
    return {f"{name}_{word}": condition for word, condition in conditions.items()}


def _in_bytes(text: ColumnElement[Any], dialect: Dialect) -> ColumnElement[Any]:
    return text.collate("C") if dialect.name == "postgresql" else text

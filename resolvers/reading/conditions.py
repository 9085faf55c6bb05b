"""What a list is narrowed by: a tree of comparisons whose form is compiled and whose values are bound.

Two conditions of one form share a statement: `form` is the tree without its values, `values` are the values in order.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Dialect,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from models import letter_case
from models.metadata import Id
from resolvers.reading.source import Source, Via


@dataclass(frozen=True, slots=True)
class Compare:
    """`field op value`, op one of eq, one_of, lt, lte, gt, gte, same_text (equal but for case).

    Of texts also starts_with, ends_with, contains_text: letter for letter, without wildcards.
    """

    field: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Is:
    """A named condition of the source, or its opposite."""

    name: str
    true: bool = True


@dataclass(frozen=True, slots=True)
class Meets:
    """A named condition of the source that takes values, e.g. `search`."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class All:
    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: "Condition"


Condition: TypeAlias = Compare | Is | Meets | All | Either | Not


def form(condition: Condition | None) -> Any:
    """What two conditions have in common that differ only in values: hashable."""
    match condition:
        case None:
            return None
        case Compare(field, op, value):
            return (field, op, value is None)
        case Is():
            return condition
        case Meets(name):
            return ("meets", name)
        case All(of):
            return ("all", *map(form, of))
        case Either(of):
            return ("any", *map(form, of))
        case Not(of):
            return ("not", form(of))


def size(condition: Condition) -> int:
    """How many comparisons there are."""
    match condition:
        case All(of) | Either(of):
            return sum(map(size, of))
        case Not(of):
            return size(of)
        case _:
            return 1


def values(condition: Condition | None) -> Iterator[Any]:
    """The values in the order in which `expression` numbers its parameters."""
    match condition:
        case Compare(_, _, value):
            yield value
        case Meets(_, given):
            yield from given
        case All(of) | Either(of):
            for part in of:
                yield from values(part)
        case Not(of):
            yield from values(of)


def expression(condition: Condition, source: Source, dialect: Dialect, prefix: str = "") -> ColumnElement[bool]:
    """The condition over the source's table, with parameters v0, v1, ... after the prefix."""
    return _expression(condition, source, dialect, (f"{prefix}v{number}" for number in range(10_000)))


def _expression(condition: Condition, source: Source, dialect: Dialect, names: Iterator[str]) -> ColumnElement[bool]:
    match condition:
        case Compare():
            return _comparison(condition, source, dialect, next(names))
        case Is(name, wanted):
            named = source.named[name](dialect)
            return named if wanted else not_(named)
        case Meets(name, given):
            return source.asked[name](dialect, *[next(names) for _ in given])
        case All(of):
            return and_(true(), *[_expression(part, source, dialect, names) for part in of])
        case Either(of):
            return or_(*[_expression(part, source, dialect, names) for part in of])
        case Not(of):
            return not_(_expression(of, source, dialect, names))


def _comparison(compare: Compare, source: Source, dialect: Dialect, name: str) -> ColumnElement[bool]:
    field = source.fields[compare.field]
    if field.via is None:
        return _compared(field.expression, compare, dialect, name)
    return _compared_via(field.via, compare, dialect, name)


def _compared_via(via: Via, compare: Compare, dialect: Dialect, name: str) -> ColumnElement[bool]:
    """The other rows that are meant, found once, and this row names one of them."""
    other = via.column.table.c
    named = other.id if via.named is None else via.named
    # That they are the asker's says the row which names them; here it leads to their indexes.
    # Tokens are of nobody alone.
    theirs = any_of(other.organizer_id, "organizer_ids", dialect) if "organizer_id" in other else true()
    if compare.value is None and compare.op == "eq":
        known = select(named).where(theirs, via.column.is_not(None))
        return or_(via.key.is_(None), via.key.not_in(known))
    found = select(named).where(theirs, _compared(via.column, compare, dialect, name))
    if via.unique and compare.op == "eq":
        return via.key == found.limit(literal_column("1")).scalar_subquery()
    return via.key.in_(found)


def _compared(column: ColumnElement[Any], compare: Compare, dialect: Dialect, name: str) -> ColumnElement[bool]:
    if compare.op == "one_of":
        return any_of(column, name, dialect)
    if compare.op in TEXTUAL:
        return TEXTUAL[compare.op](column, bindparam(name, type_=Text), dialect)
    bound: ColumnElement[Any] = bindparam(name, type_=column.type)
    match compare.op:
        case "eq" if compare.value is None:
            # `IS NOT DISTINCT FROM` spares the parameter a second form.
            return column.is_not_distinct_from(bound)
        case "eq":
            return column == bound
        case "same_text":
            return func.lower(column) == func.lower(bound)
        case "lt":
            return column < bound
        case "lte":
            return column <= bound
        case "gt":
            return column > bound
        case "gte":
            return column >= bound
    raise AssertionError(f"unknown comparison {compare.op}")


def _starts(column: ColumnElement[Any], bound: ColumnElement[Any], dialect: Dialect) -> ColumnElement[bool]:
    return func.substr(column, 1, func.length(bound), type_=Text) == bound


def _ends(column: ColumnElement[Any], bound: ColumnElement[Any], dialect: Dialect) -> ColumnElement[bool]:
    # What is longer than the column begins before it: at most all of the column is found then, which is too short.
    begin = func.length(column) - func.length(bound) + 1
    return func.substr(column, begin, type_=Text) == bound


def _has(column: ColumnElement[Any], bound: ColumnElement[Any], dialect: Dialect) -> ColumnElement[bool]:
    return (func.strpos if dialect.name == "postgresql" else func.instr)(column, bound) > 0


# By the name of the comparison; LIKE would take some letters for wildcards, and SQLite's takes a for A.
TEXTUAL: Mapping[str, Callable[[ColumnElement[Any], ColumnElement[Any], Dialect], ColumnElement[bool]]] = {
    "starts_with": _starts,
    "ends_with": _ends,
    "contains_text": _has,
}


class Listed(TypeDecorator[Any]):
    """Many values in one parameter: an array on PostgreSQL, a JSON array on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, element: TypeEngine[Any]) -> None:
        super().__init__()
        self.element = element

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.element) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return list(value)
        stored = self.element.dialect_impl(dialect).bind_processor(dialect)
        return orjson.dumps(list(value) if stored is None else [stored(each) for each in value]).decode()


class Needle(TypeDecorator[Any]):
    """A text to be found in others whatever the case of its letters, folded; on PostgreSQL with what it takes to fold
    the others, as a JSON list: the needle, its letters' capitals, and what each of those is folded to."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        needle = letter_case.folded(value)
        if dialect.name != "postgresql":
            return needle
        return orjson.dumps([needle, *letter_case.capitals_of(needle)]).decode()


def contains(column: ColumnElement[Any], name: str, dialect: Dialect) -> ColumnElement[bool]:
    """The text of the parameter `name` is in the column, whatever the case; nothing in it is a wildcard."""
    bound = bindparam(name, type_=Needle())
    if dialect.name == "postgresql":
        return has_needle(column, bound)
    return func.foyer_contains(column, bound) == 1


def has_needle(text: ColumnElement[Any], bound: ColumnElement[Any]) -> ColumnElement[bool]:
    needle, capitals, small = (func.json_extract_path_text(cast(bound, JSON), place) for place in "012")
    return func.strpos(func.translate(text, capitals, small), needle) > 0


def any_of(column: ColumnElement[Any], name: str, dialect: Dialect) -> ColumnElement[bool]:
    """The column is one of the values of the parameter `name`."""
    element = Id if isinstance(column.type, type(Id)) else column.type
    bound = bindparam(name, type_=Listed(element))
    if dialect.name == "postgresql":
        # Of two functions `==` makes a comparison with the sides exchanged, where `any` is a syntax error.
        return column.bool_op("=")(func.any(bound))
    return column.in_(select(func.json_each(bound).table_valued("value").c.value))

"""Filters: what can be asked of a field of each kind, and how a filter becomes a condition."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import strawberry

from gql import ids
from gql.money import hundredths
from gql.scalars import Amount, Timestamp
from models.problems import Invalid
from resolvers.reading.conditions import All, Compare, Condition, Either, Is, Meets, Not, size

UNSET = strawberry.UNSET
ITEMS_MAX = 100
NESTING_MAX = 5
# Comparisons in one filter: each new form of a filter is compiled, and engines bound the size of an expression.
COMPARISONS_MAX = 50
# In characters. Nothing that is looked for is longer, and what is searched for is looked at letter by letter.
TEXT_LENGTH_MAX = 1000


def optional(description: str) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(description=description, default=UNSET)


@strawberry.input(description="A condition on a text. All parts that are given must hold.")
class TextFilter:
    eq: str | None = optional("Equal to this, or null for none.")
    eq_ignoring_case: str | None = optional("Equal to this but for upper and lower case of ASCII letters.")
    one_of: list[str] | None = optional("Equal to one of these, 100 at most.")
    starts_with: str | None = optional("Beginning with this, letter for letter.")
    ends_with: str | None = optional("Ending in this, letter for letter.")
    contains: str | None = optional("With this somewhere in it, letter for letter.")


@strawberry.input(description="A condition on an amount of money. All parts that are given must hold.")
class AmountFilter:
    eq: Amount | None = optional("Equal to this.")
    gt: Amount | None = optional("Greater than this.")
    gte: Amount | None = optional("Greater than or equal to this.")
    lt: Amount | None = optional("Less than this.")
    lte: Amount | None = optional("Less than or equal to this.")


@strawberry.input(description="A condition on a whole number. All parts that are given must hold.")
class IntFilter:
    eq: int | None = optional("Equal to this, or null for none.")
    gt: int | None = optional("Greater than this.")
    gte: int | None = optional("Greater than or equal to this.")
    lt: int | None = optional("Less than this.")
    lte: int | None = optional("Less than or equal to this.")


@strawberry.input(
    description="A condition on the value that the metadata has under a key. All parts that are given must hold; with "
    "none of them, there is a value."
)
class MetadataFilter:
    key: str = strawberry.field(description="The key.")
    eq: str | None = optional("Equal to this text; of other values this is their JSON, such as `true` or `1.5`.")
    one_of: list[str] | None = optional("Equal to one of these, 100 at most.")
    starts_with: str | None = optional("Beginning with this, letter for letter.")
    contains: str | None = optional("With this somewhere in it, letter for letter.")
    gt: float | None = optional("A number greater than this.")
    lt: float | None = optional("A number less than this.")


@strawberry.input(description="A condition on a moment. All parts that are given must hold.")
class DateTimeFilter:
    eq: Timestamp | None = optional("At this moment, or null for never.")
    gt: Timestamp | None = optional("After this.")
    gte: Timestamp | None = optional("At or after this.")
    lt: Timestamp | None = optional("Before this.")
    lte: Timestamp | None = optional("At or before this.")


# GraphQL's name of an operator, as the reading engine's.
OPERATORS = {
    "eq": "eq",
    "eqIgnoringCase": "same_text",
    "oneOf": "one_of",
    "startsWith": "starts_with",
    "endsWith": "ends_with",
    "contains": "contains_text",
    **{name: name for name in ("gt", "gte", "lt", "lte")},
}
# The same for the values of a map, as resolvers/reading/maps.py names their conditions.
OF_MAPS = {
    "eq": "is",
    "oneOf": "one_of",
    "startsWith": "starts_with",
    "contains": "contains_text",
    "gt": "above",
    "lt": "below",
}


def condition(given: Mapping[str, Any] | None, names: Mapping[str, str], depth: int = 0) -> Condition | None:
    """The condition that a filter input says.

    `names` are the source's fields by the filter's names for them; `?name` is a named condition, `!name` one that takes
    a value, `%name` a map, `@Type.name` a key that global ids of the type stand for.

    Parts side by side must all hold; `and`, `or`, `not` hold filters again. Refuses more than five levels of them.
    """
    if depth > NESTING_MAX:
        raise Invalid(f"Filters nest at most {NESTING_MAX} deep.", field="filter", reason="too_deep")
    parts = list(_parts(given or {}, names, depth))
    if not parts:
        return None
    found = parts[0] if len(parts) == 1 else All(tuple(parts))
    if depth == 0 and size(found) > COMPARISONS_MAX:
        raise Invalid(f"At most {COMPARISONS_MAX} comparisons in a filter.", field="filter", reason="too_many")
    return found


def _parts(given: Mapping[str, Any], names: Mapping[str, str], depth: int) -> Iterator[Condition]:
    for name, value in given.items():
        if value is None:
            continue
        if name in ("and", "or"):
            if len(value) > ITEMS_MAX:
                raise Invalid(f"At most {ITEMS_MAX} filters in `{name}`.", field="filter", reason="too_many")
            below = tuple(part for item in value if (part := condition(item, names, depth + 1)) is not None)
            if below:
                yield All(below) if name == "and" else Either(below)
        elif name == "not":
            below_one = condition(value, names, depth + 1)
            if below_one is not None:
                yield Not(below_one)
        elif names[name].startswith("?"):
            yield Is(names[name][1:], bool(value))
        elif names[name].startswith("!"):
            _check_text(value)
            yield Meets(names[name][1:], (value,))
        elif names[name].startswith("%"):
            yield from _of_map(names[name][1:], value)
        elif names[name].startswith("@"):
            yield _named_by_id(names[name][1:], value)
        elif isinstance(value, Mapping):
            for operator, operand in value.items():
                yield _compare(names[name], OPERATORS[operator], operand)
        else:
            yield Compare(names[name], "eq", value.value if isinstance(value, Enum) else value)


def _of_map(field: str, given: Mapping[str, Any]) -> Iterator[Condition]:
    key, operations = given["key"], {name: value for name, value in given.items() if name != "key"}
    _check_text(key)
    if not operations:
        yield Meets(f"{field}_known", (key,))
    for operator, operand in operations.items():
        yield Meets(f"{field}_{OF_MAPS[operator]}", (key, _operand(OF_MAPS[operator], operand)))


def _named_by_id(named: str, given: str) -> Condition:
    """What an id of another type or of nothing stands for equals no key."""
    typename, _, field = named.partition(".")
    found = ids.decode(given)
    return Compare(field, "eq", found[1] if found is not None and found[0] == typename else -1)


def _compare(field: str, operator: str, operand: Any) -> Condition:
    if operand is None and operator == "eq":
        return Compare(field, operator, None)
    return Compare(field, operator, _operand(operator, operand, in_hundredths=field == "balance"))


def _operand(operator: str, operand: Any, *, in_hundredths: bool = False) -> Any:
    if operand is None:
        raise Invalid("Only `eq` compares with null.", field="filter", reason="null")
    if operator == "one_of":
        if len(operand) > ITEMS_MAX:
            raise Invalid(f"At most {ITEMS_MAX} values in `oneOf`.", field="filter", reason="too_many")
        operand = tuple(operand)
    elif in_hundredths:
        operand = hundredths(operand, field="filter")
    for text in operand if isinstance(operand, tuple) else (operand,):
        _check_text(text)
    return operand


def _check_text(text: Any) -> None:
    if not isinstance(text, str):
        return
    if "\0" in text:
        raise Invalid("Null characters are not allowed.", field="filter", reason="null_character")
    if len(text) > TEXT_LENGTH_MAX:
        raise Invalid(f"At most {TEXT_LENGTH_MAX} characters.", field="filter", reason="too_long")

"""What the filter of a list says, as a condition that the reading engine knows (gql/filters.py: what can be said)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from gql import ids
from gql.money import hundredths
from models.problems import Invalid
from resolvers.reading.conditions import All, Compare, Condition, Either, Is, Meets, Not, size

ITEMS_MAX = 100
NESTING_MAX = 5
# Comparisons in one filter: each new form of a filter is compiled, and engines bound the size of an expression.
COMPARISONS_MAX = 50
# In characters. Nothing that is looked for is longer, and what is searched for is looked at letter by letter.
TEXT_LENGTH_MAX = 1000

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


@dataclass(frozen=True, slots=True)
class Stored:
    """A field of the source that holds an enum's values by other names than GraphQL's: these."""

    field: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a part of a filter asks of a field, where no typed condition on it says that."""

    field: str
    condition: Callable[[Any], Condition]

    @classmethod
    def known(cls, field: str) -> "Meant":
        """Whether there is a value."""
        unknown = Compare(field, "eq", None)
        return cls(field, lambda wanted: Not(unknown) if wanted else unknown)


# The source's fields by the filter's names for them; `?name` is a named condition, `!name` one that takes a value,
# `%name` a map, `$name` an amount in hundredths, `@Type.name` a key that global ids of the type stand for.
Names: TypeAlias = Mapping[str, "str | Stored | Meant"]


def condition(given: Mapping[str, Any] | None, names: Names, depth: int = 0) -> Condition | None:
    """The condition that a filter input says.

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


def _parts(given: Mapping[str, Any], names: Names, depth: int) -> Iterator[Condition]:
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
        else:
            yield from _of_field(names[name], value)


def _of_field(named: "str | Stored | Meant", value: Any) -> Iterator[Condition]:
    if isinstance(named, Meant):
        yield named.condition(value)
        return
    if isinstance(named, Stored):
        yield from _of_values(named.field, value, lambda given: named.names[given.value])
        return
    kind, field = named[0], named[1:]
    match kind:
        case "?":
            yield Is(field, bool(value))
        case "!":
            _check_text(value)
            yield Meets(field, (value,))
        case "%":
            yield from _of_map(field, value)
        case "$":
            yield from _of_values(field, value, lambda amount: hundredths(amount, field="filter"))
        case "@":
            typename, _, field = field.partition(".")
            yield from _of_values(field, value, lambda given: _key(typename, given))
        case _ if isinstance(value, Mapping):
            yield from _of_values(named, value, _plain)
        case _:
            yield Compare(named, "eq", value)


def _of_values(field: str, given: Mapping[str, Any], stored: Callable[[Any], Any]) -> Iterator[Condition]:
    """What a typed input says of a field. `stored` makes of each operand what the source holds."""
    for operator, operand in given.items():
        if operator == "range":
            for end, bound in _required(operand).items():
                if bound is not None:
                    yield Compare(field, OPERATORS[end], stored(bound))
        elif operand is None and operator == "eq":
            yield Compare(field, "eq", None)
        elif operator == "oneOf":
            yield Compare(field, "one_of", tuple(map(stored, _listed(operand))))
        else:
            yield Compare(field, OPERATORS[operator], stored(_required(operand)))


def _plain(operand: Any) -> Any:
    _check_text(operand)
    return operand.value if isinstance(operand, Enum) else operand


def _key(typename: str, given: str) -> int:
    """What an id of another type or of nothing stands for equals no key."""
    found = ids.decode(given)
    return found[1] if found is not None and found[0] == typename else -1


def _required(operand: Any) -> Any:
    if operand is None:
        raise Invalid("Only `eq` compares with null.", field="filter", reason="null")
    return operand


def _listed(operand: Any) -> Any:
    if len(_required(operand)) > ITEMS_MAX:
        raise Invalid(f"At most {ITEMS_MAX} values in `oneOf`.", field="filter", reason="too_many")
    return operand


def _of_map(field: str, given: Mapping[str, Any]) -> Iterator[Condition]:
    key, operations = given["key"], {name: value for name, value in given.items() if name != "key"}
    _check_text(key)
    if not operations:
        yield Meets(f"{field}_known", (key,))
    for operator, operand in operations.items():
        told = tuple(map(_plain, _listed(operand))) if operator == "oneOf" else _plain(_required(operand))
        yield Meets(f"{field}_{OF_MAPS[operator]}", (key, told))


def text_of(given: str) -> str:
    """The text, which is none that no stored text can be. Refuses with `Invalid`."""
    _check_text(given)
    return given


def _check_text(text: Any) -> None:
    if not isinstance(text, str):
        return
    if "\0" in text:
        raise Invalid("Null characters are not allowed.", field="filter", reason="null_character")
    if len(text) > TEXT_LENGTH_MAX:
        raise Invalid(f"At most {TEXT_LENGTH_MAX} characters.", field="filter", reason="too_long")

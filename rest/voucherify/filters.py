"""`filters[…]` of a list: which fields there are is a noun's table, what may be asked of each is the field's kind.

    CAMPAIGNS = {
        "campaigns": Texts("name"),
        "created_date": Moments("created_at"),
        "active": States({"$enabled": lambda now: Compare("active", "eq", True)}),
        "metadata": Values("metadata"),                          filters[metadata.KEY][conditions][$is]=…
    }
    where = filters.condition(call.query.tree("filters"), CAMPAIGNS, call.context.now())

Fields are joined by `junction`, `and` unless it says `or`; several conditions of one field must all hold. The word
`conditions` may be left out, as the vendor's own description does in places. What has no value is not this value, so it
is found by `$is_not`, `$not_in` and `$not_contain`.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from resolvers.reading.conditions import All, Compare, Condition, Either, Meets, Not, size
from rest.voucherify.query import Node, last_text, listed_texts, read_boolean, read_instant, read_integer
from rest.voucherify.refusals import InvalidQueryParams

# Of each comparison a statement is made of; more than any page of filters has.
COMPARISONS_MAX = 100
INTEGER_MAX = 2**63 - 1
# A thousand years.
DAYS_MAX = 365_000


class Filter(Protocol):
    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        """What the operator asks of the field; None if nothing. Refuses with `InvalidQueryParams`."""


Table: TypeAlias = Mapping[str, Filter]


def condition(asked: Mapping[str, Node], table: Table, now: datetime) -> Condition | None:
    """What all filters together ask; None if nothing. Refuses unknown fields and operators."""
    found = [part for name, node in asked.items() if name != "junction" for part in _of_field(name, node, table, now)]
    if sum(map(size, found)) > COMPARISONS_MAX:
        raise InvalidQueryParams(f"Property .filters should have no more than {COMPARISONS_MAX} conditions")
    joined = Either if _is_or(asked) else All
    return joined(tuple(found)) if len(found) > 1 else found[0] if found else None


def _is_or(asked: Mapping[str, Node]) -> bool:
    junction = last_text(asked.get("junction", "and"), ".filters.junction").lower()
    if junction not in ("and", "or"):
        raise InvalidQueryParams("Property .filters.junction should be equal to one of the allowed values [ and, or ]")
    return junction == "or"


def _of_field(name: str, node: Node, table: Table, now: datetime) -> Iterator[Condition]:
    """One condition, or none where nothing is asked of the field."""
    place = f".filters.{name}"
    beginning, _, key = name.partition(".")
    found = table.get(name)
    if key and isinstance(values := table.get(beginning), Values):
        found = values.under(key)
    if found is None:
        raise InvalidQueryParams(f"Property {place} is not a field to filter by")
    if node in ("", "None"):
        return
    if not isinstance(node, dict):
        raise InvalidQueryParams(f"Property {place} should be object")
    asked = node.get("conditions", node)
    if not isinstance(asked, dict):
        raise InvalidQueryParams(f"Property {place}.conditions should be object")
    parts = [found.condition(operator, value, f"{place}.{operator}", now) for operator, value in asked.items()]
    known = tuple(part for part in parts if part is not None)
    if known:
        yield known[0] if len(known) == 1 else All(known)


# -- kinds of fields ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Texts:
    """A text. `aliases` are words that stand for several stored values."""

    name: str
    aliases: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        name = self.name
        if operator in ("$is", "$is_not", "$in", "$not_in"):
            found = _one_of(
                name, [stored for text in listed_texts(node, place) for stored in self.aliases.get(text, (text,))]
            )
            return found and (found if operator in ("$is", "$in") else _unless(name, found))
        if operator in TEXTUAL:
            found = Compare(name, TEXTUAL[operator], last_text(node, place))
            return _unless(name, found) if operator == "$not_contain" else found
        return _known(name, operator, place)


TEXTUAL = {
    "$starts_with": "starts_with",
    "$ends_with": "ends_with",
    "$contains": "contains_text",
    "$not_contain": "contains_text",
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A whole number."""

    name: str

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        name = self.name
        if operator in ("$is", "$is_not", "$in", "$not_in"):
            numbers = [read_integer(text, place, -INTEGER_MAX, INTEGER_MAX) for text in listed_texts(node, place)]
            found = _one_of(name, numbers)
            return found and (found if operator in ("$is", "$in") else _unless(name, found))
        if operator in NUMERIC:
            return Compare(
                name, NUMERIC[operator], read_integer(last_text(node, place), place, -INTEGER_MAX, INTEGER_MAX)
            )
        return _known(name, operator, place)


NUMERIC = {
    "$more_than": "gt",
    "$more_than_equal": "gte",
    "$less_than": "lt",
    "$less_than_equal": "lte",
    "$gt": "gt",
    "$gte": "gte",
    "$lt": "lt",
    "$lte": "lte",
}


@dataclass(frozen=True, slots=True)
class Moments:
    """A time. `$more_than` and `$less_than` are so many days ago: the latter is between then and now."""

    name: str

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        if operator in ("$after", "$before"):
            at = read_instant(last_text(node, place), place)
            return Compare(self.name, "gt" if operator == "$after" else "lt", at)
        if operator in ("$more_than", "$less_than"):
            then = now - timedelta(days=read_integer(last_text(node, place), place, 0, DAYS_MAX))
            if operator == "$more_than":
                return Compare(self.name, "lt", then)
            return All((Compare(self.name, "gt", then), Compare(self.name, "lte", now)))
        return _known(self.name, operator, place)


@dataclass(frozen=True, slots=True)
class Booleans:
    name: str

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        if operator in ("$is", "$is_not"):
            wanted = read_boolean(last_text(node, place), place)
            found = Compare(self.name, "eq", wanted)
            return found if operator == "$is" else _unless(self.name, found)
        return _known(self.name, operator, place)


@dataclass(frozen=True, slots=True)
class Known:
    """Of which only whether there is one can be asked."""

    name: str

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        return _known(self.name, operator, place)


@dataclass(frozen=True, slots=True)
class Weekdays:
    """A stored JSON list of days, 0 to 6: those that are among the ones asked for, and what has no such limit."""

    name: str

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        if operator not in ("$is", "$in"):
            return _known(self.name, operator, place)
        days = {read_integer(text, place, 0, 6) for text in listed_texts(node, place)}
        # Each is one digit, so that one is in the list if it is in the list's text.
        on = tuple(Compare(self.name, "contains_text", str(day)) for day in sorted(days))
        return Either((Compare(self.name, "eq", None), *on)) if on else None


@dataclass(frozen=True, slots=True)
class States:
    """Flags without values, `$enabled`, each a condition of the noun at this moment."""

    states: Mapping[str, Callable[[datetime], Condition]]

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        wanted = self.states.get(operator)
        if wanted is None:
            raise _unknown(place, self.states)
        return wanted(now)


@dataclass(frozen=True, slots=True)
class Values:
    """Values of a map by their keys: the source's `asked` has what `of_map` makes of it, under this name."""

    name: str
    key: str = ""

    def under(self, key: str) -> "Values":
        return Values(self.name, key)

    def condition(self, operator: str, node: Node, place: str, now: datetime) -> Condition | None:
        if operator in ("$is", "$is_not", "$in", "$not_in"):
            texts = listed_texts(node, place)
            found = self._meets("is", texts[0]) if len(texts) == 1 else self._meets("one_of", tuple(texts))
            return (found if operator in ("$is", "$in") else Not(All((self._meets("known"), found)))) if texts else None
        if operator in VALUED:
            found = self._meets(VALUED[operator], last_text(node, place))
            return Not(All((self._meets("known"), found))) if operator == "$not_contain" else found
        if operator in ("$more_than", "$less_than"):
            number = _number(last_text(node, place), place)
            return self._meets("above" if operator == "$more_than" else "below", number)
        if operator in ("$has_value", "$is_unknown"):
            known = self._meets("known")
            return known if operator == "$has_value" else Not(known)
        raise _unknown(place, (*VALUED, "$is", "$is_not", "$in", "$not_in", "$has_value", "$is_unknown"))

    def _meets(self, word: str, *values: object) -> Meets:
        return Meets(f"{self.name}_{word}", (self.key, *values))


VALUED = {**TEXTUAL, "$after": "after", "$before": "before"}


# -- parts -------------------------------------------------------------------------------------------------------------


def _one_of(name: str, wanted: Collection[object]) -> Condition | None:
    """None where no value is given: nothing is asked then."""
    if len(wanted) == 1:
        return Compare(name, "eq", next(iter(wanted)))
    return Compare(name, "one_of", tuple(wanted)) if wanted else None


def _unless(name: str, found: Condition) -> Condition:
    return Either((Compare(name, "eq", None), Not(found)))


def _known(name: str, operator: str, place: str) -> Condition:
    if operator not in ("$has_value", "$is_unknown"):
        raise InvalidQueryParams(f"Property {place} is not a condition of this field")
    unknown = Compare(name, "eq", None)
    return unknown if operator == "$is_unknown" else Not(unknown)


def _number(written: str, place: str) -> float:
    try:
        found = float(written) if len(written) <= 100 else None
    except ValueError:
        found = None
    if found is None or found != found or found in (float("inf"), float("-inf")):
        raise InvalidQueryParams(f"Property {place} should be number")
    return found


def _unknown(place: str, known: Collection[str]) -> InvalidQueryParams:
    return InvalidQueryParams(f"Property {place} should be equal to one of the allowed values [ {', '.join(known)} ]")

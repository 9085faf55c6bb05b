"""Filters: what can be asked of a field of each kind (gql/conditions.py: what becomes of it)."""

from collections.abc import Callable
from typing import Any, ForwardRef, Generic, TypeVar

import strawberry

from gql.scalars import Amount, Day, Timestamp

E = TypeVar("E")

UNSET = strawberry.UNSET


def optional(description: str) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(description=description, default=UNSET)


def filtering(description: str) -> Callable[[type[Any]], type[Any]]:
    """The class as a filter input, to which `and`, `or` and `not` are added: filters of all nouns compose alike."""

    def with_composition(of: type[Any]) -> type[Any]:
        itself: Any = ForwardRef(of.__name__)
        for name, annotation, told in (
            ("and", list[itself] | None, "All of these must hold."),
            ("or", list[itself] | None, "At least one of these must hold."),
            ("not", itself | None, "This must not hold."),
        ):
            of.__annotations__[f"{name}_"] = annotation
            setattr(of, f"{name}_", strawberry.field(name=name, description=told, default=UNSET))
        found: type[Any] = strawberry.input(of, description=f"{description} All parts that are given must hold.")
        return found

    return with_composition


@strawberry.input(description="A condition on a text. All parts that are given must hold.")
class TextFilter:
    eq: str | None = optional("Equal to this, or null for none.")
    eq_ignoring_case: str | None = optional("Equal to this but for upper and lower case of ASCII letters.")
    one_of: list[str] | None = optional("Equal to one of these, 100 at most.")
    starts_with: str | None = optional("Beginning with this, letter for letter.")
    ends_with: str | None = optional("Ending in this, letter for letter.")
    contains: str | None = optional("With this somewhere in it, letter for letter.")


@strawberry.input(description="A condition on a key that a global id stands for. All parts that are given must hold.")
class IDFilter:
    eq: strawberry.ID | None = optional("The object with this global id, or null for none.")
    one_of: list[strawberry.ID] | None = optional("One of the objects with these global ids, 100 at most.")


@strawberry.input(
    name="Filter", description="A condition on a value of a closed set. All parts that are given must hold."
)
class EnumFilter(Generic[E]):
    """In the schema `ActionStatusFilter` for `ActionStatus`."""

    eq: E | None = optional("Equal to this, or null for none.")
    one_of: list[E] | None = optional("Equal to one of these, 100 at most.")


@strawberry.input(description="From one amount to another; either end may be open.")
class AmountRange:
    gte: Amount | None = optional("Greater than or equal to this.")
    lte: Amount | None = optional("Less than or equal to this.")


@strawberry.input(description="A condition on an amount of money. All parts that are given must hold.")
class AmountFilter:
    eq: Amount | None = optional("Equal to this.")
    one_of: list[Amount] | None = optional("Equal to one of these, 100 at most.")
    range: AmountRange | None = optional("From here to there, both ends included.")
    gt: Amount | None = optional("Greater than this.")
    gte: Amount | None = optional("Greater than or equal to this.")
    lt: Amount | None = optional("Less than this.")
    lte: Amount | None = optional("Less than or equal to this.")


@strawberry.input(description="From one whole number to another; either end may be open.")
class IntRange:
    gte: int | None = optional("Greater than or equal to this.")
    lte: int | None = optional("Less than or equal to this.")


@strawberry.input(description="A condition on a whole number. All parts that are given must hold.")
class IntFilter:
    eq: int | None = optional("Equal to this, or null for none.")
    one_of: list[int] | None = optional("Equal to one of these, 100 at most.")
    range: IntRange | None = optional("From here to there, both ends included.")
    gt: int | None = optional("Greater than this.")
    gte: int | None = optional("Greater than or equal to this.")
    lt: int | None = optional("Less than this.")
    lte: int | None = optional("Less than or equal to this.")


@strawberry.input(description="From one moment to another; either end may be open.")
class DateTimeRange:
    gte: Timestamp | None = optional("At or after this.")
    lte: Timestamp | None = optional("At or before this.")


@strawberry.input(description="A condition on a moment. All parts that are given must hold.")
class DateTimeFilter:
    eq: Timestamp | None = optional("At this moment, or null for never.")
    one_of: list[Timestamp] | None = optional("At one of these moments, 100 at most.")
    range: DateTimeRange | None = optional("From here to there, both ends included.")
    gt: Timestamp | None = optional("After this.")
    gte: Timestamp | None = optional("At or after this.")
    lt: Timestamp | None = optional("Before this.")
    lte: Timestamp | None = optional("At or before this.")


@strawberry.input(description="From one day to another; either end may be open.")
class DateRange:
    gte: Day | None = optional("On this day or later.")
    lte: Day | None = optional("On this day or earlier.")


@strawberry.input(description="A condition on a day. All parts that are given must hold.")
class DateFilter:
    eq: Day | None = optional("On this day, or null for none.")
    one_of: list[Day] | None = optional("On one of these days, 100 at most.")
    range: DateRange | None = optional("From here to there, both ends included.")
    gt: Day | None = optional("After this day.")
    gte: Day | None = optional("On this day or later.")
    lt: Day | None = optional("Before this day.")
    lte: Day | None = optional("On this day or earlier.")


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

"""Connections of a noun: the same arguments wherever it is listed, at a root or below another noun.

Each noun has one `Listing` in its `…_lists.py`; types and roots make their connections of it:

    transactions = TRANSACTIONS.below("transactions", "Its transactions, oldest first unless asked otherwise.")
    gift_cards = CARDS.at_root("An organizer's gift cards, oldest first unless asked otherwise.")
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from inspect import Parameter, Signature
from typing import Annotated, Any, TypeAlias

import strawberry

from gql.conditions import Names, condition
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Asking, Listed, Read, argument, method
from gql.run import Run
from resolvers.reading.conditions import All, Compare, Condition
from resolvers.reading.selection import Ask

ABSENT = strawberry.UNSET
ORGANIZER = argument("The organizer's slug; may be left out if the token reaches only one.")

# An argument's type, described, and its default.
Arguments: TypeAlias = Mapping[str, tuple[Any, Any]]
PAGE: Arguments = {
    "first": (Annotated[int | None, argument(FIRST)], ABSENT),
    "after": (Annotated[str | None, argument(AFTER)], ABSENT),
    "last": (Annotated[int | None, argument(LAST)], ABSENT),
    "before": (Annotated[str | None, argument(BEFORE)], ABSENT),
}
AS_NAMED: Mapping[str, str] = {}
OF_ORGANIZER: Arguments = {"organizer": (Annotated[str | None, ORGANIZER], ABSENT)}


@strawberry.enum(description="Which way a list is sorted.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="Smallest, earliest or first first.")
    DESC = strawberry.enum_value("DESC", description="Largest, latest or last first.")


def ordering(fields: type[Enum], nouns: str) -> Any:
    """The input that sorts by one of these: `GiftCardOrder` by `GiftCardOrderField`, whose values are source orders."""
    members = {
        "field": strawberry.field(description="What to sort by."),
        "direction": strawberry.field(description="Which way.", default=OrderDirection.ASC),
        "__annotations__": {"field": fields, "direction": OrderDirection},
    }
    made = type(fields.__name__.removesuffix("Field"), (), members)
    return strawberry.input(made, description=f"How to sort {nouns}.")


@dataclass(frozen=True, slots=True)
class Listing:
    """How a noun is listed: `of` is its type, `names` its filter's names for the source's fields."""

    source: str
    of: Any
    filter: Any
    names: Names
    order: Any
    # The source's order where none is asked for.
    default: str = "default"
    # The source's reach at a root, where it is not narrowed to rows of one parent: the field that names it.
    reach: str = "own"
    parent: str | None = None
    arguments: Arguments = field(init=False)

    def __post_init__(self) -> None:
        narrowing: Arguments = {
            "filter": (Annotated[self.filter | None, argument("Which to show.")], ABSENT),
            "order_by": (Annotated[self.order | None, argument("How to sort.")], ABSENT),
        }
        object.__setattr__(self, "arguments", {**narrowing, **PAGE})

    def ask(self, args: Args, run: Run, orders: Mapping[str, str] = AS_NAMED) -> Ask:
        """What a page asks for. `orders` are those that have another name here."""
        order = args.get("orderBy") or {}
        sorted_by = order["field"].value if order else self.default
        return page(
            args,
            run,
            self.source,
            where=condition(args.get("filter"), self.names),
            order=orders.get(sorted_by, sorted_by),
            descending=bool(order) and order["direction"].value == "DESC",
        )

    def of_organizer(self, args: Args, run: Run) -> Ask:
        """At a root: of the organizer that is named, or of the only one the asker has."""
        ask = self.ask(args, run)
        ask.organizer_id = run.context.principal.organizer_id(args.get("organizer"))
        ask.reach = "own" if self.parent is not None and _names(ask.where, self.parent) else self.reach
        return ask

    def below(self, relation: str, description: str, orders: Mapping[str, str] = AS_NAMED) -> Any:
        """A connection of the rows that a to-many relation leads to.

        `orders` are those that the source has by another name for it, because another index serves them there.
        """
        read = Listed(relation, self.ask if orders is AS_NAMED else lambda args, run: self.ask(args, run, orders))
        return with_arguments(read, self._connection, self.arguments, description)

    def at_root(self, description: str, *, asking: Asking | None = None, more: Arguments | None = None) -> Any:
        """A connection of the noun's rows of an organizer; `asking` is for arguments besides."""
        arguments = {**OF_ORGANIZER, **self.arguments, **(more or {})}
        return with_arguments(
            Listed(self.source, asking or self.of_organizer), self._connection, arguments, description
        )

    def everywhere(self, description: str) -> Any:
        """A connection of all rows that the asker reaches, whichever organizer they are of."""
        return with_arguments(Listed(self.source, self._of_all), self._connection, self.arguments, description)

    def _of_all(self, args: Args, run: Run) -> Ask:
        ask = self.ask(args, run)
        ask.reach = "any"
        return ask

    @property
    def _connection(self) -> Any:
        # Null where nothing may be read of it, so that what stands beside it is answered.
        connection: Any = Connection
        return connection[self.of] | None


def _names(where: Condition | None, field: str) -> bool:
    """Whether a condition holds of no rows but those whose field is one of some values."""
    parts = where.of if isinstance(where, All) else (where,)
    return any(isinstance(part, Compare) and part.field == field for part in parts)


def with_arguments(read: Read, returned: Any, arguments: Arguments, description: str) -> Any:
    """A field with these arguments: what `method` makes of a method that is written out. `...` is no default."""
    given = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if default is ... else default,
            annotation=annotation,
        )
        for name, (annotation, default) in arguments.items()
    ]
    itself = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)

    def written_out(self: Any) -> Any: ...

    described: Any = written_out
    described.__signature__ = Signature([itself, *given], return_annotation=returned)
    return method(read, description)(described)

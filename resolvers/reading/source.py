"""What can be read: a noun's table, fields, relations, filters, orders, scope and tenant predicate, declared once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Table

from resolvers.principals import Scope


class Kind(Enum):
    """How a stored value becomes the value every door shows (see resolvers/reading/values.py)."""

    INTEGER = "integer"
    TEXT = "text"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    AMOUNT = "amount"
    JSON = "json"
    NUMBER = "number"
    # A JSON list of names, whatever their order where it is stored.
    NAMES = "names"
    # A JSON list of lists, each a name at the end of what it is sorted by.
    RANKED = "ranked"


@dataclass(frozen=True, slots=True)
class Via:
    """How a field is another row's: `key` names that row by its id, `column` is what is read of it.

    Comparisons ask the other table once for its ids, not once for every row of this one. `unique`: for one at most.
    `named`: what `key` is there, if not its id.
    """

    key: ColumnElement[Any]
    column: Any
    unique: bool = False
    named: ColumnElement[Any] | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One readable value: an expression over the source's own table, and what it holds; `via` another's row."""

    expression: ColumnElement[Any]
    kind: Kind
    via: Via | None = None


@dataclass(frozen=True, slots=True)
class ToOne:
    """Another row that this one names. It is joined, at no statement. `on` pairs own columns with the target's.

    `own_only`: none but one that the asker could list, because the row may be another tenant's or of another event.
    """

    target: str
    on: tuple[tuple[str, str], ...]
    nullable: bool = False
    own_only: bool = False

    def __post_init__(self) -> None:
        assert self.nullable or not self.own_only, "what may be hidden may be null"


@dataclass(frozen=True, slots=True)
class ToMany:
    """Rows that name this one: a level of its own. `on` pairs own columns with the target's, the tenant first.

    `own_only`: just those of the asker's organizers, because the row above may be another tenant's.
    """

    target: str
    on: tuple[tuple[str, str], ...]
    own_only: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order: field names, all ascending; the last is unique, so that a row has one place."""

    fields: tuple[str, ...]


# A named condition of its own making, e.g. `expired`: given the dialect, an expression over the source's table.
Named = Callable[[Dialect], ColumnElement[bool]]
# The same with values, e.g. `search`: given the dialect and the names of its parameters.
Asked = Callable[..., ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Source:
    """Everything the engine knows of a noun.

    `reaches` are the tenant predicates a list may start from, by name; `own` is the usual one. `always` is added
    wherever the source is listed, also below a parent, but not to what a verb has just written. `scope` is the
    permission without which nothing of it is read; of several, one of them is enough, and rows differ in which.
    `gathers`: some of what it shows is gathered in memory before it is written (resolvers/clicks.py).
    """

    name: str
    table: Table
    fields: Mapping[str, Field]
    orders: Mapping[str, Order]
    reaches: Mapping[str, Named]
    to_one: Mapping[str, ToOne] = field(default_factory=dict)
    to_many: Mapping[str, ToMany] = field(default_factory=dict)
    named: Mapping[str, Named] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    always: Named | None = None
    scope: Scope | None = None
    gathers: bool = False

    def __post_init__(self) -> None:
        assert self.name not in SOURCES, f"two sources are called {self.name}"
        SOURCES[self.name] = self


SOURCES: dict[str, Source] = {}

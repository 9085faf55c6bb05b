"""What is asked: a tree of named items. Its names become the keys of the answer, its paths become columns and joins.

    Container                     an object with no row of its own: a response, a mutation's payload
      Given, Constant             values known without reading
      Root                        a source: one row of it (One) or many (Many)
        Value, Constant           a field of the row, or of a row that it names by to-one relations
        Group                     an object made from the same row (money), or from a row that it names (issuer)
        Many below a row          a to-many relation: a level of its own

What each level is asked for at run time (filter, order, page) is an `Ask`; a tree is compiled once, asked many times.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from resolvers.reading.conditions import Condition


@dataclass(frozen=True, slots=True)
class Value:
    """A field, reached by the names of to-one relations and its own: ("issuer", "slug").

    `convert` is applied to every value, null too; with `argument`, its second parameter is that argument of the run.
    Null, whatever is stored, unless all of the fields in `present` are there.
    """

    path: tuple[str, ...]
    convert: Callable[..., Any] | None = None
    argument: int | None = None
    present: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    value: Any


@dataclass(frozen=True, slots=True)
class Given:
    """A value of the run's `given` mapping, as `convert` shows it."""

    name: str
    convert: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class GivenList:
    """A given list of objects, of each the values by these names."""

    name: str
    items: Mapping[str, "str | Constant"]


@dataclass(frozen=True, slots=True)
class Group:
    """An object made of one row. With `path`, of the row that those to-one relations name: null if they name none.

    Null as well unless all of the row's fields in `present` are there.
    """

    items: Mapping[str, "Item"]
    path: tuple[str, ...] = ()
    present: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Edges:
    """One object per row: `Node` and `Cursor` items beside constants."""

    items: Mapping[str, "EdgeItem"]


@dataclass(frozen=True, slots=True)
class Nodes:
    items: Mapping[str, "Item"]


@dataclass(frozen=True, slots=True)
class Node:
    items: Mapping[str, "Item"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row's place in the list's order."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Keys of the answer to: has_next, has_previous, start, end; or constants."""

    items: Mapping[str, "str | Constant"]


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows there are on all pages, counted exactly."""


EdgeItem: TypeAlias = Node | Cursor | Constant
ListItem: TypeAlias = Edges | Nodes | PageInfo | Total | Constant


@dataclass(frozen=True, slots=True)
class Many:
    """A page of rows. Below a row `relation` is the to-many relation; at a root it is the source's name.

    `items` shape the connection object; `argument` says which `Ask` of the run belongs to it.
    """

    relation: str
    items: Mapping[str, ListItem]
    argument: int


@dataclass(frozen=True, slots=True)
class One:
    """The first row that the `Ask` finds, or null."""

    source: str
    items: Mapping[str, "Item"]
    argument: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """Rows of several sources by their keys, in the order of `argument`: a list of (type name, value of field `key`).

    `types` says for each type name what is read; the `Ask` of each names the keys of its type. `single`: only the
    first.
    """

    types: Mapping[str, One]
    argument: int
    key: str = "id"
    single: bool = False


@dataclass(frozen=True, slots=True)
class Container:
    """An object without a row."""

    items: Mapping[str, "RootItem"]


Item: TypeAlias = Value | Constant | Group | Many
RootItem: TypeAlias = One | Many | Lookup | Container | Given | GivenList | Constant


@dataclass(slots=True)
class Ask:
    """What one level is asked for in one run. Places (`after`, `before`) are values of the order's fields."""

    limit: int
    where: Condition | None = None
    order: str = "default"
    descending: bool = False
    backward: bool = False
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None
    offset: int = 0
    reach: str = "own"
    organizer_id: int | None = None
    # Of a root: whether the rows may be those of an earlier run, if nothing was committed since. For few, short lists.
    remembered: bool = False

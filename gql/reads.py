"""What stands behind a field: the metadata by which a selection set becomes a selection of the reading engine.

A field of a Strawberry type carries one of these under the key "read". Types describe, reads say what to do, and there
are no resolver bodies: the compiled completion and graphql-core's both go by the read.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import strawberry

from gql.run import Run
from resolvers.changes import Change, Feed
from resolvers.context import Context, Work
from resolvers.reading.selection import Ask

# A field's arguments as coerced by the schema; one that was not given and has no default is absent.
Args: TypeAlias = Mapping[str, Any]
# What a list or look-up is asked for: its arguments and the run are known, not what was selected.
Asking: TypeAlias = Callable[[Args, Run], Ask | None]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A stored value. `convert` is applied to it, with the value of the field's `argument` where it has one.

    Null unless all of the row's fields in `present` are there.
    """

    path: tuple[str, ...]
    convert: Callable[..., Any] | None = None
    argument: str | None = None
    present: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """An object made of values of the same row: what each field of its type reads.

    Null unless all of the row's fields in `present` are there.
    """

    of: Mapping[str, "Leaf | Parts"]
    present: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A field of such an object, by its name in `Parts.of`."""

    name: str


@dataclass(frozen=True, slots=True)
class Inner:
    """An object, or a list of objects, within a stored JSON value: `pick` finds it there. Its fields are keys."""

    path: tuple[str, ...]
    pick: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A field of an object within a JSON value: a value as `convert` shows it, or objects again. Absent is null."""

    name: str
    convert: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """The row that to-one relations name."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A connection. `source` is a to-many relation below a row, a source's name at a root."""

    source: str
    asking: Asking


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a source, or null."""

    source: str
    asking: Asking


@dataclass(frozen=True, slots=True)
class Nodes:
    """Objects by their global ids: the argument `id`, or each of `ids`."""

    argument: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Objects that a mutation's verb names by type and key, in this order and at most so many; or the one.

    `of`: the list of the input that has one item for each. `reach`: of the source, by which they are found.
    """

    keys: Callable[[Run], Sequence[tuple[str, int]]]
    most: int = 1
    single: bool = False
    of: str | None = None
    reach: str = "written"


@dataclass(frozen=True, slots=True)
class Given:
    """A value of the run's `given` mapping; an object's fields are keys."""

    name: str


@dataclass(frozen=True, slots=True)
class Errors:
    """The user errors of a mutation."""


@dataclass(frozen=True, slots=True)
class Inside:
    """An object without a row, whose fields are roots again."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A field of a connection, edge or page info, by what it is: edges, nodes, node, cursor, total, ..."""

    what: str


@dataclass(frozen=True, slots=True)
class Apart:
    """A verb with units of work of its own, or with none: nothing is kept of it under an idempotency key."""

    verb: Callable[[Context], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Mutates:
    """A mutation: given its input and the run, the verb to do; what it returns are the ids its payload is read by.

    Of an outcome, `errors` are user errors of what was written all the same. `names`: fields of the verb's refusals
    that the input calls otherwise, each with dots between its parts.
    """

    verb: Callable[[Args, Run], Callable[[Work], Awaitable[Mapping[str, Any]]] | Apart]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """What a subscription listens to. `outcome` is what a change means to it (None: nothing), in the form of a verb's.

    `first` is asked once, when everything from then on is heard: what to show at once. `ends`: whether a change is the
    last there is to show; asked with None after `first`.
    """

    feed: Feed
    outcome: Callable[[Change], Mapping[str, Any] | None]
    first: Callable[[], Awaitable[Mapping[str, Any] | None]] | None = None
    ends: Callable[[Change | None], Awaitable[bool]] | None = None


@dataclass(frozen=True, slots=True)
class Subscribes:
    """A subscription: given its input and the run, what it listens to. Refuses with a `Problem`."""

    opens: Callable[[Args, Run], Awaitable[Stream]]


Read: TypeAlias = (
    Leaf
    | Parts
    | Part
    | Inner
    | Key
    | Related
    | Listed
    | Found
    | Nodes
    | Noted
    | Given
    | Errors
    | Inside
    | Marked
    | Mutates
    | Subscribes
)


def by(read: Read, description: str, **options: Any) -> Any:
    """A field of a type, and the read behind it."""
    return strawberry.field(description=description, metadata={"read": read}, **options)


def method(read: Read, description: str) -> Callable[[Callable[..., Any]], Any]:
    """A field that has arguments, and the read behind it. The method tells names and types; it is never called."""
    found: Callable[[Callable[..., Any]], Any] = by(read, description)
    return found


def argument(description: str) -> Any:
    """The description of an argument, for use in `Annotated`."""
    return strawberry.argument(description=description)

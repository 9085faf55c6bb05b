"""Connections (Relay): pages of a list, forwards and backwards, by opaque cursors that are places in its order."""

from typing import Any, Generic, TypeVar

import strawberry

from gql.reads import Args, Marked, by
from gql.run import Run
from models.problems import Invalid
from resolvers.reading import places
from resolvers.reading.conditions import Condition
from resolvers.reading.selection import Ask
from resolvers.reading.source import SOURCES

T = TypeVar("T")

# How many objects a page has when its query does not say.
PAGE_SIZE = 20

FIRST = "How many objects to show from the start (or after `after`)."
AFTER = "A cursor: show what follows it."
LAST = "How many objects to show from the end (or before `before`)."
BEFORE = "A cursor: show what precedes it."


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = by(Marked("has_next"), "Whether there is more after this page.")
    has_previous_page: bool = by(Marked("has_previous"), "Whether there is more before this page.")
    start_cursor: str | None = by(Marked("start"), "The cursor of the page's first object.")
    end_cursor: str | None = by(Marked("end"), "The cursor of the page's last object.")


@strawberry.type(description="An object and its place in the list.")
class Edge(Generic[T]):
    cursor: str = by(Marked("cursor"), "The object's place in the list, to be used as `after` or `before`.")
    node: T = by(Marked("node"), "The object.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = by(Marked("edges"), "The page's objects with their places.")
    nodes: list[T] = by(Marked("nodes"), "The page's objects alone.")
    page_info: PageInfo = by(Marked("page_info"), "Where the page stands in the list.")
    total_count: int = by(Marked("total"), "How many objects all pages have together, counted exactly.")


def page(
    args: Args,
    run: Run,
    source: str,
    *,
    order: str = "default",
    where: Condition | None = None,
    descending: bool = False,
    reach: str = "own",
    organizer_id: int | None = None,
) -> Ask:
    """What a connection's `first`, `after`, `last`, `before` ask for. Refuses pages without end and foreign cursors."""
    first, last = args.get("first"), args.get("last")
    if first is not None and last is not None:
        raise Invalid("Ask for `first` or for `last`, not for both.", field="last", reason="both")
    limit = _size("first", first, run) if last is None else _size("last", last, run)
    places_given = {
        name: places.decode(args[name], SOURCES[source], order, field=name)
        for name in ("after", "before")
        if args.get(name) is not None
    }
    return Ask(
        limit,
        where,
        order,
        descending,
        last is not None,
        places_given.get("after"),
        places_given.get("before"),
        0,
        reach,
        organizer_id,
    )


def _size(name: str, asked: Any, run: Run) -> int:
    if asked is None:
        return min(PAGE_SIZE, run.limits.page_size_max)
    if not 0 <= asked <= run.limits.page_size_max:
        message = f"`{name}` is from 0 to {run.limits.page_size_max}."
        raise Invalid(message, field=name, reason="out_of_range")
    size: int = asked
    return size

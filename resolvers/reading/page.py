"""The rows that were read of one level, as pages of those above them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.database import Rows
from resolvers.reading.levels import Level
from resolvers.reading.selection import Ask


@dataclass(slots=True)
class Page:
    """The rows of one level, those of each parent together: parent i has rows[starts[i]:starts[i + 1]]."""

    ask: Ask | None
    rows: Rows
    starts: Sequence[int]
    more: Sequence[bool]
    totals: Sequence[int] = (0,)

    @classmethod
    def empty(cls, ask: Ask | None) -> "Page":
        return cls(ask, (), (0, 0), (False,))

    @classmethod
    def of(cls, rows: Rows, ask: Ask) -> "Page":
        """Cut off the row that only told that there are more, and turn a page read backwards around."""
        more = len(rows) > ask.limit
        rows = rows[: ask.limit] if more else rows
        return cls(ask, rows[::-1] if ask.backward else rows, (0, len(rows)), (more,))

    @classmethod
    def gathered(cls, parents: "Page", arrays: slice, ask: Ask) -> "Page":
        """The rows that came with those of the parents, each column as one array; null where there are none."""
        # In front, where rows that are read by keys have their parent's place, is something that nobody asks for.
        found = (row[arrays] for row in parents.rows)
        return cls._paged([[] if row[0] is None else list(zip(row[0], *row, strict=True)) for row in found], ask)

    @classmethod
    def below(cls, rows: Rows, ask: Ask, parents: int, sorted_by: tuple[Callable[[Any], Any], bool] | None) -> "Page":
        """The same of rows that were read by the keys of many parents; their first column is the parent's place."""
        buckets: list[list[Sequence[Any]]] = [[] for _ in range(parents)]
        for row in rows:
            buckets[row[0]].append(row)
        if sorted_by is not None:
            for bucket in buckets:
                bucket.sort(key=sorted_by[0], reverse=sorted_by[1])
        return cls._paged(buckets, ask)

    @classmethod
    def _paged(cls, buckets: Sequence[list[Sequence[Any]]], ask: Ask) -> "Page":
        flat: list[Sequence[Any]] = []
        starts, mores = [0], []
        limit, backward = ask.limit, ask.backward
        for bucket in buckets:
            more = len(bucket) > limit
            mores.append(more)
            if more:
                del bucket[limit:]
            flat += bucket[::-1] if backward else bucket
            starts.append(len(flat))
        return cls(ask, flat, starts, mores)


def keys_of(level: Level, pages: list[Page]) -> list[tuple[Any, ...]]:
    assert level.parent is not None
    rows = pages[level.parent.number].rows
    columns = level.parent_columns
    return [tuple([row[column] for column in columns]) for row in rows]

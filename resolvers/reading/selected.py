"""What a level selects: the fields that were asked of its source, and what to-one relations join to it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Dialect, FromClause, and_
from sqlalchemy.sql.util import ClauseAdapter

from resolvers.reading import places
from resolvers.reading.source import SOURCES, Field, Source, ToMany


@dataclass(slots=True, eq=False, kw_only=True)
class Selected:
    source: Source
    dialect: Dialect
    # What leads here from the rows above; then their place is the first column.
    relation: ToMany | None = None
    _columns: list[ColumnElement[Any]] = field(default_factory=list)
    _indexes: dict[tuple[str, ...], int] = field(default_factory=dict)
    _joins: dict[tuple[str, ...], tuple[FromClause, ColumnElement[bool], bool]] = field(default_factory=dict)

    def source_at(self, path: tuple[str, ...]) -> Source:
        source = self.source
        for name in path:
            source = SOURCES[source.to_one[name].target]
        return source

    @property
    def sources(self) -> Iterator[Source]:
        """Its own source and those joined to it."""
        yield self.source
        yield from (self.source_at(path) for path in self._joins)

    def column(self, path: tuple[str, ...]) -> tuple[int, Field]:
        """The place of a field in this level's rows, and what the field holds."""
        *prefix, name = path
        found = self.source_at(tuple(prefix)).fields[name]
        return self._place(path, lambda: self._at(tuple(prefix), found.expression)), found

    def key(self, path: tuple[str, ...], name: str) -> int:
        """The place of a table's column in this level's rows."""
        at = self._at(path, self.source_at(path).table.c[name])
        return self._place((*path, f"column {name}"), lambda: at)

    def presence(self, path: tuple[str, ...]) -> int | None:
        """The place of a column that is null where the path names no row; None where it always names one."""
        nullable = [path[: end + 1] for end in range(len(path)) if self._is_nullable(path[: end + 1])]
        if not nullable:
            return None
        target = self.source_at(path[:-1]).to_one[path[-1]]
        return self.key(path, target.on[-1][1])

    def placer(self, order: str) -> Callable[[Sequence[Any]], str]:
        """Given a row, the opaque text of its place in the order."""
        encode = places.encoder(order)
        shift = 0 if self.relation is None else 1
        indexes = [self.column((name,))[0] + shift for name in self.source.orders[order].fields]
        return lambda row: encode(*[row[index] for index in indexes])

    def _place(self, key: tuple[str, ...], make: Callable[[], ColumnElement[Any]]) -> int:
        if key not in self._indexes:
            self._indexes[key] = len(self._columns)
            self._columns.append(make())
        return self._indexes[key]

    def _is_nullable(self, path: tuple[str, ...]) -> bool:
        return self.source_at(path[:-1]).to_one[path[-1]].nullable

    def _at(self, path: tuple[str, ...], expression: ColumnElement[Any]) -> ColumnElement[Any]:
        table = self._table(path)
        if table is self.source.table:
            return expression
        adapted: ColumnElement[Any] = ClauseAdapter(table).traverse(expression)
        return adapted

    def _table(self, path: tuple[str, ...]) -> FromClause:
        if not path:
            return self.source.table
        if path not in self._joins:
            left, relation = self._table(path[:-1]), self.source_at(path[:-1]).to_one[path[-1]]
            target = SOURCES[relation.target].table.alias("_".join(path))
            on = and_(*[left.c[own] == target.c[other] for own, other in relation.on])
            if relation.own_only:
                on = and_(on, *self._listed(SOURCES[relation.target], target))
            outer = any(self._is_nullable(path[: end + 1]) for end in range(len(path)))
            self._joins[path] = (target, on, outer)
        return self._joins[path][0]

    @property
    def width(self) -> int:
        """How many columns there are, without the parent's place."""
        return max(len(self._columns), 1)

    def _from(self, base: FromClause) -> FromClause:
        joined = base
        for target, on, outer in self._joins.values():
            joined = joined.join(target, on, isouter=outer)
        return joined

    def _listed(self, source: Source, alias: FromClause) -> list[ColumnElement[bool]]:
        """That the row of another source is one that the asker could list."""
        conditions = [source.reaches["any"], *([] if source.always is None else [source.always])]
        return [ClauseAdapter(alias).traverse(condition(self.dialect)) for condition in conditions]

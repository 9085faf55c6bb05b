"""Many rows in one statement, on both engines: the rows travel as one JSON text, whatever their number.

A slice is as large as one unit of work should be: whoever else wants to write waits for one slice at most.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    Dialect,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from models.database import Rows, dialect_of
from resolvers.reading.conditions import any_of

T = TypeVar("T")

# Rows in one unit of work.
ROWS_MAX = 500
_ORDINAL = "ordinal"


def sliced(rows: Sequence[T], size: int = ROWS_MAX) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


class Writing(Protocol):
    """An open transaction: the database's own, or a unit of work."""

    @property
    def dialect(self) -> Dialect: ...
    async def rows(self, clause: Executable, /, **parameters: Any) -> Rows: ...


@dataclass(frozen=True)
class Slice:
    """How rows of a table are added many at a time.

    `names` are the columns given, `unique` those by which a row is known: one that exists is left alone.
    """

    table: Table
    names: tuple[str, ...]
    unique: tuple[str, ...]

    async def insert(self, tx: Writing, rows: Sequence[Mapping[str, Any]]) -> Rows:
        """Add the rows that do not exist, in their order; `unique` of those added."""
        return await tx.rows(_insertion(self, tx.dialect.name), rows=self.text(rows)) if rows else ()

    async def ensure(
        self, tx: Writing, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[tuple[Any, ...], int], set[tuple[Any, ...]]]:
        """The ids of all these rows by `unique`, and which of them were added now."""
        added = {tuple(row) for row in await self.insert(tx, rows)}
        if not rows:
            return {}, added
        given = {f"values{number}": {row[name] for row in rows} for number, name in enumerate(self.unique)}
        found = await tx.rows(_finding(self, tx.dialect), **given)
        return {tuple(row[1:]): row[0] for row in found}, added

    def text(self, rows: Sequence[Mapping[str, Any]]) -> str:
        """In SQLite's stored form, which PostgreSQL reads too: 0 and 1 as booleans, texts as times."""
        columns = [self.table.c[name] for name in self.names]
        dialect = dialect_of("sqlite+aiosqlite")
        bound = [(str(each.name), each.type.dialect_impl(dialect).bind_processor(dialect)) for each in columns]
        stored = [
            {name: row[name] if bind is None else bind(row[name]) for name, bind in bound} | {_ORDINAL: number}
            for number, row in enumerate(rows)
        ]
        return orjson.dumps(stored).decode()


@cache
def _insertion(of: Slice, engine: str) -> Executable:
    module: Any = postgresql if engine == "postgresql" else sqlite
    rows = rows_of(of, engine)
    adding = module.insert(of.table).from_select(of.names, rows)
    returned = [of.table.c[name] for name in of.unique]
    executable: Executable = adding.on_conflict_do_nothing(index_elements=of.unique).returning(*returned)
    return executable


def rows_of(of: Slice, engine: str) -> Select[Any]:
    """The rows that the parameter `rows` holds as `Slice.text` wrote them, by the slice's names, in their order."""
    return _rows_on_postgresql(of) if engine == "postgresql" else _rows_on_sqlite(of)


def _rows_on_postgresql(of: Slice) -> Select[Any]:
    given = [column(name, of.table.c[name].type) for name in of.names]
    function = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
    rows = function.table_valued(*given, column(_ORDINAL, Integer)).render_derived(name="given", with_types=True)
    return select(*[rows.c[name] for name in of.names]).order_by(rows.c[_ORDINAL])


def _rows_on_sqlite(of: Slice) -> Select[Any]:
    rows = func.json_each(bindparam("rows", type_=Text)).table_valued("key", "value")
    values = [func.json_extract(rows.c.value, f"$.{name}") for name in of.names]
    # Without a WHERE, SQLite takes ON CONFLICT for a join's ON.
    return select(*values).where(true()).order_by(rows.c.key)


@cache
def _finding(of: Slice, dialect: Dialect) -> Executable:
    key = [of.table.c[name] for name in of.unique]
    among = [any_of(each, f"values{number}", dialect) for number, each in enumerate(key)]
    return select(of.table.c.id, *key).where(*among)

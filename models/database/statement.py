"""A SQLAlchemy statement compiled once per engine, and one run of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Dialect, Float, Insert, Table
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.crud import REQUIRED

Rows: TypeAlias = Sequence[Sequence[Any]]
Processor = Callable[[Any], Any]
# PostgreSQL's number of the type `double precision`: SQLAlchemy goes by it, and finds that there is nothing to do.
FLOAT8 = 701


class Query(NamedTuple):
    """One run of a statement: what the driver is given.

    A `remembered` query's rows may be those of an earlier run, if nothing at all was committed since.
    """

    sql: str
    args: tuple[Any, ...]
    remembered: bool = False


class Statement:
    """A statement for one engine. Parameters are named `bindparam`s; rows are raw or, by `read`, Python values."""

    __slots__ = ("_binds", "_results", "sql", "writes")

    def __init__(self, clause: Executable, dialect: Dialect) -> None:
        columns = _given(clause)
        compiled = clause.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self.writes = compiled.dml_compile_state is not None or any(cte.element.is_dml for cte in compiled.ctes or ())
        self._binds = self._bindings(compiled, {} if columns is None else dict.fromkeys(columns))
        self._results = self._processors(compiled, dialect)

    def query(self, parameters: Mapping[str, Any], *, remembered: bool = False) -> Query:
        """The statement with these parameters.

        A name left out takes the value the statement was built with; in an INSERT that names no columns it is NULL.
        """
        args = []
        for name, default, processor in self._binds:
            value = parameters[name] if default is REQUIRED else parameters.get(name, default)
            args.append(value if processor is None else processor(value))
        return Query(self.sql, tuple(args), remembered)

    def read(self, rows: Rows) -> Rows:
        """Rows as the driver gave them, as rows of Python values."""
        if not self._results:
            return rows
        return [
            tuple(
                value if process is None else process(value) for process, value in zip(self._results, row, strict=True)
            )
            for row in rows
        ]

    @staticmethod
    def _bindings(compiled: SQLCompiler, absent: Mapping[str, None]) -> list[tuple[str, Any, Processor | None]]:
        found: list[tuple[str, Any, Processor | None]] = []
        for name in compiled.positiontup or []:
            bind = compiled.binds[name]
            default = absent.get(name, REQUIRED if bind.required else bind.value)
            processor: Any = compiled._bind_processors.get(name)
            found.append((name, default, processor))
        return found

    @staticmethod
    def _processors(compiled: SQLCompiler, dialect: Dialect) -> list[Processor | None]:
        found: list[Processor | None] = [
            column.type._cached_result_processor(dialect, FLOAT8 if isinstance(column.type, Float) else None)
            for column in compiled._result_columns
        ]
        return found if any(found) else []


def _given(clause: Executable) -> list[str] | None:
    """An INSERT that names no columns is given all but the id, which the engine makes."""
    if not isinstance(clause, Insert) or clause.select is not None or clause._values or clause._multi_values:
        return None
    assert isinstance(clause.table, Table)
    made = clause.table.autoincrement_column
    return [column.name for column in clause.table.c if column is not made]

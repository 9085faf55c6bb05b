"""A SQLAlchemy statement compiled once per engine, and one run of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

Rows: TypeAlias = Sequence[Sequence[Any]]
Processor = Callable[[Any], Any]


class Query(NamedTuple):
    """One run of a statement: what the driver is given.

    A `remembered` query's rows may be those of an earlier run, if nothing at all was committed since.
    """

    sql: str
    args: tuple[Any, ...]
    remembered: bool = False


class Statement:
    """A statement for one engine. Parameters are named `bindparam`s; rows come back raw or, by `read`, as Python values."""

    __slots__ = ("_binds", "_results", "sql", "writes")

    def __init__(self, clause: Executable, dialect: Dialect) -> None:
        compiled = clause.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self.writes = compiled.isinsert or compiled.isupdate or compiled.isdelete
        self._binds = self._bindings(compiled)
        self._results = self._processors(compiled, dialect)

    def query(self, parameters: Mapping[str, Any]) -> Query:
        """The statement with these parameters. A name left out takes the value the statement was built with."""
        args = []
        for name, default, processor in self._binds:
            value = parameters[name] if name in parameters else default
            args.append(value if processor is None else processor(value))
        return Query(self.sql, tuple(args))

    def read(self, rows: Rows) -> Rows:
        """Rows as the driver gave them, as rows of Python values."""
        if not self._results:
            return rows
        return [
            tuple(value if process is None else process(value) for process, value in zip(self._results, row, strict=True))
            for row in rows
        ]

    @staticmethod
    def _bindings(compiled: SQLCompiler) -> list[tuple[str, Any, Processor | None]]:
        names = compiled.positiontup or []
        processors, defaults = compiled._bind_processors, compiled.params
        found: list[tuple[str, Any, Processor | None]] = []
        for name in names:
            processor = processors.get(name)
            assert not isinstance(processor, tuple)
            found.append((name, defaults.get(name), processor))
        return found

    @staticmethod
    def _processors(compiled: SQLCompiler, dialect: Dialect) -> list[Processor | None]:
        found = [column.type._cached_result_processor(dialect, None) for column in compiled._result_columns]
        return found if any(found) else []

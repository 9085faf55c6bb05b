"""Where the contenders keep their rows: a SQLite file each, or a database each in one PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.postgresql import PostgreSQL


class Engine(Protocol):
    name: str

    @property
    def pids(self) -> tuple[int, ...]:
        """Processes of the database itself, whose CPU time is shown apart."""

    def database(self, name: str) -> str:
        """Makes an empty database and answers its SQLAlchemy URL."""

    def settle(self, name: str) -> None:
        """Does at once what the engine would do in time about a database that has just been filled."""


class Sqlite:
    name = "sqlite"
    pids: tuple[int, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def database(self, name: str) -> str:
        return f"sqlite+aiosqlite:///{self.folder / name}.sqlite3"

    def settle(self, name: str) -> None:
        """Nothing: foyer and its peers run without statistics."""


class Postgresql:
    name = "postgresql"

    def __init__(self, server: PostgreSQL) -> None:
        self.server = server

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.server.process.pid,) if self.server.process else ()

    def database(self, name: str) -> str:
        return self.server.create(name)

    def settle(self, name: str) -> None:
        """Without statistics a nested list was read a hundred times slower by one peer, until autovacuum came by.

        A table without rows is left as it is: its statistics would say that it has none, and until autovacuum came by
        all that is written meanwhile would be searched from the beginning.
        """
        every = self.server.execute("SELECT relname FROM pg_stat_user_tables", database=name).split()
        filled = [f'"{table}"' for table in every if self._has_rows(name, table)]
        self.server.execute(f"VACUUM ANALYZE {', '.join(filled)}", database=name)

    def _has_rows(self, name: str, table: str) -> bool:
        return self.server.execute(f'SELECT EXISTS (SELECT FROM "{table}")', database=name) == "t"


@contextmanager
def engine_named(name: str, folder: Path) -> Iterator[Engine]:
    if name == "sqlite":
        yield Sqlite(folder)
    else:
        # As it would run in earnest: commits are flushed, and autovacuum looks after what the writes leave.
        with PostgreSQL.started(durable=True, autovacuum="on", shared_buffers="256MB") as server:
            yield Postgresql(server)

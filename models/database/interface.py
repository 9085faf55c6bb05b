"""What a database can do, whichever engine it is."""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable

from models.database.statement import Query, Rows

T = TypeVar("T")

# A plan asks for queries and is sent their rows; what it returns is the answer. Made anew for each run.
Plan: TypeAlias = Generator[Query, Rows, T]
# A unit of work is ordinary code over one open transaction. It may be run again from the start.
Unit: TypeAlias = Callable[["Tx"], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class Connect:
    """How to reach a database, and how long to wait for it."""

    url: str
    # Longest stay of one plan on the event loop (SQLite); a longer one is stopped and run again off it.
    inline_deadline_seconds: float = 0.005
    # Longest time one read may take in all.
    read_timeout_seconds: float = 5.0
    # Longest time a write may wait for its turn, its locks and its commit.
    write_timeout_seconds: float = 5.0
    # Most units of work in one commit.
    group_max: int = 64
    # Most connections of one process that read (PostgreSQL), and threads that read off the loop (SQLite).
    connections_max: int = 8
    # SQLite's `synchronous`: FULL survives a power cut, NORMAL may lose the last commits then.
    synchronous: str = "FULL"


class Tx(Protocol):
    """One open transaction."""

    @property
    def dialect(self) -> Dialect: ...

    async def rows(self, clause: Executable, /, **parameters: Any) -> Rows:
        """Run a statement, compiled once per clause; rows of Python values."""

    async def row(self, clause: Executable, /, **parameters: Any) -> Any:
        """The first row as a tuple, or None."""

    async def run(self, plan: Plan[T]) -> T:
        """A reading plan, inside this transaction: it sees what was just written."""

    async def attempt(self, unit: Unit[T]) -> T:
        """Run the unit under a savepoint: if it raises, what it wrote is undone and the transaction goes on."""


class Database(Protocol):
    """Reads by plans, writes by units of work. Both raise `Unavailable` when the database does not answer in time."""

    @property
    def dialect(self) -> Dialect: ...

    async def start(self) -> None:
        """Open what is needed; raises `Unavailable` if there is no database to open."""

    async def close(self) -> None:
        """End every connection; units that were taken on are finished first."""

    async def read(self, plan: Callable[[], Plan[T]], *, snapshot: bool = False) -> T:
        """Run a plan. With `snapshot` all its queries see one state of the database."""

    async def write(self, unit: Unit[T], *, bulk: bool = False) -> T:
        """Run a unit; when this returns, what it wrote is durable. If it raises, it wrote nothing.

        A `bulk` unit is part of work that takes long: others wait for one of them at most, and commit without it.
        """

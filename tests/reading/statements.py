"""Which statements a read really runs, told by the drivers themselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from models.database.postgresql import PostgresqlDatabase
from models.database.sqlite import SqliteDatabase
from tests.world import World


@dataclass(slots=True)
class Statements:
    all: list[str] = field(default_factory=list)

    @property
    def queries(self) -> list[str]:
        return [statement for statement in self.all if statement.startswith(("SELECT", "WITH"))]

    @property
    def others(self) -> list[str]:
        """What frames them, by the first word: BEGIN, ROLLBACK; PRAGMA for a count that may be remembered."""
        return [statement.split()[0] for statement in self.all if statement not in self.queries]


@asynccontextmanager
async def traced(world: World) -> AsyncIterator[Statements]:
    """Everything the connection runs that reads: the inline one of SQLite, the one on top of PostgreSQL's stack."""
    found = Statements()
    database = world.database
    if isinstance(database, SqliteDatabase):
        assert database._inline is not None
        connection = database._inline.connection
        connection.set_trace_callback(lambda statement: found.all.append(statement.lstrip()))
        yield found
        connection.set_trace_callback(None)
        return
    assert isinstance(database, PostgresqlDatabase)
    # Tests read one after the other, always by the connection that was put back last.
    top = database._readers._idle[-1]

    def log(record: Any) -> None:
        found.all.append(record.query.lstrip())

    top.add_query_logger(log)
    yield found
    await asyncio.sleep(0)  # the driver tells of a query in the loop's next turn
    top.remove_query_logger(log)

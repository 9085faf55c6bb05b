"""One statement read by itself."""

from collections.abc import Generator
from functools import partial
from typing import Any

from models.database.interface import Database
from models.database.statement import Query, Rows, Statement


async def asked(database: Database, statement: Statement, **parameters: Any) -> Rows:
    """The rows of one statement, outside of any transaction."""
    return statement.read(await database.read(partial(_rows, statement.query(parameters))))


def _rows(query: Query) -> Generator[Query, Rows, Rows]:
    return (yield query)

"""An open database for tests of verbs, and ways to look into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from sqlalchemy.sql.base import Executable

from models.database import Connect, Database, Rows, Tx, open_database
from resolvers.start_state import Document, parse


@asynccontextmanager
async def opened(url: str, **limits: Any) -> AsyncIterator[Database]:
    database = open_database(Connect(url, **limits))
    await database.start()
    try:
        yield database
    finally:
        await database.close()


async def rows(database: Database, clause: Executable, **parameters: Any) -> Rows:
    """Run any statement in a transaction of its own."""

    async def unit(tx: Tx) -> Rows:
        return await tx.rows(clause, **parameters)

    return await database.write(unit)


def parsed(document: dict[str, Any]) -> Document:
    return parse(orjson.dumps(document))

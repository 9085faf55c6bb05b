"""A database for the length of a command."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import select

from models.database import Database, Plan, Rows, Statement, open_database
from models.organizer import organizer
from resolvers.context import Context
from resolvers.principals import system
from server.migrating import is_current
from server.refused import Refused
from server.settings import Settings

ORGANIZERS = select(organizer.c.slug, organizer.c.id)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The migrated database of the settings, open. Raises `Refused` if it is not migrated."""
    require_current(settings)
    database = open_database(settings.connect())
    await database.start()
    try:
        yield database
    finally:
        await database.close()


def require_current(settings: Settings) -> None:
    if not is_current(settings.database_url):
        raise Refused("The database is not migrated to this version of foyer. Run: python -m server migrate")


async def everything(database: Database) -> Context:
    """The context of the command line: every organizer, every permission."""
    query = Statement(ORGANIZERS, database.dialect).query({})

    def plan() -> Plan[Rows]:
        return (yield query)

    slugs: Mapping[str, int] = dict(map(tuple, await database.read(plan)))
    return Context(database, system(slugs))

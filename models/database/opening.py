"""Which engine a URL means."""

from functools import cache
from importlib import import_module

from sqlalchemy import Dialect, make_url

from models.database.interface import Connect, Database

# PostgreSQL's driver is an optional dependency, so its module is imported when a URL asks for it.
ENGINES = {
    "sqlite+aiosqlite": ("models.database.sqlite", "SqliteDatabase"),
    "postgresql+asyncpg": ("models.database.postgresql", "PostgresqlDatabase"),
}


def open_database(connect: Connect) -> Database:
    """The database of a URL, not yet started. Refuses other engines and in-memory SQLite with a ValueError."""
    module, name = ENGINES[checked_driver(connect.url)]
    database: Database = getattr(import_module(module), name)(connect)
    return database


def checked_driver(url: str) -> str:
    parsed = make_url(url)
    if parsed.drivername not in ENGINES:
        raise ValueError(f"{parsed.drivername!r} is not one of {', '.join(ENGINES)}")
    if parsed.drivername.startswith("sqlite") and parsed.database in (None, "", ":memory:"):
        raise ValueError("SQLite needs a file: an in-memory database has one connection, and foyer uses several")
    return parsed.drivername


@cache
def dialect_of(drivername: str) -> Dialect:
    """SQLAlchemy's dialect object for compiling statements; positional parameters, as the bare drivers take them."""
    url = make_url(f"{drivername}://")
    dialect: Dialect = url.get_dialect()(**({"paramstyle": "qmark"} if url.drivername.startswith("sqlite") else {}))
    return dialect

"""Bringing a database to the newest tables, from however many processes at once.

Each migration is one transaction that begins by taking the lock on the version table, and only then looks
whether the step is still to be made: of two processes the second waits, and finds nothing left to do. On
SQLite the lock is BEGIN IMMEDIATE's. Foreign keys are not enforced meanwhile there, where rebuilding a table
would delete its children without an error; they are checked before each commit instead.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    NullPool,
    PrimaryKeyConstraint,
    String,
    Table,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.schema import CreateTable

import migrations
from models.database.opening import checked_driver
from models.problems import Unavailable

T = TypeVar("T")

# How long to wait for another process that migrates.
LOCK_TIMEOUT_SECONDS = 60
VERSIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
# What PostgreSQL says if another transaction makes the same table at this moment.
MADE_BY_ANOTHER = {"23505", "42P07"}
SQLITE_OUT_OF_REACH = ("locked", "readonly", "disk", "not a database", "malformed")


class UnknownRevision(Exception):
    """The database was migrated by a newer foyer."""


def migrate(url: str) -> None:
    """Make every step that the database lacks; a database that does not exist yet is created on SQLite only.

    Refuses with `Unavailable` a database that cannot be reached, with `UnknownRevision` one newer than us.
    Runs in a thread of its own, so it may be called with or without a running event loop.
    """
    _run(url, _upgrade)


def downgrade(url: str, revision: str) -> None:
    """Undo every step after `revision` (`base`: all of them). What the undone tables held is lost."""

    def work(connection: Connection) -> None:
        with connection.begin():
            _lock(connection)
            command.downgrade(_config(connection), revision)
            _check_references(connection)

    _run(url, work)


def is_current(url: str) -> bool:
    """Whether the database has our newest tables; False for one that is newer, too. Changes nothing."""
    if checked_driver(url).startswith("sqlite") and not _path(url).exists():
        return False
    return _run(url, _current, reading=True) == _revisions()[-1]


def _upgrade(connection: Connection) -> None:
    _make_version_table(connection)
    for revision in _revisions():
        with connection.begin():
            _lock(connection)
            if revision in _missing(connection):
                command.upgrade(_config(connection), revision)
                _check_references(connection)


def _missing(connection: Connection) -> list[str]:
    current, revisions = _current(connection), _revisions()
    if current is None:
        return revisions
    if current not in revisions:
        raise UnknownRevision(f"The database is at revision {current!r}: made by a newer foyer than this.")
    return revisions[revisions.index(current) + 1 :]


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSIONS.name):
        return None
    return connection.execute(select(VERSIONS.c.version_num)).scalar()


def _revisions() -> list[str]:
    """Ours, oldest first; the history has no branches."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _make_version_table(connection: Connection) -> None:
    try:
        with connection.begin():
            connection.execute(CreateTable(VERSIONS, if_not_exists=True))
    except (IntegrityError, ProgrammingError) as error:
        if getattr(error.driver_exception, "sqlstate", None) not in MADE_BY_ANOTHER:
            raise


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'"))
        connection.execute(text(f"LOCK TABLE {VERSIONS.name} IN ACCESS EXCLUSIVE MODE"))


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            table, row, missing = broken[:3]
            raise RuntimeError(f"The migration would leave row {row} of {table!r} without its {missing!r}.")


# -- connecting ----------------------------------------------------------------------------------------------


def _run(url: str, work: Callable[[Connection], T], *, reading: bool = False) -> T:
    checked_driver(url)
    with ThreadPoolExecutor(1, thread_name_prefix="migrating") as thread:
        return thread.submit(lambda: asyncio.run(_connected(url, work, reading))).result()


async def _connected(url: str, work: Callable[[Connection], T], reading: bool) -> T:
    on_sqlite = url.startswith("sqlite")
    engine = _sqlite(url, reading) if on_sqlite else create_async_engine(url, poolclass=NullPool)
    try:
        if on_sqlite:
            _probe(_path(url), reading)
        connection = await engine.connect()
    except Exception as error:
        raise Unavailable(f"The database cannot be reached: {_reason(error)}.", retry_after=5) from error
    try:
        return await connection.run_sync(work)
    except DBAPIError as error:
        if _is_out_of_reach(error):
            raise Unavailable(f"The database cannot be migrated: {_reason(error)}.", retry_after=5) from error
        raise
    finally:
        await connection.close()
        await engine.dispose()


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _probe(path: Path, reading: bool) -> None:
    """Open the file as SQLite will: its driver says only that it cannot, and leaves a thread behind."""
    with path.open("rb" if reading else "ab"):
        pass


def _sqlite(url: str, reading: bool) -> AsyncEngine:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": LOCK_TIMEOUT_SECONDS})

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: object) -> None:
        # The driver begins no transactions by itself; the listener below does.
        connection.isolation_level = None
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA foreign_keys = OFF")
            if not reading:
                _switch_to_wal(cursor, engine.dialect.loaded_dbapi.OperationalError)
            cursor.close()
        except BaseException:
            # The pool forgets a connection whose listener fails; its thread would go on.
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _switch_to_wal(cursor: Any, refused: type[Exception]) -> None:
    """The one statement for which SQLite does not always wait for other processes."""
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except refused as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _is_out_of_reach(error: DBAPIError) -> bool:
    """The machine's state rather than a fault of a migration: a lock held for too long, a file not ours."""
    lock_timeout = getattr(error.driver_exception, "sqlstate", None) == "55P03"
    return lock_timeout or any(words in str(error.orig) for words in SQLITE_OUT_OF_REACH)


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).rstrip(".") or type(cause).__name__

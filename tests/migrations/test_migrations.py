"""That the steps of `migrations` give the tables of `models`: on both engines, forth and back, at once."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_mock_engine, inspect, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from models.problems import Unavailable
from models.tables import metadata
from server.migrating import UnknownRevision, downgrade, is_current, migrate

T = TypeVar("T")

MIGRATE = "import sys; from server.migrating import migrate; migrate(sys.argv[1])"


# SQLAlchemy does not reflect an index on an expression on SQLite; the stored SQL is compared below instead.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrated_equals_metadata(database_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    assert within(database_url, differences) == []


def test_migrated_sqlite_has_the_very_statements_of_metadata(sqlite_url: str) -> None:
    """Constraint by constraint: autogenerate sees neither checks nor STRICT nor deferral."""
    expected: list[str] = []
    engine: Any = create_mock_engine(
        "sqlite://", lambda clause, *_, **__: expected.append(str(clause.compile(dialect=engine.dialect)))
    )
    metadata.create_all(engine, checkfirst=False)
    others = "'alembic_version', 'sqlite_sequence'"
    query = f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT IN ({others})"
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection:
        stored = [sql for (sql,) in connection.execute(query)]
    assert sorted(map(normalised, stored)) == sorted(map(normalised, expected))


def test_postgresql_has_the_constraints_of_sqlite(postgresql_url: str) -> None:
    """Those that autogenerate does not compare: checks, and what is deferred."""
    named = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if constraint.__class__.__name__ == "CheckConstraint"
    }
    query = text("SELECT conname, condeferred FROM pg_constraint WHERE contype = 'c' OR condeferred")

    def constraints(connection: Connection) -> dict[str, bool]:
        return {row[0]: row[1] for row in connection.execute(query)}

    found = within(postgresql_url, constraints)
    # The tables of the catalogue bring a few checks of their own.
    assert named - set(found) == set()
    assert [name for name, deferred in found.items() if deferred] == ["fk_gift_card_newest_transaction"]


def test_every_table_is_strict_on_sqlite(sqlite_url: str) -> None:
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection:
        loose = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict")
        assert {name for (name,) in loose} <= {"alembic_version", "sqlite_schema", "sqlite_sequence"}


def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert is_current(database_url)
    migrate(database_url)
    assert is_current(database_url)


def test_the_way_back_leaves_nothing(database_url: str) -> None:
    downgrade(database_url, "base")
    assert within(database_url, table_names) == ["alembic_version"]
    assert not is_current(database_url)
    migrate(database_url)
    assert set(within(database_url, table_names)) == {"alembic_version", *metadata.tables}


def test_actions_keep_their_rows_while_their_table_is_rebuilt(database_url: str) -> None:
    """And what is below them, which a dropped table would take along; ids that were given out are not given again."""
    downgrade(database_url, "0004")
    rows = [
        "INSERT INTO organizer (id, slug, name, created_at) VALUES (1, 'a', 'A', '2026-01-01T00:00:00Z')",
        *[
            "INSERT INTO action (organizer_id, token, type, status, input, created_at) "
            f"VALUES (1, 'aa_{number}', 'VOUCHERS.IMPORT', 'DONE', '[]', '2026-01-01T00:00:00Z')"
            for number in (1, 2)
        ],
        "INSERT INTO action_input (organizer_id, action_id, number, content) VALUES (1, 1, 0, '[]')",
        "INSERT INTO action_failure (organizer_id, action_id, reason) VALUES (1, 1, 'none')",
        "DELETE FROM action WHERE id = 2",
    ]
    executed(database_url, *rows)
    migrate(database_url)
    issue = (
        "INSERT INTO action (organizer_id, token, type, status, input, created_at) "
        "VALUES (1, 'aa_3', 'GIFT_CARDS.ISSUE', 'DONE', '[]', '2026-01-01T00:00:00Z')"
    )
    found = "SELECT (SELECT count(*) FROM action_input), (SELECT count(*) FROM action_failure), max(id) FROM action"
    assert executed(database_url, issue, found) == [(1, 1, 3)]
    downgrade(database_url, "0004")
    assert executed(database_url, found) == [(1, 1, 1)]


async def test_migrating_from_a_running_event_loop(empty_database_url: str) -> None:
    assert not is_current(empty_database_url)
    migrate(empty_database_url)
    assert is_current(empty_database_url)


def test_processes_that_migrate_at_once_all_end_well(empty_database_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", MIGRATE, empty_database_url]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 3
    assert is_current(empty_database_url)


def test_threads_that_migrate_at_once_all_end_well(empty_database_url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(migrate, [empty_database_url] * 8))
    assert is_current(empty_database_url)


def test_a_newer_database_is_left_alone(database_url: str) -> None:
    within(
        database_url,
        lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")),
    )
    with pytest.raises(UnknownRevision, match="9999"):
        migrate(database_url)
    assert not is_current(database_url)


def test_looking_makes_no_file(empty_sqlite_url: str) -> None:
    assert not is_current(empty_sqlite_url)
    assert not path_of(empty_sqlite_url).exists()


def test_sqlite_is_in_wal_mode(sqlite_url: str) -> None:
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_is_no_database_is_unavailable(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear reader,\n" * 100)
    for work in (migrate, is_current):
        with pytest.raises(Unavailable, match="not a database"):
            work(f"sqlite+aiosqlite:///{other}")
    with pytest.raises(Unavailable, match="No such file"):
        migrate(f"sqlite+aiosqlite:///{tmp_path}/nowhere/foyer.sqlite3")


def test_an_unreachable_server_is_unavailable(postgresql_url: str) -> None:
    for wrong in (postgresql_url + "_", "postgresql+asyncpg://foyer@127.0.0.1:1/foyer"):
        with pytest.raises(Unavailable, match="cannot be reached"):
            migrate(wrong)


def within(url: str, work: Callable[[Connection], T]) -> T:
    async def run() -> T:
        engine = create_async_engine(url, poolclass=NullPool)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def executed(url: str, *statements: str) -> Any:
    """The rows of the last of these statements."""

    def run(connection: Connection) -> Any:
        results = [connection.execute(text(statement)) for statement in statements]
        return results[-1].all() if results[-1].returns_rows else None

    return within(url, run)


def table_names(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def normalised(sql: str) -> str:
    """One line, and the parts of a table in the order of the alphabet: a column that was added later stands last.

    SQLite puts the name of a table that was renamed in quotes.
    """
    line = re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", re.sub(r"\s+", " ", sql).strip())
    table = re.fullmatch(r"(CREATE TABLE \S+) ?\( ?(.*?) ?\)( ?STRICT)", line)
    if table is None:
        return line
    parts = re.split(r", (?![^(]*\))", table[2])
    return f"{table[1]} ({', '.join(sorted(parts))}) STRICT"


def path_of(url: str) -> Path:
    return Path(make_url(url).database or "")

"""A fresh database for every test that asks for one, on both engines.

Migrating takes longer than most tests, so each test process migrates one template per engine and every test
gets a copy of it: a file for SQLite, `CREATE DATABASE … TEMPLATE` for PostgreSQL.
"""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest

from server.migrating import migrate
from tests.doors import DOORS, Door
from tests.postgresql import PostgreSQL
from tests.world import World, opened

_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_engine(request: pytest.FixtureRequest) -> str:
    """Both in turn; `@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)` picks one."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(database_engine: str, request: pytest.FixtureRequest) -> str:
    """A migrated, otherwise empty database of this test's own: `sqlite+aiosqlite://…`, then `postgresql+asyncpg://…`."""
    url: str = request.getfixturevalue(f"{database_engine}_url")
    return url


@pytest.fixture
def empty_database_url(database_engine: str, request: pytest.FixtureRequest) -> str:
    """The same before any migration."""
    url: str = request.getfixturevalue(f"empty_{database_engine}_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    return _url(Path(shutil.copyfile(sqlite_template, tmp_path / "foyer.sqlite3")))


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return _url(tmp_path / "empty.sqlite3")


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL, postgresql_template: str) -> Iterator[str]:
    with _database(postgresql, template=postgresql_template) as url:
        yield url


@pytest.fixture
def empty_postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    with _database(postgresql, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """This test process's server, without durability; tests about that start their own `PostgreSQL`."""
    with PostgreSQL.started() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgreSQL) -> str:
    _migrate(postgresql.create("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "foyer.sqlite3"
    _migrate(_url(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it in the one file that is copied
    return path


@contextmanager
def _database(server: PostgreSQL, *, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield server.create(name, template=template)
    server.drop(name)


def _url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _migrate(url: str) -> None:
    """In a thread of its own: Alembic's environment may run an event loop, and the tests have theirs."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(migrate, url).result()


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """The app over a fresh database on either engine, with organizers and tokens."""
    async with opened(database_url) as found:
        yield found


@pytest.fixture(params=list(DOORS))
def door(world: World, request: pytest.FixtureRequest) -> Door:
    """Each door of the world in turn: a behaviour is the same through all of them."""
    return DOORS[request.param](world)

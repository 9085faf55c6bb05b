"""One server per engine and test process; the tests share it, so each makes what it needs under names of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import PostgreSQL
from tests.voucherify.house import ACME, BETA, running
from tests.voucherify.shop import Shop


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def address(engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the server is."""
    folder = tmp_path_factory.mktemp(f"voucherify-{engine}")
    with running(_database(engine, request, folder), folder) as found:
        yield found


@pytest.fixture(scope="session")
def shop(address: str) -> Iterator[Shop]:
    """An organizer's programs, through the official SDK."""
    with Shop.opened(address, ACME) as found:
        yield found


@pytest.fixture(scope="session")
def other_shop(address: str) -> Iterator[Shop]:
    """Those of another organizer of the same server."""
    with Shop.opened(address, BETA) as found:
        yield found


def _database(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if engine == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return f"sqlite+aiosqlite:///{shutil.copyfile(template, folder / 'foyer.sqlite3')}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.create("voucherify", template=request.getfixturevalue("postgresql_template"))

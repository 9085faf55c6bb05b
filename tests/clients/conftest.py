"""One server with the demo's data for each test process, and what npm installs: `make test-clients`."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.house import running
from tests.clients.node import FOLDER, NODE_MIN, copy
from tests.npm import install


@pytest.fixture(scope="session")
def packages() -> Path:
    """Where the clients are installed, as the lock says; tests are skipped where they cannot be."""
    install(FOLDER)
    found = subprocess.run(["node", "-p", "process.versions.node"], capture_output=True, text=True, check=True).stdout
    if int(found.split(".")[0]) < NODE_MIN:
        pytest.skip(f"the clients need node {NODE_MIN}; this is {found.strip()}")
    return FOLDER / "node_modules"


@pytest.fixture
def workshop(packages: Path, tmp_path: Path) -> Path:
    """A copy of this folder, so that what compilers write stays out of the checkout."""
    return copy(FOLDER, tmp_path / "clients", packages)


@pytest.fixture(scope="session")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server with the demo's data and the default settings is."""
    folder = tmp_path_factory.mktemp("clients")
    url = f"sqlite+aiosqlite:///{shutil.copyfile(sqlite_template, folder / 'foyer.sqlite3')}"
    with running(url, folder) as found:
        yield found

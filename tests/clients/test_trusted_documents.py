"""The manifest that relay-compiler writes, signed, at a server that runs nothing but it."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.house import running
from tests.clients.node import FOLDER, Outcomes, checks_in
from tests.clients.test_relay import compiled_in
from tests.servers import printed, run

pytestmark = pytest.mark.clients

FILE = FOLDER / "relay/trusted.mjs"
KEY = "a-key-for-the-manifest"


@pytest.fixture(scope="module")
def outcomes(packages: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    folder = compiled_in(tmp_path_factory.mktemp("trusted") / "clients", packages, "relay.persisted.json")
    manifest = folder / "relay/manifest.json"
    url = f"sqlite+aiosqlite:///{shutil.copyfile(sqlite_template, folder / 'foyer.sqlite3')}"
    log = folder / "sign.log"
    signed = asyncio.run(run(url, "documents", "sign", str(manifest), log=log, graphql_documents_key=KEY))
    assert signed == 0, printed(log)
    settings = {"graphql_documents_path": str(manifest), "graphql_documents_key": KEY, "graphql_trusted_only": "true"}
    with running(url, folder, **settings) as address:
        yield Outcomes(address, folder)


@pytest.mark.parametrize("name", checks_in(FILE))
def test_trusted_documents(outcomes: Outcomes, name: str) -> None:
    found = outcomes.of(Path("relay/trusted.mjs"))
    assert found[name] is None, found[name]

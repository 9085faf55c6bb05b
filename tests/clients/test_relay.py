"""Relay: its compiler against the schema's text, and its store against a server."""

import shutil
from pathlib import Path

import pytest

from tests.clients.node import FOLDER, ROOT, Outcomes, checks_in, copy, node

pytestmark = pytest.mark.clients

FILE = FOLDER / "relay/relay.mjs"


@pytest.fixture(scope="session")
def compiled(packages: Path, address: str, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    folder = compiled_in(tmp_path_factory.mktemp("relay") / "clients", packages, "relay.config.json")
    return Outcomes(address, folder)


@pytest.mark.parametrize("name", checks_in(FILE))
def test_relay(compiled: Outcomes, name: str) -> None:
    outcomes = compiled.of(Path("relay/relay.mjs"))
    assert outcomes[name] is None, outcomes[name]


def compiled_in(folder: Path, packages: Path, configuration: str) -> Path:
    """A copy of this folder in `folder`, with what relay-compiler and babel-plugin-relay make of its documents."""
    copy(FOLDER, folder, packages)
    shutil.copy(ROOT / "schema.graphql", folder / "relay")
    (folder / "relay/manifest.json").write_text("{}")  # it is added to, and has to be there
    node(folder / "node_modules/relay-compiler/cli.js", configuration, folder=folder / "relay")
    node("build.mjs", folder=folder / "relay")
    return folder

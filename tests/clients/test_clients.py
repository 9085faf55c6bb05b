"""Clients as their documentation shows them, with no adapter, header or option that is there for our sake."""

from pathlib import Path

import pytest

from tests.clients.node import FOLDER, Outcomes, checks_in

pytestmark = pytest.mark.clients

CHECKS = [
    pytest.param(file, name, id=f"{file.stem}: {name}")
    for file in sorted(FOLDER.glob("*.mjs"))
    for name in checks_in(file)
]


@pytest.fixture(scope="session")
def outcomes(packages: Path, address: str) -> Outcomes:
    return Outcomes(address)


@pytest.mark.parametrize(("file", "name"), CHECKS)
def test_client(outcomes: Outcomes, file: Path, name: str) -> None:
    assert outcomes.of(file)[name] is None, outcomes.of(file)[name]

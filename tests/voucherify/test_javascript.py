"""The official JavaScript SDK, and requests as its next version sends them. Needs node, npm and, once, a registry."""

import json
import os
import re
import subprocess
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.npm import install
from tests.voucherify.house import ACME

FOLDER = Path(__file__).parent / "js"
RUN_TIMEOUT_SECONDS = 120
CHECKS = [
    pytest.param(path.name, name, id=f"{path.stem}: {name}")
    for path in sorted(FOLDER.glob("*.mjs"))
    for name in re.findall(r"^check\('(.+?)',", path.read_text(), re.MULTILINE)
]

_runs = count(1)


@pytest.fixture(scope="session")
def sdk() -> None:
    install(FOLDER)


@pytest.fixture(scope="session")
def outcomes(sdk: None, address: str) -> "Outcomes":
    return Outcomes(address)


@pytest.mark.parametrize(("file", "name"), CHECKS)
def test_javascript(outcomes: "Outcomes", file: str, name: str) -> None:
    assert outcomes.of(file)[name] is None, outcomes.of(file)[name]


class Outcomes:
    """What became of each check of a file: null, or what went wrong. A file runs once per server."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._known: dict[str, dict[str, Any]] = {}

    def of(self, file: str) -> dict[str, Any]:
        if file not in self._known:
            self._known[file] = self._run(file)
        return self._known[file]

    def _run(self, file: str) -> dict[str, Any]:
        keys = {name: getattr(ACME, name) for name in ("app_id", "app_token", "client_id", "client_token")}
        given = {"ADDRESS": self._address, "KEYS": json.dumps(keys), "RUN": str(next(_runs))}
        command = ["node", "run.mjs", file]
        done = subprocess.run(
            command,
            cwd=FOLDER,
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

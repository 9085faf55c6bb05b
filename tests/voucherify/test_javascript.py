"""The official JavaScript SDK, and requests as its next version sends them. Needs node, npm and, once, a registry."""

import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.voucherify.house import ACME

FOLDER = Path(__file__).parent / "js"
INSTALLED = FOLDER / "node_modules"
INSTALL_TIMEOUT_SECONDS = 120
RUN_TIMEOUT_SECONDS = 120
# How npm names that nobody answers, or that the one who does has no such package.
UNREACHABLE = re.compile(
    r"E404|E40[137]|E5\d\d|EAI_AGAIN|ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ENOTCACHED|ETIMEDOUT"
)
CHECKS = [
    pytest.param(path.name, name, id=f"{path.stem}: {name}")
    for path in sorted(FOLDER.glob("*.mjs"))
    for name in re.findall(r"^check\('(.+?)',", path.read_text(), re.MULTILINE)
]

_runs = count(1)


@pytest.fixture(scope="session")
def sdk() -> None:
    """The SDK, installed as its lock says; where it cannot be, the tests are skipped and say why."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    with _alone():
        if not _is_installed():
            _install()


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


def _is_installed() -> bool:
    """npm writes its own copy of the lock when it is through."""
    copy = INSTALLED / ".package-lock.json"
    return copy.exists() and copy.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime


def _install() -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the registry did not answer npm within {INSTALL_TIMEOUT_SECONDS} s")
    if done.returncode and UNREACHABLE.search(done.stderr):
        pytest.skip(f"npm cannot reach a registry that has the SDK: {done.stderr.strip()[-300:]}")
    assert done.returncode == 0, done.stderr


@contextmanager
def _alone() -> Iterator[None]:
    """Test processes install once, not each over the other's files."""
    with (FOLDER / "package.json").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

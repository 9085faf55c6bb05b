"""npm packages for tests that drive programs of others. Needs node, npm and, once, a registry."""

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

INSTALL_TIMEOUT_SECONDS = 240
# How npm names that nobody answers, or that the one who does has no such package.
UNREACHABLE = re.compile(
    r"E404|E40[137]|E5\d\d|EAI_AGAIN|ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ENOTCACHED|ETIMEDOUT"
)


def install(folder: Path) -> None:
    """What the lock in `folder` says; where it cannot be had, the test that asks is skipped and says why."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    with _alone(folder):
        if not _is_installed(folder):
            _install(folder)


def _is_installed(folder: Path) -> bool:
    """npm writes its own copy of the lock when it is through."""
    copy = folder / "node_modules/.package-lock.json"
    return copy.exists() and copy.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime


def _install(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the registry did not answer npm within {INSTALL_TIMEOUT_SECONDS} s")
    if done.returncode and UNREACHABLE.search(done.stderr):
        pytest.skip(f"npm cannot reach a registry that has the packages: {done.stderr.strip()[-300:]}")
    assert done.returncode == 0, done.stderr


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Test processes install once, not each over the other's files."""
    with (folder / "package.json").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

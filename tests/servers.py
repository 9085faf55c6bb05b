"""The real server in a process of its own, for tests of what a process cannot be asked from inside."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

ROOT = Path(__file__).parent.parent
START_TIMEOUT_SECONDS = 30.0
STOP_TIMEOUT_SECONDS = 20.0
REQUEST_TIMEOUT_SECONDS = 20.0
LISTENING = "Uvicorn running on "


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    process: asyncio.subprocess.Process
    log: Path

    def client(self) -> httpx2.AsyncClient:
        """For as many requests at once as tests make; none waits longer than a server may take."""
        limits = httpx2.Limits(max_connections=200, max_keepalive_connections=200)
        return httpx2.AsyncClient(base_url=self.address, limits=limits, timeout=REQUEST_TIMEOUT_SECONDS)

    def printed(self) -> str:
        return printed(self.log)

    async def stop(self) -> int:
        """As an operator does it; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT_SECONDS)


async def command(url: str, *arguments: str, log: Path, **settings: str) -> asyncio.subprocess.Process:
    """`python -m server …` on this database, started; what it prints goes to `log`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOYER_")}
    given = {f"FOYER_{name.upper()}": value for name, value in settings.items()}
    with log.open("ab") as printed:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "server", *arguments),
            cwd=ROOT,
            env={**kept, **given, "FOYER_DATABASE_URL": url},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
        )


async def run(url: str, *arguments: str, log: Path, **settings: str) -> int:
    """The exit code of a command that ends by itself."""
    process = await command(url, *arguments, log=log, **settings)
    try:
        return await asyncio.wait_for(process.wait(), START_TIMEOUT_SECONDS)
    finally:
        await _ended(process)


def printed(log: Path) -> str:
    return log.read_text() if log.exists() else ""


@asynccontextmanager
async def serving(url: str, log: Path, **settings: str) -> AsyncIterator[Server]:
    """A server that answers, on a free port. It is gone afterwards, however the block ends."""
    _forget(log)
    process = await command(url, "serve", "--port", "0", log=log, **settings)
    try:
        yield Server(await asyncio.wait_for(_address(process, log), START_TIMEOUT_SECONDS), process, log)
    finally:
        await _ended(process)


async def _address(process: asyncio.subprocess.Process, log: Path) -> str:
    """Where it listens: it takes a free port and tells which."""
    while process.returncode is None:
        _, _, told = printed(log).partition(LISTENING)
        if "\n" in told:
            return told.split()[0]
        await asyncio.sleep(0.02)
    raise AssertionError(f"the server ended with {process.returncode}:\n{printed(log)}")


def _forget(log: Path) -> None:
    log.unlink(missing_ok=True)


async def _ended(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()

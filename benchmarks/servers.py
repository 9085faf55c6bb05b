"""Servers as subprocesses on free ports of 127.0.0.1: started, awaited, asked once, ended by their pid."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.cpu import tree
from benchmarks.load import length_of

HOST = "127.0.0.1"
CHECKOUT = Path(__file__).resolve().parent.parent
READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 10.0


class Failed(Exception):
    """Something we started did not do its work; the message ends with what it wrote last."""


class Missing(Exception):
    """A contender needs something that this machine has not: it is left out, which is not an error."""


@dataclass(slots=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_until_ready(self, path: str) -> None:
        """Ready is any answer below 500: the plain peers have no health route."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"ended with {self.process.returncode} before it was ready\n{tail(self.log)}")
            with contextlib.suppress(OSError, ValueError):
                if ask(self.port, request).status < 500:
                    return
            time.sleep(0.1)
        raise Failed(f"was not ready within {READY_SECONDS_MAX:.0f} s\n{tail(self.log)}")

    def stop(self) -> None:
        family = tree(self.pid)
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS_MAX)
            return
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def start(arguments: list[str], port: int, environment: Mapping[str, str], log: Path) -> Server:
    """Runs `python -m <arguments>`, as `start_program` does."""
    return start_program([sys.executable, "-m", *arguments], port, environment, log)


def start_program(command: list[str], port: int, environment: Mapping[str, str], log: Path) -> Server:
    """Runs a program from the checkout, in its own session: Ctrl-C reaches us, who stop it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Server(process, port, log)


def run(arguments: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs `python -m <arguments>` to its end, whatever the end is."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def must_run(arguments: list[str], environment: Mapping[str, str]) -> str:
    ended = run(arguments, environment)
    if ended.returncode:
        raise Failed(f"`python -m {' '.join(arguments[:3])}` failed\n{(ended.stdout + ended.stderr)[-2000:]}")
    return ended.stdout


class Answered(NamedTuple):
    status: int
    head: bytes
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect leads; empty for other answers."""
        for line in self.head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"location":
                return value.strip().decode("latin-1")
        return ""


def ask(port: int, request: bytes, *, timeout_seconds: float = 10.0) -> Answered:
    """One request, sent as the load generator would send it."""
    with socket.create_connection((HOST, port), timeout_seconds) as connection:
        connection.sendall(request)
        return answer_from(connection)


def answer_from(connection: socket.socket) -> Answered:
    answer = b""
    while length_of(answer) > len(answer):
        piece = connection.recv(1 << 16)
        if not piece:
            raise ConnectionError(f"The server hung up after {answer[:200]!r}")
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return Answered(int(answer[9:12]), head, body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""

"""Memory of a server and every process below it, read from /proc (Linux; elsewhere it is 0)."""

import threading
from dataclasses import dataclass

from benchmarks.cpu import PROC, read, tree

LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes. `own` is what the process has allocated; `resident` also has the pages of files that it maps, of which
    the system may take back any at any time: SQLite maps the beginning of its file."""

    own: float
    resident: float


class Watch:
    """The most that a process needed while the block ran, beyond what it had before."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._before = self._most = memory_of(self._pid)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def growth(self) -> Memory:
        return Memory(self._most.own - self._before.own, self._most.resident - self._before.resident)

    def _look(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            now = memory_of(self._pid)
            self._most = Memory(max(now.own, self._most.own), max(now.resident, self._most.resident))


def memory_of(root: int) -> Memory:
    found = [fields(pid) for pid in tree(root)]
    return Memory(
        sum(each.get("RssAnon", 0) for each in found) / 1e6, sum(each.get("VmRSS", 0) for each in found) / 1e6
    )


def fields(pid: int) -> dict[str, int]:
    """The lines of /proc/PID/status that count kilobytes (of 1,024), in bytes."""
    lines = (line.split() for line in read(PROC / str(pid) / "status").splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if len(words) == 3 and words[2] == "kB"}

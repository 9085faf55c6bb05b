"""CPU time of a server and every process below it, read from /proc (Linux; elsewhere it is 0)."""

import os
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time so far of the trees rooted at `pids`; the kernel counts in 10 ms."""
    return sum(ticks(pid) for root in pids for pid in tree(root)) / TICKS_PER_SECOND


def tree(root: int) -> list[int]:
    """`root` and all its living descendants, parents first."""
    found = [root]
    for pid in found:
        found.extend(children(pid))
    return found


def children(pid: int) -> list[int]:
    """Children hang on the thread that forked them, so every thread is asked."""
    found: list[int] = []
    for thread in (PROC / str(pid) / "task").glob("*/children"):
        found.extend(map(int, read(thread).split()))
    return found


def ticks(pid: int) -> int:
    # proc(5): utime, stime, cutime and cstime are fields 14 to 17; the second, the name, may hold blanks.
    fields = read(PROC / str(pid) / "stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) if fields else 0


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""

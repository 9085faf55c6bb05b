"""Importing what takes long: a quarter faster, and cheaper ever after."""

import gc
from importlib import import_module
from types import ModuleType

# Containers made more than ended before the youngest are looked through; Python's own number is 700.
GARBAGE_MIN = 20_000


def imported(name: str) -> ModuleType:
    """The module, imported without looking for garbage, of which importing makes none.

    What it made is then exempt for good: it lives as long as the process, and full collections would walk it each
    time (0.5 s of 1.7 s until the server is up, measured).
    """
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def collect_rarely() -> None:
    """Look for garbage less often: an answer of some hundred objects would have it done once or more for each.

    A tenth of the time of a nested list on PostgreSQL, measured. What is unreachable waits for longer, not for good.
    """
    gc.set_threshold(GARBAGE_MIN, 10, 10)

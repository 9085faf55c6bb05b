"""Values of maps that are stored as JSON, as PostgreSQL's JSON functions show them: for engines that have none."""

import re

import orjson

# What is compared as a number: no more digits than either engine takes.
NUMBER = r"-?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,2})?"
_NUMBER = re.compile(NUMBER, re.ASCII)


def text_of(stored: str | None, key: str) -> str | None:
    """The text under a key; of other values their JSON, so `true` and `1.5`. None if there is none, or it is null."""
    found = None if stored is None else orjson.loads(stored)
    value = found.get(key) if isinstance(found, dict) else None
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


def number_of(stored: str | None, key: str) -> float | None:
    """The number under a key, also where it is written as a text; None if it is none."""
    text = text_of(stored, key)
    return None if text is None or not _NUMBER.fullmatch(text) else float(text)

"""How stored values become the values every door shows, per engine: Python expressions for the generated functions.

Shown are: numbers and text as they are, booleans, times as RFC 3339 text in UTC (microseconds only if there are any),
amounts as decimal text with two places, JSON as the value it holds, lists of names by code point.
"""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Dialect

from models.money import decimal_text
from resolvers.reading.source import Kind

UTC_Z = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC


def shown(kind: Kind, raw: str, dialect: Dialect) -> str:
    """The expression that shows the stored value `raw`. Names in it are those of FUNCTIONS."""
    sqlite = dialect.name == "sqlite"
    match kind:
        case Kind.INTEGER | Kind.TEXT | Kind.NUMBER:
            return raw
        case Kind.BOOLEAN:
            return f"({raw} == 1)" if sqlite else raw
        case Kind.TIMESTAMP:
            return f"{'stamp_of_text' if sqlite else 'stamp_of_time'}({raw})"
        case Kind.AMOUNT:
            return f"amount({raw})"
        case Kind.JSON:
            return f"json({raw})"
        case Kind.NAMES:
            return f"sorted(json({raw}))"
        case Kind.RANKED:
            return f"[ranked[-1] for ranked in sorted(json({raw}))]"


def as_json(answer: Any) -> bytes:
    """An answer as JSON, with the times that were left as they are stored shown as all others are."""
    return orjson.dumps(answer, None, UTC_Z)


def stamp_of_text(stored: str | None) -> str | None:
    """`2026-01-01T00:00:00.000000Z` without the zero microseconds."""
    return stored[:19] + "Z" if stored is not None and stored[20:26] == "000000" else stored


def stamp_of_time(stored: datetime | None) -> str | None:
    # Three times as fast as `isoformat`. Without a zone are the calendar's ends (models/metadata.py).
    return None if stored is None else orjson.dumps(stored, None, UTC_Z)[1:-1].decode()


def amount(stored: int | None) -> str | None:
    if stored is None:
        return None
    if -100 < stored < 100:
        return decimal_text(stored)
    digits = str(stored)
    return f"{digits[:-2]}.{digits[-2:]}"


def json(stored: str | None) -> Any:
    return None if stored is None else orjson.loads(stored)


FUNCTIONS = {"stamp_of_text": stamp_of_text, "stamp_of_time": stamp_of_time, "amount": amount, "json": json}

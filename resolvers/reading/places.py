"""A row's place in a list, as the opaque text a client hands back: the order's name and the values of its fields."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from models.problems import Invalid
from resolvers.reading.source import Kind, Source


def encoder(order: str) -> Callable[..., str]:
    """Encodes values of the order's fields, as the engine stores them."""

    def encode(*values: Any) -> str:
        shown = [_stamp(value) if isinstance(value, datetime) else value for value in values]
        return urlsafe_b64encode(orjson.dumps([order, *shown])).decode()

    return encode


def decode(text: str, source: Source, order: str, *, field: str) -> tuple[Any, ...]:
    """The values in a place of this order. Refuses text that no list of this order gave out."""
    try:
        name, *stored = orjson.loads(urlsafe_b64decode(text.encode("ascii"), ))
        fields = source.orders[order].fields
        values = tuple(_typed(value, source.fields[part].kind) for value, part in zip(stored, fields, strict=True))
    except (ValueError, TypeError) as error:
        raise Invalid("This is not a cursor of this connection.", field=field, reason="cursor") from error
    if name != order:
        raise Invalid("This cursor belongs to another order.", field=field, reason="cursor")
    return values


def _typed(value: Any, kind: Kind) -> Any:
    expected: dict[Kind, type] = {Kind.INTEGER: int, Kind.AMOUNT: int, Kind.TEXT: str, Kind.TIMESTAMP: str}
    if type(value) is not expected[kind] or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        raise ValueError
    if isinstance(value, str) and "\0" in value:
        raise ValueError
    return datetime.fromisoformat(value).astimezone(UTC) if kind is Kind.TIMESTAMP else value


def _stamp(value: datetime) -> str:
    return value.isoformat(timespec="microseconds").replace("+00:00", "Z")


def place_of(source: Source, order: str, row: Sequence[Any]) -> str:
    return encoder(order)(*row)

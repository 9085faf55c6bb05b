"""A row's place in a list, as the opaque text a client hands back: the order's name and the values of its fields."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
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
        name, *stored = orjson.loads(urlsafe_b64decode(text.encode("ascii")))
        if name not in source.orders:
            raise ValueError(f"{name!r} is no order")
        if name != order:
            raise Invalid("This cursor belongs to another order.", field=field, reason="cursor")
        fields = source.orders[order].fields
        values = tuple(_typed(value, source.fields[part].kind) for value, part in zip(stored, fields, strict=True))
    except (ValueError, TypeError) as error:
        raise Invalid("This is not a cursor that this list has given.", field=field, reason="cursor") from error
    return values


def _typed(value: Any, kind: Kind) -> Any:
    if kind in (Kind.INTEGER, Kind.AMOUNT):
        if type(value) is int and -(2**63) <= value < 2**63:
            return value
    elif type(value) is str and "\0" not in value:
        return datetime.fromisoformat(value).astimezone(UTC) if kind is Kind.TIMESTAMP else value
    raise ValueError(f"{value!r} is no {kind.value}")


def _stamp(value: datetime) -> str:
    return value.isoformat(timespec="microseconds").replace("+00:00", "Z")

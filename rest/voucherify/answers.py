"""Answers as they go over the wire: JSON in UTF-8, and nothing where there is nothing to show."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Send

from rest.answers import Answer as Answer
from rest.answers import Header as Header

# SDKs look at how this begins.
JSON: Header = (b"content-type", b"application/json; charset=utf-8")
NOSNIFF: Header = (b"x-content-type-options", b"nosniff")
JSON_HEADERS: tuple[Header, ...] = (JSON, NOSNIFF)


def in_json(value: Any, *, status: int = 200, more: Sequence[Header] = ()) -> Answer:
    return Answer(status, (*JSON_HEADERS, *more), orjson.dumps(value))


def of_nothing(more: Sequence[Header] = ()) -> Answer:
    return Answer(204, tuple(more), b"")


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose parts are made while it is sent: an export. It is not kept under idempotency keys."""

    headers: tuple[Header, ...]
    parts: AsyncIterator[bytes]
    status: int = 200

    async def send(self, send: Send, *, bodiless: bool) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        if not bodiless:
            async with aclosing(self.parts) as parts:  # type: ignore[type-var]
                async for part in parts:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

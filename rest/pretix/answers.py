"""Answers as they go over the wire. JSON is ASCII without blanks, as Django REST framework's renderer writes it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from starlette.types import Send

Header: TypeAlias = tuple[bytes, bytes]

COMMON: tuple[Header, ...] = (
    (b"vary", b"Accept-Language, Cookie, Host"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
# pretix sends this compact privacy policy, which browsers of old asked for, with every answer of its API.
P3P: Header = (b"p3p", b'CP="ALL DSP COR CUR ADM TAI OUR IND COM NAV INT"')
JSON: Header = (b"content-type", b"application/json")
HTML: Header = (b"content-type", b"text/html; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[Header, ...]
    body: bytes

    async def send(self, send: Send, *, bodiless: bool) -> None:
        # A 204 has no length, not even 0 (RFC 9110, 8.6).
        length = () if self.status == 204 else ((b"content-length", str(len(self.body)).encode()),)
        start = {"type": "http.response.start", "status": self.status, "headers": [*self.headers, *length]}
        await send(start)
        await send({"type": "http.response.body", "body": b"" if bodiless else self.body})

    def dump(self) -> str:
        """The answer as text, to be kept."""
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in self.headers]
        return orjson.dumps([self.status, headers, self.body.decode()]).decode()

    @classmethod
    def load(cls, kept: str) -> "Answer":
        status, headers, body = orjson.loads(kept)
        pairs = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
        return cls(status, pairs, body.encode())


def in_json(
    value: Any, *, language: str, status: int = 200, allow: str | None = None, more: Sequence[Header] = ()
) -> Answer:
    return Answer(status, (*headers_of(language, allow), *more), ascii_json(value))


def in_html(body: bytes, *, language: str, status: int, more: Sequence[Header] = ()) -> Answer:
    return Answer(status, (HTML, (b"content-language", language.encode()), *COMMON, *more), body)


def of_nothing(*, language: str, allow: str | None) -> Answer:
    return Answer(204, headers_of(language, allow)[1:], b"")


@lru_cache(maxsize=256)
def headers_of(language: str, allow: str | None) -> tuple[Header, ...]:
    allowed = () if allow is None else ((b"allow", allow.encode()),)
    return (JSON, *allowed, (b"content-language", language.encode()), *COMMON, P3P)


def ascii_json(value: Any) -> bytes:
    """Other letters as \\uXXXX. Most answers have none, and for those orjson's bytes are the same."""
    body = orjson.dumps(value)
    return body if body.isascii() else json.dumps(value, separators=(",", ":")).encode()

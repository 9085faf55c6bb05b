"""Answers as they go over the wire. JSON is ASCII without blanks, as Django REST framework's renderer writes it."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from rest.answers import Answer as Answer
from rest.answers import Header as Header

COMMON: tuple[Header, ...] = (
    (b"vary", b"Accept-Language, Cookie, Host"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
# pretix sends this compact privacy policy, which browsers of old asked for, with every answer of its API.
P3P: Header = (b"p3p", b'CP="ALL DSP COR CUR ADM TAI OUR IND COM NAV INT"')
JSON: Header = (b"content-type", b"application/json")
HTML: Header = (b"content-type", b"text/html; charset=utf-8")


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

"""Bodies of requests: JSON, and what HTML forms send. Whatever they hold, they are read or refused, never an error."""

import json
import math
from collections.abc import AsyncGenerator
from typing import Any

import orjson
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.types import Receive

from models.json_depth import is_too_deep
from rest.content import content_of
from rest.pretix.fields import File, FormBody
from rest.pretix.refusals import Malformed, UnsupportedMediaType
from rest.pretix.texts import text

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
PARSED = (JSON, URLENCODED, MULTIPART)
FORM_FIELDS_MAX = 1000


async def body_of(receive: Receive, content_type: bytes, *, limit_bytes: int, depth_max: int) -> tuple[Any, bool]:
    """The body, and whether it came as a form, where values are strings. Of no bytes: an empty object."""
    content = await content_of(receive, limit_bytes)
    if not content:
        return {}, False
    media_type = content_type.partition(b";")[0].strip().lower().decode("latin-1")
    if media_type == JSON:
        return parse_json(content, depth_max), False
    if media_type not in PARSED:
        raise UnsupportedMediaType(content_type.decode("latin-1"))
    return await _form(content, media_type, content_type, limit_bytes), True


def parse_json(content: bytes, depth_max: int) -> Any:
    """By the standard library's parser, which keeps integers exact; of keys that come twice the last one counts."""
    if is_too_deep(content, depth_max):
        raise _malformed(f"nested more than {depth_max} levels deep")
    try:
        found = DECODER.decode(content.decode())
        if b"\\u" in content:
            # Half a surrogate pair is no character: no database takes it, and orjson says so.
            orjson.loads(content)
    except UnicodeDecodeError:
        raise _malformed("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise _malformed(_reason(error)) from None
    return found


# What pretix's parser says where ours has other words; of the rest ours are kept, which name the place.
REASONS = {
    "Expecting value": "Expected object or value",
    "Expecting property name enclosed in double quotes": "Expected object or value",
    "Expecting ':' delimiter": "No ':' found when decoding object value",
    "Extra data": "Trailing data",
}


def _reason(error: Exception) -> str:
    said = getattr(error, "msg", None)
    return REASONS.get(said or "") or str(error).partition(";")[0]


def _number(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise ValueError("number out of range")
    return number


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_constant)


def _malformed(reason: str) -> Malformed:
    return Malformed(text("json_parse", reason=reason))


async def _form(content: bytes, media_type: str, content_type: bytes, limit_bytes: int) -> FormBody:
    _, options = parse_options_header(content_type)
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise UnsupportedMediaType(content_type.decode("latin-1"))
    headers = Headers(raw=[(b"content-type", content_type)])
    limits = {"max_fields": FORM_FIELDS_MAX, "max_part_size": limit_bytes}
    kind = FormParser if media_type == URLENCODED else MultiPartParser
    try:
        form: FormData = await kind(headers, _stream(content), **limits).parse()
    except (MultiPartException, ValueError) as error:
        raise Malformed(text("form_parse", reason=getattr(error, "message", ""))) from None
    values = FormBody([(name, _value(value)) for name, value in form.multi_items()])
    await form.close()
    return values


def _value(sent: UploadFile | str) -> File | str:
    return sent if isinstance(sent, str) else File(sent.filename or "")


async def _stream(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content

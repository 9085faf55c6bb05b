"""JSON bodies: whatever they hold, they are read or refused, never an error.

Calls that take no body do not look at one: the SDKs send none, or `{}`, or a number, or only the header that says that
there is one. Where a body may be left out, whatever is no object counts as left out.
"""

import re
from typing import Any

import orjson

from models.json_depth import is_too_deep
from rest.voucherify.fields import Payload
from rest.voucherify.refusals import InvalidPayload, Malformed, UnsupportedMediaType

# Without a type it is taken for JSON: whoever sends none has not sent a form.
JSON = re.compile(rb"(?:application/(?:[\w.+-]+\+)?json|text/json|)", re.IGNORECASE)
# PostgreSQL's JSON functions read no NUL, and its texts hold none. An even number of backslashes is one of that many.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# What the JS SDK v3 makes of an empty object.
EMPTY = ("{}", "")


def parse(content: bytes, content_type: bytes, depth_max: int) -> Any:
    """The value; None where nothing was sent."""
    if not content or content.isspace():
        return None
    media_type = content_type.partition(b";")[0].strip()
    if not JSON.fullmatch(media_type):
        raise UnsupportedMediaType(f"{media_type.decode('latin-1')} is not supported; send application/json.")
    if is_too_deep(content, depth_max):
        raise Malformed(f"The JSON is nested more than {depth_max} levels deep.")
    try:
        # Refuses bytes that are not UTF-8, NaN, numbers out of range, and halves of surrogate pairs.
        found = orjson.loads(content)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The body is no JSON: {str(error).partition(':')[0]}.") from None
    if b"\\u0000" in content and NUL.search(content):
        raise InvalidPayload("Payload must not contain null characters")
    return found


def an_object(body: Any, *, optional: bool) -> Payload:
    if isinstance(body, dict):
        return Payload(body)
    if body is None or (isinstance(body, str) and body.strip() in EMPTY):
        return Payload({})
    if optional and not isinstance(body, list):
        return Payload({})
    raise InvalidPayload("Payload should be object")


def a_list(body: Any) -> list[Any]:
    if not isinstance(body, list):
        raise InvalidPayload("Payload should be array")
    return body

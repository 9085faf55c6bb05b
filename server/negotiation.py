"""Which media type an answer has: GraphQL's two, by the `Accept` header and the GraphQL-over-HTTP specification."""

from collections.abc import Mapping
from functools import lru_cache

JSON = b"application/json"
RESPONSE_JSON = b"application/graphql-response+json"


@lru_cache(256)
def media_type(accept: bytes) -> bytes | None:
    """The answer's media type: of the two the one whose quality is higher; None if neither is acceptable.

    A range that names both equally means JSON, which every client reads; naming both equally means the newer one.
    """
    ranges = ranges_of(accept)
    named = ranges.get(RESPONSE_JSON.decode(), _wild(ranges))
    plain = ranges.get(JSON.decode(), _wild(ranges))
    if named <= 0 and plain <= 0:
        return None
    prefers_plain = plain > named or (plain == named and RESPONSE_JSON.decode() not in ranges)
    return JSON if prefers_plain else RESPONSE_JSON


def ranges_of(accept: bytes) -> Mapping[str, float]:
    """The media ranges of an `Accept` header, in lower case and without parameters, each with its quality."""
    return dict(map(_range, accept.decode("latin-1").split(",")))


def content_type(written: bytes) -> tuple[str, str]:
    """The media type and the charset of a `Content-Type` header, in lower case."""
    name, *parameters = [part.strip() for part in written.decode("latin-1").lower().split(";")]
    found = dict(parameter.partition("=")[::2] for parameter in parameters)
    return name, found.get("charset", "").strip('"')


def _wild(ranges: Mapping[str, float]) -> float:
    return ranges.get("application/*", ranges.get("*/*", 0.0))


def _range(written: str) -> tuple[str, float]:
    """A media range of an Accept header and its quality; one that is no number counts as not said."""
    name, *parameters = [part.strip() for part in written.lower().split(";")]
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, min(max(float(value), 0.0), 1.0)
            except ValueError:
                break
    return name, 1.0

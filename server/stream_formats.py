"""How a stream of answers is written into one HTTP response, and who wants it so.

Server-sent events are by the "distinct connections mode" of graphql-sse (its PROTOCOL.md), parts by Apollo's multipart
protocol for subscriptions (`multipart/mixed; subscriptionSpec="1.0"`).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from graphql import GraphQLError

from resolvers.reading.values import as_json

# Parts are for other things, too (`@defer`): of a subscription only if that is said.
PARTS_TYPE, SUBSCRIPTION_PARTS, VERSIONS = "multipart/mixed", "multipart/mixed;subscriptionspec", ("1.0", "1")
RETRY_MS: Final = 1000
STOPPING: Final = GraphQLError("The server is stopping; connect again.", extensions={"code": "UNAVAILABLE"})


class Format(Protocol):
    """`alive` is said when nothing else was for a while, and `stop` when the server stops before there is an end."""

    content_type: bytes
    opening: bytes
    alive: bytes
    complete: bytes
    stop: bytes

    def answer(self, body: Mapping[str, Any]) -> bytes: ...

    def failure(self, error: GraphQLError) -> bytes:
        """The last of a stream that cannot go on."""
        ...


class Events:
    content_type = b"text/event-stream; charset=utf-8"
    opening = alive = b":\n\n"
    # Empty on purpose: urql takes whatever stands here for an answer.
    complete = b"event: complete\ndata:\n\n"
    # Without `complete`, after which no client would come again.
    stop = f"retry: {RETRY_MS}\n\n".encode()

    def answer(self, body: Mapping[str, Any]) -> bytes:
        return b"event: next\ndata: " + as_json(body) + b"\n\n"

    def failure(self, error: GraphQLError) -> bytes:
        return self.answer({"errors": [error.formatted]}) + self.complete


def _part(content: Mapping[str, Any]) -> bytes:
    """One part and the boundary after it: a part is read when the next boundary is there."""
    return b"\r\nContent-Type: application/json\r\n\r\n" + as_json(content) + b"\r\n--graphql"


class Parts:
    content_type = b'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"'
    alive = _part({})
    opening = b"\r\n--graphql" + alive
    complete = b"--\r\n"
    stop = _part({"payload": None, "errors": [STOPPING.formatted]}) + complete

    def answer(self, body: Mapping[str, Any]) -> bytes:
        return _part({"payload": body})

    def failure(self, error: GraphQLError) -> bytes:
        return _part({"payload": None, "errors": [error.formatted]}) + self.complete


EVENTS, PARTS = Events(), Parts()


class Wanted(NamedTuple):
    """For a query or a mutation (None: JSON), and for a subscription (None: nothing that is a stream)."""

    query: Format | None
    subscription: Format | None


@lru_cache(256)
def wanted(accept: bytes) -> Wanted:
    """By an `Accept` header.

    Clients name media types that they do not hope for (urql accepts `text/event-stream` for any query), so a query is
    answered by events only if that is wanted more than JSON. A subscription has no other answer.
    """
    ranges = dict(map(_range, accept.decode("latin-1").lower().split(",")))
    events, parts = _preference(ranges, "text/event-stream"), _preference(ranges, SUBSCRIPTION_PARTS)
    json = max(_preference(ranges, "application/json"), _preference(ranges, "application/graphql-response+json"))
    streamed: Format = PARTS if parts > events else EVENTS
    return Wanted(EVENTS if events[0] > json[0] else None, streamed if max(events, parts)[0] > 0 else None)


def _preference(ranges: Mapping[str, float], name: str) -> tuple[float, int]:
    """The quality of a media type, and how exactly it is named: what is named goes before what a `*` allows."""
    for exactness, written in ((2, name), (1, f"{name.partition('/')[0]}/*"), (0, "*/*")):
        if written in ranges:
            return ranges[written], exactness
    return 0.0, 0


def _range(written: str) -> tuple[str, float]:
    """A media range, and its quality; one that is no number counts as not said."""
    name, *parameters = [part.strip() for part in written.split(";")]
    given = {key.strip(): value.strip().strip('"') for key, _, value in (part.partition("=") for part in parameters)}
    if name == PARTS_TYPE and given.get("subscriptionspec") in VERSIONS:
        name = SUBSCRIPTION_PARTS
    try:
        return name, min(max(float(given.get("q", "1")), 0.0), 1.0)
    except ValueError:
        return name, 1.0

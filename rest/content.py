"""The bytes of a request's body, whatever they mean."""

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from models.problems import TooLarge


async def parts_of(receive: Receive, limit_bytes: int) -> AsyncIterator[bytes]:
    """The body as it comes in. Refuses with `TooLarge` what is over the limit, at the first byte that is."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size > limit_bytes:
            raise TooLarge("The request body is too large.", limit=limit_bytes, unit="bytes")
        yield part


async def content_of(receive: Receive, limit_bytes: int) -> bytes:
    """The whole body. Refuses as `parts_of` does."""
    parts = [part async for part in parts_of(receive, limit_bytes)]
    return parts[0] if len(parts) == 1 else b"".join(parts)

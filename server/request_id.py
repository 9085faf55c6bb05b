"""A request id on every answer, and on every log line of its request; and the deadline by which there is an answer."""

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

# The messages with which an answer begins: those of HTTP, of a WebSocket, and of one that is refused.
BEGINNINGS = ("http.response.start", "websocket.accept", "websocket.http.response.start")
# What a client may call its own request; anything else gets an id of ours.
ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{1,100}")


class RequestIds:
    """Takes a client's X-Request-Id or makes one, binds it to the logs, hands it on (`scope`) and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        # Nine bytes: the Voucherify door shows its clients the same id in the form that they know.
        request_id = _given(scope) or secrets.token_hex(9).encode()
        scope["request_id"] = request_id.decode()
        structlog.contextvars.bind_contextvars(request_id=scope["request_id"])

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            if message["type"] in BEGINNINGS:
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            await send(message)

        await self._app(scope, receive, send_with_id)


def _given(scope: Scope) -> bytes | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and ACCEPTED.fullmatch(value):
            found: bytes = value
            return found
    return None

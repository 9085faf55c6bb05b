"""A request id on every answer, and on every log line of its request; and the deadline by which there is an answer."""

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

# What a client may call its own request; anything else gets an id of ours.
ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{1,100}")


class RequestIds:
    """Takes a client's X-Request-Id or makes one, binds it to the logs and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _given(scope) or secrets.token_hex(8).encode()
        structlog.contextvars.bind_contextvars(request_id=request_id.decode())

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            await send(message)

        await self._app(scope, receive, send_with_id)


def _given(scope: Scope) -> bytes | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and ACCEPTED.fullmatch(value):
            found: bytes = value
            return found
    return None

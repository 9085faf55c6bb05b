"""The time by which every request has an answer, in the shape of the door it came to."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

MESSAGE = "The request took too long."


class Deadline:
    """Ends what takes longer than `seconds`. A write that was taken on is still committed or refused as a whole."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_see(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self._seconds):
                await self._app(scope, receive, send_and_see)
        except TimeoutError:
            if started:
                raise
            await _send(send, _body(scope["path"]))


def _body(path: str) -> dict[str, Any]:
    if path.startswith("/graphql"):
        return {"errors": [{"message": MESSAGE, "extensions": {"code": "UNAVAILABLE"}}]}
    return {"detail": MESSAGE}


async def _send(send: Send, body: dict[str, Any]) -> None:
    text = orjson.dumps(body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(text)).encode()),
        (b"retry-after", b"5"),
        # Whoever is still sending a body is not listened to any more.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": text})

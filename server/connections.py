"""uvicorn's connections, ended when they are to end.

uvicorn closes a connection when everything written to it was taken. From a client that takes nothing (it hangs, it was
unplugged, or it means harm) nothing ever is, so such a connection would stay for as long as the client likes, with what
is written to it. These give a client `CLOSE_SECONDS` to take the rest and then drop the connection with it.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

CLOSE_SECONDS: Final = 5.0

# uvicorn and websockets tell of each WebSocket at `info`, with its query; requests are not logged either.
QUIET = logging.getLogger("server.connections")
QUIET.setLevel(logging.WARNING)


class WebSocket(WebSocketsSansIOProtocol):
    """A WebSocket whose close frame waits for nobody."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.logger = self.conn.logger = QUIET
        self.close_timeout = CLOSE_SECONDS

    async def send(self, message: Any) -> None:
        if message["type"] != "websocket.close":
            await super().send(message)
            return
        # A message waits until those before it are taken. A close goes behind them at once: it may be due to that.
        waiting, self.writable = self.writable, asyncio.Event()
        self.writable.set()
        try:
            await super().send(message)
        finally:
            self.writable = waiting
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._drop_soon()

    def shutdown(self) -> None:
        super().shutdown()
        self._drop_soon()

    def _drop_soon(self) -> None:
        self.loop.call_later(CLOSE_SECONDS, self.transport.abort)


class Http(HttpToolsProtocol):
    """A connection that a request can drop, `scope["abort"]()`, and that tells a request which is a stream when the
    server is to stop: the stream has left word in `scope["on_stop"]`."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(dict[str, Any], self.scope)["abort"] = self.transport.abort

    def shutdown(self) -> None:
        super().shutdown()
        # There is none before the first request, whatever its type says.
        cycle = cast(RequestResponseCycle | None, self.cycle)
        tell: Callable[[], None] | None = None if cycle is None else cast(dict[str, Any], cycle.scope).get("on_stop")
        if tell is not None:
            tell()
            self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

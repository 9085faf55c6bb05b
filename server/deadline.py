"""The time by which every request has an answer, in the shape of the door it came to."""

import asyncio
from asyncio import AbstractEventLoop, CancelledError, Task, TimerHandle
from collections.abc import MutableMapping
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from rest.voucherify.app import is_ours as is_voucherify

MESSAGE = "The request took too long."
RETRY_SECONDS = 5


class Deadline:
    """Ends what takes longer than `seconds`. A write that was taken on is still committed or refused as a whole.

    All requests have the same time, so they run out of it in the order in which they came: one timer looks at the
    oldest, where a timer for each would cost more than some answers do. A request that streams has its time anew
    whenever its door calls `scope["prolong"]`, and is then the youngest; one that has no end is left to its door after
    `scope["exempt"]`.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app, self._seconds = app, seconds
        # The requests under way, oldest first, with the loop's time by which each is to be over.
        self._running: dict[Task[Any], float] = {}
        self._late: set[Task[Any]] = set()
        self._timer: TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_see(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        task = asyncio.current_task()
        assert task is not None
        cancellations = task.cancelling()
        loop = asyncio.get_running_loop()
        self._watch(task, loop)
        scope["prolong"] = lambda: self._prolong(task, loop)
        scope["exempt"] = lambda: self._running.pop(task, None)
        try:
            await self._app(scope, receive, send_and_see)
        except CancelledError:
            # Ours alone is turned into an answer; whoever else cancels the request wants it to end.
            if task not in self._late:
                raise
            self._late.discard(task)
            if task.uncancel() > cancellations:
                raise
            if started:
                raise TimeoutError(MESSAGE) from None
            await _send(send, _body(scope["path"]))
        finally:
            self._running.pop(task, None)
            if task in self._late:
                # It came to an end all the same, in the turn in which it was told to.
                self._late.discard(task)
                task.uncancel()

    def _watch(self, task: Task[Any], loop: AbstractEventLoop) -> None:
        self._running[task] = ends_at = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(ends_at, self._look, loop)

    def _prolong(self, task: Task[Any], loop: AbstractEventLoop) -> None:
        if self._running.pop(task, None) is not None:
            self._watch(task, loop)

    def _look(self, loop: AbstractEventLoop) -> None:
        """End what is over its time, and come back when the oldest of the others would be."""
        self._timer = None
        now = loop.time()
        for task, ends_at in list(self._running.items()):
            if ends_at > now:
                self._timer = loop.call_at(ends_at, self._look, loop)
                return
            del self._running[task]
            self._late.add(task)
            task.cancel()


def _body(path: str) -> dict[str, Any]:
    if path.startswith("/graphql"):
        return {"errors": [{"message": MESSAGE, "extensions": {"code": "UNAVAILABLE", "retryAfter": RETRY_SECONDS}}]}
    if is_voucherify(path):
        return {"code": 503, "key": "service_unavailable", "message": MESSAGE}
    return {"detail": MESSAGE}


async def _send(send: Send, body: dict[str, Any]) -> None:
    text = orjson.dumps(body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(text)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
        # Whoever is still sending a body is not listened to any more.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": text})

"""The answers to a subscription as one HTTP response that goes on for as long as the client listens.

It is written in one of two formats (server/stream_formats.py). The single connection mode of graphql-sse is left out:
it is for browsers, which have six connections for a host, and those have WebSocket, which does the same.
"""

import asyncio
from asyncio import Future, Task
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, NamedTuple, TypeAlias

from starlette.types import Message, Receive, Scope, Send

from gql.errors import request_error
from gql.execution import Answer
from models.problems import Problem, Unauthenticated
from server.graphql_requests import Malformed
from server.stream_formats import Format, wanted
from server.subscribers import Seat, Subscribers

HOW: Final = (
    "A subscription is answered as text/event-stream or as multipart/mixed;subscriptionSpec=1.0, and you accept "
    "neither. A WebSocket at this address speaks graphql-transport-ws."
)


class _End(Enum):
    GONE, STOPPING = auto(), auto()


# What ends a stream from outside.
Outside: TypeAlias = _End | Unauthenticated


class Streamed(NamedTuple):
    """The answers to one request, and how they are written: all that come, or the one there is."""

    form: Format
    answers: Answer | AsyncGenerator[Answer, None]


@dataclass(frozen=True, slots=True)
class EventStreams:
    subscribers: Subscribers
    alive_seconds: float = 15.0
    send_seconds: float = 10.0

    def form(self, accept: bytes) -> Format:
        """How a subscription is answered by an `Accept` header. Refuses what is no stream, or not at the moment."""
        found = wanted(accept).subscription
        if found is None:
            raise Malformed(406, HOW, "NOT_ACCEPTABLE")
        self.subscribers.require_room()
        return found

    async def send(self, streamed: Streamed, secret: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer who presented the secret. Refuses before anything is sent, and never afterwards."""
        form, answers = streamed
        if not isinstance(answers, Answer):
            await self._follow(form, answers, secret, scope, receive, send)
            return
        await send(_start(form))
        await send(_body(form.opening + form.answer(answers.body) + form.complete, is_last=True))

    async def _follow(
        self,
        form: Format,
        events: AsyncGenerator[Answer, None],
        secret: str,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer after answer, until there are no more or the client is gone.

        A client that does not take them within `send_seconds` is dropped: no word gets through to it.
        """
        outside: Future[Outside] = asyncio.get_running_loop().create_future()

        def end(why: Outside) -> None:
            if not outside.done():
                outside.set_result(why)

        scope["on_stop"] = lambda: end(_End.STOPPING)
        gone = asyncio.create_task(_gone(receive, end))
        try:
            async with aclosing(events):
                with self.subscribers.seat(end) as seat:
                    await seat.present(secret)
                    # It takes as long as it takes: the deadline of requests is not its own.
                    scope.get("exempt", _nothing)()
                    await _Stream(self, form, send, seat).run(events, outside)
        except _Stuck:
            scope.get("abort", _nothing)()
            # Until then the server would take the response for one that was forgotten.
            await gone
        finally:
            del scope["on_stop"]
            gone.cancel()


class _Stuck(Exception):
    """What is sent does not get through."""


@dataclass(frozen=True, slots=True)
class _Stream:
    """One response. Raises `_Stuck`, and no `Problem` after it has begun: those are its last words."""

    of: EventStreams
    form: Format
    send: Send
    seat: Seat

    async def run(self, events: AsyncGenerator[Answer, None], outside: Future[Outside]) -> None:
        await self._write(_start(self.form))
        await self._write(_body(self.form.opening))
        try:
            last = await self._tell(events, outside)
        except Problem as problem:
            last = self.form.failure(request_error(problem))
        if last is not None:
            await self._write(_body(last, is_last=True))

    async def _tell(self, events: AsyncGenerator[Answer, None], outside: Future[Outside]) -> bytes | None:
        """Tell of events until there is an end; the last words, or None if nobody hears them."""
        following: Task[Answer | None] | None = None
        try:
            while True:
                following = following or asyncio.create_task(_next(events))
                waiting: set[Future[Any]] = {following, outside}
                await asyncio.wait(waiting, timeout=self.of.alive_seconds, return_when=asyncio.FIRST_COMPLETED)
                if outside.done():
                    return self._last(outside.result())
                if not following.done():
                    await self._write(_body(self.form.alive))
                    continue
                if (answer := following.result()) is None:
                    return self.form.complete
                following = None
                await self.seat.check()
                await self._write(_body(self.form.answer(answer.body)))
        finally:
            if following is not None:
                following.cancel()
                await asyncio.wait({following})

    def _last(self, why: Outside) -> bytes | None:
        if why is _End.GONE:
            return None
        return self.form.stop if why is _End.STOPPING else self.form.failure(request_error(why))

    async def _write(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self.of.send_seconds):
                await self.send(message)
        except TimeoutError:
            raise _Stuck from None


async def _next(events: AsyncGenerator[Answer, None]) -> Answer | None:
    return await anext(events, None)


async def _gone(receive: Receive, end: Callable[[Outside], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    end(_End.GONE)


def _start(form: Format) -> Message:
    headers = [
        (b"content-type", form.content_type),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept"),
        (b"x-content-type-options", b"nosniff"),
        # nginx holds an answer back until it has a page of it, unless it is told not to.
        (b"x-accel-buffering", b"no"),
    ]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def _body(content: bytes, *, is_last: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": not is_last}


def _nothing() -> None:
    pass

"""GraphQL over WebSocket: the sub-protocol `graphql-transport-ws`, as a bare ASGI application for one path.

By the protocol's description (PROTOCOL.md of graphql-ws).

The connection is read by one task; each operation is a task of its own, so a long one holds up nobody, and they write
whole messages. Whether a peer is still there is asked by the ping frames of WebSocket, which every client answers by
itself (`websocket_options` in server/commands/serving.py); `ping` messages are answered, and none are sent.

Any origin may connect. A browser sends the cookies of a site along with a WebSocket, which is why others compare the
`Origin`; we know nobody by a cookie, and a page that has a token may use it from wherever it was loaded.
"""

import asyncio
from asyncio import Task, Timeout
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import structlog
from starlette.types import Receive, Scope, Send

from gql.errors import internal_error, request_error
from gql.execution import Answer, Executor, Request
from gql.rejected import Rejected
from models.problems import Problem, TooSlow, Unauthenticated, Unavailable
from resolvers.context import Context
from resolvers.principals import Principal
from resolvers.reading.values import as_json
from server.subscribers import Seat, Subscribers
from server.ws_messages import (
    Close,
    asked_by,
    error_of,
    forbidden,
    id_of,
    invalid,
    payload_of,
    read,
    secret_of,
    too_slow,
    unauthorized,
)

log = structlog.get_logger()

PROTOCOL: Final = "graphql-transport-ws"


class _Gone(Exception):
    """The client is not there any more, or was told that this is the end."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one connection; times are in seconds."""

    operations_max: int = 100
    init_seconds: float = 10.0
    send_seconds: float = 10.0
    request_seconds: float = 30.0
    json_depth_max: int = 64


class Door(NamedTuple):
    """What all connections share."""

    executor: Executor
    subscribers: Subscribers
    context: Callable[[Principal], Context]
    limits: Limits


class TransportWS:
    def __init__(self, door: Door) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if PROTOCOL not in scope["subprotocols"]:
            # Accepted all the same, without a sub-protocol: a refused handshake tells a browser nothing at all.
            await send({"type": "websocket.accept"})
            await send(_closing(Close(4406, f"Subprotocol not acceptable: speak {PROTOCOL}")))
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        connection = _Connection(self._door, scope, receive, send)
        try:
            with self._door.subscribers.seat(connection.forbid) as seat:
                await connection.run(seat)
        except Unavailable as problem:
            await send(_closing(Close(1013, problem.message)))


def _closing(close: Close) -> dict[str, Any]:
    return {"type": "websocket.close", "code": close.code, "reason": close.reason}


class _Connection:
    """One socket. There may be thousands, most of them idle, so it holds little."""

    __slots__ = ("_closing", "_door", "_is_over", "_operations", "_receive", "_scope", "_seat", "_send")

    _seat: Seat

    def __init__(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        self._door, self._scope, self._receive, self._send = door, scope, receive, send
        self._operations: dict[str, Task[None]] = {}
        self._closing: Task[None] | None = None
        self._is_over = False

    async def run(self, seat: Seat) -> None:
        """Read until the client is gone, or has done what the protocol forbids."""
        self._seat, depth_max = seat, self._door.limits.json_depth_max
        try:
            async with asyncio.timeout(self._door.limits.init_seconds) as patience:
                while True:
                    await self._take(read(await self._next(), depth_max), patience)
        except TimeoutError:
            await self._close(Close(4408, "Connection initialisation timeout"))
        except Close as close:
            await self._close(close)
        except _Gone:
            pass
        except Exception as error:
            log.exception("graphql connection failed", exc_info=error)
            await self._close(Close(4500, "Internal server error"))
        finally:
            self._is_over = True
            await _ended([*self._operations.values()])

    def forbid(self, problem: Unauthenticated) -> None:
        """The token is good no longer."""
        self._closing = self._closing or asyncio.create_task(self._close(forbidden(problem)))

    # -- messages in -----------------------------------------------------------------------------------------------

    async def _next(self) -> str:
        message = await self._receive()
        # What was sent before the client knew that it was over is not looked at.
        if self._is_over or message["type"] == "websocket.disconnect":
            raise _Gone
        text: str | None = message.get("text")
        if text is None:
            raise invalid("messages are text")
        return text

    async def _take(self, message: Mapping[str, Any], patience: Timeout) -> None:
        match message.get("type"):
            case "subscribe":
                await self._subscribe(id_of(message), payload_of(message))
            case "complete":
                # One that is over already may be completed too: the messages may have met on their way.
                if (operation := self._operations.pop(id_of(message), None)) is not None:
                    operation.cancel()
            case "ping":
                payload = payload_of(message)
                await self._say({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
            case "pong":
                payload_of(message)
            case "connection_init":
                payload = payload_of(message)
                if patience.when() is None:
                    raise Close(4429, "Too many initialisation requests")
                patience.reschedule(None)
                await self._initialise(payload or {})
            case other:
                raise invalid(f"unknown type {other!r}")

    async def _initialise(self, payload: Mapping[str, Any]) -> None:
        headers = dict(self._scope["headers"])
        header: str = headers.get(b"authorization", b"").decode("latin-1")
        try:
            await self._seat.present(secret_of(payload.get("Authorization", payload.get("authorization", header))))
        except Unauthenticated as problem:
            # Without a token it is no use to try again; with a wrong one it may be given rights.
            is_missing = problem.details["reason"] == "missing"
            raise (unauthorized(problem.message) if is_missing else forbidden(problem)) from None
        except Problem as problem:
            raise Close(1013, problem.message) from None
        await self._say({"type": "connection_ack"})

    async def _subscribe(self, id: str, payload: Mapping[str, Any] | None) -> None:
        if self._seat.principal is None:
            raise unauthorized("subscribe after connection_ack")
        request = asked_by(payload, self._scope.get("request_id"))
        if id in self._operations:
            raise Close(4409, f"Subscriber for {id} already exists")
        if len(self._operations) >= (limit := self._door.limits.operations_max):
            error = error_of("LIMIT_EXCEEDED", f"At most {limit} operations at once on one connection.")
            await self._say({"id": id, "type": "error", "payload": [error.formatted]})
            return
        self._operations[id] = asyncio.create_task(self._operate(id, request))

    # -- operations ------------------------------------------------------------------------------------------------

    async def _operate(self, id: str, request: Request) -> None:
        """Answer one operation, to its end or until it is cancelled."""
        try:
            if errors := await self._answer(id, request):
                await self._say({"id": id, "type": "error", "payload": errors})
            else:
                await self._say({"id": id, "type": "complete"})
        except _Gone:
            pass
        except Close as close:
            await self._close(close)
        except TooSlow:
            await self._close(too_slow())
        finally:
            # Its id may be another's by now, if the client has completed it.
            if self._operations.get(id) is asyncio.current_task():
                del self._operations[id]

    async def _answer(self, id: str, request: Request) -> Sequence[Any]:
        """Say what the operation comes to. What is wrong with it, or ends it early, is returned."""
        try:
            outcome = await self._outcome(request)
            if isinstance(outcome, Answer):
                if "data" not in outcome.body:
                    return outcome.body["errors"]  # type: ignore[no-any-return]
                await self._say({"id": id, "type": "next", "payload": outcome.body})
            else:
                await self._follow(id, outcome)
        except (_Gone, Close, TooSlow):
            raise
        except Rejected as rejected:
            return [error.formatted for error in rejected.errors]
        except Problem as problem:
            return [request_error(problem).formatted]
        except Exception as error:
            log.exception("graphql operation failed", exc_info=error)
            return [internal_error(request.request_id).formatted]
        return ()

    async def _follow(self, id: str, events: AsyncGenerator[Answer, None]) -> None:
        async with aclosing(events):
            async for answer in events:
                try:
                    await self._seat.check()
                except Unauthenticated as problem:
                    raise forbidden(problem) from None
                await self._say({"id": id, "type": "next", "payload": answer.body})

    async def _outcome(self, request: Request) -> Answer | AsyncGenerator[Answer, None]:
        door = self._door
        try:
            principal = await door.subscribers.authenticator.principal(self._seat.secret)
        except Unauthenticated as problem:
            raise forbidden(problem) from None
        try:
            async with asyncio.timeout(door.limits.request_seconds):
                if door.executor.is_subscription(request):
                    return await door.executor.subscribe(door.context(principal), request)
                return await door.executor.execute(door.context(principal), request)
        except TimeoutError:
            raise Unavailable("The request took too long.") from None

    # -- messages out ----------------------------------------------------------------------------------------------

    async def _say(self, message: Mapping[str, Any]) -> None:
        if self._is_over:
            raise _Gone
        try:
            async with asyncio.timeout(self._door.limits.send_seconds):
                await self._send({"type": "websocket.send", "text": as_json(message).decode()})
        except TimeoutError:
            raise too_slow() from None
        except OSError:
            raise _Gone from None

    async def _close(self, close: Close) -> None:
        """The last message; the client's answer to it, or its silence, ends the reading."""
        if self._is_over:
            return
        self._is_over = True
        with suppress(OSError):
            await self._send(_closing(close))


async def _ended(tasks: Collection[Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

"""Connections of webhooks: each is opened to an address that was looked at, never to a name that may lead elsewhere.

A name is resolved once for a connection, all that it stands for is held against what is allowed, and the connection is
opened to one of those very numbers; TLS still asks for the certificate of the name. A name that changes its mind
between two questions (DNS rebinding) changes nothing. There is no way around: httpcore2 asks no proxy of the
environment, and follows no redirect.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias

import httpcore2

from models.webhook_address import Reach

# Given a name, the addresses that it stands for, in numbers. Raises OSError.
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]


class NotAllowed(httpcore2.ConnectError):
    """The name leads to an address that webhooks may not go to."""


async def resolved(host: str, port: int) -> Sequence[str]:
    """By the system's resolver, in a thread of its own: a name server that does not answer keeps nobody waiting."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Sequence[str]] = loop.create_future()
    threading.Thread(target=_ask, args=(loop, found, host, port), daemon=True, name="webhook-resolver").start()
    return await found


def _ask(loop: asyncio.AbstractEventLoop, found: "asyncio.Future[Sequence[str]]", host: str, port: int) -> None:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        _tell(loop, found, found.set_result, list(dict.fromkeys(str(answer[4][0]) for answer in answers)))
    except (OSError, UnicodeError) as error:
        _tell(loop, found, found.set_exception, OSError(str(error)))


def _tell(
    loop: asyncio.AbstractEventLoop, found: "asyncio.Future[Any]", tell: Callable[[Any], None], what: Any
) -> None:
    """Unless nobody waits any more."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(lambda: None if found.done() else tell(what))


class Guarded(httpcore2.AsyncNetworkBackend):
    """Opens connections to allowed addresses only. Raises `NotAllowed`, and what httpcore2 raises."""

    def __init__(self, reach: Reach, resolve: Resolve = resolved) -> None:
        self._reach, self._resolve = reach, resolve
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._allowed(host, port)
                return await self._first(addresses, port, timeout, local_address, socket_options)
        except TimeoutError:
            raise httpcore2.ConnectTimeout(f"no connection within {timeout} s") from None

    async def _allowed(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"the name {host!r} was not found: {error}") from None
        if not addresses or not all(self._reach.allows(address) for address in addresses):
            raise NotAllowed("The address leads into a network that is not allowed.")
        return addresses

    async def _first(
        self,
        addresses: Sequence[str],
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first address that takes one: a name may have one that this machine has no way to."""
        failure: Exception = httpcore2.ConnectError("no address")
        each = None if timeout is None else timeout / len(addresses)
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, each, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

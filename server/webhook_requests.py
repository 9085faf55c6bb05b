"""One request of a webhook: signed, sent to an allowed address within its time; its answer, as far as it is kept."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore2

from models import webhook_signature
from models.web_address import location_of
from models.webhook_address import Reach
from resolvers.webhook_deliveries import RESPONSE_LENGTH_MAX, Attempted, Delivery
from server.webhook_network import Guarded, NotAllowed, Resolve, resolved

USER_AGENT = "foyer-webhooks"
# An error's text in the log, in characters.
ERROR_LENGTH_MAX = 300
# A connection that nobody uses is kept so long for the next delivery.
KEPT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Requests:
    """Sends deliveries, over connections that are kept for a while. Use within `open`."""

    def __init__(
        self,
        reach: Reach,
        *,
        connect_timeout_seconds: float = 5.0,
        timeout_seconds: float = 15.0,
        connections_max: int = 64,
        ssl_context: ssl.SSLContext | None = None,
        resolve: Resolve = resolved,
    ) -> None:
        self.timeout_seconds = timeout_seconds
        self._connect_timeout_seconds = min(connect_timeout_seconds, timeout_seconds)
        self._reach, self._resolve, self._ssl_context = reach, resolve, ssl_context
        self._connections_max = connections_max
        self._pool: httpcore2.AsyncConnectionPool | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=self._ssl_context or httpcore2.default_ssl_context(),
            max_connections=self._connections_max,
            max_keepalive_connections=self._connections_max,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=Guarded(self._reach, self._resolve),
        )
        async with self._pool:
            yield

    async def send(self, delivery: Delivery, body: bytes, clock: Callable[[], datetime]) -> Attempted:
        """What came of sending it once."""
        started_at, began = clock(), time.monotonic()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                answered = await self._answered(delivery, body)
        except TimeoutError:
            error = f"There was no answer within {self.timeout_seconds:g} seconds."
        except NotAllowed as refused:
            error = str(refused)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as failure:
            error = f"{_kind(failure)}: {str(failure) or _why(failure)}"[:ERROR_LENGTH_MAX]
        else:
            return _told(answered, started_at, _milliseconds_since(began))
        return Attempted(started_at, _milliseconds_since(began), error=error)

    async def _answered(self, delivery: Delivery, body: bytes) -> Answered:
        assert self._pool is not None
        # The moment of this attempt, by this machine's clock: receivers hold it against theirs.
        signed = webhook_signature.headers(delivery.token, int(time.time()), body, delivery.secrets)
        headers = {"content-type": "application/json", "user-agent": USER_AGENT, "accept": "*/*", **signed}
        waits = {"connect": self._connect_timeout_seconds, "read": None, "write": None, "pool": None}
        address = location_of(delivery.url) or b""
        async with self._pool.stream(
            "POST", address, headers=list(headers.items()), content=body, extensions={"timeout": waits}
        ) as response:
            return Answered(response.status, response.headers, await _beginning(response))


async def _beginning(response: httpcore2.Response) -> bytes:
    """As much of the body as is kept. What follows is not read: the connection is closed instead."""
    read = b""
    async for part in response.aiter_stream():
        read += part
        if len(read) >= RESPONSE_LENGTH_MAX:
            break
    return read[:RESPONSE_LENGTH_MAX]


def _told(answered: Answered, started_at: datetime, duration_ms: int) -> Attempted:
    text = answered.body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Attempted(
        started_at,
        duration_ms,
        status=answered.status,
        response=text,
        retry_after_seconds=_retry_after(dict(answered.headers)),
    )


def _retry_after(headers: dict[bytes, bytes]) -> float | None:
    """Seconds, or a moment by HTTP's form of it (RFC 9110, 10.2.3); whatever else it is, nothing is asked for."""
    given = {name.lower(): value for name, value in headers.items()}.get(b"retry-after", b"").decode("latin-1").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _kind(failure: Exception) -> str:
    if isinstance(failure, httpcore2.ConnectError | httpcore2.ConnectTimeout):
        return "No connection"
    return "The connection failed" if isinstance(failure, httpcore2.NetworkError | OSError) else "No HTTP"


def _why(failure: BaseException) -> str:
    """What is at the bottom of an error without a message of its own, by the name of its class."""
    while failure.__cause__ is not None:
        failure = failure.__cause__
    return str(failure) or type(failure).__name__


def _milliseconds_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)

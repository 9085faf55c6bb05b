"""The Voucherify door: one ASGI callable for /v1/ and /client/v1/.

What is looked at, and in this order: the address, the method, the Accept header, who is asking, how often; the rest is
the handler's.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from models.database import Database
from models.problems import Problem
from resolvers.authentication import Authenticator
from resolvers.clicks import Clicks
from resolvers.context import Wakes, utc_now
from rest.reading import compile_all
from rest.voucherify import (
    async_actions,
    browsers,
    campaigns,
    categories,
    customers,
    exports,
    negotiation,
    problems,
    publications,
    redemptions,
    transactions,
    trash_bin,
    validations,
    vouchers,
)
from rest.voucherify.answers import Answer, Header, Stream
from rest.voucherify.authentication import principal_of
from rest.voucherify.call import Call, Door
from rest.voucherify.rates import Rates
from rest.voucherify.routing import Route, Router

log = structlog.get_logger()

# A new noun: its module above, and one line here.
ROUTES: tuple[Route, ...] = (
    *campaigns.ROUTES,
    *vouchers.ROUTES,
    *redemptions.ROUTES,
    *validations.ROUTES,
    *publications.ROUTES,
    *transactions.ROUTES,
    *customers.ROUTES,
    *categories.ROUTES,
    *exports.ROUTES,
    *async_actions.ROUTES,
    *trash_bin.ROUTES,
)

# The address itself, and what is below it.
PATHS = ("/v1", "/client/v1")


def is_ours(path: str) -> bool:
    return path.startswith(("/v1/", "/client/v1/")) or path in PATHS


class Voucherify:
    """ASGI application. Keeps nothing of a request but how many each token has made in this minute."""

    def __init__(
        self,
        database: Database,
        authenticator: Authenticator,
        *,
        clock: Callable[[], datetime] = utc_now,
        body_limit_bytes: int = 1_048_576,
        import_limit_bytes: int = 10_485_760,
        upload_limit_bytes: int = 104_857_600,
        json_depth_max: int = 64,
        rate_limit_per_minute: int = 0,
        clicks: Clicks | None = None,
        bulk: Wakes | None = None,
        routes: tuple[Route, ...] = ROUTES,
    ) -> None:
        limits = (body_limit_bytes, max(import_limit_bytes, body_limit_bytes), upload_limit_bytes, json_depth_max)
        self._door = Door(database, authenticator, clock, *limits, pending=clicks, bulk=bulk)
        self._rates = Rates(rate_limit_per_minute)
        self._router = Router(routes)
        compile_all(database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(self._door, scope, receive, self._rates.look())
        try:
            answer = await self._answered(call)
        except ClientDisconnect:
            return
        more = (*call.headers_out(), *browsers.headers(call))
        await _with(answer, more).send(send, bodiless=call.method == "HEAD")

    async def _answered(self, call: Call) -> Answer | Stream:
        try:
            return await self._served(call)
        except Problem as problem:
            return call.refusal(problem)
        except ClientDisconnect:
            raise
        except Exception as error:
            asked = {"method": call.method, "path": call.path, "shown_as": call.request_id, "channel": call.channel}
            log.exception("voucherify request failed", **asked, exc_info=error)
            return call.json(problems.internal(call.request_id), 500)

    async def _served(self, call: Call) -> Answer | Stream:
        found = self._router.find(call.scope)
        call.route, call.arguments = found.route, found.arguments
        if call.method == "OPTIONS":
            return browsers.options(call, self._router.methods(call.scope))
        negotiation.check(call.headers.get(b"accept", b""), call.route.media)
        call.principal = await principal_of(call.headers, self._door.authenticator, client=call.route.client)
        call.rate = self._rates.spend(call.principal.token_id)
        self._rates.refuse(call.rate)
        call.organizer_id = call.principal.organizer_id(None)
        return await call.route.handlers["GET" if call.method == "HEAD" else call.method](call)


def _with(answer: Answer | Stream, more: tuple[Header, ...]) -> Answer | Stream:
    if isinstance(answer, Stream):
        return Stream((*answer.headers, *more), answer.parts, answer.status)
    return Answer(answer.status, (*answer.headers, *more), answer.body)

"""The pretix door: one ASGI callable for whatever pretix would serve.

What is looked at, and in this order (docs/rest-pretix.md): the idempotency key, the address, the Accept header, who is
asking, whether they may, the method; the rest is the handler's.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from models.database import Database
from models.problems import PermissionDenied, Problem
from resolvers.authentication import Authenticator
from resolvers.clicks import Clicks
from resolvers.context import utc_now
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask, One, Value
from rest.pretix import (
    authentication,
    basics,
    events,
    gift_cards,
    html,
    metadata,
    negotiation,
    openapi,
    organizers,
    sales_channels,
    tracking_campaigns,
    transactions,
)
from rest.pretix.answers import Answer
from rest.pretix.call import HOST, Call, Door
from rest.pretix.idempotency import Keys
from rest.pretix.public import Public
from rest.pretix.refusals import MethodNotAllowed
from rest.pretix.routing import ROOT, Elsewhere, Route, Router
from rest.pretix.texts import text
from rest.reading import Selection, compile_all

log = structlog.get_logger()

# A new noun: its module above, and one line here.
ROUTES: tuple[Route, ...] = (
    *basics.ROUTES,
    *openapi.ROUTES,
    *organizers.ROUTES,
    *events.ROUTES,
    *sales_channels.ROUTES,
    *tracking_campaigns.ROUTES,
    *gift_cards.ROUTES,
    *transactions.ROUTES,
)

# Deeper values could be taken but not shown again inside an answer: the JSON writer's own limit is 254 levels.
JSON_DEPTH_LIMIT = 200


EVENT = Selection(One("event", {"id": Value(("id",))}, 0))


class Pretix:
    """ASGI application. Keeps nothing of a request but which idempotency keys are running."""

    def __init__(
        self,
        database: Database,
        authenticator: Authenticator,
        *,
        base_url: str | None = None,
        clock: Callable[[], datetime] = utc_now,
        body_limit_bytes: int = 1_000_000,
        json_depth_max: int = 64,
        clicks: Clicks | None = None,
    ) -> None:
        base = None if base_url is None else str(base_url).rstrip("/")
        depth_max = min(json_depth_max, JSON_DEPTH_LIMIT)
        self._keys = Keys()
        routes = (*ROUTES, self._keys.route())
        counted = Clicks(database, clock) if clicks is None else clicks
        describe = cache(partial(openapi.written, routes))
        self._door = Door(database, authenticator, clock, base, body_limit_bytes, depth_max, describe, counted)
        self._public = Public(database, counted, clock, base)
        self._router = Router(routes)
        compile_all(database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = self._public.place(scope["path"])
        if place is not None:
            await self._public.serve(place, scope, send)
            return
        call = Call(self._door, scope, receive)
        try:
            answer = await self._keys.answered(call, self._answered)
        except ClientDisconnect:
            return
        await answer.send(send, bodiless=call.method == "HEAD")

    async def _answered(self, call: Call) -> Answer:
        try:
            return await self._served(call)
        except Problem as problem:
            return call.refusal(problem)
        except ClientDisconnect:
            raise
        except Exception as error:
            log.exception("pretix request failed", method=call.method, path=call.path, exc_info=error)
            return call.json({"detail": text("internal").spoken(call.language)}, 500)

    async def _served(self, call: Call) -> Answer:
        return self._aside(call) or await self._handled(call)

    def _aside(self, call: Call) -> Answer | None:
        """The answer to a request that leads to no route, in HTML; if there is none, the call knows its route."""
        if b"%00" in call.scope["query_string"] or not HOST.fullmatch(call.host):
            return html.bad_request(call.language, "The address or the Host header of the request is broken.")
        if call.path in ("/api", "/api/") and call.method in authentication.SAFE:
            away = (301, "/api/") if call.path == "/api" else (302, ROOT)
            return html.redirect(*away, b"", call.language)
        found = self._router.find(call.path, call.method)
        if found is None:
            return html.not_found(call.language)
        if isinstance(found, Elsewhere):
            return html.redirect(301, call.path + "/", call.scope["query_string"], call.language)
        call.route, call.arguments, call.format = found.route, found.arguments, found.format
        return None

    async def _handled(self, call: Call) -> Answer:
        route, method = call.route, call.method
        assert route is not None
        negotiation.check(call.headers.get(b"accept", b"*/*"), call.format or call.query.get("format"))
        if not route.public:
            header = call.headers.get(b"authorization", b"")
            call.principal = await authentication.principal_of(header, route, self._door.authenticator)
            call.organizer_id = authentication.admit(call.principal, route, method, call.arguments.get("organizer"))
            if "event" in call.arguments:
                call.event_id = await _event_in_path(call)
        if method == "OPTIONS" and route.options:
            return await metadata.answer(call)
        handler = route.handlers.get("GET" if method == "HEAD" else method)
        if handler is None:
            raise MethodNotAllowed(method)
        return await handler(call)


async def _event_in_path(call: Call) -> int:
    """The event's id. An unknown one is one that is not theirs, as with organizers."""
    slug = call.arguments["event"]
    found = None
    if "\0" not in slug:
        found = await call.read(EVENT, [Ask(1, Compare("slug", "eq", slug), organizer_id=call.organizer_id)])
    if found is None:
        raise PermissionDenied("There is no such event, or the token does not reach it.", field="event")
    event_id: int = found["id"]
    return event_id

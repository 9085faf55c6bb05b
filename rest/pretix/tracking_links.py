"""/{organizer}/{event}/c/{code}/: a campaign's link. Following it counts a click and leads on.

Every request reads the campaign, so that switching it off or changing where it leads counts at once. Where it leads is
what is stored, and nothing of the request; the address was looked at when it was stored (models/web_address.py).
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from starlette.types import Scope

from models.database import Database
from models.web_address import location_of
from resolvers import signing_keys, tracking_sessions
from resolvers.clicks import Clicked, Clicks
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask, One, Value
from resolvers.tracking_campaigns import CODE, CODE_LENGTH_MAX
from resolvers.tracking_sessions import PURPOSE
from rest.pretix.answers import HTML, Answer, Header
from rest.pretix.call import HOST
from rest.pretix.html import NO_STORE
from rest.reading import Selection

COOKIE = "foyer_tracking"
_COOKIE_NAME = COOKIE.encode()
_ATTRIBUTES = f"; Max-Age={int(tracking_sessions.KEPT_FOR.total_seconds())}; Path=/; HttpOnly; SameSite=Lax"

LINK = Selection(
    One(
        "tracking_campaign",
        {
            "id": Value(("id",)),
            "organizer_id": Value(("organizer", "id")),
            "created_at": Value(("created_at",)),
            "organizer": Value(("organizer", "slug")),
            "event": Value(("event", "slug")),
            "active": Value(("active",)),
            "external_target": Value(("external_target",)),
        },
        0,
    )
)
# Nobody is asking: the link's reach has no tenant, and no event is out of it.
_PARAMETERS = {"all_events": 1, "event_ids": ()}


class TrackingLinks:
    def __init__(self, database: Database, clicks: Clicks, clock: Callable[[], datetime], base: str | None) -> None:
        self._database, self._clicks, self._clock, self._base = database, clicks, clock, base
        self._secret: str | None = None

    async def follow(self, scope: Scope, organizer: str, event: str, code: str) -> Answer | None:
        """Where the link leads; None if it leads nowhere. A link that is switched off leads on, and counts nothing.

        HEAD counts nothing either: nobody followed the link yet.
        """
        campaign = await self._find(code)
        if campaign is None or campaign["organizer"] != organizer or campaign["event"] != event:
            return None
        headers = self._leading(scope, campaign)
        if scope["method"] == "GET" and campaign["active"]:
            now = self._clock()
            cookie = await self._cookie(scope, campaign["id"], now)
            if cookie is not None:
                headers = (*headers, cookie)
            self._clicks.count(Clicked(campaign["organizer_id"], campaign["id"], campaign["created_at"]), now)
        return Answer(302, headers, b"")

    async def _find(self, code: str) -> Any:
        if len(code) > CODE_LENGTH_MAX or not CODE.fullmatch(code):
            return None
        plan = LINK.plan(self._database)
        ask = Ask(1, Compare("code", "eq", code), reach="link", remembered=True)
        return await self._database.read(lambda: plan.run([ask], _PARAMETERS))

    def _leading(self, scope: Scope, campaign: Any) -> tuple[Header, ...]:
        target: str = campaign["external_target"]
        if target:
            return _headers(location_of(target))
        base = _base_of(scope) if self._base is None else self._base
        return _headers(f"{base}/{campaign['organizer']}/{campaign['event']}/".encode())

    async def _cookie(self, scope: Scope, campaign_id: int, now: datetime) -> Header | None:
        """The visitor's session with this visit; None if it need not be told."""
        if self._secret is None:
            self._secret = await signing_keys.ensure(self._database, PURPOSE)
        known = tracking_sessions.read(_session_of(scope), self._secret, now)
        visits = tracking_sessions.visited(known, campaign_id, now)
        if visits is None:
            return None
        secure = (self._base or scope["scheme"]).startswith("https")
        written = f"{COOKIE}={tracking_sessions.write(visits, self._secret)}{_ATTRIBUTES}{'; Secure' if secure else ''}"
        return (b"set-cookie", written.encode())


@lru_cache(maxsize=4096)
def _headers(location: bytes | None) -> tuple[Header, ...]:
    assert location is not None
    return (HTML, NO_STORE, (b"location", location))


def _session_of(scope: Scope) -> str | None:
    """The value of our cookie, of several the first."""
    for name, value in scope["headers"]:
        if name == b"cookie" and _COOKIE_NAME in value:
            for pair in value.split(b";"):
                key, _, held = pair.strip().partition(b"=")
                if key == _COOKIE_NAME:
                    return str(held.decode("latin-1"))
    return None


def _base_of(scope: Scope) -> str:
    """Scheme and host of the request; nothing, for an address on the same host, if its Host header is broken."""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1")
            return f"{scope['scheme']}://{host}" if HOST.fullmatch(host) else ""
    return ""

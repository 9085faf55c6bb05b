"""What visitors see without a token: tracking links and the front of a shop. Everything else of a shop is elsewhere."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from starlette.types import Scope, Send

from models.database import Database
from models.problems import Problem
from resolvers.clicks import Clicks
from rest.pretix import html
from rest.pretix.answers import Answer
from rest.pretix.call import LANGUAGES_READ
from rest.pretix.problems import more_headers
from rest.pretix.shop_front import ShopFront
from rest.pretix.texts import language_of
from rest.pretix.tracking_links import TrackingLinks

log = structlog.get_logger()

SLUG = r"[A-Za-z0-9][A-Za-z0-9._-]*"
LINK = re.compile(rf"/({SLUG})/({SLUG})/c/([^/]+)(/?)")
SHOP = re.compile(rf"/({SLUG})/({SLUG})(/?)")
API = "/api/"


def _described(operation: str, summary: str, description: str, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    page = {"content": {"text/html": {"schema": {"type": "string"}}}}
    responses = {
        **answers,
        "404": {"description": "There is none, said with a page.", **page},
        "503": {"description": "The database did not answer in time, said with a page.", **page},
    }
    told = {"operationId": operation, "summary": summary, "description": description, "responses": responses}
    slug = {"in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{SLUG}$"}}
    places = [
        {"name": name, "description": f"The {name}'s slug, with its case.", **slug} for name in ("organizer", "event")
    ]
    return {"parameters": places, "get": {"tags": ["shops"], **told, "security": []}}


_LINK = _described(
    "shops_follow",
    "Follow a tracking link",
    "Counts a click for the campaign, if it is enabled, and leads on: to its target, or to the event's shop. HEAD "
    "counts nothing. A visitor is remembered by a cookie, so that an order can be told to have come of the link.",
    {
        "302": {
            "description": "Where the link leads.",
            "headers": {
                "Location": {"required": True, "schema": {"type": "string"}},
                "Cache-Control": {"required": True, "schema": {"type": "string", "enum": ["no-store"]}},
            },
        }
    },
)
_CODE = {"name": "code", "in": "path", "required": True, "description": "The campaign's code, with its case."}
# What the door's description tells of these addresses.
DESCRIBED: Mapping[str, Mapping[str, Any]] = {
    "/{organizer}/{event}/c/{code}/": {
        **_LINK,
        "parameters": [*_LINK["parameters"], {**_CODE, "schema": {"type": "string", "pattern": "^[^/]+$"}}],
    },
    "/{organizer}/{event}/": _described(
        "shops_show",
        "The front of an event's shop",
        "What it is, when and where, as a page.",
        {
            status: {"description": description, "content": {"text/html": {"schema": {"type": "string"}}}}
            for status, description in (("200", "The page."), ("403", "The shop is not open."))
        },
    ),
}


class Public:
    """Answers requests for the addresses that `place` knows."""

    def __init__(self, database: Database, clicks: Clicks, clock: Callable[[], datetime], base: str | None) -> None:
        self._links = TrackingLinks(database, clicks, clock, base)
        self._shops = ShopFront(database)

    @staticmethod
    def place(path: str) -> re.Match[str] | None:
        """What a path names, if it is one of those that are public."""
        return None if path.startswith(API) else LINK.fullmatch(path) or SHOP.fullmatch(path)

    async def serve(self, place: re.Match[str], scope: Scope, send: Send) -> None:
        try:
            answer = await self._answer(place, scope)
        except Problem as problem:
            answer = html.page(problem.status_hint, "page_unavailable", _language(scope), more_headers(problem))
        except Exception as error:
            log.exception("public page failed", method=scope["method"], path=scope["path"], exc_info=error)
            answer = html.page(500, "page_internal", _language(scope))
        await answer.send(send, bodiless=scope["method"] == "HEAD")

    async def _answer(self, place: re.Match[str], scope: Scope) -> Answer:
        organizer, event, *code, slash = place.groups()
        if scope["method"] not in ("GET", "HEAD"):
            # As everywhere: without its slash there is nothing that a body could be sent to.
            if not slash:
                return html.not_found(_language(scope))
            return html.page(405, "page_method", _language(scope), ((b"allow", b"GET, HEAD"),))
        if not slash:
            return html.redirect(301, scope["path"] + "/", scope["query_string"], _language(scope), (html.NO_STORE,))
        if code:
            answer = await self._links.follow(scope, organizer, event, code[0])
            return answer or html.page(404, "page_link_unknown", _language(scope))
        return await self._shops.show(scope, organizer, event, _language(scope))


def _language(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return language_of(value[:LANGUAGES_READ])
    return language_of(b"")

"""GraphQL from the pages of other origins: what a browser asks first, and what it lets a page see (CORS).

Nobody is known by a cookie, so nothing is said of credentials: a page that has a token sends it in a header.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/graphql"
# How long a browser need not ask again, in seconds: two hours is the most that Chromium keeps it.
MAX_AGE_SECONDS = 7200
SHOWN = ("X-Request-Id", "Retry-After", "WWW-Authenticate")


class Cors:
    """Stands before everything else, so that a page also sees why it was refused. Other paths are left alone."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            # Clients have headers of their own, such as their name and version.
            allow_headers=("*",),
            expose_headers=SHOWN,
            max_age=MAX_AGE_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and scope["path"] == PATH
        await (self._open if is_ours else self._app)(scope, receive, send)

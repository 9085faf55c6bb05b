"""Which host names the server answers to: addresses in answers are made from it, so it must be the server's own.

A web page can also make its visitor's browser call a server inside a network under a name of the page's own (DNS
rebinding); such a request has that name in its Host header.
"""

from collections.abc import Iterable
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rest.pretix import html
from rest.pretix.answers import Answer, in_json
from rest.voucherify.app import is_ours as is_voucherify

# Load balancers ask these, by whatever address they have.
OPEN = ("/healthz", "/readyz")
REMEMBERED_MAX = 1024
MESSAGE = (
    "This server does not answer to the host name {name}. If it is meant to, its operator names it in "
    "FOYER_ALLOWED_HOSTS or FOYER_BASE_URL."
)


class AllowedHosts:
    """Refuses requests to other hosts with 400. `.example.org` is a host and all below it, `*` is every host.

    With `own_address`, the address that a connection came in at is allowed, too.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str], *, own_address: bool = False) -> None:
        self._app, self._own_address = app, own_address
        allowed = frozenset(map(plain, names))
        parents = tuple(name for name in allowed if name.startswith("."))

        @lru_cache(REMEMBERED_MAX)
        def allows(header: bytes) -> bool:
            name = name_of(header)
            return "*" in allowed or name in allowed or any(f".{name}".endswith(parent) for parent in parents)

        self._allows = allows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Of two headers doors would look at one, so each must do. Where there is no name, none is given back:
        # addresses in answers are then made from the server's own.
        for name, host in scope["headers"]:
            if name == b"host" and host and not self._allows(host) and not self._is_excused(host, scope):
                refused = send if scope["type"] == "http" else denied(send)
                await _refusal(scope["path"], host).send(refused, bodiless=scope.get("method") == "HEAD")
                return
        await self._app(scope, receive, send)

    def _is_excused(self, host: bytes, scope: Scope) -> bool:
        server = scope.get("server")
        is_own = self._own_address and server is not None and name_of(host) == plain(server[0])
        return is_own or scope["path"] in OPEN


def denied(send: Send) -> Send:
    """An answer of HTTP to whoever asked for a WebSocket (ASGI's extension `websocket.http.response`)."""

    async def translated(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    return translated


def name_of(header: bytes) -> str:
    """The name in a Host header, without its port."""
    host = header.decode("latin-1")
    if host.startswith("["):
        return plain(host.partition("]")[0])
    return plain(host.partition(":")[0])


def plain(name: str) -> str:
    """A name as it is compared: in lower case, without the root's dot and without the brackets of IPv6."""
    return name.strip("[]").lower().removesuffix(".")


def _refusal(path: str, host: bytes) -> Answer:
    message = MESSAGE.format(name=repr(name_of(host[:255])))
    if path.startswith("/graphql"):
        return in_json(
            {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}, language="en", status=400
        )
    if is_voucherify(path):
        return in_json({"code": 400, "key": "bad_request", "message": message}, language="en", status=400)
    return html.bad_request("en", message)

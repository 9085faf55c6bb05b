"""From a path to a route. Paths are split before they are decoded, so that names and codes may hold any character.

`%2F` in a campaign's name stays inside its segment. One address is sent unencoded by an SDK (importVouchersCSV of the
JS SDK v2): `{campaign+}` takes one segment or more. A segment that is named beats an argument, so that
`vouchers/import` is no voucher; but where the named one does not serve the method, the argument's does.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import quote, unquote_to_bytes

from starlette.types import Scope

from rest.voucherify.answers import Answer, Stream
from rest.voucherify.refusals import MethodNotAllowed, Nowhere

SERVER = ("v1",)
CLIENT = ("client", "v1")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# More than any address has; a name over several segments could have any number.
SEGMENTS_MAX = 64

Handler: TypeAlias = Callable[[Any], Awaitable[Answer | Stream]]


@dataclass(frozen=True)
class Route:
    """`path` is below /v1/, or below /client/v1/ for what browsers may ask (`client`): `campaigns/{campaign}/enable`.

    `media` is the type of what it answers.
    """

    path: str
    handlers: Mapping[str, Handler]
    client: bool = False
    media: str = "application/json"

    @cached_property
    def parts(self) -> tuple[str, ...]:
        return (*(CLIENT if self.client else SERVER), *(self.path.split("/") if self.path else ()))

    @cached_property
    def methods(self) -> tuple[str, ...]:
        return tuple(method for method in METHODS if method in self.handlers)


@dataclass(frozen=True, slots=True)
class Found:
    route: Route
    arguments: Mapping[str, str]


@dataclass(slots=True)
class _Node:
    route: Route | None = None
    named: dict[str, "_Node"] = field(default_factory=dict)
    one: "tuple[str, _Node] | None" = None
    many: "tuple[str, _Node] | None" = None


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._top = _Node()
        for route in routes:
            node = self._top
            for part in route.parts:
                node = _below(node, part)
            assert node.route is None, f"two routes at {route.path}"
            node.route = route

    def find(self, scope: Scope) -> Found:
        """The route that serves the request. Refuses with `Nowhere` and `MethodNotAllowed`."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        places = list(self._walk(self._top, segments_of(scope), {}))
        for found in places:
            if method in found.route.handlers:
                return found
        if not places:
            raise Nowhere("There is nothing at this address.")
        if method == "OPTIONS":
            return places[0]
        raise MethodNotAllowed(scope["method"], allowed_of(places))

    def methods(self, scope: Scope) -> tuple[str, ...]:
        """What is served at an address."""
        return allowed_of(list(self._walk(self._top, segments_of(scope), {})))

    def _walk(self, node: _Node, parts: Sequence[str], arguments: Mapping[str, str]) -> Iterator[Found]:
        """All routes that a path could mean, the plainest first."""
        if not parts:
            if node.route is not None:
                yield Found(node.route, arguments)
            return
        first, rest = parts[0], parts[1:]
        if (named := node.named.get(first)) is not None:
            yield from self._walk(named, rest, arguments)
        if node.one is not None and first:
            name, below = node.one
            yield from self._walk(below, rest, {**arguments, name: first})
        if node.many is not None and first:
            name, below = node.many
            for end in range(1, len(parts) + 1):
                yield from self._walk(below, parts[end:], {**arguments, name: "/".join(parts[:end])})


def segments_of(scope: Scope) -> list[str]:
    """The decoded segments of a path; a slash at its end is none. Refuses what no text could be found under."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    parts = raw.removeprefix(b"/").removesuffix(b"/").split(b"/")
    if len(parts) > SEGMENTS_MAX:
        raise Nowhere("There is nothing at this address.")
    try:
        found = [unquote_to_bytes(part).decode() for part in parts]
    except UnicodeDecodeError:
        raise Nowhere("The address is not UTF-8.") from None
    if any("\0" in part for part in found):
        raise Nowhere("There is nothing at this address.")
    return found


def allowed_of(places: Sequence[Found]) -> tuple[str, ...]:
    served = {method for found in places for method in found.route.methods}
    return tuple(method for method in METHODS if method in served)


def _below(node: _Node, part: str) -> _Node:
    if not part.startswith("{"):
        return node.named.setdefault(part, _Node())
    name = part.strip("{+}")
    several = part.endswith("+}")
    known = node.many if several else node.one
    if known is None:
        known = (name, _Node())
        if several:
            node.many = known
        else:
            node.one = known
    assert known[0] == name, f"{name} and {known[0]} at one place"
    return known[1]

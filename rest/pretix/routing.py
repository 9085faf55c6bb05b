"""From a path to a route, by pretix's rules on slashes.

Addresses end with a slash, a few do not. Without its slash an address is redirected to the one with it, except where a
body would be lost (POST, PUT, PATCH): there nothing is found. Instead of the slash a format may be named (`.json`).
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from models.token import Kind
from resolvers.sales_channels import IDENTIFIER
from rest.pretix.answers import Answer
from rest.pretix.described import Operation

ROOT = "/api/v1/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WITH_BODY = ("POST", "PUT", "PATCH")
FORMAT = re.compile(r"(?P<name>[^/]*)\.(?P<format>[a-z0-9]+)")
# What a key in a path may be; anything else leads nowhere. Most have no dots, so that what follows one is a format.
KEY = re.compile(r"[^/.]+")
KEYS: Mapping[str, re.Pattern[str]] = {
    "organizer": re.compile(r"[^/]+"),
    "event": re.compile(r"[^/]+"),
    "channel": IDENTIFIER,
}

Handler: TypeAlias = Callable[[Any], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """`path` is relative to /api/v1/; `view` is pretix's name for it, which device security profiles list.

    `read` and `write` are the permissions without which safe and other methods are refused. Where nobody is asking,
    the status is 401, or 403 with `forbids`. `access` are the OAuth words of which one is needed, if not the usual.
    """

    path: str
    view: str
    title: str
    handlers: Mapping[str, Handler]
    read: str | None = None
    write: str | None = None
    # Whether `write` is needed as well to be told that a method is not served, and by OPTIONS of the fields.
    guards_unserved: bool = True
    slash: bool = True
    public: bool = False
    forbids: bool = False
    kinds: frozenset[Kind] = frozenset((Kind.TEAM, Kind.DEVICE, Kind.OAUTH))
    access: tuple[str, ...] | None = None
    # Whether OPTIONS is answered at all.
    options: bool = True
    # What OPTIONS tells of the fields, for the methods that take them.
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # What the description tells of each method; of methods that are not served it may tell as well.
    operations: Mapping[str, Operation] = field(default_factory=dict)

    @cached_property
    def allow(self) -> str:
        methods = [method for method in METHODS if method in self.handlers]
        more = ["HEAD"] if "GET" in methods else []
        return ", ".join([*methods, *more, *(["OPTIONS"] if self.options else [])])


@dataclass(frozen=True, slots=True)
class Found:
    route: Route
    arguments: Mapping[str, str]
    format: str | None = None


class Elsewhere:
    """The address exists, with a slash at its end."""


@dataclass(slots=True)
class _Node:
    route: Route | None = None
    named: dict[str, "_Node"] = field(default_factory=dict)
    argument: str = ""
    any: "_Node | None" = None


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._top = _Node()
        for route in routes:
            node = self._top
            for part in route.path.split("/") if route.path else ():
                node = self._below(node, part)
            assert node.route is None, f"two routes at {route.path}"
            node.route = route

    def find(self, path: str, method: str) -> Found | Elsewhere | None:
        """The route of a decoded path, if there is one."""
        if not path.startswith(ROOT):
            return Elsewhere() if path + "/" == ROOT and method not in WITH_BODY else None
        parts = path[len(ROOT) :].split("/")
        slash = parts[-1] == ""
        if slash:
            parts.pop()
        found = self._walk(parts)
        if found is not None and found.route.slash is slash:
            return found
        return self._with_format(parts) or self._with_slash(found, slash, method)

    @staticmethod
    def _with_slash(found: Found | None, slash: bool, method: str) -> Elsewhere | None:
        return Elsewhere() if found is not None and not slash and method not in WITH_BODY else None

    def _with_format(self, parts: Sequence[str]) -> Found | None:
        named = FORMAT.fullmatch(parts[-1]) if parts else None
        if named is None:
            return None
        found = self._walk([*parts[:-1], named["name"]])
        if found is None or not found.route.slash:
            return None
        return Found(found.route, found.arguments, named["format"])

    def _walk(self, parts: Sequence[str]) -> Found | None:
        node: _Node | None = self._top
        arguments: dict[str, str] = {}
        for part in parts:
            assert node is not None
            below = node.named.get(part)
            if below is None:
                below = node.any
                if below is None or not KEYS.get(node.argument, KEY).fullmatch(part):
                    return None
                arguments[node.argument] = part
            node = below
        return Found(node.route, arguments) if node is not None and node.route is not None else None

    @staticmethod
    def _below(node: _Node, part: str) -> _Node:
        if not part.startswith("{"):
            return node.named.setdefault(part, _Node())
        name = part.strip("{}")
        assert node.argument in ("", name), f"{name} and {node.argument} at one place"
        node.argument, node.any = name, node.any or _Node()
        return node.any

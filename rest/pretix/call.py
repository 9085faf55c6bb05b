"""One request on its way through the door: what was asked, by whom, and how answers to it are made."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from models.database import Database
from models.problems import Problem
from resolvers.authentication import Authenticator
from resolvers.context import Context, Pending, Verb, Work
from resolvers.idempotency import Kept
from resolvers.principals import Principal
from rest.pretix import problems
from rest.pretix.answers import Answer, Header, in_json, of_nothing
from rest.pretix.bodies import body_of
from rest.pretix.fields import Entry, Readable, an_object
from rest.pretix.routing import Route
from rest.pretix.texts import language_of
from rest.reading import Selection

# As much of Accept-Language as is looked at and remembered, in bytes; Django's limit.
LANGUAGES_READ = 500

# What a Host header may be.
HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

NOBODY = Principal("nobody", "nobody", {}, frozenset(), access=frozenset())


@dataclass(frozen=True, slots=True)
class Door:
    """What all requests share."""

    database: Database
    authenticator: Authenticator
    clock: Callable[[], datetime]
    base_url: str | None
    body_limit_bytes: int
    json_depth_max: int
    # What the door serves, as it describes itself by OpenAPI: made when it is first asked for.
    describe: Callable[[], bytes]
    # What is counted and not yet written.
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A form filled in, or why it could not be read. pretix says so only after it has found what the body is for."""

    entry: Entry | None = None
    refusal: Problem | None = None

    def read(self) -> Entry:
        if self.refusal is not None:
            raise self.refusal
        assert self.entry is not None
        return self.entry


class Call:
    __slots__ = (
        "_door",
        "_receive",
        "arguments",
        "event_id",
        "format",
        "headers",
        "kept",
        "language",
        "method",
        "organizer_id",
        "parameters",
        "path",
        "principal",
        "query",
        "route",
        "scope",
        "settled",
    )

    def __init__(self, door: Door, scope: Scope, receive: Receive) -> None:
        self._door, self.scope, self._receive = door, scope, receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.language = language_of(self.headers.get(b"accept-language", b"")[:LANGUAGES_READ])
        written: bytes = scope["query_string"]
        self.parameters = parse_qsl(written.decode("utf-8", "replace"), keep_blank_values=True) if written else []
        # Of a parameter that comes twice the last one counts.
        self.query: Mapping[str, str] = dict(self.parameters)
        # Where the path leads; None until it was looked at, and where it leads nowhere.
        self.route: Route | None = None
        self.arguments: Mapping[str, str] = {}
        self.format: str | None = None
        self.principal = NOBODY
        # The organizer in the path, where the route has one.
        self.organizer_id = 0
        # The event in the path, where the route has one.
        self.event_id = 0
        # How the answer is kept, if the request has an idempotency key; and whether a write has taken care of it.
        self.kept: Kept[Answer] | None = None
        self.settled = False

    # -- asking ----------------------------------------------------------------------------------------------------

    async def read(self, selection: Selection, asks: Sequence[Any]) -> Any:
        return await self._context().read(selection.plan(self._door.database), asks)

    async def write(self, verb: Verb[Answer]) -> Answer:
        """Run a verb whose outcome is the answer. With an idempotency key, both are stored or neither."""
        self.settled = self.kept is not None
        return await self._context().write(verb, self.kept)

    async def look(self, verb: Verb[Any]) -> Any:
        """Run a verb that is not this request's effect."""
        return await self._context().write(verb)

    def read_in(self, work: Work, selection: Selection, asks: Sequence[Any]) -> Awaitable[Any]:
        """The same question from inside a verb: what it wrote is in the answer, and nothing later."""
        return work.read(selection.plan(self._door.database), asks)

    async def body(self, form: Readable, *, partial: bool = False) -> Body:
        try:
            content, is_form = await self._content()
            return Body(form.read(an_object(content), is_form=is_form, partial=partial))
        except Problem as refusal:
            return Body(refusal=refusal)

    async def _content(self) -> tuple[Any, bool]:
        door = self._door
        kind = self.headers.get(b"content-type", b"")
        return await body_of(self._receive, kind, limit_bytes=door.body_limit_bytes, depth_max=door.json_depth_max)

    def _context(self) -> Context:
        return Context(self._door.database, self.principal, self._door.clock, self._door.pending)

    # -- answering -------------------------------------------------------------------------------------------------

    def json(self, value: Any, status: int = 200, more: Sequence[Header] = ()) -> Answer:
        allow = None if self.route is None else self.route.allow
        return in_json(value, language=self.language, status=status, allow=allow, more=more)

    def nothing(self) -> Answer:
        """204: what was asked for is done, and there is nothing to show of it."""
        return of_nothing(language=self.language, allow=None if self.route is None else self.route.allow)

    def refusal(self, problem: Problem) -> Answer:
        status, more = problems.STATUSES.get(type(problem), problem.status_hint), problems.more_headers(problem)
        if status == 401 and self.route is not None and self.route.forbids:
            status, more = 403, ()
        return self.json(problems.payload_of(problem, self.language), status, more)

    @property
    def description(self) -> bytes:
        return self._door.describe()

    @property
    def base(self) -> str:
        """Scheme and host of addresses in answers: as configured, else those of the request; forwarded ones aside."""
        if self._door.base_url is not None:
            return self._door.base_url
        return f"{self.scope['scheme']}://{self.host}"

    @property
    def host(self) -> str:
        host = self.headers.get(b"host", b"").decode("latin-1")
        if host:
            return host
        name, port = self.scope.get("server") or ("localhost", None)
        return name if port is None else f"{name}:{port}"

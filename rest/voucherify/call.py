"""One request on its way through the door: what was asked, by whom, and how answers to it are made."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from starlette.types import Receive, Scope

from models.database import Database
from models.problems import Problem
from resolvers.authentication import Authenticator
from resolvers.context import Context, Pending, Verb, Wakes, Work
from resolvers.idempotency import Kept, digest_of
from resolvers.principals import Principal
from rest.content import content_of
from rest.reading import Selection
from rest.voucherify import bodies, problems, uploads
from rest.voucherify.answers import Answer, Header, Stream, in_json, of_nothing
from rest.voucherify.fields import Payload
from rest.voucherify.query import Query
from rest.voucherify.rates import Rate
from rest.voucherify.routing import Route

NOBODY = Principal("nobody", "nobody", {}, frozenset(), access=frozenset())
API_VERSION: Header = (b"x-voucherify-api-version", b"v2018-08-01")
# Deeper values could be taken but not shown again inside an answer: the JSON writer's own limit is 254 levels.
JSON_DEPTH_LIMIT = 200
REQUEST_ID = re.compile(r"[0-9a-f]{18}")
# Meant to be sent again: conflicts, too many requests, and whatever was the server's fault.
NOT_KEPT = (409, 429)


@dataclass(frozen=True, slots=True)
class Door:
    """What all requests share. `import_limit_bytes` is for lists of vouchers, `upload_limit_bytes` for files."""

    database: Database
    authenticator: Authenticator
    clock: Callable[[], datetime]
    body_limit_bytes: int
    import_limit_bytes: int
    upload_limit_bytes: int
    json_depth_max: int
    pending: Pending | None = None
    bulk: Wakes | None = None


class Call:
    def __init__(self, door: Door, scope: Scope, receive: Receive, rate: Rate) -> None:
        self._door, self.scope, self._receive = door, scope, receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.request_id = request_id_of(scope)
        # Where the path leads, once it was looked at; its arguments are decoded.
        self.route: Route | None = None
        self.arguments: Mapping[str, str] = {}
        self.principal = NOBODY
        # Whose campaigns and vouchers they are: the one organizer that the token is for.
        self.organizer_id = 0
        self.rate = rate
        self._body_digest = ""

    # -- asking ----------------------------------------------------------------------------------------------------

    async def read(self, selection: Selection, asks: Sequence[Any]) -> Any:
        return await self.context.read(selection.plan(self._door.database), asks)

    async def write(self, verb: Verb[Answer]) -> Answer:
        """Run a verb whose outcome is the answer. With an idempotency key, both are stored or neither."""
        return await self.context.write(verb, self._kept())

    def read_in(self, work: Work, selection: Selection, asks: Sequence[Any]) -> Awaitable[Any]:
        """The same question as `read` from inside a verb: what it wrote is in the answer, and nothing later."""
        return work.read(selection.plan(self._door.database), asks)

    @cached_property
    def context(self) -> Context:
        """For verbs that are not this request's one effect: the slices of an import."""
        return Context(self._door.database, self.principal, self._door.clock, self._door.pending, self._door.bulk)

    @cached_property
    def query(self) -> Query:
        """The parameters after the question mark. Refuses what is no query."""
        return Query.of(self.scope["query_string"])

    async def payload(self, *, optional: bool = False) -> Payload:
        """The JSON object of the body; of no body an empty one. With `optional`, of a number or a text, too."""
        return bodies.an_object(await self._json(self._door.body_limit_bytes), optional=optional)

    async def items(self) -> list[Any]:
        """The JSON list of the body of an import, which may be longer than other bodies."""
        return bodies.a_list(await self._json(self._door.import_limit_bytes))

    async def upload(self) -> AsyncIterator[bytes]:
        """The file of the body, in pieces as they come. Refuses a body without one; see rest/voucherify/uploads.py."""
        return await uploads.file_of(
            self._receive,
            self.headers.get(b"content-type", b""),
            limit_bytes=self._door.upload_limit_bytes,
            prolong=self.scope.get("prolong", _nothing),
        )

    async def _json(self, limit_bytes: int) -> Any:
        content = await content_of(self._receive, limit_bytes)
        if self._idempotency_key:
            self._body_digest = hashlib.sha256(content).hexdigest()
        depth_max = min(self._door.json_depth_max, JSON_DEPTH_LIMIT)
        return bodies.parse(content, self.headers.get(b"content-type", b""), depth_max)

    # -- answering -------------------------------------------------------------------------------------------------

    def json(self, value: Any, status: int = 200, more: Sequence[Header] = ()) -> Answer:
        return in_json(value, status=status, more=more)

    def nothing(self) -> Answer:
        """204: what was asked for is done, and there is nothing to show of it."""
        return of_nothing()

    def stream(self, parts: AsyncIterator[bytes], media_type: str, file_name: str) -> Stream:
        """An answer that is made while it is sent. `file_name` is ours: ASCII, without quotes."""
        disposition = f'attachment; filename="{file_name}"'
        return Stream(
            ((b"content-type", media_type.encode()), (b"content-disposition", disposition.encode())),
            self._prolonged(parts),
        )

    def refusal(self, problem: Problem) -> Answer:
        more = problems.more_headers(problem)
        return in_json(problems.body_of(problem, self.request_id), status=problems.status_of(problem), more=more)

    def headers_out(self) -> tuple[Header, ...]:
        """What every answer has, whatever it is."""
        shown = (b"x-voucherify-request-id", self.request_id.encode())
        return (API_VERSION, shown, *self.rate.headers())

    async def _prolonged(self, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        prolong = self.scope.get("prolong", _nothing)
        gone = asyncio.ensure_future(self._disconnected())
        try:
            async for part in parts:
                yield part
                prolong()
                if gone.done():
                    return
        finally:
            gone.cancel()

    async def _disconnected(self) -> None:
        """Returns when nobody is there any more: a server takes what is sent to them, and says nothing."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    @property
    def channel(self) -> str:
        """What the client calls itself: `Python-SDK`. It is logged and changes nothing."""
        return self.headers.get(b"x-voucherify-channel", b"").decode("latin-1")[:100]

    # -- once and not again ----------------------------------------------------------------------------------------

    @property
    def _idempotency_key(self) -> bytes:
        return self.headers.get(b"idempotency-key", b"").strip()

    def _kept(self) -> Kept[Answer] | None:
        """How the answer is kept: under the key, for this token; the same key with another request is refused."""
        if not self._idempotency_key:
            return None
        key = self._idempotency_key.decode("latin-1")
        digest = digest_of("voucherify", str(self.principal.token_id), key)
        asked = (self.scope.get("raw_path") or self.path.encode()).decode("latin-1")
        query = self.scope["query_string"].decode("latin-1")
        fingerprint = digest_of(self.method, asked, query, self._body_digest)
        return Kept(digest, fingerprint, self._dump, Answer.load)

    def _dump(self, outcome: Answer | Problem) -> str | None:
        answer = self.refusal(outcome) if isinstance(outcome, Problem) else outcome
        return None if answer.status in NOT_KEPT or answer.status >= 500 else answer.dump()


def request_id_of(scope: Scope) -> str:
    """`v-` and 18 hexadecimal digits: those that the logs have, unless the client has named the request itself."""
    known: str | None = scope.get("request_id")
    if known is None:
        return f"v-{secrets.token_hex(9)}"
    if REQUEST_ID.fullmatch(known):
        return f"v-{known}"
    return f"v-{hashlib.sha256(known.encode()).hexdigest()[:18]}"


def _nothing() -> None:
    """Nobody is watching how long the request takes."""

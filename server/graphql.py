"""The GraphQL door over HTTP: a bare ASGI application, since routing would cost as much as a query does.

By the GraphQL-over-HTTP specification: POST with a JSON body, GET for queries, `application/graphql-response+json`
with the status that fits, and `application/json` with 200 for whatever was a well-formed request. A browser that asks
for a page gets GraphiQL.

Files come in a form (server/form_requests.py). A page of another origin can post a form without being asked first, but
not with a token: a form is looked at only when its header `Authorization` has let somebody in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
import structlog
from graphql import GraphQLError
from starlette.types import Message, Receive, Scope, Send

from gql.documents import Rejected
from gql.errors import request_error
from gql.execution import Answer, Executor, Request
from models.database import Database
from models.json_depth import is_too_deep
from models.problems import Problem, TooLarge, Unauthenticated
from resolvers.authentication import Authenticator
from resolvers.context import Context, Pending, Wakes
from resolvers.principals import Principal
from server.form_requests import Malformed, taken_in
from server.graphiql import GraphiQL

log = structlog.get_logger()

JSON = b"application/json"
FORM = b"multipart/form-data"
RESPONSE_JSON = b"application/graphql-response+json"
SCHEMES = ("bearer", "token", "device")
ALLOW = (b"allow", b"GET, HEAD, POST")
CHARSETS = ("", "utf-8", "utf8")
# A well-formed GraphQL request is answered with 200 where the answer is plain JSON, even if nothing of it was run: a
# client that speaks no newer media type takes any other status for "there is no GraphQL here".
REQUEST_ERRORS = {
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_OPERATION",
    "BAD_VARIABLES",
    "LIMIT_EXCEEDED",
}

# Nobody: may ask what the schema is, and nothing else.
ANONYMOUS = Principal("anonymous", "anonymous", {}, frozenset(), access=frozenset())


@dataclass(frozen=True, slots=True)
class _Refusal(Exception):
    """A request that is no GraphQL request, and the HTTP status that says so."""

    status: int
    message: str
    code: str = "BAD_REQUEST"


class GraphQL:
    """ASGI application for one path. Holds no state of a request."""

    def __init__(
        self,
        database: Database,
        executor: Executor,
        authenticator: Authenticator,
        clock: Callable[[], datetime],
        *,
        body_limit_bytes: int,
        json_depth_max: int,
        upload_limit_bytes: int = 104_857_600,
        pending: Pending | None = None,
        bulk: Wakes | None = None,
    ) -> None:
        self._pending, self._bulk = pending, bulk
        self._upload_limit_bytes = upload_limit_bytes
        self._database, self._executor, self._authenticator, self._clock = database, executor, authenticator, clock
        self._body_limit_bytes, self._json_depth_max = body_limit_bytes, json_depth_max
        self.graphiql = GraphiQL()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        accept: bytes = headers.get(b"accept", RESPONSE_JSON)
        method: str = scope["method"]
        if method in ("GET", "HEAD") and b"text/html" in accept and b"query=" not in scope["query_string"]:
            await self.graphiql.page(scope, receive, send)
            return
        media_type = _media_type(accept)
        extra: tuple[tuple[bytes, bytes], ...] = ()
        try:
            if media_type is None:
                message = "Answers are application/graphql-response+json or application/json; you accept neither."
                raise _Refusal(406, message, "NOT_ACCEPTABLE")
            if method == "POST" and headers.get(b"content-type", b"")[:20].lower().startswith(FORM):
                answer = await self._answer_form(scope, headers, receive)
            else:
                request = await self._request(scope, headers, receive)
                answer = await self._answer(request, headers, method)
        except _Refusal as refusal:
            error = GraphQLError(refusal.message, extensions={"code": refusal.code})
            answer = Answer({"errors": [error.formatted]}, refusal.status)
            extra = (ALLOW,) if refusal.status == 405 else ()
        except Rejected as rejected:
            answer = Answer({"errors": [error.formatted for error in rejected.errors]}, 400)
        except Problem as problem:
            answer = Answer({"errors": [request_error(problem).formatted]}, problem.status_hint)
            extra = _headers_of(problem)
        await _send(send, answer, media_type or JSON, extra, bodiless=method == "HEAD")

    # -- what is asked ---------------------------------------------------------------------------------------------

    async def _request(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Request:
        if scope["method"] == "POST":
            return await self._posted(scope, headers, receive)
        if scope["method"] in ("GET", "HEAD"):
            return self._in_query(scope)
        raise _Refusal(405, "GraphQL is asked by GET or POST.", "METHOD_NOT_ALLOWED")

    async def _posted(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Request:
        content_type = headers.get(b"content-type", b"")
        if content_type != JSON:
            media_type, charset = _content_type(content_type)
            if media_type != JSON.decode():
                raise _Refusal(415, "The body is JSON: Content-Type: application/json.", "UNSUPPORTED_MEDIA_TYPE")
            if charset not in CHARSETS:
                raise _Refusal(415, "The body is UTF-8.", "UNSUPPORTED_MEDIA_TYPE")
        return _request_of(self._json(await _body(receive, self._body_limit_bytes)), scope)

    def _in_query(self, scope: Scope) -> Request:
        query: bytes = scope["query_string"]
        given: dict[str, Any] = dict(parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True))
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = self._json(given[name].encode() or b"null")
        return _request_of(given, scope)

    def _json(self, text: bytes) -> Any:
        if is_too_deep(text, self._json_depth_max):
            raise _Refusal(400, f"The JSON is nested more than {self._json_depth_max} deep.")
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise _Refusal(400, f"This is not JSON: {error}.") from None

    # -- what is answered ------------------------------------------------------------------------------------------

    async def _answer(self, request: Request, headers: Mapping[bytes, bytes], method: str) -> Answer:
        if method != "POST" and self._executor.is_mutation(request):
            raise _Refusal(405, "A mutation is asked by POST.", "METHOD_NOT_ALLOWED")
        principal = await self._known(headers)
        if principal is None:
            if not self._executor.is_about_schema(request):
                raise _missing_token()
            principal = ANONYMOUS
        return await self._executed(request, principal)

    async def _answer_form(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Answer:
        """A request with files. Nothing of it is read before it is known who sends it."""
        principal = await self._known(headers)
        if principal is None:
            raise _missing_token()
        form = taken_in(
            headers,
            receive,
            body_limit_bytes=self._body_limit_bytes,
            upload_limit_bytes=self._upload_limit_bytes,
            prolong=scope.get("prolong", _nothing),
            json=self._json,
        )
        try:
            async with form as operations:
                return await self._executed(_request_of(operations, scope), principal)
        except Malformed as error:
            raise _Refusal(400, str(error)) from None

    async def _executed(self, request: Request, principal: Principal) -> Answer:
        context = Context(self._database, principal, self._clock, self._pending, self._bulk)
        try:
            return await self._executor.execute(context, request)
        except Problem:
            raise
        except Exception as error:
            log.exception("graphql request failed", exc_info=error)
            internal = GraphQLError("Internal error.", extensions={"code": "INTERNAL"})
            return Answer({"errors": [internal.formatted]}, 500)

    async def _known(self, headers: Mapping[bytes, bytes]) -> Principal | None:
        """Who presents a token; None if there is none at all."""
        scheme, _, secret = headers.get(b"authorization", b"").decode("latin-1").strip().partition(" ")
        if scheme.lower() in SCHEMES and secret.strip():
            return await self._authenticator.principal(secret.strip())
        if secret:
            raise _missing_token()
        return None


def _missing_token() -> Unauthenticated:
    return Unauthenticated("Send your token: Authorization: Bearer ….", reason="missing")


def _nothing() -> None:
    pass


def _request_of(given: Any, scope: Scope) -> Request:
    if not isinstance(given, dict):
        raise _Refusal(400, "The body is a JSON object with the field `query`.")
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    if not isinstance(query, str):
        raise _Refusal(400, "`query` is missing, or is not a text.")
    if variables is not None and not isinstance(variables, dict):
        raise _Refusal(400, "`variables` is not an object.")
    if name is not None and not isinstance(name, str):
        raise _Refusal(400, "`operationName` is not a text.")
    if "extensions" in given and not isinstance(given["extensions"], dict | None):
        raise _Refusal(400, "`extensions` is not an object.")
    # Without a name and with an empty one are the same: no operation is called that.
    return Request(query, variables or {}, name or None, scope.get("request_id"))


async def _body(receive: Receive, limit: int) -> bytes:
    message: Message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [body], len(body)
        while message.get("more_body") and size <= limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                # What came of the body may be whole by itself; nobody asked for that.
                raise _Refusal(400, "The body ended too early.")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
        body = b"".join(parts)
    if len(body) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.", limit=limit, unit="bytes")
    return body


@lru_cache(256)
def _media_type(accept: bytes) -> bytes | None:
    """The answer's media type: of the two the one whose quality is higher; None if neither is acceptable.

    A range that names both equally means JSON, which every client reads; naming both equally means the newer one.
    """
    ranges = dict(map(_range, accept.decode("latin-1").split(",")))
    named = ranges.get(RESPONSE_JSON.decode(), _wild(ranges))
    plain = ranges.get(JSON.decode(), _wild(ranges))
    if named <= 0 and plain <= 0:
        return None
    prefers_plain = plain > named or (plain == named and RESPONSE_JSON.decode() not in ranges)
    return JSON if prefers_plain else RESPONSE_JSON


def _wild(ranges: Mapping[str, float]) -> float:
    return ranges.get("application/*", ranges.get("*/*", 0.0))


def _range(written: str) -> tuple[str, float]:
    """A media range of an Accept header and its quality; one that is no number counts as not said."""
    name, *parameters = [part.strip() for part in written.lower().split(";")]
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, min(max(float(value), 0.0), 1.0)
            except ValueError:
                break
    return name, 1.0


def _content_type(written: bytes) -> tuple[str, str]:
    """The media type and the charset of a Content-Type header, in lower case."""
    name, *parameters = [part.strip() for part in written.decode("latin-1").lower().split(";")]
    found = dict(parameter.partition("=")[::2] for parameter in parameters)
    return name, found.get("charset", "").strip('"')


def _headers_of(problem: Problem) -> tuple[tuple[bytes, bytes], ...]:
    if isinstance(problem, Unauthenticated):
        return ((b"www-authenticate", b"Bearer"),)
    if "retry_after" in problem.details:
        return ((b"retry-after", str(problem.details["retry_after"]).encode()),)
    return ()


async def _send(
    send: Send, answer: Answer, media_type: bytes, extra: tuple[tuple[bytes, bytes], ...], *, bodiless: bool
) -> None:
    status = answer.status_hint
    if media_type is JSON and status == 400 and answer.body["errors"][0]["extensions"]["code"] in REQUEST_ERRORS:
        status = 200
    body = orjson.dumps(answer.body)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media_type + b"; charset=utf-8"),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                (b"vary", b"Accept"),
                (b"x-content-type-options", b"nosniff"),
                *extra,
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"" if bodiless else body})

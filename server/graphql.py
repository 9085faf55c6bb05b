"""The GraphQL door over HTTP: a bare ASGI application, since routing would cost as much as a query does.

By the GraphQL-over-HTTP specification: POST with a JSON body, GET for queries, `application/graphql-response+json`
with the status that fits, and `application/json` with 200 for whatever was a well-formed request. A browser that asks
for a page gets GraphiQL.

What is asked is read in server/graphql_requests.py; files come in a form (server/form_requests.py). A page of another
origin can post a form, or any text, without being asked first, but not with a token, and not as JSON: nothing is run
without the one and, but for forms, without the other (docs/graphql-limits.md).
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

import structlog
from starlette.types import Receive, Scope, Send

from gql.errors import internal_error, request_error
from gql.execution import Answer, Executor, Request, answer_to
from gql.rejected import Rejected, rejected
from models.database import Database
from models.problems import Problem, Unauthenticated
from resolvers.authentication import Authenticator
from resolvers.changes import Changes
from resolvers.context import Context, Pending, Wakes
from resolvers.principals import Principal
from resolvers.reading.values import as_json
from server import form_requests
from server.event_streams import EventStreams, Streamed
from server.graphiql import GraphiQL
from server.graphql_requests import Malformed, Reading, request_of
from server.negotiation import JSON, RESPONSE_JSON, media_type
from server.stream_formats import wanted

T = TypeVar("T")

log = structlog.get_logger()

FORM = b"multipart/form-data"
SCHEMES = ("bearer", "token", "device")
ALLOW = (b"allow", b"GET, HEAD, POST")
# What a GET asks for, unless it is a browser that asks for the page.
PARAMETERS = (b"query=", b"documentId=", b"extensions=")
# A well-formed GraphQL request is answered with 200 where the answer is plain JSON, even if nothing of it was run: a
# client that speaks no newer media type takes any other status for "there is no GraphQL here".
REQUEST_ERRORS = {
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_OPERATION",
    "BAD_VARIABLES",
    "BAD_DOCUMENT_ID",
    "DOCUMENT_NOT_TRUSTED",
    "LIMIT_EXCEEDED",
    "PERSISTED_QUERY_NOT_FOUND",
}

# Nobody: may ask what the schema is, and nothing else.
ANONYMOUS = Principal("anonymous", "anonymous", {}, frozenset(), access=frozenset())


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
        batch_max: int = 1,
        upload_limit_bytes: int = 104_857_600,
        pending: Pending | None = None,
        bulk: Wakes | None = None,
        changes: Changes | None = None,
        streams: EventStreams,
    ) -> None:
        self._pending, self._bulk, self._changes = pending, bulk, changes
        self._body_limit_bytes, self._upload_limit_bytes = body_limit_bytes, upload_limit_bytes
        self._database, self._executor, self._authenticator, self._clock = database, executor, authenticator, clock
        self._reading = Reading(body_limit_bytes=body_limit_bytes, json_depth_max=json_depth_max, batch_max=batch_max)
        self._streams = streams
        self.graphiql = GraphiQL()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        accept: bytes = headers.get(b"accept", RESPONSE_JSON)
        method: str = scope["method"]
        if method in ("GET", "HEAD") and b"text/html" in accept and not _has_parameters(scope["query_string"]):
            await self.graphiql.page(scope, receive, send)
            return
        accepted = media_type(accept)
        answers: Answer | list[Answer] | Streamed
        extra: tuple[tuple[bytes, bytes], ...] = ()
        try:
            if accepted is None and not any(wanted(accept)):
                message = "Answers are application/graphql-response+json or application/json; you accept neither."
                raise Malformed(406, message, "NOT_ACCEPTABLE")
            if method == "POST" and headers.get(b"content-type", b"")[:20].lower().startswith(FORM):
                answers = await self._answer_form(scope, headers, receive)
            else:
                answers = await self._answer(scope, headers, receive)
            if isinstance(answers, Streamed):
                await self._streams.send(answers, _secret(headers) or "", scope, receive, send)
                return
        except Malformed as malformed:
            answers = answer_to(rejected(malformed.message, malformed.code))._replace(status_hint=malformed.status)
            extra = (ALLOW,) if malformed.status == 405 else ()
        except Rejected as refusal:
            answers = answer_to(refusal)
            form = wanted(accept).query
            if form is not None and answers.status_hint == 400:
                await self._streams.send(Streamed(form, answers), "", scope, receive, send)
                return
        except Problem as problem:
            answers = Answer({"errors": [request_error(problem).formatted]}, problem.status_hint)
            extra = (WHO,) if isinstance(problem, Unauthenticated) else ()
        await _send(send, answers, accepted or JSON, extra, bodiless=method == "HEAD")

    async def _answer(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive
    ) -> Answer | list[Answer] | Streamed:
        asked = await self._reading.of(scope, headers, receive)
        if scope["method"] != "POST":
            assert isinstance(asked, Request)
            if self._executor.is_mutation(asked):
                raise Malformed(405, "A mutation is asked by POST.", "METHOD_NOT_ALLOWED")
        principal = await self._known(headers)
        if isinstance(asked, list):
            return await self._answer_all(asked, principal)
        asker, accept = principal or self._nobody(asked), headers.get(b"accept", RESPONSE_JSON)
        if scope["method"] != "HEAD" and self._subscribes(asked):
            form = self._streams.form(accept)
            return Streamed(form, await _masked(asked, self._executor.subscribe(self.context(asker), asked)))
        answer, wanted_form = await self._executed(asked, asker), wanted(accept).query
        return answer if wanted_form is None else Streamed(wanted_form, answer)

    def _subscribes(self, asked: Request) -> bool:
        return "subscription" in (asked.query or "subscription") and self._executor.is_subscription(asked)

    async def _answer_all(self, asked: list[Request], principal: Principal | None) -> list[Answer]:
        """A list of requests, one after the other. What they cost is added up."""
        if principal is None:
            raise _missing_token()
        answers: list[Answer] = []
        spent = 0
        for request in asked:
            try:
                answer = await self._executed(request, principal, spent)
            except Problem as problem:
                answer = Answer({"errors": [request_error(problem).formatted]}, problem.status_hint)
            if "data" in answer.body:
                spent += answer.body["extensions"]["cost"]["requested"]
            answers.append(answer)
        return answers

    async def _answer_form(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Answer:
        """A request with files. Nothing of it is read before it is known who sends it."""
        principal = await self._known(headers)
        if principal is None:
            raise _missing_token()
        form = form_requests.taken_in(
            headers,
            receive,
            body_limit_bytes=self._body_limit_bytes,
            upload_limit_bytes=self._upload_limit_bytes,
            prolong=scope.get("prolong", _nothing),
            json=self._reading.json,
        )
        try:
            async with form as operations:
                return await self._executed(request_of(operations, scope.get("request_id")), principal)
        except form_requests.Malformed as error:
            raise Malformed(400, str(error)) from None

    async def _executed(self, request: Request, principal: Principal, spent: int = 0) -> Answer:
        return await _masked(request, self._executor.execute(self.context(principal), request, spent))

    def context(self, principal: Principal) -> Context:
        return Context(self._database, principal, self._clock, self._pending, self._bulk, self._changes)

    async def _known(self, headers: Mapping[bytes, bytes]) -> Principal | None:
        """Who presents a token; None if there is none at all."""
        secret = _secret(headers)
        return None if secret is None else await self._authenticator.principal(secret)

    def _nobody(self, request: Request) -> Principal:
        """Who asks without a token, if it is for the schema alone."""
        # A document is parsed and kept only for those who may ask for something of it.
        about_schema = request.query is None or "__" in request.query
        if not about_schema or not self._executor.is_about_schema(request):
            raise _missing_token()
        return ANONYMOUS


WHO = (b"www-authenticate", b"Bearer")


async def _masked(request: Request, answers: Awaitable[T]) -> T | Answer:
    """The answers; of a bug of ours only that it is one."""
    try:
        return await answers
    except Problem:
        raise
    except Exception as error:
        log.exception("graphql request failed", exc_info=error)
        return Answer({"errors": [internal_error(request.request_id).formatted]}, 500)


def _secret(headers: Mapping[bytes, bytes]) -> str | None:
    scheme, _, secret = headers.get(b"authorization", b"").decode("latin-1").strip().partition(" ")
    if scheme.lower() in SCHEMES and secret.strip():
        return secret.strip()
    if secret:
        raise _missing_token()
    return None


def _missing_token() -> Unauthenticated:
    return Unauthenticated("Send your token: Authorization: Bearer ….", reason="missing")


def _has_parameters(query: bytes) -> bool:
    return any(name in query for name in PARAMETERS)


def _nothing() -> None:
    pass


def _status(answer: Answer, accepted: bytes) -> int:
    status = answer.status_hint
    if accepted is JSON and status == 400 and answer.body["errors"][0]["extensions"]["code"] in REQUEST_ERRORS:
        return 200
    return status


def _retry_after(answer: Answer) -> tuple[tuple[bytes, bytes], ...]:
    seconds = answer.body["errors"][0].get("extensions", {}).get("retryAfter")
    return () if seconds is None else ((b"retry-after", str(seconds).encode()),)


async def _send(
    send: Send,
    answers: Answer | list[Answer],
    accepted: bytes,
    extra: tuple[tuple[bytes, bytes], ...],
    *,
    bodiless: bool,
) -> None:
    if isinstance(answers, list):
        status, body = 200, as_json([answer.body for answer in answers])
    else:
        status, body = answers.status_hint, as_json(answers.body)
        if status != 200:
            status, extra = _status(answers, accepted), extra + _retry_after(answers)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", accepted + b"; charset=utf-8"),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                (b"vary", b"Accept"),
                (b"x-content-type-options", b"nosniff"),
                *extra,
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"" if bodiless else body})

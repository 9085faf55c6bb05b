"""What is asked of the GraphQL door: from the bytes of an HTTP request, or one message of a stream, to `Request`s."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import orjson
from starlette.types import Message, Receive, Scope

from gql.execution import Request
from models.json_depth import is_too_deep
from models.problems import TooLarge
from server.negotiation import JSON, content_type

CHARSETS = ("", "utf-8", "utf8")
# One request, or a list of them.
Asked: TypeAlias = Request | list[Request]


@dataclass(frozen=True, slots=True)
class Malformed(Exception):
    """What is no GraphQL request, and the HTTP status that says so."""

    status: int
    message: str
    code: str = "BAD_REQUEST"


class Reading:
    """Reads requests within limits: the size of a body, the nesting of its JSON, and how many come in one list."""

    def __init__(self, *, body_limit_bytes: int, json_depth_max: int, batch_max: int = 1) -> None:
        self._body_limit_bytes, self._json_depth_max, self._batch_max = body_limit_bytes, json_depth_max, batch_max

    async def of(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Asked:
        """What an HTTP request asks for. Raises `Malformed` and `TooLarge`."""
        if scope["method"] == "POST":
            return await self._posted(scope, headers, receive)
        if scope["method"] in ("GET", "HEAD"):
            return self._in_query(scope)
        raise Malformed(405, "GraphQL is asked by GET or POST.", "METHOD_NOT_ALLOWED")

    def json(self, text: bytes) -> Any:
        if is_too_deep(text, self._json_depth_max):
            raise Malformed(400, f"The JSON is nested more than {self._json_depth_max} deep.")
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise Malformed(400, f"This is not JSON: {error}.") from None

    async def _posted(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Asked:
        written = headers.get(b"content-type", b"")
        if written != JSON:
            media_type, charset = content_type(written)
            if media_type != JSON.decode():
                raise Malformed(415, "The body is JSON: Content-Type: application/json.", "UNSUPPORTED_MEDIA_TYPE")
            if charset not in CHARSETS:
                raise Malformed(415, "The body is UTF-8.", "UNSUPPORTED_MEDIA_TYPE")
        given = self.json(await _body(receive, self._body_limit_bytes))
        if isinstance(given, list):
            return self._listed(given, scope.get("request_id"))
        return request_of(given, scope.get("request_id"))

    def _listed(self, given: list[Any], request_id: str | None) -> list[Request]:
        if self._batch_max == 1:
            raise Malformed(400, "One request at a time: lists of them are switched off (FOYER_GRAPHQL_BATCH_MAX).")
        if not 0 < len(given) <= self._batch_max:
            raise Malformed(400, f"A list has from 1 to {self._batch_max} requests (FOYER_GRAPHQL_BATCH_MAX).")
        return [request_of(each, request_id) for each in given]

    def _in_query(self, scope: Scope) -> Request:
        query: bytes = scope["query_string"]
        given: dict[str, Any] = dict(parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True))
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = self.json(given[name].encode() or b"null")
        return request_of(given, scope.get("request_id"))


def request_of(given: Any, request_id: str | None) -> Request:
    """The request that a JSON object, a form's `operations` or a message's payload is. Raises `Malformed`."""
    if not isinstance(given, dict):
        raise Malformed(400, "The body is a JSON object with the field `query`.")
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    document_id = _document_id(given) if "extensions" in given or "documentId" in given else None
    if not isinstance(query, str) and (query is not None or document_id is None):
        raise Malformed(400, "`query` is missing, or is not a text.")
    if variables is not None and not isinstance(variables, dict):
        raise Malformed(400, "`variables` is not an object.")
    if name is not None and not isinstance(name, str):
        raise Malformed(400, "`operationName` is not a text.")
    # Without a name and with an empty one are the same: no operation is called that.
    return Request(query, variables or {}, name or None, request_id, document_id)


def _document_id(given: Mapping[str, Any]) -> str | None:
    """What stands for the document: `documentId`, or the hash of an automatic persisted query (version 1)."""
    extensions, document_id = given.get("extensions"), given.get("documentId")
    if extensions is not None and not isinstance(extensions, dict):
        raise Malformed(400, "`extensions` is not an object.")
    if document_id is not None:
        if not isinstance(document_id, str) or not document_id:
            raise Malformed(400, "`documentId` is not a text.")
        return document_id
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise Malformed(400, "`extensions.persistedQuery` is an object whose `version` is 1.")
    sha256 = persisted.get("sha256Hash")
    if not isinstance(sha256, str) or not sha256:
        raise Malformed(400, "`extensions.persistedQuery.sha256Hash` is missing, or is not a text.")
    return sha256


async def _body(receive: Receive, limit: int) -> bytes:
    message: Message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [body], len(body)
        while message.get("more_body") and size <= limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                # What came of the body may be whole by itself; nobody asked for that.
                raise Malformed(400, "The body ended too early.")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
        body = b"".join(parts)
    if len(body) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.", limit=limit, unit="bytes")
    return body

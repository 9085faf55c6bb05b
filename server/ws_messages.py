"""What a message of `graphql-transport-ws` holds, and the codes that a connection is closed with.

The codes are those of the protocol, and one is ours: 4430 for a client that does not take what it subscribed to, which
graphql-ws takes for a reason to connect again.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from graphql import GraphQLError

from gql.execution import Request
from models.json_depth import is_too_deep
from models.problems import Unauthenticated
from server.graphql_requests import Malformed, request_of

SCHEMES: Final = ("bearer", "token", "device")
# An id is kept, and sent back with every event.
ID_LENGTH_MAX: Final = 256
# Of a close frame's reason, in bytes (RFC 6455, 5.5).
REASON_BYTES_MAX: Final = 123


class Close(Exception):
    """The connection is to be closed with this code, and why."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore")


def invalid(why: str) -> Close:
    return Close(4400, f"Invalid message: {why}")


def unauthorized(why: str) -> Close:
    return Close(4401, f"Unauthorized: {why}")


def forbidden(problem: Unauthenticated) -> Close:
    return Close(4403, f"Forbidden: {problem.message}")


def too_slow() -> Close:
    return Close(4430, "Too slow: you do not take what you subscribed to. Subscribe again from your cursor.")


def read(text: str, depth_max: int) -> Mapping[str, Any]:
    """The message. Raises `Close`, as all of these do."""
    encoded = text.encode()
    if is_too_deep(encoded, depth_max):
        raise invalid(f"nested more than {depth_max} deep")
    try:
        message = orjson.loads(encoded)
    except orjson.JSONDecodeError:
        raise invalid("no JSON") from None
    if not isinstance(message, dict):
        raise invalid("no object")
    return message


def id_of(message: Mapping[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= ID_LENGTH_MAX:
        raise invalid(f"`id` is a text of 1 to {ID_LENGTH_MAX} characters")
    return found


def payload_of(message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = message.get("payload")
    if found is not None and not isinstance(found, dict):
        raise invalid("`payload` is an object")
    return found


def asked_by(payload: Mapping[str, Any] | None, request_id: str | None) -> Request:
    try:
        return request_of(payload, request_id)
    except Malformed as malformed:
        raise invalid(malformed.message) from None


def secret_of(authorization: Any) -> str:
    """The secret in `Bearer …`. Raises `Unauthenticated`: `missing`, or `unknown` if it is something else."""
    if authorization is None or authorization == "":
        raise Unauthenticated('send {"Authorization": "Bearer …"} in connection_init', reason="missing")
    scheme, _, secret = authorization.strip().partition(" ") if isinstance(authorization, str) else ("", "", "")
    if scheme.lower() not in SCHEMES or not secret.strip():
        raise Unauthenticated('a token is sent as {"Authorization": "Bearer …"}', reason="unknown")
    return secret.strip()


def error_of(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})

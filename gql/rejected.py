"""Requests that are not run, and why."""

from typing import Any

from graphql import GraphQLError

# In characters. A message may quote what was sent; nobody reads more of it than this.
MESSAGE_LENGTH_MAX = 500


class Rejected(Exception):
    """A request that is not run, and why: errors of syntax, validation, limits, variables."""

    # The HTTP status that fits.
    status_hint = 400

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.errors = errors


class RateLimited(Rejected):
    """A request that this token has no cost left for. It says when it will have."""

    status_hint = 429


def rejected(message: str, code: str, **extensions: Any) -> Rejected:
    return Rejected(GraphQLError(_short(message), extensions={"code": code, **extensions}))


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The error with a code, and without the megabyte that it may quote."""
    error.extensions = {**(error.extensions or {}), "code": code}
    error.message = _short(error.message)
    return error


def _short(message: str) -> str:
    return message if len(message) <= MESSAGE_LENGTH_MAX else f"{message[:MESSAGE_LENGTH_MAX]}…"

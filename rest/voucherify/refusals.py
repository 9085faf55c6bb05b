"""Refusals of this door's own: what can be wrong with a request before a verb sees it."""

from collections.abc import Sequence

from models.problems import Problem


class InvalidPayload(Problem):
    """A body without what is required, or with a value that does not fit; the message is shown as `details`."""

    code = "invalid_payload"


class InvalidQueryParams(Problem):
    """A parameter of the query that does not fit; the message is shown as `details`."""

    code = "invalid_query_params"


class PageOverLimit(Problem):
    """A page so far behind that it is not looked for."""

    code = "page_over_limit"

    def __init__(self, limit: int) -> None:
        super().__init__(f"Property .page cannot be higher than {limit}", field="page", limit=limit)


class Nowhere(Problem):
    """An address that leads nowhere."""

    code, status_hint = "not_found", 404


class MethodNotAllowed(Problem):
    """The address is known, the method is not served there; `allowed` are those that are."""

    code, status_hint = "method_not_allowed", 405

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        meant = " or ".join(allowed)
        super().__init__(f"{method} is not supported by this endpoint. Did you mean {meant}?")
        self.allowed = tuple(allowed)


class RateLimited(Problem):
    """A token asked more than it may in a minute; `retry_after` is in seconds."""

    code, status_hint = "too_many_requests", 429

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many requests hit the API too quickly.", retry_after=retry_after)


class Unreadable(Problem):
    """A request that is none: told in the shape of a framework's own failures, before any rule of a noun."""

    code = "bad_request"


class Malformed(Unreadable):
    """A body that is not what its content type says."""


class UnsupportedMediaType(Unreadable):
    code, status_hint = "unsupported_media_type", 415


class NotAcceptable(Unreadable):
    code, status_hint = "not_acceptable", 406

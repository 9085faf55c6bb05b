"""What a request will take: JSON is all there is. Decided before anyone is asked who they are."""

from functools import lru_cache

from rest.pretix.refusals import NotAcceptable, Nowhere
from rest.pretix.texts import text

# As much of a header as is looked at and remembered, in bytes.
HEADER_READ = 2000


def check(accept: bytes, format: str | None) -> None:
    """Refuses a format that is not `json` (in the path or the query), then an Accept header without JSON in it."""
    if format and format != "json":
        raise Nowhere(text("not_found"))
    if not _accepts_json(accept[:HEADER_READ]):
        raise NotAcceptable(text("not_acceptable"))


@lru_cache(maxsize=256)
def _accepts_json(accept: bytes) -> bool:
    """Weights are not looked at: Django REST framework does not, and with one format there is nothing to choose."""
    for part in accept.decode("latin-1").lower().split(","):
        kind, _, name = part.partition(";")[0].strip().partition("/")
        if kind in ("*", "application") and name in ("*", "json"):
            return True
    return False

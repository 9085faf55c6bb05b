"""What browsers ask before and look at after a request to /client/v1/ from a page of another origin (CORS).

Any origin may ask: the keys are in the page, and nothing is known by cookies. Programs' keys belong in no page, so
nothing below /v1/ answers to other origins.
"""

from collections.abc import Sequence

from rest.voucherify.answers import Answer, Header, of_nothing
from rest.voucherify.call import Call

PREFIX = ("/client/v1/", "/client/v1")
# What a page may read of an answer.
EXPOSED = b"X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Retry, Retry-After, X-Voucherify-Request-Id"
# What pages send beside what is always allowed; a browser that asks for others is told of those.
ALLOWED = b"Content-Type, X-Client-Application-Id, X-Client-Token, X-Voucherify-Channel, X-Voucherify-API-Version"
MAX_AGE_SECONDS = 600
HEADER_LENGTH_MAX = 2000


def headers(call: Call) -> tuple[Header, ...]:
    """On every answer, refusals too: a page could not read them otherwise."""
    if not call.path.startswith(PREFIX):
        return ()
    origin = call.headers.get(b"origin")
    vary = (b"vary", b"Origin")
    if not origin or len(origin) > HEADER_LENGTH_MAX:
        return (vary,)
    return (vary, (b"access-control-allow-origin", origin), (b"access-control-expose-headers", EXPOSED))


def options(call: Call, methods: Sequence[str]) -> Answer:
    """204 with what the address serves; to a browser also with what a page may send there."""
    served = [*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"]
    allow = (b"allow", ", ".join(served).encode())
    if b"origin" not in call.headers or not call.path.startswith(PREFIX):
        return of_nothing((allow,))
    asked = call.headers.get(b"access-control-request-headers", b"")
    return of_nothing(
        (
            allow,
            (b"access-control-allow-methods", ", ".join(methods).encode()),
            (b"access-control-allow-headers", asked if 0 < len(asked) <= HEADER_LENGTH_MAX else ALLOWED),
            (b"access-control-max-age", str(MAX_AGE_SECONDS).encode()),
        )
    )

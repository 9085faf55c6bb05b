"""Peer (c): Starlette answering the same small JSON, or redirect, every time: the ceiling of the stack."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

# As long as the answer of the scenario `by-id`.
ANSWER = {
    "data": {
        "giftCard": {
            "id": "R2lmdENhcmQ6MQ==",
            "secret": "BENCH-00000",
            "balance": {"amount": "50.00", "currency": "EUR"},
            "testmode": False,
            "active": True,
            "issuedAt": "2026-01-01T00:00:00Z",
            "expiresAt": "2035-12-30T00:00:00Z",
            "conditions": "Valid on weekdays only",
        }
    }
}


async def answer(request: Request) -> JSONResponse:
    return JSONResponse(ANSWER)


async def redirect(request: Request) -> RedirectResponse:
    return RedirectResponse("https://example.org/landing/0", 302, {"Cache-Control": "no-store"})


# It gets the very requests of `by-id` and `redirect`, so that both servers parse the same bytes.
app = Starlette(
    routes=[
        Route("/graphql", answer, methods=["POST"]),
        Route("/{organizer}/{event}/c/{code}/", redirect),
    ]
)

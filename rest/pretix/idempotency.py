"""X-Idempotency-Key, by pretix's rules: a key belongs to whoever sent it, and what was asked under it is not compared.

The answer is stored in the transaction of its effect, so there is never one without the other. Answers found before
any verb ran (401, 403, 404, 405, 415, bad bodies) are stored by a small write of their own, which first looks whether
the key has an answer already; so whatever ends a request, its key is seen. Two requests with one key at once: in this
process the second is told so (409); in another one it waits for the first to commit, and gets its answer.
"""

from collections.abc import Awaitable, Callable

from models.problems import InProgress, Problem
from resolvers import idempotency
from resolvers.context import Work
from resolvers.idempotency import Kept, digest_of
from rest.pretix.answers import Answer
from rest.pretix.authentication import SAFE
from rest.pretix.call import Call
from rest.pretix.described import Operation, Parameter
from rest.pretix.refusals import Nowhere
from rest.pretix.routing import Route
from rest.pretix.schemas import ANY, TEXT
from rest.pretix.texts import text

RETRY_AFTER_SECONDS = 5
# Meant to be sent again: conflicts, too many requests, and whatever was the server's fault.
NOT_KEPT = (409, 429)
RECALLED = Operation(
    "basics",
    "idempotency_query",
    "The answer kept under an idempotency key",
    ANY,
    description="Status, headers and body of the first answer to a request with this key and the Authorization header "
    "of this one; 404 if there is none.",
    query=(Parameter("key", TEXT, "The key, as it was sent in `X-Idempotency-Key`."),),
)


class Keys:
    def __init__(self) -> None:
        self._running: set[str] = set()

    async def answered(self, call: Call, serve: Callable[[Call], Awaitable[Answer]]) -> Answer:
        """The answer to a request; with a key, the answer that was given to the first request with this key."""
        # Blanks around a header are no part of it (RFC 9110, 5.5), but the server leaves those at its end.
        key = call.headers.get(b"x-idempotency-key", b"").strip()
        if not key or call.method in SAFE:
            return await serve(call)
        digest = _digest(call, key.decode("latin-1"))
        if digest in self._running:
            return call.refusal(InProgress("Still running.", retry_after=RETRY_AFTER_SECONDS))
        self._running.add(digest)
        try:
            return await self._kept(call, digest, serve)
        finally:
            self._running.discard(digest)

    def route(self) -> Route:
        """Where answers are found again."""
        return Route(
            "idempotency_query",
            "idempotency.query",
            "Idempotency Query",
            {"GET": self.recalled},
            slash=False,
            public=True,
            operations={"GET": RECALLED},
        )

    async def recalled(self, call: Call) -> Answer:
        """GET /api/v1/idempotency_query?key=…: the answer that is kept, for whoever sent the key, logged in or not."""
        key = call.query.get("key")
        if not key:
            raise Nowhere(text("key_missing"))
        digest = _digest(call, key)
        if digest in self._running:
            raise InProgress("Still running.", retry_after=RETRY_AFTER_SECONDS)
        found: str | None = await call.look(lambda work: idempotency.find(work, digest))
        if found is None:
            raise Nowhere(text("key_unseen"))
        kept = Answer.load(found)
        assert call.route is not None
        # What may be asked is said of this address, not of the one that the key was sent to.
        allow = (b"allow", call.route.allow.encode())
        headers = tuple(allow if name == b"allow" else (name, value) for name, value in kept.headers)
        return Answer(kept.status, headers, kept.body)

    async def _kept(self, call: Call, digest: str, serve: Callable[[Call], Awaitable[Answer]]) -> Answer:
        call.kept = Kept(digest, "", lambda outcome: _dump(call, outcome), Answer.load)
        answer = await serve(call)
        if call.settled or not _is_kept(answer):
            return answer

        async def found_already(work: Work) -> Answer:
            return answer

        try:
            return await call.write(found_already)
        except Problem as refusal:
            return call.refusal(refusal)


def _digest(call: Call, key: str) -> str:
    return digest_of("pretix", call.headers.get(b"authorization", b"").decode("latin-1"), key)


def _dump(call: Call, outcome: Answer | Problem) -> str | None:
    answer = call.refusal(outcome) if isinstance(outcome, Problem) else outcome
    return answer.dump() if _is_kept(answer) else None


def _is_kept(answer: Answer) -> bool:
    return answer.status not in NOT_KEPT and answer.status < 500

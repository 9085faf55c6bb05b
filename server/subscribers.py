"""Who is connected to hear of changes, by whatever transport: how many may be, and whether each still may.

A request is let in once and is over soon. Whoever subscribes stays, so the token is looked at again before each event
and, for those to whom nothing happens, every `CHECK_SECONDS`: one task does that for all, and asks once for a token
that many present.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import structlog

from models.problems import Problem, Unauthenticated, Unavailable
from resolvers import background
from resolvers.authentication import Authenticator
from resolvers.principals import Principal

log = structlog.get_logger()

CHECK_SECONDS: Final = 3.0
RETRY_SECONDS: Final = 5


class Subscribers:
    """The open connections of one process."""

    def __init__(self, authenticator: Authenticator, connections_max: int = 10_000) -> None:
        self.authenticator, self._connections_max = authenticator, connections_max
        self._seats: set[Seat] = set()

    def __len__(self) -> int:
        return len(self._seats)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tokens are looked at again beside the block."""
        async with background.running(self._work(), "subscribers"):
            yield

    @contextmanager
    def seat(self, on_refusal: Callable[[Unauthenticated], None]) -> Iterator["Seat"]:
        """A place for one connection, for as long as the block lasts. Refuses with `Unavailable` when all are taken.

        `on_refusal` is called when the token that it presented is good no longer, until it is gone.
        """
        self.require_room()
        seat = Seat(self.authenticator, on_refusal)
        self._seats.add(seat)
        try:
            yield seat
        finally:
            self._seats.discard(seat)

    def require_room(self) -> None:
        if len(self._seats) >= self._connections_max:
            raise Unavailable("Too many subscribers are connected; try again later.", retry_after=RETRY_SECONDS)

    async def _work(self) -> None:
        while True:
            by_secret: defaultdict[str, list[Seat]] = defaultdict(list)
            for seat in self._seats:
                if seat.principal is not None:
                    by_secret[seat.secret].append(seat)
            # Spread over the time, so that many tokens are no load that comes all at once.
            for secret, seats in by_secret.items():
                await asyncio.sleep(CHECK_SECONDS / len(by_secret))
                await self._look_again(secret, seats)
            if not by_secret:
                await asyncio.sleep(CHECK_SECONDS)

    async def _look_again(self, secret: str, seats: Sequence["Seat"]) -> None:
        found: Principal | Unauthenticated
        try:
            found = await self.authenticator.principal(secret)
        except Unauthenticated as problem:
            found = problem
        except Exception as error:
            # The others are looked at all the same.
            log.warning("a subscriber's token could not be looked at", exc_info=error)
            return
        for seat in seats:
            if (refused := seat.refused(found)) is not None:
                seat.on_refusal(refused)


class Seat:
    """One connection, and who presented which token on it."""

    __slots__ = ("_authenticator", "on_refusal", "principal", "secret")

    def __init__(self, authenticator: Authenticator, on_refusal: Callable[[Unauthenticated], None]) -> None:
        self._authenticator, self.on_refusal = authenticator, on_refusal
        self.secret = ""
        self.principal: Principal | None = None

    async def present(self, secret: str) -> Principal:
        """Who that is. Refuses as `Authenticator.principal` does."""
        self.principal = await self._authenticator.principal(secret)
        self.secret = secret
        return self.principal

    async def check(self) -> None:
        """Refuses with `Unauthenticated` if the token is good no longer, or for other things than it was.

        When the database does not answer, the token is taken for what it was.
        """
        try:
            found: Principal | Unauthenticated = await self._authenticator.principal(self.secret)
        except Unauthenticated:
            raise
        except Problem:
            return
        if (refused := self.refused(found)) is not None:
            raise refused

    def refused(self, found: Principal | Unauthenticated) -> Unauthenticated | None:
        """Why there is an end to it, if the token is found to be this now."""
        if isinstance(found, Unauthenticated):
            return found
        if found is self.principal or found == self.principal:
            return None
        return Unauthenticated("Your token is for other things now; connect again.", reason="changed")

"""Principals of the tokens presented last, remembered for a moment: most requests come with a token just seen."""

import time
from collections.abc import Callable, Collection
from datetime import datetime

from models.database import Database
from models.token import Kind
from resolvers import tokens
from resolvers.principals import Principal

REMEMBERED_MAX = 10_000


class Authenticator:
    """`seconds` is how long a revoked token may still be good, and how rarely a good one is looked up; 0: never."""

    __slots__ = ("_clock", "_database", "_remembered", "_seconds")

    def __init__(self, database: Database, seconds: float, clock: Callable[[], datetime]) -> None:
        self._database, self._seconds, self._clock = database, seconds, clock
        self._remembered: dict[tuple[str, Collection[Kind] | None], tuple[float, Principal]] = {}

    async def principal(self, secret: str, kinds: Collection[Kind] | None = None) -> Principal:
        """Who presents the secret, as a token of one of the kinds or of any. Refuses as `tokens.authenticate` does."""
        if self._seconds <= 0:
            return await tokens.authenticate(self._database, secret, kinds, self._clock())
        now = time.monotonic()
        found = self._remembered.get((secret, kinds))
        if found is not None and found[0] > now:
            return found[1]
        principal = await tokens.authenticate(self._database, secret, kinds, self._clock())
        if len(self._remembered) >= REMEMBERED_MAX:
            self._remembered.clear()
        self._remembered[secret, kinds] = (now + self._seconds, principal)
        return principal

"""How many requests each token may make in a minute, counted in this process.

Windows are the minutes of the clock, the same for all, so that what was counted is forgotten at once and nothing grows.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from rest.voucherify.answers import Header
from rest.voucherify.refusals import RateLimited

WINDOW_SECONDS = 60
# Shown where nothing is limited: SDKs read these headers as numbers.
UNLIMITED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Rate:
    """`ends_at` is when the count begins anew, in seconds since 1970."""

    limit: int
    remaining: int
    ends_at: int

    def headers(self) -> tuple[Header, ...]:
        return (
            (b"x-rate-limit-limit", str(self.limit).encode()),
            (b"x-rate-limit-remaining", str(max(self.remaining, 0)).encode()),
            (b"x-rate-limit-retry", str(self.ends_at).encode()),
        )


class Rates:
    """`per_minute` is for each token; 0: any number."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.time) -> None:
        self._limit, self._now = per_minute, now
        self._window = 0
        self._spent: dict[int | None, int] = {}

    def look(self) -> Rate:
        """What is shown to those who are not known."""
        return Rate(self._limit or UNLIMITED, self._limit or UNLIMITED, self._ends_at(int(self._now())))

    def spend(self, token_id: int | None) -> Rate:
        """Count a request. One too many is refused by `refuse`, after its answer's headers are known."""
        now = int(self._now())
        if now // WINDOW_SECONDS != self._window:
            self._window = now // WINDOW_SECONDS
            self._spent.clear()
        spent = self._spent[token_id] = self._spent.get(token_id, 0) + 1
        limit = self._limit or UNLIMITED
        return Rate(limit, limit - spent, self._ends_at(now))

    def refuse(self, rate: Rate) -> None:
        """Refuses with `RateLimited` if the request was one too many."""
        if rate.remaining < 0:
            raise RateLimited(max(rate.ends_at - int(self._now()), 1))

    @staticmethod
    def _ends_at(now: int) -> int:
        return (now // WINDOW_SECONDS + 1) * WINDOW_SECONDS

"""What each token may spend: a bucket of cost that a request takes from and that fills again at an even rate."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from gql.rejected import RateLimited, rejected

# Buckets remembered. The one that was used longest ago is forgotten first, which fills it.
TOKENS_MAX = 10_000
# Moments are floating-point numbers.
ROUNDING_SECONDS = 1e-6


class Buckets:
    """Counted in this process. Of each bucket one number is kept: when it will be full again.

    A request that costs more than a whole bucket waits until the bucket is full, and takes it below empty.
    """

    def __init__(self, size: int, per_second: int, now: Callable[[], float] = time.monotonic) -> None:
        self._size, self._per_second, self._now = size, per_second, now
        self._full_at: OrderedDict[int | None, float] = OrderedDict()
        # How long an empty bucket takes to fill, in seconds.
        self._window = size / per_second + ROUNDING_SECONDS

    def __len__(self) -> int:
        return len(self._full_at)

    def spend(self, token_id: int | None, cost: int, told: dict[str, Any]) -> None:
        """Take the cost, and tell what is left in `told`. Raises `RateLimited` if there is too little."""
        if not self._size:
            return
        now, known = self._now(), self._full_at
        full_at = known.get(token_id, now)
        if full_at < now:
            full_at = now
        after = full_at + cost / self._per_second
        if after - now > self._window:
            self._refuse(token_id, cost, told, full_at - now)
        known[token_id] = after
        known.move_to_end(token_id)
        self._tell(told, after - now)
        if len(known) > TOKENS_MAX:
            known.popitem(last=False)

    def _refuse(self, token_id: int | None, cost: int, told: dict[str, Any], until_full: float) -> None:
        wait = until_full + min(cost, self._size) / self._per_second - self._window
        if wait <= 0:
            return
        if token_id in self._full_at:
            self._full_at.move_to_end(token_id)
        self._tell(told, until_full)
        raise _refusal(wait, told)

    def _tell(self, told: dict[str, Any], until_full: float) -> None:
        left = round(self._size - until_full * self._per_second)
        told["available"] = left if left > 0 else 0
        told["restorePerSecond"] = self._per_second


def _refusal(wait: float, told: dict[str, Any]) -> RateLimited:
    seconds = math.ceil(wait)
    message = f"The request costs {told['requested']}; {told['available']} is left. Ask again in {seconds} s."
    return RateLimited(*rejected(message, "RATE_LIMITED", retryAfter=seconds, cost=told).errors)

"""What a kind of bulk work is to the engine: how it prepares a chunk, does it, and says what came of all of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.database import Database
from resolvers.actions import Claimed, Failure, Progressed
from resolvers.context import Work

# Given the action as it stands, and what was prepared for the chunk before in this process, if anything was.
Prepare = Callable[[Database, Claimed, Any], Awaitable[Any]]


async def nothing(database: Database, claimed: Claimed, before: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """`chunk` is one unit of work: what it writes, its progress and the longer lease are one transaction. It may run
    again from the start, and touches nothing but its work. On PostgreSQL it runs on the event loop, on SQLite while
    everybody else waits to write: what takes long is done before, by `prepare`, which gives way every few milliseconds.

    `message` says what came of it, given how many items were done and how many could not be.
    """

    chunk: Callable[[Work, Claimed, Any], Awaitable[Progressed]]
    message: Callable[[int, int], str]
    prepare: Prepare = nothing
    # Whether its result names the items that could not be done.
    tells_failures: bool = False

    def result(self, done: int, failed: int, failure: str | None, failures: Sequence[Failure]) -> Mapping[str, Any]:
        """In the shape of Voucherify's results (docs/rest-voucherify.md)."""
        told: dict[str, Any] = {"message": self.message(done, failed) if failure is None else failure}
        if self.tells_failures:
            told["failed"] = [_told(each) for each in failures]
        told["done_count"] = done
        return told | {"failed_count": failed} if self.tells_failures else told


def _told(failure: Failure) -> dict[str, Any]:
    row = {} if failure.row is None else {"row": failure.row}
    return {"code": failure.code, **row, "reason": failure.reason}

"""What a request carries through the verbs: the database, who is asking, the clock."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable

from models.change import ChangeKind, change
from models.database import Database, Plan, Rows, Tx
from resolvers import gift_card_scopes, idempotency, voucher_scopes
from resolvers.changes import Changes
from resolvers.idempotency import Kept
from resolvers.principals import Principal
from resolvers.reading.plan import Compiled

T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


# A verb with its arguments bound. It may be run again from the start: it touches nothing but its work.
Verb: TypeAlias = Callable[["Work"], Awaitable[T]]

RECORD = change.insert().returning(change.c.id)


class Pending(Protocol):
    """What this process has counted and not yet written."""

    async def settle(self) -> None:
        """Return when it is written, or when that takes too long: what is stored is shown then."""


class Wakes(Protocol):
    """Who does the bulk work of this process (resolvers/action_work.py)."""

    def wake(self) -> None:
        """Look for work soon. From any thread, and before what there is to do is committed."""


@dataclass(frozen=True, slots=True)
class Context:
    database: Database
    principal: Principal
    clock: Callable[[], datetime] = field(default=utc_now)
    pending: Pending | None = None
    bulk: Wakes | None = None
    changes: Changes | None = None

    def now(self) -> datetime:
        return self.clock()

    async def read(self, plan: Compiled, arguments: Sequence[Any] = (), given: Mapping[str, Any] | None = None) -> Any:
        """Answer a compiled selection. Refuses with `PermissionDenied` if a scope it needs is missing."""
        for scope in plan.required(arguments):
            self.principal.require(scope, reading=True)
        if plan.gathers and self.pending is not None:
            await self.pending.settle()
        parameters = self._parameters()
        return await self.database.read(lambda: plan.run(arguments, parameters, given), snapshot=plan.snapshot)

    async def write(self, verb: Verb[T], kept: Kept[T] | None = None) -> T:
        """Run a verb in one transaction. When this returns, its effect is durable; if it raises, there was none.

        With `kept`, the outcome is stored under an idempotency key in the same transaction, and a retry gets it back.
        """
        if kept is None:
            return await self.database.write(lambda tx: verb(Work(tx, self)))
        return (await self.database.write(lambda tx: idempotency.keep(Work(tx, self), verb, kept))).result()

    def _parameters(self) -> dict[str, Any]:
        asker = self.principal
        if not asker.parameters:
            asker.parameters.update(
                organizer_ids=tuple(asker.organizers.values()),
                all_events=int(asker.all_events),
                event_ids=asker.event_ids,
                scopes=asker.scopes,
                reads_vouchers=int(asker.may(voucher_scopes.READ, reading=True)),
                reads_gift_cards=int(asker.may(gift_card_scopes.READ, reading=True)),
            )
        return {**asker.parameters, "now": self.clock()}


class Work:
    """One unit of work: an open transaction, and on whose behalf."""

    __slots__ = ("_context", "_tx", "now")

    def __init__(self, tx: Tx, context: Context) -> None:
        self._tx, self._context = tx, context
        self.now = context.now()

    @property
    def principal(self) -> Principal:
        return self._context.principal

    @property
    def engine(self) -> str:
        """`sqlite` or `postgresql`: for statements that are written differently."""
        return self._tx.dialect.name

    @property
    def dialect(self) -> Dialect:
        return self._tx.dialect

    async def rows(self, clause: Executable, /, **parameters: Any) -> Rows:
        return await self._tx.rows(clause, **parameters)

    async def row(self, clause: Executable, /, **parameters: Any) -> Any:
        return await self._tx.row(clause, **parameters)

    async def read(self, plan: Compiled, arguments: Sequence[Any] = (), given: Mapping[str, Any] | None = None) -> Any:
        """Answer a selection from inside the transaction: what this unit wrote is in it, and nothing later.

        Scopes are not asked here: a verb's answer shows what it wrote, and the verb has asked for its own scope.
        """
        return await self._tx.run(plan.run(arguments, self._context._parameters(), given))

    async def run(self, plan: Plan[T]) -> T:
        """The same for a plan that is not a selection's: look-ups that verbs share with reads."""
        return await self._tx.run(plan)

    async def attempt(self, verb: Verb[T]) -> T:
        """Run a verb under a savepoint: if it refuses, what it wrote is undone and the work goes on."""
        return await self._tx.attempt(lambda _: verb(self))

    def wake_bulk(self) -> None:
        """Bulk work was enqueued. Without a worker in this process, another one finds it when it looks."""
        if self._context.bulk is not None:
            self._context.bulk.wake()

    async def record(self, kind: str, organizer_id: int, noun_id: int, content: Mapping[str, Any]) -> int:
        """Append the change record that belongs to what was just written, of a `ChangeKind`; its id."""
        row = await self.row(
            RECORD,
            kind=ChangeKind(kind).value,
            organizer_id=organizer_id,
            noun_id=noun_id,
            token_id=self.principal.token_id,
            happened_at=self.now,
            content=content,
        )
        return int(row[0])

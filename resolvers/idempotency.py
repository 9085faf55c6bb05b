"""A retry never acts twice: the outcome of a request is kept under its key, in the transaction of its effect.

The key is reserved before the verb runs. Of two requests with one key in two processes the second waits for the first's
commit and then finds its outcome; if the first fails, its reservation is gone with it and the second acts.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from models.idempotency_key import idempotency_key
from models.metadata import UtcDateTime
from models.problems import KeyReused, Problem

T = TypeVar("T")

KEPT_FOR = timedelta(hours=24)

FIND = select(idempotency_key.c.fingerprint, idempotency_key.c.outcome).where(
    idempotency_key.c.digest == bindparam("digest")
)
FIND_FRESH = select(idempotency_key.c.outcome).where(
    idempotency_key.c.digest == bindparam("digest"),
    idempotency_key.c.created_at >= bindparam("oldest", type_=UtcDateTime),
)
SETTLE = (
    update(idempotency_key)
    .where(idempotency_key.c.digest == bindparam("key"))
    .values(outcome=bindparam("outcome"))
    .returning(idempotency_key.c.digest)
)
RELEASE = delete(idempotency_key).where(idempotency_key.c.digest == bindparam("digest"))
FORGET = delete(idempotency_key).where(idempotency_key.c.created_at < bindparam("before", type_=UtcDateTime))


@cache
def _reserve(engine: str) -> Executable:
    """Insert the key, or take over one that is past its time; no row if it is in use."""
    inserting: Any = (postgresql if engine == "postgresql" else sqlite).insert(idempotency_key)
    return inserting.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["digest"],
        set_={name: inserting.excluded[name] for name in ("fingerprint", "outcome", "created_at")},
        where=idempotency_key.c.created_at < bindparam("expired", type_=UtcDateTime),
    ).returning(idempotency_key.c.digest)


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """What a door keeps of a request.

    `dump` turns the outcome, or the refusal, into what is stored; None: not kept, a retry acts again.
    `load` turns it back, raising the refusal if it was one.
    """

    digest: str
    fingerprint: str
    dump: Callable[[T | Problem], str | None]
    load: Callable[[str], T]


@dataclass(frozen=True, slots=True)
class Settled(Generic[T]):
    """An outcome whose transaction is to be committed, even if it is a refusal."""

    value: T | None = None
    refusal: Problem | None = None

    def result(self) -> T:
        if self.refusal is not None:
            raise self.refusal
        return self.value  # type: ignore[return-value]


class _Work(Protocol):
    now: Any

    @property
    def engine(self) -> str: ...
    async def row(self, clause: Executable, /, **parameters: Any) -> Any: ...
    async def attempt(self, verb: Callable[[Any], Awaitable[Any]]) -> Any: ...


def digest_of(*parts: str) -> str:
    """One digest of several texts; no two different lists of texts share one."""
    return hashlib.sha256(
        "\0".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")
    ).hexdigest()


async def find(work: _Work, digest: str) -> str | None:
    """What is kept under a key, as it was dumped; None if there is nothing, or nothing any more."""
    found = await work.row(FIND_FRESH, digest=digest, oldest=work.now - KEPT_FOR)
    return None if found is None else str(found[0])


async def keep(work: _Work, verb: Callable[[Any], Awaitable[T]], kept: Kept[T]) -> Settled[T]:
    """Run the verb, unless its key was seen before: then what was kept is the outcome.

    Refuses with `KeyReused` a key that came with another input.
    """
    reserved = await work.row(
        _reserve(work.engine),
        digest=kept.digest,
        fingerprint=kept.fingerprint,
        outcome="",
        created_at=work.now,
        expired=work.now - KEPT_FOR,
    )
    if reserved is None:
        return _replayed(kept, await work.row(FIND, digest=kept.digest))
    settled: Settled[T]
    try:
        value = await work.attempt(verb)
        settled, text = Settled(value), kept.dump(value)
    except Problem as refusal:
        settled, text = Settled(refusal=refusal), kept.dump(refusal)
    if text is None:
        await work.row(RELEASE, digest=kept.digest)
    else:
        await work.row(SETTLE, key=kept.digest, outcome=text)
    return settled


def _replayed(kept: Kept[T], found: Any) -> Settled[T]:
    fingerprint, outcome = found
    if fingerprint != kept.fingerprint:
        raise KeyReused("This idempotency key was used for another request.", field="idempotencyKey")
    return Settled(kept.load(outcome))

"""Keys that this installation signs with: made by whoever needs one first, the same for every worker from then on."""

import secrets
from collections.abc import Generator
from functools import cache, partial
from typing import Any

from sqlalchemy import Dialect, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from models.database import Database, Query, Rows, Statement
from models.signing_key import signing_key
from resolvers.context import Context, Work
from resolvers.principals import Principal

KEY_BYTES = 32

FIND = select(signing_key.c.secret).where(signing_key.c.purpose == bindparam("purpose"))
_VALUES: dict[str, Any] = {name: bindparam(name) for name in ("purpose", "secret", "created_at")}
INSERT: dict[str, Any] = {
    "sqlite": sqlite.insert(signing_key).values(_VALUES).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(signing_key).values(_VALUES).on_conflict_do_nothing(),
}
_NOBODY = Principal("signing", "system", {}, frozenset())


async def ensure(database: Database, purpose: str) -> str:
    """The key for a purpose; made if there is none. Of several who make it at once one does, and all get his."""
    query = _finding(database.dialect).query({"purpose": purpose})
    rows = await database.read(lambda: _rows(query))
    if rows:
        return str(rows[0][0])
    return await Context(database, _NOBODY).write(partial(_make, purpose))


async def find(work: Work, purpose: str) -> str | None:
    """The key for a purpose, if anything was ever signed for it."""
    found = await work.row(FIND, purpose=purpose)
    return None if found is None else str(found[0])


async def _make(purpose: str, work: Work) -> str:
    await work.rows(INSERT[work.engine], purpose=purpose, secret=secrets.token_hex(KEY_BYTES), created_at=work.now)
    (found,) = await work.row(FIND, purpose=purpose)
    return str(found)


@cache
def _finding(dialect: Dialect) -> Statement:
    return Statement(FIND, dialect)


def _rows(query: Query) -> Generator[Query, Rows, Rows]:
    return (yield query)

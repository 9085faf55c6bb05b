"""Vouchers as a CSV file of any length: made in slices, each read by itself, none kept.

Whoever else is served waits for one slice at most, and no read is open while a slow client takes its time. So the file
is no picture of one moment: it has the vouchers that there were when it began, each as it is when its turn comes, and
a metadata key that none of them had at the beginning is not in it.
"""

import asyncio
import codecs
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect

import resolvers.sources  # noqa: F401  those that vouchers lead to, before anything is compiled
from models.problems import NotFound
from resolvers.context import Context
from resolvers.reading.conditions import All, Compare, Condition, Either
from resolvers.reading.plan import Compiled, compile_selection
from resolvers.reading.selection import Ask, Many, Nodes, One, PageInfo, RootItem, Total, Value
from resolvers.voucher_columns import Columns, Read, text

# Vouchers in a slice: read, shaped and written in about a millisecond, of five that nobody may take at a time.
SLICE_MAX = 100
FIELDS = {
    "key": ("id",),
    **{
        name: (name,)
        for name in (
            *("token", "code", "active", "quantity", "redeemed_quantity", "redeemed_amount", "published_count"),
            *("starts_at", "expires_at", "metadata", "additional_info", "created_at"),
        )
    },
    "type": ("terms", "type"),
    "discount": ("terms", "discount"),
    "campaign": ("campaign", "name"),
    "category": ("category", "name"),
    "holder": ("holder", "token"),
    "balance": ("account", "balance"),
}
MORE = PageInfo({"more": "has_next"})


def _list(*names: str) -> RootItem:
    return Many("voucher", {"rows": Nodes({name: Value(FIELDS[name]) for name in names}), "page": MORE}, 0)


SELECTIONS: Mapping[str, RootItem] = {
    "vouchers": _list(*FIELDS),
    "metadata": _list("key", "metadata"),
    "last": One("voucher", {"key": Value(("id",))}, 0),
    "count": Many("voucher", {"total": Total()}, 0),
    "campaign": One("voucher_campaign", {"key": Value(("id",))}, 0),
}


class Part(NamedTuple):
    """Some of the file, and how many vouchers are in it. The first parts are empty: the keys are looked for."""

    text: bytes
    vouchers: int


@dataclass(frozen=True, slots=True)
class Export:
    """The vouchers of an organizer that meet a condition, as of now."""

    context: Context
    organizer_id: int
    where: Condition

    async def count(self) -> int:
        found = await _read(self.context, "count", Ask(1, self.where, organizer_id=self.organizer_id))
        total: int = found["total"]
        return total

    async def parts(self, *, safe: bool = False) -> AsyncIterator[Part]:
        """The file. With `safe` it is for spreadsheets alone: nothing in it is taken for a formula.

        If this raises, what came so far is not a whole file, and must not look like one.
        """
        keys: set[str] = set()
        async for found in self._slices("metadata"):
            keys.update(*(row["metadata"] for row in found if row["metadata"]))
            yield Part(b"", 0)
        columns = Columns(keys)
        # Without the mark, spreadsheets take UTF-8 for something else.
        yield Part((codecs.BOM_UTF8 if safe else b"") + text([columns.header], safe=safe), 0)
        async for found in self._slices("vouchers"):
            yield Part(text(list(map(columns.row, found)), safe=safe), len(found))

    async def _slices(self, selection: str) -> AsyncIterator[Sequence[Read]]:
        after, more = 0, True
        while more:
            ask = Ask(SLICE_MAX, self.where, after=(after,), organizer_id=self.organizer_id)
            found = await _read(self.context, selection, ask)
            rows, more = found["rows"], found["page"]["more"]
            if rows:
                yield rows
                after = rows[-1]["key"]
            # SQLite reads without giving way to anybody.
            await asyncio.sleep(0)


async def begin(context: Context, organizer_id: int, where: Condition | None = None) -> Export:
    """Refuses with `PermissionDenied`; afterwards only a database that does not answer ends an export early."""
    last = await _read(context, "last", Ask(1, where, descending=True, organizer_id=organizer_id))
    until = Compare("id", "lte", 0 if last is None else last["key"])
    return Export(context, organizer_id, until if where is None else All((where, until)))


async def campaign_id(context: Context, organizer_id: int, ref: str) -> int:
    """The campaign that is meant by an id or a name. Refuses with `NotFound`."""
    where = Either((Compare("token", "eq", ref), Compare("name", "eq", ref)))
    found = await _read(context, "campaign", Ask(1, where, organizer_id=organizer_id))
    if found is None:
        raise NotFound("voucher_campaign", f"There is no campaign {ref!r}.", ref=ref)
    number: int = found["key"]
    return number


async def _read(context: Context, selection: str, ask: Ask) -> Any:
    return await context.read(_plan(selection, context.database.dialect), [ask])


@cache
def _plan(selection: str, dialect: Dialect) -> Compiled:
    return compile_selection(SELECTIONS[selection], dialect)

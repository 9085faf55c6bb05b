"""Importing vouchers into a campaign, from a list or from a file of any size.

What comes is staged first, in slices, each a row of `action_input`; the action takes one slice per chunk, and removes
it in the same transaction (voucher_import_work.py). A file is staged while it arrives: its action is RECEIVING until
then, seen by nobody, and gone if the upload breaks off.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from models.action import ActionType, Status
from models.database import Tx
from models.problems import Invalid, Problem, Unavailable
from models.voucher_campaign import Growth
from models.voucher_problems import DuplicateCodes, InvalidCampaign, InvalidVoucher
from resolvers import actions, import_items, voucher_campaign_rows
from resolvers.actions import Enqueued
from resolvers.context import Context, Work
from resolvers.csv_files import CsvReader, Row
from resolvers.slices import ROWS_MAX, sliced
from resolvers.voucher_import_statements import (
    ABANDONED,
    DISCARD,
    SET_INPUT,
    STAGE,
    STILL_RECEIVING,
    UNSTAGE_SOME,
    known,
)
from resolvers.voucher_scopes import WRITE

# Bytes of a file that are read before others have their turn.
PIECE_BYTES = 65_536
# Rows of a file that are in memory at most, and in how many parts they are sorted.
RUN_ROWS, RUNS = 4000, 5
# An upload of which nothing came for so long is over, whatever became of its server.
ABANDONED_AFTER = timedelta(hours=1)
# Slices removed in one unit of work.
DISCARDED_MAX = 20


# -- verbs -------------------------------------------------------------------------------------------------------------


async def import_vouchers(
    work: Work, organizer_id: int, campaign_id: int, items: Sequence[Any], *, request_id: str | None = None
) -> Enqueued:
    """Add the vouchers of a list, in the background.

    Refuses the whole list with `InvalidVoucher` if any has no code, with `DuplicateCodes` for codes that come twice or
    exist (contract A2), with `Invalid`, `InvalidCampaign` and `NotFound`. What else is wrong fails that voucher alone.
    """
    await _require_campaign(work, organizer_id, campaign_id)
    codes = _codes_of(items)
    import_items.require_types(items)
    await _refuseknown(work, organizer_id, codes)
    enqueued = await actions.enqueue(
        work,
        organizer_id,
        ActionType.IMPORT,
        campaign_id=campaign_id,
        input={"slices": -(-len(items) // ROWS_MAX)},
        total=len(items),
        request_id=request_id,
    )
    for number, part in enumerate(sliced(items)):
        await stage(work, organizer_id, enqueued.id, number, {"items": part})
    return enqueued


async def receive(
    context: Context,
    organizer_id: int,
    campaign_id: int,
    parts: AsyncIterator[bytes],
    *,
    request_id: str | None = None,
) -> Enqueued:
    """Take in a CSV file while it arrives, and import it in the background when all of it is here.

    Refuses with `InvalidCsv` a file that cannot be read, with `InvalidCampaign` and with `NotFound`; whatever ends it
    early leaves nothing behind. Units of work of its own: nothing else may be in a transaction with them.
    """

    async def begin(work: Work) -> Enqueued:
        await _require_campaign(work, organizer_id, campaign_id)
        return await actions.enqueue(
            work,
            organizer_id,
            ActionType.IMPORT_CSV,
            campaign_id=campaign_id,
            input={},
            total=None,
            request_id=request_id,
            status=Status.RECEIVING,
        )

    upload = _Upload(context, organizer_id, await context.write(begin))
    try:
        async for part in parts:
            await upload.take(part)
        return await upload.end()
    except BaseException:
        # Also when the client goes away: whoever waits here is cancelled then, and this is done all the same.
        await asyncio.shield(upload.discard())
        raise


async def stage(work: Work, organizer_id: int, action_id: int, number: int, content: Mapping[str, Any]) -> None:
    """Keep a slice of what is to be imported, from number 0 on."""
    await work.row(STAGE, organizer_id=organizer_id, action_id=action_id, number=number, content=content)


async def discard_abandoned(tx: Tx, now: datetime) -> bool:
    """Remove what is left of an upload whose server is gone, or of an import that failed; whether there may be more."""
    row = await tx.row(ABANDONED, before=now - ABANDONED_AFTER)
    if row is None:
        return False
    await _discard_some(tx, *row)
    return True


async def _discard_some(tx: Tx | Work, organizer_id: int, action_id: int) -> bool:
    """Slices first: they are too many to go with their action at once. Whether there are more."""
    given = {"of_organizer": organizer_id, "action_id": action_id}
    if await tx.rows(UNSTAGE_SOME, **given, count_max=DISCARDED_MAX):
        return True
    await tx.rows(DISCARD, **given)
    return False


async def _require_campaign(work: Work, organizer_id: int, campaign_id: int) -> None:
    work.principal.require(WRITE)
    held = await voucher_campaign_rows.look(work, organizer_id, campaign_id)
    if held.terms_id is None:
        raise InvalidCampaign("A promotion has no vouchers.")
    if held.type == Growth.STANDALONE:
        raise InvalidCampaign("You can not import vouchers to STANDALONE type campaign.")


def _codes_of(items: Sequence[Any]) -> list[str]:
    if not items:
        raise Invalid("must NOT have fewer than 1 items", field="", reason="blank")
    if not all(isinstance(item, Mapping) for item in items):
        raise Invalid("Each voucher is an object.", field="", reason="type")
    codes = [item.get("code") for item in items]
    missing = sum(not isinstance(code, str) or not code for code in codes)
    if missing:
        # The words are the vendor's: programs show them to their users.
        raise InvalidVoucher(f"Found {missing} voucher(s) without 'code' value", field="code")
    return codes


async def _refuseknown(work: Work, organizer_id: int, codes: Sequence[str]) -> None:
    twice = len(codes) - len(set(codes))
    found = 0
    for part in sliced(codes):
        asked = tuple(code for code in part if "\0" not in code)
        found += len(await work.rows(known(work.dialect), of_organizer=organizer_id, codes=asked))
    if twice or found:
        raise DuplicateCodes(twice + found)


# -- a file on its way -------------------------------------------------------------------------------------------------


class _Upload:
    def __init__(self, context: Context, organizer_id: int, enqueued: Enqueued) -> None:
        self._context, self._organizer_id, self._enqueued = context, organizer_id, enqueued
        self._reader = CsvReader("code")
        self._unread = bytearray()
        self._rows: list[Row] = []
        self._runs: list[list[Row]] = []
        self._slices = self._count = 0

    async def take(self, part: bytes) -> None:
        self._unread += part
        while len(self._unread) >= PIECE_BYTES:
            piece = bytes(self._unread[:PIECE_BYTES])
            del self._unread[:PIECE_BYTES]
            await self._gather(self._reader.read(piece))
            # Others have their turn even if there is nothing to be waited for.
            await asyncio.sleep(0)

    async def end(self) -> Enqueued:
        await self._gather(self._reader.read(bytes(self._unread)))
        await self._gather(self._reader.end())
        await self._stage_all()
        submitted = partial(self._submit, self._enqueued.id)
        await self._context.write(submitted)
        return self._enqueued

    async def discard(self) -> None:
        """What is not removed here, because the database does not answer, is so by the server's maintenance."""
        with suppress(Problem):
            while await self._context.database.write(self._discard_some, bulk=True):
                pass

    def _discard_some(self, tx: Tx) -> Any:
        return _discard_some(tx, self._organizer_id, self._enqueued.id)

    async def _gather(self, rows: Iterator[Row]) -> None:
        for row in rows:
            self._rows.append(row)
            if len(self._rows) == RUN_ROWS:
                self._end_run()
            if len(self._runs) == RUNS:
                await self._stage_all()

    def _end_run(self) -> None:
        self._rows.sort(key=self._code_of)
        self._runs.append(self._rows)
        self._rows = []

    async def _stage_all(self) -> None:
        """Sorted by code, so that the vouchers of a chunk have their places beside each other in the index."""
        self._end_run()
        merged = heapq.merge(*self._runs, key=self._code_of)
        while part := list(islice(merged, ROWS_MAX)):
            await self._stage(part)
        self._runs.clear()

    def _code_of(self, row: Row) -> str:
        return "" if row.broken is not None else row.cells[self._reader.place]

    async def _stage(self, rows: Sequence[Row]) -> None:
        content = {"header": self._reader.header, "rows": [[each.number, each.cells, each.broken] for each in rows]}
        number, action_id = self._slices, self._enqueued.id

        async def unit(tx: Tx) -> None:
            work = Work(tx, self._context)
            given = {"of_organizer": self._organizer_id, "action_id": action_id}
            # Somebody may have taken it for abandoned.
            if await work.row(STILL_RECEIVING, **given, at=work.now) is None:
                raise Unavailable("The upload took too long.", retry_after=1)
            await stage(work, self._organizer_id, action_id, number, content)

        await self._context.database.write(unit, bulk=True)
        self._count += len(rows)
        self._slices += 1

    async def _submit(self, action_id: int, work: Work) -> None:
        await work.row(SET_INPUT, of_organizer=self._organizer_id, action_id=action_id, given={"slices": self._slices})
        await actions.submit(work, self._organizer_id, action_id, total=self._count)

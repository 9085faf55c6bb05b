"""Importing vouchers into a campaign, from a list or from a file of any size.

What comes is staged first, in slices, each a row of `action_input`; the action takes one slice per chunk, and removes
it in the same transaction. A file is staged while it arrives: its action is RECEIVING until then, seen by nobody, and
gone if the upload breaks off.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Integer, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.sql.base import Executable

from models.action import ActionType, Status, action, action_input
from models.database import Database, Statement, Tx
from models.metadata import Id, JsonText, UtcDateTime
from models.problems import Invalid, NotFound, Problem, Unavailable
from models.unset import Unset
from models.voucher import voucher
from models.voucher_campaign import Growth
from models.voucher_problems import DuplicateCodes, InvalidCampaign, InvalidVoucher
from resolvers import actions, categories, import_items, new_vouchers, voucher_campaign_rows, voucher_defaults
from resolvers.action_kinds import Kind, asked
from resolvers.actions import Claimed, Enqueued, Failure, Progressed
from resolvers.context import Context, Work
from resolvers.csv_files import CsvReader, Row
from resolvers.generation import ADDED
from resolvers.import_items import Item, Rejected
from resolvers.new_vouchers import NewVoucher
from resolvers.reading.conditions import any_of
from resolvers.slices import ROWS_MAX, Slice, rows_of, sliced
from resolvers.voucher_defaults import Defaults, given
from resolvers.voucher_scopes import WRITE

# Bytes of a file that are read, and items that are looked at, before others have their turn.
PIECE_BYTES = 65_536
PIECE_ITEMS = 50
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
    await _refuse_known(work, organizer_id, codes)
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


async def _refuse_known(work: Work, organizer_id: int, codes: Sequence[str]) -> None:
    twice = len(codes) - len(set(codes))
    known = 0
    for part in sliced(codes):
        asked = tuple(code for code in part if "\0" not in code)
        known += len(await work.rows(_known(work.dialect), of_organizer=organizer_id, codes=asked))
    if twice or known:
        raise DuplicateCodes(twice + known)


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


# -- one chunk ---------------------------------------------------------------------------------------------------------


class Slices(NamedTuple):
    """A slice, read: those that can be tried, and those that cannot."""

    items: Sequence[Item]
    rejected: Sequence[Rejected]


async def prepare(database: Database, claimed: Claimed, before: Any) -> Slices:
    if not claimed.input["slices"]:
        return Slices((), ())
    ((content,),) = await asked(database, _staged(database.dialect), **_place(claimed))
    items: list[Item] = []
    rejected: list[Rejected] = []
    given, read = _reading(content)
    for part in sliced(given, PIECE_ITEMS):
        for found in map(read, part):
            (items if isinstance(found, Item) else rejected).append(found)  # type: ignore[arg-type]
        await asyncio.sleep(0)
    return Slices(items, rejected)


def _reading(content: Mapping[str, Any]) -> tuple[Sequence[Any], Callable[[Any], Item | Rejected]]:
    """What a slice holds, and how each of it is read."""
    if "items" in content:
        return content["items"], import_items.of_object
    columns = import_items.Columns.of(content["header"])

    def of_row(row: Sequence[Any]) -> Item | Rejected:
        number, cells, broken = row
        return import_items.of_row(columns, cells, number) if broken is None else Rejected(broken, None, number)

    return content["rows"], of_row


async def chunk(work: Work, held: Claimed, prepared: Slices) -> Progressed:
    assert held.campaign_id is not None
    number = held.state.get("number", 0)
    of = await voucher_defaults.of_campaign(work, held.organizer_id, held.campaign_id)
    items, unplaced = await _with_categories(work, held.organizer_id, prepared.items)
    added, existing = await _add(work, held, of, items)
    changed, refused = await _meet_existing(work, held, existing)
    failures = [Failure(*each) for each in (*prepared.rejected, *unplaced, *refused)]
    await work.rows(UNSTAGE, **_place(held))
    if added:
        await work.record(ADDED, held.organizer_id, of.campaign_id, {"count": added, "action_id": held.id})
    return Progressed(
        added + changed,
        sorted(failures, key=lambda each: each.row or 0),
        state={"number": number + 1},
        finished=number + 1 >= held.input["slices"],
    )


class Placed(NamedTuple):
    """An item, and the category it is meant to have: UNSET if nothing is said of it."""

    item: Item
    category_id: int | Unset | None


async def _with_categories(work: Work, organizer_id: int, items: Sequence[Item]) -> tuple[list[Placed], list[Rejected]]:
    found: dict[str, int | Problem] = {}
    placed: list[Placed] = []
    rejected: list[Rejected] = []
    for item in items:
        if not isinstance(item.category, str):
            placed.append(Placed(item, item.category))
            continue
        if item.category not in found:
            found[item.category] = await _category(work, organizer_id, item.category)
        category = found[item.category]
        if isinstance(category, Problem):
            rejected.append(Rejected(f"category: {category.message}", item.code, item.row))
        else:
            placed.append(Placed(item, category))
    return placed, rejected


async def _category(work: Work, organizer_id: int, ref: str) -> int | Problem:
    """By its id, or by its name; one that none has is given to a new one."""
    try:
        if ref.startswith("cat_"):
            return await categories.of_token(work, organizer_id, ref)
        return await categories.named(work, organizer_id, ref)
    except (Invalid, NotFound) as problem:
        return problem


async def _add(work: Work, held: Claimed, of: Defaults, placed: Sequence[Placed]) -> tuple[int, list[Placed]]:
    """How many were added, and those whose codes are in use: also by one before them."""
    firsts: dict[str, Placed] = {}
    others: list[Placed] = []
    for each in placed:
        if each.item.code in firsts:
            others.append(each)
        else:
            firsts[each.item.code] = each
    new = [_new(each, of, work.now) for each in firsts.values()]
    added = await new_vouchers.add(
        work, held.organizer_id, new, campaign_id=of.campaign_id, terms_id=of.terms_id, type=of.type
    )
    return len(added), [each for code, each in firsts.items() if code not in added] + others


def _new(placed: Placed, of: Defaults, now: datetime) -> NewVoucher:
    item, own = placed.item, placed.item.own
    expired = of.expires_at is not None and of.expires_at <= now
    holds = of.amount is not None
    return NewVoucher(
        code=item.code,
        quantity=given(own.quantity, of.quantity),
        amount=given(own.amount, of.amount) if holds else None,
        active=not expired if item.active is None else item.active,
        starts_at=given(own.starts_at, of.starts_at),
        expires_at=given(own.expires_at, of.expires_at),
        category_id=given(placed.category_id, of.category_id),
        # The campaign's, whatever it says of other new vouchers (contract A12).
        metadata={**of.metadata, **(own.metadata or {})},
        additional_info=own.additional_info,
        redeemed_quantity=item.redeemed_quantity,
        redeemed_amount=item.redeemed_amount if holds else 0,
    )


async def _meet_existing(work: Work, held: Claimed, existing: Sequence[Placed]) -> tuple[int, list[Rejected]]:
    """A file may name vouchers of the campaign again, to change their switches and categories (contract A2)."""
    own: dict[str, int] = {}
    if held.type is ActionType.IMPORT_CSV and existing:
        codes = tuple({each.item.code for each in existing})
        found = await work.rows(_known(work.dialect), of_organizer=held.organizer_id, codes=codes)
        own = {code: number for number, code, campaign_id in found if campaign_id == held.campaign_id}
    changed = [each for each in existing if each.item.code in own]
    await _switch(work, held.organizer_id, [(own[each.item.code], each) for each in changed])
    rejected = [
        Rejected("Duplicated voucher exists with this code.", each.item.code, each.item.row)
        for each in existing
        if each.item.code not in own
    ]
    return len(changed), rejected


async def _switch(work: Work, organizer_id: int, changed: Sequence[tuple[int, Placed]]) -> None:
    """Of two rows for one voucher the later one counts."""
    active = {number: each.item.active for number, each in changed if each.item.active is not None}
    placed = {number: each.category_id for number, each in changed if not isinstance(each.category_id, Unset)}
    by_name: Mapping[str, Mapping[int, Any]] = {"active": active, "category_id": placed}
    for name, values in by_name.items():
        rows = [
            {"organizer_id": organizer_id, "id": number, name: value, "updated_at": work.now}
            for number, value in sorted(values.items())
        ]
        if rows:
            await work.rows(_setting(name, work.engine), rows=SETTING[name].text(rows))


def _place(held: Claimed) -> dict[str, Any]:
    return {"of_organizer": held.organizer_id, "action_id": held.id, "at_number": held.state.get("number", 0)}


def _message(done: int, failed: int) -> str:
    return f"{done} voucher(s) imported successfully, {failed} failed."


KIND = Kind(chunk, _message, prepare, tells_failures=True)


# -- statements --------------------------------------------------------------------------------------------------------

_staged_of = (
    action_input.c.organizer_id == bindparam("of_organizer", type_=Id),
    action_input.c.action_id == bindparam("action_id", type_=Id),
)
_here = (*_staged_of, action_input.c.number == bindparam("at_number", type_=Integer))
_this = (action.c.organizer_id == bindparam("of_organizer", type_=Id), action.c.id == bindparam("action_id", type_=Id))
_receiving = action.c.status == Status.RECEIVING.value

STAGE = insert(action_input).returning(action_input.c.number)
UNSTAGE = delete(action_input).where(*_here)
STILL_RECEIVING = (
    update(action)
    .where(*_this, _receiving)
    .values(updated_at=bindparam("at", type_=UtcDateTime))
    .returning(action.c.id)
)
SET_INPUT = (
    update(action).where(*_this, _receiving).values(input=bindparam("given", type_=JsonText)).returning(action.c.id)
)
_left = exists().where(action_input.c.organizer_id == action.c.organizer_id, action_input.c.action_id == action.c.id)
_silent = func.coalesce(action.c.updated_at, action.c.created_at) < bindparam("before", type_=UtcDateTime)
ABANDONED = (
    select(action.c.organizer_id, action.c.id)
    .where(or_(and_(_receiving, _silent), and_(action.c.status == Status.FAILED.value, _left)))
    .limit(1)
)
_some = (
    select(action_input.c.number)
    .where(*_staged_of)
    .order_by(action_input.c.number)
    .limit(bindparam("count_max", type_=Integer))
)
UNSTAGE_SOME = (
    delete(action_input).where(*_staged_of, action_input.c.number.in_(_some)).returning(action_input.c.number)
)
DISCARD = delete(action).where(*_this, _receiving)
SETTING = {
    name: Slice(voucher, ("organizer_id", "id", name, "updated_at"), ("organizer_id", "id"))
    for name in ("active", "category_id")
}


@cache
def _setting(name: str, engine: str) -> Executable:
    organizer_id, voucher_id, value, updated_at = rows_of(SETTING[name], engine).subquery("given").c
    return (
        update(voucher)
        .where(voucher.c.organizer_id == organizer_id, voucher.c.id == voucher_id)
        .values({name: value, "updated_at": updated_at})
    )


@cache
def _known(dialect: Dialect) -> Executable:
    return select(voucher.c.id, voucher.c.code, voucher.c.campaign_id).where(
        voucher.c.organizer_id == bindparam("of_organizer", type_=Id), any_of(voucher.c.code, "codes", dialect)
    )


@cache
def _staged(dialect: Dialect) -> Statement:
    return Statement(select(action_input.c.content).where(*_here), dialect)

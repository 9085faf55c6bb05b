"""One chunk of an import: a slice that was staged becomes vouchers, or is told why not, and is removed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from models.action import ActionType
from models.database import Database, asked
from models.problems import Invalid, NotFound, Problem
from models.unset import Unset
from resolvers import categories, import_items, new_vouchers, voucher_defaults
from resolvers.action_kinds import Kind
from resolvers.actions import Claimed, Failure, Progressed
from resolvers.context import Work
from resolvers.generation import ADDED
from resolvers.import_items import Item, Rejected
from resolvers.new_vouchers import NewVoucher
from resolvers.slices import sliced
from resolvers.voucher_defaults import Defaults, given
from resolvers.voucher_import_statements import SETTING, UNSTAGE, known, setting, staged

# Items that are looked at before others have their turn.
PIECE_ITEMS = 50


class Slices(NamedTuple):
    """A slice, read: those that can be tried, and those that cannot."""

    items: Sequence[Item]
    rejected: Sequence[Rejected]


async def prepare(database: Database, claimed: Claimed, before: Any) -> Slices:
    if not claimed.input["slices"]:
        return Slices((), ())
    ((content,),) = await asked(database, staged(database.dialect), **_place(claimed))
    items: list[Item] = []
    rejected: list[Rejected] = []
    told, read = _reading(content)
    for part in sliced(told, PIECE_ITEMS):
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
        found = await work.rows(known(work.dialect), of_organizer=held.organizer_id, codes=codes)
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
            await work.rows(setting(name, work.engine), rows=SETTING[name].text(rows))


def _place(held: Claimed) -> dict[str, Any]:
    return {"of_organizer": held.organizer_id, "action_id": held.id, "at_number": held.state.get("number", 0)}


def _message(done: int, failed: int) -> str:
    return f"{done} voucher(s) imported successfully, {failed} failed."


KIND = Kind(chunk, _message, prepare, tells_failures=True)

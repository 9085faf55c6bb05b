"""What follows for the vouchers of a campaign that was updated or deleted, a range of their ids at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Integer, and_, bindparam, delete, select, update
from sqlalchemy.sql.base import Executable

from models.gift_card import gift_card
from models.metadata import Id, UtcDateTime
from models.voucher import voucher
from models.voucher_campaign import bin_entry, voucher_campaign
from resolvers import new_vouchers
from resolvers.action_kinds import Kind
from resolvers.actions import Claimed, Progressed
from resolvers.context import Work
from resolvers.reading.conditions import any_of
from resolvers.slices import ROWS_MAX, Slice, rows_of

# Of an update's columns those that are times: JSON has texts for them.
TIMES = ("starts_at", "expires_at")
ID_MAX = 2**63 - 1


# -- update ------------------------------------------------------------------------------------------------------------


async def _update(work: Work, held: Claimed, prepared: None) -> Progressed:
    """Bring an update to vouchers that nobody has and nobody used.

    `input`: the columns to `set`, and of the `metadata` what to `set` and `unset`.
    """
    given = _given(held) | {"after": held.state.get("after", 0)}
    rows = await work.rows(NEXT, **given, count_max=ROWS_MAX)
    if not rows:
        return Progressed(state=held.state, finished=True)
    found = {row[0]: row[1] for row in rows if row[2] == 0 and row[3] == 0}
    metadata: Mapping[str, Any] = held.input.get("metadata") or {}
    if found:
        await _set_columns(work, held, sorted(found))
        if metadata.get("set") or metadata.get("unset"):
            await _set_metadata(work, held, found, metadata)
        content = {"count": len(found), "action_id": held.id}
        await work.record("voucher_campaign.vouchers_updated", held.organizer_id, given["campaign_id"], content)
    return Progressed(len(found), state={"after": rows[-1][0]}, finished=len(rows) < ROWS_MAX)


async def _set_columns(work: Work, held: Claimed, ids: Sequence[int]) -> None:
    values: dict[str, Any] = dict(held.input.get("set") or {})
    for name in TIMES:
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(values[name])
    if values:
        named = {f"new_{name}": value for name, value in values.items()}
        await work.rows(_setting(tuple(sorted(values)), work.dialect), **_of(held, ids), **named, at=work.now)


async def _set_metadata(
    work: Work, held: Claimed, found: Mapping[int, Mapping[str, Any] | None], changes: Mapping[str, Any]
) -> None:
    rows = [
        {
            "organizer_id": held.organizer_id,
            "id": number,
            "metadata": _changed(old or {}, changes) or None,
            "updated_at": work.now,
        }
        for number, old in sorted(found.items())
    ]
    await work.rows(_describing(work.engine), rows=DESCRIBED.text(rows))


def _changed(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    removed = changes.get("unset") or ()
    return {name: value for name, value in old.items() if name not in removed} | (changes.get("set") or {})


# -- delete ------------------------------------------------------------------------------------------------------------


async def _delete(work: Work, held: Claimed, prepared: None) -> Progressed:
    """Without `force` the campaign is in the bin already, with all it has: they are counted.

    With it the vouchers go, and all that happened to them, then the campaign. Their balances end where they are: the
    ledger keeps what was booked, and nothing more can be.
    """
    given = _given(held)
    if not held.input["force"]:
        row = await work.row(COUNT, **given)
        return Progressed(row[0] if row else 0, finished=True)
    rows = await work.rows(NEXT, **given, after=0, count_max=ROWS_MAX)
    ids = [row[0] for row in rows]
    if ids:
        for statement in _removals(work.dialect):
            await work.rows(statement, **_of(held, ids))
        # Those that went into the bin by themselves are counted no more.
        counted = len([row for row in rows if row[4] is None])
        await new_vouchers.count(work, held.organizer_id, given["campaign_id"], -counted)
        content = {"count": len(ids), "action_id": held.id}
        await work.record("voucher_campaign.vouchers_removed", held.organizer_id, given["campaign_id"], content)
    if len(ids) < ROWS_MAX:
        for statement in CAMPAIGN_REMOVALS:
            await work.rows(statement, **given)
    return Progressed(len(ids), finished=len(ids) < ROWS_MAX)


def _given(held: Claimed) -> dict[str, Any]:
    return {"of_organizer": held.organizer_id, "campaign_id": held.campaign_id}


def _of(held: Claimed, ids: Sequence[int]) -> dict[str, Any]:
    return {"of_organizer": held.organizer_id, "ids": ids}


UPDATE = Kind(_update, lambda done, failed: f"Updated {done} vouchers.")
DELETE = Kind(_delete, lambda done, failed: f"Deleted {done} vouchers.")


# -- statements --------------------------------------------------------------------------------------------------------

_c = voucher.c
_organizer = bindparam("of_organizer", type_=Id)
_campaign = bindparam("campaign_id", type_=Id)

# Under their locks, in the order in which everybody takes them.
NEXT = (
    select(_c.id, _c.metadata, _c.published_count, _c.redeemed_quantity, _c.binned_at)
    .where(_c.organizer_id == _organizer, _c.campaign_id == _campaign, _c.id > bindparam("after", type_=Id))
    .order_by(_c.id)
    .limit(bindparam("count_max", type_=Integer))
    .with_for_update()
)
COUNT = select(voucher_campaign.c.vouchers_count).where(
    voucher_campaign.c.organizer_id == _organizer, voucher_campaign.c.id == _campaign
)
CAMPAIGN_REMOVALS = (
    delete(bin_entry).where(
        bin_entry.c.organizer_id == _organizer,
        bin_entry.c.resource_type == "campaign",
        bin_entry.c.resource_id == _campaign,
    ),
    delete(voucher_campaign).where(voucher_campaign.c.organizer_id == _organizer, voucher_campaign.c.id == _campaign),
)
DESCRIBED = Slice(voucher, ("organizer_id", "id", "metadata", "updated_at"), ("organizer_id", "id"))


@cache
def _setting(names: tuple[str, ...], dialect: Dialect) -> Executable:
    values = {name: bindparam(f"new_{name}", type_=_c[name].type) for name in names}
    at = bindparam("at", type_=UtcDateTime)
    chosen = and_(_c.organizer_id == _organizer, any_of(_c.id, "ids", dialect))
    return update(voucher).where(chosen).values({**values, "updated_at": at})


@cache
def _describing(engine: str) -> Executable:
    organizer_id, voucher_id, metadata, updated_at = rows_of(DESCRIBED, engine).subquery("described").c
    return (
        update(voucher)
        .where(_c.organizer_id == organizer_id, _c.id == voucher_id)
        .values(metadata=metadata, updated_at=updated_at)
    )


@cache
def _removals(dialect: Dialect) -> Sequence[Executable]:
    """Of vouchers by their ids: the balances' switches, the entries in the bin, then they themselves."""
    chosen = and_(_c.organizer_id == _organizer, any_of(_c.id, "ids", dialect))
    held = select(_c.gift_card_id).where(chosen, _c.gift_card_id.is_not(None))
    return (
        update(gift_card).where(gift_card.c.organizer_id == _organizer, gift_card.c.id.in_(held)).values(active=False),
        delete(bin_entry).where(
            bin_entry.c.organizer_id == _organizer,
            bin_entry.c.resource_type == "voucher",
            any_of(bin_entry.c.resource_id, "ids", dialect),
        ),
        delete(voucher).where(chosen),
    )

"""Many gift cards switched on or off at once: all of them or none."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.sql.base import Executable

from models.change import ChangeKind, change
from models.database import Dialect
from models.gift_card import gift_card
from models.problems import Invalid, NotFound, refuse
from resolvers.context import Work
from resolvers.gift_card_scopes import WRITE
from resolvers.gift_card_statements import OWN
from resolvers.reading.conditions import any_of
from resolvers.slices import Slice, rows_of, sliced

CARDS_MAX = 1000


async def enable(work: Work, organizer_id: int, card_ids: Sequence[int]) -> None:
    """Switch the cards on; nothing happens to those that are. Refuses as a whole, with `NotFound` for each missing."""
    await _switch(work, organizer_id, card_ids, active=True)


async def disable(work: Work, organizer_id: int, card_ids: Sequence[int]) -> None:
    """Switch the cards off: they keep their balances and refuse transactions. Refuses as `enable` does."""
    await _switch(work, organizer_id, card_ids, active=False)


async def _switch(work: Work, organizer_id: int, card_ids: Sequence[int], *, active: bool) -> None:
    work.principal.require(WRITE)
    if not 1 <= len(card_ids) <= CARDS_MAX:
        raise Invalid(f"From 1 to {CARDS_MAX} cards.", field="ids", reason="out_of_range")
    # In the order of their ids: two who switch the same cards wait for each other, and not in a circle.
    given = {"organizer_id": organizer_id, "card_ids": tuple(sorted(set(card_ids)))}
    held = {card_id for (card_id,) in await work.rows(_lock(work.dialect), **given)}
    refuse([_missing(place) for place, card_id in enumerate(card_ids) if card_id not in held])
    switched = {card_id for (card_id,) in await work.rows(_set(work.dialect), **given, wanted=active)}
    kind = ChangeKind.GIFT_CARD_ENABLED if active else ChangeKind.GIFT_CARD_DISABLED
    await _record(work, organizer_id, kind, [each for each in dict.fromkeys(card_ids) if each in switched])


def _missing(place: int) -> NotFound:
    return NotFound("gift_card", "There is no such gift card.", field=f"ids[{place}]")


async def _record(work: Work, organizer_id: int, kind: ChangeKind, card_ids: Sequence[int]) -> None:
    """A change of each, as if it had been switched by itself."""
    of = {"organizer_id": organizer_id, "kind": kind, "token_id": work.principal.token_id, "happened_at": work.now}
    for part in sliced(card_ids):
        rows = [{**of, "noun_id": card_id, "content": {}} for card_id in part]
        await work.rows(_recording(work.engine), rows=CHANGES.text(rows))


# -- statements --------------------------------------------------------------------------------------------------------

CHANGES = Slice(change, ("organizer_id", "kind", "noun_id", "token_id", "happened_at", "content"), ())


@cache
def _recording(engine: str) -> Executable:
    return insert(change).from_select(CHANGES.names, rows_of(CHANGES, engine))


@cache
def _lock(dialect: Dialect) -> Executable:
    found = select(gift_card.c.id).where(OWN, any_of(gift_card.c.id, "card_ids", dialect))
    return found.order_by(gift_card.c.id).with_for_update()


@cache
def _set(dialect: Dialect) -> Any:
    named = any_of(gift_card.c.id, "card_ids", dialect)
    differs = gift_card.c.active != bindparam("wanted")
    return update(gift_card).where(OWN, named, differs).values(active=bindparam("wanted")).returning(gift_card.c.id)

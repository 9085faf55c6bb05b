"""The statements of imports: what is staged of them, and the vouchers that they meet."""

from functools import cache

from sqlalchemy import Dialect, Integer, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.sql.base import Executable

from models.action import Status, action, action_input
from models.database import Statement
from models.metadata import Id, JsonText, UtcDateTime
from models.voucher import voucher
from resolvers.reading.conditions import any_of
from resolvers.slices import Slice, rows_of

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
# Uploads of servers that are gone, and failed imports of which something is left.
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
def setting(name: str, engine: str) -> Executable:
    organizer_id, voucher_id, value, updated_at = rows_of(SETTING[name], engine).subquery("given").c
    return (
        update(voucher)
        .where(voucher.c.organizer_id == organizer_id, voucher.c.id == voucher_id)
        .values({name: value, "updated_at": updated_at})
    )


@cache
def known(dialect: Dialect) -> Executable:
    """The organizer's vouchers that have one of these codes."""
    return select(voucher.c.id, voucher.c.code, voucher.c.campaign_id).where(
        voucher.c.organizer_id == bindparam("of_organizer", type_=Id), any_of(voucher.c.code, "codes", dialect)
    )


@cache
def staged(dialect: Dialect) -> Statement:
    return Statement(select(action_input.c.content).where(*_here), dialect)

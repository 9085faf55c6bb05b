"""The statements that actions are written by. Leases go by the database's clock, which all workers share."""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    cast,
    delete,
    exists,
    extract,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.sql.base import Executable

from models.action import MOVES, ActionType, Status, action, action_failure
from models.metadata import Id, JsonText, UtcDateTime
from models.voucher_campaign import Progress, voucher_campaign
from resolvers.slices import Slice, rows_of

CLAIMED = (
    *("id", "organizer_id", "token", "type", "campaign_id", "token_id", "input", "state"),
    *("total", "done_count", "failed_count", "fence"),
)
FAILED = Slice(action_failure, ("organizer_id", "action_id", "row", "code", "reason"), ())
OPEN = (Status.ENQUEUED, Status.IN_PROGRESS)
# No other action of their campaign runs beside these, nor begins before those that were asked for earlier are over.
ALONE = (ActionType.UPDATE, ActionType.DELETE)

_c = action.c
_id = bindparam("action_id", type_=Id)
_organizer = bindparam("of_organizer", type_=Id)
_campaign = bindparam("of_campaign", type_=Id)
_at = bindparam("at", type_=UtcDateTime)
_this = (_c.organizer_id == _organizer, _c.id == _id)


def _one_of(column: ColumnElement[Any], values: Any) -> ColumnElement[bool]:
    """Written out, as the indexes are: a parameter would leave them aside."""
    return column.in_([literal_column(f"'{value.value}'") for value in values])


def _may_become(status: Status) -> ColumnElement[bool]:
    return _one_of(_c.status, [each for each, moves in MOVES.items() if status in moves])


def _is_open(of: Any) -> ColumnElement[bool]:
    return _one_of(of.c.status, OPEN)


_mine = (*_this, _c.fence == bindparam("of_fence", type_=Id), _one_of(_c.status, [Status.IN_PROGRESS]))


@cache
def clock(engine: str) -> ColumnElement[int]:
    """Milliseconds since 1970."""
    if engine == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()) * literal_column("1000"), BigInteger)
    days = func.julianday(literal_column("'now'")) - literal_column("2440587.5")
    return cast(days * literal_column("86400000.0"), Integer)


@cache
def insertion(engine: str) -> Executable:
    values = {
        "organizer_id": _organizer,
        "token": bindparam("new_token"),
        "type": bindparam("of_type"),
        "status": bindparam("in_status"),
        "campaign_id": _campaign,
        "token_id": bindparam("of_token", type_=Id),
        "request_id": bindparam("of_request"),
        "input": bindparam("given", type_=JsonText),
        "total": bindparam("of_all", type_=Id),
        "created_at": _at,
        # Behind those that have waited longer.
        "turn": clock(engine),
    }
    return insert(action).values(values).returning(_c.id)


SUBMIT = (
    update(action)
    .where(*_this, _may_become(Status.ENQUEUED))
    .values(status=Status.ENQUEUED.value, total=bindparam("of_all", type_=Id), updated_at=_at)
    .returning(_c.type, _c.campaign_id)
)
DISCARD = delete(action).where(*_this, _one_of(_c.status, [Status.RECEIVING]))


@cache
def awaited(engine: str) -> Select[Any]:
    """Whether any action waits for a worker."""
    return select(literal_column("1")).select_from(_waiting_next(engine).subquery())


@cache
def claim(engine: str) -> Executable:
    chosen = _waiting_next(engine).with_for_update(skip_locked=True)
    return (
        update(action)
        .where(_c.id == chosen.scalar_subquery())
        .values(
            status=Status.IN_PROGRESS.value,
            fence=_c.fence + literal_column("1"),
            lease_until=clock(engine) + bindparam("lease_ms", type_=Id),
            turn=clock(engine),
        )
        .returning(*(_c[name] for name in CLAIMED))
    )


def _waiting_next(engine: str) -> Select[Any]:
    waiting, earlier = action.alias("waiting"), action.alias("earlier")
    in_the_way = exists().where(
        earlier.c.organizer_id == waiting.c.organizer_id,
        earlier.c.campaign_id == waiting.c.campaign_id,
        earlier.c.id < waiting.c.id,
        _is_open(earlier),
        or_(_one_of(earlier.c.type, ALONE), _one_of(waiting.c.type, ALONE)),
    )
    return (
        select(waiting.c.id)
        .where(_is_open(waiting), waiting.c.lease_until < clock(engine), not_(in_the_way))
        .order_by(waiting.c.turn, waiting.c.id)
        .limit(literal_column("1"))
    )


HOLD = select(*(_c[name] for name in CLAIMED)).where(*_mine).with_for_update()
_counted = {
    "done_count": _c.done_count + bindparam("done", type_=Id),
    "failed_count": _c.failed_count + bindparam("failed", type_=Id),
    "processing_ms": _c.processing_ms + bindparam("spent_ms", type_=Id),
    "updated_at": _at,
}


@cache
def advance(engine: str) -> Executable:
    lease = clock(engine) + bindparam("lease_ms", type_=Id)
    values = {**_counted, "state": bindparam("new_state", type_=JsonText), "lease_until": lease}
    return update(action).where(*_mine).values(values).returning(*(_c[name] for name in CLAIMED))


@cache
def release(engine: str) -> Executable:
    values = {
        "state": bindparam("new_state", type_=JsonText),
        "lease_until": clock(engine) + bindparam("pause_ms", type_=Id) - literal_column("1"),
        "turn": clock(engine),
    }
    return update(action).where(*_mine).values(values).returning(_c.id)


FINISH = (
    update(action)
    .where(*_mine)
    .values(
        {**_counted, "status": bindparam("in_status"), "result": bindparam("outcome", type_=JsonText)}
        | {"finished_at": _at, "lease_until": literal_column("0")}
    )
    .returning(_c.id)
)
FAILURES = (
    select(action_failure.c.row, action_failure.c.code, action_failure.c.reason)
    .where(action_failure.c.organizer_id == _organizer, action_failure.c.action_id == _id)
    .order_by(action_failure.c.row, action_failure.c.id)
    .limit(bindparam("count_max", type_=Integer))
)


@cache
def insert_failures(engine: str) -> Executable:
    return insert(action_failure).from_select(FAILED.names, rows_of(FAILED, engine))


# -- the campaign it is about ------------------------------------------------------------------------------------------


def _show(*conditions: ColumnElement[bool], shown: Any) -> Any:
    columns = voucher_campaign.c
    return (
        update(voucher_campaign)
        .where(columns.organizer_id == _organizer, columns.id == _campaign, *conditions)
        .values(creation_status=shown, generation_status=shown)
        .returning(columns.id)
    )


SHOW = _show(shown=bindparam("shown"))


def _settle() -> Any:
    other = action.alias("other")
    busy = exists().where(
        other.c.organizer_id == _organizer, other.c.campaign_id == _campaign, other.c.id != _id, _is_open(other)
    )
    return _show(not_(busy), shown=Progress.DONE.value)


SETTLE = _settle()

"""What can be read of actions, and of the items that could not be done.

An action is shown to whoever may read what it is about: vouchers or gift cards.
"""

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, literal_column, or_

from models.action import OF_GIFT_CARDS, Status, action, action_failure
from models.metadata import Id
from resolvers import gift_card_scopes, voucher_scopes
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne

_c = action.c


_OF_GIFT_CARDS = _c.type.in_([literal_column(f"'{type.value}'") for type in sorted(OF_GIFT_CARDS)])
READ = (voucher_scopes.READ, gift_card_scopes.READ)


def _own() -> ColumnElement[bool]:
    return _c.organizer_id == bindparam("organizer_id", type_=Id)


def _readable() -> ColumnElement[bool]:
    """By who is asking."""
    of_vouchers = and_(_may("reads_vouchers"), ~_OF_GIFT_CARDS)
    return or_(of_vouchers, and_(_may("reads_gift_cards"), _OF_GIFT_CARDS))


def _may(name: str) -> ColumnElement[bool]:
    return bindparam(name, type_=Integer) == literal_column("1")


def _progress() -> ColumnElement[int]:
    """From 0 to 100, which is said of what is over and of nothing else."""
    looked_at = _c.done_count + _c.failed_count
    part = looked_at * literal_column("100", Id) // func.nullif(_c.total, literal_column("0", Id), type_=Id)
    known = func.coalesce(part, literal_column("0"))
    capped = case((known > literal_column("99"), literal_column("99")), else_=known)
    return case((_c.finished_at.is_not(None), literal_column("100")), else_=capped)


ACTIONS = Source(
    name="action",
    table=action,
    scope=READ,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "token": Field(_c.token, Kind.TEXT),
        "type": Field(_c.type, Kind.TEXT),
        "status": Field(_c.status, Kind.TEXT),
        "campaign_id": Field(_c.campaign_id, Kind.INTEGER),
        "request_id": Field(_c.request_id, Kind.TEXT),
        "total": Field(_c.total, Kind.INTEGER),
        "done_count": Field(_c.done_count, Kind.INTEGER),
        "failed_count": Field(_c.failed_count, Kind.INTEGER),
        "progress": Field(_progress(), Kind.INTEGER),
        "result": Field(_c.result, Kind.JSON),
        "created_at": Field(_c.created_at, Kind.TIMESTAMP),
        "updated_at": Field(_c.updated_at, Kind.TIMESTAMP),
        "finished_at": Field(_c.finished_at, Kind.TIMESTAMP),
        "processing_ms": Field(_c.processing_ms, Kind.INTEGER),
    },
    orders={"default": Order(("id",)), "created_at": Order(("created_at", "id"))},
    reaches={
        "own": lambda dialect: _own(),
        "written": lambda dialect: and_(_own(), _readable()),
        "any": lambda dialect: any_of(_c.organizer_id, "organizer_ids", dialect),
    },
    # What is still on its way may never come to its end.
    always=lambda dialect: and_(_c.status != literal_column(f"'{Status.RECEIVING.value}'"), _readable()),
    named={"of_vouchers": lambda dialect: ~_OF_GIFT_CARDS},
    to_one={
        "organizer": ToOne("organizer", (("organizer_id", "id"),)),
        "campaign": ToOne("voucher_campaign", (("organizer_id", "organizer_id"), ("campaign_id", "id")), nullable=True),
    },
    to_many={
        "failures": ToMany("action_failure", (("organizer_id", "organizer_id"), ("id", "action_id"))),
        "gift_cards": ToMany("gift_card", (("organizer_id", "organizer_id"), ("id", "action_id"))),
    },
)

ACTION_FAILURES = Source(
    name="action_failure",
    table=action_failure,
    scope=READ,
    fields={
        "id": Field(action_failure.c.id, Kind.INTEGER),
        "row": Field(action_failure.c.row, Kind.INTEGER),
        "code": Field(action_failure.c.code, Kind.TEXT),
        "reason": Field(action_failure.c.reason, Kind.TEXT),
    },
    orders={"default": Order(("id",))},
    # Shown below their action and nowhere else.
    reaches={},
)

"""The statements that gift cards are written by, each compiled once per engine when it is first run."""

from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, func, insert, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from models.change import change
from models.gift_card import gift_card, gift_card_acceptance, gift_card_transaction
from models.metadata import Flag, Hundredths, Id, JsonText, UtcDateTime
from models.money import HUNDREDTHS_MAX

_issuers = select(gift_card_acceptance.c.issuer_id).where(
    gift_card_acceptance.c.organizer_id == bindparam("organizer_id", type_=Id),
    gift_card_acceptance.c.active == True,  # noqa: E712  an SQL expression
)
_own = gift_card.c.organizer_id == bindparam("organizer_id", type_=Id)
# What holds the balance of a voucher is no card to anybody who asks for cards.
IS_CARD = gift_card.c.voucher == False  # noqa: E712  an SQL expression
OWN = and_(_own, IS_CARD)
OWN_OF_VOUCHER = and_(_own, gift_card.c.voucher == True)  # noqa: E712  an SQL expression
REACHABLE = and_(or_(_own, gift_card.c.organizer_id.in_(_issuers)), IS_CARD)
_this = gift_card.c.id == bindparam("card_id", type_=Id)
_amount = bindparam("amount", type_=Hundredths)
_is_active = gift_card.c.active == True  # noqa: E712  an SQL expression


def _move(reach: ColumnElement[bool]) -> Any:
    bounds = (gift_card.c.balance + _amount).between(0, HUNDREDTHS_MAX)
    return (
        update(gift_card)
        .where(_this, reach, _is_active, bounds)
        .values(balance=gift_card.c.balance + _amount, last_number=func.coalesce(gift_card.c.last_number, 0) + 1)
        .returning(gift_card.c.organizer_id, gift_card.c.balance, gift_card.c.last_number)
    )


class Reach(Enum):
    """Whose balances a transaction may move."""

    OWN = "own"
    # Also cards of issuers whose cards the organizer accepts.
    ACCEPTED = "accepted"
    # The balances of the organizer's vouchers, and no cards.
    VOUCHERS = "vouchers"


REACHES = {Reach.OWN: OWN, Reach.ACCEPTED: REACHABLE, Reach.VOUCHERS: OWN_OF_VOUCHER}
MOVE = {name: _move(reach) for name, reach in REACHES.items()}


def _all_at_once(reach: ColumnElement[bool]) -> Select[Any]:
    """The move, its transaction and its change record, each of which is there only if the move is."""
    moved = _move(reach).cte("moved")
    ledger, at = gift_card_transaction.c, bindparam("at", type_=UtcDateTime)
    row = {
        ledger.organizer_id: moved.c.organizer_id,
        ledger.gift_card_id: _this.right,
        ledger.number: moved.c.last_number,
        ledger.previous_number: func.nullif(moved.c.last_number - 1, 0),
        ledger.amount: _amount,
        ledger.balance_before: moved.c.balance - _amount,
        ledger.balance_after: moved.c.balance,
        ledger.booked_at: at,
        ledger.text: bindparam("text", type_=Text),
        ledger.info: bindparam("info", type_=JsonText),
        ledger.acceptor_id: bindparam("organizer_id", type_=Id),
        ledger.voucher: bindparam("voucher", type_=Flag),
    }
    booked = insert(gift_card_transaction).from_select([*row], select(*row.values())).returning(ledger.id).cte("booked")
    told = {
        change.c.organizer_id: moved.c.organizer_id,
        change.c.kind: bindparam("kind", type_=Text),
        change.c.noun_id: booked.c.id,
        change.c.token_id: bindparam("token_id", type_=Id),
        change.c.happened_at: at,
        change.c.content: bindparam("content", type_=JsonText),
    }
    recorded = insert(change).from_select([*told], select(*told.values())).returning(change.c.id).cte("recorded")
    return select(booked.c.id, moved.c.balance).select_from(booked.join(moved, true())).add_cte(recorded)


AT_ONCE = {name: _all_at_once(reach) for name, reach in REACHES.items()}
LOOK = {name: select(gift_card.c.balance, gift_card.c.active).where(_this, reach) for name, reach in REACHES.items()}
LOCK = (
    select(gift_card.c.balance, gift_card.c.expires_at, gift_card.c.conditions, gift_card.c.owner_ticket_id)
    .where(_this, OWN)
    .with_for_update()
)
AFFILIATED = (
    select(gift_card.c.id)
    .where(
        REACHABLE,
        gift_card.c.secret == bindparam("secret"),
        gift_card.c.id != bindparam("besides", type_=Id),
    )
    .limit(1)
)
BOOK = insert(gift_card_transaction).returning(gift_card_transaction.c.id)
AMEND = (
    update(gift_card)
    .where(_this, gift_card.c.organizer_id == bindparam("of_organizer", type_=Id))
    .values(
        expires_at=bindparam("expires_at"),
        conditions=bindparam("conditions"),
        owner_ticket_id=bindparam("owner_ticket_id"),
    )
    .returning(gift_card.c.id)
)
SWITCH = (
    update(gift_card)
    .where(_this, OWN, gift_card.c.active != bindparam("wanted"))
    .values(active=bindparam("wanted"))
    .returning(gift_card.c.id)
)
_INSERTED = (
    "organizer_id",
    "secret",
    "currency",
    "testmode",
    "issued_at",
    "expires_at",
    "conditions",
    "owner_ticket_id",
)
# A secret that another transaction takes at this moment makes no error: there is no row then.
INSERT = {
    engine: module.insert(gift_card)
    .values({name: bindparam(name) for name in _INSERTED})
    .on_conflict_do_nothing(index_elements=["organizer_id", "secret"])
    .returning(gift_card.c.id)
    for engine, module in (("sqlite", sqlite), ("postgresql", postgresql))
}

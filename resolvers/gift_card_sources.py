"""What can be read of gift cards and of their transactions."""

from sqlalchemy import ColumnElement, Dialect, and_, bindparam, or_, select

from models.gift_card import gift_card, gift_card_transaction
from models.metadata import Id, UtcDateTime
from resolvers.gift_card_scopes import READ
from resolvers.gift_card_statements import IS_CARD, OWN, REACHABLE
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne


def _expired(dialect: Dialect) -> ColumnElement[bool]:
    now = bindparam("now", type_=UtcDateTime)
    return and_(gift_card.c.expires_at.is_not(None), gift_card.c.expires_at < now)


_own_booked = gift_card_transaction.c.organizer_id == bindparam("organizer_id", type_=Id)
_in_ledger = gift_card_transaction.c.voucher == False  # noqa: E712  an SQL expression
# The same, said so that it leads no engine to the index of the whole ledger.
_OF_CARDS = (
    select(gift_card.c.id)
    .where(
        gift_card.c.organizer_id == gift_card_transaction.c.organizer_id,
        gift_card.c.id == gift_card_transaction.c.gift_card_id,
        IS_CARD,
    )
    .correlate(gift_card_transaction)
    .exists()
)

CARDS = Source(
    name="gift_card",
    table=gift_card,
    scope=READ,
    fields={
        "id": Field(gift_card.c.id, Kind.INTEGER),
        "secret": Field(gift_card.c.secret, Kind.TEXT),
        "currency": Field(gift_card.c.currency, Kind.TEXT),
        "balance": Field(gift_card.c.balance, Kind.AMOUNT),
        "testmode": Field(gift_card.c.testmode, Kind.BOOLEAN),
        "active": Field(gift_card.c.active, Kind.BOOLEAN),
        "issued_at": Field(gift_card.c.issued_at, Kind.TIMESTAMP),
        "expires_at": Field(gift_card.c.expires_at, Kind.TIMESTAMP),
        "conditions": Field(gift_card.c.conditions, Kind.TEXT),
        "owner_ticket_id": Field(gift_card.c.owner_ticket_id, Kind.INTEGER),
        "action_id": Field(gift_card.c.action_id, Kind.INTEGER),
    },
    orders={
        "default": Order(("issued_at", "id")),
        "issued_at": Order(("issued_at", "id")),
        "secret": Order(("secret", "id")),
        "balance": Order(("balance", "id")),
    },
    reaches={
        "own": lambda dialect: OWN,
        "accepted": lambda dialect: REACHABLE,
        # What a verb on behalf of the organizer has just written: its own card, or one it accepts.
        "written": lambda dialect: REACHABLE,
        "any": lambda dialect: any_of(gift_card.c.organizer_id, "organizer_ids", dialect),
    },
    always=lambda dialect: IS_CARD,
    named={"expired": _expired},
    to_one={
        "issuer": ToOne("organizer", (("organizer_id", "id"),)),
        "owner_ticket": ToOne("ticket", (("organizer_id", "organizer_id"), ("owner_ticket_id", "id")), nullable=True),
        # The same for who may read no more than some events.
        "own_ticket": ToOne(
            "ticket", (("organizer_id", "organizer_id"), ("owner_ticket_id", "id")), nullable=True, own_only=True
        ),
        "action": ToOne(
            "action", (("organizer_id", "organizer_id"), ("action_id", "id")), nullable=True, own_only=True
        ),
    },
    to_many={
        "transactions": ToMany("gift_card_transaction", (("organizer_id", "organizer_id"), ("id", "gift_card_id")))
    },
)

TRANSACTIONS = Source(
    name="gift_card_transaction",
    table=gift_card_transaction,
    scope=READ,
    fields={
        "id": Field(gift_card_transaction.c.id, Kind.INTEGER),
        "gift_card_id": Field(gift_card_transaction.c.gift_card_id, Kind.INTEGER),
        "number": Field(gift_card_transaction.c.number, Kind.INTEGER),
        "amount": Field(gift_card_transaction.c.amount, Kind.AMOUNT),
        "balance_after": Field(gift_card_transaction.c.balance_after, Kind.AMOUNT),
        "booked_at": Field(gift_card_transaction.c.booked_at, Kind.TIMESTAMP),
        "text": Field(gift_card_transaction.c.text, Kind.TEXT),
        "info": Field(gift_card_transaction.c.info, Kind.JSON),
        "order_id": Field(gift_card_transaction.c.order_id, Kind.INTEGER),
        "acceptor_id": Field(gift_card_transaction.c.acceptor_id, Kind.INTEGER),
    },
    # By number within a card; by id the whole ledger of an organizer.
    orders={"default": Order(("number",)), "number": Order(("number",)), "id": Order(("id",))},
    # Below a card they are the card's; elsewhere those of vouchers are left out.
    reaches={
        "own": lambda dialect: and_(_own_booked, _OF_CARDS),
        # All of them, in the order of ids.
        "ledger": lambda dialect: and_(_own_booked, _in_ledger),
        "any": lambda dialect: and_(any_of(gift_card_transaction.c.organizer_id, "organizer_ids", dialect), _in_ledger),
        "written": lambda dialect: or_(
            gift_card_transaction.c.organizer_id == bindparam("organizer_id", type_=Id),
            gift_card_transaction.c.acceptor_id == bindparam("organizer_id", type_=Id),
        ),
    },
    to_one={
        "gift_card": ToOne("gift_card", (("organizer_id", "organizer_id"), ("gift_card_id", "id"))),
        "acceptor": ToOne("organizer", (("acceptor_id", "id"),), nullable=True),
        "order": ToOne("order", (("order_id", "id"),), nullable=True),
        # Another tenant's order is known by its code alone, another tenant by its slug.
        "own_order": ToOne("order", (("order_id", "id"),), nullable=True, own_only=True),
        "own_acceptor": ToOne("organizer", (("acceptor_id", "id"),), nullable=True, own_only=True),
    },
)

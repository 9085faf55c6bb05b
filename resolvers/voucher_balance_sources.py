"""What can be read of the ledger of a gift voucher or a loyalty card.

`info` is what the verb that booked it said: `type` (`CREDITS_…` or `POINTS_…`), `total` (all that was put in so far),
`source`, `source_id`, `reason`, and of redemptions and refunds `redemption`, `rollback` and `order`.
"""

from sqlalchemy import and_, bindparam, select

from models.gift_card import gift_card, gift_card_transaction
from models.metadata import Id
from models.voucher import voucher
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToOne, Via
from resolvers.voucher_scopes import READ

_c = gift_card_transaction.c

# Cards' transactions are not shown here, nor those of vouchers with the cards' (resolvers/gift_card_sources.py).
_OF_VOUCHERS = (
    select(gift_card.c.id)
    .where(
        gift_card.c.organizer_id == _c.organizer_id,
        gift_card.c.id == _c.gift_card_id,
        gift_card.c.voucher == True,  # noqa: E712  an SQL expression
    )
    .correlate(gift_card_transaction)
    .exists()
)

_own = _c.organizer_id == bindparam("organizer_id", type_=Id)
_in_ledger = _c.voucher == True  # noqa: E712  an SQL expression
_VOUCHER_ID = (
    select(voucher.c.id)
    .join(gift_card, and_(gift_card.c.organizer_id == voucher.c.organizer_id, gift_card.c.secret == voucher.c.token))
    .where(gift_card.c.organizer_id == _c.organizer_id, gift_card.c.id == _c.gift_card_id)
    .correlate(gift_card_transaction)
    .scalar_subquery()
)

VOUCHER_TRANSACTIONS = Source(
    name="voucher_transaction",
    table=gift_card_transaction,
    scope=READ,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "gift_card_id": Field(_c.gift_card_id, Kind.INTEGER),
        "number": Field(_c.number, Kind.INTEGER),
        "amount": Field(_c.amount, Kind.INTEGER),
        "balance_after": Field(_c.balance_after, Kind.INTEGER),
        "booked_at": Field(_c.booked_at, Kind.TIMESTAMP),
        "info": Field(_c.info, Kind.JSON),
        # Of the voucher, to filter by; to show it there is the relation of the account.
        "voucher_id": Field(
            _VOUCHER_ID, Kind.INTEGER, Via(_c.gift_card_id, voucher.c.id, True, voucher.c.gift_card_id)
        ),
    },
    orders={"default": Order(("id",)), "id": Order(("id",))},
    reaches={
        "own": lambda dialect: _own,
        # All of them, in the order of ids.
        "ledger": lambda dialect: and_(_own, _in_ledger),
        "written": lambda dialect: _own,
        "any": lambda dialect: and_(any_of(_c.organizer_id, "organizer_ids", dialect), _in_ledger),
    },
    always=lambda dialect: _OF_VOUCHERS,
    to_one={
        "account": ToOne("voucher_account", (("organizer_id", "organizer_id"), ("gift_card_id", "id"))),
    },
)

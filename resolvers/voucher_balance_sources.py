"""What can be read of the ledger of a gift voucher or a loyalty card.

`info` is what the verb that booked it said: `type` (`CREDITS_…` or `POINTS_…`), `total` (all that was put in so far),
`source`, `source_id`, `reason`, and of redemptions and refunds `redemption`, `rollback` and `order`.
"""

from sqlalchemy import bindparam, select

from models.gift_card import gift_card, gift_card_transaction
from models.metadata import Id
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToOne
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
    },
    orders={"default": Order(("id",)), "id": Order(("id",))},
    reaches={
        "own": lambda dialect: _c.organizer_id == bindparam("organizer_id", type_=Id),
        "written": lambda dialect: _c.organizer_id == bindparam("organizer_id", type_=Id),
        "any": lambda dialect: any_of(_c.organizer_id, "organizer_ids", dialect),
    },
    always=lambda dialect: _OF_VOUCHERS,
    to_one={"account": ToOne("voucher_account", (("organizer_id", "organizer_id"), ("gift_card_id", "id")))},
)

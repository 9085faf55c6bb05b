"""Gift cards and their ledger: the place where money is.

A card's balance is what its transactions sum to, and the tables hold that by themselves:

* a transaction carries its `number` within the card (1, 2, 3 ...), its `amount` and the balances before and after,
  and a check ties the three together;
* it references its predecessor by (card, number, balance), so no earlier row can change or go: the ledger only grows;
* the card references its newest transaction by (number, balance), checked at commit, so neither can a balance move
  without a transaction nor the newest transaction change alone.

What remains for code is to take the next number under the row's lock: one guarded UPDATE (resolvers/gift_cards.py).
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from models.metadata import SQLITE_TABLE, Flag, Hundredths, Id, JsonText, UtcDateTime, metadata

gift_card = Table(
    "gift_card",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("secret", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("balance", Hundredths, nullable=False, server_default=text("0")),
    Column("last_number", Integer),
    Column("testmode", Flag, nullable=False),
    Column("active", Flag, nullable=False, server_default=text("'1'")),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("conditions", Text),
    Column("owner_ticket_id", Id),
    # Whether it is the balance of a voucher (models/voucher.py): not a card then, and shown as none.
    Column("voucher", Flag, nullable=False, server_default=text("'0'")),
    # The action that issued it, if it was issued with others (models/action.py).
    Column("action_id", Id),
    ForeignKeyConstraint(["organizer_id", "owner_ticket_id"], ["ticket.organizer_id", "ticket.id"]),
    ForeignKeyConstraint(
        ["organizer_id", "id", "last_number", "balance"],
        [f"gift_card_transaction.{name}" for name in ("organizer_id", "gift_card_id", "number", "balance_after")],
        name="fk_gift_card_newest_transaction",
        deferrable=True,
        initially="DEFERRED",
        use_alter=True,
    ),
    UniqueConstraint("organizer_id", "secret"),
    UniqueConstraint("organizer_id", "id"),
    CheckConstraint("balance >= 0", name="balance_not_negative"),
    CheckConstraint("balance < 10000000000000", name="balance_in_bounds"),
    CheckConstraint("last_number IS NOT NULL OR balance = 0", name="balance_needs_transaction"),
    **SQLITE_TABLE,
)
# Lists run in the order of issuance; look-ups by secret ignore case.
Index("ix_gift_card_issuance", *(gift_card.c[name] for name in ("organizer_id", "voucher", "issued_at", "id")))
Index(
    "ix_gift_card_action",
    *(gift_card.c[name] for name in ("organizer_id", "action_id", "id")),
    sqlite_where=gift_card.c.action_id.is_not(None),
    postgresql_where=gift_card.c.action_id.is_not(None),
)
Index("ix_gift_card_secret_folded", gift_card.c.organizer_id, func.lower(gift_card.c.secret))

gift_card_transaction = Table(
    "gift_card_transaction",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("gift_card_id", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("previous_number", Integer),
    Column("amount", Hundredths, nullable=False),
    Column("balance_before", Hundredths, nullable=False),
    Column("balance_after", Hundredths, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("text", Text),
    Column("info", JsonText),
    Column("acceptor_id", Id, ForeignKey("organizer.id")),
    Column("order_id", Id, ForeignKey("order.id")),
    # Whether it is of a voucher's balance, as its row of `gift_card` says: an organizer has two ledgers, each in order.
    Column("voucher", Flag, nullable=False, server_default=text("'0'")),
    UniqueConstraint("organizer_id", "gift_card_id", "number"),
    Index("ix_gift_card_transaction_ledger", "organizer_id", "voucher", "id"),
    UniqueConstraint("organizer_id", "gift_card_id", "number", "balance_after", name="uq_gift_card_transaction_chain"),
    ForeignKeyConstraint(["organizer_id", "gift_card_id"], ["gift_card.organizer_id", "gift_card.id"]),
    ForeignKeyConstraint(
        ["organizer_id", "gift_card_id", "previous_number", "balance_before"],
        [f"gift_card_transaction.{name}" for name in ("organizer_id", "gift_card_id", "number", "balance_after")],
        name="fk_gift_card_transaction_previous",
    ),
    CheckConstraint("balance_after = balance_before + amount", name="amount_is_difference"),
    CheckConstraint("balance_after >= 0", name="balance_not_negative"),
    CheckConstraint(
        "(number = 1 AND previous_number IS NULL AND balance_before = 0)"
        " OR (number > 1 AND previous_number IS NOT NULL AND previous_number = number - 1)",
        name="follows_previous",
    ),
    **SQLITE_TABLE,
)

gift_card_acceptance = Table(
    "gift_card_acceptance",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    # The acceptor: whose shop takes the issuer's cards. An invitation not taken up is inactive and counts for nothing.
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("issuer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("active", Flag, nullable=False),
    UniqueConstraint("organizer_id", "issuer_id"),
    CheckConstraint("organizer_id <> issuer_id", name="not_oneself"),
    **SQLITE_TABLE,
)

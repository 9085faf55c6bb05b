"""Organizers, events, channels, orders, gift cards with their ledger, tokens, idempotency keys, changes.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The stored form of each kind of value, as it was at this revision.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HUNDREDTHS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")
TIME = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.Text()

# By these a card refers to its newest transaction, and a transaction is referred to.
NEWEST = ["organizer_id", "id", "last_number", "balance"]
CHAIN = ["organizer_id", "gift_card_id", "number", "balance_after"]


def upgrade() -> None:
    _organizers()
    _events()
    _sales_channels()
    _orders()
    _gift_cards()
    _tokens()
    _idempotency_keys()
    _changes()


def downgrade() -> None:
    if not _on_sqlite():
        op.drop_constraint("fk_gift_card_newest_transaction", "gift_card", type_="foreignkey")
    for table in (
        "change",
        "idempotency_key",
        "token_event",
        "token_organizer",
        "token",
        "gift_card_acceptance",
        "gift_card_transaction",
        "gift_card",
        "ticket",
        "order",
        "sales_channel",
        "event",
        "organizer",
    ):
        op.drop_table(table)


def _organizers() -> None:
    op.create_table(
        "organizer",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organizer"),
        sa.UniqueConstraint("slug", name="uq_organizer_slug"),
        sqlite_strict=True,
    )


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("date_from", TIME, nullable=False),
        sa.Column("date_to", TIME),
        sa.Column("location", JSON),
        sa.Column("timezone", sa.Text(), nullable=False, server_default="UTC"),
        sa.Column("live", FLAG, nullable=False),
        sa.Column("testmode", FLAG, nullable=False),
        sa.Column("is_public", FLAG, nullable=False),
        sa.Column("has_subevents", FLAG, nullable=False),
        sa.Column("plugins", JSON, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("organizer_id", "slug", name="uq_event_organizer_id_slug"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_event_organizer_id_id"),
        _organizer("event"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _sales_channels() -> None:
    op.create_table(
        "sales_channel",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("label", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", FLAG, nullable=False, server_default=sa.text("'1'")),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sales_channel"),
        sa.UniqueConstraint("organizer_id", "identifier", name="uq_sales_channel_organizer_id_identifier"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_sales_channel_organizer_id_id"),
        sa.CheckConstraint("position >= 0", name=op.f("ck_sales_channel_position_not_negative")),
        _organizer("sales_channel"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _orders() -> None:
    op.create_table(
        "order",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("sales_channel_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "event_id"],
            ["event.organizer_id", "event.id"],
            name="fk_order_organizer_id_event_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "sales_channel_id"],
            ["sales_channel.organizer_id", "sales_channel.id"],
            name="fk_order_organizer_id_sales_channel_id",
        ),
        sa.UniqueConstraint("organizer_id", "event_id", "code", name="uq_order_organizer_id_event_id_code"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_order_organizer_id_id"),
        _organizer("order"),
        sqlite_strict=True,
    )
    op.create_index("ix_order_organizer_id_sales_channel_id", "order", ["organizer_id", "sales_channel_id"])
    op.create_table(
        "ticket",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "order_id"],
            ["order.organizer_id", "order.id"],
            name="fk_ticket_organizer_id_order_id",
        ),
        sa.UniqueConstraint("organizer_id", "secret", name="uq_ticket_organizer_id_secret"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_ticket_organizer_id_id"),
        _organizer("ticket"),
        sqlite_strict=True,
    )
    op.create_index("ix_ticket_organizer_id_order_id", "ticket", ["organizer_id", "order_id"])


def _gift_cards() -> None:
    op.create_table(
        "gift_card",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance", HUNDREDTHS, nullable=False, server_default=sa.text("0")),
        sa.Column("last_number", sa.Integer()),
        sa.Column("testmode", FLAG, nullable=False),
        sa.Column("active", FLAG, nullable=False, server_default=sa.text("'1'")),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("conditions", sa.Text()),
        sa.Column("owner_ticket_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_gift_card"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "owner_ticket_id"],
            ["ticket.organizer_id", "ticket.id"],
            name="fk_gift_card_organizer_id_owner_ticket_id",
        ),
        *([_newest_transaction()] if _on_sqlite() else []),
        sa.UniqueConstraint("organizer_id", "secret", name="uq_gift_card_organizer_id_secret"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_gift_card_organizer_id_id"),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_gift_card_balance_not_negative")),
        sa.CheckConstraint("balance < 10000000000000", name=op.f("ck_gift_card_balance_in_bounds")),
        sa.CheckConstraint(
            "last_number IS NOT NULL OR balance = 0", name=op.f("ck_gift_card_balance_needs_transaction")
        ),
        _organizer("gift_card"),
        sqlite_strict=True,
    )
    op.create_index("ix_gift_card_issuance", "gift_card", ["organizer_id", "issued_at", "id"])
    op.create_index("ix_gift_card_secret_folded", "gift_card", ["organizer_id", sa.text("lower(secret)")])
    op.create_table(
        "gift_card_transaction",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("gift_card_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("previous_number", sa.Integer()),
        sa.Column("amount", HUNDREDTHS, nullable=False),
        sa.Column("balance_before", HUNDREDTHS, nullable=False),
        sa.Column("balance_after", HUNDREDTHS, nullable=False),
        sa.Column("booked_at", TIME, nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("info", JSON),
        sa.Column("acceptor_id", ID),
        sa.Column("order_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_gift_card_transaction"),
        sa.UniqueConstraint(
            "organizer_id",
            "gift_card_id",
            "number",
            name="uq_gift_card_transaction_organizer_id_gift_card_id_number",
        ),
        sa.UniqueConstraint(*CHAIN, name="uq_gift_card_transaction_chain"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "gift_card_id"],
            ["gift_card.organizer_id", "gift_card.id"],
            name="fk_gift_card_transaction_organizer_id_gift_card_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "gift_card_id", "previous_number", "balance_before"],
            [f"gift_card_transaction.{name}" for name in CHAIN],
            name="fk_gift_card_transaction_previous",
        ),
        sa.CheckConstraint(
            "balance_after = balance_before + amount",
            name=op.f("ck_gift_card_transaction_amount_is_difference"),
        ),
        sa.CheckConstraint("balance_after >= 0", name=op.f("ck_gift_card_transaction_balance_not_negative")),
        sa.CheckConstraint(
            "(number = 1 AND previous_number IS NULL AND balance_before = 0)"
            " OR (number > 1 AND previous_number IS NOT NULL AND previous_number = number - 1)",
            name=op.f("ck_gift_card_transaction_follows_previous"),
        ),
        _organizer("gift_card_transaction"),
        sa.ForeignKeyConstraint(["acceptor_id"], ["organizer.id"], name="fk_gift_card_transaction_acceptor_id"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_gift_card_transaction_order_id"),
        sqlite_strict=True,
    )
    if not _on_sqlite():
        op.create_foreign_key(
            "fk_gift_card_newest_transaction",
            "gift_card",
            "gift_card_transaction",
            NEWEST,
            CHAIN,
            deferrable=True,
            initially="DEFERRED",
        )
    op.create_table(
        "gift_card_acceptance",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("issuer_id", ID, nullable=False),
        sa.Column("active", FLAG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gift_card_acceptance"),
        sa.UniqueConstraint("organizer_id", "issuer_id", name="uq_gift_card_acceptance_organizer_id_issuer_id"),
        sa.CheckConstraint("organizer_id <> issuer_id", name=op.f("ck_gift_card_acceptance_not_oneself")),
        _organizer("gift_card_acceptance"),
        sa.ForeignKeyConstraint(["issuer_id"], ["organizer.id"], name="fk_gift_card_acceptance_issuer_id"),
        sqlite_strict=True,
    )


def _tokens() -> None:
    op.create_table(
        "token",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False, server_default="read write"),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("all_events", FLAG, nullable=False),
        sa.Column("profile", sa.Text()),
        sa.Column("expires_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.CheckConstraint("kind IN ('team', 'device', 'oauth', 'app', 'client')", name=op.f("ck_token_kind")),
        sa.CheckConstraint(
            "status IN ('active', 'inactive', 'revoked', 'uninitialized')", name=op.f("ck_token_status")
        ),
        sa.UniqueConstraint("digest", name="uq_token_digest"),
        sqlite_strict=True,
    )
    op.create_table(
        "token_organizer",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("organizer_id", "token_id", name="pk_token_organizer"),
        _organizer("token_organizer"),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name="fk_token_organizer_token_id", ondelete="CASCADE"),
        sqlite_strict=True,
    )
    op.create_index("ix_token_organizer_token_id", "token_organizer", ["token_id"])
    op.create_table(
        "token_event",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("organizer_id", "token_id", "event_id", name="pk_token_event"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "event_id"],
            ["event.organizer_id", "event.id"],
            name="fk_token_event_organizer_id_event_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name="fk_token_event_token_id", ondelete="CASCADE"),
        sqlite_strict=True,
    )
    op.create_index("ix_token_event_token_id", "token_event", ["token_id"])


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_idempotency_key"),
        sqlite_strict=True,
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("noun_id", ID, nullable=False),
        sa.Column("token_id", ID),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        _organizer("change"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_change_organizer_id_id", "change", ["organizer_id", "id"])


def _newest_transaction() -> sa.ForeignKeyConstraint:
    """A card refers to its newest transaction, and a transaction to its card: a circle.

    SQLite takes a reference to a table still to come but cannot add one later, PostgreSQL the other way.
    """
    return sa.ForeignKeyConstraint(
        NEWEST,
        [f"gift_card_transaction.{name}" for name in CHAIN],
        name="fk_gift_card_newest_transaction",
        deferrable=True,
        initially="DEFERRED",
    )


def _organizer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name=f"fk_{table}_organizer_id")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"

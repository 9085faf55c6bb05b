"""Webhooks, their deliveries, and who has read how many changes.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The stored form of each kind of value, as it was at this revision.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")
TIME = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.Text()


def upgrade() -> None:
    _webhook()
    _webhook_delivery()
    _webhook_attempt()
    op.create_table(
        "change_reader",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_change_reader"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    for table in ("change_reader", "webhook_attempt", "webhook_delivery", "webhook"):
        op.drop_table(table)


def _webhook() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text()),
        sa.Column("old_secret_until", TIME),
        sa.Column("kinds", JSON, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("query", sa.Text()),
        sa.Column("token_id", ID),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("all_events", FLAG, nullable=False),
        sa.Column("event_ids", JSON, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("active", FLAG, nullable=False, server_default=sa.text("'1'")),
        sa.Column("from_change_id", ID, nullable=False),
        sa.Column("failing_since", TIME),
        sa.Column("disabled_reason", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME),
        sa.Column("deleted_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.CheckConstraint(
            "(old_secret IS NULL) = (old_secret_until IS NULL)", name=op.f("ck_webhook_old_secret_for_a_while")
        ),
        sa.CheckConstraint(
            "disabled_reason IS NULL OR disabled_reason IN ('GONE', 'FAILING')", name=op.f("ck_webhook_disabled_reason")
        ),
        sa.CheckConstraint(
            "NOT active OR (disabled_reason IS NULL AND deleted_at IS NULL)",
            name=op.f("ck_webhook_active_for_no_reason"),
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_webhook_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_webhook_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_webhook_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("change_id", ID),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", ID, nullable=False),
        sa.Column("fence", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("lease_until", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("body", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.CheckConstraint("status IN ('PENDING', 'SUCCEEDED', 'FAILED')", name=op.f("ck_webhook_delivery_status")),
        sa.CheckConstraint(
            "(status = 'PENDING') = (finished_at IS NULL)", name=op.f("ck_webhook_delivery_pending_or_finished")
        ),
        sa.CheckConstraint("tries >= 0 AND attempts >= tries", name=op.f("ck_webhook_delivery_counts")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "webhook_id"],
            ["webhook.organizer_id", "webhook.id"],
            name="fk_webhook_delivery_organizer_id_webhook_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organizer_id", "id", name="uq_webhook_delivery_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_webhook_delivery_organizer_id_token"),
        sa.UniqueConstraint(
            "organizer_id", "webhook_id", "change_id", name="uq_webhook_delivery_organizer_id_webhook_id_change_id"
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_webhook_delivery_organizer_id_webhook_id_id", "webhook_delivery", ["organizer_id", "webhook_id", "id"]
    )
    op.create_index(
        "ix_webhook_delivery_pending",
        "webhook_delivery",
        ["organizer_id", "webhook_id", "due_at", "id"],
        sqlite_where=sa.text("status = 'PENDING'"),
        postgresql_where=sa.text("status = 'PENDING'"),
    )


def _webhook_attempt() -> None:
    op.create_table(
        "webhook_attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("duration_ms", ID, nullable=False),
        sa.Column("response_status", sa.Integer()),
        sa.Column("response", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_attempt"),
        sa.CheckConstraint(
            "(response_status IS NULL) = (error IS NOT NULL)", name=op.f("ck_webhook_attempt_answer_or_error")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "delivery_id"],
            ["webhook_delivery.organizer_id", "webhook_delivery.id"],
            name="fk_webhook_attempt_organizer_id_delivery_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "organizer_id", "delivery_id", "number", name="uq_webhook_attempt_organizer_id_delivery_id_number"
        ),
        sqlite_strict=True,
    )

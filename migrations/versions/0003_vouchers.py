"""Voucher campaigns, vouchers, what happens to them, and bulk work.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The stored form of each kind of value, as it was at this revision.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")
TIME = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.Text()

ISSUANCE = "ix_gift_card_issuance"


def upgrade() -> None:
    op.add_column("gift_card", sa.Column("voucher", FLAG, nullable=False, server_default=sa.text("'0'")))
    op.drop_index(ISSUANCE, "gift_card")
    op.create_index(ISSUANCE, "gift_card", ["organizer_id", "voucher", "issued_at", "id"])
    _category()
    _voucher_terms()
    _voucher_campaign()
    _bin_entry()
    _customer()
    _voucher()
    _redemption()
    _voucher_hold()
    _publication()
    _publication_voucher()
    _action()
    _action_input()
    _action_failure()


def downgrade() -> None:
    for table in (
        "action_failure",
        "action_input",
        "action",
        "publication_voucher",
        "publication",
        "voucher_hold",
        "redemption",
        "voucher",
        "customer",
        "bin_entry",
        "voucher_campaign",
        "voucher_terms",
        "category",
    ):
        op.drop_table(table)
    op.drop_index(ISSUANCE, "gift_card")
    op.drop_column("gift_card", "voucher")
    op.create_index(ISSUANCE, "gift_card", ["organizer_id", "issued_at", "id"])


def _category() -> None:
    op.create_table(
        "category",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hierarchy", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_category"),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_category_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_category_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "name", name="uq_category_organizer_id_name"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_category_organizer_id_token"),
        sqlite_strict=True,
    )


def _voucher_terms() -> None:
    op.create_table(
        "voucher_terms",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("discount", JSON),
        sa.Column("gift", JSON),
        sa.Column("loyalty_card", JSON),
        sa.Column("validity_timeframe", JSON),
        sa.Column("validity_day_of_week", JSON),
        sa.Column("validity_hours", JSON),
        sa.Column("activity_duration", sa.Text()),
        sa.Column("is_referral_code", FLAG, nullable=False, server_default=sa.text("'0'")),
        sa.PrimaryKeyConstraint("id", name="pk_voucher_terms"),
        sa.CheckConstraint(
            "type IN ('DISCOUNT_VOUCHER', 'GIFT_VOUCHER', 'LOYALTY_CARD')", name=op.f("ck_voucher_terms_type")
        ),
        sa.CheckConstraint(
            "(type = 'DISCOUNT_VOUCHER' AND discount IS NOT NULL AND gift IS NULL AND loyalty_card IS NULL) OR "
            "(type = 'GIFT_VOUCHER' AND gift IS NOT NULL AND discount IS NULL AND loyalty_card IS NULL) OR "
            "(type = 'LOYALTY_CARD' AND loyalty_card IS NOT NULL AND discount IS NULL AND gift IS NULL)",
            name=op.f("ck_voucher_terms_one_benefit"),
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_voucher_terms_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_voucher_terms_organizer_id_id"),
        sqlite_strict=True,
    )


def _voucher_campaign() -> None:
    op.create_table(
        "voucher_campaign",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("campaign_type", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("terms_id", ID),
        sa.Column("quantity", sa.Integer()),
        sa.Column("code_config", JSON),
        sa.Column("starts_at", TIME),
        sa.Column("expires_at", TIME),
        sa.Column("join_once", FLAG, nullable=False),
        sa.Column("auto_join", FLAG, nullable=False),
        sa.Column("use_voucher_metadata_schema", FLAG, nullable=False),
        sa.Column("category_id", ID),
        sa.Column("metadata", JSON, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("promotion", JSON),
        sa.Column("referral_program", JSON),
        sa.Column("loyalty_tiers_expiration", JSON),
        sa.Column("active", FLAG, nullable=False, server_default=sa.text("'1'")),
        sa.Column("vouchers_count", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("creation_status", sa.Text(), nullable=False),
        sa.Column("generation_status", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME),
        sa.Column("binned_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_voucher_campaign"),
        sa.CheckConstraint(
            "generation_status IN ('DONE', 'IN_PROGRESS', 'MODIFYING', 'FAILED')",
            name=op.f("ck_voucher_campaign_generation_status"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_voucher_campaign_quantity_positive")),
        sa.CheckConstraint(
            "campaign_type IN ('DISCOUNT_COUPONS', 'GIFT_VOUCHERS', 'LOYALTY_PROGRAM', 'REFERRAL_PROGRAM', "
            "'PROMOTION')",
            name=op.f("ck_voucher_campaign_campaign_type"),
        ),
        sa.CheckConstraint("vouchers_count >= 0", name=op.f("ck_voucher_campaign_vouchers_count_not_negative")),
        sa.CheckConstraint(
            "creation_status IN ('DONE', 'IN_PROGRESS', 'MODIFYING', 'FAILED')",
            name=op.f("ck_voucher_campaign_creation_status"),
        ),
        sa.CheckConstraint("type IN ('STATIC', 'AUTO_UPDATE', 'STANDALONE')", name=op.f("ck_voucher_campaign_type")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "category_id"],
            ["category.organizer_id", "category.id"],
            name="fk_voucher_campaign_organizer_id_category_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "terms_id"],
            ["voucher_terms.organizer_id", "voucher_terms.id"],
            name="fk_voucher_campaign_organizer_id_terms_id",
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_voucher_campaign_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_voucher_campaign_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "name", name="uq_voucher_campaign_organizer_id_name"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_voucher_campaign_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_voucher_campaign_binned",
        "voucher_campaign",
        ["organizer_id", "id"],
        sqlite_where=sa.text("binned_at IS NOT NULL"),
        postgresql_where=sa.text("binned_at IS NOT NULL"),
    )


def _bin_entry() -> None:
    op.create_table(
        "bin_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("resource_token", sa.Text(), nullable=False),
        sa.Column("resource_name", sa.Text(), nullable=False),
        sa.Column("parent_token", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bin_entry"),
        sa.CheckConstraint("resource_type IN ('campaign', 'voucher')", name=op.f("ck_bin_entry_resource_type")),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_bin_entry_organizer_id"),
        sa.UniqueConstraint(
            "organizer_id", "resource_type", "resource_id", name="uq_bin_entry_organizer_id_resource_type_resource_id"
        ),
        sa.UniqueConstraint("organizer_id", "token", name="uq_bin_entry_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _customer() -> None:
    op.create_table(
        "customer",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("birthdate", sa.Text()),
        sa.Column("address", JSON),
        sa.Column("metadata", JSON, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_customer_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_customer_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "source_id", name="uq_customer_organizer_id_source_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_customer_organizer_id_token"),
        sqlite_strict=True,
    )


def _voucher() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("campaign_id", ID),
        sa.Column("terms_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("active", FLAG, nullable=False, server_default=sa.text("'1'")),
        sa.Column("quantity", sa.Integer()),
        sa.Column("redeemed_quantity", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("gift_card_id", ID),
        sa.Column("loaded_amount", ID),
        sa.Column("redeemed_amount", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("published_count", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("holder_id", ID),
        sa.Column("starts_at", TIME),
        sa.Column("expires_at", TIME),
        sa.Column("category_id", ID),
        sa.Column("metadata", JSON),
        sa.Column("additional_info", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME),
        sa.Column("binned_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_voucher"),
        sa.CheckConstraint(
            "(gift_card_id IS NULL) = (loaded_amount IS NULL)", name=op.f("ck_voucher_balance_with_ledger")
        ),
        sa.CheckConstraint("published_count >= 0", name=op.f("ck_voucher_published_count_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_voucher_quantity_positive")),
        sa.CheckConstraint("redeemed_quantity >= 0", name=op.f("ck_voucher_redeemed_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "campaign_id"],
            ["voucher_campaign.organizer_id", "voucher_campaign.id"],
            name="fk_voucher_organizer_id_campaign_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "category_id"],
            ["category.organizer_id", "category.id"],
            name="fk_voucher_organizer_id_category_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "gift_card_id"],
            ["gift_card.organizer_id", "gift_card.id"],
            name="fk_voucher_organizer_id_gift_card_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "holder_id"],
            ["customer.organizer_id", "customer.id"],
            name="fk_voucher_organizer_id_holder_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "terms_id"],
            ["voucher_terms.organizer_id", "voucher_terms.id"],
            name="fk_voucher_organizer_id_terms_id",
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_voucher_organizer_id"),
        sa.UniqueConstraint("organizer_id", "code", name="uq_voucher_organizer_id_code"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_voucher_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_voucher_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_voucher_organizer_id_campaign_id_id", "voucher", ["organizer_id", "campaign_id", "id"])
    op.create_index(
        "ix_voucher_holder",
        "voucher",
        ["organizer_id", "holder_id", "id"],
        sqlite_where=sa.text("holder_id IS NOT NULL"),
        postgresql_where=sa.text("holder_id IS NOT NULL"),
    )
    op.create_index(
        "ix_voucher_unpublished",
        "voucher",
        ["organizer_id", "campaign_id", "id"],
        sqlite_where=sa.text("published_count = 0"),
        postgresql_where=sa.text("published_count = 0"),
    )


def _redemption() -> None:
    op.create_table(
        "redemption",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("voucher_id", ID),
        sa.Column("campaign_id", ID),
        sa.Column("customer_id", ID),
        sa.Column("parent_id", ID),
        sa.Column("rolls_back_id", ID),
        sa.Column("reason", sa.Text()),
        sa.Column("failure_code", sa.Text()),
        sa.Column("failure_message", sa.Text()),
        sa.Column("amount", ID),
        sa.Column("order", JSON),
        sa.Column("order_token", sa.Text()),
        sa.Column("tracking_id", sa.Text()),
        sa.Column("metadata", JSON),
        sa.Column("channel", JSON),
        sa.Column("happened_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_redemption"),
        sa.CheckConstraint("kind IN ('redemption', 'redemption_rollback')", name=op.f("ck_redemption_kind")),
        sa.CheckConstraint("status IN ('SUCCEEDED', 'FAILED', 'ROLLED_BACK')", name=op.f("ck_redemption_status")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "customer_id"],
            ["customer.organizer_id", "customer.id"],
            name="fk_redemption_organizer_id_customer_id",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "parent_id"],
            ["redemption.organizer_id", "redemption.id"],
            name="fk_redemption_organizer_id_parent_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "rolls_back_id"],
            ["redemption.organizer_id", "redemption.id"],
            name="fk_redemption_organizer_id_rolls_back_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "voucher_id"],
            ["voucher.organizer_id", "voucher.id"],
            name="fk_redemption_organizer_id_voucher_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_redemption_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_redemption_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_redemption_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_redemption_organizer_id_campaign_id_id", "redemption", ["organizer_id", "campaign_id", "id"])
    op.create_index("ix_redemption_organizer_id_customer_id_id", "redemption", ["organizer_id", "customer_id", "id"])
    op.create_index("ix_redemption_organizer_id_parent_id", "redemption", ["organizer_id", "parent_id"])
    op.create_index("ix_redemption_organizer_id_rolls_back_id", "redemption", ["organizer_id", "rolls_back_id"])
    op.create_index("ix_redemption_organizer_id_voucher_id_id", "redemption", ["organizer_id", "voucher_id", "id"])
    op.create_index(
        "uq_redemption_rolled_back_once",
        "redemption",
        ["organizer_id", "rolls_back_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'redemption_rollback' AND status = 'SUCCEEDED'"),
        postgresql_where=sa.text("kind = 'redemption_rollback' AND status = 'SUCCEEDED'"),
    )


def _voucher_hold() -> None:
    op.create_table(
        "voucher_hold",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("voucher_id", ID, nullable=False),
        sa.Column("session_key", sa.Text(), nullable=False),
        sa.Column("credits", ID),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("organizer_id", "voucher_id", "session_key", name="pk_voucher_hold"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "voucher_id"],
            ["voucher.organizer_id", "voucher.id"],
            name="fk_voucher_hold_organizer_id_voucher_id",
            ondelete="CASCADE",
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_voucher_hold_expires_at", "voucher_hold", ["expires_at"])
    op.create_index("ix_voucher_hold_organizer_id_session_key", "voucher_hold", ["organizer_id", "session_key"])


def _publication() -> None:
    op.create_table(
        "publication",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("campaign_id", ID),
        sa.Column("channel", sa.Text()),
        sa.Column("source_id", sa.Text()),
        sa.Column("tracking_id", sa.Text()),
        sa.Column("metadata", JSON, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "customer_id"],
            ["customer.organizer_id", "customer.id"],
            name="fk_publication_organizer_id_customer_id",
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_publication_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_publication_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "source_id", name="uq_publication_organizer_id_source_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_publication_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_publication_organizer_id_campaign_id_id", "publication", ["organizer_id", "campaign_id", "id"])
    op.create_index(
        "ix_publication_organizer_id_customer_id_campaign_id",
        "publication",
        ["organizer_id", "customer_id", "campaign_id"],
    )


def _publication_voucher() -> None:
    op.create_table(
        "publication_voucher",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("voucher_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("organizer_id", "publication_id", "voucher_id", name="pk_publication_voucher"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "publication_id"],
            ["publication.organizer_id", "publication.id"],
            name="fk_publication_voucher_organizer_id_publication_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "voucher_id"],
            ["voucher.organizer_id", "voucher.id"],
            name="fk_publication_voucher_organizer_id_voucher_id",
            ondelete="CASCADE",
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_publication_voucher_organizer_id_voucher_id", "publication_voucher", ["organizer_id", "voucher_id"]
    )


def _action() -> None:
    op.create_table(
        "action",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("campaign_id", ID),
        sa.Column("token_id", ID),
        sa.Column("request_id", sa.Text()),
        sa.Column("input", JSON, nullable=False),
        sa.Column("state", JSON, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("total", ID),
        sa.Column("done_count", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("failed_count", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("result", JSON),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME),
        sa.Column("finished_at", TIME),
        sa.Column("processing_ms", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("turn", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("fence", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("lease_until", ID, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("id", name="pk_action"),
        sa.CheckConstraint(
            "status IN ('RECEIVING', 'ENQUEUED', 'IN_PROGRESS', 'DONE', 'FAILED')", name=op.f("ck_action_status")
        ),
        sa.CheckConstraint("failed_count >= 0 AND done_count >= 0", name=op.f("ck_action_counts_not_negative")),
        sa.CheckConstraint(
            "type IN ('CAMPAIGN.VOUCHERS_GENERATE', 'CAMPAIGN.VOUCHERS_UPDATE', 'CAMPAIGN.VOUCHERS_DELETE', "
            "'CAMPAIGN.VOUCHERS_IMPORT', 'CAMPAIGN.VOUCHERS_IMPORT_CSV', 'VOUCHERS.IMPORT', "
            "'VOUCHERS.IMPORT_CSV')",
            name=op.f("ck_action_type"),
        ),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_action_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_action_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_action_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_action_open",
        "action",
        ["turn", "id"],
        sqlite_where=sa.text("status IN ('ENQUEUED', 'IN_PROGRESS')"),
        postgresql_where=sa.text("status IN ('ENQUEUED', 'IN_PROGRESS')"),
    )
    op.create_index("ix_action_organizer_id_campaign_id_id", "action", ["organizer_id", "campaign_id", "id"])
    op.create_index(
        "ix_action_open_of_campaign",
        "action",
        ["organizer_id", "campaign_id", "id"],
        sqlite_where=sa.text("status IN ('ENQUEUED', 'IN_PROGRESS')"),
        postgresql_where=sa.text("status IN ('ENQUEUED', 'IN_PROGRESS')"),
    )


def _action_input() -> None:
    op.create_table(
        "action_input",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("organizer_id", "action_id", "number", name="pk_action_input"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "action_id"],
            ["action.organizer_id", "action.id"],
            name="fk_action_input_organizer_id_action_id",
            ondelete="CASCADE",
        ),
        sqlite_strict=True,
    )


def _action_failure() -> None:
    op.create_table(
        "action_failure",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("row", sa.Integer()),
        sa.Column("code", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_action_failure"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "action_id"],
            ["action.organizer_id", "action.id"],
            name="fk_action_failure_organizer_id_action_id",
            ondelete="CASCADE",
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_action_failure_organizer_id_action_id_id", "action_failure", ["organizer_id", "action_id", "id"]
    )

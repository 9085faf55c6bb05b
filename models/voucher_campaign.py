"""A voucher campaign: a batch of vouchers with a definition, a life cycle and a count. Voucherify's campaign.

What its vouchers give and when they are valid is in its terms (models/voucher.py), which are never changed: an update
makes new ones, and an action moves those vouchers to them that were neither published nor redeemed.
"""

from enum import StrEnum

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
    text,
)

from models.metadata import SQLITE_TABLE, Flag, Id, JsonText, UtcDateTime, metadata


class CampaignType(StrEnum):
    """What a campaign's vouchers are for. The names are Voucherify's."""

    DISCOUNT_COUPONS = "DISCOUNT_COUPONS"
    GIFT_VOUCHERS = "GIFT_VOUCHERS"
    LOYALTY_PROGRAM = "LOYALTY_PROGRAM"
    REFERRAL_PROGRAM = "REFERRAL_PROGRAM"
    PROMOTION = "PROMOTION"


class Growth(StrEnum):
    """How a campaign comes to its vouchers: as many as were made; one more whenever one is wanted; the only one."""

    STATIC = "STATIC"
    AUTO_UPDATE = "AUTO_UPDATE"
    STANDALONE = "STANDALONE"


class Progress(StrEnum):
    """How far the campaign's bulk work is."""

    DONE = "DONE"
    IN_PROGRESS = "IN_PROGRESS"
    MODIFYING = "MODIFYING"
    FAILED = "FAILED"


def one_of(column: str, values: type[StrEnum]) -> str:
    """A check that the column holds one of the values."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


category = Table(
    "category",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("token", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("hierarchy", Integer, nullable=False, server_default=text("0")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    UniqueConstraint("organizer_id", "name"),
    **SQLITE_TABLE,
)

voucher_campaign = Table(
    "voucher_campaign",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # `camp_` and 24 letters and digits.
    Column("token", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("campaign_type", Text, nullable=False),
    # STATIC, AUTO_UPDATE or STANDALONE.
    Column("type", Text, nullable=False),
    # What new vouchers get; empty for promotions, which have none.
    Column("terms_id", Id),
    # How often one voucher may be redeemed; empty: as often as one likes.
    Column("quantity", Integer),
    Column("code_config", JsonText),
    Column("starts_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("join_once", Flag, nullable=False),
    Column("auto_join", Flag, nullable=False),
    # Whether the campaign's metadata is set on its vouchers.
    Column("use_voucher_metadata_schema", Flag, nullable=False),
    Column("category_id", Id),
    Column("metadata", JsonText, nullable=False, server_default=text("'{}'")),
    # Kept and shown as they were given: nothing here acts on them.
    Column("promotion", JsonText),
    Column("referral_program", JsonText),
    Column("loyalty_tiers_expiration", JsonText),
    Column("active", Flag, nullable=False, server_default=text("'1'")),
    # How many vouchers it has, kept in the transactions that add and remove them.
    Column("vouchers_count", Id, nullable=False, server_default=text("0")),
    Column("creation_status", Text, nullable=False),
    Column("generation_status", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    # When it was put into the bin: it is read by nothing then, and keeps its name and codes.
    Column("binned_at", UtcDateTime),
    ForeignKeyConstraint(["organizer_id", "terms_id"], ["voucher_terms.organizer_id", "voucher_terms.id"]),
    ForeignKeyConstraint(["organizer_id", "category_id"], ["category.organizer_id", "category.id"]),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    UniqueConstraint("organizer_id", "name"),
    # Few are in the bin; whoever lists vouchers leaves theirs out.
    Index(
        "ix_voucher_campaign_binned",
        "organizer_id",
        "id",
        sqlite_where=text("binned_at IS NOT NULL"),
        postgresql_where=text("binned_at IS NOT NULL"),
    ),
    CheckConstraint(one_of("campaign_type", CampaignType), name="campaign_type"),
    CheckConstraint(one_of("type", Growth), name="type"),
    CheckConstraint(one_of("creation_status", Progress), name="creation_status"),
    CheckConstraint(one_of("generation_status", Progress), name="generation_status"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("vouchers_count >= 0", name="vouchers_count_not_negative"),
    # Actions and bin entries name a campaign by its id after it is gone.
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

# Campaigns and vouchers that were deleted and can still be purged. A name or a code is free again only then.
bin_entry = Table(
    "bin_entry",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # `tbe_` and 18 hexadecimal digits.
    Column("token", Text, nullable=False),
    # `campaign` or `voucher`.
    Column("resource_type", Text, nullable=False),
    Column("resource_id", Id, nullable=False),
    Column("resource_token", Text, nullable=False),
    Column("resource_name", Text, nullable=False),
    # Of a voucher: its campaign's token, if it has one.
    Column("parent_token", Text),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("organizer_id", "token"),
    UniqueConstraint("organizer_id", "resource_type", "resource_id"),
    CheckConstraint("resource_type IN ('campaign', 'voucher')", name="resource_type"),
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

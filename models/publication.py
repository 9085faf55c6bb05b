"""A publication: vouchers given to a customer."""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Table, Text, UniqueConstraint, text

from models.metadata import SQLITE_TABLE, Id, JsonText, UtcDateTime, metadata

publication = Table(
    "publication",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # `pub_` and 32 letters and digits.
    Column("token", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    # Empty for a voucher without a campaign.
    Column("campaign_id", Id),
    Column("channel", Text),
    # The shop's own name for the publication: one that comes again is the same one.
    Column("source_id", Text),
    Column("tracking_id", Text),
    Column("metadata", JsonText, nullable=False, server_default=text("'{}'")),
    Column("created_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["organizer_id", "customer_id"], ["customer.organizer_id", "customer.id"]),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    UniqueConstraint("organizer_id", "source_id"),
    Index(None, "organizer_id", "customer_id", "campaign_id"),
    Index(None, "organizer_id", "campaign_id", "id"),
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

publication_voucher = Table(
    "publication_voucher",
    metadata,
    Column("organizer_id", Id, primary_key=True),
    Column("publication_id", Id, primary_key=True),
    Column("voucher_id", Id, primary_key=True),
    ForeignKeyConstraint(
        ["organizer_id", "publication_id"], ["publication.organizer_id", "publication.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(["organizer_id", "voucher_id"], ["voucher.organizer_id", "voucher.id"], ondelete="CASCADE"),
    Index(None, "organizer_id", "voucher_id"),
    **SQLITE_TABLE,
)

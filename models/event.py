"""An event of an organizer. Texts are maps of language to string; `has_subevents` marks a series.

An event is sold through all sales channels, or through those of `event_sales_channel` alone.
"""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Table, Text, UniqueConstraint, text

from models.metadata import SQLITE_TABLE, Degrees, Flag, Id, JsonText, UtcDateTime, metadata

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("slug", Text, nullable=False),
    Column("name", JsonText, nullable=False),
    Column("currency", Text, nullable=False),
    Column("date_from", UtcDateTime, nullable=False),
    Column("date_to", UtcDateTime),
    Column("date_admission", UtcDateTime),
    Column("presale_start", UtcDateTime),
    Column("presale_end", UtcDateTime),
    Column("location", JsonText),
    Column("geo_lat", Degrees),
    Column("geo_lon", Degrees),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("live", Flag, nullable=False),
    Column("testmode", Flag, nullable=False),
    Column("is_public", Flag, nullable=False),
    Column("has_subevents", Flag, nullable=False),
    Column("plugins", JsonText, nullable=False, server_default=text("'[]'")),
    # Values of the organizer's `event_properties`, by name; and properties of its own that its products may have.
    Column("meta_data", JsonText, nullable=False, server_default=text("'{}'")),
    Column("item_meta_properties", JsonText, nullable=False, server_default=text("'{}'")),
    Column("all_sales_channels", Flag, nullable=False, server_default=text("'1'")),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("organizer_id", "slug"),
    UniqueConstraint("organizer_id", "id"),
    # Ids are never given out twice: tokens, retries and programs name events by them.
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

event_sales_channel = Table(
    "event_sales_channel",
    metadata,
    Column("organizer_id", Id, primary_key=True),
    Column("event_id", Id, primary_key=True),
    Column("sales_channel_id", Id, primary_key=True),
    ForeignKeyConstraint(["organizer_id", "event_id"], ["event.organizer_id", "event.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(
        ["organizer_id", "sales_channel_id"],
        ["sales_channel.organizer_id", "sales_channel.id"],
        ondelete="CASCADE",
    ),
    Index(None, "organizer_id", "sales_channel_id"),
    **SQLITE_TABLE,
)

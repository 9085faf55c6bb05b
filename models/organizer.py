"""The tenant: pretix's organizer and Voucherify's project are the same row."""

from sqlalchemy import Column, Table, Text, text

from models.metadata import SQLITE_TABLE, Id, JsonText, UtcDateTime, metadata

organizer = Table(
    "organizer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    # The properties that its events may have values for in `meta_data`: each name with its default value.
    Column("event_properties", JsonText, nullable=False, server_default=text("'{}'")),
    # Plugins that are switched on for the organizer as a whole; some of its events' plugins need that.
    Column("plugins", JsonText, nullable=False, server_default=text("'[]'")),
    Column("created_at", UtcDateTime, nullable=False),
    **SQLITE_TABLE,
)

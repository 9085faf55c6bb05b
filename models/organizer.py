"""The tenant: pretix's organizer and Voucherify's project are the same row."""

from sqlalchemy import Column, Table, Text

from models.metadata import SQLITE_TABLE, Id, UtcDateTime, metadata

organizer = Table(
    "organizer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    **SQLITE_TABLE,
)

"""Random keys that this installation signs with, by purpose: made once, shared by every worker on the database."""

from sqlalchemy import Column, Table, Text

from models.metadata import SQLITE_TABLE, UtcDateTime, metadata

signing_key = Table(
    "signing_key",
    metadata,
    # What it signs, e.g. `tracking_session`.
    Column("purpose", Text, primary_key=True),
    Column("secret", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    **SQLITE_TABLE,
)

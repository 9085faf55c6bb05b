"""An event of an organizer. Texts are maps of language to string; `has_subevents` marks a series."""

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint, text

from models.metadata import SQLITE_TABLE, Flag, Id, JsonText, UtcDateTime, metadata

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
    Column("location", JsonText),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("live", Flag, nullable=False),
    Column("testmode", Flag, nullable=False),
    Column("is_public", Flag, nullable=False),
    Column("has_subevents", Flag, nullable=False),
    Column("plugins", JsonText, nullable=False, server_default=text("'[]'")),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("organizer_id", "slug"),
    UniqueConstraint("organizer_id", "id"),
    **SQLITE_TABLE,
)

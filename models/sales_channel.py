"""Where an order was placed: `web` is built in, `api.*` channels are created."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text, UniqueConstraint, text

from models.metadata import SQLITE_TABLE, Flag, Id, JsonText, UtcDateTime, metadata

WEB_LABEL = {"en": "Online shop"}

sales_channel = Table(
    "sales_channel",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("identifier", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("label", JsonText, nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Flag, nullable=False, server_default=text("'1'")),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("organizer_id", "identifier"),
    UniqueConstraint("organizer_id", "id"),
    CheckConstraint("position >= 0", name="position_not_negative"),
    # Ids are never given out twice: retries and programs name channels by them.
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

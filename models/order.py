"""What a shop reports to us of an order: no prices, no cart. A ticket is one position of it, known by its secret."""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Table, Text, UniqueConstraint

from models.metadata import SQLITE_TABLE, Id, UtcDateTime, metadata

order = Table(
    "order",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("event_id", Id, nullable=False),
    Column("sales_channel_id", Id, nullable=False),
    Column("code", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["organizer_id", "event_id"], ["event.organizer_id", "event.id"]),
    ForeignKeyConstraint(["organizer_id", "sales_channel_id"], ["sales_channel.organizer_id", "sales_channel.id"]),
    UniqueConstraint("organizer_id", "event_id", "code"),
    UniqueConstraint("organizer_id", "id"),
    Index(None, "organizer_id", "sales_channel_id", "id"),
    Index(None, "organizer_id", "event_id", "id"),
    **SQLITE_TABLE,
)

ticket = Table(
    "ticket",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("order_id", Id, nullable=False),
    Column("secret", Text, nullable=False),
    ForeignKeyConstraint(["organizer_id", "order_id"], ["order.organizer_id", "order.id"]),
    UniqueConstraint("organizer_id", "secret"),
    UniqueConstraint("organizer_id", "id"),
    Index(None, "organizer_id", "order_id"),
    **SQLITE_TABLE,
)

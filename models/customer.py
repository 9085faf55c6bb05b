"""A customer, as shops tell us of one: to whom vouchers are published and who redeems them."""

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint, text

from models.metadata import SQLITE_TABLE, Id, JsonText, UtcDateTime, metadata

customer = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # `cust_` and 24 letters and digits.
    Column("token", Text, nullable=False),
    # The shop's own name for the customer.
    Column("source_id", Text),
    Column("name", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("description", Text),
    # `2026-01-31`.
    Column("birthdate", Text),
    Column("address", JsonText),
    Column("metadata", JsonText, nullable=False, server_default=text("'{}'")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    UniqueConstraint("organizer_id", "source_id"),
    **SQLITE_TABLE,
)

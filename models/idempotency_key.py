"""Keys under which a request was answered: kept in the transaction of its effect, so a retry finds both or neither."""

from sqlalchemy import Column, Index, Table, Text

from models.metadata import SQLITE_TABLE, UtcDateTime, metadata

idempotency_key = Table(
    "idempotency_key",
    metadata,
    # SHA-256 of the door, the asker and the key: as long as any key, and no key of another asker can meet it.
    Column("digest", Text, primary_key=True),
    # SHA-256 of the input, or empty where the door's dialect does not compare inputs (pretix).
    Column("fingerprint", Text, nullable=False),
    # What to answer, in the form of the door that asked.
    Column("outcome", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "created_at"),
    **SQLITE_TABLE,
)

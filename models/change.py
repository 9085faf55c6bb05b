"""One row per thing that happened, written in its transaction: behind subscriptions, webhooks and the audit trail."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from models.metadata import Id, JsonText, UtcDateTime, metadata

change = Table(
    "change",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # noun.verb in the past tense, e.g. `gift_card.issued`
    Column("kind", Text, nullable=False),
    Column("noun_id", Id, nullable=False),
    # Who did it; empty for the command line.
    Column("token_id", Id),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("content", JsonText, nullable=False),
    Index(None, "organizer_id", "id"),
    # Ids are never given out twice: a reader that stands at one misses nothing.
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

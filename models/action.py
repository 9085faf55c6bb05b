"""Bulk work: an action is committed with the request that asked for it, and any worker of any process brings it on.

A worker claims an action for a while (`lease_until`, by the database's clock) and takes its next fencing number. Each
chunk is one transaction: the rows it adds or changes, the progress, the longer lease. A chunk is written only while
the action still carries the worker's number, so a worker that was held up writes nothing once another has gone on.
The next action to be claimed is the one whose last chunk is longest ago: none waits for all of another.
"""

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.metadata import SQLITE_TABLE, Id, JsonText, UtcDateTime, metadata
from models.voucher_campaign import one_of


class ActionType(StrEnum):
    """The names are Voucherify's, but for those of gift cards, which its door does not show."""

    GENERATE = "CAMPAIGN.VOUCHERS_GENERATE"
    UPDATE = "CAMPAIGN.VOUCHERS_UPDATE"
    DELETE = "CAMPAIGN.VOUCHERS_DELETE"
    IMPORT = "CAMPAIGN.VOUCHERS_IMPORT"
    IMPORT_CSV = "CAMPAIGN.VOUCHERS_IMPORT_CSV"
    # Of vouchers without a campaign.
    VOUCHERS_IMPORT = "VOUCHERS.IMPORT"
    VOUCHERS_IMPORT_CSV = "VOUCHERS.IMPORT_CSV"
    GIFT_CARDS_ISSUE = "GIFT_CARDS.ISSUE"


# What is about gift cards; all others are about vouchers.
OF_GIFT_CARDS = frozenset((ActionType.GIFT_CARDS_ISSUE,))


class Status(StrEnum):
    # Its input is still on the way: nobody works on it, and nobody is shown it.
    RECEIVING = "RECEIVING"
    ENQUEUED = "ENQUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    FAILED = "FAILED"


MOVES = {
    Status.RECEIVING: {Status.ENQUEUED, Status.FAILED},
    Status.ENQUEUED: {Status.IN_PROGRESS, Status.FAILED},
    Status.IN_PROGRESS: {Status.DONE, Status.FAILED},
    Status.DONE: set[Status](),
    Status.FAILED: set[Status](),
}

_OPEN = text("status IN ('ENQUEUED', 'IN_PROGRESS')")

action = Table(
    "action",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # `aa_` and 18 hexadecimal digits.
    Column("token", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("status", Text, nullable=False),
    # The voucher campaign it is about; it may be gone by now.
    Column("campaign_id", Id),
    # Who asked, and in which request.
    Column("token_id", Id),
    Column("request_id", Text),
    # What was asked for, and where the work stands; each type's own.
    Column("input", JsonText, nullable=False),
    Column("state", JsonText, nullable=False, server_default=text("'{}'")),
    # How many items there are to do, as far as that is known; how many of them are done, and how many could not be.
    Column("total", Id),
    Column("done_count", Id, nullable=False, server_default=text("0")),
    Column("failed_count", Id, nullable=False, server_default=text("0")),
    # In the end: what came of it; or why it failed as a whole.
    Column("result", JsonText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    # Milliseconds that workers spent on it.
    Column("processing_ms", Id, nullable=False, server_default=text("0")),
    # Whose turn it is: the smaller, the longer it waits.
    Column("turn", Id, nullable=False, server_default=text("0")),
    # Who may write its next chunk (the fencing number), and until when nobody else claims it: milliseconds since 1970.
    Column("fence", Id, nullable=False, server_default=text("0")),
    Column("lease_until", Id, nullable=False, server_default=text("0")),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    Index("ix_action_open", "turn", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index(None, "organizer_id", "campaign_id", "id"),
    # What stands in the way of another action of the same campaign.
    Index(
        "ix_action_open_of_campaign",
        *("organizer_id", "campaign_id", "id"),
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    CheckConstraint(one_of("type", ActionType), name="type"),
    CheckConstraint(one_of("status", Status), name="status"),
    CheckConstraint("failed_count >= 0 AND done_count >= 0", name="counts_not_negative"),
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

# What came with a request that is too much for one row: an import's items, in slices of one unit of work each.
action_input = Table(
    "action_input",
    metadata,
    Column("organizer_id", Id, primary_key=True),
    Column("action_id", Id, primary_key=True),
    # From 0 on.
    Column("number", Integer, primary_key=True),
    Column("content", JsonText, nullable=False),
    ForeignKeyConstraint(["organizer_id", "action_id"], ["action.organizer_id", "action.id"], ondelete="CASCADE"),
    **SQLITE_TABLE,
)

# Items that could not be done.
action_failure = Table(
    "action_failure",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, nullable=False),
    Column("action_id", Id, nullable=False),
    # Of a file: the row, from 1 on, the header not counted.
    Column("row", Integer),
    Column("code", Text),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["organizer_id", "action_id"], ["action.organizer_id", "action.id"], ondelete="CASCADE"),
    Index(None, "organizer_id", "action_id", "id"),
    **SQLITE_TABLE,
)

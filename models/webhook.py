"""Webhooks: changes, told to an address by POST, each at least once and in no order.

A delivery is one change for one webhook. It is made in the transaction that moves the reader's position past the
change (`change_reader`), so none is forgotten and none is made twice. A worker claims it for a while by taking its next
fencing number, and sends it outside of any transaction; what came of it is written only while the delivery still
carries that number. Who is killed between sending and writing leaves a delivery that another sends again, under the
same id. The body is kept before it is sent for the first time: whatever is sent again is the same, letter for letter.
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

from models.metadata import SQLITE_TABLE, Flag, Id, JsonText, UtcDateTime, metadata
from models.voucher_campaign import one_of

# The kind of a delivery that is no change: it tries whether the receiver is there.
PING = "webhook.pinged"


class DisabledReason(StrEnum):
    """Why a webhook was switched off that nobody switched off."""

    GONE = "GONE"
    FAILING = "FAILING"


class Status(StrEnum):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


# What is over may be asked for again: a redelivery.
MOVES = {
    Status.PENDING: {Status.SUCCEEDED, Status.FAILED},
    Status.SUCCEEDED: {Status.PENDING},
    Status.FAILED: {Status.PENDING},
}

_PENDING = text("status = 'PENDING'")

webhook = Table(
    "webhook",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # `wh_` and 24 letters and digits.
    Column("token", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("description", Text),
    # `whsec_` and base64: kept as it is, for signing takes the secret itself. After a rotation both sign for a while.
    Column("secret", Text, nullable=False),
    Column("old_secret", Text),
    Column("old_secret_until", UtcDateTime),
    # Kinds of changes; an empty list stands for all.
    Column("kinds", JsonText, nullable=False, server_default=text("'[]'")),
    # The subscription that shapes the payload, if one does.
    Column("query", Text),
    # What it reads: what the token that made it could read then, whatever becomes of the token.
    Column("token_id", Id),
    Column("scopes", JsonText, nullable=False),
    Column("all_events", Flag, nullable=False),
    Column("event_ids", JsonText, nullable=False, server_default=text("'[]'")),
    Column("active", Flag, nullable=False, server_default=text("'1'")),
    # Only changes after this one are delivered: that by which it was made, or last enabled.
    Column("from_change_id", Id, nullable=False),
    # Since when no delivery has succeeded, if the last one did not.
    Column("failing_since", UtcDateTime),
    Column("disabled_reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    # It is gone for everybody; its log is removed little by little.
    Column("deleted_at", UtcDateTime),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret_for_a_while"),
    CheckConstraint(f"disabled_reason IS NULL OR {one_of('disabled_reason', DisabledReason)}", name="disabled_reason"),
    CheckConstraint("NOT active OR (disabled_reason IS NULL AND deleted_at IS NULL)", name="active_for_no_reason"),
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, nullable=False),
    Column("webhook_id", Id, nullable=False),
    # `msg_` and 24 letters and digits: the header `webhook-id`, the same however often it is sent.
    Column("token", Text, nullable=False),
    # Empty for a ping.
    Column("change_id", Id),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    # How often it was sent in all, and since it was last asked for.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    # When it is sent next, at the earliest; milliseconds since 1970 by the database's clock.
    Column("due_at", Id, nullable=False),
    # Who may write what came of it (the fencing number), and until when nobody else claims it.
    Column("fence", Id, nullable=False, server_default=text("0")),
    Column("lease_until", Id, nullable=False, server_default=text("0")),
    # What is sent, from the first attempt on.
    Column("body", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    ForeignKeyConstraint(["organizer_id", "webhook_id"], ["webhook.organizer_id", "webhook.id"], ondelete="CASCADE"),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    UniqueConstraint("organizer_id", "webhook_id", "change_id"),
    Index(None, "organizer_id", "webhook_id", "id"),
    Index(
        "ix_webhook_delivery_pending",
        *("organizer_id", "webhook_id", "due_at", "id"),
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    CheckConstraint(one_of("status", Status), name="status"),
    CheckConstraint("(status = 'PENDING') = (finished_at IS NULL)", name="pending_or_finished"),
    CheckConstraint("tries >= 0 AND attempts >= tries", name="counts"),
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

# The log: each time a delivery was sent, or could not be.
webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, nullable=False),
    Column("delivery_id", Id, nullable=False),
    # From 1 on.
    Column("number", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("duration_ms", Id, nullable=False),
    Column("response_status", Integer),
    # The beginning of the answer's body.
    Column("response", Text),
    # Why there was no answer.
    Column("error", Text),
    ForeignKeyConstraint(
        ["organizer_id", "delivery_id"],
        ["webhook_delivery.organizer_id", "webhook_delivery.id"],
        ondelete="CASCADE",
    ),
    UniqueConstraint("organizer_id", "delivery_id", "number"),
    CheckConstraint("(response_status IS NULL) = (error IS NOT NULL)", name="answer_or_error"),
    **SQLITE_TABLE,
)

# How far somebody has read the changes of all tenants: whoever moves it on has done what the changes ask for.
change_reader = Table(
    "change_reader",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", Id, nullable=False),
    **SQLITE_TABLE,
)

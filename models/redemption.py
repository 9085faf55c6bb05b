"""What happened to vouchers at a till: redemptions, refused ones too, their rollbacks, and what is held for a session.

A redemption of several vouchers at once is a parent, which names no voucher, and a child for each. A redemption is
rolled back at most once: the move SUCCEEDED → ROLLED_BACK is a guarded update, and the index below says it again.
"""

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.metadata import SQLITE_TABLE, Hundredths, Id, JsonText, UtcDateTime, metadata
from models.voucher_campaign import one_of


class Kind(StrEnum):
    REDEMPTION = "redemption"
    ROLLBACK = "redemption_rollback"


class Status(StrEnum):
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ROLLED_BACK = "ROLLED_BACK"


# Where a redemption may go from where; a rollback is what it is from the start.
MOVES = {Status.SUCCEEDED: {Status.ROLLED_BACK}, Status.FAILED: set[Status](), Status.ROLLED_BACK: set[Status]()}

_SUCCESSFUL_ROLLBACK = text("kind = 'redemption_rollback' AND status = 'SUCCEEDED'")

redemption = Table(
    "redemption",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # `r_`, of a failed one `rf_`, of a rollback `rr_`, of a failed rollback `rrf_`, and 18 hexadecimal digits.
    Column("token", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    # Empty for the parent of a stack.
    Column("voucher_id", Id),
    Column("campaign_id", Id),
    Column("customer_id", Id),
    Column("parent_id", Id),
    # Of a rollback: what it takes back, and why.
    Column("rolls_back_id", Id),
    Column("reason", Text),
    # Why it failed: the code of the refusal, and its message.
    Column("failure_code", Text),
    Column("failure_message", Text),
    # Of gift vouchers and loyalty cards: what was taken (negative: given back), as the ledger has it.
    Column("amount", Hundredths),
    # The order as it was shown in the answer, and the order's own id.
    Column("order", JsonText),
    Column("order_token", Text),
    Column("tracking_id", Text),
    Column("metadata", JsonText),
    Column("channel", JsonText),
    Column("happened_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["organizer_id", "voucher_id"], ["voucher.organizer_id", "voucher.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["organizer_id", "customer_id"], ["customer.organizer_id", "customer.id"]),
    ForeignKeyConstraint(
        ["organizer_id", "parent_id"], ["redemption.organizer_id", "redemption.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(
        ["organizer_id", "rolls_back_id"], ["redemption.organizer_id", "redemption.id"], ondelete="CASCADE"
    ),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    Index(None, "organizer_id", "voucher_id", "id"),
    Index(None, "organizer_id", "campaign_id", "id"),
    Index(None, "organizer_id", "customer_id", "id"),
    Index(None, "organizer_id", "parent_id"),
    Index(None, "organizer_id", "rolls_back_id"),
    Index(
        "uq_redemption_rolled_back_once",
        *("organizer_id", "rolls_back_id"),
        unique=True,
        sqlite_where=_SUCCESSFUL_ROLLBACK,
        postgresql_where=_SUCCESSFUL_ROLLBACK,
    ),
    CheckConstraint(one_of("kind", Kind), name="kind"),
    CheckConstraint(one_of("status", Status), name="status"),
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

# What a validation with a session keeps for whoever knows the session's key, until it expires or is redeemed.
voucher_hold = Table(
    "voucher_hold",
    metadata,
    Column("organizer_id", Id, primary_key=True),
    Column("voucher_id", Id, primary_key=True),
    Column("session_key", Text, primary_key=True),
    # Of gift vouchers and loyalty cards: what is held of the balance. Of all: one redemption.
    Column("credits", Hundredths),
    Column("expires_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["organizer_id", "voucher_id"], ["voucher.organizer_id", "voucher.id"], ondelete="CASCADE"),
    Index(None, "organizer_id", "session_key"),
    Index(None, "expires_at"),
    **SQLITE_TABLE,
)

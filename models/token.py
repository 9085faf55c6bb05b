"""Who is asking: an organizer (some tokens: several), scopes, and all or some of its events.

Of a secret only its SHA-256 and a short prefix are kept. Tokens are random 256-bit values, so no slow hash is needed.
"""

import hashlib
import secrets
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Table, Text

from models.metadata import SQLITE_TABLE, Flag, Id, JsonText, UtcDateTime, metadata


class Kind(StrEnum):
    """How a token is presented: pretix's team, device and OAuth tokens, Voucherify's server- and client-side keys."""

    TEAM = "team"
    DEVICE = "device"
    OAUTH = "oauth"
    APP = "app"
    CLIENT = "client"


class Status(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    REVOKED = "revoked"
    UNINITIALIZED = "uninitialized"


token = Table(
    "token",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("prefix", Text, nullable=False),
    # Voucherify's X-App-Id or X-Client-Application-Id: the public half of a key pair.
    Column("public_id", Text),
    Column("status", Text, nullable=False),
    # `read`, `write`, `profile`, separated by blanks: which kinds of requests the token may make at all (OAuth).
    Column("access", Text, nullable=False, server_default="read write"),
    # A list of permission names; `organizer.*` and `event.*` stand for all of either level.
    Column("scopes", JsonText, nullable=False),
    Column("all_events", Flag, nullable=False),
    # A device's security profile.
    Column("profile", Text),
    Column("expires_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint(f"kind IN ({', '.join(repr(kind.value) for kind in Kind)})", name="kind"),
    CheckConstraint(f"status IN ({', '.join(repr(status.value) for status in Status)})", name="status"),
    **SQLITE_TABLE,
)

token_organizer = Table(
    "token_organizer",
    metadata,
    Column("organizer_id", Id, ForeignKey("organizer.id"), primary_key=True),
    Column("token_id", Id, ForeignKey("token.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "token_id"),
    **SQLITE_TABLE,
)

token_event = Table(
    "token_event",
    metadata,
    Column("organizer_id", Id, primary_key=True),
    Column("token_id", Id, ForeignKey("token.id", ondelete="CASCADE"), primary_key=True),
    Column("event_id", Id, primary_key=True),
    ForeignKeyConstraint(["organizer_id", "event_id"], ["event.organizer_id", "event.id"], ondelete="CASCADE"),
    Index(None, "token_id"),
    **SQLITE_TABLE,
)


def digest_of(secret: str) -> str:
    """What is stored of a secret, and what it is found by."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """A fresh token: 256 random bits, URL-safe. None begins with a dash: command lines would take it for an option."""
    while (found := secrets.token_urlsafe(32)).startswith("-"):
        pass
    return found

"""A tracking campaign: a code in a link to an event, the clicks on that link, and the orders that came of them.

Clicks are kept by campaign and day (UTC); `click_count` is their sum and `order_count` the number of orders, both kept
with the campaign so that a list costs no sums. Whoever writes one writes the other in the same transaction.
"""

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

from models.metadata import SQLITE_TABLE, Flag, Id, UtcDateTime, metadata

tracking_campaign = Table(
    "tracking_campaign",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("event_id", Id, nullable=False),
    # Unique over the whole server, as it is part of an address that names no tenant on a domain of the shop's own.
    Column("code", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False),
    # Where the link leads; empty for the event's shop.
    Column("external_target", Text, nullable=False),
    Column("active", Flag, nullable=False, server_default=text("'1'")),
    Column("click_count", Id, nullable=False, server_default=text("0")),
    Column("order_count", Id, nullable=False, server_default=text("0")),
    Column("created_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["organizer_id", "event_id"], ["event.organizer_id", "event.id"], ondelete="CASCADE"),
    UniqueConstraint("organizer_id", "id"),
    Index(None, "organizer_id", "event_id", "id"),
    CheckConstraint("click_count >= 0", name="click_count_not_negative"),
    CheckConstraint("order_count >= 0", name="order_count_not_negative"),
    # Ids are never given out twice: clicks on their way and visitors' cookies name a campaign by its id.
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)

tracking_day = Table(
    "tracking_day",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, nullable=False),
    Column("tracking_campaign_id", Id, nullable=False),
    # `2026-01-31`, in UTC: text that sorts as days do, on both engines.
    Column("day", Text, nullable=False),
    Column("clicks", Integer, nullable=False),
    ForeignKeyConstraint(
        ["organizer_id", "tracking_campaign_id"],
        ["tracking_campaign.organizer_id", "tracking_campaign.id"],
        ondelete="CASCADE",
    ),
    UniqueConstraint("organizer_id", "tracking_campaign_id", "day"),
    CheckConstraint("clicks > 0", name="clicks_positive"),
    **SQLITE_TABLE,
)

tracking_order = Table(
    "tracking_order",
    metadata,
    Column("organizer_id", Id, primary_key=True),
    Column("tracking_campaign_id", Id, primary_key=True),
    Column("order_id", Id, primary_key=True),
    ForeignKeyConstraint(
        ["organizer_id", "tracking_campaign_id"],
        ["tracking_campaign.organizer_id", "tracking_campaign.id"],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(["organizer_id", "order_id"], ["order.organizer_id", "order.id"], ondelete="CASCADE"),
    Index(None, "organizer_id", "order_id"),
    **SQLITE_TABLE,
)

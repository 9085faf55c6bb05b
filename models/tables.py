"""Every table, imported once, so that `metadata` is complete for migrations and tests."""

from models import (
    change,
    event,
    gift_card,
    idempotency_key,
    order,
    organizer,
    sales_channel,
    signing_key,
    token,
    tracking_campaign,
)
from models.metadata import metadata

__all__ = [
    "change",
    "event",
    "gift_card",
    "idempotency_key",
    "metadata",
    "order",
    "organizer",
    "sales_channel",
    "signing_key",
    "token",
    "tracking_campaign",
]

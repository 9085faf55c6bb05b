"""Every table, imported once, so that `metadata` is complete for migrations and tests."""

from models import change, event, gift_card, idempotency_key, order, organizer, sales_channel, token
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
    "token",
]

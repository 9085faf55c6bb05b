"""Every table, imported once, so that `metadata` is complete for migrations and tests."""

from models import (
    action,
    change,
    customer,
    event,
    gift_card,
    idempotency_key,
    order,
    organizer,
    publication,
    redemption,
    sales_channel,
    signing_key,
    token,
    tracking_campaign,
    voucher,
    voucher_campaign,
    webhook,
)
from models.metadata import metadata

__all__ = [
    "action",
    "change",
    "customer",
    "event",
    "gift_card",
    "idempotency_key",
    "metadata",
    "order",
    "organizer",
    "publication",
    "redemption",
    "sales_channel",
    "signing_key",
    "token",
    "tracking_campaign",
    "voucher",
    "voucher_campaign",
    "webhook",
]

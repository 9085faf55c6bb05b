"""What lists may be filtered by: wire fields, and fields of the sources."""

from collections.abc import Callable, Mapping
from datetime import datetime

from models.voucher_campaign import Growth, Progress
from resolvers.reading.conditions import All, Compare, Condition, Either
from rest.voucherify.filters import Booleans, Known, Moments, Numbers, States, Table, Texts, Values, Weekdays


def _enabled(now: datetime) -> Condition:
    return Compare("active", "eq", True)


def _disabled(now: datetime) -> Condition:
    return Compare("active", "eq", False)


def _expired(now: datetime) -> Condition:
    """From that moment on, as a redemption has it (models/validity.py)."""
    return Compare("expires_at", "lte", now)


def _current(now: datetime) -> Condition:
    """It has begun and is not over."""
    begun = Either((Compare("starts_at", "eq", None), Compare("starts_at", "lte", now)))
    return All((begun, Either((Compare("expires_at", "eq", None), Compare("expires_at", "gt", now)))))


def _generated(now: datetime) -> Condition:
    return Compare("generation_status", "eq", Progress.DONE.value)


ACTIVE: Mapping[str, Callable[[datetime], Condition]] = {
    "$enabled": _enabled,
    "$disabled": _disabled,
    "$expired": _expired,
    "$active": lambda now: All((_enabled(now), _current(now))),
}
GENERATION: Mapping[str, Callable[[datetime], Condition]] = {
    "$active": _generated,
    "$failed": lambda now: Compare("generation_status", "eq", Progress.FAILED.value),
    "$in_progress": lambda now: Compare(
        "generation_status", "one_of", (Progress.IN_PROGRESS.value, Progress.MODIFYING.value)
    ),
    "$expired": lambda now: All((_generated(now), _expired(now))),
    "before_start": lambda now: All((_generated(now), Compare("starts_at", "gt", now))),
    "$before_start": lambda now: All((_generated(now), Compare("starts_at", "gt", now))),
}

CAMPAIGNS: Table = {
    "campaigns": Texts("name"),
    "campaigns_id": Texts("token"),
    "name": Texts("name"),
    "id": Texts("token"),
    "campaign_type": Texts("campaign_type"),
    "campaign_status": Texts("creation_status"),
    "status": States(GENERATION),
    "active": States(ACTIVE),
    "is_referral_code": Booleans("is_referral_code"),
    "validity_timeframe": Known("validity_timeframe"),
    "validity_day_of_week": Weekdays("validity_day_of_week"),
    "voucher_type": Texts("voucher_type"),
    "categories": Texts("category_name"),
    "category_ids": Texts("category_token"),
    # Both ways to have many vouchers.
    "type": Texts("type", {"BULK": (Growth.AUTO_UPDATE.value, Growth.STATIC.value)}),
    "created_date": Moments("created_at"),
    "created_at": Moments("created_at"),
    "updated_at": Moments("updated_at"),
    "start_date": Moments("starts_at"),
    "expiration_date": Moments("expires_at"),
    "metadata": Values("metadata"),
}

VOUCHERS: Table = {
    "code": Texts("code"),
    "id": Texts("token"),
    "ids": Texts("token"),
    "campaign": Texts("campaign_name"),
    "campaigns": Texts("campaign_name"),
    "campaign_id": Texts("campaign_token"),
    "campaign_ids": Texts("campaign_token"),
    "campaigns_id": Texts("campaign_token"),
    "type": Texts("type"),
    "voucher_type": Texts("type"),
    "active": States(
        {
            **ACTIVE,
            "$redeemed": lambda now: Compare("redeemed_quantity", "gt", 0),
        }
    ),
    "is_referral_code": Booleans("is_referral_code"),
    "redemption.quantity": Numbers("quantity"),
    "redemption.redeemed_quantity": Numbers("redeemed_quantity"),
    "publish.count": Numbers("published_count"),
    "categories": Texts("category_name"),
    "category": Texts("category_name"),
    "category_ids": Texts("category_token"),
    "additional_info": Texts("additional_info"),
    "created_date": Moments("created_at"),
    "created_at": Moments("created_at"),
    "updated_at": Moments("updated_at"),
    "start_date": Moments("starts_at"),
    "expiration_date": Moments("expires_at"),
    "metadata": Values("metadata"),
}

REDEMPTIONS: Table = {
    "id": Texts("token"),
    "object": Texts("kind"),
    "result": Texts("status", {"SUCCESS": ("SUCCEEDED", "ROLLED_BACK"), "FAILURE": ("FAILED",)}),
    "status": Texts("status"),
    "failure_code": Texts("failure_code"),
    "related_object_id": Texts("voucher_token"),
    "related_object_parent_id": Texts("campaign_token"),
    "parent_redemption_id": Texts("parent_token"),
    "voucher_code": Texts("voucher_code"),
    "campaign_name": Texts("campaign_name"),
    "customer_id": Texts("customer_token"),
    "order_id": Texts("order_token"),
    "tracking_id": Texts("tracking_id"),
    "created_at": Moments("happened_at"),
    "metadata": Values("metadata"),
}

BIN_ENTRIES: Table = {
    "id": Texts("token"),
    "resource_id": Texts("resource_token"),
    "resource_name": Texts("resource_name"),
    "resource_type": Texts("resource_type"),
    "created_at": Moments("created_at"),
}

PUBLICATIONS: Table = {
    "id": Texts("token"),
    "customer_id": Texts("customer_token"),
    "source_id": Texts("source_id"),
    "channel": Texts("channel"),
    "campaign_name": Texts("campaign_name"),
    "campaign": Texts("campaign_name"),
    "created_at": Moments("created_at"),
    "metadata": Values("metadata"),
}

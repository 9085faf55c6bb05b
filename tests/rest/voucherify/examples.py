"""What the vendor's documentation shows of requests and answers: facts, for tests to compare with."""

from typing import Any

VALIDITY: dict[str, Any] = {
    "start_date": "2020-08-16T00:00:00Z",
    "expiration_date": "2023-12-26T00:00:00Z",
    "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
    "validity_day_of_week": [0, 1, 2],
    "activity_duration_after_publishing": "P24D",
}
SHOWN_DATES = {"start_date": "2020-08-16T00:00:00.000Z", "expiration_date": "2023-12-26T00:00:00.000Z"}
MANY: dict[str, Any] = {
    "join_once": True,
    "type": "AUTO_UPDATE",
    "vouchers_count": 2,
    "use_voucher_metadata_schema": False,
    "metadata": {"region": "APAC"},
    **VALIDITY,
}
RULES = {"period_type": "MONTH", "period_value": 3, "rounding_type": "END_OF_YEAR"}
# Campaigns to be, by the documentation's titles.
CAMPAIGNS: dict[str, dict[str, Any]] = {
    "discount": {
        "name": "Discount Campaign 4",
        "campaign_type": "DISCOUNT_COUPONS",
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"percent_off": 10, "type": "PERCENT"},
            "redemption": {"quantity": 10},
            "code_config": {"pattern": "10OFF-#######"},
        },
        **MANY,
    },
    "gift": {
        "name": "Gift Card Campaign",
        "campaign_type": "GIFT_VOUCHERS",
        "voucher": {
            "type": "GIFT_VOUCHER",
            "gift": {"amount": 1000, "effect": "APPLY_TO_ORDER"},
            "redemption": {"quantity": 10},
            "code_config": {"pattern": "GIFT-CARD-#######"},
        },
        **MANY,
    },
    "loyalty": {
        "name": "Loyalty Campaign",
        "campaign_type": "LOYALTY_PROGRAM",
        "auto_join": True,
        "voucher": {
            "type": "LOYALTY_CARD",
            "loyalty_card": {"points": 1000, "expiration_rules": RULES},
            "redemption": {"quantity": 10},
            "code_config": {"pattern": "LOYALTY-CARD-#######"},
        },
        **MANY,
    },
    "referral": {
        "name": "Referral Campaign 2",
        "campaign_type": "REFERRAL_PROGRAM",
        "referral_program": {"conversion_event_type": "redemption"},
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "PERCENT", "percent_off": 45, "effect": "APPLY_TO_ORDER", "amount_limit": 15},
            "redemption": {"quantity": 10},
            "code_config": {"pattern": "REFERRAL-CODE-#######"},
            "is_referral_code": True,
        },
        **MANY,
    },
}
CHARSET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
NO_RULES = {"object": "list", "data_ref": "data", "data": [], "total": 0}

# The fields of an answer, whatever their values.
CAMPAIGN_FIELDS = {
    *("id", "name", "campaign_type", "type", "voucher", "auto_join", "join_once", "use_voucher_metadata_schema"),
    *("start_date", "expiration_date", "validity_timeframe", "validity_day_of_week"),
    *("activity_duration_after_publishing", "vouchers_count", "active", "metadata", "created_at", "creation_status"),
    *("vouchers_generation_status", "protected", "validation_rules_assignments", "category_id", "categories", "object"),
}
VOUCHER_FIELDS = {
    *("id", "code", "campaign", "campaign_id", "category", "category_id", "categories", "type", "discount", "gift"),
    *("loyalty_card", "start_date", "expiration_date", "validity_timeframe", "validity_day_of_week", "active"),
    *("additional_info", "metadata", "assets", "is_referral_code", "created_at", "updated_at"),
    *("validation_rules_assignments", "redemption", "publish", "object"),
}

TIER: dict[str, Any] = {
    "name": "Percent Discount",
    "banner": "Get 40% off",
    "action": {"discount": {"type": "PERCENT", "percent_off": 40, "effect": "APPLY_TO_ORDER"}},
    "metadata": {"level": "B"},
    "active": False,
    "start_date": "2022-09-21T00:00:00.000Z",
    "expiration_date": "2022-09-30T00:00:00.000Z",
    "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
    "validity_day_of_week": [1, 2, 3, 4],
    "validation_rules": ["val_q8qUBMOh5qIQ"],
}
PROMOTION: dict[str, Any] = {
    "name": "Promotion - API - 4",
    "campaign_type": "PROMOTION",
    "type": "STATIC",
    "use_voucher_metadata_schema": False,
    "active": False,
    "promotion": {"tiers": [TIER, {**TIER, "name": "Order more than $100"}]},
    "metadata": {"region": "APAC"},
    **VALIDITY,
}
ADDED: dict[str, Any] = {
    "start_date": "2022-09-24T00:00:00Z",
    "expiration_date": "2022-09-25T23:59:59Z",
    "active": False,
    "redemption": {"quantity": None},
    "additional_info": "Voucher added using API",
    "metadata": {"Season": "Fall"},
}

# What `Model.from_dict` of the Python SDK sends of fields that are not set.
CAMPAIGN_NULLS = dict.fromkeys(
    (
        *("description", "join_once", "auto_join", "use_voucher_metadata_schema", "vouchers_count", "start_date"),
        *("expiration_date", "activity_duration_after_publishing", "category_id", "category", "metadata"),
        *("validation_rules", "campaign_type", "promotion", "type"),
    )
)
DISCOUNT_NULLS = dict.fromkeys(
    (
        *("amount_off", "amount_off_formula", "percent_off_formula", "amount_limit", "aggregated_amount_limit"),
        *("unit_off", "unit_off_formula", "unit_type", "product", "sku", "units", "fixed_amount"),
        *("fixed_amount_formula", "effect", "is_dynamic"),
    )
)
CODE_NULLS = dict.fromkeys(("length", "charset", "prefix", "postfix", "pattern", "initial_count"))
UPDATE_NULLS = dict.fromkeys(
    (
        *("start_date", "expiration_date", "description", "category", "metadata", "unset_metadata_fields"),
        *("category_id", "activity_duration_after_publishing", "join_once", "auto_join", "type", "options"),
    )
)
VOUCHER_NULLS = dict.fromkeys(
    ("category", "category_id", "start_date", "expiration_date", "additional_info", "metadata")
)

# What SDKs send where nothing is to be sent.
NO_BODIES: list[dict[str, Any]] = [
    {},
    {"json": {}},
    {"content": b"5", "headers": {"Content-Type": "application/json"}},
    {"content": b"", "headers": {"Content-Type": "application/json"}},
    {"content": b'"{}"', "headers": {"Content-Type": "application/json"}},
]

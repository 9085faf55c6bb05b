"""Campaigns as this dialect shows them: what is not set is left out."""

from collections.abc import Mapping
from typing import Any

from models.terms import BENEFITS
from resolvers.reading.selection import Group, Item, Many, Nodes, One, Total, Value
from rest.reading import Selection
from rest.voucherify.shown import NO_RULES, instant, without_nothing

PLAIN = (
    *("name", "description", "campaign_type", "type", "quantity", "code_config", "join_once", "auto_join"),
    *("use_voucher_metadata_schema", "metadata", "promotion", "referral_program", "loyalty_tiers_expiration"),
    *("active", "vouchers_count", "creation_status", "generation_status"),
)
# Shown as they are, where they are set.
OPTIONAL = ("description", "referral_program", "loyalty_tiers_expiration", "updated_at")
TERMS = (
    *("type", "discount", "gift", "loyalty_card", "validity_timeframe", "validity_day_of_week", "validity_hours"),
    *("activity_duration", "is_referral_code"),
)
BENEFIT_NAMES = {kind.value: name for kind, name in BENEFITS.items()}
CATEGORY: Mapping[str, Item] = {
    "id": Value(("token",)),
    "name": Value(("name",)),
    "hierarchy": Value(("hierarchy",)),
    "created_at": Value(("created_at",), instant),
}
ITEMS: Mapping[str, Item] = {
    "key": Value(("id",)),
    "id": Value(("token",)),
    **{name: Value((name,)) for name in PLAIN},
    **{name: Value((name,), instant) for name in ("starts_at", "expires_at", "created_at", "updated_at")},
    "terms": Group({name: Value((name,)) for name in TERMS}, ("terms",)),
    "category": Group(CATEGORY, ("category",)),
}
MANY = Selection(Many("voucher_campaign", {"campaigns": Nodes(ITEMS), "total": Total()}, 0))
ONE = Selection(One("voucher_campaign", ITEMS, 0))


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A campaign as an item of a list."""
    category = None if row["category"] is None else {**row["category"], "object": "category"}
    shown = {
        "id": row["id"],
        "name": row["name"],
        "campaign_type": row["campaign_type"],
        "type": row["type"],
        "auto_join": row["auto_join"],
        "join_once": row["join_once"],
        "use_voucher_metadata_schema": row["use_voucher_metadata_schema"],
        "active": row["active"],
        "metadata": row["metadata"],
        "created_at": row["created_at"],
        "creation_status": row["creation_status"],
        "vouchers_generation_status": row["generation_status"],
        "protected": False,
        # Null where there is none, as clients look for it.
        "category_id": None if category is None else category["id"],
        "categories": [] if category is None else [category],
        "object": "campaign",
    }
    for name in OPTIONAL:
        if row[name] is not None:
            shown[name] = row[name]
    if row["terms"] is not None:
        shown |= _of_vouchers(row, row["terms"])
    if row["promotion"] is not None:
        shown["promotion"] = _promotion(row)
    if category is not None:
        shown["category"] = category["name"]
    return shown


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """A campaign by itself."""
    return listed(row) | {"validation_rules_assignments": NO_RULES}


def _of_vouchers(row: Mapping[str, Any], terms: Mapping[str, Any]) -> dict[str, Any]:
    """What its vouchers are, how many there are, and when they are valid: that is said of both."""
    validity = without_nothing(
        {
            "start_date": row["starts_at"],
            "expiration_date": row["expires_at"],
            "validity_timeframe": terms["validity_timeframe"],
            "validity_day_of_week": terms["validity_day_of_week"],
            "validity_hours": terms["validity_hours"],
        }
    )
    benefit = BENEFIT_NAMES[terms["type"]]
    voucher = {
        "type": terms["type"],
        benefit: terms[benefit],
        "redemption": {"quantity": row["quantity"]},
        "is_referral_code": terms["is_referral_code"],
        **validity,
    }
    # A client of the vendor's Python SDK cannot read one without.
    if row["code_config"] is not None:
        voucher["code_config"] = row["code_config"]
    shown = {"voucher": voucher, "vouchers_count": row["vouchers_count"], **validity}
    if terms["activity_duration"] is not None:
        shown["activity_duration_after_publishing"] = terms["activity_duration"]
    return shown


def _promotion(row: Mapping[str, Any]) -> dict[str, Any]:
    of = {"promotion_id": row["id"], "campaign_id": row["id"], "object": "promotion_tier"}
    tiers = [{**tier, "hierarchy": place, **of} for place, tier in enumerate(row["promotion"]["tiers"], 1)]
    kept = {**row["promotion"], "tiers": tiers, "total": len(tiers)}
    return {**kept, "object": "list", "data_ref": "tiers", "has_more": False}

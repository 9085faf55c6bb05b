"""Vouchers as this dialect shows them: what is not set is null."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import instants
from resolvers.reading.selection import Group, Item, Many, Nodes, One, Total, Value
from resolvers.redeemables import Found
from rest.reading import Selection
from rest.voucherify.campaign_views import CATEGORY
from rest.voucherify.shown import NO_RULES, in_path, instant, shown_category

PLAIN = (
    *("code", "active", "quantity", "redeemed_quantity", "loaded_amount", "redeemed_amount", "published_count"),
    *("metadata", "additional_info"),
)
TERMS = (
    *("type", "discount", "gift", "loyalty_card", "validity_timeframe", "validity_day_of_week", "validity_hours"),
    "is_referral_code",
)
ITEMS: Mapping[str, Item] = {
    "key": Value(("id",)),
    "id": Value(("token",)),
    **{name: Value((name,)) for name in PLAIN},
    **{name: Value((name,), instant) for name in ("starts_at", "expires_at", "created_at", "updated_at")},
    "campaign": Group(
        {"id": Value(("token",)), "name": Value(("name",))},
        ("campaign",),
    ),
    "terms": Group({name: Value((name,)) for name in TERMS}, ("terms",)),
    "holder_id": Value(("holder", "token")),
    "account": Value(("account_id",)),
    "balance": Value(("account", "balance")),
    "category": Group(CATEGORY, ("category",)),
}
MANY = Selection(Many("voucher", {"vouchers": Nodes(ITEMS), "total": Total()}, 0))
ONE = Selection(One("voucher", ITEMS, 0))


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    terms, campaign, category = row["terms"], row["campaign"], row["category"]
    of_category = {} if category is None else {**category, "object": "category"}
    shown = {
        "id": row["id"],
        "code": row["code"],
        "campaign": None if campaign is None else campaign["name"],
        "campaign_id": None if campaign is None else campaign["id"],
        "category": of_category.get("name"),
        "category_id": of_category.get("id"),
        "categories": [of_category] if of_category else [],
        "type": terms["type"],
        "discount": terms["discount"],
        "gift": _gift(row),
        "loyalty_card": _loyalty_card(row),
        "start_date": row["starts_at"],
        "expiration_date": row["expires_at"],
        "validity_timeframe": terms["validity_timeframe"],
        "validity_day_of_week": terms["validity_day_of_week"],
        "active": row["active"],
        "additional_info": row["additional_info"],
        "metadata": row["metadata"] or {},
        # Pictures of the code are not made here: docs/rest-voucherify.md.
        "assets": {"qr": {}, "barcode": {}},
        "is_referral_code": terms["is_referral_code"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "validation_rules_assignments": NO_RULES,
        "redemption": _redemption(row),
        "publish": {
            "object": "list",
            "count": row["published_count"],
            "url": f"/v1/vouchers/{in_path(row['code'])}/publications?page=1&limit=10",
        },
        "object": "voucher",
    }
    if terms["validity_hours"] is not None:
        shown["validity_hours"] = terms["validity_hours"]
    if row["holder_id"] is not None:
        shown["holder_id"] = row["holder_id"]
    return shown


def used(found: Found, taken: int, balance: int | None, at: str) -> dict[str, Any]:
    """A voucher that was redeemed right now, as `whole` takes it: as it was looked up, and what has become of it.

    `taken` is what it cost, `balance` what is left; `at` is when.
    """
    own = None if found.category_id is None else found.category
    return {
        "id": found.token,
        "code": found.code,
        "active": found.active,
        "quantity": found.quantity,
        "redeemed_quantity": found.redeemed_quantity + 1,
        "loaded_amount": found.loaded_amount,
        "redeemed_amount": found.redeemed_amount + taken,
        "published_count": found.published_count,
        "metadata": found.metadata,
        "additional_info": found.additional_info,
        "starts_at": _shown(found.starts_at),
        "expires_at": _shown(found.expires_at),
        "created_at": _shown(found.created_at),
        "updated_at": at,
        "campaign": None if found.campaign is None else {"id": found.campaign.token, "name": found.campaign.name},
        "terms": found.terms.stored,
        "holder_id": found.holder_token,
        "balance": found.balance if balance is None else balance,
        "category": None if own is None else shown_category(own),
    }


def _shown(at: datetime | None) -> str | None:
    return None if at is None else instants.shown(at)


def _gift(row: Mapping[str, Any]) -> dict[str, Any] | None:
    gift = row["terms"]["gift"]
    if gift is None:
        return None
    amounts = {"amount": row["loaded_amount"], "subtracted_amount": _subtracted(row), "balance": row["balance"]}
    return {**amounts, "effect": gift.get("effect")}


def _loyalty_card(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["terms"]["loyalty_card"] is None:
        return None
    points = {"points": row["loaded_amount"], "balance": row["balance"]}
    return {**points, "expired_points": 0, "subtracted_points": _subtracted(row)}


def _subtracted(row: Mapping[str, Any]) -> int:
    """What was taken out otherwise than by redemptions."""
    taken: int = row["loaded_amount"] - row["redeemed_amount"] - row["balance"]
    return taken


def _redemption(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"quantity": row["quantity"], "redeemed_quantity": row["redeemed_quantity"]}
    if row["terms"]["gift"] is not None:
        shown["redeemed_amount"] = row["redeemed_amount"]
    if row["terms"]["loyalty_card"] is not None:
        shown["redeemed_points"] = row["redeemed_amount"]
    return {**shown, "object": "list", "url": f"/v1/vouchers/{in_path(row['code'])}/redemptions?page=1&limit=10"}

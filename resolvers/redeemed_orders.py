"""The order of a redemption, as it is stored and shown: what was paid, for whom, and which redemptions it had.

Its shape is Voucherify's: it is stored as it is shown, and given back to who asks for it years later.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import instants, public_ids
from resolvers.customers import Known

STATUS = "PAID"
TOKEN = re.compile(r"ord_[0-9A-Za-z]{1,60}")
_CANCELED = "CANCELED"


def placed(calculated: Mapping[str, Any], token: str, at: datetime, customer: Known | None) -> dict[str, Any]:
    """An order that is redeemed for now; `calculated` is what its benefits left of it."""
    shown = {
        "id": token,
        "source_id": None,
        "created_at": instants.shown(at),
        "updated_at": None,
        "status": STATUS,
        **calculated,
    }
    shown |= {"id": token, "object": "order"}
    if customer is not None:
        shown["customer"] = {"id": customer.token, "object": "customer"}
    shown |= {"customer_id": None if customer is None else customer.token, "referrer_id": None}
    return shown


def token_of(calculated: Mapping[str, Any] | None) -> str | None:
    """The order's id: its own if the shop named it by one, else a new one; None if there is no order."""
    if calculated is None:
        return None
    given = calculated.get("id")
    return given if isinstance(given, str) and TOKEN.fullmatch(given) else public_ids.order()


def entry(at: datetime, voucher: str, campaign: str | None) -> dict[str, Any]:
    """Of the order's `redemptions`: one of a voucher."""
    found = {"date": instants.shown(at), "related_object_type": "voucher", "related_object_id": voucher}
    return found if campaign is None else {**found, "related_object_parent_id": campaign}


def stacked_entry(at: datetime, parent: str, children: list[str]) -> dict[str, Any]:
    """Of the order's `redemptions`: one of several vouchers."""
    found = {"date": instants.shown(at), "related_object_type": "redemption", "related_object_id": parent}
    return {**found, "stacked": children}


def canceled(
    order: Mapping[str, Any] | None, at: datetime, redemption: str, rollback: str, children: list[str]
) -> dict[str, Any] | None:
    """The order after its redemption was rolled back: as it was before anything was taken off."""
    if order is None:
        return None
    shown = {name: value for name, value in order.items() if not name.endswith("discount_amount")}
    shown |= {"status": _CANCELED, "updated_at": instants.shown(at)}
    initial = shown.pop("initial_amount", None)
    if initial is not None:
        shown["amount"] = initial
    if "amount" in shown:
        shown["total_amount"] = shown["amount"]
    if "items" in shown:
        shown["items"] = [_restored(item) for item in shown["items"] if item.get("initial_quantity") != 0]
    undone: dict[str, Any] = {"rollback_id": rollback, "rollback_date": instants.shown(at)}
    if children:
        undone["rollback_stacked"] = children
    redemptions = dict(shown.get("redemptions") or {})
    redemptions[redemption] = {**redemptions.get(redemption, {}), **undone}
    shown["redemptions"] = redemptions
    return shown


def _restored(item: Mapping[str, Any]) -> dict[str, Any]:
    taken = ("discount_amount", "discount_quantity", "applied_quantity", "applied_quantity_amount")
    shown = {name: value for name, value in item.items() if not name.endswith(taken)}
    for name in ("quantity", "amount"):
        initial = shown.pop(f"initial_{name}", None)
        if initial is not None:
            shown[name] = initial
    if "amount" in shown:
        shown["subtotal_amount"] = shown["amount"]
    return shown

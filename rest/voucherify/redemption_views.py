"""Redemptions and rollbacks as this dialect shows them."""

from collections.abc import Mapping
from typing import Any

from models import instants
from models.redemption import Kind, Status
from resolvers.reading.selection import Group, Item, Many, Nodes, One, Total, Value
from resolvers.redemptions import Redeemed
from rest.reading import Selection
from rest.voucherify import customer_views, voucher_views
from rest.voucherify.shown import instant

ITEMS: Mapping[str, Item] = {
    "key": Value(("id",)),
    "id": Value(("token",)),
    **{
        name: Value((name,))
        for name in (
            *("kind", "status", "amount", "order", "tracking_id", "metadata", "channel", "reason"),
            *("failure_code", "failure_message"),
        )
    },
    "date": Value(("happened_at",), instant),
    "parent": Value(("parent", "token")),
    "rolls_back": Value(("rolls_back", "token")),
    "customer": Group(customer_views.SHORT, ("customer",)),
    "voucher": Group(voucher_views.ITEMS, ("voucher",)),
}
MANY = Selection(Many("redemption", {"redemptions": Nodes(ITEMS), "total": Total()}, 0))
WRITTEN = Selection(Many("redemption", {"redemptions": Nodes(ITEMS)}, 0))
ENTRIES = Selection(Many("redemption", {"redemption_entries": Nodes(ITEMS), "total": Total()}, 0))
ONE = Selection(One("redemption", ITEMS, 0))


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """A redemption or a rollback, which a client tells apart by `object`."""
    voucher = None if row["voucher"] is None else voucher_views.whole(row["voucher"])
    customer = customer_views.short(row["customer"])
    failed = row["status"] == Status.FAILED
    shown: dict[str, Any] = {
        "id": row["id"],
        "object": row["kind"],
        "date": row["date"],
        "customer_id": None if customer is None else customer["id"],
        "tracking_id": row["tracking_id"],
        "metadata": row["metadata"] or {},
        **_amounts(row, voucher),
        "result": "FAILURE" if failed else "SUCCESS",
        "status": row["status"],
        "order": row["order"],
        "channel": row["channel"],
        "customer": customer,
        "related_object_type": "redemption" if voucher is None else "voucher",
        "related_object_id": row["id"] if voucher is None else voucher["id"],
        "voucher": voucher,
    }
    if row["parent"] is not None:
        shown["redemption"] = row["parent"]
    if row["kind"] == Kind.ROLLBACK:
        shown |= {"redemption": row["rolls_back"], "reason": row["reason"]}
    if failed:
        shown |= {"failure_code": row["failure_code"], "failure_message": row["failure_message"]}
    return shown


def written(done: Redeemed, place: int) -> dict[str, Any]:
    """A redemption that was made right now: what the verb knows of it is all that reading it again would tell."""
    row, found = done.rows[place], done.verdicts[place].voucher
    assert found is not None
    voucher = voucher_views.used(found, row["amount"] or 0, done.balances[place], instants.shown(row["happened_at"]))
    return _written(done, row, done.parent_token, voucher)


def written_parent(done: Redeemed) -> dict[str, Any]:
    """What holds several together that were made right now."""
    assert done.parent is not None
    return _written(done, done.parent, None, None)


def _written(
    done: Redeemed, row: Mapping[str, Any], parent: str | None, voucher: Mapping[str, Any] | None
) -> dict[str, Any]:
    customer = None
    if done.customer is not None:
        told = {name: done.customer.told[name] for name in ("name", "email", "metadata")}
        customer = {"id": done.customer.token, "source_id": done.customer.source_id, **told}
    more = {"id": row["token"], "date": instants.shown(row["happened_at"]), "parent": parent, "rolls_back": None}
    return whole({**row, **more, "customer": customer, "voucher": voucher})


def _amounts(row: Mapping[str, Any], voucher: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was taken from a balance; negative where it was given back."""
    amount = row["amount"]
    if amount is None or voucher is None:
        return {}
    if voucher["loyalty_card"] is not None:
        return {"amount": amount, "loyalty_card": {"points": amount}}
    return {"amount": amount, "gift": {"amount": amount}}

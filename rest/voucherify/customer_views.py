"""Customers as this dialect shows them."""

from collections.abc import Mapping
from typing import Any

from models.basket import Basket
from resolvers.customers import CustomerGiven
from resolvers.reading.selection import Item, Many, Nodes, One, PageInfo, Total, Value
from rest.reading import Selection
from rest.voucherify import fields
from rest.voucherify.fields import Payload
from rest.voucherify.shown import instant, without_nothing

SHORT: Mapping[str, Item] = {
    "id": Value(("token",)),
    **{name: Value((name,)) for name in ("name", "email", "source_id", "metadata")},
}
ITEMS: Mapping[str, Item] = {
    **SHORT,
    "key": Value(("id",)),
    **{name: Value((name,)) for name in ("phone", "description", "birthdate", "address")},
    **{name: Value((name,), instant) for name in ("created_at", "updated_at")},
}
MANY = Selection(
    Many("customer", {"customers": Nodes(ITEMS), "total": Total(), "page": PageInfo({"more": "has_next"})}, 0)
)
ONE = Selection(One("customer", ITEMS, 0))


def short(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A customer inside another object."""
    return None if row is None else {**row, "object": "customer"}


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    optional = {name: row[name] for name in ("phone", "description", "birthdate", "address")}
    return {
        "id": row["id"],
        "source_id": row["source_id"],
        "name": row["name"],
        "email": row["email"],
        **without_nothing(optional),
        "metadata": row["metadata"],
        "system_metadata": {},
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "object": "customer",
    }


def customer_of(body: Payload) -> CustomerGiven:
    """What a body tells of a customer. Null says nothing: the Python SDK sends it for all that is not set."""
    birth = body.take("birthdate", fields.day) or body.take("birthday", fields.day)
    return CustomerGiven(
        token=body.take("id", fields.text),
        source_id=body.take("source_id", fields.text),
        name=body.take("name", fields.text),
        email=body.take("email", fields.text),
        phone=body.take("phone", fields.text),
        description=body.take("description", fields.text),
        birthdate=None if birth is None else birth.isoformat(),
        address=body.take("address", fields.mapping),
        metadata=body.take("metadata", fields.mapping),
    )


def order_of(body: Payload) -> Basket | None:
    """The order of a body, if it has one."""
    order = body.take("order", fields.mapping)
    return None if order is None else Basket.read(order)

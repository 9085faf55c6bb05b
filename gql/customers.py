"""Customers: to whom vouchers are published, and who redeems them. Type, filter, input."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from gql.filters import optional
from gql.nodes import Node, node_id
from gql.publication_lists import PUBLICATIONS
from gql.reads import Leaf, Related, by
from gql.redemption_lists import REDEMPTIONS
from gql.scalars import Day, Json, Timestamp
from gql.voucher_lists import VOUCHERS
from models.problems import Invalid
from resolvers.customers import CustomerGiven, check


@strawberry.type(description="A customer, as shops tell of one: to whom vouchers are published and who redeems them.")
class Customer(Node):
    id: strawberry.ID = by(node_id("Customer"), "The customer's global id.")
    token: str = by(Leaf(("token",)), "Their id in the Voucherify door: `cust_…`.")
    source_id: str | None = by(Leaf(("source_id",)), "The shop's own name for them, unique within its organizer.")
    name: str | None = by(Leaf(("name",)), "Their name.")
    email: str | None = by(Leaf(("email",)), "Their address for mail.")
    phone: str | None = by(Leaf(("phone",)), "Their telephone number.")
    description: str | None = by(Leaf(("description",)), "A note.")
    birthdate: Day | None = by(Leaf(("birthdate",)), "The day they were born.")
    address: Json | None = by(Leaf(("address",)), "Where they live: an object.")
    metadata: Json = by(Leaf(("metadata",)), "What programs keep with them: an object.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When they were told of first.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When something new was told last.")

    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose customer they are."
    )
    vouchers = VOUCHERS.below("vouchers", "Vouchers that were published to them last, oldest first.")
    redemptions = REDEMPTIONS.below("redemptions", "Their redemptions and rollbacks, oldest first.")
    publications = PUBLICATIONS.below("publications", "Publications to them, oldest first.")


@strawberry.input(
    description="A customer, and what is to be told of them: who is not known yet is made. What is left out or null "
    "changes nothing."
)
class CustomerInput:
    source_id: str | None = optional("The shop's own name for them.")
    token: str | None = optional("Or their id in the Voucherify door: `cust_…`. It must be known.")
    name: str | None = optional("Their name.")
    email: str | None = optional("Their address for mail.")
    phone: str | None = optional("Their telephone number.")
    description: str | None = optional("A note.")
    birthdate: Day | None = optional("The day they were born.")
    address: Json | None = optional("Where they live: an object.")
    metadata: Json | None = optional("What your program keeps with them: an object, merged with what is there.")


def customer_of(given: Mapping[str, Any] | None, within: str = "customer.") -> CustomerGiven | None:
    """What an input tells of a customer; `within` is where it is in the whole input. Refuses with `Invalid`."""
    if given is None:
        return None
    for name in ("address", "metadata"):
        if not isinstance(given.get(name), dict | None):
            raise Invalid("An object is expected.", field=f"{within}{name}", reason="type")
    told = CustomerGiven(
        token=given.get("token"),
        source_id=given.get("sourceId"),
        name=given.get("name"),
        email=given.get("email"),
        phone=given.get("phone"),
        description=given.get("description"),
        birthdate=given.get("birthdate"),
        address=given.get("address"),
        metadata=given.get("metadata"),
    )
    check(told, within=within)
    return told

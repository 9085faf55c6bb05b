"""Customers: to whom vouchers are published, and who redeems them. Type, filter, input."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from gql import publications, redemptions
from gql.filters import DateTimeFilter, TextFilter, condition, optional
from gql.gift_cards import OrderDirection
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.publications import Publication, PublicationFilter
from gql.reads import Args, Leaf, Listed, argument, by, method
from gql.redemptions import NEWEST, Redemption, RedemptionFilter, newest_first
from gql.run import Run
from gql.scalars import Json, Timestamp
from models.problems import Invalid
from resolvers.customers import CustomerGiven
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

ABSENT = strawberry.UNSET


@strawberry.type(description="A customer, as shops tell of one: to whom vouchers are published and who redeems them.")
class Customer(Node):
    id: strawberry.ID = by(node_id("Customer"), "The customer's global id.")
    token: str = by(Leaf(("token",)), "Their id in the Voucherify door: `cust_…`.")
    source_id: str | None = by(Leaf(("source_id",)), "The shop's own name for them, unique within its organizer.")
    name: str | None = by(Leaf(("name",)), "Their name.")
    email: str | None = by(Leaf(("email",)), "Their address for mail.")
    phone: str | None = by(Leaf(("phone",)), "Their telephone number.")
    description: str | None = by(Leaf(("description",)), "A note.")
    birthdate: str | None = by(Leaf(("birthdate",)), "The day they were born: `1990-01-31`.")
    address: Json | None = by(Leaf(("address",)), "Where they live: an object.")
    metadata: Json = by(Leaf(("metadata",)), "What programs keep with them: an object.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When they were told of first.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When something new was told last.")

    @method(Listed("redemptions", redemptions.listed), "Their redemptions and rollbacks, oldest first.")
    def redemptions(
        self,
        filter: Annotated[RedemptionFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument(NEWEST)] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Redemption] | None: ...

    @method(Listed("publications", publications.listed), "Publications to them, oldest first.")
    def publications(
        self,
        filter: Annotated[PublicationFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument(NEWEST)] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Publication] | None: ...


@strawberry.input(description="Which customers to show. All parts that are given must hold.")
class CustomerFilter:
    source_id: TextFilter | None = optional("A condition on the shop's own name for them.")
    name: TextFilter | None = optional("A condition on the name.")
    email: TextFilter | None = optional("A condition on the address for mail.")
    created_at: DateTimeFilter | None = optional("A condition on when they were told of first.")


FILTER_FIELDS = {"sourceId": "source_id", "name": "name", "email": "email", "createdAt": "created_at"}


def listed(args: Args, run: Run) -> Ask:
    where = condition(args.get("filter"), FILTER_FIELDS)
    return page(args, run, "customer", where=where, descending=newest_first(args))


def one(args: Args, run: Run) -> Ask | None:
    """The customer by the shop's own name or by the token."""
    if (args.get("sourceId") is None) is (args.get("token") is None):
        raise Invalid("Name the customer by its `sourceId` or by its `token`.", field="source_id", reason="one_of")
    name, field = ("sourceId", "source_id") if args.get("token") is None else ("token", "token")
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    return None if "\0" in args[name] else Ask(1, Compare(field, "eq", args[name]), organizer_id=organizer_id)


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
    birthdate: str | None = optional("The day they were born: `1990-01-31`.")
    address: Json | None = optional("Where they live: an object.")
    metadata: Json | None = optional("What your program keeps with them: an object, merged with what is there.")


def customer_of(given: Mapping[str, Any] | None) -> CustomerGiven | None:
    if given is None:
        return None
    for name in ("address", "metadata"):
        if not isinstance(given.get(name), dict | None):
            raise Invalid("An object is expected.", field=f"customer.{name}", reason="type")
    return CustomerGiven(
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

"""How customers are listed: filter and order."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import DateTimeFilter, IDFilter, MetadataFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering


@filtering("Which customers to show.")
class CustomerFilter:
    id: IDFilter | None = optional("A condition on the customer themselves.")
    source_id: TextFilter | None = optional("A condition on the shop's own name for them.")
    name: TextFilter | None = optional("A condition on the name.")
    email: TextFilter | None = optional("A condition on the address for mail.")
    phone: TextFilter | None = optional("A condition on the telephone number.")
    city: str | None = optional("Only those whose address names this city.")
    created_at: DateTimeFilter | None = optional("A condition on when they were told of first.")
    updated_at: DateTimeFilter | None = optional("A condition on when something new was told last.")
    metadata: MetadataFilter | None = optional("A condition on the value of one key of the metadata.")


@strawberry.enum(description="What customers can be sorted by.")
class CustomerOrderField(Enum):
    CREATED_AT = strawberry.enum_value("default", description="When they were told of first.")


CUSTOMERS = Listing(
    source="customer",
    of=Annotated["Customer", strawberry.lazy("gql.customers")],  # noqa: F821
    filter=CustomerFilter,
    names={
        "id": "@Customer.id",
        "sourceId": "source_id",
        "name": "name",
        "email": "email",
        "phone": "phone",
        "city": "!lives_in",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "metadata": "%metadata",
    },
    order=ordering(CustomerOrderField, "customers"),
)

"""How sales channels are listed: filter and order."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.conditions import Stored
from gql.filters import DateTimeFilter, EnumFilter, IDFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering


@strawberry.enum(description="What a sales channel is.")
class SalesChannelType(Enum):
    WEB = strawberry.enum_value("WEB", description="The web shop, which is built in.")
    API = strawberry.enum_value("API", description="A channel of the organizer's own making.")


STORED_TYPES = {"WEB": "web", "API": "api"}


@filtering("Which sales channels to show.")
class SalesChannelFilter:
    id: IDFilter | None = optional("A condition on the channel itself.")
    identifier: TextFilter | None = optional("A condition on the identifier.")
    type: EnumFilter[SalesChannelType] | None = optional("A condition on what it is.")
    active: bool | None = optional("Only channels that are switched on, or only those that are off.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")


@strawberry.enum(description="What sales channels can be sorted by.")
class SalesChannelOrderField(Enum):
    POSITION = strawberry.enum_value("default", description="Their places in lists.")
    IDENTIFIER = strawberry.enum_value("identifier", description="Their identifiers, by code point.")


CHANNELS = Listing(
    source="sales_channel",
    of=Annotated["SalesChannel", strawberry.lazy("gql.sales_channels")],  # noqa: F821
    filter=SalesChannelFilter,
    names={
        "id": "@SalesChannel.id",
        "identifier": "identifier",
        "type": Stored("type", STORED_TYPES),
        "active": "active",
        "createdAt": "created_at",
    },
    order=ordering(SalesChannelOrderField, "sales channels"),
)

"""How the bin is listed: filter and order."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.conditions import Stored
from gql.filters import DateTimeFilter, EnumFilter, IDFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from gql.voucher_kinds import STORED_RESOURCES, BinResource


@filtering("Which entries of the bin to show.")
class BinEntryFilter:
    id: IDFilter | None = optional("A condition on the entry itself.")
    resource: EnumFilter[BinResource] | None = optional("A condition on what it is.")
    resource_token: TextFilter | None = optional("A condition on the id that it had in the Voucherify door.")
    resource_name: TextFilter | None = optional("A condition on the campaign's name or the voucher's code.")
    created_at: DateTimeFilter | None = optional("A condition on when it was deleted.")


@strawberry.enum(description="What entries of the bin can be sorted by.")
class BinEntryOrderField(Enum):
    CREATED_AT = strawberry.enum_value("default", description="When they were deleted.")


BIN_ENTRIES = Listing(
    source="bin_entry",
    of=Annotated["BinEntry", strawberry.lazy("gql.bin_entries")],  # noqa: F821
    filter=BinEntryFilter,
    names={
        "id": "@BinEntry.id",
        "resource": Stored("resource_type", STORED_RESOURCES),
        "resourceToken": "resource_token",
        "resourceName": "resource_name",
        "createdAt": "created_at",
    },
    order=ordering(BinEntryOrderField, "entries of the bin"),
)

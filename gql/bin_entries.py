"""The bin: campaigns and vouchers that were deleted without force."""

from typing import Annotated

import strawberry

from gql.nodes import Node, node_id
from gql.reads import Leaf, Related, by
from gql.scalars import Timestamp
from gql.voucher_kinds import STORED_RESOURCES, BinResource, shown


@strawberry.type(
    description="Something that was deleted without force. It keeps its name and its codes until it is purged."
)
class BinEntry(Node):
    id: strawberry.ID = by(node_id("BinEntry"), "The entry's global id.")
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `tbe_…`.")
    resource: BinResource = by(Leaf(("resource_type",), shown(STORED_RESOURCES)), "What it is.")
    resource_token: str = by(Leaf(("resource_token",)), "The id that it had in the Voucherify door.")
    resource_name: str = by(Leaf(("resource_name",)), "The campaign's name or the voucher's code.")
    parent_token: str | None = by(Leaf(("parent_token",)), "Of a voucher: its campaign's id in the Voucherify door.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was deleted.")
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose bin it is in."
    )

"""The bin: campaigns and vouchers that were deleted without force."""

import strawberry

from gql.nodes import Node, node_id
from gql.pages import page
from gql.reads import Args, Leaf, by
from gql.redemptions import newest_first
from gql.run import Run
from gql.scalars import Timestamp
from gql.voucher_kinds import STORED_RESOURCES, BinResource, shown
from resolvers.reading.selection import Ask


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


def listed(args: Args, run: Run) -> Ask:
    return page(args, run, "bin_entry", descending=newest_first(args))

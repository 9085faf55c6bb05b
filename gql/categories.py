"""Categories of campaigns and vouchers: the type."""

from typing import Annotated

import strawberry

from gql.nodes import Node, node_id
from gql.reads import Leaf, Related, by
from gql.scalars import Timestamp
from gql.voucher_campaign_lists import CAMPAIGNS

CATEGORY = "The name of its category, which is made if there is none of this name."


@strawberry.type(description="A name that campaigns and vouchers are sorted by.")
class Category(Node):
    id: strawberry.ID = by(node_id("Category"), "The category's global id.")
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `cat_…`.")
    name: str = by(Leaf(("name",)), "Its name, unique within its organizer.")
    hierarchy: int = by(Leaf(("hierarchy",)), "Its place in lists.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When it was changed last, if it was.")
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose category it is."
    )
    voucher_campaigns = CAMPAIGNS.below("voucher_campaigns", "Its campaigns, oldest first unless asked otherwise.")

"""What tracking campaigns and voucher campaigns have in common."""

import strawberry

from gql.nodes import Node
from gql.reads import Leaf, by
from gql.scalars import Timestamp


@strawberry.interface(
    description="A campaign of either kind: a tracking campaign, which is a link, or a voucher campaign, which is a "
    "batch of vouchers."
)
class Campaign(Node):
    name: str = by(Leaf(("name",)), "What people call it.")
    description: str | None = by(Leaf(("description",)), "What it is for, if anybody said so.")
    active: bool = by(Leaf(("active",)), "Whether it is switched on.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")

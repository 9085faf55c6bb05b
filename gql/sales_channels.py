"""Sales channels: the type."""

from typing import Annotated

import strawberry

from gql.nodes import Node, node_id
from gql.order_lists import ORDERS
from gql.reads import Leaf, Related, argument, by, method
from gql.sales_channel_lists import STORED_TYPES, SalesChannelType
from gql.scalars import Localized, Timestamp
from gql.text import in_language
from gql.voucher_kinds import shown

CHANNEL_ID = "The sales channel's global id."


@strawberry.type(description="Where an organizer's orders are placed: its web shop, or a channel of its own making.")
class SalesChannel(Node):
    id: strawberry.ID = by(node_id("SalesChannel"), "The channel's global id.")
    identifier: str = by(Leaf(("identifier",)), "The channel's name among the organizer's: `web`, or `api.…`.")
    type: SalesChannelType = by(Leaf(("type",), shown(STORED_TYPES)), "What it is.")
    position: int = by(Leaf(("position",)), "The channel's place in lists.")
    active: bool = by(
        Leaf(("active",)), "Whether the channel is switched on. For one that is off no more orders are taken down."
    )
    label_translations: Localized = by(Leaf(("label",)), "What people call the channel, in every language there is.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When the channel was made.")
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose channel it is."
    )

    @method(Leaf(("label",), in_language, "language"), "What people call the channel.")
    def label(
        self,
        language: Annotated[str | None, argument("A language such as `de`; English by default.")] = strawberry.UNSET,
    ) -> str: ...

    orders = ORDERS.below("orders", "Orders placed in it, those recorded first first unless asked otherwise.")

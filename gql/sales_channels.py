"""Sales channels."""

from typing import Annotated

import strawberry

from gql.nodes import Node, node_id
from gql.pages import Connection
from gql.reads import Leaf, argument, by, method
from gql.text import in_language


@strawberry.type(description="Where an organizer's orders are placed: its web shop, or a channel of its own making.")
class SalesChannel(Node):
    id: strawberry.ID = by(node_id("SalesChannel"), "The channel's global id.")
    identifier: str = by(Leaf(("identifier",)), "The channel's name among the organizer's: `web`, or `api.…`.")
    type: str = by(Leaf(("type",)), "`web` for the built-in channel, `api` for the others.")
    position: int = by(Leaf(("position",)), "The channel's place in lists.")
    active: bool = by(Leaf(("active",)), "Whether the channel is switched on.")

    @method(Leaf(("label",), in_language, "language"), "What people call the channel.")
    def label(
        self,
        language: Annotated[str | None, argument("A language such as `de`; English by default.")] = strawberry.UNSET,
    ) -> str: ...


SalesChannelConnection = Connection[SalesChannel]

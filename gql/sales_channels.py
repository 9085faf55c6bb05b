"""Sales channels: type, filter."""

from typing import Annotated

import strawberry

from gql.filters import TextFilter, condition, optional
from gql.nodes import Node, node_id
from gql.pages import page
from gql.reads import Args, Leaf, argument, by, method
from gql.run import Run
from gql.scalars import Localized, Timestamp
from gql.text import in_language
from resolvers.reading.selection import Ask

CHANNEL_ID = "The sales channel's global id."


@strawberry.type(description="Where an organizer's orders are placed: its web shop, or a channel of its own making.")
class SalesChannel(Node):
    id: strawberry.ID = by(node_id("SalesChannel"), "The channel's global id.")
    identifier: str = by(Leaf(("identifier",)), "The channel's name among the organizer's: `web`, or `api.…`.")
    type: str = by(Leaf(("type",)), "`web` for the built-in channel, `api` for the others.")
    position: int = by(Leaf(("position",)), "The channel's place in lists.")
    active: bool = by(
        Leaf(("active",)), "Whether the channel is switched on. For one that is off no more orders are taken down."
    )
    label_translations: Localized = by(Leaf(("label",)), "What people call the channel, in every language there is.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When the channel was made.")

    @method(Leaf(("label",), in_language, "language"), "What people call the channel.")
    def label(
        self,
        language: Annotated[str | None, argument("A language such as `de`; English by default.")] = strawberry.UNSET,
    ) -> str: ...


@strawberry.input(description="Which sales channels to show. All parts that are given must hold.")
class SalesChannelFilter:
    identifier: TextFilter | None = optional("A condition on the identifier.")
    type: TextFilter | None = optional("A condition on the type, `web` or `api`.")
    active: bool | None = optional("Only channels that are switched on, or only those that are off.")


FILTER_FIELDS = {name: name for name in ("identifier", "type", "active")}


def listed(args: Args, run: Run) -> Ask:
    """What a connection of sales channels asks for, at the root (with an organizer) or below one (without)."""
    return page(args, run, "sales_channel", where=condition(args.get("filter"), FILTER_FIELDS))

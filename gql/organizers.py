"""Organizers, and what belongs to them."""

from typing import Annotated

import strawberry

from gql import gift_cards
from gql.events import Event
from gql.gift_cards import ABSENT, GiftCard, GiftCardFilter, GiftCardOrder
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Leaf, Listed, argument, by, method
from gql.run import Run
from gql.sales_channels import SalesChannel
from resolvers.reading.selection import Ask


def _events(args: Args, run: Run) -> Ask:
    return page(args, run, "event")


def _sales_channels(args: Args, run: Run) -> Ask:
    return page(args, run, "sales_channel")


@strawberry.type(description="A tenant: whose events, channels and gift cards these are.")
class Organizer(Node):
    id: strawberry.ID = by(node_id("Organizer"), "The organizer's global id.")
    slug: str = by(Leaf(("slug",)), "The organizer's name in addresses.")
    name: str = by(Leaf(("name",)), "What people call the organizer.")

    @method(Listed("gift_cards", gift_cards.listed), "The gift cards it issued, oldest first unless asked otherwise.")
    def gift_cards(
        self,
        filter: Annotated[GiftCardFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[GiftCardOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[GiftCard] | None: ...

    @method(Listed("events", _events), "Its events that the token reaches, by slug.")
    def events(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Event] | None: ...

    @method(Listed("sales_channels", _sales_channels), "Its sales channels, by position.")
    def sales_channels(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[SalesChannel] | None: ...

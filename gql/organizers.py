"""Organizers, and what belongs to them."""

from typing import Annotated

import strawberry

from gql import events, gift_cards, sales_channels, voucher_campaigns, vouchers
from gql.events import Event, EventFilter, EventOrder
from gql.gift_cards import ABSENT, GiftCard, GiftCardFilter, GiftCardOrder
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection
from gql.reads import Leaf, Listed, argument, by, method
from gql.sales_channels import SalesChannel, SalesChannelFilter
from gql.voucher_campaigns import VoucherCampaign, VoucherCampaignFilter, VoucherCampaignOrder
from gql.vouchers import Voucher, VoucherFilter, VoucherOrder


@strawberry.type(description="A tenant: whose events, channels and gift cards these are.")
class Organizer(Node):
    id: strawberry.ID = by(node_id("Organizer"), "The organizer's global id.")
    slug: str = by(Leaf(("slug",)), "The organizer's name in addresses.")
    name: str = by(Leaf(("name",)), "What people call the organizer.")
    plugins: list[str] = by(Leaf(("plugins",)), "The names of the plugins that are switched on for it.")

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

    @method(Listed("events", events.listed), "Its events that the token reaches, by slug unless asked otherwise.")
    def events(
        self,
        filter: Annotated[EventFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[EventOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Event] | None: ...

    @method(Listed("sales_channels", sales_channels.listed), "Its sales channels, by position.")
    def sales_channels(
        self,
        filter: Annotated[SalesChannelFilter | None, argument("Which to show.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[SalesChannel] | None: ...

    @method(
        Listed("voucher_campaigns", voucher_campaigns.listed),
        "Its voucher campaigns, oldest first unless asked otherwise.",
    )
    def voucher_campaigns(
        self,
        filter: Annotated[VoucherCampaignFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[VoucherCampaignOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[VoucherCampaign] | None: ...

    @method(Listed("vouchers", vouchers.listed), "Its vouchers, oldest first unless asked otherwise.")
    def vouchers(
        self,
        filter: Annotated[VoucherFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[VoucherOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Voucher] | None: ...

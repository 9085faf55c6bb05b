"""Events: type, filter, order."""

from enum import Enum
from typing import Annotated, Optional

import strawberry

from gql import tracking_campaigns
from gql.filters import DateTimeFilter, TextFilter, condition, optional
from gql.gift_cards import OrderDirection
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Leaf, Listed, Related, argument, by, method
from gql.run import Run
from gql.scalars import Json, Localized, Timestamp
from gql.text import in_language
from gql.tracking_campaigns import TrackingCampaign, TrackingCampaignFilter
from resolvers.reading.selection import Ask

EVENT_ID = "The event's global id."
LANGUAGE = argument("A language such as `de`; English by default.")


@strawberry.type(description="Something people go to: a single event, or a series of them.")
class Event(Node):
    id: strawberry.ID = by(node_id("Event"), EVENT_ID)
    slug: str = by(Leaf(("slug",)), "The event's name in addresses, unique within its organizer.")
    name_translations: Localized = by(Leaf(("name",)), "The event's name, in every language there is.")
    location_translations: Localized | None = by(
        Leaf(("location",)), "Where it takes place, if that is known, in every language there is."
    )
    currency: str = by(Leaf(("currency",)), "The ISO 4217 code of the currency the event sells in.")
    date_from: Timestamp = by(Leaf(("date_from",)), "When it starts.")
    date_to: Timestamp | None = by(Leaf(("date_to",)), "When it ends, if that is known.")
    date_admission: Timestamp | None = by(Leaf(("date_admission",)), "When people are let in, if that is known.")
    presale_start: Timestamp | None = by(Leaf(("presale_start",)), "Since when tickets are sold; null for always.")
    presale_end: Timestamp | None = by(Leaf(("presale_end",)), "Until when tickets are sold; null for its end.")
    timezone: str = by(Leaf(("timezone",)), "The IANA name of the time zone it takes place in.")
    geo_lat: float | None = by(Leaf(("geo_lat",)), "Its latitude in degrees, if that is known.")
    geo_lon: float | None = by(Leaf(("geo_lon",)), "Its longitude in degrees, if that is known.")
    live: bool = by(Leaf(("live",)), "Whether its shop is open.")
    testmode: bool = by(Leaf(("testmode",)), "Whether its orders are for testing only.")
    is_public: bool = by(Leaf(("is_public",)), "Whether it is shown in public lists.")
    has_subevents: bool = by(Leaf(("has_subevents",)), "Whether it is a series.")
    plugins: list[str] = by(Leaf(("plugins",)), "Names of plugins that programs keep with it, by code point.")
    meta_data: Json = by(Leaf(("meta_data",)), "Its values of the organizer's event properties, by name.")
    item_meta_properties: Json = by(
        Leaf(("item_meta_properties",)), "Properties that its products may have, each with its default."
    )
    all_sales_channels: bool = by(
        Leaf(("all_sales_channels",)), "Whether it is sold through all of the organizer's sales channels."
    )
    limit_sales_channel_identifiers: list[str] = by(
        Leaf(("limit_sales_channels",)), "If not, the identifiers of the channels it is limited to, by code point."
    )
    sales_channel_identifiers: list[str] = by(
        Leaf(("sales_channels",)), "The identifiers of all channels it is sold through, by code point."
    )
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was created.")
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose event it is."
    )

    @method(Leaf(("name",), in_language, "language"), "The event's name.")
    def name(self, language: Annotated[str | None, LANGUAGE] = strawberry.UNSET) -> str: ...

    @method(Leaf(("location",), in_language, "language"), "Where it takes place, if that is known.")
    def location(self, language: Annotated[str | None, LANGUAGE] = strawberry.UNSET) -> str | None: ...

    @method(Listed("tracking_campaigns", tracking_campaigns.listed), "Its tracking campaigns, oldest first.")
    def tracking_campaigns(
        self,
        filter: Annotated[TrackingCampaignFilter | None, argument("Which to show.")] = strawberry.UNSET,
        first: Annotated[int | None, argument(FIRST)] = strawberry.UNSET,
        after: Annotated[str | None, argument(AFTER)] = strawberry.UNSET,
        last: Annotated[int | None, argument(LAST)] = strawberry.UNSET,
        before: Annotated[str | None, argument(BEFORE)] = strawberry.UNSET,
    ) -> Connection[TrackingCampaign] | None: ...


# -- lists -----------------------------------------------------------------------------------------------------------


@strawberry.input(description="Which events to show. All parts that are given must hold.")
class EventFilter:
    slug: TextFilter | None = optional("A condition on the slug.")
    search: str | None = optional("In the name, the slug or the location: in any language, whatever the case.")
    date_from: DateTimeFilter | None = optional("A condition on when it starts.")
    date_to: DateTimeFilter | None = optional("A condition on when it ends.")
    is_past: bool | None = optional("Only single events that are over, or all others. A series is never over.")
    is_future: bool | None = optional("Only single events that are not over yet, or all others.")
    ends_after: Timestamp | None = optional("Only single events that end then or later.")
    live: bool | None = optional("Only events whose shop is open, or only those whose shop is not.")
    testmode: bool | None = optional("Only events for testing, or only real ones.")
    is_public: bool | None = optional("Only events in public lists, or only those that are not.")
    has_subevents: bool | None = optional("Only series, or only single events.")
    sales_channel: str | None = optional("Only events sold through the channel with this identifier.")
    and_: list["EventFilter"] | None = strawberry.field(
        name="and", description="All of these must hold.", default=strawberry.UNSET
    )
    or_: list["EventFilter"] | None = strawberry.field(
        name="or", description="At least one of these must hold.", default=strawberry.UNSET
    )
    not_: Optional["EventFilter"] = strawberry.field(
        name="not", description="This must not hold.", default=strawberry.UNSET
    )


FILTER_FIELDS = {name: name for name in ("slug", "live", "testmode")} | {
    "search": "!search",
    "dateFrom": "date_from",
    "dateTo": "date_to",
    "isPast": "?is_past",
    "isFuture": "?is_future",
    "endsAfter": "!ends_after",
    "isPublic": "is_public",
    "hasSubevents": "has_subevents",
    "salesChannel": "!sold_through",
}


@strawberry.enum(description="What events can be sorted by.")
class EventOrderField(Enum):
    SLUG = strawberry.enum_value("slug", description="Their slugs, by code point.")
    DATE_FROM = strawberry.enum_value("date_from", description="When they start.")


@strawberry.input(description="How to sort events.")
class EventOrder:
    field: EventOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(description="Which way.", default=OrderDirection.ASC)


def listed(args: Args, run: Run) -> Ask:
    """What a connection of events asks for, at the root (with an organizer) or below an organizer (without)."""
    order = args.get("orderBy") or {}
    return page(
        args,
        run,
        "event",
        where=condition(args.get("filter"), FILTER_FIELDS),
        order=order["field"].value if order else "default",
        descending=bool(order) and order["direction"].value == "DESC",
    )

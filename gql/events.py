"""Events: the type, and how one is asked for."""

from typing import Annotated

import strawberry

from gql.nodes import Node, node_id
from gql.order_lists import ORDERS
from gql.reads import Args, Leaf, Related, argument, by, method
from gql.run import Run
from gql.scalars import Json, Localized, Timestamp
from gql.text import in_language
from gql.tracking_campaign_lists import CAMPAIGNS
from resolvers.reading.conditions import Compare
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

    tracking_campaigns = CAMPAIGNS.below(
        "tracking_campaigns", "Its tracking campaigns, oldest first unless asked otherwise."
    )
    orders = ORDERS.below("orders", "Its orders, those recorded first first unless asked otherwise.")


def one(args: Args, run: Run) -> Ask | None:
    """The event by its organizer and its slug."""
    principal, slug = run.context.principal, args.get("organizer")
    organizer_id = principal.organizer_id(None) if slug is None else principal.organizers.get(slug)
    if organizer_id is None or "\0" in args["slug"]:
        return None
    return Ask(1, Compare("slug", "eq", args["slug"]), organizer_id=organizer_id)

"""Tracking campaigns, their days, and which orders came of them: types, and how one is asked for."""

from typing import Annotated

import strawberry

from gql.campaigns import Campaign
from gql.nodes import node_id
from gql.reads import Args, Leaf, Related, by
from gql.run import Run
from gql.scalars import Day, Timestamp
from gql.tracking_campaign_lists import DAYS, TRACKED
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

CAMPAIGN_ID = "The campaign's global id."


@strawberry.type(description="The clicks of one day on a campaign's link. Days without any are left out.")
class TrackingDay:
    day: Day = by(Leaf(("day",)), "The day in UTC.")
    clicks: int = by(Leaf(("clicks",)), "How often the link was followed on it.")


@strawberry.type(description="That an order came of a tracking campaign.")
class TrackedOrder:
    campaign: Annotated["TrackingCampaign", strawberry.lazy("gql.tracking_campaigns")] = by(
        Related(("campaign",)), "The campaign."
    )
    order: Annotated["Order", strawberry.lazy("gql.orders")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("order",)), "The order."
    )


@strawberry.type(description="A code in a link to an event's shop, with the clicks on the link and the orders it made.")
class TrackingCampaign(Campaign):
    id: strawberry.ID = by(node_id("TrackingCampaign"), CAMPAIGN_ID)
    code: str = by(Leaf(("code",)), "Its name in the link, unique over the whole server.")
    path: str = by(Leaf(("path",)), "The link on this server, from the slash on: `/acme/conf/c/CODE/`.")
    name: str = by(Leaf(("description",)), "The same as its description: campaigns of both kinds have a name.")
    description: str = by(Leaf(("description",)), "Its name, for people.")
    external_target: str = by(Leaf(("external_target",)), "Where the link leads; empty for the event's shop.")
    active: bool = by(
        Leaf(("active",)), "Whether it is switched on. The link of one that is off leads on, and counts nothing."
    )
    click_count: int = by(Leaf(("click_count",)), "How often its link was followed.")
    order_count: int = by(Leaf(("order_count",)), "How many orders came of it.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    event: Annotated["Event", strawberry.lazy("gql.events")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("event",)), "The event it is for."
    )
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose campaign it is."
    )

    days = DAYS.below("days", "Its clicks by day, oldest first unless asked otherwise: the points of a chart.")
    orders = TRACKED.below("orders", "The orders that came of it, in the order in which they were recorded.")


def one(args: Args, run: Run) -> Ask | None:
    """The campaign with a code, whichever of the asker's organizers it is of: codes are unique over all."""
    if "\0" in args["code"]:
        return None
    return Ask(1, Compare("code", "eq", args["code"]), reach="any")

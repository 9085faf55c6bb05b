"""Tracking campaigns, their days, and which orders came of them: types and filters."""

from datetime import date
from typing import Annotated, Optional

import strawberry

from gql.campaigns import Campaign
from gql.filters import DateTimeFilter, TextFilter, condition, optional
from gql.nodes import node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Leaf, Listed, Related, argument, by, method
from gql.run import Run
from gql.scalars import Timestamp
from models.problems import Invalid
from resolvers.reading.conditions import All, Compare
from resolvers.reading.selection import Ask

CAMPAIGN_ID = "The campaign's global id."
ABSENT = strawberry.UNSET


def _days(args: Args, run: Run) -> Ask:
    bounds = (("from", "gte"), ("to", "lte"))
    found = tuple(Compare("day", op, _day(args[name], name)) for name, op in bounds if args.get(name) is not None)
    return page(args, run, "tracking_day", where=All(found) if found else None)


def _day(written: str, name: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise Invalid('A day is a text such as "2026-01-31".', field=name, reason="day") from None


def _orders(args: Args, run: Run) -> Ask:
    return page(args, run, "tracking_order")


@strawberry.type(description="The clicks of one day on a campaign's link. Days without any are left out.")
class TrackingDay:
    day: str = by(Leaf(("day",)), "The day in UTC: `2026-01-31`.")
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

    @method(Listed("days", _days), "Its clicks by day, oldest first: the points of a chart.")
    def days(
        self,
        from_: Annotated[str | None, strawberry.argument(name="from", description="The first day to show.")] = ABSENT,
        to: Annotated[str | None, argument("The last day to show.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[TrackingDay] | None: ...

    @method(Listed("orders", _orders), "The orders that came of it, in the order in which they were recorded.")
    def orders(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[TrackedOrder] | None: ...


# -- lists -----------------------------------------------------------------------------------------------------------


@strawberry.input(description="Which tracking campaigns to show. All parts that are given must hold.")
class TrackingCampaignFilter:
    code: TextFilter | None = optional("A condition on the code.")
    description: TextFilter | None = optional("A condition on the description.")
    active: bool | None = optional("Only campaigns that are switched on, or only those that are off.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")
    and_: list["TrackingCampaignFilter"] | None = strawberry.field(
        name="and", description="All of these must hold.", default=ABSENT
    )
    or_: list["TrackingCampaignFilter"] | None = strawberry.field(
        name="or", description="At least one of these must hold.", default=ABSENT
    )
    not_: Optional["TrackingCampaignFilter"] = strawberry.field(
        name="not", description="This must not hold.", default=ABSENT
    )


FILTER_FIELDS = {name: name for name in ("code", "description", "active")} | {"createdAt": "created_at"}


def listed(args: Args, run: Run) -> Ask:
    """What a connection of campaigns asks for, at the root (with an organizer) or below an event (without)."""
    return page(args, run, "tracking_campaign", where=condition(args.get("filter"), FILTER_FIELDS))


def one(args: Args, run: Run) -> Ask | None:
    """The campaign with a code, whichever of the asker's organizers it is of: codes are unique over all."""
    if "\0" in args["code"]:
        return None
    return Ask(1, Compare("code", "eq", args["code"]), reach="any")


def of_organizer(args: Args, run: Run) -> Ask:
    ask = listed(args, run)
    ask.organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    return ask

"""How tracking campaigns, their days and their orders are listed: filters and orders."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import DateFilter, DateTimeFilter, IDFilter, IntFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering

_value = strawberry.enum_value


@filtering("Which tracking campaigns to show.")
class TrackingCampaignFilter:
    id: IDFilter | None = optional("A condition on the campaign itself.")
    event: IDFilter | None = optional("A condition on the event it is for.")
    code: TextFilter | None = optional("A condition on the code.")
    description: TextFilter | None = optional("A condition on the description.")
    active: bool | None = optional("Only campaigns that are switched on, or only those that are off.")
    click_count: IntFilter | None = optional("A condition on how often its link was followed.")
    order_count: IntFilter | None = optional("A condition on how many orders came of it.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")


@strawberry.enum(description="What tracking campaigns can be sorted by.")
class TrackingCampaignOrderField(Enum):
    CREATED_AT = _value("default", description="When they were made.")


CAMPAIGNS = Listing(
    source="tracking_campaign",
    of=Annotated["TrackingCampaign", strawberry.lazy("gql.tracking_campaigns")],  # noqa: F821
    filter=TrackingCampaignFilter,
    names={
        "id": "@TrackingCampaign.id",
        "event": "@Event.event_id",
        "code": "code",
        "description": "description",
        "active": "active",
        "clickCount": "click_count",
        "orderCount": "order_count",
        "createdAt": "created_at",
    },
    order=ordering(TrackingCampaignOrderField, "tracking campaigns"),
)


@filtering("Which days to show.")
class TrackingDayFilter:
    day: DateFilter | None = optional("A condition on the day.")
    clicks: IntFilter | None = optional("A condition on how often the link was followed on it.")


@strawberry.enum(description="What days can be sorted by.")
class TrackingDayOrderField(Enum):
    DAY = _value("default", description="The days themselves.")


DAYS = Listing(
    source="tracking_day",
    of=Annotated["TrackingDay", strawberry.lazy("gql.tracking_campaigns")],  # noqa: F821
    filter=TrackingDayFilter,
    names={"day": "day", "clicks": "clicks"},
    order=ordering(TrackingDayOrderField, "days"),
)


@filtering("Which orders of tracking campaigns to show.")
class TrackedOrderFilter:
    campaign: IDFilter | None = optional("A condition on the campaign.")
    order: IDFilter | None = optional("A condition on the order.")


@strawberry.enum(description="What orders of tracking campaigns can be sorted by.")
class TrackedOrderOrderField(Enum):
    RECORDED_AT = _value("default", description="When the orders were recorded.")


TRACKED = Listing(
    source="tracking_order",
    of=Annotated["TrackedOrder", strawberry.lazy("gql.tracking_campaigns")],  # noqa: F821
    filter=TrackedOrderFilter,
    names={"campaign": "@TrackingCampaign.tracking_campaign_id", "order": "@Order.order_id"},
    order=ordering(TrackedOrderOrderField, "orders of tracking campaigns"),
)

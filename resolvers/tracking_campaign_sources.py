"""What can be read of tracking campaigns, of their days, and of which order came of which campaign."""

from typing import Any

from sqlalchemy import ColumnElement, String, literal, select, true

from models.event import event
from models.organizer import organizer
from models.tracking_campaign import tracking_campaign, tracking_day, tracking_order
from resolvers import orders
from resolvers.reach import of_reached_events
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne
from resolvers.tracking_campaign_statements import OWN


def _path() -> ColumnElement[Any]:
    """The link, from the slash on: `/acme/conf/c/CODE/`."""
    tenant = select(organizer.c.slug).where(organizer.c.id == tracking_campaign.c.organizer_id)
    shop = select(event.c.slug).where(event.c.id == tracking_campaign.c.event_id)
    parts = (
        literal("/", String()),
        tenant.correlate_except(organizer).scalar_subquery(),
        literal("/", String()),
        shop.correlate_except(event).scalar_subquery(),
        literal("/c/", String()),
        tracking_campaign.c.code,
        literal("/", String()),
    )
    joined: ColumnElement[Any] = parts[0]
    for part in parts[1:]:
        joined = joined.concat(part)
    return joined


TRACKING_CAMPAIGNS = Source(
    name="tracking_campaign",
    table=tracking_campaign,
    gathers=True,
    fields={
        "id": Field(tracking_campaign.c.id, Kind.INTEGER),
        "event_id": Field(tracking_campaign.c.event_id, Kind.INTEGER),
        "code": Field(tracking_campaign.c.code, Kind.TEXT),
        "path": Field(_path(), Kind.TEXT),
        "description": Field(tracking_campaign.c.description, Kind.TEXT),
        "external_target": Field(tracking_campaign.c.external_target, Kind.TEXT),
        "active": Field(tracking_campaign.c.active, Kind.BOOLEAN),
        "click_count": Field(tracking_campaign.c.click_count, Kind.INTEGER),
        "order_count": Field(tracking_campaign.c.order_count, Kind.INTEGER),
        "created_at": Field(tracking_campaign.c.created_at, Kind.TIMESTAMP),
    },
    orders={"default": Order(("id",)), "id": Order(("id",))},
    reaches={
        "own": lambda dialect: OWN,
        "written": lambda dialect: OWN,
        "any": lambda dialect: any_of(tracking_campaign.c.organizer_id, "organizer_ids", dialect),
        # Of the public link alone, which names a campaign by its code and proves nothing else.
        "link": lambda dialect: true(),
    },
    always=of_reached_events(tracking_campaign.c.event_id),
    to_one={
        "event": ToOne("event", (("organizer_id", "organizer_id"), ("event_id", "id"))),
        "organizer": ToOne("organizer", (("organizer_id", "id"),)),
    },
    to_many={
        "days": ToMany("tracking_day", (("organizer_id", "organizer_id"), ("id", "tracking_campaign_id"))),
        "orders": ToMany("tracking_order", (("organizer_id", "organizer_id"), ("id", "tracking_campaign_id"))),
    },
)

TRACKING_DAYS = Source(
    name="tracking_day",
    table=tracking_day,
    gathers=True,
    fields={
        "day": Field(tracking_day.c.day, Kind.TEXT),
        "clicks": Field(tracking_day.c.clicks, Kind.INTEGER),
    },
    orders={"default": Order(("day",))},
    # Shown below their campaign and nowhere else.
    reaches={},
)

TRACKING_ORDERS = Source(
    name="tracking_order",
    table=tracking_order,
    scope=orders.READ,
    fields={
        "tracking_campaign_id": Field(tracking_order.c.tracking_campaign_id, Kind.INTEGER),
        "order_id": Field(tracking_order.c.order_id, Kind.INTEGER),
    },
    orders={"default": Order(("order_id", "tracking_campaign_id"))},
    # Shown below their campaign or their order and nowhere else.
    reaches={},
    to_one={
        "campaign": ToOne("tracking_campaign", (("organizer_id", "organizer_id"), ("tracking_campaign_id", "id"))),
        "order": ToOne("order", (("organizer_id", "organizer_id"), ("order_id", "id"))),
    },
)

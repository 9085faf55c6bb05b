"""What can be read of sales channels. pretix asks for the settings permission here, too."""

from models.sales_channel import sales_channel
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne
from resolvers.sales_channel_statements import OWN
from resolvers.sales_channels import SETTINGS

SALES_CHANNELS = Source(
    name="sales_channel",
    table=sales_channel,
    scope=SETTINGS,
    fields={
        "id": Field(sales_channel.c.id, Kind.INTEGER),
        "identifier": Field(sales_channel.c.identifier, Kind.TEXT),
        "type": Field(sales_channel.c.type, Kind.TEXT),
        "label": Field(sales_channel.c.label, Kind.JSON),
        "position": Field(sales_channel.c.position, Kind.INTEGER),
        "active": Field(sales_channel.c.active, Kind.BOOLEAN),
        "created_at": Field(sales_channel.c.created_at, Kind.TIMESTAMP),
    },
    orders={
        "default": Order(("position", "type", "identifier", "id")),
        "identifier": Order(("identifier", "id")),
    },
    reaches={
        "own": lambda dialect: OWN,
        "written": lambda dialect: OWN,
        "any": lambda dialect: any_of(sales_channel.c.organizer_id, "organizer_ids", dialect),
    },
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
    to_many={"orders": ToMany("order", (("organizer_id", "organizer_id"), ("id", "sales_channel_id")))},
)

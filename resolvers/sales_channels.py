"""Sales channels: where orders are placed. pretix asks for the settings permission to read them, too."""

from sqlalchemy import bindparam

from models.metadata import Id
from models.sales_channel import sales_channel
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToOne

SETTINGS = "organizer.settings.general:write"

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
    },
    orders={"default": Order(("position", "type", "identifier", "id"))},
    reaches={
        "own": lambda dialect: sales_channel.c.organizer_id == bindparam("organizer_id", type_=Id),
        "any": lambda dialect: any_of(sales_channel.c.organizer_id, "organizer_ids", dialect),
    },
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
)

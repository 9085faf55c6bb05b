"""Organizers: the tenants. What can be read of them; each asker reads its own."""

from sqlalchemy import bindparam

from models.metadata import Id
from models.organizer import organizer
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToMany

ORGANIZERS = Source(
    name="organizer",
    table=organizer,
    fields={
        "id": Field(organizer.c.id, Kind.INTEGER),
        "slug": Field(organizer.c.slug, Kind.TEXT),
        "name": Field(organizer.c.name, Kind.TEXT),
    },
    orders={
        "default": Order(("slug",)),
        "slug": Order(("slug",)),
        "name": Order(("name", "id")),
    },
    reaches={
        "own": lambda dialect: organizer.c.id == bindparam("organizer_id", type_=Id),
        "any": lambda dialect: any_of(organizer.c.id, "organizer_ids", dialect),
    },
    # Of an issuer whose cards are accepted the name is shown, and nothing below it.
    to_many={
        "gift_cards": ToMany("gift_card", (("id", "organizer_id"),), own_only=True),
        "events": ToMany("event", (("id", "organizer_id"),), own_only=True),
        "sales_channels": ToMany("sales_channel", (("id", "organizer_id"),), own_only=True),
    },
)

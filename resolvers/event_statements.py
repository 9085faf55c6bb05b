"""The statements that events are written by, each compiled once per engine when it is first run."""

from sqlalchemy import Text, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.event import event, event_sales_channel
from models.metadata import Id
from models.order import order
from models.organizer import organizer
from models.sales_channel import sales_channel

_OWN = event.c.organizer_id == bindparam("organizer_id", type_=Id)
_THIS = event.c.id == bindparam("event_id", type_=Id)
_OF_EVENT = (
    event_sales_channel.c.organizer_id == bindparam("organizer_id", type_=Id),
    event_sales_channel.c.event_id == bindparam("event_id", type_=Id),
)

# What a new event is given, and what is held of one; all of it but the organizer may be asked to change.
COLUMNS = tuple(column.name for column in event.c if column.name not in ("id", "organizer_id", "created_at"))
# A slug that another transaction takes at this moment makes no error: there is no row then.
INSERT = {
    engine: module.insert(event)
    .values({name: bindparam(name) for name in ("organizer_id", "created_at", *COLUMNS)})
    .on_conflict_do_nothing(index_elements=["organizer_id", "slug"])
    .returning(event.c.id)
    for engine, module in (("sqlite", sqlite), ("postgresql", postgresql))
}
LOOK = select(*[event.c[name] for name in COLUMNS]).where(_OWN, _THIS)
# Whoever would place an order for it waits until this work is done.
LOCK = LOOK.with_for_update()
AMEND = (
    update(event)
    .where(event.c.organizer_id == bindparam("of_organizer", type_=Id), _THIS)
    .values({name: bindparam(name) for name in COLUMNS})
    .returning(event.c.id)
)
TAKEN = select(event.c.id).where(_OWN, event.c.slug == bindparam("slug", type_=Text))
ORDERED = (
    select(order.c.id)
    .where(order.c.organizer_id == bindparam("organizer_id", type_=Id))
    .where(order.c.event_id == bindparam("event_id", type_=Id))
    .limit(1)
)
DELETE = delete(event).where(_OWN, _THIS).returning(event.c.id)

# Whoever switches one of them off waits for this work, and then finds it at the event.
PLUGINS = (
    select(organizer.c.plugins).where(organizer.c.id == bindparam("organizer_id", type_=Id)).with_for_update(read=True)
)
PROPERTIES = select(organizer.c.event_properties).where(organizer.c.id == bindparam("organizer_id", type_=Id))
_CHANNEL_OWN = sales_channel.c.organizer_id == bindparam("organizer_id", type_=Id)
CHANNELS = select(sales_channel.c.identifier).where(_CHANNEL_OWN)
CHANNEL = (
    select(sales_channel.c.id)
    .where(_CHANNEL_OWN, sales_channel.c.identifier == bindparam("identifier", type_=Text))
    .with_for_update(read=True, key_share=True)
)
CHOSEN = (
    select(sales_channel.c.identifier)
    .join_from(
        event_sales_channel,
        sales_channel,
        (sales_channel.c.organizer_id == event_sales_channel.c.organizer_id)
        & (sales_channel.c.id == event_sales_channel.c.sales_channel_id),
    )
    .where(*_OF_EVENT)
)
CHOOSE = insert(event_sales_channel).returning(event_sales_channel.c.event_id)
UNCHOOSE = delete(event_sales_channel).where(*_OF_EVENT).returning(event_sales_channel.c.event_id)

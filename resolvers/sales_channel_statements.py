"""The statements that sales channels are written by, each compiled once per engine when it is first run."""

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.metadata import Id
from models.order import order
from models.sales_channel import sales_channel

OWN = sales_channel.c.organizer_id == bindparam("organizer_id", type_=Id)
_this = sales_channel.c.id == bindparam("channel_id", type_=Id)
_found = select(sales_channel.c.id, sales_channel.c.active).where(
    OWN, sales_channel.c.identifier == bindparam("identifier")
)

# The row cannot go while the order that names it is written: a delete waits, and then finds the order.
USABLE = _found.with_for_update(read=True, key_share=True)
LOCK = (
    select(sales_channel.c.identifier, sales_channel.c.type, sales_channel.c.label, sales_channel.c.position)
    .where(_this, OWN)
    .with_for_update()
)
USED = (
    select(order.c.id)
    .where(
        order.c.organizer_id == bindparam("organizer_id", type_=Id),
        order.c.sales_channel_id == bindparam("channel_id", type_=Id),
    )
    .limit(1)
)
AMEND = (
    update(sales_channel)
    .where(_this, sales_channel.c.organizer_id == bindparam("of_organizer", type_=Id))
    .values(label=bindparam("label"), position=bindparam("position"))
    .returning(sales_channel.c.id)
)
SWITCH = (
    update(sales_channel)
    .where(_this, OWN, sales_channel.c.active != bindparam("wanted"))
    .values(active=bindparam("wanted"))
    .returning(sales_channel.c.id)
)
DELETE = delete(sales_channel).where(_this, OWN).returning(sales_channel.c.id)
_INSERTED = ("organizer_id", "identifier", "type", "label", "position", "created_at")
# An identifier that another transaction takes at this moment makes no error: there is no row then.
INSERT = {
    engine: module.insert(sales_channel)
    .values({name: bindparam(name) for name in _INSERTED})
    .on_conflict_do_nothing(index_elements=["organizer_id", "identifier"])
    .returning(sales_channel.c.id)
    for engine, module in (("sqlite", sqlite), ("postgresql", postgresql))
}

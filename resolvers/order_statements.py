"""The statements that orders are written by, each compiled once per engine when it is first run."""

from functools import cache
from typing import Any

from sqlalchemy import Dialect, Select, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.metadata import Id
from models.order import order, ticket
from models.tracking_campaign import tracking_campaign, tracking_order
from resolvers.reading.conditions import any_of
from resolvers.slices import Slice

_ENGINES: tuple[tuple[str, Any], ...] = (("sqlite", sqlite), ("postgresql", postgresql))
_campaign = tracking_campaign.c

TICKET_BY_ID = select(ticket.c.id).where(
    ticket.c.organizer_id == bindparam("organizer_id", type_=Id), ticket.c.id == bindparam("ticket_id", type_=Id)
)
TICKET_BY_SECRET = select(ticket.c.id).where(
    ticket.c.organizer_id == bindparam("organizer_id", type_=Id), ticket.c.secret == bindparam("secret")
)

FIND = select(order.c.id).where(
    order.c.organizer_id == bindparam("organizer_id", type_=Id),
    order.c.event_id == bindparam("event_id", type_=Id),
    order.c.code == bindparam("code"),
)
_RECORDED = ("organizer_id", "event_id", "sales_channel_id", "code", "created_at")
# An order that another transaction records at this moment makes no error: there is no row then.
INSERT = {
    name: engine.insert(order)
    .values({column: bindparam(column) for column in _RECORDED})
    .on_conflict_do_nothing(index_elements=["organizer_id", "event_id", "code"])
    .returning(order.c.id)
    for name, engine in _ENGINES
}
_PAIR = ("organizer_id", "tracking_campaign_id", "order_id")
ATTRIBUTE = {
    name: engine.insert(tracking_order)
    .values({column: bindparam(column) for column in _PAIR})
    .on_conflict_do_nothing(index_elements=list(_PAIR))
    .returning(tracking_order.c.order_id)
    for name, engine in _ENGINES
}
COUNT = (
    update(tracking_campaign)
    .where(
        _campaign.organizer_id == bindparam("of_organizer", type_=Id),
        _campaign.id == bindparam("campaign_id", type_=Id),
    )
    .values(order_count=_campaign.order_count + 1)
    .returning(_campaign.id)
)
TICKETS = Slice(ticket, ("organizer_id", "order_id", "secret"), ("organizer_id", "secret"))


@cache
def campaigns_among(dialect: Dialect) -> Select[Any]:
    """An organizer's campaigns whose code is one of `codes` or whose id is one of `ids`."""
    columns = (_campaign.id, _campaign.event_id, _campaign.code, _campaign.active, _campaign.created_at)
    own = _campaign.organizer_id == bindparam("organizer_id", type_=Id)
    named = or_(any_of(_campaign.code, "codes", dialect), any_of(_campaign.id, "ids", dialect))
    # Locked until the order is tied to them, so that none is deleted in between; in the order in which clicks are
    # added to them (resolvers/clicks.py).
    return select(*columns).where(own, named).order_by(_campaign.id).with_for_update(key_share=True)


@cache
def tickets_of_others(dialect: Dialect) -> Select[Any]:
    """Secrets among `named` that tickets of other orders have."""
    own = ticket.c.organizer_id == bindparam("organizer_id", type_=Id)
    others = ticket.c.order_id != bindparam("order_id", type_=Id)
    return select(ticket.c.secret).where(own, others, any_of(ticket.c.secret, "named", dialect))

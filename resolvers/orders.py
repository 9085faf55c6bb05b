"""Orders and their tickets, as far as other nouns name them."""

from sqlalchemy import bindparam, select

from models.metadata import Id
from models.order import order, ticket
from models.problems import NotFound
from resolvers.context import Work
from resolvers.reading.conditions import any_of
from resolvers.reading.source import Field, Kind, Order, Source, ToOne

READ = "event.orders:read"
ID_MAX = 2**63 - 1

BY_ID = select(ticket.c.id).where(
    ticket.c.organizer_id == bindparam("organizer_id", type_=Id), ticket.c.id == bindparam("ticket_id", type_=Id)
)
BY_SECRET = select(ticket.c.id).where(
    ticket.c.organizer_id == bindparam("organizer_id", type_=Id), ticket.c.secret == bindparam("secret")
)


async def ticket_id(work: Work, organizer_id: int, reference: int | str | None) -> int | None:
    """The id of a ticket named by its id or its secret. Refuses with `NotFound` one that is not the organizer's."""
    if reference is None:
        return None
    if isinstance(reference, int):
        known = abs(reference) <= ID_MAX
        found = await work.row(BY_ID, organizer_id=organizer_id, ticket_id=reference) if known else None
    else:
        known = "\0" not in reference
        found = await work.row(BY_SECRET, organizer_id=organizer_id, secret=reference) if known else None
    if found is None:
        raise NotFound("ticket", "There is no such ticket.", field="owner_ticket")
    ticket_id: int = found[0]
    return ticket_id


ORDERS = Source(
    name="order",
    table=order,
    scope=READ,
    fields={"id": Field(order.c.id, Kind.INTEGER), "code": Field(order.c.code, Kind.TEXT)},
    orders={"default": Order(("id",))},
    reaches={"any": lambda dialect: any_of(order.c.organizer_id, "organizer_ids", dialect)},
    to_one={"event": ToOne("event", (("organizer_id", "organizer_id"), ("event_id", "id")))},
)

TICKETS = Source(
    name="ticket",
    table=ticket,
    scope=READ,
    fields={"id": Field(ticket.c.id, Kind.INTEGER), "secret": Field(ticket.c.secret, Kind.TEXT)},
    orders={"default": Order(("id",))},
    reaches={
        "own": lambda dialect: ticket.c.organizer_id == bindparam("organizer_id", type_=Id),
        "any": lambda dialect: any_of(ticket.c.organizer_id, "organizer_ids", dialect),
    },
    to_one={"order": ToOne("order", (("organizer_id", "organizer_id"), ("order_id", "id")))},
)

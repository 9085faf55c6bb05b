"""/v1/customers: those to whom vouchers are given, and who redeem them."""

from functools import partial
from typing import Any

from models.problems import NotFound
from resolvers import customers
from resolvers.context import Work
from resolvers.reading.conditions import Compare, Meets
from resolvers.reading.selection import Ask
from rest.voucherify import customer_views
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.customer_views import customer_of
from rest.voucherify.fields import Payload
from rest.voucherify.lists import equal, together, within
from rest.voucherify.routing import Route

ORDERS = {"created_at": "default", "updated_at": "updated_at"}


async def list_customers(call: Call) -> Answer:
    query = call.query
    limit, page = query.limit(), query.page()
    name, descending = query.order(ORDERS, "-created_at")
    before = query.instant("starting_after")
    city = query.text("city")
    where = together(
        equal("email", query.text("email")),
        equal("name", query.text("name")),
        None if city is None else Meets("lives_in", (city,)),
        within(call, "created_at", "created_at"),
        within(call, "updated_at", "updated_at"),
        None if before is None else Compare("created_at", "lt", before),
    )
    ask = Ask(
        limit,
        where,
        order=ORDERS[name],
        descending=descending,
        offset=(page - 1) * limit,
        organizer_id=call.organizer_id,
    )
    found = await call.read(customer_views.MANY, [ask])
    shown: dict[str, Any] = {
        "object": "list",
        "data_ref": "customers",
        "customers": [customer_views.whole(row) for row in found["customers"]],
        "total": found["total"],
        "has_more": found["page"]["more"],
    }
    return call.json(shown)


async def detail(call: Call) -> Answer:
    ref = call.arguments["customer"]
    row = await call.read(customer_views.ONE, [Ask(1, customers.named(ref), organizer_id=call.organizer_id)])
    if row is None:
        raise NotFound("customer", "There is no such customer.", ref=ref)
    return call.json(customer_views.whole(row))


async def create(call: Call) -> Answer:
    return await call.write(partial(_create, call, await call.payload()))


async def update(call: Call) -> Answer:
    return await call.write(partial(_update, call, await call.payload()))


async def delete(call: Call) -> Answer:
    return await call.write(partial(_delete, call))


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _create(call: Call, body: Payload, work: Work) -> Answer:
    return await _answer(call, work, await customers.create(work, call.organizer_id, customer_of(body)))


async def _update(call: Call, body: Payload, work: Work) -> Answer:
    ref = call.arguments["customer"]
    return await _answer(call, work, await customers.update(work, call.organizer_id, ref, customer_of(body)))


async def _delete(call: Call, work: Work) -> Answer:
    await customers.delete(work, call.organizer_id, call.arguments["customer"])
    return call.nothing()


async def _answer(call: Call, work: Work, customer_id: int) -> Answer:
    ask = Ask(1, Compare("id", "eq", customer_id), reach="written", organizer_id=call.organizer_id)
    return call.json(customer_views.whole(await call.read_in(work, customer_views.ONE, [ask])))


ROUTES = (
    Route("customers", {"GET": list_customers, "POST": create}),
    Route("customers/{customer}", {"GET": detail, "PUT": update, "DELETE": delete}),
)

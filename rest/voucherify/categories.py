"""/v1/categories: names that campaigns and vouchers are sorted by."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.problems import NotFound
from models.unset import UNSET
from resolvers import categories
from resolvers.context import Work
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask, Item, Many, Nodes, One, Total, Value
from rest.reading import Selection
from rest.voucherify import fields
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.fields import Payload
from rest.voucherify.routing import Route
from rest.voucherify.shown import instant

ITEMS: Mapping[str, Item] = {
    "id": Value(("token",)),
    "name": Value(("name",)),
    "hierarchy": Value(("hierarchy",)),
    "created_at": Value(("created_at",), instant),
    "updated_at": Value(("updated_at",), instant),
}
MANY = Selection(Many("category", {"data": Nodes(ITEMS), "total": Total()}, 0))
ONE = Selection(One("category", ITEMS, 0))
# All of them: there is no paging at this address.
LISTED_MAX = 1000


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "object": "category"}


async def list_categories(call: Call) -> Answer:
    found = await call.read(MANY, [Ask(LISTED_MAX, organizer_id=call.organizer_id)])
    shown = [whole(row) for row in found["data"]]
    return call.json({"object": "list", "data_ref": "data", "data": shown, "total": found["total"]})


async def detail(call: Call) -> Answer:
    token = call.arguments["category"]
    row = await call.read(ONE, [Ask(1, Compare("token", "eq", token), organizer_id=call.organizer_id)])
    if row is None:
        raise NotFound("category", "There is no such category.", ref=token)
    return call.json(whole(row))


async def create(call: Call) -> Answer:
    return await call.write(partial(_create, call, await call.payload()))


async def update(call: Call) -> Answer:
    return await call.write(partial(_update, call, await call.payload()))


async def delete(call: Call) -> Answer:
    return await call.write(partial(_delete, call))


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _create(call: Call, body: Payload, work: Work) -> Answer:
    place = body.take("hierarchy", fields.integer(0))
    name = body.need("name", fields.name)
    return await _answer(call, work, await categories.create(work, call.organizer_id, name, hierarchy=place or 0))


async def _update(call: Call, body: Payload, work: Work) -> Answer:
    category_id = await categories.of_token(work, call.organizer_id, call.arguments["category"])
    name, place = body.take("name", fields.name), body.take("hierarchy", fields.integer(0))
    await categories.update(
        work,
        call.organizer_id,
        category_id,
        name=UNSET if name is None else name,
        hierarchy=UNSET if place is None else place,
    )
    return await _answer(call, work, category_id)


async def _delete(call: Call, work: Work) -> Answer:
    category_id = await categories.of_token(work, call.organizer_id, call.arguments["category"])
    await categories.delete(work, call.organizer_id, category_id)
    return call.nothing()


async def _answer(call: Call, work: Work, category_id: int) -> Answer:
    ask = Ask(1, Compare("id", "eq", category_id), reach="written", organizer_id=call.organizer_id)
    return call.json(whole(await call.read_in(work, ONE, [ask])))


ROUTES = (
    Route("categories", {"GET": list_categories, "POST": create}),
    Route("categories/{category}", {"GET": detail, "PUT": update, "DELETE": delete}),
)

"""/v1/trash-bin: what was deleted and can still be purged."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.problems import NotFound
from resolvers import bin
from resolvers.context import Work
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask, Item, Many, Nodes, One, PageInfo, Value
from rest.reading import Selection
from rest.voucherify import filter_tables
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.lists import Feed
from rest.voucherify.routing import Route
from rest.voucherify.shown import instant

ITEMS: Mapping[str, Item] = {
    "id": Value(("token",)),
    "created_at": Value(("created_at",), instant),
    "resource_type": Value(("resource_type",)),
    "resource_id": Value(("resource_token",)),
    "resource_name": Value(("resource_name",)),
    "resource_parent_id": Value(("parent_token",)),
}
MANY = Selection(Many("bin_entry", {"data": Nodes(ITEMS), "page": PageInfo({"more": "has_next"})}, 0))
KEY = Selection(One("bin_entry", {"key": Value(("id",))}, 0))


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    # Whoever deletes over the API is a key and no user.
    return {**row, "deleted_by_user_id": None, "object": row["resource_type"]}


FEED = Feed(MANY, shown, filter_tables.BIN_ENTRIES)


async def list_entries(call: Call) -> Answer:
    after = None
    token = call.query.text("starting_after_id")
    if token is not None:
        found = await call.read(KEY, [Ask(1, Compare("token", "eq", token), organizer_id=call.organizer_id)])
        if found is None:
            raise NotFound("bin_entry", "There is no such entry in the bin.", ref=token)
        after = found["key"]
    return await FEED.answer(call, None, after, counted=True)


async def purge(call: Call) -> Answer:
    return await call.write(partial(_purge, call))


async def _purge(call: Call, work: Work) -> Answer:
    await bin.purge(work, call.organizer_id, call.arguments["entry"], request_id=call.request_id)
    return call.nothing()


ROUTES = (
    Route("trash-bin", {"GET": list_entries}),
    Route("trash-bin/{entry}", {"DELETE": purge}),
)

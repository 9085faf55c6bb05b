"""/v1/async-actions: how far bulk work is, and what came of it."""

from collections.abc import Mapping
from typing import Any

from models.action import Status
from models.problems import NotFound
from resolvers.reading.conditions import All, Compare, Is
from resolvers.reading.selection import Ask, Item, Many, Nodes, One, PageInfo, Value
from rest.reading import Selection
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.routing import Route
from rest.voucherify.shown import instant

ITEMS: Mapping[str, Item] = {
    "id": Value(("token",)),
    **{name: Value((name,)) for name in ("type", "status", "request_id", "progress", "processing_ms")},
    "created_at": Value(("created_at",), instant),
    "updated_at": Value(("updated_at",), instant),
}
MANY = Selection(Many("action", {"async_actions": Nodes(ITEMS), "page": PageInfo({"more": "has_next"})}, 0))
ONE = Selection(One("action", {**ITEMS, "result": Value(("result",))}, 0))
# The vendor's clients know no other types.
OURS = Is("of_vouchers")
OPERATION = {Status.DONE: "SUCCESS", Status.FAILED: "FAILED"}


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "type": row["type"],
        "status": row["status"],
        "operation_status": OPERATION.get(Status(row["status"]), "UNKNOWN"),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "request_id": row["request_id"],
        "progress": row["progress"],
        "processing_time": row["processing_ms"],
        "object": "async_action",
    }


async def list_actions(call: Call) -> Answer:
    """The newest first; `end_date` is where the next page begins."""
    before = call.query.instant("end_date")
    where = OURS if before is None else All((OURS, Compare("created_at", "lt", before)))
    ask = Ask(call.query.limit(), where, descending=True, organizer_id=call.organizer_id)
    found = await call.read(MANY, [ask])
    items = [shown(row) for row in found["async_actions"]]
    more = found["page"]["more"]
    return call.json({"object": "list", "data_ref": "async_actions", "async_actions": items, "has_more": more})


async def detail(call: Call) -> Answer:
    token = call.arguments["action"]
    where = All((OURS, Compare("token", "eq", token)))
    row = await call.read(ONE, [Ask(1, where, organizer_id=call.organizer_id)])
    if row is None:
        raise NotFound("action", "There is no such action.", ref=token)
    return call.json(shown(row) | ({} if row["result"] is None else {"result": row["result"]}))


ROUTES = (
    Route("async-actions", {"GET": list_actions}),
    Route("async-actions/{action}", {"GET": detail}),
)

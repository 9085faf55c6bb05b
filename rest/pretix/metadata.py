"""What OPTIONS answers: pretix's description of a route and of the fields it takes."""

from collections.abc import Mapping
from typing import Any

from models.problems import Problem
from rest.pretix.answers import Answer
from rest.pretix.bodies import PARSED
from rest.pretix.call import Call
from rest.pretix.routing import Route


def field(kind: str, label: str, *, required: bool = False, read_only: bool = False, **more: Any) -> Mapping[str, Any]:
    return {"type": kind, "required": required, "read_only": read_only, "label": label, **more}


async def answer(call: Call) -> Answer:
    route = call.route
    assert route is not None
    described: dict[str, Any] = {"name": route.title, "description": ""}
    described |= {"renders": ["application/json"], "parses": list(PARSED)}
    taking = [method for method in ("PUT", "POST") if method in route.handlers]
    if "PUT" in taking and not await _is_there(call):
        taking.remove("PUT")
    if route.fields and taking and _may_write(call, route):
        described["actions"] = dict.fromkeys(taking, route.fields)
    return call.json(described)


def _may_write(call: Call, route: Route) -> bool:
    if route.write is None or not route.guards_unserved:
        return "write" in call.principal.access
    return call.principal.may(route.write)


async def _is_there(call: Call) -> bool:
    """Whether the path names an object that the asker could see: of no other does pretix tell what could be put."""
    assert call.route is not None
    try:
        await call.route.handlers["GET"](call)
    except Problem:
        return False
    return True

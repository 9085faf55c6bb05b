"""What OPTIONS answers: pretix's description of a route and of the fields it takes."""

from collections.abc import Mapping
from typing import Any

from rest.pretix.answers import Answer
from rest.pretix.bodies import PARSED
from rest.pretix.call import Call


def field(kind: str, label: str, *, required: bool = False, read_only: bool = False, **more: Any) -> Mapping[str, Any]:
    return {"type": kind, "required": required, "read_only": read_only, "label": label, **more}


async def answer(call: Call) -> Answer:
    route = call.route
    assert route is not None
    described: dict[str, Any] = {"name": route.title, "description": ""}
    described |= {"renders": ["application/json"], "parses": list(PARSED)}
    taking = [method for method in ("PUT", "POST") if method in route.handlers]
    if route.fields and taking and (route.write is None or call.principal.may(route.write)):
        described["actions"] = dict.fromkeys(taking, route.fields)
    return call.json(described)

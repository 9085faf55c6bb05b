"""/organizers/: the organizers that the asker reaches. Read-only but for `plugins`, of which there are none."""

from functools import partial
from typing import Any

from models.problems import NotFound
from resolvers.context import Work
from resolvers.reading.selection import Ask, Constant, Item, Many, One, Value
from resolvers.sales_channels import SETTINGS
from rest.pretix import pages
from rest.pretix.answers import Answer
from rest.pretix.call import Body, Call
from rest.pretix.fields import Field, Form, Wrong
from rest.pretix.metadata import field
from rest.pretix.reading import Selection
from rest.pretix.refusals import WrongFields
from rest.pretix.routing import Route


def _public_url(slug: str, base: str) -> str:
    return f"{base}/{slug}/"


def _plugins(value: Any) -> list[str]:
    for name in value if isinstance(value, list | str) else [value]:
        raise Wrong("plugin_unknown", plugin=name)
    return []


# The second argument of a run is the base of addresses.
ORGANIZER: dict[str, Item] = {
    "name": Value(("name",)),
    "slug": Value(("slug",)),
    "public_url": Value(("slug",), convert=_public_url, argument=1),
    "plugins": Constant([]),
}
MANY = Selection(Many("organizer", pages.listing(ORGANIZER), 0))
ONE = Selection(One("organizer", ORGANIZER, 0))
CHANGES = Form({"plugins": Field(_plugins)})
ORDERS = {"name": ("name", False), "-name": ("name", True), "slug": ("slug", False), "-slug": ("slug", True)}


async def list_organizers(call: Call) -> Answer:
    order, descending = ORDERS.get(call.query.get("ordering", ""), ("slug", False))
    return await pages.answer(
        call,
        MANY,
        lambda limit, offset: [
            Ask(limit, offset=offset, order=order, descending=descending, reach="any"),
            call.base,
        ],
    )


async def detail(call: Call) -> Answer:
    return call.json(_found(await call.read(ONE, [_this(call), call.base])))


async def update(call: Call) -> Answer:
    return await call.write(partial(_update, call, await call.body(CHANGES, partial=True)))


async def _update(call: Call, body: Body, work: Work) -> Answer:
    if errors := body.read().errors:
        raise WrongFields(errors)
    return call.json(_found(await call.read_in(work, ONE, [_this(call), call.base])))


def _this(call: Call) -> Ask:
    return Ask(1, organizer_id=call.organizer_id)


def _found(organizer: Any) -> Any:
    if organizer is None:
        raise NotFound("organizer")
    return organizer


DESCRIBED = {
    "name": field("string", "Name", read_only=True),
    "slug": field("string", "Slug", read_only=True),
    "public_url": field("field", "Public url", read_only=True),
    "plugins": field("field", "Plugins"),
}
ROUTES = (
    Route("organizers", "organizer-list", "Organizer List", {"GET": list_organizers}),
    Route(
        "organizers/{organizer}",
        "organizer-detail",
        "Organizer Instance",
        {"GET": detail, "PUT": update, "PATCH": update},
        write=SETTINGS,
        fields=DESCRIBED,
    ),
)

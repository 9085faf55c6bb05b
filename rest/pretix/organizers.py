"""/organizers/: the organizers that the asker reaches. Read-only but for `plugins`."""

from functools import partial
from typing import Any

from models.plugins import ORGANIZER_PLUGINS
from models.problems import NotFound
from resolvers import organizers
from resolvers.context import Work
from resolvers.reading.selection import Ask, Item, Many, One, Value
from rest.pretix import pages
from rest.pretix.answers import Answer
from rest.pretix.call import Body, Call
from rest.pretix.described import Noun, ordering
from rest.pretix.fields import Field, Form, Wrong
from rest.pretix.metadata import field
from rest.pretix.refusals import WrongFields
from rest.pretix.routing import Route
from rest.pretix.schemas import ADDRESS, TEXT, described, takes
from rest.reading import Selection


def _public_url(slug: str, base: str) -> str:
    return f"{base}/{slug}/"


@takes({"type": "array", "items": {"enum": sorted(ORGANIZER_PLUGINS)}})
def _plugins(value: Any) -> list[str]:
    """pretix goes through whatever can be gone through: the letters of a text, the keys of an object."""
    for name in value if isinstance(value, list | str | dict) else [value]:
        if not isinstance(name, str):
            raise Wrong("plugin_unknown", plugin=name)
    return list(value)


# The second argument of a run is the base of addresses.
ORGANIZER: dict[str, Item] = {
    "name": Value(("name",)),
    "slug": Value(("slug",)),
    "public_url": Value(("slug",), convert=_public_url, argument=1),
    "plugins": Value(("plugins",)),
}
MANY = Selection(Many("organizer", pages.listing(ORGANIZER), 0))
ONE = Selection(One("organizer", ORGANIZER, 0))
CHANGES = Form({"plugins": Field(_plugins)})
ORGANIZERS = Noun(
    "organizers",
    "Organizer",
    "an organizer",
    "the organizers that the token reaches",
    {
        "name": TEXT,
        "slug": TEXT,
        "public_url": described(ADDRESS, "The address of its shops."),
        "plugins": {"type": "array", "items": TEXT},
    },
    CHANGES,
    filters=(ordering("slug", "name"),),
    notes={"replace": "All fields but `plugins` are passed over.", "update": "All but `plugins` are passed over."},
)
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
    entry = body.read()
    if entry.errors:
        raise WrongFields(entry.errors)
    await organizers.update_organizer(work, call.organizer_id, **entry.values)
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
    Route(
        "organizers",
        "organizer-list",
        "Organizer List",
        {"GET": list_organizers},
        operations=ORGANIZERS.many(),
    ),
    Route(
        "organizers/{organizer}",
        "organizer-detail",
        "Organizer Instance",
        {"GET": detail, "PUT": update, "PATCH": update},
        write=organizers.SETTINGS,
        fields=DESCRIBED,
        operations=ORGANIZERS.each(),
    ),
)

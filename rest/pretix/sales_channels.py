"""/organizers/{organizer}/saleschannels/: sales channels as pretix shows them, addressed by identifier."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.problems import NotFound
from resolvers import sales_channels
from resolvers.context import Work
from resolvers.reading.conditions import All, Compare, Condition
from resolvers.reading.selection import Ask, Item, Many, One, Value
from resolvers.sales_channels import CREATED_TYPE, IDENTIFIER, IDENTIFIER_LENGTH_MAX, POSITION_MAX, SETTINGS, Held
from rest.pretix import fields, pages
from rest.pretix.answers import Answer
from rest.pretix.call import Body, Call
from rest.pretix.described import Noun, equal
from rest.pretix.fields import Entry, Field, Form
from rest.pretix.metadata import field
from rest.pretix.problems import RULES
from rest.pretix.refusals import WrongFields
from rest.pretix.routing import Route
from rest.pretix.schemas import LOCALIZED, TEXT, described
from rest.pretix.texts import text
from rest.reading import Selection

CHANNEL = Form(
    {
        "identifier": Field(
            fields.coded(IDENTIFIER, length_max=IDENTIFIER_LENGTH_MAX, code="channel_identifier"), required=True
        ),
        "type": Field(fields.plain()),
        "label": Field(fields.localized, required=True),
        "position": Field(fields.integer(0, POSITION_MAX)),
    }
)
SHOWN: dict[str, Item] = {name: Value((name,)) for name in Held._fields}
MANY = Selection(Many("sales_channel", pages.listing(SHOWN), 0))
ONE = Selection(One("sales_channel", SHOWN, 0))
HELD = Selection(One("sales_channel", {"id": Value(("id",)), **SHOWN}, 0))

# -- handlers ----------------------------------------------------------------------------------------------------------


async def list_channels(call: Call) -> Answer:
    where = _filters(call)
    return await pages.answer(call, MANY, lambda limit, offset: [_ask(call, where, limit, offset)])


async def detail(call: Call) -> Answer:
    return call.json(_found(await call.read(ONE, [_of_path(call)])))


async def create(call: Call) -> Answer:
    return await call.write(partial(_create, call, await call.body(CHANNEL)))


async def update(call: Call) -> Answer:
    return await call.write(partial(_update, call, await call.body(CHANNEL, partial=call.method == "PATCH")))


async def delete(call: Call) -> Answer:
    return await call.write(partial(_delete, call))


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _create(call: Call, body: Body, work: Work) -> Answer:
    channel = _checked(body.read(), None)
    channel_id = await sales_channels.create(work, call.organizer_id, **channel)
    return await _answer(call, work, channel_id, status=201)


async def _update(call: Call, body: Body, work: Work) -> Answer:
    channel_id, held = await _held(call, work)
    channel = _checked(body.read(), held, replaced=call.method == "PUT")
    await sales_channels.update(work, call.organizer_id, channel_id, **channel)
    return await _answer(call, work, channel_id)


async def _delete(call: Call, work: Work) -> Answer:
    channel_id, _ = await _held(call, work)
    await sales_channels.delete(work, call.organizer_id, channel_id)
    return call.nothing()


async def _held(call: Call, work: Work) -> tuple[int, Held]:
    """The channel in the path. Refuses one that is not there before anything else is said of the request."""
    found = dict(_found(await call.read_in(work, HELD, [_of_path(call)])))
    return found.pop("id"), Held(**found)


async def _answer(call: Call, work: Work, channel_id: int, status: int = 200) -> Answer:
    this = _ask(call, Compare("id", "eq", channel_id))
    return call.json(await call.read_in(work, ONE, [this]), status)


def _checked(entry: Entry, held: Held | None, *, replaced: bool = False) -> Mapping[str, Any]:
    """The values of a body; a PUT that does not name a type means `api`. Refuses all that is wrong, at once."""
    values, errors = dict(entry.values), dict(entry.errors)
    if replaced and "type" not in errors:
        values.setdefault("type", CREATED_TYPE)
    if not errors:
        return values
    errors |= {
        str(problem.field): (text(RULES[problem.details["reason"]]),)
        for problem in sales_channels.wrong_with(values, held)
    }
    raise WrongFields({name: errors[name] for name in CHANNEL.fields if name in errors})


# -- what is asked for -------------------------------------------------------------------------------------------------


def _ask(call: Call, where: Condition | None, limit: int = 1, offset: int = 0) -> Ask:
    return Ask(limit, where, offset=offset, organizer_id=call.organizer_id)


def _of_path(call: Call) -> Ask:
    """The channel in the path. pretix's filters narrow it down even there."""
    narrowed, this = _filters(call), Compare("identifier", "eq", call.arguments["channel"])
    return _ask(call, this if narrowed is None else All((this, narrowed)))


def _filters(call: Call) -> Condition | None:
    """The filters in the query; an empty one is none."""
    wanted = {name: call.query.get(name, "").strip() for name in ("type", "identifier")}
    found = tuple(Compare(name, "eq", value) for name, value in wanted.items() if value)
    return All(found) if found else None


def _found(channel: Any) -> Any:
    if channel is None:
        raise NotFound("sales_channel")
    return channel


DESCRIBED = {
    "identifier": field("string", "Identifier", required=True, max_length=IDENTIFIER_LENGTH_MAX),
    "type": field("string", "Type"),
    # What pretix says here of labels it does not hold to.
    "label": field("field", "Name", required=True, max_length=200),
    "position": field("integer", "Position", min_value=0, max_value=POSITION_MAX),
}
CHANNELS = Noun(
    "saleschannels",
    "SalesChannel",
    "a sales channel",
    "an organizer's sales channels, by position",
    {
        "identifier": described(TEXT, "Its name among the organizer's, which begins with `api.` and is never changed."),
        "type": described(TEXT, "`web` for the built-in channel, `api` for the others. Never changed."),
        "label": described(LOCALIZED, "What people call it."),
        "position": {"type": "integer", "minimum": 0, "maximum": POSITION_MAX, "description": "Its place in lists."},
    },
    CHANNEL,
    filters=(
        equal("type", "Only channels of this type."),
        equal("identifier", "Only the channel with this identifier."),
    ),
    notes={
        "replace": "A type that is left out is `api`, so of the built-in channel it must be named.",
        "delete": "Refused (403) for a channel that is built in or that orders name.",
    },
)
_LIST = {"GET": list_channels, "POST": create}
_DETAIL = {"GET": detail, "PUT": update, "PATCH": update, "DELETE": delete}
_PATH = "organizers/{organizer}/saleschannels"
ROUTES = (
    Route(
        _PATH,
        "saleschannel-list",
        "Sales Channel List",
        _LIST,
        SETTINGS,
        SETTINGS,
        fields=DESCRIBED,
        operations=CHANNELS.many(),
    ),
    Route(
        f"{_PATH}/{{channel}}",
        "saleschannel-detail",
        "Sales Channel Instance",
        _DETAIL,
        SETTINGS,
        SETTINGS,
        fields=DESCRIBED,
        operations=CHANNELS.each(),
    ),
)

"""/organizers/{organizer}/events/: events as pretix shows them, addressed by slug."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.problems import NotFound, PermissionDenied
from resolvers import events, reached_events
from resolvers.context import Work
from resolvers.events import CHANNEL_LIMIT, Held
from rest.pretix import pages
from rest.pretix.answers import Answer
from rest.pretix.call import Body, Call
from rest.pretix.event_fields import CHANGES, CLONE, DESCRIBED, DESCRIBED_ONE, EVENT, EVENTS, NOT_HERE
from rest.pretix.event_views import CREATED, MANY, ONE, asks, asks_written, filters, is_availability_asked, of_path
from rest.pretix.fields import Entry
from rest.pretix.problems import field_of, said_of
from rest.pretix.refusals import WrongFields, WrongValue
from rest.pretix.routing import Route
from rest.pretix.texts import Text, text
from rest.reading import Selection

# -- handlers ----------------------------------------------------------------------------------------------------------


async def list_events(call: Call) -> Answer:
    shown = MANY[await is_availability_asked(call)]
    where = filters(call)
    return await pages.answer(call, shown, lambda limit, offset: asks(call, where, limit, offset))


async def detail(call: Call) -> Answer:
    shown = ONE[await is_availability_asked(call)]
    return call.json(_found(await call.read(shown, asks(call, of_path(call)))))


async def create(call: Call) -> Answer:
    return await call.write(partial(_create, call, await call.body(EVENT)))


async def update(call: Call) -> Answer:
    shown = ONE[await is_availability_asked(call)]
    return await call.write(partial(_update, call, await call.body(CHANGES, partial=call.method == "PATCH"), shown))


async def delete(call: Call) -> Answer:
    await is_availability_asked(call)
    return await call.write(partial(_delete, call))


async def clone(call: Call) -> Answer:
    if not call.principal.may(events.CREATE):
        raise PermissionDenied("The token may not create events.", said="clone_denied")
    return await call.write(partial(_clone, call, await call.body(EVENT)))


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _create(call: Call, body: Body, work: Work) -> Answer:
    event = await _checked(call, body.read(), work, None)
    if "clone_from" in call.query:
        of_organizer, event_id = await _source(call, work)
        created = await events.clone(work, call.organizer_id, event_id, of_organizer=of_organizer, **event)
    else:
        created = await events.create(work, call.organizer_id, **event)
    return call.json(await call.read_in(work, CREATED, asks_written(call, created)), 201)


async def _update(call: Call, body: Body, shown: Selection, work: Work) -> Answer:
    await _find(call, work)
    stored = await events.held(work, call.organizer_id, call.event_id)
    event = await _checked(call, body.read(), work, stored)
    await events.update(work, call.organizer_id, call.event_id, **event)
    return call.json(await call.read_in(work, shown, asks_written(call, call.event_id)))


async def _delete(call: Call, work: Work) -> Answer:
    await _find(call, work)
    await events.delete(work, call.organizer_id, call.event_id)
    return call.nothing()


async def _clone(call: Call, body: Body, work: Work) -> Answer:
    event = await _checked(call, body.read(), work, None)
    created = await events.clone(work, call.organizer_id, call.event_id, **event)
    return call.json(await call.read_in(work, ONE[False], asks_written(call, created)), 201)


async def _find(call: Call, work: Work) -> None:
    """Refuses an event that is not there, or that the filters leave out, before anything else is said."""
    _found(await call.read_in(work, CREATED, asks(call, of_path(call))))


async def _source(call: Call, work: Work) -> tuple[int, int]:
    """The organizer and the event that `clone_from` names, as `slug` or `organizer/slug`."""
    named, slash, slug = call.query["clone_from"].partition("/")
    organizer, slug = (named, slug) if slash else (call.arguments["organizer"], named)
    organizer_id = call.principal.organizers.get(organizer)
    try:
        event_id = await reached_events.event_id(work, organizer_id or 0, slug)
    except NotFound:
        raise WrongValue((text("clone_source"),)) from None
    if organizer_id != call.organizer_id and not call.principal.may(events.WRITE):
        raise PermissionDenied("The token may not change the event.", said="clone_source_denied")
    return organizer_id or 0, event_id


# -- bodies ------------------------------------------------------------------------------------------------------------


async def _checked(call: Call, entry: Entry, work: Work, stored: Held | None) -> dict[str, Any]:
    """The fields of the verb. Refuses all that is wrong with those of the body, at once."""
    values, errors = dict(entry.values), dict(entry.errors)
    everything = await events.channel_identifiers(work, call.organizer_id) if "sales_channels" in values else ()
    values = _with_channels(values, errors, frozenset(everything))
    if errors:
        for problem in await events.wrong_with(work, call.organizer_id, values, stored):
            errors[field_of(problem)] = (said_of(problem),)
        raise WrongFields({name: errors[name] for name in EVENT.fields if name in errors})
    return values


def _with_channels(
    values: Mapping[str, Any], errors: Mapping[str, tuple[Text, ...]], everything: frozenset[str]
) -> dict[str, Any]:
    """Channels as the verb knows them. What is wrong with their older form, and only that, is said by itself."""
    found = {name: value for name, value in values.items() if name not in NOT_HERE}
    if wrong := errors.get("sales_channels"):
        if wrong == (text("null"),):
            raise WrongFields({"sales_channels": (text("legacy_channels_null"),)})
        raise WrongFields({"limit_sales_channels": wrong})
    limit = found.pop("limit_sales_channels", None)
    if limit is not None:
        found[CHANNEL_LIMIT] = limit
    legacy = found.pop("sales_channels", None)
    if legacy is None:
        return found
    if found.get("all_sales_channels") and set(legacy) != everything:
        raise WrongFields({"all_sales_channels": (text("legacy_channels_all"),)})
    if limit and set(legacy) != set(limit):
        raise WrongFields({"limit_sales_channels": (text("legacy_channels_limit"),)})
    is_all = set(legacy) == everything
    return {**found, "all_sales_channels": is_all, CHANNEL_LIMIT: [] if is_all else legacy}


def _found(event: Any) -> Any:
    if event is None:
        raise NotFound("event")
    return event


_PATH = "organizers/{organizer}/events"
_LIST = {"GET": list_events, "POST": create}
_DETAIL = {"GET": detail, "PUT": update, "PATCH": update, "DELETE": delete}
ROUTES = (
    Route(
        _PATH,
        "event-list",
        "Event List",
        _LIST,
        write=events.CREATE,
        guards_unserved=False,
        fields=DESCRIBED,
        operations=EVENTS.many(),
    ),
    Route(
        f"{_PATH}/{{event}}",
        "event-detail",
        "Event Instance",
        _DETAIL,
        write=events.WRITE,
        guards_unserved=False,
        fields=DESCRIBED_ONE,
        operations=EVENTS.each(),
    ),
    Route(
        f"{_PATH}/{{event}}/clone",
        "cloneevent-list",
        "Clone Event List",
        {"POST": clone},
        write=events.WRITE,
        options=False,
        operations={"POST": CLONE},
    ),
)

"""Events: create, update, delete, clone.

Which channels an event is sold through is told by their identifiers: all there are, or those it is limited to.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, TypedDict, Unpack

from models.localized_text import LocalizedText
from models.plugins import DEFAULT_PLUGINS, ORGANIZER_PLUGINS
from models.problems import InUse, NotFound, Problem, Taken, refuse
from models.timezones import DEFAULT
from resolvers import event_rules
from resolvers.context import Work
from resolvers.event_statements import (
    AMEND,
    CHANNEL,
    CHANNELS,
    CHOOSE,
    CHOSEN,
    COLUMNS,
    DELETE,
    INSERT,
    LOCK,
    LOOK,
    ORDERED,
    PLUGINS,
    PROPERTIES,
    TAKEN,
    UNCHOOSE,
)

CREATE = "organizer.events:create"
WRITE = "event.settings.general:write"

CHANNEL_LIMIT: Final = "limit_sales_channel_identifiers"
# pretix's default, where the server's owner chooses no other.
DEFAULT_CURRENCY = "EUR"


class Options(TypedDict, total=False):
    """What an event may have. What is left out stays as it is; for a new event, it is as in `NEW`."""

    currency: str
    date_to: datetime | None
    date_admission: datetime | None
    presale_start: datetime | None
    presale_end: datetime | None
    location: LocalizedText | None
    # Degrees.
    geo_lat: float | None
    geo_lon: float | None
    timezone: str
    live: bool
    testmode: bool
    is_public: bool
    has_subevents: bool
    plugins: Collection[str]
    # Values of properties that the organizer has for its events; properties that the event has for its products.
    meta_data: Mapping[str, str]
    item_meta_properties: Mapping[str, str]
    all_sales_channels: bool
    limit_sales_channel_identifiers: Collection[str]


class Fields(Options, total=False):
    """What an event is made of."""

    name: LocalizedText
    slug: str
    date_from: datetime


# An event as it is stored, its channels among the rest; or as it is to be.
Held: TypeAlias = dict[str, Any]

NEW: Held = {
    "currency": DEFAULT_CURRENCY,
    "date_to": None,
    "date_admission": None,
    "presale_start": None,
    "presale_end": None,
    "location": None,
    "geo_lat": None,
    "geo_lon": None,
    "timezone": DEFAULT,
    "live": False,
    "testmode": False,
    "is_public": True,
    "has_subevents": False,
    "plugins": list(DEFAULT_PLUGINS),
    "meta_data": {},
    "item_meta_properties": {},
    "all_sales_channels": True,
    CHANNEL_LIMIT: [],
}
# What a clone has of the event that it is made after. Its dates, its name and where it is are its own; so is whether
# it is a series.
CLONED = (
    "timezone",
    "testmode",
    "is_public",
    "plugins",
    "meta_data",
    "item_meta_properties",
    "all_sales_channels",
    CHANNEL_LIMIT,
)


# -- verbs -----------------------------------------------------------------------------------------------------------


async def create(
    work: Work,
    organizer_id: int,
    *,
    name: LocalizedText,
    slug: str,
    date_from: datetime,
    **options: Unpack[Options],
) -> int:
    """A new event, whose shop is not open yet; its id.

    Refuses with `Invalid`, and with `Taken` if the organizer has an event with this slug.
    """
    work.principal.require(CREATE)
    return await _made(work, organizer_id, {"name": name, "slug": slug, "date_from": date_from, **options}, {})


async def clone(
    work: Work,
    organizer_id: int,
    event_id: int,
    *,
    name: LocalizedText,
    slug: str,
    date_from: datetime,
    of_organizer: int | None = None,
    **options: Unpack[Options],
) -> int:
    """A new event made after another, which may be one of `of_organizer`; its id. What is given goes before that.

    Refuses as `create` does, and with `NotFound` an event that the asker does not reach. To clone another organizer's
    event takes the permission to change it.
    """
    work.principal.require(CREATE)
    source_organizer = organizer_id if of_organizer is None else of_organizer
    if source_organizer != organizer_id:
        work.principal.require(WRITE)
    source = await _held(work, source_organizer, event_id)
    after = {name: source[name] for name in CLONED}
    if source_organizer != organizer_id:
        after |= await _fitting(work, organizer_id, after)
    if source["date_admission"] is not None:
        after["date_admission"] = _moved(source["date_admission"], date_from - source["date_from"])
    return await _made(work, organizer_id, {"name": name, "slug": slug, "date_from": date_from, **options}, after)


async def update(work: Work, organizer_id: int, event_id: int, **fields: Unpack[Fields]) -> int:
    """Change an event; its id. Opening the shop (`live`) asks for nothing more (docs/decisions/0007).

    Refuses with `Invalid`, also dates that do not fit those that stay, and with `NotFound`.
    """
    work.principal.require(WRITE)
    if "plugins" in fields:
        # The organizer before its event, as where the organizer's own plugins are changed.
        await _plugins(work, organizer_id)
    held = await _held(work, organizer_id, event_id, locked=True)
    given = dict(fields)
    refuse(await wrong_with(work, organizer_id, given, held))
    wanted = _settled({**held, **given})
    refuse(event_rules.at_odds(wanted))
    changed = [name for name in wanted if wanted[name] != held[name]]
    if changed:
        await work.row(AMEND, of_organizer=organizer_id, event_id=event_id, **{name: wanted[name] for name in COLUMNS})
        if CHANNEL_LIMIT in changed:
            # The channels first, as where one is deleted: two that change both wait in one order.
            channel_ids = await _held_channels(work, organizer_id, wanted[CHANNEL_LIMIT])
            await work.rows(UNCHOOSE, organizer_id=organizer_id, event_id=event_id)
            await _choose(work, organizer_id, event_id, channel_ids)
        await work.record("event.updated", organizer_id, event_id, {"fields": sorted(changed)})
    return event_id


async def delete(work: Work, organizer_id: int, event_id: int) -> int:
    """Delete an event with its campaigns and all that was counted for them; its id.

    Refuses with `InUse` one that has orders, and with `NotFound`.
    """
    work.principal.require(WRITE)
    held = await _held(work, organizer_id, event_id, locked=True)
    if await work.row(ORDERED, organizer_id=organizer_id, event_id=event_id):
        raise InUse("event", "An event that has orders cannot be deleted. Take it offline instead.")
    await work.row(DELETE, organizer_id=organizer_id, event_id=event_id)
    await work.record("event.deleted", organizer_id, event_id, {"slug": held["slug"]})
    return event_id


# -- what doors ask before they ask for a verb -----------------------------------------------------------------------


async def wrong_with(
    work: Work, organizer_id: int, given: Mapping[str, Any], stored: Mapping[str, Any] | None
) -> Sequence[Problem]:
    """What is wrong with single fields of a new event, or of changes to the stored one; in the order of fields."""
    properties = await _properties(work, organizer_id) if "meta_data" in given else ()
    channels = await channel_identifiers(work, organizer_id) if CHANNEL_LIMIT in given else ()
    plugins = await _plugins(work, organizer_id) if "plugins" in given else ()
    found = list[Problem](event_rules.wrong_fields(given, event_rules.Known(stored, properties, channels, plugins)))
    is_new_slug = stored is None and "slug" in given and not any(problem.field == "slug" for problem in found)
    if is_new_slug and await work.row(TAKEN, organizer_id=organizer_id, slug=given["slug"]):
        found.append(_taken())
    return sorted(found, key=lambda problem: event_rules.ORDER[problem.field or ""])


async def held(work: Work, organizer_id: int, event_id: int) -> Held:
    """An event as it is stored. Refuses with `NotFound` one that the asker does not reach."""
    return await _held(work, organizer_id, event_id)


async def channel_identifiers(work: Work, organizer_id: int) -> Collection[str]:
    """Those of all the organizer's sales channels."""
    return {row[0] for row in await work.rows(CHANNELS, organizer_id=organizer_id)}


# -- parts -----------------------------------------------------------------------------------------------------------


async def _made(work: Work, organizer_id: int, given: Held, after: Held) -> int:
    refuse(await wrong_with(work, organizer_id, given, None))
    event = _settled({**NEW, **after, **given})
    refuse(event_rules.at_odds(event))
    row = await work.row(
        INSERT[work.engine],
        organizer_id=organizer_id,
        created_at=work.now,
        **{name: event[name] for name in COLUMNS},
    )
    if row is None:
        raise _taken()
    event_id: int = row[0]
    await _choose(work, organizer_id, event_id, await _held_channels(work, organizer_id, event[CHANNEL_LIMIT]))
    await work.record("event.created", organizer_id, event_id, {"slug": event["slug"]})
    return event_id


def _settled(event: Held) -> Held:
    """Names without repetition and in their order; no chosen channels where the event is sold through all."""
    chosen = [] if event["all_sales_channels"] else sorted(set(event[CHANNEL_LIMIT]))
    return {**event, "plugins": sorted(set(event["plugins"])), CHANNEL_LIMIT: chosen}


def _moved(moment: datetime, length: timedelta) -> datetime | None:
    """The moment so much later; none where the calendar does not reach that far."""
    try:
        return moment + length
    except OverflowError:
        return None


async def _held(work: Work, organizer_id: int, event_id: int, *, locked: bool = False) -> Held:
    row = await work.row(LOCK if locked else LOOK, organizer_id=organizer_id, event_id=event_id)
    if row is None or not work.principal.reaches_event(event_id):
        raise NotFound("event")
    chosen = await work.rows(CHOSEN, organizer_id=organizer_id, event_id=event_id)
    found = dict(zip(COLUMNS, row, strict=True))
    return {**found, "plugins": sorted(found["plugins"]), CHANNEL_LIMIT: sorted(row[0] for row in chosen)}


async def _fitting(work: Work, organizer_id: int, cloned: Held) -> Held:
    """What an event of this organizer may have of another organizer's."""
    properties, channels = await _properties(work, organizer_id), await channel_identifiers(work, organizer_id)
    left_out = ORGANIZER_PLUGINS.difference(await _plugins(work, organizer_id))
    return {
        "meta_data": {key: value for key, value in cloned["meta_data"].items() if key in properties},
        "plugins": [name for name in cloned["plugins"] if name not in left_out],
        CHANNEL_LIMIT: [identifier for identifier in cloned[CHANNEL_LIMIT] if identifier in channels],
    }


async def _plugins(work: Work, organizer_id: int) -> Collection[str]:
    """Those that are switched on for the organizer, until this work is done."""
    return frozenset((await work.row(PLUGINS, organizer_id=organizer_id))[0])


async def _properties(work: Work, organizer_id: int) -> Collection[str]:
    """The names of those that the organizer's events may have values of."""
    return frozenset((await work.row(PROPERTIES, organizer_id=organizer_id))[0])


async def _held_channels(work: Work, organizer_id: int, identifiers: Collection[str]) -> Sequence[int]:
    """The ids of these channels, locked, so that none is deleted before this work is done."""
    found = []
    for identifier in identifiers:
        channel = await work.row(CHANNEL, organizer_id=organizer_id, identifier=identifier)
        if channel is None:
            raise event_rules.unknown_channel(identifier)
        found.append(channel[0])
    return found


async def _choose(work: Work, organizer_id: int, event_id: int, channel_ids: Collection[int]) -> None:
    for channel_id in channel_ids:
        await work.row(CHOOSE, organizer_id=organizer_id, event_id=event_id, sales_channel_id=channel_id)


def _taken() -> Taken:
    return Taken("The organizer has an event with this slug already.", field="slug")

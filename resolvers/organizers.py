"""Organizers: the tenants. Each asker reads its own; of what there is of them, plugins alone may change."""

from collections.abc import Collection

import orjson
from sqlalchemy import Text, bindparam, select, type_coerce, update

from models.event import event
from models.metadata import Id, JsonText
from models.organizer import organizer
from models.plugins import EVENT_PLUGINS, ORGANIZER_PLUGINS
from models.problems import Invalid, NotFound
from models.sales_channel import sales_channel
from models.unset import UNSET, Unset
from resolvers.context import Work
from resolvers.reading.conditions import any_of
from resolvers.reading.json_list import JsonList
from resolvers.reading.source import Field, Kind, Order, Source, ToMany

SETTINGS = "organizer.settings.general:write"

_THIS = organizer.c.id == bindparam("organizer_id", type_=Id)
# Whoever adds something that belongs to the row does not wait for it, here and below.
LOCK = select(organizer.c.plugins).where(_THIS).with_for_update(key_share=True)
AMEND = update(organizer).where(_THIS).values(plugins=bindparam("wanted", type_=JsonText)).returning(organizer.c.id)
# Those whose stored list looks as if the plugin were in it, which may be some more: `_` stands for any letter.
EVENTS_WITH_PLUGIN = (
    select(event.c.id, event.c.plugins)
    .where(event.c.organizer_id == bindparam("organizer_id", type_=Id))
    .where(type_coerce(event.c.plugins, Text).like(bindparam("pattern", type_=Text)))
    .order_by(event.c.id)
    .with_for_update(key_share=True)
)
AMEND_EVENT = (
    update(event)
    .where(event.c.organizer_id == bindparam("of_organizer", type_=Id), event.c.id == bindparam("event_id", type_=Id))
    .values(plugins=bindparam("wanted", type_=JsonText))
    .returning(event.c.id)
)


async def update_organizer(work: Work, organizer_id: int, *, plugins: Collection[str] | Unset = UNSET) -> int:
    """Change which plugins are switched on for the organizer; its id. Its events lose one that is no longer on.

    Refuses with `Invalid` a plugin that is not known, or is none of organizers.
    """
    work.principal.require(SETTINGS)
    held = await work.row(LOCK, organizer_id=organizer_id)
    if held is None:
        raise NotFound("organizer")
    if isinstance(plugins, Unset):
        return organizer_id
    for name in plugins:
        _check_plugin(name)
    wanted, before = sorted(set(plugins)), sorted(held[0])
    if wanted != before:
        await work.row(AMEND, organizer_id=organizer_id, wanted=wanted)
        for gone in sorted(frozenset(before) - frozenset(wanted)):
            await _take_from_events(work, organizer_id, gone)
        await work.record("organizer.updated", organizer_id, organizer_id, {"fields": ["plugins"]})
    return organizer_id


def _check_plugin(name: str) -> None:
    if name in ORGANIZER_PLUGINS:
        return
    reason = "plugin_level" if name in EVENT_PLUGINS else "plugin_unknown"
    said = f"{name!r} is a plugin of events." if name in EVENT_PLUGINS else f"There is no plugin {name!r}."
    raise Invalid(said, field="plugins", reason=reason, plugin=name)


async def _take_from_events(work: Work, organizer_id: int, gone: str) -> None:
    pattern = f"%{orjson.dumps(gone).decode()}%"
    rows = await work.rows(EVENTS_WITH_PLUGIN, organizer_id=organizer_id, pattern=pattern)
    for event_id, plugins in [(event_id, plugins) for event_id, plugins in rows if gone in plugins]:
        left = [name for name in plugins if name != gone]
        await work.row(AMEND_EVENT, of_organizer=organizer_id, event_id=event_id, wanted=left)
        await work.record("event.updated", organizer_id, event_id, {"fields": ["plugins"]})


_channels = (
    select(JsonList(sales_channel.c.identifier))
    .where(sales_channel.c.organizer_id == organizer.c.id)
    .correlate(organizer)
)

# What belongs to an organizer: relations and their sources.
BELOW = {
    "gift_cards": "gift_card",
    "gift_card_transactions": "gift_card_transaction",
    "events": "event",
    "sales_channels": "sales_channel",
    "tracking_campaigns": "tracking_campaign",
    "orders": "order",
    "tickets": "ticket",
    "voucher_campaigns": "voucher_campaign",
    "vouchers": "voucher",
    "voucher_transactions": "voucher_transaction",
    "redemptions": "redemption",
    "publications": "publication",
    "customers": "customer",
    "categories": "category",
    "actions": "action",
    "bin_entries": "bin_entry",
    "webhooks": "webhook",
}

ORGANIZERS = Source(
    name="organizer",
    table=organizer,
    fields={
        "id": Field(organizer.c.id, Kind.INTEGER),
        "slug": Field(organizer.c.slug, Kind.TEXT),
        "name": Field(organizer.c.name, Kind.TEXT),
        "plugins": Field(organizer.c.plugins, Kind.NAMES),
        "sales_channel_identifiers": Field(_channels.scalar_subquery(), Kind.NAMES),
    },
    orders={
        "default": Order(("slug",)),
        "slug": Order(("slug",)),
        "name": Order(("name", "id")),
    },
    reaches={
        "own": lambda dialect: _THIS,
        "written": lambda dialect: _THIS,
        "any": lambda dialect: any_of(organizer.c.id, "organizer_ids", dialect),
    },
    # Of an issuer whose cards are accepted the name is shown, and nothing below it.
    to_many={name: ToMany(target, (("id", "organizer_id"),), own_only=True) for name, target in BELOW.items()},
)

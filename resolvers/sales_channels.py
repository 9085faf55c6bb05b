"""Sales channels: create, update, enable, disable, delete. `web` is built in; the others are `api.*`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models import localized_text
from models.localized_text import LocalizedText
from models.problems import Disabled, InUse, Invalid, NotFound, Taken, refuse
from models.unset import UNSET, Unset
from resolvers.context import Work
from resolvers.sales_channel_statements import AMEND, DELETE, INSERT, LOCK, SWITCH, USABLE, USED

# Reading them needs this, too: as in pretix.
SETTINGS = "organizer.settings.general:write"

IDENTIFIER = re.compile(r"[a-zA-Z0-9.\-_]+")
IDENTIFIER_LENGTH_MAX = 200
# What identifiers of channels that were created begin with, so that they are told from built-in ones.
PREFIX = "api."
CREATED_TYPE = "api"
POSITION_MAX = 2**31 - 1


class Held(NamedTuple):
    """A channel as it is stored."""

    identifier: str
    type: str
    label: LocalizedText
    position: int


# -- verbs -----------------------------------------------------------------------------------------------------------


async def create(
    work: Work,
    organizer_id: int,
    *,
    identifier: str,
    label: LocalizedText,
    type: str = CREATED_TYPE,
    position: int = 0,
) -> int:
    """A new channel; its id. Refuses with `Invalid`, and with `Taken` if the organizer has one of this identifier."""
    work.principal.require(SETTINGS)
    given: dict[str, Any] = {"identifier": identifier, "type": type, "label": label, "position": position}
    refuse(wrong_with(given, None))
    row = await work.row(INSERT[work.engine], organizer_id=organizer_id, created_at=work.now, **given)
    if row is None:
        raise Taken("There is a sales channel with this identifier already.", field="identifier")
    channel_id: int = row[0]
    await work.record("sales_channel.created", organizer_id, channel_id, {"identifier": identifier})
    return channel_id


async def update(
    work: Work,
    organizer_id: int,
    channel_id: int,
    *,
    identifier: str | Unset = UNSET,
    type: str | Unset = UNSET,
    label: LocalizedText | Unset = UNSET,
    position: int | Unset = UNSET,
) -> int:
    """Change what may change of a channel; its id. `identifier` and `type` may be named, as they are.

    Refuses with `Invalid`, and with `NotFound`.
    """
    work.principal.require(SETTINGS)
    held = await _held(work, organizer_id, channel_id)
    named = {"identifier": identifier, "type": type, "label": label, "position": position}
    given = {name: value for name, value in named.items() if not isinstance(value, Unset)}
    refuse(wrong_with(given, held))
    changed = {name: value for name, value in given.items() if value != getattr(held, name)}
    if changed:
        kept = {"label": held.label, "position": held.position}
        await work.row(AMEND, **{**kept, **changed}, of_organizer=organizer_id, channel_id=channel_id)
        await work.record("sales_channel.updated", organizer_id, channel_id, {"fields": sorted(changed)})
    return channel_id


async def delete(work: Work, organizer_id: int, channel_id: int) -> int:
    """Delete a channel that no order names; its id. Events that were limited to it are no longer sold there.

    Refuses with `InUse` a built-in one and one that orders name, and with `NotFound`.
    """
    work.principal.require(SETTINGS)
    held = await _held(work, organizer_id, channel_id)
    used = held.type != CREATED_TYPE or await work.row(USED, organizer_id=organizer_id, channel_id=channel_id)
    if used:
        raise InUse("sales_channel", "Only a sales channel that is not built in and has no orders can be deleted.")
    await work.row(DELETE, organizer_id=organizer_id, channel_id=channel_id)
    await work.record("sales_channel.deleted", organizer_id, channel_id, {"identifier": held.identifier})
    return channel_id


async def enable(work: Work, organizer_id: int, channel_id: int) -> int:
    """Switch the channel on; nothing happens if it is. Its id."""
    return await _switch(work, organizer_id, channel_id, active=True)


async def disable(work: Work, organizer_id: int, channel_id: int) -> int:
    """Switch the channel off: no more orders are taken down for it until it is enabled. Its id."""
    return await _switch(work, organizer_id, channel_id, active=False)


async def usable(work: Work, organizer_id: int, identifier: str) -> int:
    """The id of the channel that an order may name, which stays until this work is done.

    Refuses with `NotFound` and with `Disabled`. No scope of its own: what the order needs is the caller's to ask for.
    """
    found = None
    if "\0" not in identifier:
        found = await work.row(USABLE, organizer_id=organizer_id, identifier=identifier)
    if found is None:
        raise NotFound("sales_channel", "There is no such sales channel.", field="sales_channel")
    channel_id, active = found
    if not active:
        raise Disabled("This sales channel is disabled.", field="sales_channel")
    return int(channel_id)


# -- rules -----------------------------------------------------------------------------------------------------------


def wrong_with(given: Mapping[str, Any], held: Held | None) -> Sequence[Invalid]:
    """What rules the given fields break, for a new channel or for the one that is held."""
    found = []
    for name, value in given.items():
        wrong = RULES[name](value, held)
        if wrong is not None:
            reason, message = wrong
            found.append(Invalid(message, field=name, reason=reason))
    return found


def _identifier(value: str, held: Held | None) -> tuple[str, str] | None:
    if len(value) > IDENTIFIER_LENGTH_MAX:
        return "too_long", f"At most {IDENTIFIER_LENGTH_MAX} characters."
    if not IDENTIFIER.fullmatch(value):
        return "channel_identifier", "One or more letters, digits, dots, dashes and underscores."
    if held is None and not value.startswith(PREFIX):
        return "channel_prefix", f"It begins with `{PREFIX}`."
    if held is not None and value != held.identifier:
        return "channel_identifier_fixed", "The identifier of a sales channel is never changed."
    return None


def _type(value: str, held: Held | None) -> tuple[str, str] | None:
    if held is None and value != CREATED_TYPE:
        return "channel_type", f"Only channels of type `{CREATED_TYPE}` are created."
    if held is not None and value != held.type:
        return "channel_type_fixed", "The type of a sales channel is never changed."
    return None


def _label(value: Any, held: Held | None) -> tuple[str, str] | None:
    wrong = localized_text.wrong_with(value)
    return None if wrong is None else (wrong, "A text for each of some languages.")


def _position(value: int, held: Held | None) -> tuple[str, str] | None:
    return None if 0 <= value <= POSITION_MAX else ("out_of_range", f"From 0 to {POSITION_MAX}.")


RULES = {"identifier": _identifier, "type": _type, "label": _label, "position": _position}


async def _held(work: Work, organizer_id: int, channel_id: int) -> Held:
    """The channel, locked: neither its fields nor the orders that name it change until this work is done."""
    found = await work.row(LOCK, organizer_id=organizer_id, channel_id=channel_id)
    if found is None:
        raise NotFound("sales_channel")
    return Held(*found)


async def _switch(work: Work, organizer_id: int, channel_id: int, *, active: bool) -> int:
    work.principal.require(SETTINGS)
    if await work.row(SWITCH, organizer_id=organizer_id, channel_id=channel_id, wanted=active):
        kind = "sales_channel.enabled" if active else "sales_channel.disabled"
        await work.record(kind, organizer_id, channel_id, {})
    else:
        await _held(work, organizer_id, channel_id)
    return channel_id

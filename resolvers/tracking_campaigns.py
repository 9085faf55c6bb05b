"""Tracking campaigns: create, update, delete, enable, disable.

A campaign is a code in a link to an event's shop. What its clicks and orders add up to is written by
resolvers/clicks.py and resolvers/orders.py, and by nothing here.
"""

import re
import secrets
import string
from typing import Any, NamedTuple

from models import web_address
from models.problems import Invalid, NotFound, Taken, refuse
from models.unset import UNSET, Unset
from resolvers.context import Work
from resolvers.reached_events import event_id
from resolvers.tracking_campaign_statements import AMEND, DELETE, HOLD_EVENT, INSERT, LOCK, SWITCH

WRITE = "event.settings.general:write"

# Not `.` and `..`: in an address they mean a place and not a name.
CODE = re.compile(r"(?!\.\.?\Z)[A-Za-z0-9._-]+")
CODE_LENGTH_MAX = 190
# As pretix's examples are: `wZnL11fjq`.
CODE_ALPHABET = string.ascii_letters + string.digits
CODE_LENGTH = 9
CODE_TRIES_MAX = 10
DESCRIPTION_LENGTH_MAX = 255


class Held(NamedTuple):
    """A campaign under its lock."""

    event_id: int
    code: str
    description: str
    external_target: str
    active: bool


# -- verbs -----------------------------------------------------------------------------------------------------------


async def create(
    work: Work,
    organizer_id: int,
    *,
    event: int | str,
    description: str,
    code: str | None = None,
    external_target: str = "",
    active: bool = True,
) -> int:
    """A new campaign of an event, named by its id or its slug; the campaign's id.

    A code is made up if none is given. Refuses with `Invalid`, with `NotFound` for an event out of reach, and with
    `Taken` a code that any campaign of the server has: an address of a domain that stands for a shop has no tenant.
    """
    work.principal.require(WRITE)
    found = await event_id(work, organizer_id, event)
    _check(code=code, description=description, external_target=external_target)
    values = {
        "organizer_id": organizer_id,
        "event_id": found,
        "description": description,
        "external_target": external_target,
        "active": active,
        "created_at": work.now,
    }
    campaign_id = await _insert(work, code, values)
    await work.record("tracking_campaign.created", organizer_id, campaign_id, {"event_id": found})
    return campaign_id


async def update(
    work: Work,
    organizer_id: int,
    campaign_id: int,
    *,
    code: str | Unset = UNSET,
    description: str | Unset = UNSET,
    external_target: str | Unset = UNSET,
) -> int:
    """Change what is given of a campaign; its id. With another code, links with the old one lead nowhere."""
    held = await _hold(work, organizer_id, campaign_id, with_event=not isinstance(code, Unset))
    _check(code=code, description=description, external_target=external_target)
    given = {"code": code, "description": description, "external_target": external_target}
    changed = {
        name: value for name, value in given.items() if not isinstance(value, Unset) and value != getattr(held, name)
    }
    if changed:
        if "code" in changed:
            await _reserve(work, organizer_id, held, changed["code"])
        kept = {name: getattr(held, name) for name in given}
        await work.row(AMEND, **{**kept, **changed}, of_organizer=organizer_id, campaign_id=campaign_id)
        await work.record("tracking_campaign.updated", organizer_id, campaign_id, {"fields": sorted(changed)})
    return campaign_id


async def delete(work: Work, organizer_id: int, campaign_id: int) -> int:
    """Remove a campaign, its clicks, and what it is known of its orders; the id it had. The orders stay."""
    held = await _hold(work, organizer_id, campaign_id)
    await work.row(DELETE, organizer_id=organizer_id, campaign_id=campaign_id)
    content = {"event_id": held.event_id, "code": held.code}
    await work.record("tracking_campaign.deleted", organizer_id, campaign_id, content)
    return campaign_id


async def enable(work: Work, organizer_id: int, campaign_id: int) -> int:
    """Switch the campaign on; nothing happens if it is. Its id."""
    return await _switch(work, organizer_id, campaign_id, active=True)


async def disable(work: Work, organizer_id: int, campaign_id: int) -> int:
    """Switch the campaign off: its link still leads where it did, and neither clicks nor orders count. Its id."""
    return await _switch(work, organizer_id, campaign_id, active=False)


# -- parts -----------------------------------------------------------------------------------------------------------


async def _switch(work: Work, organizer_id: int, campaign_id: int, *, active: bool) -> int:
    held = await _hold(work, organizer_id, campaign_id)
    if held.active is not active:
        await work.row(SWITCH, organizer_id=organizer_id, campaign_id=campaign_id, wanted=active)
        kind = "tracking_campaign.enabled" if active else "tracking_campaign.disabled"
        await work.record(kind, organizer_id, campaign_id, {})
    return campaign_id


async def _hold(work: Work, organizer_id: int, campaign_id: int, *, with_event: bool = False) -> Held:
    work.principal.require(WRITE)
    if with_event:
        await work.row(HOLD_EVENT, organizer_id=organizer_id, campaign_id=campaign_id)
    row = await work.row(LOCK, organizer_id=organizer_id, campaign_id=campaign_id)
    if row is None or not work.principal.reaches_event(row[0]):
        raise NotFound("tracking_campaign")
    return Held(*row)


async def _insert(work: Work, code: str | None, values: dict[str, Any]) -> int:
    for _ in range(CODE_TRIES_MAX):
        tried = code or "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        row = await work.row(INSERT[work.engine], code=tried, **values)
        if row is not None:
            return int(row[0])
        if code is not None:
            break
    raise Taken("A campaign with this code exists already.", field="code")


async def _reserve(work: Work, organizer_id: int, held: Held, code: str) -> None:
    """Make sure that the code is free, and stays so until this transaction ends.

    A row is added with it and taken away again. Its place in the index makes others wait for our commit, on both
    engines, where a look before the update would let two of them through and the second fail.
    """
    values = held._asdict() | {"organizer_id": organizer_id, "created_at": work.now, "active": False}
    values.pop("code")
    placeholder = await _insert(work, code, values)
    await work.row(DELETE, organizer_id=organizer_id, campaign_id=placeholder)


# -- rules -----------------------------------------------------------------------------------------------------------


def _check(*, code: str | Unset | None, description: str | Unset, external_target: str | Unset) -> None:
    found = [*_code_errors(code), *_description_errors(description), *_target_errors(external_target)]
    refuse(found)


def _code_errors(code: str | Unset | None) -> list[Invalid]:
    if code is None or isinstance(code, Unset):
        return []
    if len(code) > CODE_LENGTH_MAX:
        return [Invalid(f"At most {CODE_LENGTH_MAX} characters.", field="code", reason="too_long")]
    if not CODE.fullmatch(code):
        message = "Only letters, digits, dots, dashes and underscores; at least one."
        return [Invalid(message, field="code", reason="pattern")]
    return []


def _description_errors(description: str | Unset) -> list[Invalid]:
    if isinstance(description, Unset):
        return []
    if "\0" in description:
        return [Invalid("Null characters are not allowed.", field="description", reason="null_character")]
    if not description.strip():
        return [Invalid("It may not be blank.", field="description", reason="blank")]
    if len(description) > DESCRIPTION_LENGTH_MAX:
        return [Invalid(f"At most {DESCRIPTION_LENGTH_MAX} characters.", field="description", reason="too_long")]
    return []


def _target_errors(target: str | Unset) -> list[Invalid]:
    if isinstance(target, Unset) or not target:
        return []
    if len(target) > web_address.LENGTH_MAX:
        message = f"At most {web_address.LENGTH_MAX} characters."
        return [Invalid(message, field="external_target", reason="too_long")]
    if not web_address.is_web_address(target):
        return [Invalid("An address that begins with http:// or https://.", field="external_target", reason="url")]
    return []

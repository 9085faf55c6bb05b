"""Orders and their tickets: what a shop tells of an order, and which tracking campaigns it came of."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from models.problems import Invalid, NotFound, Taken, refuse
from resolvers import sales_channels, signing_keys, tracking_sessions
from resolvers.context import Work
from resolvers.order_statements import (
    ATTRIBUTE,
    COUNT,
    FIND,
    INSERT,
    TICKET_BY_ID,
    TICKET_BY_SECRET,
    TICKETS,
    campaigns_among,
    tickets_of_others,
)
from resolvers.reached_events import event_id
from resolvers.tracking_sessions import Visit

READ = "event.orders:read"
WRITE = "event.orders:write"
ID_MAX = 2**63 - 1

CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
CAMPAIGNS_MAX = 20
TICKETS_MAX = 500
SECRET_LENGTH_MAX = 190


class Recorded(NamedTuple):
    order_id: int
    # Whether it was not known before.
    created: bool


class _Campaign(NamedTuple):
    id: int
    event_id: int
    code: str
    active: bool
    created_at: datetime


# -- verbs -----------------------------------------------------------------------------------------------------------


async def record(
    work: Work,
    organizer_id: int,
    *,
    event: int | str,
    code: str,
    sales_channel: str = "web",
    campaigns: Sequence[str] = (),
    tracking_session: str | None = None,
    tickets: Sequence[str] = (),
    placed_at: datetime | None = None,
) -> Recorded:
    """What a shop tells of an order, once or again: it is known by its event and code and never doubled.

    Campaigns are named by their codes, or by the visitor's `tracking_session`, of which the newest visit of this
    event counts; a session that is broken, foreign or too old counts for nothing, and so does a campaign that is
    switched off. Told again, new campaigns and tickets are added, and the rest stays as it was told first. A pair of
    campaign and order counts once.

    Refuses with `Invalid`; with `NotFound` for an event out of reach, an unknown channel, and a code that is no
    campaign of this event; with `Disabled` for a channel that is off; with `Taken` for another order's ticket.
    """
    work.principal.require(WRITE)
    _check(code, campaigns, tickets)
    found = await event_id(work, organizer_id, event)
    order_id, created = await _ensure(work, organizer_id, found, code, sales_channel, placed_at)
    wanted = await _wanted(work, organizer_id, found, campaigns, await _visits(work, tracking_session))
    attributed = await _attribute(work, organizer_id, order_id, wanted)
    added = await _add_tickets(work, organizer_id, order_id, tickets)
    if created or attributed or added:
        kind = "order.recorded" if created else "order.updated"
        content = {"event_id": found, "code": code, "tracking_campaign_ids": attributed, "tickets": added}
        await work.record(kind, organizer_id, order_id, content)
    return Recorded(order_id, created)


async def ticket_id(work: Work, organizer_id: int, reference: int | str | None) -> int | None:
    """The id of a ticket named by its id or its secret. Refuses with `NotFound` one that is not the organizer's."""
    if reference is None:
        return None
    if isinstance(reference, int):
        known = abs(reference) <= ID_MAX
        found = await work.row(TICKET_BY_ID, organizer_id=organizer_id, ticket_id=reference) if known else None
    else:
        known = "\0" not in reference
        found = await work.row(TICKET_BY_SECRET, organizer_id=organizer_id, secret=reference) if known else None
    if found is None:
        raise NotFound("ticket", "There is no such ticket.", field="owner_ticket")
    ticket_id: int = found[0]
    return ticket_id


# -- parts -----------------------------------------------------------------------------------------------------------


async def _ensure(
    work: Work, organizer_id: int, event_id: int, code: str, sales_channel: str, placed_at: datetime | None
) -> Recorded:
    """The order, which is new or was there. Told again its channel is not looked at: it may be off by now."""
    key = {"organizer_id": organizer_id, "event_id": event_id, "code": code}
    found = await work.row(FIND, **key)
    if found is None:
        channel_id = await sales_channels.usable(work, organizer_id, sales_channel)
        row = await work.row(INSERT[work.engine], **key, sales_channel_id=channel_id, created_at=placed_at or work.now)
        if row is not None:
            return Recorded(row[0], created=True)
        found = await work.row(FIND, **key)
    return Recorded(found[0], created=False)


async def _wanted(
    work: Work, organizer_id: int, event_id: int, codes: Collection[str], visits: Sequence[Visit]
) -> set[int]:
    """The event's campaigns that are on, of those with these codes and the one that the visitor came by last."""
    if not codes and not visits:
        return set()
    ids = [visit.campaign_id for visit in visits]
    rows = await work.rows(campaigns_among(work.dialect), organizer_id=organizer_id, codes=list(codes), ids=ids)
    known = [campaign for row in rows if (campaign := _Campaign(*row)).event_id == event_id]
    named = [campaign for campaign in known if campaign.code in codes]
    if len(named) < len(set(codes)):
        raise NotFound("tracking_campaign", "A code is that of no campaign of this event.", field="campaigns")
    return {campaign.id for campaign in (*named, *_last_visited(known, visits)) if campaign.active}


async def _visits(work: Work, session: str | None) -> Sequence[Visit]:
    """What the visitor's session tells, oldest first."""
    if not session:
        return ()
    secret = await signing_keys.find(work, tracking_sessions.PURPOSE)
    return () if secret is None else tracking_sessions.read(session, secret, work.now)


def _last_visited(known: Sequence[_Campaign], visits: Sequence[Visit]) -> Sequence[_Campaign]:
    """The one of the campaigns that was visited last; none if none was."""
    by_id = {campaign.id: campaign for campaign in known}
    for visit in reversed(visits):
        found = by_id.get(visit.campaign_id)
        # One that is younger than the visit has the id of one that was deleted.
        if found is not None and int(found.created_at.timestamp()) <= visit.at:
            return (found,)
    return ()


async def _attribute(work: Work, organizer_id: int, order_id: int, campaign_ids: Collection[int]) -> list[int]:
    """Tie the order to the campaigns, which count it; those that did not before."""
    added = []
    for campaign_id in sorted(campaign_ids):
        pair = {"organizer_id": organizer_id, "tracking_campaign_id": campaign_id, "order_id": order_id}
        if await work.row(ATTRIBUTE[work.engine], **pair) is not None:
            await work.row(COUNT, of_organizer=organizer_id, campaign_id=campaign_id)
            added.append(campaign_id)
    return added


async def _add_tickets(work: Work, organizer_id: int, order_id: int, secrets: Sequence[str]) -> int:
    """Add the tickets that the order does not have; how many."""
    if not secrets:
        return 0
    wanted = sorted(set(secrets))
    rows = [{"organizer_id": organizer_id, "order_id": order_id, "secret": secret} for secret in wanted]
    added = await TICKETS.insert(work, rows)
    if len(added) < len(wanted):
        owned = {"organizer_id": organizer_id, "order_id": order_id, "named": wanted}
        if await work.row(tickets_of_others(work.dialect), **owned) is not None:
            raise Taken("A ticket with this secret belongs to another order.", field="tickets")
    return len(added)


# -- rules -----------------------------------------------------------------------------------------------------------


def _check(code: str, campaigns: Sequence[str], tickets: Sequence[str]) -> None:
    found = []
    if not CODE.fullmatch(code):
        message = "From 1 to 64 letters, digits, dots, dashes and underscores."
        found.append(Invalid(message, field="code", reason="pattern"))
    if len(campaigns) > CAMPAIGNS_MAX:
        found.append(Invalid(f"At most {CAMPAIGNS_MAX} campaigns.", field="campaigns", reason="too_many"))
    if any("\0" in each for each in campaigns):
        found.append(Invalid("Null characters are not allowed.", field="campaigns", reason="null_character"))
    if len(tickets) > TICKETS_MAX:
        found.append(Invalid(f"At most {TICKETS_MAX} tickets.", field="tickets", reason="too_many"))
    if any(not 0 < len(each) <= SECRET_LENGTH_MAX for each in tickets):
        found.append(Invalid(f"From 1 to {SECRET_LENGTH_MAX} characters.", field="tickets", reason="length"))
    if any("\0" in each for each in tickets):
        found.append(Invalid("Null characters are not allowed.", field="tickets", reason="null_character"))
    refuse(found)

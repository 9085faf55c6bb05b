"""The event that something is to be done with: the organizer's, and one of those that the asker reaches."""

from sqlalchemy import bindparam, select

from models.event import event
from models.metadata import Id
from models.problems import NotFound
from resolvers.context import Work

_OWN = event.c.organizer_id == bindparam("organizer_id", type_=Id)
# Held until the transaction ends: whatever is added to the event finds it still there.
_HELD = select(event.c.id).where(_OWN).with_for_update(read=True, key_share=True)
BY_SLUG = _HELD.where(event.c.slug == bindparam("slug"))
BY_ID = _HELD.where(event.c.id == bindparam("event_id", type_=Id))


async def event_id(work: Work, organizer_id: int, named: int | str) -> int:
    """The id of an event named by its id or its slug. Refuses with `NotFound` one that the asker does not reach."""
    if isinstance(named, int):
        found = await work.row(BY_ID, organizer_id=organizer_id, event_id=named)
    else:
        found = None if "\0" in named else await work.row(BY_SLUG, organizer_id=organizer_id, slug=named)
    if found is None or not work.principal.reaches_event(found[0]):
        raise NotFound("event", "There is no such event, or the token does not reach it.", field="event")
    known: int = found[0]
    return known

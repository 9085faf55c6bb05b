"""The statements that tracking campaigns are written by, each compiled once per engine when it is first run."""

from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.event import event
from models.metadata import Id
from models.tracking_campaign import tracking_campaign

_c = tracking_campaign.c
_this = _c.id == bindparam("campaign_id", type_=Id)
OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)

_INSERTED = ("organizer_id", "event_id", "code", "description", "external_target", "active", "created_at")


def _insert(engine: Any) -> Any:
    adding = engine.insert(tracking_campaign).values({name: bindparam(name) for name in _INSERTED})
    return adding.on_conflict_do_nothing(index_elements=["code"]).returning(_c.id)


# A code that another transaction takes at this moment makes no error: there is no row then.
INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}
LOCK = select(_c.event_id, _c.code, _c.description, _c.external_target, _c.active).where(_this, OWN).with_for_update()
# The campaign's event, held until the transaction ends, as whoever deletes it locks it before its campaigns.
HOLD_EVENT = (
    select(event.c.id)
    .where(event.c.organizer_id == bindparam("organizer_id", type_=Id))
    .where(event.c.id.in_(select(_c.event_id).where(_this, OWN)))
    .with_for_update(read=True, key_share=True)
)
AMEND = (
    update(tracking_campaign)
    .where(_this, _c.organizer_id == bindparam("of_organizer", type_=Id))
    .values({name: bindparam(name) for name in ("code", "description", "external_target")})
    .returning(_c.id)
)
SWITCH = update(tracking_campaign).where(_this, OWN).values(active=bindparam("wanted")).returning(_c.id)
# Its days and its orders go with it, by their foreign keys.
DELETE = delete(tracking_campaign).where(_this, OWN).returning(_c.id)

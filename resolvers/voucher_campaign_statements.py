"""The statements that voucher campaigns are written by, each compiled once per engine when it is first run."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.metadata import Id
from models.voucher import voucher_terms
from models.voucher_campaign import bin_entry, voucher_campaign

_c = voucher_campaign.c
_this = _c.id == bindparam("campaign_id", type_=Id)
_not_binned = _c.binned_at.is_(None)
OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)
_of_organizer = _c.organizer_id == bindparam("of_organizer", type_=Id)

INSERTED = (
    *("organizer_id", "token", "name", "description", "campaign_type", "type", "terms_id", "quantity", "code_config"),
    *("starts_at", "expires_at", "join_once", "auto_join", "use_voucher_metadata_schema", "category_id", "metadata"),
    *("promotion", "referral_program", "loyalty_tiers_expiration", "creation_status", "generation_status"),
    "created_at",
)
AMENDED = (
    *("description", "type", "terms_id", "quantity", "starts_at", "expires_at", "join_once", "auto_join"),
    *("category_id", "metadata", "referral_program", "loyalty_tiers_expiration"),
    *("creation_status", "generation_status", "updated_at"),
)
HELD = (
    *("token", "name", "campaign_type", "vouchers_count", "active", "code_config", "use_voucher_metadata_schema"),
    *(name for name in AMENDED if name != "updated_at"),
)


def _insert(module: Any) -> Any:
    adding = module.insert(voucher_campaign).values({name: bindparam(name) for name in INSERTED})
    return adding.on_conflict_do_nothing(index_elements=["organizer_id", "name"]).returning(_c.id)


# A name that another transaction takes at this moment makes no error: there is no row then.
INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}
INSERT_TERMS = insert(voucher_terms).returning(voucher_terms.c.id)
TERMS = select(*(column for column in voucher_terms.c if column.name not in ("id", "organizer_id"))).where(
    voucher_terms.c.organizer_id == bindparam("organizer_id", type_=Id),
    voucher_terms.c.id == bindparam("terms_id", type_=Id),
)
BY_TOKEN = select(_c.id).where(OWN, _not_binned, _c.token == bindparam("ref"))
BY_NAME = select(_c.id).where(OWN, _not_binned, _c.name == bindparam("ref"))
IS_TOKEN = select(_c.id).where(OWN, _c.token == bindparam("ref"))
LOCK = select(*(_c[name] for name in HELD)).where(_this, OWN, _not_binned).with_for_update(key_share=True)
LOOK = select(*(_c[name] for name in HELD)).where(_this, OWN, _not_binned)
AMEND = update(voucher_campaign).where(_this, _of_organizer).values({n: bindparam(n) for n in AMENDED}).returning(_c.id)
SWITCH = (
    update(voucher_campaign)
    .where(_this, OWN, _not_binned, _c.active != bindparam("wanted"))
    .values(active=bindparam("wanted"), updated_at=bindparam("at"))
    .returning(_c.id)
)
BIN = (
    update(voucher_campaign)
    .where(_this, _of_organizer)
    .values(name=bindparam("new_name"), binned_at=bindparam("at"))
    .returning(_c.id)
)
INSERT_BIN_ENTRY = insert(bin_entry).returning(bin_entry.c.id)
DELETE_BIN_ENTRY = (
    delete(bin_entry)
    .where(bin_entry.c.organizer_id == bindparam("organizer_id", type_=Id), bin_entry.c.token == bindparam("token"))
    .returning(bin_entry.c.id, bin_entry.c.resource_type, bin_entry.c.resource_id)
)
# Of a campaign that nobody sees any more: its name is its id from now on, which no other campaign may be called.
FREE_NAME = update(voucher_campaign).where(_this, _of_organizer).values(name=_c.token).returning(_c.vouchers_count)

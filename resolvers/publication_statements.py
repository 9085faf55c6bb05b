"""The statements that vouchers are published by, each compiled once per engine when it is first run."""

from functools import cache

from sqlalchemy import Dialect, Integer, bindparam, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from models.metadata import Id, UtcDateTime
from models.publication import publication, publication_voucher
from models.voucher import voucher, voucher_terms
from resolvers.reading.conditions import any_of
from resolvers.slices import Slice

_v, _p, _pv, _t = voucher.c, publication.c, publication_voucher.c, voucher_terms.c
_own = _v.organizer_id == bindparam("organizer_id", type_=Id)
_own_publication = _p.organizer_id == bindparam("organizer_id", type_=Id)

_TAKEN = (_v.id, _v.terms_id)
_next = (
    select(*_TAKEN)
    .where(
        _own,
        _v.campaign_id == bindparam("campaign_id", type_=Id),
        # As literals: the index of those that nobody has is found by its condition.
        _v.published_count == literal_column("0"),
        _v.active == True,  # noqa: E712  an SQL expression
        _v.binned_at.is_(None),
    )
    .order_by(_v.id)
    .limit(bindparam("count_max", type_=Integer))
)
# The next that nobody has and nobody is about to take: two processes find different ones and do not wait.
NEXT = _next.with_for_update(skip_locked=True, key_share=True)
# The same once more when these are too few: those that were skipped may be left after all.
NEXT_OF_ALL = _next.with_for_update(key_share=True)
LOCK = (
    select(_v.token, _v.code, _v.campaign_id, _v.terms_id, _v.active, _v.published_count, _v.holder_id)
    .where(_own, _v.id == bindparam("voucher_id", type_=Id), _v.binned_at.is_(None))
    .with_for_update(key_share=True)
)
ACTIVITY = select(_t.activity_duration).where(
    _t.organizer_id == bindparam("organizer_id", type_=Id), _t.id == bindparam("terms_id", type_=Id)
)


@cache
def publish(dialect: Dialect) -> Executable:
    return (
        update(voucher)
        .where(_v.organizer_id == bindparam("of_organizer", type_=Id), any_of(_v.id, "ids", dialect))
        .values(
            published_count=_v.published_count + literal_column("1"),
            holder_id=bindparam("holder", type_=Id),
            expires_at=func.coalesce(bindparam("new_expiration", type_=UtcDateTime), _v.expires_at),
            updated_at=bindparam("at", type_=UtcDateTime),
        )
        .returning(_v.id)
    )


_INSERTED = (
    *("organizer_id", "token", "customer_id", "campaign_id", "channel", "source_id", "tracking_id", "metadata"),
    "created_at",
)
# A source id that another transaction takes at this moment makes no error: there is no row then.
INSERT = {
    engine: module.insert(publication)
    .values({name: bindparam(name) for name in _INSERTED})
    .on_conflict_do_nothing(index_elements=["organizer_id", "source_id"])
    .returning(_p.id)
    for engine, module in (("sqlite", sqlite), ("postgresql", postgresql))
}
_KEY = ("organizer_id", "publication_id", "voucher_id")
VOUCHERS = Slice(publication_voucher, _KEY, _KEY)

_found = select(_p.id, _p.token, _p.customer_id, _p.campaign_id, _p.tracking_id)
BY_SOURCE_ID = _found.where(_own_publication, _p.source_id == bindparam("source_id"))
# What a customer has of a campaign: the first of it.
JOINED = (
    _found.where(
        _own_publication,
        _p.customer_id == bindparam("customer_id", type_=Id),
        _p.campaign_id == bindparam("campaign_id", type_=Id),
    )
    .order_by(_p.id)
    .limit(literal_column("1"))
)
_has_it = (
    select(_pv.voucher_id)
    .where(
        _pv.organizer_id == _p.organizer_id,
        _pv.publication_id == _p.id,
        _pv.voucher_id == bindparam("voucher_id", type_=Id),
    )
    .correlate(publication)
    .exists()
)
OF_VOUCHER = (
    _found.where(_own_publication, _p.customer_id == bindparam("customer_id", type_=Id), _has_it)
    # Not by the bare column: SQLite would walk all publications in its order for the first that fits.
    .order_by(_p.id + literal_column("0"))
    .limit(literal_column("1"))
)
VOUCHERS_OF = (
    select(_pv.voucher_id)
    .where(
        _pv.organizer_id == bindparam("organizer_id", type_=Id),
        _pv.publication_id == bindparam("publication_id", type_=Id),
    )
    .order_by(_pv.voucher_id)
)

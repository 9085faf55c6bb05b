"""How vouchers that somebody wants to use are looked up: each with all that decides whether it may be, in one row.

Locked, the vouchers' rows are current and stay so. What is joined to them is as old as the statement, which matters on
PostgreSQL alone and only if it had to wait: whoever writes asks again, either by looking once more without a lock or
in the guards of what it writes (resolvers/redemption_statements.py).
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)

from models.customer import customer
from models.database import Statement
from models.gift_card import gift_card
from models.metadata import Id, UtcDateTime
from models.redemption import voucher_hold
from models.voucher import voucher, voucher_terms
from models.voucher_campaign import category, voucher_campaign
from resolvers.customer_statements import COLUMNS as CUSTOMER_COLUMNS
from resolvers.reading.conditions import any_of

_v, _t, _campaign, _hold = voucher.c, voucher_terms.c, voucher_campaign.c, voucher_hold.c
_own = _v.organizer_id == bindparam("organizer_id", type_=Id)

# How the customer of a request is named.
CUSTOMER = {"token": customer.c.token, "source_id": customer.c.source_id}


def held_by_others(what: ColumnElement[Any]) -> ColumnElement[Any]:
    """What live holds of other sessions than `session_key` sum to, of the voucher in the statement around it."""
    live = (_hold.expires_at > bindparam("now", type_=UtcDateTime), _hold.session_key != bindparam("session_key"))
    these = (_hold.organizer_id == _v.organizer_id, _hold.voucher_id == _v.id)
    return select(what).where(*these, *live).correlate(voucher).scalar_subquery()


_holder = (
    select(customer.c.token)
    .where(customer.c.organizer_id == _v.organizer_id, customer.c.id == _v.holder_id)
    .correlate(voucher)
    .scalar_subquery()
)
_COLUMNS = (
    *(_v[name] for name in ("id", "token", "code", "campaign_id", "terms_id", "holder_id", "gift_card_id", "active")),
    *(_v[name] for name in ("quantity", "redeemed_quantity", "loaded_amount", "redeemed_amount")),
    *(_v[name] for name in ("starts_at", "expires_at")),
    type_coerce(_v.metadata, Text),
    or_(_v.binned_at.is_not(None), _campaign.binned_at.is_not(None)),
    # Kept as texts: few terms are read again and again.
    *(_t[name] for name in ("type", "activity_duration")),
    *(
        type_coerce(_t[name], Text)
        for name in ("discount", "gift", "validity_timeframe", "validity_day_of_week", "validity_hours")
    ),
    *(_campaign[name] for name in ("active", "token", "name")),
    *(category.c[name] for name in ("id", "token", "name", "hierarchy", "created_at")),
    _v.category_id,
    gift_card.c.balance,
    held_by_others(func.count()),
    held_by_others(func.coalesce(func.sum(_hold.credits), 0)),
    # What decides nothing, and is shown of a voucher that was used.
    *(_v[name] for name in ("published_count", "additional_info", "created_at")),
    _holder,
    type_coerce(_t.loyalty_card, Text),
    _t.is_referral_code,
)
WIDTH = len(_COLUMNS)


def _of_same(table: Any, key: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(table.c.organizer_id == _v.organizer_id, table.c.id == key)


def _look(dialect: Dialect, where: ColumnElement[bool], named: str | None, *, locked: bool) -> Statement:
    joined = (
        voucher.join(voucher_terms, _of_same(voucher_terms, _v.terms_id))
        .outerjoin(voucher_campaign, _of_same(voucher_campaign, _v.campaign_id))
        .outerjoin(category, _of_same(category, func.coalesce(_v.category_id, _campaign.category_id)))
        .outerjoin(gift_card, _of_same(gift_card, _v.gift_card_id))
    )
    columns: tuple[ColumnElement[Any], ...] = _COLUMNS
    if named is not None:
        is_meant = and_(customer.c.organizer_id == _v.organizer_id, CUSTOMER[named] == bindparam("customer"))
        joined, columns = joined.outerjoin(customer, is_meant), (*columns, *CUSTOMER_COLUMNS)
    asked: Select[Any] = select(*columns).select_from(joined).where(_own, where).order_by(_v.id)
    return Statement(asked.with_for_update(of=voucher, key_share=True) if locked else asked, dialect)


@cache
def by_code(dialect: Dialect, named: str | None, *, locked: bool) -> Statement:
    return _look(dialect, _v.code == bindparam("ref"), named, locked=locked)


@cache
def by_token(dialect: Dialect, named: str | None, *, locked: bool) -> Statement:
    return _look(dialect, _v.token == bindparam("ref"), named, locked=locked)


@cache
def by_ids(dialect: Dialect, named: str | None, *, locked: bool) -> Statement:
    """In the order of their ids, which is the order in which whoever locks several locks them."""
    return _look(dialect, any_of(_v.id, "ids", dialect), named, locked=locked)


@cache
def ids_of(dialect: Dialect) -> Statement:
    """Ids of vouchers by what names them: rows of the id, the name, and 1 if that is the code."""
    found = [
        select(_v.id, column, literal_column(rank)).where(_own, any_of(column, "refs", dialect))
        for column, rank in ((_v.code, "1"), (_v.token, "0"))
    ]
    return Statement(union_all(*found), dialect)


@cache
def customer_by(dialect: Dialect, named: str) -> Statement:
    own = customer.c.organizer_id == bindparam("organizer_id", type_=Id)
    return Statement(select(*CUSTOMER_COLUMNS).where(own, CUSTOMER[named] == bindparam("customer")), dialect)

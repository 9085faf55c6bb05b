"""The statements that customers are written by, each compiled once per engine when it is first run."""

from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.customer import customer
from models.metadata import Id
from models.publication import publication
from models.redemption import redemption
from models.voucher import voucher

_c = customer.c
# What an upsert may change.
FIELDS = ("name", "email", "phone", "description", "birthdate", "address", "metadata")
# What a look-up shows: who it is, and what of it an upsert may change.
COLUMNS = (_c.id, _c.token, _c.source_id, *[_c[name] for name in FIELDS])

_own = _c.organizer_id == bindparam("organizer_id", type_=Id)


def _find(column: Any) -> Select[Any]:
    return select(*COLUMNS).where(_own, column == bindparam("ref"))


BY_ID = _find(_c.id)
BY_TOKEN = _find(_c.token)
BY_SOURCE_ID = _find(_c.source_id)
LOCK = select(*COLUMNS).where(_own, _c.id == bindparam("customer_id", type_=Id)).with_for_update()
AMEND = (
    update(customer)
    .where(
        _c.organizer_id == bindparam("of_organizer", type_=Id),
        _c.id == bindparam("customer_id", type_=Id),
    )
    .values({name: bindparam(name) for name in (*FIELDS, "updated_at")})
    .returning(_c.id)
)
_INSERTED = ("organizer_id", "token", "source_id", *FIELDS, "created_at")
# A source id that another transaction takes at this moment makes no error: there is no row then.
INSERT = {
    engine: module.insert(customer)
    .values({name: bindparam(name) for name in _INSERTED})
    .on_conflict_do_nothing(index_elements=["organizer_id", "source_id"])
    .returning(*COLUMNS)
    for engine, module in (("sqlite", sqlite), ("postgresql", postgresql))
}

_this = bindparam("of_customer", type_=Id)
_of = bindparam("of_organizer", type_=Id)
# What is kept of a customer who goes: that something was redeemed, and not by whom.
RELEASE_VOUCHERS = (
    update(voucher).where(voucher.c.organizer_id == _of, voucher.c.holder_id == _this).values(holder_id=None)
)
FORGET_REDEEMER = (
    update(redemption)
    .where(redemption.c.organizer_id == _of, redemption.c.customer_id == _this)
    .values(customer_id=None)
)
DELETE_PUBLICATIONS = delete(publication).where(publication.c.organizer_id == _of, publication.c.customer_id == _this)
DELETE = delete(customer).where(_c.organizer_id == _of, _c.id == _this).returning(_c.id)

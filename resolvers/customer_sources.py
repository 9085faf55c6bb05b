"""What can be read of customers."""

from typing import Any

from sqlalchemy import Dialect, Text, bindparam, cast, func
from sqlalchemy.dialects.postgresql import JSON

from models.customer import customer
from models.metadata import Id
from resolvers.reading.conditions import any_of
from resolvers.reading.maps import of_map
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne
from resolvers.voucher_scopes import READ

_c = customer.c
OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)


def _lives_in(dialect: Dialect, name: str) -> Any:
    """The city of the address is this one."""
    asked = bindparam(name, type_=Text)
    if dialect.name == "postgresql":
        return func.json_extract_path_text(cast(_c.address, JSON), "city") == asked
    return func.json_extract(_c.address, "$.city") == asked


CUSTOMERS = Source(
    name="customer",
    table=customer,
    scope=READ,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "token": Field(_c.token, Kind.TEXT),
        "source_id": Field(_c.source_id, Kind.TEXT),
        "name": Field(_c.name, Kind.TEXT),
        "email": Field(_c.email, Kind.TEXT),
        "phone": Field(_c.phone, Kind.TEXT),
        "description": Field(_c.description, Kind.TEXT),
        "birthdate": Field(_c.birthdate, Kind.TEXT),
        "address": Field(_c.address, Kind.JSON),
        "metadata": Field(_c.metadata, Kind.JSON),
        "created_at": Field(_c.created_at, Kind.TIMESTAMP),
        "updated_at": Field(_c.updated_at, Kind.TIMESTAMP),
    },
    orders={
        "default": Order(("id",)),
        "created_at": Order(("created_at", "id")),
        "updated_at": Order(("updated_at", "id")),
    },
    reaches={
        "own": lambda dialect: OWN,
        "written": lambda dialect: OWN,
        "any": lambda dialect: any_of(_c.organizer_id, "organizer_ids", dialect),
    },
    asked={"lives_in": _lives_in, **of_map("metadata", _c.metadata)},
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
    to_many={
        "redemptions": ToMany("redemption", (("organizer_id", "organizer_id"), ("id", "customer_id"))),
        "publications": ToMany("publication", (("organizer_id", "organizer_id"), ("id", "customer_id"))),
        "vouchers": ToMany("voucher", (("organizer_id", "organizer_id"), ("id", "holder_id"))),
    },
)

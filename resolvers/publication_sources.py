"""What can be read of publications."""

from sqlalchemy import ColumnElement, Dialect, Text, and_, bindparam, or_, select

from models.customer import customer
from models.metadata import Id
from models.publication import publication, publication_voucher
from models.voucher import voucher
from models.voucher_campaign import voucher_campaign
from resolvers.reading.conditions import any_of
from resolvers.reading.maps import of_map
from resolvers.reading.related import related
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne
from resolvers.voucher_scopes import READ

_c, _of = publication.c, publication_voucher.c
OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)


def _of_voucher(dialect: Dialect, name: str) -> ColumnElement[bool]:
    """The voucher with this code or this id is one of those given."""
    ref = bindparam(name, type_=Text)
    given = select(_of.voucher_id).join(
        voucher, and_(voucher.c.organizer_id == _of.organizer_id, voucher.c.id == _of.voucher_id)
    )
    named = or_(voucher.c.code == ref, voucher.c.token == ref)
    these = given.where(_of.organizer_id == _c.organizer_id, _of.publication_id == _c.id, named)
    return these.correlate(publication).exists()


PUBLICATIONS = Source(
    name="publication",
    table=publication,
    scope=READ,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "token": Field(_c.token, Kind.TEXT),
        "customer_id": Field(_c.customer_id, Kind.INTEGER),
        "campaign_id": Field(_c.campaign_id, Kind.INTEGER),
        "channel": Field(_c.channel, Kind.TEXT),
        "source_id": Field(_c.source_id, Kind.TEXT),
        "tracking_id": Field(_c.tracking_id, Kind.TEXT),
        "metadata": Field(_c.metadata, Kind.JSON),
        "created_at": Field(_c.created_at, Kind.TIMESTAMP),
        # Of what it names, to filter by.
        "campaign_token": related(voucher_campaign.c.token, publication, "campaign_id"),
        "campaign_name": related(voucher_campaign.c.name, publication, "campaign_id"),
        "customer_token": related(customer.c.token, publication, "customer_id"),
        "customer_source_id": related(customer.c.source_id, publication, "customer_id"),
    },
    asked={**of_map("metadata", _c.metadata), "of_voucher": _of_voucher},
    orders={"default": Order(("id",)), "id": Order(("id",)), "channel": Order(("channel", "id"))},
    reaches={
        "own": lambda dialect: OWN,
        "written": lambda dialect: OWN,
        "any": lambda dialect: any_of(_c.organizer_id, "organizer_ids", dialect),
    },
    to_one={
        "organizer": ToOne("organizer", (("organizer_id", "id"),)),
        "customer": ToOne("customer", (("organizer_id", "organizer_id"), ("customer_id", "id"))),
        "campaign": ToOne("voucher_campaign", (("organizer_id", "organizer_id"), ("campaign_id", "id")), nullable=True),
    },
    to_many={
        "vouchers": ToMany("publication_voucher", (("organizer_id", "organizer_id"), ("id", "publication_id"))),
    },
)

PUBLISHED_VOUCHERS = Source(
    name="publication_voucher",
    table=publication_voucher,
    fields={
        "voucher_id": Field(_of.voucher_id, Kind.INTEGER),
        "publication_id": Field(_of.publication_id, Kind.INTEGER),
    },
    orders={"default": Order(("voucher_id", "publication_id"))},
    # Shown below their publication and nowhere else.
    reaches={},
    to_one={
        "voucher": ToOne("voucher", (("organizer_id", "organizer_id"), ("voucher_id", "id"))),
        "publication": ToOne("publication", (("organizer_id", "organizer_id"), ("publication_id", "id"))),
    },
)

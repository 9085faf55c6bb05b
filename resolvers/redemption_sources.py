"""What can be read of redemptions and their rollbacks."""

from sqlalchemy import bindparam

from models.customer import customer
from models.metadata import Id
from models.redemption import redemption
from models.voucher import voucher
from models.voucher_campaign import voucher_campaign
from resolvers.reading.conditions import any_of
from resolvers.reading.maps import of_map
from resolvers.reading.related import related
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne
from resolvers.voucher_scopes import REDEEM_READ

_c = redemption.c
_parent = redemption.alias("parent")
OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)


REDEMPTIONS = Source(
    name="redemption",
    table=redemption,
    scope=REDEEM_READ,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "token": Field(_c.token, Kind.TEXT),
        "kind": Field(_c.kind, Kind.TEXT),
        "status": Field(_c.status, Kind.TEXT),
        "voucher_id": Field(_c.voucher_id, Kind.INTEGER),
        "campaign_id": Field(_c.campaign_id, Kind.INTEGER),
        "customer_id": Field(_c.customer_id, Kind.INTEGER),
        "parent_id": Field(_c.parent_id, Kind.INTEGER),
        "rolls_back_id": Field(_c.rolls_back_id, Kind.INTEGER),
        "reason": Field(_c.reason, Kind.TEXT),
        "failure_code": Field(_c.failure_code, Kind.TEXT),
        "failure_message": Field(_c.failure_message, Kind.TEXT),
        "amount": Field(_c.amount, Kind.INTEGER),
        "order": Field(_c.order, Kind.JSON),
        "order_token": Field(_c.order_token, Kind.TEXT),
        "tracking_id": Field(_c.tracking_id, Kind.TEXT),
        "metadata": Field(_c.metadata, Kind.JSON),
        "channel": Field(_c.channel, Kind.JSON),
        "happened_at": Field(_c.happened_at, Kind.TIMESTAMP),
        # Of what it names, to filter by.
        "voucher_token": related(voucher.c.token, redemption, "voucher_id"),
        "voucher_code": related(voucher.c.code, redemption, "voucher_id"),
        "campaign_token": related(voucher_campaign.c.token, redemption, "campaign_id"),
        "campaign_name": related(voucher_campaign.c.name, redemption, "campaign_id"),
        "customer_token": related(customer.c.token, redemption, "customer_id"),
        "customer_source_id": related(customer.c.source_id, redemption, "customer_id"),
        "parent_token": related(_parent.c.token, redemption, "parent_id"),
    },
    asked=of_map("metadata", _c.metadata),
    # Ids grow with time: the order of events needs no index of its own.
    orders={
        "default": Order(("id",)),
        "id": Order(("id",)),
        "voucher_code": Order(("voucher_code", "id")),
        "tracking_id": Order(("tracking_id", "id")),
        "token": Order(("token",)),
        "customer_token": Order(("customer_token", "id")),
    },
    reaches={
        "own": lambda dialect: OWN,
        "written": lambda dialect: OWN,
        "any": lambda dialect: any_of(_c.organizer_id, "organizer_ids", dialect),
    },
    to_one={
        "organizer": ToOne("organizer", (("organizer_id", "id"),)),
        "voucher": ToOne("voucher", (("organizer_id", "organizer_id"), ("voucher_id", "id")), nullable=True),
        "campaign": ToOne("voucher_campaign", (("organizer_id", "organizer_id"), ("campaign_id", "id")), nullable=True),
        "customer": ToOne("customer", (("organizer_id", "organizer_id"), ("customer_id", "id")), nullable=True),
        "parent": ToOne("redemption", (("organizer_id", "organizer_id"), ("parent_id", "id")), nullable=True),
        "rolls_back": ToOne("redemption", (("organizer_id", "organizer_id"), ("rolls_back_id", "id")), nullable=True),
    },
    to_many={
        "children": ToMany("redemption", (("organizer_id", "organizer_id"), ("id", "parent_id"))),
        "rollbacks": ToMany("redemption", (("organizer_id", "organizer_id"), ("id", "rolls_back_id"))),
    },
)

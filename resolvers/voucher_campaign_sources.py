"""What can be read of voucher campaigns, of their terms, of categories and of the bin."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func

from models.metadata import Id
from models.voucher import voucher_terms
from models.voucher_campaign import bin_entry, category, voucher_campaign
from resolvers.reading.conditions import any_of
from resolvers.reading.maps import of_map
from resolvers.reading.related import related
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne
from resolvers.voucher_scopes import READ

_c = voucher_campaign.c


def _own(table: Any) -> ColumnElement[bool]:
    owned: ColumnElement[bool] = table.c.organizer_id == bindparam("organizer_id", type_=Id)
    return owned


VOUCHER_CAMPAIGNS = Source(
    name="voucher_campaign",
    table=voucher_campaign,
    scope=READ,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "token": Field(_c.token, Kind.TEXT),
        "name": Field(_c.name, Kind.TEXT),
        "description": Field(_c.description, Kind.TEXT),
        "campaign_type": Field(_c.campaign_type, Kind.TEXT),
        "type": Field(_c.type, Kind.TEXT),
        "category_id": Field(_c.category_id, Kind.INTEGER),
        "quantity": Field(_c.quantity, Kind.INTEGER),
        "code_config": Field(_c.code_config, Kind.JSON),
        "starts_at": Field(_c.starts_at, Kind.TIMESTAMP),
        "expires_at": Field(_c.expires_at, Kind.TIMESTAMP),
        "join_once": Field(_c.join_once, Kind.BOOLEAN),
        "auto_join": Field(_c.auto_join, Kind.BOOLEAN),
        "use_voucher_metadata_schema": Field(_c.use_voucher_metadata_schema, Kind.BOOLEAN),
        "metadata": Field(_c.metadata, Kind.JSON),
        "promotion": Field(_c.promotion, Kind.JSON),
        "referral_program": Field(_c.referral_program, Kind.JSON),
        "loyalty_tiers_expiration": Field(_c.loyalty_tiers_expiration, Kind.JSON),
        "active": Field(_c.active, Kind.BOOLEAN),
        "vouchers_count": Field(_c.vouchers_count, Kind.INTEGER),
        "creation_status": Field(_c.creation_status, Kind.TEXT),
        "generation_status": Field(_c.generation_status, Kind.TEXT),
        "created_at": Field(_c.created_at, Kind.TIMESTAMP),
        "updated_at": Field(_c.updated_at, Kind.TIMESTAMP),
        # To sort by: engines differ in where they put what was never updated.
        "touched_at": Field(func.coalesce(_c.updated_at, _c.created_at), Kind.TIMESTAMP),
        # Of its terms and its category, to filter by; to show them there are the relations.
        "voucher_type": related(voucher_terms.c.type, voucher_campaign, "terms_id"),
        "validity_timeframe": related(voucher_terms.c.validity_timeframe, voucher_campaign, "terms_id"),
        "validity_day_of_week": related(voucher_terms.c.validity_day_of_week, voucher_campaign, "terms_id"),
        "is_referral_code": related(voucher_terms.c.is_referral_code, voucher_campaign, "terms_id", Kind.BOOLEAN),
        "category_name": related(category.c.name, voucher_campaign, "category_id"),
        "category_token": related(category.c.token, voucher_campaign, "category_id"),
    },
    orders={
        "default": Order(("id",)),
        "created_at": Order(("created_at", "id")),
        "updated_at": Order(("touched_at", "id")),
        "name": Order(("name",)),
    },
    reaches={
        "own": lambda dialect: _own(voucher_campaign),
        "written": lambda dialect: _own(voucher_campaign),
        "any": lambda dialect: any_of(_c.organizer_id, "organizer_ids", dialect),
    },
    asked=of_map("metadata", _c.metadata),
    always=lambda dialect: _c.binned_at.is_(None),
    to_one={
        "organizer": ToOne("organizer", (("organizer_id", "id"),)),
        "terms": ToOne("voucher_terms", (("organizer_id", "organizer_id"), ("terms_id", "id")), nullable=True),
        "category": ToOne("category", (("organizer_id", "organizer_id"), ("category_id", "id")), nullable=True),
    },
    to_many={
        "vouchers": ToMany("voucher", (("organizer_id", "organizer_id"), ("id", "campaign_id"))),
        "redemptions": ToMany("redemption", (("organizer_id", "organizer_id"), ("id", "campaign_id"))),
        "publications": ToMany("publication", (("organizer_id", "organizer_id"), ("id", "campaign_id"))),
        "actions": ToMany("action", (("organizer_id", "organizer_id"), ("id", "campaign_id"))),
    },
)

VOUCHER_TERMS = Source(
    name="voucher_terms",
    table=voucher_terms,
    fields={
        "id": Field(voucher_terms.c.id, Kind.INTEGER),
        "type": Field(voucher_terms.c.type, Kind.TEXT),
        "is_referral_code": Field(voucher_terms.c.is_referral_code, Kind.BOOLEAN),
        "activity_duration": Field(voucher_terms.c.activity_duration, Kind.TEXT),
        **{
            name: Field(voucher_terms.c[name], Kind.JSON)
            for name in (
                *("discount", "gift", "loyalty_card"),
                *("validity_timeframe", "validity_day_of_week", "validity_hours"),
            )
        },
    },
    orders={"default": Order(("id",))},
    # Shown with their campaign or their voucher and nowhere else.
    reaches={},
)

CATEGORIES = Source(
    name="category",
    table=category,
    scope=READ,
    fields={
        "id": Field(category.c.id, Kind.INTEGER),
        "token": Field(category.c.token, Kind.TEXT),
        "name": Field(category.c.name, Kind.TEXT),
        "hierarchy": Field(category.c.hierarchy, Kind.INTEGER),
        "created_at": Field(category.c.created_at, Kind.TIMESTAMP),
        "updated_at": Field(category.c.updated_at, Kind.TIMESTAMP),
    },
    orders={"default": Order(("hierarchy", "id")), "name": Order(("name",))},
    reaches={
        "own": lambda dialect: _own(category),
        "written": lambda dialect: _own(category),
        "any": lambda dialect: any_of(category.c.organizer_id, "organizer_ids", dialect),
    },
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
    to_many={
        "voucher_campaigns": ToMany("voucher_campaign", (("organizer_id", "organizer_id"), ("id", "category_id")))
    },
)

BIN_ENTRIES = Source(
    name="bin_entry",
    table=bin_entry,
    scope=READ,
    fields={
        "id": Field(bin_entry.c.id, Kind.INTEGER),
        "token": Field(bin_entry.c.token, Kind.TEXT),
        "resource_type": Field(bin_entry.c.resource_type, Kind.TEXT),
        "resource_token": Field(bin_entry.c.resource_token, Kind.TEXT),
        "resource_name": Field(bin_entry.c.resource_name, Kind.TEXT),
        "parent_token": Field(bin_entry.c.parent_token, Kind.TEXT),
        "created_at": Field(bin_entry.c.created_at, Kind.TIMESTAMP),
    },
    orders={"default": Order(("id",))},
    reaches={
        "own": lambda dialect: _own(bin_entry),
        "any": lambda dialect: any_of(bin_entry.c.organizer_id, "organizer_ids", dialect),
    },
    to_one={"organizer": ToOne("organizer", (("organizer_id", "id"),))},
)

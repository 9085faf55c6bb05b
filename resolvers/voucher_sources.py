"""What can be read of vouchers, and of the balances that some hold."""

from sqlalchemy import ColumnElement, Dialect, and_, bindparam, case, exists, func, literal_column, not_, or_, select

from models.customer import customer
from models.gift_card import gift_card
from models.metadata import Id, UtcDateTime
from models.voucher import voucher, voucher_terms
from models.voucher_campaign import category, voucher_campaign
from resolvers.new_vouchers import POINTS
from resolvers.reading.conditions import any_of
from resolvers.reading.maps import of_map
from resolvers.reading.related import related
from resolvers.reading.source import Field, Kind, Order, Source, ToMany, ToOne
from resolvers.voucher_scopes import READ

_c = voucher.c
_campaign = voucher_campaign.c


def _own() -> ColumnElement[bool]:
    return _c.organizer_id == bindparam("organizer_id", type_=Id)


def not_binned() -> ColumnElement[bool]:
    """Neither the voucher nor its campaign is in the bin."""
    binned = exists().where(
        _campaign.organizer_id == _c.organizer_id, _campaign.id == _c.campaign_id, _campaign.binned_at.is_not(None)
    )
    return and_(_c.binned_at.is_(None), or_(_c.campaign_id.is_(None), not_(binned)))


def _not_binned(dialect: Dialect) -> ColumnElement[bool]:
    """The same for lists: the campaigns in the bin, which are few and have an index, are found once for all rows."""
    binned = select(_campaign.id).where(_campaign.binned_at.is_not(None))
    return and_(_c.binned_at.is_(None), or_(_c.campaign_id.is_(None), _c.campaign_id.not_in(binned)))


VOUCHERS = Source(
    name="voucher",
    table=voucher,
    scope=READ,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "token": Field(_c.token, Kind.TEXT),
        "code": Field(_c.code, Kind.TEXT),
        "campaign_id": Field(_c.campaign_id, Kind.INTEGER),
        "category_id": Field(_c.category_id, Kind.INTEGER),
        "holder_id": Field(_c.holder_id, Kind.INTEGER),
        "account_id": Field(_c.gift_card_id, Kind.INTEGER),
        "active": Field(_c.active, Kind.BOOLEAN),
        "quantity": Field(_c.quantity, Kind.INTEGER),
        "redeemed_quantity": Field(_c.redeemed_quantity, Kind.INTEGER),
        "loaded_amount": Field(_c.loaded_amount, Kind.INTEGER),
        "redeemed_amount": Field(_c.redeemed_amount, Kind.INTEGER),
        "published_count": Field(_c.published_count, Kind.INTEGER),
        "starts_at": Field(_c.starts_at, Kind.TIMESTAMP),
        "expires_at": Field(_c.expires_at, Kind.TIMESTAMP),
        "metadata": Field(_c.metadata, Kind.JSON),
        "additional_info": Field(_c.additional_info, Kind.TEXT),
        "created_at": Field(_c.created_at, Kind.TIMESTAMP),
        "updated_at": Field(_c.updated_at, Kind.TIMESTAMP),
        # To sort by: engines differ in where they put what was never updated.
        "touched_at": Field(func.coalesce(_c.updated_at, _c.created_at), Kind.TIMESTAMP),
        # Of what it names, to filter by; to show them there are the relations.
        "campaign_token": related(_campaign.token, voucher, "campaign_id"),
        "campaign_name": related(_campaign.name, voucher, "campaign_id"),
        "category_token": related(category.c.token, voucher, "category_id"),
        "category_name": related(category.c.name, voucher, "category_id"),
        "holder_token": related(customer.c.token, voucher, "holder_id"),
        "holder_source_id": related(customer.c.source_id, voucher, "holder_id"),
        "type": related(voucher_terms.c.type, voucher, "terms_id"),
        "is_referral_code": related(voucher_terms.c.is_referral_code, voucher, "terms_id", Kind.BOOLEAN),
    },
    orders={
        # Ids grow with time: the order of creation needs no index of its own.
        "default": Order(("id",)),
        "updated_at": Order(("touched_at", "id")),
        "code": Order(("code",)),
    },
    reaches={
        "own": lambda dialect: _own(),
        "written": lambda dialect: _own(),
        "any": lambda dialect: any_of(_c.organizer_id, "organizer_ids", dialect),
    },
    always=_not_binned,
    named={
        "expired": lambda dialect: and_(
            _c.expires_at.is_not(None), _c.expires_at <= bindparam("now", type_=UtcDateTime)
        ),
    },
    asked=of_map("metadata", _c.metadata),
    to_one={
        "organizer": ToOne("organizer", (("organizer_id", "id"),)),
        "campaign": ToOne("voucher_campaign", (("organizer_id", "organizer_id"), ("campaign_id", "id")), nullable=True),
        "terms": ToOne("voucher_terms", (("organizer_id", "organizer_id"), ("terms_id", "id"))),
        "holder": ToOne("customer", (("organizer_id", "organizer_id"), ("holder_id", "id")), nullable=True),
        "category": ToOne("category", (("organizer_id", "organizer_id"), ("category_id", "id")), nullable=True),
        "account": ToOne("voucher_account", (("organizer_id", "organizer_id"), ("gift_card_id", "id")), nullable=True),
    },
    to_many={
        "redemptions": ToMany("redemption", (("organizer_id", "organizer_id"), ("id", "voucher_id"))),
        "publications": ToMany("publication_voucher", (("organizer_id", "organizer_id"), ("id", "voucher_id"))),
        "transactions": ToMany(
            "voucher_transaction", (("organizer_id", "organizer_id"), ("gift_card_id", "gift_card_id"))
        ),
    },
)

# The row of the ledger that holds the balance of a gift voucher or a loyalty card.
VOUCHER_ACCOUNTS = Source(
    name="voucher_account",
    table=gift_card,
    scope=READ,
    fields={
        "balance": Field(gift_card.c.balance, Kind.INTEGER),
        # Of money its currency, of points a mark: the other of the two is null.
        "currency": Field(func.nullif(gift_card.c.currency, literal_column(f"'{POINTS}'")), Kind.TEXT),
        "holds_points": Field(case((gift_card.c.currency == literal_column(f"'{POINTS}'"), 1)), Kind.INTEGER),
    },
    orders={},
    # Shown with its voucher and nowhere else.
    reaches={},
    # By the token it is named after, which has an index.
    to_one={"voucher": ToOne("voucher", (("organizer_id", "organizer_id"), ("secret", "token")))},
)

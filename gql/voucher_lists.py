"""How vouchers and the bookings on their balances are listed: filters and orders."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import DateTimeFilter, EnumFilter, IDFilter, IntFilter, MetadataFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from gql.voucher_kinds import VoucherType

_value = strawberry.enum_value


@filtering("Which vouchers to show.")
class VoucherFilter:
    id: IDFilter | None = optional("A condition on the voucher itself.")
    code: TextFilter | None = optional("A condition on the code.")
    type: EnumFilter[VoucherType] | None = optional("A condition on what it is.")
    campaign: IDFilter | None = optional("A condition on the campaign; `eq: null` is a voucher by itself.")
    campaign_name: TextFilter | None = optional("A condition on the campaign's name.")
    category: IDFilter | None = optional("A condition on the category.")
    category_name: TextFilter | None = optional("A condition on the category's name.")
    holder: IDFilter | None = optional("A condition on the customer it was published to last.")
    active: bool | None = optional("Only vouchers that are switched on themselves, or only those that are off.")
    expired: bool | None = optional("Only vouchers past their expiry, or only those that are not.")
    is_referral_code: bool | None = optional("Only referral codes, or only others.")
    redemption_limit: IntFilter | None = optional(
        "A condition on how often it may be redeemed; `eq: null` is no limit."
    )
    redemption_count: IntFilter | None = optional("A condition on how often it was redeemed.")
    additional_info: TextFilter | None = optional("A condition on the note.")
    publication_count: IntFilter | None = optional("A condition on how often it was published.")
    starts_at: DateTimeFilter | None = optional("A condition on since when it is valid.")
    expires_at: DateTimeFilter | None = optional("A condition on until when it is.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")
    updated_at: DateTimeFilter | None = optional("A condition on when it was changed last.")
    metadata: MetadataFilter | None = optional("A condition on the value of one key of the metadata.")


@strawberry.enum(description="What vouchers can be sorted by.")
class VoucherOrderField(Enum):
    CREATED_AT = _value("default", description="When they were made.")
    CODE = _value("code", description="Their codes, by code point.")


VOUCHERS = Listing(
    source="voucher",
    of=Annotated["Voucher", strawberry.lazy("gql.vouchers")],  # noqa: F821
    filter=VoucherFilter,
    names={
        "id": "@Voucher.id",
        "code": "code",
        "type": "type",
        "campaign": "@VoucherCampaign.campaign_id",
        "campaignName": "campaign_name",
        "category": "@Category.category_id",
        "categoryName": "category_name",
        "holder": "@Customer.holder_id",
        "active": "active",
        "expired": "?expired",
        "isReferralCode": "is_referral_code",
        "redemptionLimit": "quantity",
        "redemptionCount": "redeemed_quantity",
        "additionalInfo": "additional_info",
        "publicationCount": "published_count",
        "startsAt": "starts_at",
        "expiresAt": "expires_at",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "metadata": "%metadata",
    },
    order=ordering(VoucherOrderField, "vouchers"),
)


@filtering("Which bookings on the balances of vouchers to show.")
class VoucherTransactionFilter:
    id: IDFilter | None = optional("A condition on the booking itself.")
    voucher: IDFilter | None = optional("A condition on the voucher.")
    number: IntFilter | None = optional("A condition on its place among the voucher's bookings.")
    booked_at: DateTimeFilter | None = optional("A condition on when it was booked.")


@strawberry.enum(description="What bookings on the balances of vouchers can be sorted by.")
class VoucherTransactionOrderField(Enum):
    BOOKED_AT = _value("default", description="The order in which they were booked: that of the ledger.")


TRANSACTIONS = Listing(
    source="voucher_transaction",
    of=Annotated["VoucherTransaction", strawberry.lazy("gql.vouchers")],  # noqa: F821
    filter=VoucherTransactionFilter,
    names={
        "id": "@VoucherTransaction.id",
        "voucher": "@Voucher.voucher_id",
        "number": "number",
        "bookedAt": "booked_at",
    },
    order=ordering(VoucherTransactionOrderField, "bookings on the balances of vouchers"),
    reach="ledger",
    parent="voucher_id",
)

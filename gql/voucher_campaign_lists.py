"""How voucher campaigns are listed: filter and order."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

import strawberry

from gql.conditions import Meant
from gql.filters import DateTimeFilter, EnumFilter, IDFilter, IntFilter, MetadataFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from gql.voucher_kinds import (
    WEEKDAYS,
    VoucherCampaignGrowth,
    VoucherCampaignStatus,
    VoucherCampaignType,
    VoucherType,
    Weekday,
)
from models.problems import Invalid
from resolvers.reading.conditions import Compare, Condition, Either

_value = strawberry.enum_value


def _valid_on(days: Sequence[Weekday]) -> Condition:
    """On one of these days, or with no such limit. Days are stored as a list of single digits, so in its text."""
    field = "validity_day_of_week"
    if len(days) > len(WEEKDAYS):
        raise Invalid(f"At most {len(WEEKDAYS)} days.", field="filter", reason="too_many")
    on = tuple(Compare(field, "contains_text", str(WEEKDAYS.index(day.name))) for day in days)
    return Either((Compare(field, "eq", None), *on))


@filtering("Which voucher campaigns to show.")
class VoucherCampaignFilter:
    id: IDFilter | None = optional("A condition on the campaign itself.")
    name: TextFilter | None = optional("A condition on the name.")
    description: TextFilter | None = optional("A condition on the description.")
    campaign_type: EnumFilter[VoucherCampaignType] | None = optional("A condition on what its vouchers are for.")
    growth: EnumFilter[VoucherCampaignGrowth] | None = optional("A condition on how it comes to its vouchers.")
    voucher_type: EnumFilter[VoucherType] | None = optional("A condition on what its vouchers are.")
    creation_status: EnumFilter[VoucherCampaignStatus] | None = optional("A condition on how far it is.")
    generation_status: EnumFilter[VoucherCampaignStatus] | None = optional("A condition on how far its vouchers are.")
    vouchers_count: IntFilter | None = optional("A condition on how many vouchers it has.")
    category: IDFilter | None = optional("A condition on the category.")
    category_name: TextFilter | None = optional("A condition on the category's name.")
    active: bool | None = optional("Only campaigns that are switched on, or only those that are off.")
    is_referral_code: bool | None = optional("Only campaigns with referral codes, or only others.")
    has_validity_timeframe: bool | None = optional("Only campaigns with a validity timeframe, or only others.")
    has_validity_days_of_week: bool | None = optional("Only campaigns limited to days of the week, or only others.")
    valid_on: list[Weekday] | None = optional("Only campaigns that are valid on one of these days, 7 at most.")
    starts_at: DateTimeFilter | None = optional("A condition on since when its vouchers are valid.")
    expires_at: DateTimeFilter | None = optional("A condition on until when they are.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")
    updated_at: DateTimeFilter | None = optional("A condition on when it was changed last.")
    metadata: MetadataFilter | None = optional("A condition on the value of one key of the metadata.")


@strawberry.enum(description="What voucher campaigns can be sorted by.")
class VoucherCampaignOrderField(Enum):
    CREATED_AT = _value("default", description="When they were made.")
    NAME = _value("name", description="Their names, by code point.")


CAMPAIGNS = Listing(
    source="voucher_campaign",
    of=Annotated["VoucherCampaign", strawberry.lazy("gql.voucher_campaigns")],  # noqa: F821
    filter=VoucherCampaignFilter,
    names={
        "id": "@VoucherCampaign.id",
        "name": "name",
        "description": "description",
        "campaignType": "campaign_type",
        "growth": "type",
        "voucherType": "voucher_type",
        "creationStatus": "creation_status",
        "generationStatus": "generation_status",
        "vouchersCount": "vouchers_count",
        "category": "@Category.category_id",
        "categoryName": "category_name",
        "active": "active",
        "isReferralCode": "is_referral_code",
        "hasValidityTimeframe": Meant.known("validity_timeframe"),
        "hasValidityDaysOfWeek": Meant.known("validity_day_of_week"),
        "validOn": Meant("validity_day_of_week", _valid_on),
        "startsAt": "starts_at",
        "expiresAt": "expires_at",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "metadata": "%metadata",
    },
    order=ordering(VoucherCampaignOrderField, "voucher campaigns"),
)

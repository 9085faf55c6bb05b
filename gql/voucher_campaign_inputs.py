"""What is said of voucher campaigns to be, and of changes to them: inputs, and how they become what the verbs take."""

from collections.abc import Mapping
from typing import Any

import strawberry

from gql.benefits import BenefitInput, benefit_of
from gql.categories import CATEGORY
from gql.code_configs import CodeConfigInput, config_of
from gql.filters import optional
from gql.payloads import KEY, ORGANIZER
from gql.reads import Args
from gql.scalars import Json, Timestamp
from gql.validities import (
    DAYS_GIVEN,
    HOURS_GIVEN,
    TIMEFRAME_GIVEN,
    ValidityHoursInput,
    ValidityTimeframeInput,
    limits_of,
)
from gql.voucher_campaigns import CAMPAIGN_ID
from gql.voucher_kinds import VoucherCampaignGrowth, VoucherCampaignType, Weekday
from gql.voucher_names import object_of
from models.problems import Invalid
from models.terms import Terms
from models.unset import UNSET, Unset
from models.voucher_campaign import CampaignType, Growth
from resolvers.voucher_campaign_rules import CampaignChanges, NewCampaign
from resolvers.vouchers import DEFAULT_CODES

LIMIT = "How often each voucher may be redeemed; null for as often as one likes."


@strawberry.input(description="A voucher campaign to be made.")
class VoucherCampaignCreateInput:
    name: str = strawberry.field(description="Its name: 255 characters at most, unique, bin included. It stays.")
    description: str | None = optional("What it is for.")
    campaign_type: VoucherCampaignType | None = optional("What its vouchers are for; by default what they give says.")
    growth: VoucherCampaignGrowth | None = optional("How it comes to its vouchers; `STATIC` by default.")
    benefit: BenefitInput | None = optional("What its vouchers give. Promotions have none; all others need it.")
    redemption_limit: int | None = optional(LIMIT + " By default once for discounts, and no limit for balances.")
    code_config: CodeConfigInput | None = optional("How codes are made.")
    code: str | None = optional("Of a `STANDALONE` campaign: the code of its voucher.")
    vouchers_count: int | None = optional("How many vouchers to make at once; none by default. Several take an action.")
    starts_at: Timestamp | None = optional("Since when its vouchers are valid; always by default.")
    expires_at: Timestamp | None = optional("Until when they are; for ever by default.")
    validity_timeframe: ValidityTimeframeInput | None = optional(TIMEFRAME_GIVEN)
    validity_days_of_week: list[Weekday] | None = optional(DAYS_GIVEN)
    validity_hours: list[ValidityHoursInput] | None = optional(HOURS_GIVEN)
    activity_duration: str | None = optional(
        "How long a voucher is valid once it is published, as an ISO 8601 duration: `P30D`."
    )
    is_referral_code: bool | None = optional("Kept for programs; false by default.")
    join_once: bool | None = optional("Whether a customer gets only one of its vouchers; loyalty programs always do.")
    auto_join: bool | None = optional("Kept for programs; false by default.")
    inherits_metadata: bool | None = optional("Whether its metadata is set on its vouchers, which is the default.")
    category: str | None = optional(CATEGORY)
    metadata: Json | None = optional("What your program keeps with it: an object.")
    promotion: Json | None = optional("Of promotions: an object that is kept, its `tiers` with ids of their own.")
    referral_program: Json | None = optional("Of referral programs: an object that is kept.")
    loyalty_tiers_expiration: Json | None = optional("Of loyalty programs: an object that is kept.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(
    description="What to change of a voucher campaign. What is left out stays as it is. Vouchers that were neither "
    "published nor redeemed follow."
)
class VoucherCampaignUpdateInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    description: str | None = optional("What it is for; null for nothing.")
    growth: VoucherCampaignGrowth | None = optional("How it comes to its vouchers: `STATIC` or `AUTO_UPDATE`.")
    benefit: BenefitInput | None = optional("What its vouchers give: of the same kind, a discount of the same type.")
    redemption_limit: int | None = optional(LIMIT)
    starts_at: Timestamp | None = optional("Since when its vouchers are valid; null for always.")
    expires_at: Timestamp | None = optional("Until when they are; null for ever.")
    validity_timeframe: ValidityTimeframeInput | None = optional(TIMEFRAME_GIVEN + " Null for all of the time.")
    validity_days_of_week: list[Weekday] | None = optional(DAYS_GIVEN + " Null for all.")
    validity_hours: list[ValidityHoursInput] | None = optional(HOURS_GIVEN + " Null for all.")
    activity_duration: str | None = optional(
        "How long a voucher is valid once it is published, as an ISO 8601 duration; null for no such limit."
    )
    join_once: bool | None = optional("Whether a customer gets only one of its vouchers.")
    auto_join: bool | None = optional("Kept for programs.")
    category: str | None = optional(CATEGORY + " Null for none.")
    metadata: Json | None = optional("What your program keeps with it: merged by key; null takes a key away.")
    referral_program: Json | None = optional("Of referral programs: an object that is kept; null for none.")
    loyalty_tiers_expiration: Json | None = optional("Of loyalty programs: an object that is kept; null for none.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def new_campaign(given: Args) -> NewCampaign:
    """The input as the verb takes it. Refuses with `Invalid` what no look-up is needed for."""
    campaign_type, growth = given.get("campaignType"), given.get("growth")
    return NewCampaign(
        name=given["name"],
        terms=_terms(given),
        campaign_type=None if campaign_type is None else CampaignType(campaign_type.value),
        type=Growth.STATIC if growth is None else Growth(growth.value),
        description=given.get("description"),
        quantity=given.get("redemptionLimit", UNSET),
        code_config=config_of(given.get("codeConfig")) or DEFAULT_CODES,
        code=given.get("code"),
        vouchers_count=given.get("vouchersCount") or 0,
        starts_at=given.get("startsAt"),
        expires_at=given.get("expiresAt"),
        join_once=given.get("joinOnce"),
        auto_join=bool(given.get("autoJoin")),
        use_voucher_metadata_schema=given.get("inheritsMetadata") is not False,
        category=given.get("category"),
        metadata=object_of(given, "metadata", "metadata"),
        promotion=object_of(given, "promotion", "promotion"),
        referral_program=object_of(given, "referralProgram", "referral_program"),
        loyalty_tiers_expiration=object_of(given, "loyaltyTiersExpiration", "loyalty_tiers_expiration"),
    )


def _terms(given: Args) -> Terms | None:
    limits = {**limits_of(given), "activity_duration": given.get("activityDuration", UNSET)}
    if given.get("benefit") is not None:
        type, benefit = benefit_of(given["benefit"])
        return Terms.read(type, benefit, is_referral_code=bool(given.get("isReferralCode")), **limits)
    for name in ("validityTimeframe", "validityDaysOfWeek", "validityHours", "activityDuration"):
        if given.get(name) is not None:
            raise Invalid("There are no vouchers that this could limit.", field=name, reason="no_vouchers")
    return None


def campaign_changes(given: Args) -> CampaignChanges:
    """The same of an update."""
    limits, growth = limits_of(given), given.get("growth")
    benefit = given.get("benefit")
    metadata = object_of(given, "metadata", "metadata")
    return CampaignChanges(
        description=given.get("description", UNSET),
        type=UNSET if growth is None else Growth(growth.value),
        starts_at=given.get("startsAt", UNSET),
        expires_at=given.get("expiresAt", UNSET),
        validity_timeframe=limits["timeframe"],
        validity_day_of_week=limits["day_of_week"],
        validity_hours=limits["hours"],
        activity_duration=given.get("activityDuration", UNSET),
        join_once=_unless_null(given.get("joinOnce")),
        auto_join=_unless_null(given.get("autoJoin")),
        category=given.get("category", UNSET),
        metadata=_unless_null(metadata),
        benefit=UNSET if benefit is None else benefit_of(benefit)[1],
        quantity=given.get("redemptionLimit", UNSET),
        referral_program=_kept(given, "referralProgram", "referral_program"),
        loyalty_tiers_expiration=_kept(given, "loyaltyTiersExpiration", "loyalty_tiers_expiration"),
    )


def _kept(given: Args, name: str, field: str) -> Mapping[str, Any] | Unset | None:
    return object_of(given, name, field) if name in given else UNSET


def _unless_null(value: Any) -> Any:
    """Of what cannot be null, null is taken as left out."""
    return UNSET if value is None else value

"""What is said of vouchers to be, and of changes to them: inputs, and how they become what the verbs take."""

from collections.abc import Awaitable, Callable
from functools import partial

import strawberry

from gql import ids
from gql.benefits import BenefitInput, benefit_of
from gql.categories import CATEGORY
from gql.code_configs import CodeConfigInput, config_of
from gql.filters import optional
from gql.lookups import require_type
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
from gql.voucher_kinds import Weekday
from gql.voucher_names import object_of
from gql.vouchers import VOUCHER_ID
from models.problems import Invalid
from models.terms import Terms
from models.unset import UNSET
from resolvers import vouchers
from resolvers.context import Work
from resolvers.vouchers import DEFAULT_CODES, Overrides, VoucherChanges

LIMIT = "How often it may be redeemed; null for as often as one likes."
WITH_BENEFIT = " Only with a `benefit`."
LIMITS = ("validityTimeframe", "validityDaysOfWeek", "validityHours", "activityDuration")


@strawberry.input(description="A voucher to be made: of a campaign, which says what it gives, or by itself.")
class VoucherCreateInput:
    campaign_id: strawberry.ID | None = optional("The global id of the campaign it is to be one of.")
    code: str | None = optional("Its code: any characters, 255 at most; unique, bin included. Made up if left out.")
    code_config: CodeConfigInput | None = optional("How to make a code up; as the campaign does by default.")
    benefit: BenefitInput | None = optional(
        "What it gives; needed without a campaign. With one, if it is to give something else of the same kind."
    )
    redemption_limit: int | None = optional(
        LIMIT + " By default as the campaign says; without one once for discounts, and no limit for balances."
    )
    active: bool | None = optional("Whether it is switched on, which is the default.")
    category: str | None = optional(CATEGORY)
    starts_at: Timestamp | None = optional("Since when it is valid; null for always; by default as the campaign says.")
    expires_at: Timestamp | None = optional("Until when it is; null for ever; by default as the campaign says.")
    validity_timeframe: ValidityTimeframeInput | None = optional(TIMEFRAME_GIVEN + WITH_BENEFIT)
    validity_days_of_week: list[Weekday] | None = optional(DAYS_GIVEN + WITH_BENEFIT)
    validity_hours: list[ValidityHoursInput] | None = optional(HOURS_GIVEN + WITH_BENEFIT)
    activity_duration: str | None = optional(
        "How long it is valid once it is published, as an ISO 8601 duration: `P30D`." + WITH_BENEFIT
    )
    is_referral_code: bool | None = optional("Kept for programs; false by default." + WITH_BENEFIT)
    additional_info: str | None = optional("A note.")
    metadata: Json | None = optional("What your program keeps with it: an object.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a voucher. What is left out stays as it is; so does its code.")
class VoucherUpdateInput:
    id: strawberry.ID = strawberry.field(description=VOUCHER_ID)
    benefit: BenefitInput | None = optional("What it gives: of the same kind, a discount of the same type.")
    redemption_limit: int | None = optional(LIMIT)
    active: bool | None = optional("Whether it is switched on, as `voucherEnable` and `voucherDisable` do it.")
    category: str | None = optional(CATEGORY + " Null for none.")
    starts_at: Timestamp | None = optional("Since when it is valid; null for always.")
    expires_at: Timestamp | None = optional("Until when it is; null for ever.")
    validity_timeframe: ValidityTimeframeInput | None = optional(TIMEFRAME_GIVEN + " Null for all of the time.")
    validity_days_of_week: list[Weekday] | None = optional(DAYS_GIVEN + " Null for all.")
    validity_hours: list[ValidityHoursInput] | None = optional(HOURS_GIVEN + " Null for all.")
    additional_info: str | None = optional("A note; null for none.")
    metadata: Json | None = optional("What your program keeps with it: merged by key; null takes a key away.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def making(given: Args) -> Callable[[Work, int], Awaitable[int]]:
    """What makes the voucher, of an organizer. Refuses with `Invalid` what only its campaign says, or nobody."""
    return _by_itself(given) if given.get("campaignId") is None else _of_campaign(given)


def overrides(given: Args) -> Overrides:
    """What an input says of a voucher's own."""
    return Overrides(
        quantity=given.get("redemptionLimit", UNSET),
        active=given.get("active") is not False,
        category=given.get("category") or UNSET,
        metadata=object_of(given, "metadata", "metadata"),
        additional_info=given.get("additionalInfo"),
        starts_at=given.get("startsAt", UNSET),
        expires_at=given.get("expiresAt", UNSET),
    )


def voucher_changes(given: Args) -> VoucherChanges:
    """An update as the verb takes it; null of what cannot be null is nothing said."""
    limits, benefit = limits_of(given), given.get("benefit")
    metadata = object_of(given, "metadata", "metadata")
    return VoucherChanges(
        active=UNSET if given.get("active") is None else given["active"],
        quantity=given.get("redemptionLimit", UNSET),
        starts_at=given.get("startsAt", UNSET),
        expires_at=given.get("expiresAt", UNSET),
        validity_timeframe=limits["timeframe"],
        validity_day_of_week=limits["day_of_week"],
        validity_hours=limits["hours"],
        category=given.get("category", UNSET),
        additional_info=given.get("additionalInfo", UNSET),
        metadata=UNSET if metadata is None else metadata,
        benefit=UNSET if benefit is None else benefit_of(benefit)[1],
    )


def _of_campaign(given: Args) -> Callable[[Work, int], Awaitable[int]]:
    of_its_own = given.get("benefit") is not None
    for name in () if of_its_own else (*LIMITS, "isReferralCode"):
        if given.get(name) is not None:
            raise Invalid("The campaign says this.", field=name, reason="of_campaign")
    campaign_id = ids.key_of(given["campaignId"], "VoucherCampaign", field="campaign_id")
    added = partial(
        vouchers.add,
        campaign_id=campaign_id,
        code=given.get("code"),
        own=overrides(given),
        code_config=config_of(given.get("codeConfig")),
        terms=_terms(given) if of_its_own else None,
    )

    async def of_the_same_kind(work: Work, organizer_id: int) -> int:
        await require_type(work, organizer_id, "voucher_campaign", campaign_id, given.get("benefit"))
        return await added(work, organizer_id)

    return of_the_same_kind


def _by_itself(given: Args) -> Callable[[Work, int], Awaitable[int]]:
    if given.get("benefit") is None:
        raise Invalid("Say what it gives, or of which campaign it is.", field="benefit", reason="required")
    return partial(
        vouchers.create,
        terms=_terms(given),
        code=given.get("code"),
        own=overrides(given),
        code_config=config_of(given.get("codeConfig")) or DEFAULT_CODES,
    )


def _terms(given: Args) -> Terms:
    type, benefit = benefit_of(given["benefit"])
    limits = {**limits_of(given), "activity_duration": given.get("activityDuration", UNSET)}
    return Terms.read(type, benefit, is_referral_code=bool(given.get("isReferralCode")), **limits)

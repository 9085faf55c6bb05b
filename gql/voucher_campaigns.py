"""Voucher campaigns: the type."""

from typing import Annotated

import strawberry

from gql import benefits, validities
from gql.action_lists import ACTIONS
from gql.benefits import Discount, GiftTerms, LoyaltyCardTerms
from gql.campaigns import Campaign
from gql.categories import Category
from gql.code_configs import CODE_CONFIG, CodeConfig
from gql.nodes import node_id
from gql.publication_lists import PUBLICATIONS
from gql.reads import Leaf, Related, by
from gql.redemption_lists import REDEMPTIONS
from gql.scalars import Json, Timestamp
from gql.validities import ValidityHours, ValidityTimeframe
from gql.voucher_kinds import (
    VoucherCampaignGrowth,
    VoucherCampaignStatus,
    VoucherCampaignType,
    VoucherType,
    Weekday,
)
from gql.voucher_lists import VOUCHERS

CAMPAIGN_ID = "The campaign's global id."


@strawberry.type(description="A batch of vouchers with what they give, when they are valid, and how they are made.")
class VoucherCampaign(Campaign):
    id: strawberry.ID = by(node_id("VoucherCampaign"), CAMPAIGN_ID)
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `camp_…`.")
    name: str = by(Leaf(("name",)), "Its name, unique within its organizer; it stays.")
    description: str | None = by(Leaf(("description",)), "What it is for, if anybody said so.")
    campaign_type: VoucherCampaignType = by(Leaf(("campaign_type",)), "What its vouchers are for.")
    growth: VoucherCampaignGrowth = by(Leaf(("type",)), "How it comes to its vouchers.")
    active: bool = by(
        Leaf(("active",)), "Whether it is switched on. Vouchers of one that is off are published, but not redeemed."
    )
    voucher_type: VoucherType | None = by(
        Leaf(("terms", "type")), "What its vouchers are; null for promotions, which have none."
    )
    discount: Discount | None = by(benefits.DISCOUNT, "What its vouchers take off, if they are discounts.")
    gift: GiftTerms | None = by(benefits.GIFT_TERMS, "What its vouchers begin with, if they are gift vouchers.")
    loyalty_card: LoyaltyCardTerms | None = by(
        benefits.LOYALTY_CARD_TERMS, "What its vouchers begin with, if they are loyalty cards."
    )
    is_referral_code: bool | None = by(Leaf(("terms", "is_referral_code")), "Kept for programs; null for promotions.")
    redemption_limit: int | None = by(
        Leaf(("quantity",)), "How often each voucher may be redeemed; null for as often as one likes."
    )
    code_config: CodeConfig | None = by(CODE_CONFIG, "How codes are made; null for promotions.")
    vouchers_count: int = by(Leaf(("vouchers_count",)), "How many vouchers it has by now.")
    starts_at: Timestamp | None = by(Leaf(("starts_at",)), "Since when its vouchers are valid; null for always.")
    expires_at: Timestamp | None = by(Leaf(("expires_at",)), "Until when they are; null for ever.")
    validity_timeframe: ValidityTimeframe | None = by(
        validities.TIMEFRAME, "For how long from the start date, and again how often; null for all of the time."
    )
    validity_days_of_week: list[Weekday] | None = by(validities.DAYS, "On which days of the week; null for all.")
    validity_hours: list[ValidityHours] | None = by(validities.HOURS, "At which times of the day; null for all.")
    activity_duration: str | None = by(
        Leaf(("terms", "activity_duration")), "How long a voucher is valid once it is published: an ISO 8601 duration."
    )
    join_once: bool = by(Leaf(("join_once",)), "Whether a customer gets only one of its vouchers.")
    auto_join: bool = by(Leaf(("auto_join",)), "Kept for programs; nothing here goes by it.")
    inherits_metadata: bool = by(Leaf(("use_voucher_metadata_schema",)), "Whether its metadata is set on its vouchers.")
    metadata: Json = by(Leaf(("metadata",)), "What programs keep with it: an object.")
    promotion: Json | None = by(Leaf(("promotion",)), "Of promotions: kept as it was given, tiers with their ids.")
    referral_program: Json | None = by(Leaf(("referral_program",)), "Of referral programs: kept as it was given.")
    loyalty_tiers_expiration: Json | None = by(
        Leaf(("loyalty_tiers_expiration",)), "Of loyalty programs: kept as it was given."
    )
    creation_status: VoucherCampaignStatus = by(Leaf(("creation_status",)), "How far it is.")
    generation_status: VoucherCampaignStatus = by(Leaf(("generation_status",)), "How far its vouchers are.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When it was changed last, if it was.")
    category: Category | None = by(Related(("category",)), "Its category, if it has one.")
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose campaign it is."
    )

    vouchers = VOUCHERS.below("vouchers", "Its vouchers, oldest first unless asked otherwise.")
    redemptions = REDEMPTIONS.below("redemptions", "Redemptions of its vouchers and their rollbacks, oldest first.")
    publications = PUBLICATIONS.below("publications", "Publications of its vouchers, oldest first.")
    actions = ACTIONS.below("actions", "The bulk work that was asked for of it, oldest first.")

"""Voucher campaigns: type, filter, order."""

from enum import Enum
from typing import Annotated, Optional

import strawberry

from gql import actions, benefits, publications, redemptions, validities, vouchers
from gql.actions import Action
from gql.benefits import Discount, GiftTerms, LoyaltyCardTerms
from gql.campaigns import Campaign
from gql.categories import Category
from gql.code_configs import CODE_CONFIG, CodeConfig
from gql.filters import DateTimeFilter, MetadataFilter, TextFilter, condition, optional
from gql.gift_cards import OrderDirection
from gql.nodes import node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.publications import Publication
from gql.reads import Args, Leaf, Listed, Related, argument, by, method
from gql.redemptions import Redemption, RedemptionFilter
from gql.run import Run
from gql.scalars import Json, Timestamp
from gql.validities import ValidityHours, ValidityTimeframe
from gql.voucher_kinds import (
    VoucherCampaignGrowth,
    VoucherCampaignStatus,
    VoucherCampaignType,
    VoucherType,
    Weekday,
)
from gql.vouchers import Voucher, VoucherFilter, VoucherOrder
from models.problems import Invalid
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

CAMPAIGN_ID = "The campaign's global id."
ABSENT = strawberry.UNSET


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

    @method(Listed("vouchers", vouchers.listed), "Its vouchers, oldest first unless asked otherwise.")
    def vouchers(
        self,
        filter: Annotated[VoucherFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[VoucherOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Voucher] | None: ...

    @method(Listed("redemptions", redemptions.listed), "Redemptions of its vouchers and their rollbacks, oldest first.")
    def redemptions(
        self,
        filter: Annotated[RedemptionFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument("DESC for the newest first.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Redemption] | None: ...

    @method(Listed("publications", publications.listed), "Publications of its vouchers, oldest first.")
    def publications(
        self,
        direction: Annotated[OrderDirection | None, argument("DESC for the newest first.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Publication] | None: ...

    @method(Listed("actions", actions.below), "The bulk work that was asked for of it, oldest first.")
    def actions(
        self,
        direction: Annotated[OrderDirection | None, argument("DESC for the newest first.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Action] | None: ...


# -- lists -----------------------------------------------------------------------------------------------------------


@strawberry.input(description="Which voucher campaigns to show. All parts that are given must hold.")
class VoucherCampaignFilter:
    name: TextFilter | None = optional("A condition on the name.")
    campaign_type: VoucherCampaignType | None = optional("Only campaigns whose vouchers are for this.")
    growth: VoucherCampaignGrowth | None = optional("Only campaigns that come to their vouchers like this.")
    voucher_type: VoucherType | None = optional("Only campaigns with such vouchers.")
    generation_status: VoucherCampaignStatus | None = optional("Only campaigns whose vouchers are so far.")
    category: TextFilter | None = optional("A condition on the category's name.")
    active: bool | None = optional("Only campaigns that are switched on, or only those that are off.")
    is_referral_code: bool | None = optional("Only campaigns with referral codes, or only others.")
    starts_at: DateTimeFilter | None = optional("A condition on since when its vouchers are valid.")
    expires_at: DateTimeFilter | None = optional("A condition on until when they are.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")
    updated_at: DateTimeFilter | None = optional("A condition on when it was changed last.")
    metadata: MetadataFilter | None = optional("A condition on the value of one key of the metadata.")
    and_: list["VoucherCampaignFilter"] | None = strawberry.field(
        name="and", description="All of these must hold.", default=ABSENT
    )
    or_: list["VoucherCampaignFilter"] | None = strawberry.field(
        name="or", description="At least one of these must hold.", default=ABSENT
    )
    not_: Optional["VoucherCampaignFilter"] = strawberry.field(
        name="not", description="This must not hold.", default=ABSENT
    )


FILTER_FIELDS = {
    "name": "name",
    "campaignType": "campaign_type",
    "growth": "type",
    "voucherType": "voucher_type",
    "generationStatus": "generation_status",
    "category": "category_name",
    "active": "active",
    "isReferralCode": "is_referral_code",
    "startsAt": "starts_at",
    "expiresAt": "expires_at",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "metadata": "%metadata",
}


@strawberry.enum(description="What voucher campaigns can be sorted by.")
class VoucherCampaignOrderField(Enum):
    CREATED_AT = strawberry.enum_value("default", description="When they were made.")
    NAME = strawberry.enum_value("name", description="Their names, by code point.")


@strawberry.input(description="How to sort voucher campaigns.")
class VoucherCampaignOrder:
    field: VoucherCampaignOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(description="Which way.", default=OrderDirection.ASC)


def listed(args: Args, run: Run) -> Ask:
    """What a connection of campaigns asks for, at the root (with an organizer) or below an organizer (without)."""
    order = args.get("orderBy") or {}
    return page(
        args,
        run,
        "voucher_campaign",
        where=condition(args.get("filter"), FILTER_FIELDS),
        order=order["field"].value if order else "default",
        descending=bool(order) and order["direction"].value == "DESC",
    )


def one(args: Args, run: Run) -> Ask | None:
    """The campaign by its name or by its token."""
    if (args.get("name") is None) is (args.get("token") is None):
        raise Invalid("Name the campaign by its `name` or by its `token`.", field="name", reason="one_of")
    field = "name" if args.get("token") is None else "token"
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    return None if "\0" in args[field] else Ask(1, Compare(field, "eq", args[field]), organizer_id=organizer_id)

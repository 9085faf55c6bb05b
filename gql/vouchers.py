"""Vouchers and the bookings on their balances: types, filter, order."""

from enum import Enum
from typing import Annotated, Optional

import strawberry

from gql import benefits, redemptions, validities
from gql.benefits import CURRENCY, Discount, Gift, LoyaltyCard, money_of
from gql.categories import Category
from gql.customers import Customer
from gql.filters import DateTimeFilter, IntFilter, MetadataFilter, TextFilter, condition, optional
from gql.gift_cards import OrderDirection
from gql.money import Money
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Leaf, Listed, Related, argument, by, method
from gql.redemptions import Redemption, RedemptionFilter, newest_first
from gql.run import Run
from gql.scalars import Json, Long, Timestamp
from gql.validities import ValidityHours, ValidityTimeframe
from gql.voucher_kinds import VoucherType, Weekday
from models.problems import Invalid
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

VOUCHER_ID = "The voucher's global id."
ABSENT = strawberry.UNSET
# Of accounts that hold points, not money.
POINTS = (("account", "holds_points"),)
MONEY = (CURRENCY,)


def _told(name: str) -> Leaf:
    return Leaf(("info",), lambda info: None if info is None else info.get(name))


def _transactions(args: Args, run: Run) -> Ask:
    return page(args, run, "voucher_transaction", descending=newest_first(args))


@strawberry.type(description="One booking on the balance of a voucher. Bookings are never changed and never removed.")
class VoucherTransaction(Node):
    id: strawberry.ID = by(node_id("VoucherTransaction"), "The booking's global id.")
    number: int = by(Leaf(("number",)), "Its place among the voucher's bookings: 1, 2, 3, without a gap.")
    amount: Money | None = by(
        money_of("amount", present=MONEY), "What was booked, if it was money: negative for a debit."
    )
    balance_after: Money | None = by(
        money_of("balance_after", present=MONEY), "The balance right after it, if it is money."
    )
    points: Long | None = by(
        Leaf(("amount",), present=POINTS), "What was booked, if it was points: negative for those taken."
    )
    points_after: Long | None = by(
        Leaf(("balance_after",), present=POINTS), "The points right after it, if they are points."
    )
    type: str | None = by(
        _told("type"), "What it was: `CREDITS_` or `POINTS_`, and `REDEMPTION`, `REFUND`, `ADDITION`, `REMOVAL`."
    )
    reason: str | None = by(_told("reason"), "Why, if anybody said so.")
    source_id: str | None = by(_told("source_id"), "What the program that booked it calls it, if anything.")
    booked_at: Timestamp = by(Leaf(("booked_at",)), "When it was booked.")


@strawberry.type(description="A code that gives a discount, holds a balance, or collects points.")
class Voucher(Node):
    id: strawberry.ID = by(node_id("Voucher"), VOUCHER_ID)
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `v_…`. As good as the code for redeeming.")
    code: str = by(Leaf(("code",)), "The code by which it is redeemed, unique within its organizer.")
    type: VoucherType = by(Leaf(("terms", "type")), "What it is.")
    discount: Discount | None = by(benefits.DISCOUNT, "What it takes off, if it is a discount.")
    gift: Gift | None = by(benefits.GIFT, "Its balance, if it is a gift voucher.")
    loyalty_card: LoyaltyCard | None = by(benefits.LOYALTY_CARD, "Its points, if it is a loyalty card.")
    active: bool = by(
        Leaf(("active",)),
        "Whether it is switched on. One that is off, or whose campaign is, is neither validated nor redeemed.",
    )
    is_referral_code: bool = by(Leaf(("terms", "is_referral_code")), "Kept for programs.")
    redemption_limit: int | None = by(
        Leaf(("quantity",)), "How often it may be redeemed; null for as often as one likes."
    )
    redemption_count: int = by(Leaf(("redeemed_quantity",)), "How often it was redeemed and not taken back.")
    publication_count: int = by(Leaf(("published_count",)), "How often it was published.")
    starts_at: Timestamp | None = by(Leaf(("starts_at",)), "Since when it is valid; null for always.")
    expires_at: Timestamp | None = by(Leaf(("expires_at",)), "Until when it is; null for ever.")
    validity_timeframe: ValidityTimeframe | None = by(
        validities.TIMEFRAME, "For how long from the start date, and again how often; null for all of the time."
    )
    validity_days_of_week: list[Weekday] | None = by(validities.DAYS, "On which days of the week; null for all.")
    validity_hours: list[ValidityHours] | None = by(validities.HOURS, "At which times of the day; null for all.")
    additional_info: str | None = by(Leaf(("additional_info",)), "A note.")
    metadata: Json = by(Leaf(("metadata",), lambda stored: stored or {}), "What programs keep with it: an object.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When it was changed last, if it was.")
    category: Category | None = by(Related(("category",)), "Its category, if it has one.")
    holder: Customer | None = by(Related(("holder",)), "The customer it was published to last, if it was.")
    campaign: Annotated["VoucherCampaign", strawberry.lazy("gql.voucher_campaigns")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("campaign",)), "Its campaign; null for a voucher by itself."
    )
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose voucher it is."
    )

    @method(Listed("redemptions", redemptions.listed), "Its redemptions and their rollbacks, oldest first.")
    def redemptions(
        self,
        filter: Annotated[RedemptionFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument("DESC for the newest first.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Redemption] | None: ...

    @method(Listed("transactions", _transactions), "Bookings on its balance, oldest first; a discount has none.")
    def transactions(
        self,
        direction: Annotated[OrderDirection | None, argument("DESC for the newest first.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[VoucherTransaction] | None: ...


# -- lists -----------------------------------------------------------------------------------------------------------


@strawberry.input(description="Which vouchers to show. All parts that are given must hold.")
class VoucherFilter:
    code: TextFilter | None = optional("A condition on the code.")
    type: VoucherType | None = optional("Only such vouchers.")
    campaign_id: strawberry.ID | None = optional("Only vouchers of the campaign with this global id.")
    campaign: TextFilter | None = optional("A condition on the campaign's name.")
    holder_id: strawberry.ID | None = optional("Only vouchers published last to the customer with this global id.")
    category: TextFilter | None = optional("A condition on the category's name.")
    active: bool | None = optional("Only vouchers that are switched on themselves, or only those that are off.")
    expired: bool | None = optional("Only vouchers past their expiry, or only those that are not.")
    is_referral_code: bool | None = optional("Only referral codes, or only others.")
    redemption_limit: IntFilter | None = optional(
        "A condition on how often it may be redeemed; `eq: null` is no limit."
    )
    redemption_count: IntFilter | None = optional("A condition on how often it was redeemed.")
    publication_count: IntFilter | None = optional("A condition on how often it was published.")
    starts_at: DateTimeFilter | None = optional("A condition on since when it is valid.")
    expires_at: DateTimeFilter | None = optional("A condition on until when it is.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")
    updated_at: DateTimeFilter | None = optional("A condition on when it was changed last.")
    metadata: MetadataFilter | None = optional("A condition on the value of one key of the metadata.")
    and_: list["VoucherFilter"] | None = strawberry.field(
        name="and", description="All of these must hold.", default=ABSENT
    )
    or_: list["VoucherFilter"] | None = strawberry.field(
        name="or", description="At least one of these must hold.", default=ABSENT
    )
    not_: Optional["VoucherFilter"] = strawberry.field(name="not", description="This must not hold.", default=ABSENT)


FILTER_FIELDS = {
    "code": "code",
    "type": "type",
    "campaignId": "@VoucherCampaign.campaign_id",
    "campaign": "campaign_name",
    "holderId": "@Customer.holder_id",
    "category": "category_name",
    "active": "active",
    "expired": "?expired",
    "isReferralCode": "is_referral_code",
    "redemptionLimit": "quantity",
    "redemptionCount": "redeemed_quantity",
    "publicationCount": "published_count",
    "startsAt": "starts_at",
    "expiresAt": "expires_at",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "metadata": "%metadata",
}


@strawberry.enum(description="What vouchers can be sorted by.")
class VoucherOrderField(Enum):
    CREATED_AT = strawberry.enum_value("default", description="When they were made.")
    CODE = strawberry.enum_value("code", description="Their codes, by code point.")


@strawberry.input(description="How to sort vouchers.")
class VoucherOrder:
    field: VoucherOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(description="Which way.", default=OrderDirection.ASC)


def listed(args: Args, run: Run) -> Ask:
    """What a connection of vouchers asks for, at the root (with an organizer) or below something (without)."""
    order = args.get("orderBy") or {}
    return page(
        args,
        run,
        "voucher",
        where=condition(args.get("filter"), FILTER_FIELDS),
        order=order["field"].value if order else "default",
        descending=bool(order) and order["direction"].value == "DESC",
    )


def one(args: Args, run: Run) -> Ask | None:
    """The voucher by its code or by its token."""
    if (args.get("code") is None) is (args.get("token") is None):
        raise Invalid("Name the voucher by its `code` or by its `token`.", field="code", reason="one_of")
    field = "code" if args.get("token") is None else "token"
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    return None if "\0" in args[field] else Ask(1, Compare(field, "eq", args[field]), organizer_id=organizer_id)

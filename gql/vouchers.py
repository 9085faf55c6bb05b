"""Vouchers and the bookings on their balances: types."""

from typing import Annotated

import strawberry

from gql import benefits, ids, validities
from gql.benefits import CURRENCY, Discount, Gift, LoyaltyCard, money_of
from gql.categories import Category
from gql.customers import Customer
from gql.money import Money
from gql.nodes import Node, node_id
from gql.publication_lists import PUBLISHED
from gql.reads import Args, Leaf, Related, by
from gql.redemption_lists import REDEMPTIONS
from gql.run import Run
from gql.scalars import Json, Long, Timestamp
from gql.validities import ValidityHours, ValidityTimeframe
from gql.voucher_kinds import VoucherTransactionType, VoucherType, Weekday
from gql.voucher_lists import TRANSACTIONS
from resolvers.reading.conditions import All, Compare
from resolvers.reading.selection import Ask

VOUCHER_ID = "The voucher's global id."
# Of accounts that hold points, not money.
POINTS = (("account", "holds_points"),)
MONEY = (CURRENCY,)


def _told(name: str) -> Leaf:
    return Leaf(("info",), lambda info: None if info is None else info.get(name))


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
    type: VoucherTransactionType | None = by(_told("type"), "What it was.")
    reason: str | None = by(_told("reason"), "Why, if anybody said so.")
    source_id: str | None = by(_told("source_id"), "What the program that booked it calls it, if anything.")
    booked_at: Timestamp = by(Leaf(("booked_at",)), "When it was booked.")
    voucher: Annotated["Voucher", strawberry.lazy("gql.vouchers")] = by(Related(("account", "voucher")), "The voucher.")


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
    activity_duration: str | None = by(
        Leaf(("terms", "activity_duration")), "How long it is valid once it is published: an ISO 8601 duration."
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

    redemptions = REDEMPTIONS.below("redemptions", "Its redemptions and their rollbacks, oldest first.")
    publications = PUBLISHED.below("publications", "The publications it was one of.")
    transactions = TRANSACTIONS.below("transactions", "Bookings on its balance, oldest first; a discount has none.")


def transaction(args: Args, run: Run) -> Ask | None:
    """The booking by its voucher and its number there."""
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    found = ids.decode(args["voucher"])
    if found is None or found[0] != "Voucher":
        return None
    numbered = All((Compare("voucher_id", "eq", found[1]), Compare("number", "eq", args["number"])))
    return Ask(1, numbered, order="id", organizer_id=organizer_id)

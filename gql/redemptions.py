"""Redemptions and their rollbacks: the type."""

from typing import Annotated

import strawberry

from gql.baskets import Basket
from gql.benefits import money_of
from gql.errors import ErrorCode
from gql.money import Money
from gql.nodes import Node, node_id
from gql.reads import Inner, Leaf, Related, by
from gql.redemption_lists import REDEMPTIONS, STORED_CODES
from gql.scalars import Json, Long, Timestamp
from gql.voucher_kinds import STORED_KINDS, RedemptionKind, RedemptionStatus, shown

CURRENCY = ("voucher", "account", "currency")
POINTS = (("amount",), ("voucher", "account", "holds_points"))


@strawberry.type(
    description="That a voucher was used, that this was refused, or that it was taken back. Of several vouchers at "
    "once there is one for each, and one that holds them together."
)
class Redemption(Node):
    id: strawberry.ID = by(node_id("Redemption"), "The redemption's global id.")
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `r_…`, `rf_…`, `rr_…` or `rrf_…`.")
    kind: RedemptionKind = by(Leaf(("kind",), shown(STORED_KINDS)), "Whether it used vouchers or took that back.")
    status: RedemptionStatus = by(Leaf(("status",)), "What came of it.")
    amount: Money | None = by(
        money_of("amount", currency=CURRENCY, present=(("amount",), CURRENCY)),
        "Of a gift voucher: what was taken of its balance; negative for what was given back.",
    )
    points: Long | None = by(
        Leaf(("amount",), present=POINTS), "Of a loyalty card: how many points; negative for those given back."
    )
    order: Basket | None = by(Inner(("order",)), "The order after it, if there was one.")
    reason: str | None = by(Leaf(("reason",)), "Of a rollback: why, if anybody said so.")
    failure_code: ErrorCode | None = by(  # type: ignore[valid-type]
        Leaf(("failure_code",), shown(STORED_CODES)), "Why it was refused."
    )
    failure_message: str | None = by(Leaf(("failure_message",)), "The refusal in English, for developers.")
    tracking_id: str | None = by(Leaf(("tracking_id",)), "By which programs follow a customer whom they do not name.")
    metadata: Json = by(Leaf(("metadata",), lambda stored: stored or {}), "What programs keep with it: an object.")
    happened_at: Timestamp = by(Leaf(("happened_at",)), "When it happened.")
    voucher: Annotated["Voucher", strawberry.lazy("gql.vouchers")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("voucher",)), "The voucher; null for what holds several together."
    )
    campaign: Annotated["VoucherCampaign", strawberry.lazy("gql.voucher_campaigns")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("campaign",)), "The campaign of the voucher, if it has one."
    )
    customer: Annotated["Customer", strawberry.lazy("gql.customers")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("customer",)), "Who redeemed, if that was told."
    )
    parent: Annotated["Redemption", strawberry.lazy("gql.redemptions")] | None = by(
        Related(("parent",)), "What holds it together with others, if it was not alone."
    )
    rolls_back: Annotated["Redemption", strawberry.lazy("gql.redemptions")] | None = by(
        Related(("rolls_back",)), "Of a rollback: the redemption that it took back."
    )

    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose redemption it is."
    )
    children = REDEMPTIONS.below("children", "Of what holds several together: one for each voucher.")
    rollbacks = REDEMPTIONS.below(
        "rollbacks", "Its rollbacks: one that succeeded at most, and those that were refused."
    )

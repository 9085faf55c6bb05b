"""Redemptions and their rollbacks: type, filter."""

from typing import Annotated, Any

import strawberry

from gql.baskets import Basket
from gql.benefits import money_of
from gql.filters import DateTimeFilter, TextFilter, condition, optional
from gql.money import Money
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Inner, Leaf, Listed, Related, argument, by, method
from gql.run import Run
from gql.scalars import Json, Long, Timestamp
from gql.voucher_kinds import STORED_KINDS, RedemptionKind, RedemptionStatus, shown
from resolvers.reading.conditions import All, Compare
from resolvers.reading.selection import Ask

ABSENT = strawberry.UNSET
CURRENCY = ("voucher", "account", "currency")
POINTS = (("amount",), ("voucher", "account", "holds_points"))
NEWEST = "DESC for the newest first."


def newest_first(args: Args) -> bool:
    return getattr(args.get("direction"), "value", "ASC") == "DESC"


def listed(args: Args, run: Run) -> Ask:
    """What a connection of redemptions asks for, at the root (with an organizer) or below something (without)."""
    given: dict[str, Any] = dict(args.get("filter") or {})
    wanted = given.pop("kind", None)
    where = condition(given, FILTER_FIELDS)
    if wanted is not None:
        of_kind = Compare("kind", "eq", STORED_KINDS[wanted.value])
        where = of_kind if where is None else All((of_kind, where))
    return page(args, run, "redemption", where=where, descending=newest_first(args))


def _all(args: Args, run: Run) -> Ask:
    return page(args, run, "redemption")


@strawberry.input(description="Which redemptions and rollbacks to show. All parts that are given must hold.")
class RedemptionFilter:
    kind: RedemptionKind | None = optional("Only redemptions, or only rollbacks.")
    status: RedemptionStatus | None = optional("Only those of which this came.")
    voucher_id: strawberry.ID | None = optional("Only those of the voucher with this global id.")
    campaign_id: strawberry.ID | None = optional("Only those of vouchers of the campaign with this global id.")
    customer_id: strawberry.ID | None = optional("Only those by the customer with this global id.")
    tracking_id: TextFilter | None = optional("A condition on the tracking id.")
    happened_at: DateTimeFilter | None = optional("A condition on when it happened.")


FILTER_FIELDS = {
    "status": "status",
    "voucherId": "@Voucher.voucher_id",
    "campaignId": "@VoucherCampaign.campaign_id",
    "customerId": "@Customer.customer_id",
    "trackingId": "tracking_id",
    "happenedAt": "happened_at",
}


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
    failure_code: str | None = by(
        Leaf(("failure_code",), lambda code: None if code is None else code.upper()),
        "Why it was refused: one of the codes of `ErrorCode`.",
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

    @method(Listed("children", _all), "Of what holds several together: one for each voucher.")
    def children(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Annotated["Redemption", strawberry.lazy("gql.redemptions")]] | None: ...

    @method(Listed("rollbacks", _all), "Its rollbacks: one that succeeded at most, and those that were refused.")
    def rollbacks(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Annotated["Redemption", strawberry.lazy("gql.redemptions")]] | None: ...

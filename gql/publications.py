"""Publications: vouchers given to a customer."""

from typing import Annotated

import strawberry

from gql.filters import DateTimeFilter, TextFilter, condition, optional
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Leaf, Listed, Related, argument, by, method
from gql.redemptions import newest_first
from gql.run import Run
from gql.scalars import Json, Timestamp
from resolvers.reading.selection import Ask

ABSENT = strawberry.UNSET


def _vouchers(args: Args, run: Run) -> Ask:
    return page(args, run, "publication_voucher")


@strawberry.type(description="That a voucher is one of a publication.")
class PublishedVoucher:
    voucher: Annotated["Voucher", strawberry.lazy("gql.vouchers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("voucher",)), "The voucher."
    )
    publication: Annotated["Publication", strawberry.lazy("gql.publications")] = by(
        Related(("publication",)), "The publication."
    )


@strawberry.type(description="That vouchers were given to a customer.")
class Publication(Node):
    id: strawberry.ID = by(node_id("Publication"), "The publication's global id.")
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `pub_…`.")
    channel: str | None = by(Leaf(("channel",)), "Through what it went, if that was told.")
    source_id: str | None = by(Leaf(("source_id",)), "The shop's own name for it, unique within its organizer.")
    tracking_id: str | None = by(Leaf(("tracking_id",)), "By which programs follow a customer whom they do not name.")
    metadata: Json = by(Leaf(("metadata",)), "What programs keep with it: an object.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    customer: Annotated["Customer", strawberry.lazy("gql.customers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("customer",)), "To whom."
    )
    campaign: Annotated["VoucherCampaign", strawberry.lazy("gql.voucher_campaigns")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("campaign",)), "The campaign of the vouchers, if they have one."
    )

    @method(Listed("vouchers", _vouchers), "The vouchers, oldest first.")
    def vouchers(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[PublishedVoucher] | None: ...


@strawberry.input(description="Which publications to show. All parts that are given must hold.")
class PublicationFilter:
    campaign_id: strawberry.ID | None = optional("Only those of vouchers of the campaign with this global id.")
    customer_id: strawberry.ID | None = optional("Only those to the customer with this global id.")
    source_id: TextFilter | None = optional("A condition on the shop's own name for it.")
    channel: TextFilter | None = optional("A condition on the channel.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")


FILTER_FIELDS = {
    "campaignId": "@VoucherCampaign.campaign_id",
    "customerId": "@Customer.customer_id",
    "sourceId": "source_id",
    "channel": "channel",
    "createdAt": "created_at",
}


def listed(args: Args, run: Run) -> Ask:
    """What a connection of publications asks for, at the root (with an organizer) or below something (without)."""
    where = condition(args.get("filter"), FILTER_FIELDS)
    return page(args, run, "publication", where=where, descending=newest_first(args))

"""Publications: vouchers given to a customer."""

from typing import Annotated

import strawberry

from gql.nodes import Node, node_id
from gql.publication_lists import PUBLISHED
from gql.reads import Leaf, Related, by
from gql.scalars import Json, Timestamp


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

    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose publication it is."
    )
    vouchers = PUBLISHED.below("vouchers", "The vouchers, oldest first unless asked otherwise.")

"""How redemptions and their rollbacks are listed: filter and order."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.conditions import Stored
from gql.errors import ErrorCode
from gql.filters import DateTimeFilter, EnumFilter, IDFilter, MetadataFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from gql.voucher_kinds import STORED_KINDS, RedemptionKind, RedemptionStatus

# Refusals are stored by the codes of their problems.
STORED_CODES = {code.name: code.name.lower() for code in ErrorCode}


@filtering("Which redemptions and rollbacks to show.")
class RedemptionFilter:
    id: IDFilter | None = optional("A condition on the redemption itself.")
    kind: EnumFilter[RedemptionKind] | None = optional("A condition on what happened.")
    status: EnumFilter[RedemptionStatus] | None = optional("A condition on what came of it.")
    failure_code: EnumFilter[ErrorCode] | None = optional("A condition on why it was refused.")  # type: ignore[valid-type]
    voucher: IDFilter | None = optional("A condition on the voucher.")
    voucher_code: TextFilter | None = optional("A condition on the voucher's code.")
    campaign: IDFilter | None = optional("A condition on the campaign of the voucher.")
    campaign_name: TextFilter | None = optional("A condition on the campaign's name.")
    order_token: TextFilter | None = optional("A condition on the `token` of the order it was for.")
    customer: IDFilter | None = optional("A condition on who redeemed.")
    parent: IDFilter | None = optional("A condition on what holds it together with others.")
    rolls_back: IDFilter | None = optional("A condition on the redemption that a rollback took back.")
    tracking_id: TextFilter | None = optional("A condition on the tracking id.")
    happened_at: DateTimeFilter | None = optional("A condition on when it happened.")
    metadata: MetadataFilter | None = optional("A condition on the value of one key of the metadata.")


@strawberry.enum(description="What redemptions can be sorted by.")
class RedemptionOrderField(Enum):
    HAPPENED_AT = strawberry.enum_value("default", description="When they happened.")


REDEMPTIONS = Listing(
    source="redemption",
    of=Annotated["Redemption", strawberry.lazy("gql.redemptions")],  # noqa: F821
    filter=RedemptionFilter,
    names={
        "id": "@Redemption.id",
        "kind": Stored("kind", STORED_KINDS),
        "status": "status",
        "failureCode": Stored("failure_code", STORED_CODES),
        "voucher": "@Voucher.voucher_id",
        "voucherCode": "voucher_code",
        "campaign": "@VoucherCampaign.campaign_id",
        "campaignName": "campaign_name",
        "orderToken": "order_token",
        "customer": "@Customer.customer_id",
        "parent": "@Redemption.parent_id",
        "rollsBack": "@Redemption.rolls_back_id",
        "trackingId": "tracking_id",
        "happenedAt": "happened_at",
        "metadata": "%metadata",
    },
    order=ordering(RedemptionOrderField, "redemptions"),
)

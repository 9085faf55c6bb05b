"""How publications and their vouchers are listed: filters and orders."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import DateTimeFilter, IDFilter, MetadataFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering

_value = strawberry.enum_value


@filtering("Which publications to show.")
class PublicationFilter:
    id: IDFilter | None = optional("A condition on the publication itself.")
    campaign: IDFilter | None = optional("A condition on the campaign of the vouchers.")
    campaign_name: TextFilter | None = optional("A condition on the campaign's name.")
    voucher: str | None = optional("Only those of the voucher with this code, or this id in the Voucherify door.")
    customer: IDFilter | None = optional("A condition on the customer.")
    source_id: TextFilter | None = optional("A condition on the shop's own name for it.")
    channel: TextFilter | None = optional("A condition on the channel.")
    tracking_id: TextFilter | None = optional("A condition on the tracking id.")
    created_at: DateTimeFilter | None = optional("A condition on when it was made.")
    metadata: MetadataFilter | None = optional("A condition on the value of one key of the metadata.")


@strawberry.enum(description="What publications can be sorted by.")
class PublicationOrderField(Enum):
    CREATED_AT = _value("default", description="When they were made.")


PUBLICATIONS = Listing(
    source="publication",
    of=Annotated["Publication", strawberry.lazy("gql.publications")],  # noqa: F821
    filter=PublicationFilter,
    names={
        "id": "@Publication.id",
        "campaign": "@VoucherCampaign.campaign_id",
        "campaignName": "campaign_name",
        "voucher": "!of_voucher",
        "customer": "@Customer.customer_id",
        "sourceId": "source_id",
        "channel": "channel",
        "trackingId": "tracking_id",
        "createdAt": "created_at",
        "metadata": "%metadata",
    },
    order=ordering(PublicationOrderField, "publications"),
)


@filtering("Which vouchers of publications to show.")
class PublishedVoucherFilter:
    voucher: IDFilter | None = optional("A condition on the voucher.")
    publication: IDFilter | None = optional("A condition on the publication.")


@strawberry.enum(description="What vouchers of publications can be sorted by.")
class PublishedVoucherOrderField(Enum):
    VOUCHER_CREATED_AT = _value("default", description="When the vouchers were made.")


PUBLISHED = Listing(
    source="publication_voucher",
    of=Annotated["PublishedVoucher", strawberry.lazy("gql.publications")],  # noqa: F821
    filter=PublishedVoucherFilter,
    names={"voucher": "@Voucher.voucher_id", "publication": "@Publication.publication_id"},
    order=ordering(PublishedVoucherOrderField, "vouchers of publications"),
)

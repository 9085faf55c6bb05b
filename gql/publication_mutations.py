"""Publishing vouchers: giving them to a customer."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from gql.customers import CustomerInput, customer_of
from gql.errors import UserError
from gql.filters import optional
from gql.lookups import token_of
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, noted, written
from gql.publications import Publication
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from gql.scalars import Json
from gql.voucher_names import object_of
from gql.vouchers import Voucher
from resolvers import publications
from resolvers.context import Work
from resolvers.customers import CustomerGiven
from resolvers.publications import VOUCHERS_MAX, PublicationRequest

# The verb names the one voucher by its code.
NAMES = {"voucher": "code", "campaign": "campaign_id"}


@strawberry.type(description="The outcome of `voucherPublish`.")
class VoucherPublishPayload:
    publication: Publication | None = by(written("publication", "publication_id"), "The publication.")
    vouchers: list[Voucher] = by(noted("Voucher", "voucher_ids", VOUCHERS_MAX), "The vouchers that it gives.")
    created: bool | None = by(Given("created"), "Whether it was not there before.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="Vouchers for a customer: the next of a campaign that nobody has, or one by its code.")
class VoucherPublishInput:
    customer: CustomerInput = strawberry.field(description="Who gets them.")
    campaign_id: strawberry.ID | None = optional("The global id of the campaign to take them from.")
    count: int | None = optional("How many of the campaign, from 1 to 50; one by default.")
    code: str | None = optional("Or the code of the one voucher.")
    channel: str | None = optional("Through what it goes.")
    source_id: str | None = optional("Your own name for the publication: told again, it is the same one.")
    join_once: bool | None = optional("Whether a customer who has one of the campaign gets that one again.")
    metadata: Json | None = optional("What your program keeps with it: an object.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _publish(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    customer = customer_of(given["customer"]) or CustomerGiven()
    metadata = object_of(given, "metadata", "metadata")
    named = given.get("campaignId")

    async def published(work: Work) -> Mapping[str, Any]:
        campaign = None
        if named is not None:
            asked = (named, "VoucherCampaign", "voucher_campaign")
            campaign, _ = await token_of(work, organizer_id, *asked, field="campaign_id")
        request = PublicationRequest(
            customer,
            campaign,
            1 if given.get("count") is None else given["count"],
            given.get("code"),
            given.get("channel"),
            given.get("sourceId"),
            metadata,
            given.get("joinOnce"),
        )
        done = await publications.publish(work, organizer_id, request)
        return {
            "organizer_id": organizer_id,
            "publication_id": done.id,
            "voucher_ids": list(done.voucher_ids),
            "created": done.created,
        }

    return published


@strawberry.type
class PublicationMutations:
    @method(Mutates(_publish, NAMES), "Give vouchers to a customer, each to one customer only.")
    def voucher_publish(
        self, input: Annotated[VoucherPublishInput, argument("Which vouchers, and to whom.")]
    ) -> VoucherPublishPayload | None: ...

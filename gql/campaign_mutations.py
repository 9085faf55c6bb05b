"""What can be done with campaigns of either kind, and with the bin."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.campaigns import Campaign
from gql.errors import UserError
from gql.filters import optional
from gql.lookups import token_of
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb
from gql.reads import Args, Errors, Given, Mutates, Noted, argument, by, method
from gql.run import Run
from models.problems import Invalid
from resolvers import bin, tracking_campaigns, voucher_campaigns
from resolvers.context import Work

Switch = Callable[[Work, int, int], Awaitable[int]]
ENABLE: Mapping[str, Switch] = {
    "TrackingCampaign": tracking_campaigns.enable,
    "VoucherCampaign": voucher_campaigns.enable,
}
DISABLE: Mapping[str, Switch] = {
    "TrackingCampaign": tracking_campaigns.disable,
    "VoucherCampaign": voucher_campaigns.disable,
}


def _campaign(run: Run) -> list[tuple[str, int]]:
    found = (run.outcome or {}).get("campaign")
    return [] if found is None else [(found[0], found[1])]


CAMPAIGN = Noted(_campaign, single=True)
CAMPAIGN_ID = "The global id of a tracking campaign or a voucher campaign."


@strawberry.type(description="The outcome of `campaignEnable`.")
class CampaignEnablePayload:
    campaign: Campaign | None = by(CAMPAIGN, "The campaign, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `campaignDisable`.")
class CampaignDisablePayload:
    campaign: Campaign | None = by(CAMPAIGN, "The campaign, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `binEntryPurge`.")
class BinEntryPurgePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the entry had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A campaign of either kind to be switched on.")
class CampaignEnableInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A campaign of either kind to be switched off.")
class CampaignDisableInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="An entry of the bin to be removed, and for good what it stands for.")
class BinEntryPurgeInput:
    id: strawberry.ID = strawberry.field(description="The entry's global id.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _enable(given: Args, run: Run) -> Verb:
    return _switch(ENABLE, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _switch(DISABLE, given, run)


def _switch(verbs: Mapping[str, Switch], given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    found = ids.decode(given["id"])
    if found is None or found[0] not in verbs:
        raise Invalid("This is not the id of a campaign.", field="id", reason="id")
    typename, key = found

    async def switched(work: Work) -> Mapping[str, Any]:
        campaign_id = await verbs[typename](work, organizer_id, key)
        return {"organizer_id": organizer_id, "campaign": [typename, campaign_id]}

    return switched


def _purge(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))

    async def purged(work: Work) -> Mapping[str, Any]:
        token, entry_id = await token_of(work, organizer_id, given["id"], "BinEntry", "bin_entry")
        await bin.purge(work, organizer_id, token, request_id=run.request_id)
        return {"organizer_id": organizer_id, "deleted_id": ids.encoder("BinEntry")(entry_id)}

    return purged


@strawberry.type
class CampaignMutations:
    @method(Mutates(_enable), "Switch a campaign of either kind on. Nothing happens if it is.")
    def campaign_enable(
        self, input: Annotated[CampaignEnableInput, argument("The campaign.")]
    ) -> CampaignEnablePayload | None: ...

    @method(Mutates(_disable), "Switch a campaign of either kind off.")
    def campaign_disable(
        self, input: Annotated[CampaignDisableInput, argument("The campaign.")]
    ) -> CampaignDisablePayload | None: ...

    @method(Mutates(_purge), "Remove an entry of the bin: what it stands for is gone, its name and codes are free.")
    def bin_entry_purge(
        self, input: Annotated[BinEntryPurgeInput, argument("The entry.")]
    ) -> BinEntryPurgePayload | None: ...

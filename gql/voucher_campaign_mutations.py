"""What can be done with voucher campaigns: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.actions import Action
from gql.errors import UserError
from gql.filters import optional
from gql.lookups import require_type
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from gql.voucher_campaign_inputs import (
    VoucherCampaignCreateInput,
    VoucherCampaignUpdateInput,
    campaign_changes,
    new_campaign,
)
from gql.voucher_campaigns import CAMPAIGN_ID, VoucherCampaign
from gql.voucher_names import OF_CAMPAIGNS
from resolvers import voucher_campaigns
from resolvers.context import Work

CAMPAIGN = written("voucher_campaign", "campaign_id")
ACTION = written("action", "action_id")
global_id = ids.encoder("VoucherCampaign")


@strawberry.type(description="The outcome of `voucherCampaignCreate`.")
class VoucherCampaignCreatePayload:
    voucher_campaign: VoucherCampaign | None = by(CAMPAIGN, "The new campaign.")
    action: Action | None = by(ACTION, "What makes its vouchers, if there are to be several.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherCampaignUpdate`.")
class VoucherCampaignUpdatePayload:
    voucher_campaign: VoucherCampaign | None = by(CAMPAIGN, "The campaign as it is now.")
    action: Action | None = by(ACTION, "What brings the changes to its vouchers; null for promotions.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherCampaignDelete`.")
class VoucherCampaignDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the campaign had.")
    action: Action | None = by(ACTION, "What takes away its vouchers.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherCampaignEnable`.")
class VoucherCampaignEnablePayload:
    voucher_campaign: VoucherCampaign | None = by(CAMPAIGN, "The campaign, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherCampaignDisable`.")
class VoucherCampaignDisablePayload:
    voucher_campaign: VoucherCampaign | None = by(CAMPAIGN, "The campaign, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A voucher campaign to be deleted with its vouchers.")
class VoucherCampaignDeleteInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    force: bool | None = optional(
        "True for good: name and codes are free again. By default it is put into the bin, where it keeps them."
    )
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A voucher campaign to be switched on.")
class VoucherCampaignEnableInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A voucher campaign to be switched off.")
class VoucherCampaignDisableInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _create(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    new = new_campaign(given)

    async def created(work: Work) -> Mapping[str, Any]:
        made = await voucher_campaigns.create(work, organizer_id, new, request_id=run.request_id)
        action_id = None if made.action is None else made.action.id
        return {"organizer_id": organizer_id, "campaign_id": made.campaign_id, "action_id": action_id}

    return created


def _update(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    campaign_id = ids.key_of(given["id"], "VoucherCampaign")
    changes = campaign_changes(given)

    async def updated(work: Work) -> Mapping[str, Any]:
        await require_type(work, organizer_id, "voucher_campaign", campaign_id, given.get("benefit"))
        action = await voucher_campaigns.update(work, organizer_id, campaign_id, changes, request_id=run.request_id)
        action_id = None if action is None else action.id
        return {"organizer_id": organizer_id, "campaign_id": campaign_id, "action_id": action_id}

    return updated


def _delete(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    campaign_id = ids.key_of(given["id"], "VoucherCampaign")
    force = bool(given.get("force"))

    async def gone(work: Work) -> Mapping[str, Any]:
        deleted = await voucher_campaigns.delete(
            work, organizer_id, campaign_id, force=force, request_id=run.request_id
        )
        return {
            "organizer_id": organizer_id,
            "deleted_id": global_id(deleted.campaign_id),
            "action_id": deleted.action.id,
        }

    return gone


def _enable(given: Args, run: Run) -> Verb:
    return _on_campaign(voucher_campaigns.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _on_campaign(voucher_campaigns.disable, given, run)


def _on_campaign(verb: Callable[[Work, int, int], Awaitable[int]], given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    campaign_id = ids.key_of(given["id"], "VoucherCampaign")

    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "campaign_id": await verb(work, organizer_id, campaign_id)}

    return done


@strawberry.type
class VoucherCampaignMutations:
    @method(Mutates(_create, OF_CAMPAIGNS), "Make a voucher campaign, and vouchers of it if wanted.")
    def voucher_campaign_create(
        self, input: Annotated[VoucherCampaignCreateInput, argument("The campaign.")]
    ) -> VoucherCampaignCreatePayload | None: ...

    @method(Mutates(_update, OF_CAMPAIGNS), "Change a voucher campaign, and its vouchers that nobody has or used.")
    def voucher_campaign_update(
        self, input: Annotated[VoucherCampaignUpdateInput, argument("The changes.")]
    ) -> VoucherCampaignUpdatePayload | None: ...

    @method(Mutates(_delete, OF_CAMPAIGNS), "Delete a voucher campaign with its vouchers: nobody sees them any more.")
    def voucher_campaign_delete(
        self, input: Annotated[VoucherCampaignDeleteInput, argument("The campaign.")]
    ) -> VoucherCampaignDeletePayload | None: ...

    @method(Mutates(_enable, OF_CAMPAIGNS), "Switch a voucher campaign on. Nothing happens if it is.")
    def voucher_campaign_enable(
        self, input: Annotated[VoucherCampaignEnableInput, argument("The campaign.")]
    ) -> VoucherCampaignEnablePayload | None: ...

    @method(
        Mutates(_disable, OF_CAMPAIGNS),
        "Switch a voucher campaign off: none of its vouchers is validated or redeemed until it is on.",
    )
    def voucher_campaign_disable(
        self, input: Annotated[VoucherCampaignDisableInput, argument("The campaign.")]
    ) -> VoucherCampaignDisablePayload | None: ...

"""What can be done with tracking campaigns: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.errors import UserError
from gql.filters import optional
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from gql.tracking_campaigns import CAMPAIGN_ID, TrackingCampaign
from models.unset import UNSET
from resolvers import tracking_campaigns
from resolvers.context import Work

CAMPAIGN = written("tracking_campaign", "campaign_id")
TARGET = "An http or https address where the link leads; empty, the default, for the event's shop."
global_id = ids.encoder("TrackingCampaign")


@strawberry.type(description="The outcome of `trackingCampaignCreate`.")
class TrackingCampaignCreatePayload:
    tracking_campaign: TrackingCampaign | None = by(CAMPAIGN, "The new campaign.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `trackingCampaignUpdate`.")
class TrackingCampaignUpdatePayload:
    tracking_campaign: TrackingCampaign | None = by(CAMPAIGN, "The campaign as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `trackingCampaignDelete`.")
class TrackingCampaignDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the campaign had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `trackingCampaignEnable`.")
class TrackingCampaignEnablePayload:
    tracking_campaign: TrackingCampaign | None = by(CAMPAIGN, "The campaign, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `trackingCampaignDisable`.")
class TrackingCampaignDisablePayload:
    tracking_campaign: TrackingCampaign | None = by(CAMPAIGN, "The campaign, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A tracking campaign to be made.")
class TrackingCampaignCreateInput:
    event: str = strawberry.field(description="The slug of the event it is for.")
    description: str = strawberry.field(description="Its name, for people: 255 characters at most.")
    code: str | None = optional(
        "Its name in the link: letters, digits, dots, dashes, underscores; unique over the whole server. Made up, "
        "9 letters and digits, if left out."
    )
    external_target: str | None = optional(TARGET)
    active: bool | None = optional("Whether it is switched on, which is the default.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a tracking campaign. What is left out stays as it is.")
class TrackingCampaignUpdateInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    code: str | None = optional("Its name in the link. Links with the old one lead nowhere from then on.")
    description: str | None = optional("Its name, for people: 255 characters at most.")
    external_target: str | None = optional(TARGET)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A tracking campaign to be deleted with its clicks. Its orders stay.")
class TrackingCampaignDeleteInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A tracking campaign to be switched on.")
class TrackingCampaignEnableInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A tracking campaign to be switched off.")
class TrackingCampaignDisableInput:
    id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _create(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))

    async def created(work: Work) -> Mapping[str, Any]:
        campaign_id = await tracking_campaigns.create(
            work,
            organizer_id,
            event=given["event"],
            description=given["description"],
            code=given.get("code"),
            external_target=given.get("externalTarget") or "",
            active=given.get("active") is not False,
        )
        return {"organizer_id": organizer_id, "campaign_id": campaign_id}

    return created


def _update(given: Args, run: Run) -> Verb:
    # None of them can be null, so null is taken as left out.
    names = {"code": "code", "description": "description", "externalTarget": "external_target"}
    changes: dict[str, Any] = {
        verbs: UNSET if given.get(name) is None else given[name] for name, verbs in names.items()
    }
    return _on_campaign(partial(tracking_campaigns.update, **changes), given, run)


def _delete(given: Args, run: Run) -> Verb:
    deleted = _on_campaign(tracking_campaigns.delete, given, run)

    async def gone(work: Work) -> Mapping[str, Any]:
        return {"deleted_id": global_id((await deleted(work))["campaign_id"])}

    return gone


def _enable(given: Args, run: Run) -> Verb:
    return _on_campaign(tracking_campaigns.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _on_campaign(tracking_campaigns.disable, given, run)


def _on_campaign(verb: Callable[..., Awaitable[int]], given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    campaign_id = ids.key_of(given["id"], "TrackingCampaign")

    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "campaign_id": await verb(work, organizer_id, campaign_id)}

    return done


@strawberry.type
class TrackingCampaignMutations:
    @method(Mutates(_create), "Make a tracking campaign.")
    def tracking_campaign_create(
        self, input: Annotated[TrackingCampaignCreateInput, argument("The campaign.")]
    ) -> TrackingCampaignCreatePayload | None: ...

    @method(Mutates(_update), "Change a tracking campaign.")
    def tracking_campaign_update(
        self, input: Annotated[TrackingCampaignUpdateInput, argument("The changes.")]
    ) -> TrackingCampaignUpdatePayload | None: ...

    @method(Mutates(_delete), "Delete a tracking campaign with its clicks. Its orders stay.")
    def tracking_campaign_delete(
        self, input: Annotated[TrackingCampaignDeleteInput, argument("The campaign.")]
    ) -> TrackingCampaignDeletePayload | None: ...

    @method(Mutates(_enable), "Switch a tracking campaign on. Nothing happens if it is.")
    def tracking_campaign_enable(
        self, input: Annotated[TrackingCampaignEnableInput, argument("The campaign.")]
    ) -> TrackingCampaignEnablePayload | None: ...

    @method(Mutates(_disable), "Switch a tracking campaign off: its link leads on, and nothing counts until it is on.")
    def tracking_campaign_disable(
        self, input: Annotated[TrackingCampaignDisableInput, argument("The campaign.")]
    ) -> TrackingCampaignDisablePayload | None: ...

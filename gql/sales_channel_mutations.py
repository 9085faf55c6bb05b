"""What can be done with sales channels: inputs, payloads, and the verb behind each mutation."""

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
from gql.sales_channels import CHANNEL_ID, SalesChannel
from gql.scalars import Localized
from models.unset import UNSET
from resolvers import sales_channels
from resolvers.context import Work

CHANNEL = written("sales_channel", "channel_id")
global_id = ids.encoder("SalesChannel")


@strawberry.type(description="The outcome of `salesChannelCreate`.")
class SalesChannelCreatePayload:
    sales_channel: SalesChannel | None = by(CHANNEL, "The new channel.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `salesChannelUpdate`.")
class SalesChannelUpdatePayload:
    sales_channel: SalesChannel | None = by(CHANNEL, "The channel as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `salesChannelDelete`.")
class SalesChannelDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the channel had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `salesChannelEnable`.")
class SalesChannelEnablePayload:
    sales_channel: SalesChannel | None = by(CHANNEL, "The channel, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `salesChannelDisable`.")
class SalesChannelDisablePayload:
    sales_channel: SalesChannel | None = by(CHANNEL, "The channel, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A sales channel to be made.")
class SalesChannelCreateInput:
    identifier: str = strawberry.field(
        description="Its name among the organizer's, never changed: `api.` and letters, digits, dots, dashes, "
        "underscores; 200 characters at most."
    )
    label: Localized = strawberry.field(description="What people call it.")
    position: int | None = optional("Its place in lists, from 0, which is the default.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a sales channel. What is left out stays as it is.")
class SalesChannelUpdateInput:
    id: strawberry.ID = strawberry.field(description=CHANNEL_ID)
    label: Localized | None = optional("What people call it.")
    position: int | None = optional("Its place in lists, from 0.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A sales channel to be deleted: one that was made, and that no order names.")
class SalesChannelDeleteInput:
    id: strawberry.ID = strawberry.field(description=CHANNEL_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A sales channel to be switched on.")
class SalesChannelEnableInput:
    id: strawberry.ID = strawberry.field(description=CHANNEL_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A sales channel to be switched off.")
class SalesChannelDisableInput:
    id: strawberry.ID = strawberry.field(description=CHANNEL_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _create(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))

    async def created(work: Work) -> Mapping[str, Any]:
        channel_id = await sales_channels.create(
            work,
            organizer_id,
            identifier=given["identifier"],
            label=given["label"],
            position=given.get("position") or 0,
        )
        return {"organizer_id": organizer_id, "channel_id": channel_id}

    return created


def _update(given: Args, run: Run) -> Verb:
    # Neither can be null, so null is taken as left out.
    changes: dict[str, Any] = {
        name: UNSET if given.get(name) is None else given[name] for name in ("label", "position")
    }
    return _on_channel(partial(sales_channels.update, **changes), given, run)


def _delete(given: Args, run: Run) -> Verb:
    deleted = _on_channel(sales_channels.delete, given, run)

    async def gone(work: Work) -> Mapping[str, Any]:
        return {"deleted_id": global_id((await deleted(work))["channel_id"])}

    return gone


def _enable(given: Args, run: Run) -> Verb:
    return _on_channel(sales_channels.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _on_channel(sales_channels.disable, given, run)


def _on_channel(verb: Callable[..., Awaitable[int]], given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    channel_id = ids.key_of(given["id"], "SalesChannel")

    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "channel_id": await verb(work, organizer_id, channel_id)}

    return done


@strawberry.type
class SalesChannelMutations:
    @method(Mutates(_create), "Make a sales channel.")
    def sales_channel_create(
        self, input: Annotated[SalesChannelCreateInput, argument("The channel.")]
    ) -> SalesChannelCreatePayload | None: ...

    @method(Mutates(_update), "Change a sales channel's label or position.")
    def sales_channel_update(
        self, input: Annotated[SalesChannelUpdateInput, argument("The changes.")]
    ) -> SalesChannelUpdatePayload | None: ...

    @method(
        Mutates(_delete),
        "Delete a sales channel that was made and that no order names. Events limited to it are no longer sold there.",
    )
    def sales_channel_delete(
        self, input: Annotated[SalesChannelDeleteInput, argument("The channel.")]
    ) -> SalesChannelDeletePayload | None: ...

    @method(Mutates(_enable), "Switch a sales channel on. Nothing happens if it is.")
    def sales_channel_enable(
        self, input: Annotated[SalesChannelEnableInput, argument("The channel.")]
    ) -> SalesChannelEnablePayload | None: ...

    @method(Mutates(_disable), "Switch a sales channel off: orders reported for it are refused until it is on.")
    def sales_channel_disable(
        self, input: Annotated[SalesChannelDisableInput, argument("The channel.")]
    ) -> SalesChannelDisablePayload | None: ...

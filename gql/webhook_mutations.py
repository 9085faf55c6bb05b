"""What can be done with webhooks: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.change_kinds import ChangeKind, stored
from gql.errors import UserError
from gql.filters import optional
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from gql.webhooks import Webhook, WebhookDelivery
from models.problems import Invalid
from models.unset import UNSET
from resolvers import webhooks
from resolvers.context import Work

WEBHOOK = written("webhook", "webhook_id")
DELIVERY = written("webhook_delivery", "delivery_id")
WEBHOOK_ID = "The webhook's global id."
SECRET = "What it signs by, `whsec_…`, shown here and never again; null when nothing was done."  # noqa: S105
URL = "Where it leads: `https://…`, not into a private network unless the operator allows it."
KINDS = "What it is told of; empty or left out: everything that this token may read of."
QUERY = "A subscription to `changes`, without arguments, that shapes the payload's `data`; null for the usual payload."
global_id = ids.encoder("Webhook")


@strawberry.type(description="The outcome of `webhookCreate`.")
class WebhookCreatePayload:
    webhook: Webhook | None = by(WEBHOOK, "The new webhook.")
    secret: str | None = by(Given("secret"), SECRET)
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `webhookUpdate`.")
class WebhookUpdatePayload:
    webhook: Webhook | None = by(WEBHOOK, "The webhook as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `webhookDelete`.")
class WebhookDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the webhook had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `webhookEnable`.")
class WebhookEnablePayload:
    webhook: Webhook | None = by(WEBHOOK, "The webhook, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `webhookDisable`.")
class WebhookDisablePayload:
    webhook: Webhook | None = by(WEBHOOK, "The webhook, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `webhookSecretRotate`.")
class WebhookSecretRotatePayload:
    webhook: Webhook | None = by(WEBHOOK, "The webhook, which signs by both secrets for 24 hours.")
    secret: str | None = by(Given("secret"), SECRET)
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `webhookPing`.")
class WebhookPingPayload:
    delivery: WebhookDelivery | None = by(DELIVERY, "What is sent: its attempt says what came of it.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `webhookDeliveryRedeliver`.")
class WebhookDeliveryRedeliverPayload:
    delivery: WebhookDelivery | None = by(DELIVERY, "The delivery, which is pending again.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A webhook to be made.")
class WebhookCreateInput:
    url: str = strawberry.field(description=URL)
    kinds: list[ChangeKind] | None = optional(KINDS)  # type: ignore[valid-type]
    query: str | None = optional(QUERY)
    description: str | None = optional("A note for people.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a webhook. What is left out stays as it is.")
class WebhookUpdateInput:
    id: strawberry.ID = strawberry.field(description=WEBHOOK_ID)
    url: str | None = optional(URL)
    kinds: list[ChangeKind] | None = optional(KINDS)  # type: ignore[valid-type]
    query: str | None = optional(QUERY)
    description: str | None = optional("A note for people; null for none.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A webhook to be deleted.")
class WebhookDeleteInput:
    id: strawberry.ID = strawberry.field(description=WEBHOOK_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A webhook to be switched on.")
class WebhookEnableInput:
    id: strawberry.ID = strawberry.field(description=WEBHOOK_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A webhook to be switched off.")
class WebhookDisableInput:
    id: strawberry.ID = strawberry.field(description=WEBHOOK_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A webhook that is to sign by a new secret.")
class WebhookSecretRotateInput:
    id: strawberry.ID = strawberry.field(description=WEBHOOK_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A webhook to be tried.")
class WebhookPingInput:
    id: strawberry.ID = strawberry.field(description=WEBHOOK_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A delivery to be sent again.")
class WebhookDeliveryRedeliverInput:
    id: strawberry.ID = strawberry.field(description="The delivery's global id.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _create(given: Args, run: Run) -> Verb:
    _check_query(given, run)
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    verb = partial(
        webhooks.create,
        organizer_id=organizer_id,
        url=given["url"],
        reach=run.limits.webhook_reach,
        kinds=stored(given.get("kinds") or ()),
        query=given.get("query"),
        description=given.get("description"),
    )
    return _secret(verb, organizer_id)


def _update(given: Args, run: Run) -> Verb:
    _check_query(given, run)
    url, kinds = given.get("url"), given.get("kinds", UNSET)
    changes = {
        "url": UNSET if url is None else url,
        "kinds": UNSET if kinds is UNSET else stored(kinds or ()),
        "query": given.get("query", UNSET),
        "description": given.get("description", UNSET),
    }
    return _on_webhook(partial(webhooks.update, reach=run.limits.webhook_reach, **changes), given, run)


def _delete(given: Args, run: Run) -> Verb:
    organizer_id, webhook_id = _named(given, run)

    async def gone(work: Work) -> Mapping[str, Any]:
        deleted = await webhooks.delete(work, organizer_id, webhook_id)
        return {"organizer_id": organizer_id, "deleted_id": global_id(deleted)}

    return gone


def _enable(given: Args, run: Run) -> Verb:
    return _on_webhook(webhooks.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _on_webhook(webhooks.disable, given, run)


def _rotate(given: Args, run: Run) -> Verb:
    organizer_id, webhook_id = _named(given, run)
    return _secret(partial(webhooks.rotate, organizer_id=organizer_id, webhook_id=webhook_id), organizer_id)


def _ping(given: Args, run: Run) -> Verb:
    organizer_id, webhook_id = _named(given, run)
    return _delivery(webhooks.ping, organizer_id, webhook_id)


def _redeliver(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    return _delivery(webhooks.redeliver, organizer_id, ids.key_of(given["id"], "WebhookDelivery"))


def _check_query(given: Args, run: Run) -> None:
    """Refuses with `Invalid` a document that could not shape a payload."""
    query = given.get("query")
    refusal = None if query is None or run.check_query is None else run.check_query(query)
    if refusal is not None:
        raise Invalid(refusal, field="query", reason="query")


def _named(given: Args, run: Run) -> tuple[int, int]:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    return organizer_id, ids.key_of(given["id"], "Webhook")


def _on_webhook(verb: Callable[..., Awaitable[int]], given: Args, run: Run) -> Verb:
    organizer_id, webhook_id = _named(given, run)

    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "webhook_id": await verb(work, organizer_id, webhook_id)}

    return done


def _secret(verb: Callable[[Work], Awaitable[webhooks.Secret]], organizer_id: int) -> Verb:
    async def done(work: Work) -> Mapping[str, Any]:
        made = await verb(work)
        return {"organizer_id": organizer_id, "webhook_id": made.webhook_id, "secret": made.secret}

    return done


def _delivery(verb: Callable[[Work, int, int], Awaitable[int]], organizer_id: int, key: int) -> Verb:
    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "delivery_id": await verb(work, organizer_id, key)}

    return done


@strawberry.type
class WebhookMutations:
    @method(Mutates(_create), "Have changes told to an address, from now on. It reads what this token may read now.")
    def webhook_create(
        self, input: Annotated[WebhookCreateInput, argument("The webhook.")]
    ) -> WebhookCreatePayload | None: ...

    @method(Mutates(_update), "Change where a webhook leads, or what it is told.")
    def webhook_update(
        self, input: Annotated[WebhookUpdateInput, argument("The changes.")]
    ) -> WebhookUpdatePayload | None: ...

    @method(Mutates(_delete), "Delete a webhook, with its log and what was still to be sent.")
    def webhook_delete(
        self, input: Annotated[WebhookDeleteInput, argument("The webhook.")]
    ) -> WebhookDeletePayload | None: ...

    @method(Mutates(_enable), "Switch a webhook on: it is told what happens from now on. Nothing happens if it is.")
    def webhook_enable(
        self, input: Annotated[WebhookEnableInput, argument("The webhook.")]
    ) -> WebhookEnablePayload | None: ...

    @method(Mutates(_disable), "Switch a webhook off: nothing is sent, and what happens is not told of later either.")
    def webhook_disable(
        self, input: Annotated[WebhookDisableInput, argument("The webhook.")]
    ) -> WebhookDisablePayload | None: ...

    @method(Mutates(_rotate), "Give a webhook a new secret. The one before signs beside it for 24 hours.")
    def webhook_secret_rotate(
        self, input: Annotated[WebhookSecretRotateInput, argument("The webhook.")]
    ) -> WebhookSecretRotatePayload | None: ...

    @method(Mutates(_ping), "Send a delivery that tells of nothing, once, to see whether the receiver takes it.")
    def webhook_ping(
        self, input: Annotated[WebhookPingInput, argument("The webhook.")]
    ) -> WebhookPingPayload | None: ...

    @method(Mutates(_redeliver), "Send a delivery again, whatever came of it: the same id, the same body.")
    def webhook_delivery_redeliver(
        self, input: Annotated[WebhookDeliveryRedeliverInput, argument("The delivery.")]
    ) -> WebhookDeliveryRedeliverPayload | None: ...

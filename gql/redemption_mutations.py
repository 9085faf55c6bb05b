"""What happens at a till: vouchers are redeemed, and redemptions rolled back."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql.baskets import BasketInput
from gql.customers import CustomerInput, customer_of
from gql.errors import UserError, user_errors
from gql.filters import optional
from gql.lookups import token_of
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, noted, written
from gql.reads import Args, Errors, Mutates, argument, by, method
from gql.redeemables import RedeemableInput, request_of, require_kinds
from gql.redemptions import Redemption
from gql.run import Run
from gql.scalars import Json
from gql.voucher_names import OF_REDEMPTIONS, object_of
from resolvers import redemptions
from resolvers.context import Work
from resolvers.redeemables import REDEEMABLES_MAX, Session
from resolvers.redemptions import Redeemed, Refused, RolledBack

VOUCHERS = "The vouchers, from 1 to 30, in the order in which they are used: all or none."


@strawberry.type(description="The outcome of `voucherRedeem`.")
class VoucherRedeemPayload:
    redemption: Redemption | None = by(
        written("redemption", "redemption_id"),
        "The redemption: of several vouchers what holds them together. If it was refused, what was kept of that.",
    )
    redemptions: list[Redemption] = by(
        noted("Redemption", "redemption_ids", REDEEMABLES_MAX), "One for each voucher, in the order of the input."
    )
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `redemptionRollback`.")
class RedemptionRollbackPayload:
    redemption: Redemption | None = by(written("redemption", "redemption_id"), "The redemption, which is rolled back.")
    rollback: Redemption | None = by(
        written("redemption", "rollback_id"),
        "The rollback: of several vouchers what holds them together. If it was refused, what was kept of that.",
    )
    rollbacks: list[Redemption] = by(noted("Redemption", "rollback_ids", REDEEMABLES_MAX), "One for each voucher.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="Vouchers to be redeemed for an order.")
class VoucherRedeemInput:
    vouchers: list[RedeemableInput] = strawberry.field(description=VOUCHERS)
    order: BasketInput | None = optional("What is paid for. Needed to take money off.")
    customer: CustomerInput | None = optional("Who redeems; needed for loyalty cards.")
    session_key: str | None = optional("The session for which the vouchers are held, if they are.")
    tracking_id: str | None = optional("By which your program follows a customer whom it does not name.")
    metadata: Json | None = optional("What your program keeps with it: an object.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A redemption to be taken back, at most once and within three months.")
class RedemptionRollbackInput:
    id: strawberry.ID = strawberry.field(
        description="The redemption's global id; of several vouchers that of what holds them together."
    )
    reason: str | None = optional("Why: a note for people.")
    order_token: str | None = optional("The `token` of the order it was for. Refused if it was for another.")
    order_source_id: str | None = optional("The shop's id of that order. Refused if it was for another.")
    customer: CustomerInput | None = optional("Who redeemed. Refused if it was somebody else; nothing is told of them.")
    tracking_id: str | None = optional("By which your program follows a customer whom it does not name.")
    metadata: Json | None = optional("What your program keeps with it: an object.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _redeem(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    key = given.get("sessionKey")
    request = request_of(given, None if key is None else Session(key))

    async def redeemed(work: Work) -> Mapping[str, Any]:
        done = await redemptions.redeem(work, organizer_id, request)
        if isinstance(done, Refused):
            return _refused(organizer_id, done, "redemption_id")
        require_kinds(given, done.verdicts)
        return {"organizer_id": organizer_id, **_ids(done, "redemption_id", "redemption_ids")}

    return redeemed


def _roll_back(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    asked = partial(
        redemptions.rollback_stack,
        reason=given.get("reason"),
        order={"id": given.get("orderToken"), "source_id": given.get("orderSourceId")},
        customer=customer_of(given.get("customer")),
        tracking_id=given.get("trackingId"),
        metadata=object_of(given, "metadata", "metadata"),
    )

    async def rolled_back(work: Work) -> Mapping[str, Any]:
        token, redemption_id = await token_of(work, organizer_id, given["id"], "Redemption", "redemption")
        done = await asked(work, organizer_id, token)
        if isinstance(done, Refused):
            return {"redemption_id": redemption_id, **_refused(organizer_id, done, "rollback_id")}
        told = _ids(done, "rollback_id", "rollback_ids")
        return {"organizer_id": organizer_id, "redemption_id": redemption_id, **told}

    return rolled_back


def _refused(organizer_id: int, refused: Refused, name: str) -> Mapping[str, Any]:
    """What was refused and kept all the same."""
    errors = user_errors(refused.problem, OF_REDEMPTIONS)
    return {"organizer_id": organizer_id, name: refused.id, "errors": errors}


def _ids(done: Redeemed | RolledBack, whole: str, each: str) -> Mapping[str, Any]:
    return {whole: done.ids[0] if done.parent_id is None else done.parent_id, each: list(done.ids)}


@strawberry.type
class RedemptionMutations:
    @method(
        Mutates(_redeem, OF_REDEMPTIONS),
        "Redeem vouchers for an order, all of them or none. A refusal is kept as a failed redemption.",
    )
    def voucher_redeem(
        self, input: Annotated[VoucherRedeemInput, argument("The vouchers and the order.")]
    ) -> VoucherRedeemPayload | None: ...

    @method(
        Mutates(_roll_back, OF_REDEMPTIONS),
        "Take back a redemption: its vouchers get back what it took. A second one is refused and kept as failed.",
    )
    def redemption_rollback(
        self, input: Annotated[RedemptionRollbackInput, argument("The redemption.")]
    ) -> RedemptionRollbackPayload | None: ...

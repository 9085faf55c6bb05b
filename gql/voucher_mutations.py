"""What can be done with single vouchers: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.errors import UserError
from gql.filters import optional
from gql.lookups import require_type, token_of
from gql.money import hundredths
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from gql.scalars import Amount, Long
from gql.voucher_inputs import VoucherCreateInput, VoucherUpdateInput, making, voucher_changes
from gql.voucher_names import OF_VOUCHERS
from gql.vouchers import VOUCHER_ID, Voucher, VoucherTransaction
from models.problems import Invalid
from models.voucher import VoucherType
from resolvers import voucher_balances, vouchers
from resolvers.context import Work

VOUCHER = written("voucher", "voucher_id")
global_id = ids.encoder("Voucher")


@strawberry.type(description="The outcome of `voucherCreate`.")
class VoucherCreatePayload:
    voucher: Voucher | None = by(VOUCHER, "The new voucher.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherUpdate`.")
class VoucherUpdatePayload:
    voucher: Voucher | None = by(VOUCHER, "The voucher as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherDelete`.")
class VoucherDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the voucher had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherEnable`.")
class VoucherEnablePayload:
    voucher: Voucher | None = by(VOUCHER, "The voucher, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherDisable`.")
class VoucherDisablePayload:
    voucher: Voucher | None = by(VOUCHER, "The voucher, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherBalanceAdjust`.")
class VoucherBalanceAdjustPayload:
    voucher: Voucher | None = by(VOUCHER, "The voucher with its new balance.")
    transaction: VoucherTransaction | None = by(written("voucher_transaction", "transaction_id"), "What was booked.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A voucher to be deleted.")
class VoucherDeleteInput:
    id: strawberry.ID = strawberry.field(description=VOUCHER_ID)
    force: bool | None = optional(
        "True for good, with its redemptions: its code is free again. By default it is put into the bin."
    )
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A voucher to be switched on.")
class VoucherEnableInput:
    id: strawberry.ID = strawberry.field(description=VOUCHER_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A voucher to be switched off.")
class VoucherDisableInput:
    id: strawberry.ID = strawberry.field(description=VOUCHER_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="Something to be put into a voucher, or taken out of it: `amount` or `points`.")
class VoucherBalanceAdjustInput:
    id: strawberry.ID = strawberry.field(description=VOUCHER_ID)
    amount: Amount | None = optional("Of a gift voucher: what to put in; negative to take out, never below 0.00.")
    points: Long | None = optional("Of a loyalty card: what to put on it; negative to take off, never below 0.")
    reason: str | None = optional("Why: a note for people.")
    source_id: str | None = optional("What your program calls it.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _create(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    make = making(given)

    async def created(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "voucher_id": await make(work, organizer_id)}

    return created


def _update(given: Args, run: Run) -> Verb:
    changes = voucher_changes(given)

    async def updated(work: Work, organizer_id: int, voucher_id: int) -> int:
        await require_type(work, organizer_id, "voucher", voucher_id, given.get("benefit"))
        return await vouchers.update(work, organizer_id, voucher_id, changes)

    return _on_voucher(updated, given, run)


def _delete(given: Args, run: Run) -> Verb:
    deleted = _on_voucher(partial(vouchers.delete, force=bool(given.get("force"))), given, run)

    async def gone(work: Work) -> Mapping[str, Any]:
        outcome = await deleted(work)
        return {"organizer_id": outcome["organizer_id"], "deleted_id": global_id(outcome["voucher_id"])}

    return gone


def _enable(given: Args, run: Run) -> Verb:
    return _on_voucher(vouchers.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _on_voucher(vouchers.disable, given, run)


def _on_voucher(verb: Callable[..., Awaitable[int]], given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    voucher_id = ids.key_of(given["id"], "Voucher")

    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "voucher_id": await verb(work, organizer_id, voucher_id)}

    return done


def _adjust(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    if (given.get("amount") is None) is (given.get("points") is None):
        raise Invalid("Give an `amount` of money or a number of `points`.", field="amount", reason="one_of")
    named = "amount" if given.get("points") is None else "points"
    by = hundredths(given["amount"]) if named == "amount" else given["points"]

    async def adjusted(work: Work) -> Mapping[str, Any]:
        token, _ = await token_of(work, organizer_id, given["id"], "Voucher", "voucher")
        outcome = await voucher_balances.adjust(
            work, organizer_id, token, by, source_id=given.get("sourceId"), reason=given.get("reason")
        )
        require_kind(outcome.type, named, named)
        return {
            "organizer_id": organizer_id,
            "voucher_id": outcome.voucher_id,
            "transaction_id": outcome.transaction_id,
        }

    return adjusted


def require_kind(type: VoucherType, named: str, field: str) -> None:
    """Refuses with `Invalid` money of a loyalty card and points of a gift voucher: nothing of it has happened then."""
    if (type is VoucherType.LOYALTY_CARD) is not (named == "points"):
        holds = "points" if type is VoucherType.LOYALTY_CARD else "money"
        raise Invalid(f"This voucher holds {holds}.", field=field, reason="kind")


@strawberry.type
class VoucherMutations:
    @method(Mutates(_create, OF_VOUCHERS), "Make a voucher.")
    def voucher_create(
        self, input: Annotated[VoucherCreateInput, argument("The voucher.")]
    ) -> VoucherCreatePayload | None: ...

    @method(Mutates(_update, OF_VOUCHERS), "Change a voucher, whether or not anybody has or used it.")
    def voucher_update(
        self, input: Annotated[VoucherUpdateInput, argument("The changes.")]
    ) -> VoucherUpdatePayload | None: ...

    @method(Mutates(_delete, OF_VOUCHERS), "Delete a voucher. What is left on it cannot be spent.")
    def voucher_delete(
        self, input: Annotated[VoucherDeleteInput, argument("The voucher.")]
    ) -> VoucherDeletePayload | None: ...

    @method(Mutates(_enable, OF_VOUCHERS), "Switch a voucher on. Nothing happens if it is.")
    def voucher_enable(
        self, input: Annotated[VoucherEnableInput, argument("The voucher.")]
    ) -> VoucherEnablePayload | None: ...

    @method(
        Mutates(_disable, OF_VOUCHERS), "Switch a voucher off: it is neither validated nor redeemed until it is on."
    )
    def voucher_disable(
        self, input: Annotated[VoucherDisableInput, argument("The voucher.")]
    ) -> VoucherDisablePayload | None: ...

    @method(
        Mutates(_adjust, OF_VOUCHERS),
        "Put money or points into a voucher, or take them out: never below 0.",
    )
    def voucher_balance_adjust(
        self, input: Annotated[VoucherBalanceAdjustInput, argument("What to book.")]
    ) -> VoucherBalanceAdjustPayload | None: ...

"""Whether vouchers could be redeemed now, and holding them for a while."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.baskets import Basket, BasketInput
from gql.benefits import Discount, amount
from gql.customers import CustomerInput
from gql.errors import ErrorCode, UserError
from gql.filters import optional
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Apart, Args, Errors, Given, Key, Mutates, argument, by, method
from gql.redeemables import RedeemableInput, request_of, require_kinds
from gql.redemption_mutations import VOUCHERS
from gql.run import Run
from gql.scalars import Amount, Json, Long
from gql.voucher_kinds import RedeemableStatus, VoucherType
from gql.voucher_names import OF_VALIDATIONS
from gql.vouchers import Voucher
from models.voucher import VoucherType as StoredType
from resolvers import validations
from resolvers.context import Context, Work
from resolvers.redeemables import Session
from resolvers.validations import Validation, Verdict

global_id = ids.encoder("Voucher")


@strawberry.type(description="Why a voucher may not be used.")
class RedeemableError:
    code: ErrorCode = by(Key("code"), "What kind of refusal this is.")  # type: ignore[valid-type]
    message: str = by(Key("message"), "The refusal in English, for developers.")


@strawberry.type(description="What was found out about one voucher.")
class ValidatedVoucher:
    code: str = by(Key("code"), "The code as it was given.")
    status: RedeemableStatus = by(Key("status"), "Whether it may be used.")
    voucher_id: strawberry.ID | None = by(Key("voucher_id"), "The voucher's global id, if there is such a voucher.")
    type: VoucherType | None = by(Key("type"), "What it is.")
    discount: Discount | None = by(Key("discount"), "Of a discount: what it takes off.")
    credits: Amount | None = by(Key("credits"), "Of a gift voucher: what is taken of its balance.")
    points: Long | None = by(Key("points"), "Of a loyalty card: how many points are taken.")
    order: Basket | None = by(Key("order"), "The order after it and those before it, if there is one.")
    error: RedeemableError | None = by(Key("error"), "Why it may not be used.")


@strawberry.type(description="The outcome of `vouchersValidate`.")
class VouchersValidatePayload:
    valid: bool | None = by(Given("valid"), "Whether all of them may be redeemed together now.")
    vouchers: list[ValidatedVoucher] | None = by(Given("vouchers"), "What was found out, in the order of the input.")
    order: Basket | None = by(Given("order"), "The order after all that may be used, if there is one.")
    session_key: str | None = by(Given("session_key"), "The session they are held for, if they are.")
    tracking_id: str | None = by(Given("tracking_id"), "By which programs follow a customer whom they do not name.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `voucherSessionRelease`.")
class VoucherSessionReleasePayload:
    voucher: Voucher | None = by(
        written("voucher", "voucher_id"), "The voucher, which is held for the session no more."
    )
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="For what vouchers are held: only it may redeem them until it is over.")
class SessionInput:
    key: str | None = optional("Its name; made up if left out. What it held before is held no longer.")
    seconds: int | None = optional("How long; 7 days by default, 365 at most.")


@strawberry.input(description="Vouchers that somebody wants to use for an order.")
class VouchersValidateInput:
    vouchers: list[RedeemableInput] = strawberry.field(description=VOUCHERS)
    order: BasketInput | None = optional("What is to be paid for.")
    customer: CustomerInput | None = optional("Who wants to redeem. Nothing is changed of what is known of them.")
    session: SessionInput | None = optional("Hold the vouchers for it, if all of them may be redeemed.")
    tracking_id: str | None = optional("By which your program follows a customer whom it does not name.")
    metadata: Json | None = optional("Not kept.")
    organizer: str | None = optional(ORGANIZER)


@strawberry.input(description="A voucher that is not to be held any longer.")
class VoucherSessionReleaseInput:
    code: str = strawberry.field(description="Its code, in its very spelling; or its id in the Voucherify door.")
    session_key: str = strawberry.field(description="The session it is held for.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _validate(given: Args, run: Run) -> Verb | Apart:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    request = request_of(given, _session(given.get("session")))

    async def held(work: Work) -> Mapping[str, Any]:
        found = await validations.hold(work, organizer_id, request)
        return _told(organizer_id, given, found)

    async def validated(context: Context) -> Mapping[str, Any]:
        return _told(organizer_id, given, await validations.validate(context, organizer_id, request))

    return Apart(validated) if request.session is None else held


def _session(given: Mapping[str, Any] | None) -> Session | None:
    if given is None:
        return None
    seconds = given.get("seconds")
    return Session(given.get("key"), seconds, None if seconds is None else "SECONDS")


def _told(organizer_id: int, given: Args, found: Validation) -> Mapping[str, Any]:
    require_kinds(given, found.verdicts)
    return {
        "organizer_id": organizer_id,
        "valid": found.valid,
        "vouchers": [_verdict(each) for each in found.verdicts],
        "order": found.order,
        "session_key": None if found.session is None else found.session.key,
        "tracking_id": found.tracking_id,
    }


def _verdict(found: Verdict) -> dict[str, Any]:
    voucher, problem = found.voucher, found.problem
    type = None if voucher is None else voucher.terms.type
    return {
        "code": found.ref,
        "status": found.status.value,
        "voucher_id": None if voucher is None else global_id(voucher.id),
        "type": None if type is None else type.value,
        "discount": found.discount,
        "credits": amount(found.amount) if type is StoredType.GIFT_VOUCHER else None,
        "points": found.amount if type is StoredType.LOYALTY_CARD else None,
        "order": found.order,
        "error": None if problem is None else {"code": problem.code.upper(), "message": problem.message},
    }


def _release(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))

    async def released(work: Work) -> Mapping[str, Any]:
        voucher_id = await validations.release(work, organizer_id, given["code"], given["sessionKey"])
        return {"organizer_id": organizer_id, "voucher_id": voucher_id}

    return released


@strawberry.type
class ValidationMutations:
    @method(
        Mutates(_validate, OF_VALIDATIONS),
        "Find out whether vouchers could be redeemed now, and what is left to pay; with a session, hold them for it.",
    )
    def vouchers_validate(
        self, input: Annotated[VouchersValidateInput, argument("The vouchers and the order.")]
    ) -> VouchersValidatePayload | None: ...

    @method(Mutates(_release), "Hold a voucher for a session no longer, before its time is over.")
    def voucher_session_release(
        self, input: Annotated[VoucherSessionReleaseInput, argument("The voucher and the session.")]
    ) -> VoucherSessionReleasePayload | None: ...

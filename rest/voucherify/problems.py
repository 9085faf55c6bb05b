"""The one table from refusals to this dialect's error object: `{code, key, message, details, request_id, …}`.

`message` is the same for all refusals of one key, `details` says what it was this time. Refusals that are not in the
table are shown under their own code with the verb's own words: a new one needs a line only to be worded otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from models.problems import (
    AmountTooLarge,
    Disabled,
    InsufficientFunds,
    InUse,
    Invalid,
    KeyReused,
    NotFound,
    PermissionDenied,
    Problem,
    Several,
    Taken,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from models.voucher_problems import (
    AlreadyRolledBack,
    DuplicateCodes,
    DuplicatedRedeemables,
    DuplicateSourceId,
    InvalidCodeConfig,
    InvalidCustomer,
    MissingCustomer,
    MissingOrderItemsAmount,
    MissingReward,
    TooManyVouchers,
    VoucherAlreadyPublished,
    VoucherCannotBePublished,
    VoucherProblem,
)
from rest.voucherify.answers import Header
from rest.voucherify.refusals import MethodNotAllowed, Nowhere, RateLimited, Unreadable

# This dialect's words for nouns and for fields of the verbs.
NOUNS = {
    "voucher_campaign": "campaign",
    "action": "async_action",
    "bin_entry": "trash_bin_entry",
    "gift_card": "voucher",
    "order": "order",
    "organizer": "project",
}
FIELDS = {
    "starts_at": "start_date",
    "expires_at": "expiration_date",
    "active_for": "activity_duration_after_publishing",
}
# Nouns that are unique by name; the others are by id.
BY_NAME = ("campaign", "category")

# What is said of each key, where it is not the key in words.
MESSAGES = {
    "already_rolled_back": "Already rolled back",
    "applicable_redeemables_limit_exceeded": "Applicable redeemables limit exceeded",
    "duplicate_found": "Duplicated resource found",
    "duplicate_key": "Duplicate codes",
    "duplicate_source_id": "Duplicate source_id",
    "duplicated_redeemables": "Duplicated redeemables detected",
    "gift_amount_exceeded": "gift amount exceeded",
    "invalid_amount": "Invalid Amount",
    "invalid_campaign": "Invalid Campaign",
    "invalid_payload": "Invalid payload",
    "invalid_query_params": "Invalid query params",
    "invalid_voucher": "Invalid Voucher",
    "loyalty_card_points_exceeded": "loyalty card points exceeded",
    "method_not_allowed": "HTTP Method Not Allowed",
    "missing_order_items_amount": "Missing applicable order items",
    "missing_required_permission": "Missing permission",
    "no_voucher_suitable_for_publication": "Couldn't find any voucher suitable for publication",
    "not_found": "Resource not found",
    "page_over_limit": "Listing resource above 1000 page is not supported",
    "quantity_exceeded": "quantity exceeded",
    "too_many_vouchers_requested": "Too many vouchers requested",
    "unauthorized": "Unauthorized",
    "voucher_disabled": "voucher is disabled",
    "voucher_expired": "voucher expired",
    "voucher_not_active": "voucher not active yet",
    "voucher_not_active_now": "voucher not active now",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One refusal in this dialect. Without `status` it is the problem's own."""

    key: str
    details: str | None
    resource_id: str | None = None
    resource_type: str | None = None
    status: int | None = None
    message: str | None = None


Say: TypeAlias = Callable[[Any], Said]


def body_of(problem: Problem, request_id: str) -> dict[str, Any]:
    """The error object; also what a validation shows of a voucher that does not apply."""
    if isinstance(problem, Unreadable | TooLarge):
        return _of_framework(problem, request_id)
    said = said_of(problem)
    body: dict[str, Any] = {
        "code": said.status or problem.status_hint,
        "key": said.key,
        "message": said.message or message_of(said.key),
        "details": said.details,
        "request_id": request_id,
        "resource_id": said.resource_id,
        "resource_type": said.resource_type,
    }
    return {name: value for name, value in body.items() if value is not None}


def status_of(problem: Problem) -> int:
    return said_of(problem).status or problem.status_hint


def more_headers(problem: Problem) -> tuple[Header, ...]:
    if isinstance(problem, RateLimited):
        return (_retry_after(problem), (b"x-rate-limit-type", b"api_calls"))
    if isinstance(problem, MethodNotAllowed):
        return ((b"allow", ", ".join(problem.allowed).encode()),)
    return (_retry_after(problem),) if "retry_after" in problem.details else ()


def internal(request_id: str) -> dict[str, Any]:
    """What is said of a bug of ours: nothing."""
    return {"code": 500, "key": "internal_error", "message": "Internal server error", "request_id": request_id}


def message_of(key: str) -> str:
    return MESSAGES.get(key) or key.replace("_", " ").capitalize()


def said_of(problem: Problem) -> Said:
    for kind in type(problem).__mro__:
        if kind in TABLE:
            return TABLE[kind](problem)
    return Said(problem.code, problem.message)


def noun_of(problem: Problem) -> str | None:
    noun = problem.details.get("noun")
    return None if noun is None else NOUNS.get(noun, noun)


def _of_framework(problem: Problem, request_id: str) -> dict[str, Any]:
    """What the vendor's framework says before any code of the vendor's runs; its SDKs want `code` all the same."""
    status = problem.status_hint
    message = problem.message
    if isinstance(problem, TooLarge) and problem.details.get("unit") == "bytes":
        message = f"Payload content length greater than maximum allowed: {problem.details['limit']}"
    error = HTTPStatus(status).phrase
    return {"code": status, "statusCode": status, "error": error, "message": message, "request_id": request_id}


def _retry_after(problem: Problem) -> Header:
    return (b"retry-after", str(problem.details["retry_after"]).encode())


# -- what is said of each --------------------------------------------------------------------------------------------


def _not_found(problem: NotFound) -> Said:
    noun, ref = noun_of(problem), problem.details.get("ref")
    if ref is None:
        return Said("not_found", problem.message, None, noun)
    return Said("not_found", f"Cannot find {noun} with id {ref}", ref, noun)


def _taken(problem: Taken) -> Said:
    noun, ref = noun_of(problem), problem.details.get("ref")
    if noun is None or ref is None:
        return Said("duplicate_found", problem.message, status=409)
    by = "name" if noun in BY_NAME else "id"
    return Said("duplicate_found", f"Duplicated {noun} exists with {by} {ref}", ref, noun, 409)


def _voucher(problem: VoucherProblem) -> Said:
    """The code alone is the details; what was kept of the attempt is the resource."""
    redemption = problem.details.get("redemption")
    return Said(problem.code, problem.details["voucher_code"], redemption, "redemption" if redemption else None)


def _invalid(problem: Invalid) -> Said:
    if "wanted" in problem.details:
        # A type, in the vendor's words: `number,null`.
        return Said("invalid_payload", f"Property .{field_of(problem)} should be {problem.details['wanted']}")
    return Said("invalid_payload", f"Property .{field_of(problem)}: {problem.message}")


def _several(problem: Several) -> Said:
    """The key of the first, what is said of all."""
    found = [said_of(part) for part in problem.problems]
    return Said(found[0].key, " ".join(said.details or "" for said in found), status=found[0].status)


def _denied(problem: PermissionDenied) -> Said:
    return Said("missing_required_permission" if "scope" in problem.details else "forbidden", problem.message)


def _rolled_back(problem: AlreadyRolledBack) -> Said:
    kept = problem.details["rollback"]
    details = "Redemption has been already rolled back."
    return Said(problem.code, details, kept, "redemption_rollback" if kept else None)


def _published(problem: VoucherAlreadyPublished) -> Said:
    ref = problem.details.get("token", problem.details["voucher_code"])
    return Said(problem.code, f"Voucher '{ref}' has already been published")


def field_of(problem: Problem) -> str:
    field = problem.field or ""
    return FIELDS.get(field, field)


def _details(key: str, details: str | None = None, status: int | None = None) -> Say:
    """Another key than the problem's own, or other words, or another status."""
    return lambda problem: Said(key, details or problem.message, status=status)


TABLE: Mapping[type[Problem], Say] = {
    Nowhere: _details("not_found"),
    NotFound: _not_found,
    Taken: _taken,
    Invalid: _invalid,
    InvalidCodeConfig: _details(InvalidCodeConfig.code),
    Several: _several,
    Unauthenticated: lambda problem: Said("unauthorized", None),
    PermissionDenied: _denied,
    # The ledger's own refusals, where a verb of vouchers has not said it in its own way.
    InsufficientFunds: _details("gift_amount_exceeded", status=400),
    AmountTooLarge: _details("invalid_amount"),
    Disabled: _details("voucher_disabled", status=400),
    InUse: _details("resource_in_use", status=400),
    KeyReused: _details("idempotency_key_reused"),
    Unavailable: _details("service_unavailable"),
    RateLimited: lambda problem: Said("too_many_requests", None, message=problem.message),
    VoucherProblem: _voucher,
    VoucherAlreadyPublished: _published,
    VoucherCannotBePublished: _details(VoucherCannotBePublished.code),
    **{
        kind: _details(kind.code) for kind in (InvalidCustomer, MissingCustomer, MissingOrderItemsAmount, MissingReward)
    },
    AlreadyRolledBack: _rolled_back,
    DuplicatedRedeemables: _details(DuplicatedRedeemables.code, "Duplicated redeemables detected in one redemption"),
    DuplicateCodes: lambda problem: Said(problem.code, f"{problem.details['count']} voucher codes(s) already exist."),
    DuplicateSourceId: lambda problem: Said(
        problem.code, f"Publication with source_id: '{problem.details['source_id']}' already exists"
    ),
    TooManyVouchers: _details(TooManyVouchers.code),
}

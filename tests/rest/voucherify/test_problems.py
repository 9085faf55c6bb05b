"""Refusals in this dialect: the vendor's keys, statuses and words (the contract's section 2)."""

from typing import Any

import pytest

from models.problems import (
    AmountTooLarge,
    Disabled,
    InProgress,
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
    GiftAmountExceeded,
    InvalidCampaign,
    InvalidCodeConfig,
    InvalidRedemptionParent,
    InvalidVoucher,
    MissingOrderItemsAmount,
    MissingVouchers,
    NoVoucherSuitable,
    QuantityExceeded,
    TooManyVouchers,
    VoucherAlreadyPublished,
    VoucherCannotBePublished,
    VoucherDisabled,
    VoucherExpired,
    VoucherNotActive,
    VoucherNotActiveNow,
    VoucherProblem,
)
from rest.voucherify.problems import body_of, internal, more_headers, status_of
from rest.voucherify.refusals import (
    InvalidPayload,
    InvalidQueryParams,
    Malformed,
    MethodNotAllowed,
    Nowhere,
    PageOverLimit,
    RateLimited,
    UnsupportedMediaType,
)

ID = "v-0a885062c80375740f"
DUPLICATE = "Duplicated resource found"
PUBLISHED = "Voucher 'v_1' has already been published"

# Where the vendor's description has an example, these are its words.
SAID: tuple[tuple[Problem, int, str, str, str | None, dict[str, Any]], ...] = (
    (
        NotFound("voucher_campaign", ref="Spring Campaign"),
        *(404, "not_found", "Resource not found", "Cannot find campaign with id Spring Campaign"),
        {"resource_id": "Spring Campaign", "resource_type": "campaign"},
    ),
    (
        NotFound("action", ref="aa_1"),
        *(404, "not_found", "Resource not found", "Cannot find async_action with id aa_1"),
        {"resource_id": "aa_1", "resource_type": "async_action"},
    ),
    (
        NotFound("voucher", ref="10OFF"),
        *(404, "not_found", "Resource not found", "Cannot find voucher with id 10OFF"),
        {"resource_id": "10OFF", "resource_type": "voucher"},
    ),
    (
        NotFound("customer", "There is no such customer."),
        *(404, "not_found", "Resource not found", "There is no such customer."),
        {"resource_type": "customer"},
    ),
    (
        Taken("It is taken.", field="name", noun="voucher_campaign", ref="N"),
        *(409, "duplicate_found", DUPLICATE, "Duplicated campaign exists with name N"),
        {"resource_id": "N", "resource_type": "campaign"},
    ),
    (
        Taken("It is taken.", field="code", noun="voucher", ref="CODE"),
        *(409, "duplicate_found", DUPLICATE, "Duplicated voucher exists with id CODE"),
        {"resource_id": "CODE", "resource_type": "voucher"},
    ),
    (Taken("It is taken.", field="slug"), 409, "duplicate_found", DUPLICATE, "It is taken.", {}),
    (
        VoucherDisabled("AnsvocvP", redemption="rf_1"),
        *(400, "voucher_disabled", "voucher is disabled", "AnsvocvP"),
        {"resource_id": "rf_1", "resource_type": "redemption"},
    ),
    (VoucherDisabled("AnsvocvP"), 400, "voucher_disabled", "voucher is disabled", "AnsvocvP", {}),
    (VoucherNotActive("C"), 400, "voucher_not_active", "voucher not active yet", "C", {}),
    (VoucherExpired("C"), 400, "voucher_expired", "voucher expired", "C", {}),
    (VoucherNotActiveNow("CODE14"), 400, "voucher_not_active_now", "voucher not active now", "CODE14", {}),
    (QuantityExceeded("C"), 400, "quantity_exceeded", "quantity exceeded", "C", {}),
    (GiftAmountExceeded("C"), 400, "gift_amount_exceeded", "gift amount exceeded", "C", {}),
    (
        MissingOrderItemsAmount("C"),
        *(400, "missing_order_items_amount", "Missing applicable order items", MissingOrderItemsAmount.says),
        {},
    ),
    (
        DuplicatedRedeemables(),
        *(400, "duplicated_redeemables", "Duplicated redeemables detected"),
        *("Duplicated redeemables detected in one redemption", {}),
    ),
    (
        AlreadyRolledBack("r_1", rollback="rrf_1"),
        *(400, "already_rolled_back", "Already rolled back", "Redemption has been already rolled back."),
        {"resource_id": "rrf_1", "resource_type": "redemption_rollback"},
    ),
    (
        AlreadyRolledBack("r_1"),
        *(400, "already_rolled_back", "Already rolled back", "Redemption has been already rolled back.", {}),
    ),
    (
        InvalidRedemptionParent(),
        *(400, "invalid_redemption_parent", "Invalid redemption parent"),
        *("You can rollback only a redemption that does not have parent redemption.", {}),
    ),
    (
        InvalidCampaign("You can not generate vouchers for STANDALONE type campaign."),
        *(400, "invalid_campaign", "Invalid Campaign"),
        *("You can not generate vouchers for STANDALONE type campaign.", {}),
    ),
    (
        InvalidVoucher("Found 1 voucher(s) without 'code' value"),
        *(400, "invalid_voucher", "Invalid Voucher", "Found 1 voucher(s) without 'code' value", {}),
    ),
    (DuplicateCodes(2), 400, "duplicate_key", "Duplicate codes", "2 voucher codes(s) already exist.", {}),
    (
        MissingVouchers(),
        *(400, "missing_vouchers", "Missing vouchers", "Either Campaign or Voucher is required", {}),
    ),
    (
        NoVoucherSuitable(),
        *(400, "no_voucher_suitable_for_publication", "Couldn't find any voucher suitable for publication"),
        *("Couldn't create new vouchers for publication", {}),
    ),
    (
        VoucherAlreadyPublished("CODE", token="v_1"),
        *(400, "voucher_already_published", "Voucher already published", PUBLISHED, {}),
    ),
    (
        VoucherCannotBePublished("CODE", "Voucher cannot be published. Customer already joined program."),
        *(400, "voucher_cannot_be_published", "Voucher cannot be published"),
        *("Voucher cannot be published. Customer already joined program.", {}),
    ),
    (
        DuplicateSourceId("s1"),
        *(400, "duplicate_source_id", "Duplicate source_id", "Publication with source_id: 's1' already exists", {}),
    ),
    (
        TooManyVouchers(1),
        *(400, "too_many_vouchers_requested", "Too many vouchers requested", "Only up to 1 can be published", {}),
    ),
    (
        InvalidPayload("Payload should have required property 'name'"),
        *(400, "invalid_payload", "Invalid payload", "Payload should have required property 'name'", {}),
    ),
    (
        InvalidQueryParams("Property .limit should be <= 100"),
        *(400, "invalid_query_params", "Invalid query params", "Property .limit should be <= 100", {}),
    ),
    (
        PageOverLimit(1000),
        *(400, "page_over_limit", "Listing resource above 1000 page is not supported"),
        *("Property .page cannot be higher than 1000", {}),
    ),
    (
        MethodNotAllowed("PUT", ("GET", "POST")),
        *(405, "method_not_allowed", "HTTP Method Not Allowed"),
        *("PUT is not supported by this endpoint. Did you mean GET or POST?", {}),
    ),
    (Unauthenticated("?", reason="revoked"), 401, "unauthorized", "Unauthorized", None, {}),
    (
        PermissionDenied("You may not.", scope="organizer.vouchers:write"),
        *(403, "missing_required_permission", "Missing permission", "You may not.", {}),
    ),
    (PermissionDenied("Not yours.", field="organizer"), 403, "forbidden", "Forbidden", "Not yours.", {}),
    (RateLimited(7), 429, "too_many_requests", "Too many requests hit the API too quickly.", None, {}),
    (
        Invalid("It is too late.", field="expires_at", reason="range"),
        *(400, "invalid_payload", "Invalid payload", "Property .expiration_date: It is too late.", {}),
    ),
    (
        InvalidCodeConfig("Too few codes.", field="code_config", reason="infeasible"),
        *(400, "invalid_code_config", "Invalid code config", "Too few codes.", {}),
    ),
    (
        Several([Invalid("One.", field="a"), Invalid("Two.", field="starts_at")]),
        *(400, "invalid_payload", "Invalid payload", "Property .a: One. Property .start_date: Two.", {}),
    ),
    (InsufficientFunds("Too little."), 400, "gift_amount_exceeded", "gift amount exceeded", "Too little.", {}),
    (AmountTooLarge("Too much."), 400, "invalid_amount", "Invalid Amount", "Too much.", {}),
    (Disabled("It is off."), 400, "voucher_disabled", "voucher is disabled", "It is off.", {}),
    (InUse("category", "It is used."), 400, "resource_in_use", "Resource in use", "It is used.", {}),
    (KeyReused("Again."), 409, "idempotency_key_reused", "Idempotency key reused", "Again.", {}),
    (InProgress("Wait.", retry_after=5), 409, "in_progress", "In progress", "Wait.", {}),
    (Unavailable("Later.", retry_after=1), 503, "service_unavailable", "Service unavailable", "Later.", {}),
    (Nowhere("There is nothing."), 404, "not_found", "Resource not found", "There is nothing.", {}),
)


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{type(said[0]).__name__}-{said[2]}")
def test_each_refusal_has_its_key_and_its_words(
    said: tuple[Problem, int, str, str, str | None, dict[str, Any]],
) -> None:
    problem, status, key, message, details, more = said
    expected = {"code": status, "key": key, "message": message, "request_id": ID, **more}
    assert body_of(problem, ID) == (expected if details is None else {**expected, "details": details})
    assert status_of(problem) == status


def _all(base: type[Problem] = VoucherProblem) -> list[type[Problem]]:
    return [base, *(found for each in base.__subclasses__() for found in _all(each))]


@pytest.mark.parametrize("kind", _all(), ids=lambda kind: kind.__name__)
def test_every_refusal_of_a_voucher_is_under_its_own_code(kind: type[VoucherProblem]) -> None:
    body = body_of(kind("CODE"), ID)
    assert (body["code"], body["key"]) == (400, kind.code)
    assert body["details"]


def test_a_refusal_that_nobody_has_worded_is_shown_in_the_words_of_the_verb() -> None:
    class Odd(Problem):
        code, status_hint = "quite_odd", 422

    assert body_of(Odd("It is odd."), ID) == {
        "code": 422,
        "key": "quite_odd",
        "message": "Quite odd",
        "details": "It is odd.",
        "request_id": ID,
    }


def test_what_a_framework_would_refuse_has_both_codes() -> None:
    for problem, status, error in (
        (Malformed("The body is no JSON."), 400, "Bad Request"),
        (UnsupportedMediaType("text/plain"), 415, "Unsupported Media Type"),
        (TooLarge("Too large.", limit=5, unit="items"), 413, None),
    ):
        body = body_of(problem, ID)
        assert (body["code"], body["statusCode"], body["message"]) == (status, status, problem.message)
        assert error in (None, body["error"])
        assert body["request_id"] == ID
    body = body_of(TooLarge("Too large.", limit=10_485_760, unit="bytes"), ID)
    assert body["message"] == "Payload content length greater than maximum allowed: 10485760"


def test_headers_of_refusals() -> None:
    assert more_headers(RateLimited(7)) == ((b"retry-after", b"7"), (b"x-rate-limit-type", b"api_calls"))
    assert more_headers(Unavailable("Later.", retry_after=3)) == ((b"retry-after", b"3"),)
    assert more_headers(MethodNotAllowed("PUT", ("GET", "POST"))) == ((b"allow", b"GET, POST"),)
    assert more_headers(NotFound("voucher")) == ()


def test_a_bug_is_an_error_object_too() -> None:
    assert internal(ID) == {
        "code": 500,
        "key": "internal_error",
        "message": "Internal server error",
        "request_id": ID,
    }

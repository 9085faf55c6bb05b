"""The one table from refusals to their shape on this dialect's wire."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from models.problems import (
    AmountTooLarge,
    Disabled,
    InProgress,
    InsufficientFunds,
    Invalid,
    NotFound,
    PermissionDenied,
    Problem,
    Several,
    Taken,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from rest.pretix.refusals import Said, WrongFields, WrongValue
from rest.pretix.texts import Text, text

Payload: TypeAlias = Mapping[str, Any] | list[str]

# This dialect's words for fields of the verbs.
FIELDS = {"amount": "value", "balance": "value", "expires_at": "expires"}
MODELS = {"gift_card": "GiftCard", "gift_card_transaction": "GiftCardTransaction"}


def payload_of(problem: Problem, language: str) -> Payload:
    """The body of the answer. Refusals that this dialect has no words for are shown in the verb's own."""
    for kind in type(problem).__mro__:
        if kind in TABLE:
            return TABLE[kind](problem, language)
    return {"detail": problem.message}


def more_headers(problem: Problem) -> tuple[tuple[bytes, bytes], ...]:
    if problem.status_hint == 401:
        return ((b"www-authenticate", b"Token"),)
    if "retry_after" in problem.details:
        return ((b"retry-after", str(problem.details["retry_after"]).encode()),)
    return ()


def _detail(make: Callable[[Any], Text]) -> Callable[[Any, str], Payload]:
    return lambda problem, language: {"detail": make(problem).spoken(language)}


def _of_field(field: str, code: str) -> Callable[[Any, str], Payload]:
    return lambda problem, language: {field: [text(code).spoken(language)]}


def _no_match(problem: NotFound) -> Text:
    model = MODELS.get(problem.details["noun"])
    return text("not_found") if model is None else text("no_match", model=model)


def _invalid(problem: Invalid, language: str) -> Payload:
    field = problem.field or "non_field_errors"
    return {FIELDS.get(field, field): [problem.message]}


def _several(problem: Several, language: str) -> Payload:
    found: dict[str, Any] = {}
    for part in problem.problems:
        field = part.field or "non_field_errors"
        found.setdefault(FIELDS.get(field, field), []).append(part.message)
    return found


def _wrong_fields(problem: WrongFields, language: str) -> Payload:
    return {field: [said.spoken(language) for said in texts] for field, texts in problem.errors.items()}


TABLE: Mapping[type[Problem], Callable[[Any, str], Payload]] = {
    Said: _detail(lambda problem: problem.said),
    WrongFields: _wrong_fields,
    WrongValue: lambda problem, language: [said.spoken(language) for said in problem.texts],
    Unauthenticated: _detail(lambda problem: text(problem.details["reason"])),
    PermissionDenied: _detail(lambda problem: text(problem.details.get("said", "denied"))),
    NotFound: _detail(_no_match),
    InProgress: _detail(lambda problem: text("key_running")),
    TooLarge: _detail(lambda problem: text("body_too_large", limit=problem.details.get("limit", ""))),
    Unavailable: lambda problem, language: {"detail": problem.message},
    # pretix answers 409, not 402, on overdraft; like its other conflicts it is said in English only.
    InsufficientFunds: _of_field("value", "funds"),
    Disabled: _of_field("value", "disabled"),
    # Where pretix fails with a 500; amounts of a transaction are refused without naming the field.
    AmountTooLarge: lambda problem, language: [text("balance_too_large").spoken(language)],
    Taken: _of_field("secret", "secret_taken"),
    Invalid: _invalid,
    Several: _several,
}

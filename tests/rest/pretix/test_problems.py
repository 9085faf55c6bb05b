"""Every refusal has a shape on this dialect's wire."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import problems
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
    TooSlow,
    Unauthenticated,
    Unavailable,
)
from rest.pretix.problems import more_headers, payload_of

SHAPES: list[tuple[Problem, Any]] = [
    (Invalid("Too long.", field="balance"), {"value": ["Too long."]}),
    (
        Several([Invalid("A", field="secret"), Invalid("B", field="amount"), Invalid("C", field="secret")]),
        {"secret": ["A", "C"], "value": ["B"]},
    ),
    (Several([Taken("A")]), {"non_field_errors": ["A"]}),
    (
        Taken("?", field="secret"),
        {"secret": ["A gift card with the same secret already exists in your or an affiliated organizer account."]},
    ),
    (NotFound("gift_card"), {"detail": "No GiftCard matches the given query."}),
    (NotFound("organizer"), {"detail": "Not found."}),
    (Unauthenticated("?", reason="token_unknown"), {"detail": "Invalid token."}),
    (PermissionDenied("?"), {"detail": "You do not have permission to perform this action."}),
    (
        InsufficientFunds("?"),
        {"value": ["The gift card does not have sufficient credit for this operation."]},
    ),
    (AmountTooLarge("?"), ["The balance of a gift card cannot be more than 99999999999.99."]),
    (InUse("sales_channel", "?"), {"detail": "Can only be deleted if unused."}),
    (Disabled("?"), {"value": ["This gift card is disabled."]}),
    (InProgress("?"), {"detail": "Concurrent request with idempotency key."}),
    (Unavailable("The database is locked."), {"detail": "The database is locked."}),
    (TooLarge("?", limit=7, unit="bytes"), {"detail": "The request body is larger than 7 bytes."}),
    (TooSlow("Read faster."), {"detail": "Read faster."}),
    (KeyReused("Used before."), {"detail": "Used before."}),
]


@pytest.mark.parametrize(("problem", "payload"), SHAPES, ids=lambda value: type(value).__name__)
def test_refusals_have_their_shape(problem: Problem, payload: Any) -> None:
    assert payload_of(problem, "en") == payload


def test_no_refusal_of_the_verbs_is_left_out() -> None:
    assert {type(problem) for problem, _ in SHAPES} == set(all_problems())


def test_headers_that_go_with_a_refusal() -> None:
    assert more_headers(Unauthenticated("?", reason="x")) == ((b"www-authenticate", b"Token"),)
    assert more_headers(Unavailable("?", retry_after=7)) == ((b"retry-after", b"7"),)
    assert more_headers(Disabled("?")) == ()


def all_problems() -> Iterator[type[Problem]]:
    for value in vars(problems).values():
        if isinstance(value, type) and issubclass(value, Problem) and value is not Problem:
            yield value

"""The one table from refusals to their shape on this dialect's wire."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from models.problems import (
    AmountTooLarge,
    Disabled,
    InProgress,
    InsufficientFunds,
    InUse,
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
FIELDS = {
    "amount": "value",
    "balance": "value",
    "expires_at": "expires",
    "limit_sales_channel_identifiers": "limit_sales_channels",
}
MODELS = {
    "event": "Event",
    "gift_card": "GiftCard",
    "gift_card_transaction": "GiftCardTransaction",
    "sales_channel": "SalesChannel",
    "tracking_campaign": "Campaign",
}
# What is said of a name that is taken, by the field that holds it.
TAKEN = {
    "secret": "secret_taken",
    "slug": "event_slug_taken",
    "identifier": "channel_taken",
    "code": "campaign_taken",
}
# What is said of a value that breaks a rule of its noun, by the rule; of other rules the verb's own message is shown.
RULES = {
    "event_dates": "event_dates",
    "event_presale": "event_presale",
    "event_created_live": "event_created_live",
    "event_slug_fixed": "event_slug_fixed",
    "event_series_fixed": "event_series_fixed",
    "event_slug": "event_slug",
    "event_slug_reserved": "event_slug_reserved",
    "meta_property": "meta_property",
    "channel_unknown": "channel_unknown",
    "plugin_unknown": "plugin_unknown",
    "plugin_level": "plugin_level",
    "plugin_organizer_first": "plugin_organizer_first",
    "text_map": "text_map",
    "channel_identifier": "channel_identifier",
    "channel_prefix": "channel_prefix",
    "channel_type": "channel_type",
    "channel_identifier_fixed": "channel_identifier_fixed",
    "channel_type_fixed": "channel_type_fixed",
    "url": "url",
}
# pretix refuses to delete what is in use as it does what may not be done.
STATUSES: Mapping[type[Problem], int] = {InUse: 403}
# What cannot be deleted, by the noun.
IN_USE = {"event": "event_in_use", "sales_channel": "channel_in_use"}


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


def _invalid(problem: Problem, language: str) -> Payload:
    return {field_of(problem): [_spoken(problem, language)]}


def _several(problem: Several, language: str) -> Payload:
    found: dict[str, Any] = {}
    for part in problem.problems:
        found.setdefault(field_of(part), []).append(_spoken(part, language))
    return found


def field_of(problem: Problem) -> str:
    """A rule about several fields is said of none of them (`field` is the first then, for doors that need one)."""
    field = problem.field
    if field is None or problem.details.get("reason") in ("event_dates", "event_presale"):
        return "non_field_errors"
    return FIELDS.get(field, field)


def _spoken(problem: Problem, language: str) -> str:
    return said_of(problem).spoken(language)


def said_of(problem: Problem) -> Text:
    """What is said of a value; where this dialect has no words for it, the verb's own."""
    if isinstance(problem, Taken) and problem.field in TAKEN:
        return text(TAKEN[problem.field])
    code = RULES.get(problem.details.get("reason", ""))
    return text("verbatim", message=problem.message) if code is None else Text(code, problem.details)


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
    InUse: _detail(lambda problem: text(IN_USE[problem.details["noun"]])),
    # Where pretix fails with a 500; amounts of a transaction are refused without naming the field.
    AmountTooLarge: lambda problem, language: [text("balance_too_large").spoken(language)],
    Taken: _invalid,
    Invalid: _invalid,
    Several: _several,
}

"""Refusals. Whatever a verb refuses is one of these; each door has one table from them to its wire shape.

`code` is stable, `status_hint` is the HTTP status that fits, `field` names the input at fault where one is,
`details` is typed per class. Messages are English; a door may translate by code.
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class Problem(Exception):
    """Something was asked for that may not or cannot be done. Nothing of it has happened."""

    code: ClassVar[str] = "problem"
    status_hint: ClassVar[int] = 400

    def __init__(self, message: str, *, field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message, self.field, self.details = message, field, details


class Invalid(Problem):
    """A value breaks a rule of its noun. `reason` names the rule, e.g. `pattern`, `too_long`, `null_character`."""

    code = "invalid"

    def __init__(self, message: str, *, field: str, reason: str = "invalid", **details: Any) -> None:
        super().__init__(message, field=field, reason=reason, **details)


class Several(Problem):
    """More than one thing is wrong; `problems` are all of them."""

    code = "several"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


def refuse(found: Sequence[Problem]) -> None:
    """Raise what was found wrong: one problem as it is, several as `Several`; nothing if there is none."""
    if len(found) == 1:
        raise found[0]
    if found:
        raise Several(found)


class Taken(Problem):
    """A name that must be unique is in use. Other owners of it are not named.

    `noun`, the table's name, and `ref`, the name, are in the details where a door shows them.
    """

    code, status_hint = "taken", 400


class NotFound(Problem):
    """No such row, or not the asker's: the two look the same. `noun` is the source's name.

    `ref` is what it was looked for by, as the asker wrote it; doors may show it again.
    """

    code, status_hint = "not_found", 404

    def __init__(
        self, noun: str, message: str | None = None, *, field: str | None = None, ref: str | None = None
    ) -> None:
        super().__init__(message or f"There is no such {noun.replace('_', ' ')}.", field=field, noun=noun, ref=ref)


class Unauthenticated(Problem):
    """Nobody we know is asking. `reason` says what was wrong with the credentials."""

    code, status_hint = "unauthenticated", 401

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message, reason=reason)


class PermissionDenied(Problem):
    """The asker is known, and may not. `scope` is what was missing, where one scope was."""

    code, status_hint = "permission_denied", 403


class InsufficientFunds(Problem):
    """A debit would take a balance below zero."""

    code, status_hint = "insufficient_funds", 409


class AmountTooLarge(Problem):
    """A credit would take a balance above what a balance can hold (99,999,999,999.99)."""

    code, status_hint = "amount_too_large", 400


class InUse(Problem):
    """What is needed, or part of the system, cannot be deleted. `noun` is the table's name."""

    code, status_hint = "in_use", 409

    def __init__(self, noun: str, message: str) -> None:
        super().__init__(message, noun=noun)


class Disabled(Problem):
    """The object is switched off; enable it first."""

    code, status_hint = "disabled", 409


class KeyReused(Problem):
    """An idempotency key came again with another request."""

    code, status_hint = "idempotency_key_reused", 409


class InProgress(Problem):
    """The request with this idempotency key is still running; ask again in `retry_after` seconds."""

    code, status_hint = "in_progress", 409


class Unavailable(Problem):
    """The database did not answer in time. Unless the message says otherwise nothing was written; try again later."""

    code, status_hint = "unavailable", 503


class TooSlow(Problem):
    """Whoever listens to changes did not read them in time. Subscribe again, from the cursor of the last one read."""

    code, status_hint = "too_slow", 503


class TooLarge(Problem):
    """A body, document or list is over its limit. `limit` and `unit` say which."""

    code, status_hint = "too_large", 413

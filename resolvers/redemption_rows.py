"""Rows of `redemption`: what happened, kept whether it succeeded or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from models import public_ids
from models.problems import Problem
from models.redemption import Kind, Status
from resolvers.context import Work
from resolvers.redemption_statements import INSERT

SUCCEEDED = "redemption.succeeded"
FAILED = "redemption.failed"
ROLLED_BACK = "redemption.rolled_back"
ROLLBACK_FAILED = "redemption.rollback_failed"

_EMPTY: Mapping[str, None] = dict.fromkeys(
    (
        *("voucher_id", "campaign_id", "customer_id", "parent_id", "rolls_back_id", "reason", "failure_code"),
        *("failure_message", "amount", "order", "order_token", "tracking_id", "metadata"),
    )
)


@dataclass(frozen=True, slots=True)
class Refused:
    """An attempt that failed and was kept as a row. It is returned, not raised: the row is to be committed.

    `problem.details` names the row, as `redemption` or as `rollback`.
    """

    problem: Problem
    id: int
    token: str

    def result(self) -> NoReturn:
        """For whoever has committed it: the refusal is raised now."""
        raise self.problem


def row_of(work: Work, organizer_id: int, token: str, **values: Any) -> dict[str, Any]:
    """A whole row: what is not given is empty. A redemption that succeeded unless said otherwise."""
    always = {"organizer_id": organizer_id, "token": token, "happened_at": work.now, "channel": _channel(work)}
    return {**_EMPTY, "kind": Kind.REDEMPTION.value, "status": Status.SUCCEEDED.value, **always, **values}


def content_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a change record tells of a row."""
    names = ("voucher_id", "campaign_id", "customer_id", "parent_id", "rolls_back_id", "failure_code", "amount")
    return {name: row[name] for name in names if row[name] is not None}


async def insert(work: Work, row: Mapping[str, Any], kind: str) -> int:
    (row_id,) = await work.row(INSERT, **row)
    await work.record(kind, row["organizer_id"], row_id, content_of(row))
    return int(row_id)


async def keep_refusal(work: Work, organizer_id: int, problem: Problem, **values: Any) -> Refused:
    """Keep a failed redemption, or a failed rollback if `kind` says so, and name it in the refusal."""
    rolling_back = values.get("kind") == Kind.ROLLBACK
    token = public_ids.failed_rollback() if rolling_back else public_ids.failed_redemption()
    failure = {"status": Status.FAILED.value, "failure_code": problem.code, "failure_message": problem.message}
    row = row_of(work, organizer_id, token, **failure, **values)
    row_id = await insert(work, row, ROLLBACK_FAILED if rolling_back else FAILED)
    problem.details["rollback" if rolling_back else "redemption"] = token
    return Refused(problem, row_id, token)


def _channel(work: Work) -> dict[str, str]:
    """Who asked: a program, by the half of its key pair that is no secret."""
    public_id = work.principal.public_id
    return {"channel_type": "API"} | ({"channel_id": public_id} if public_id else {})

"""Issuing many gift cards: so many secrets by a pattern, each card with its initial value, in chunks by an action.

A chunk adds cards, the first row of each one's ledger and the action's progress in one transaction: after a worker was
killed, every card that is there is whole, and another worker issues those that are missing. Secrets are drawn anew for
each chunk, and those in use are simply made up for: of all that a pattern allows, few are ever in use.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.sql.base import Executable

from models.action import ActionType
from models.change import ChangeKind
from models.code_config import CodeConfig
from models.database import Database, Dialect
from models.gift_card import gift_card
from models.problems import Invalid, refuse
from resolvers import actions, balances, gift_cards
from resolvers.action_kinds import Kind
from resolvers.actions import Claimed, Enqueued, Progressed
from resolvers.context import Work
from resolvers.gift_card_scopes import WRITE
from resolvers.gift_card_statements import REACHABLE
from resolvers.reading.conditions import any_of
from resolvers.slices import ROWS_MAX

COUNT_MAX = 100_000
PATTERN = "#" * gift_cards.SECRET_LENGTH
# So many times more secrets must be possible than are wanted: nobody finds a card by trying.
GUESSES = 1_000_000


# -- the verb ----------------------------------------------------------------------------------------------------------


async def issue(
    work: Work,
    organizer_id: int,
    *,
    count: int,
    amount: int,
    currency: str,
    pattern: str = PATTERN,
    testmode: bool = False,
    expires_at: datetime | None = None,
    conditions: str | None = None,
    request_id: str | None = None,
) -> Enqueued:
    """So many new cards, alike but for their secrets, in the background. Each `#` of `pattern` is drawn.

    Refuses with `Invalid` what `gift_cards.issue` refuses of one, a count that is not from 1 to 100,000, and a pattern
    whose secrets could be guessed.
    """
    work.principal.require(WRITE)
    _check(count, amount, currency, pattern, conditions)
    given = {
        "amount": amount,
        "currency": currency,
        "pattern": pattern,
        "testmode": testmode,
        "expires_at": None if expires_at is None else expires_at.isoformat(),
        "conditions": conditions,
    }
    type = ActionType.GIFT_CARDS_ISSUE
    return await actions.enqueue(
        work, organizer_id, type, campaign_id=None, input=given, total=count, request_id=request_id
    )


# -- one chunk ---------------------------------------------------------------------------------------------------------


async def prepare(database: Database, claimed: Claimed, before: object) -> Sequence[str]:
    return _config(claimed.input["pattern"]).generate(min(claimed.left, ROWS_MAX))


async def chunk(work: Work, held: Claimed, drawn: Sequence[str]) -> Progressed:
    taken = {secret for (secret,) in await _in_use(work, held.organizer_id, drawn)}
    free = [secret for secret in dict.fromkeys(drawn) if secret not in taken][: held.left]
    added = await balances.open_cards(work, held.organizer_id, free, held.input["amount"], _alike(held))
    if added:
        kind = ChangeKind.ACTION_GIFT_CARDS_ISSUED
        await work.record(kind, held.organizer_id, held.id, {"count": len(added), "action_id": held.id})
    return Progressed(len(added), finished=len(added) == held.left)


async def _in_use(work: Work, organizer_id: int, drawn: Sequence[str]) -> Sequence[Sequence[str]]:
    """Those that the organizer has, or an issuer whose cards it accepts."""
    return await work.rows(_taken(work.dialect), organizer_id=organizer_id, secrets=tuple(drawn))


def _alike(held: Claimed) -> Mapping[str, Any]:
    given, expires_at = held.input, held.input["expires_at"]
    return {
        "currency": given["currency"],
        "testmode": given["testmode"],
        "expires_at": None if expires_at is None else datetime.fromisoformat(expires_at),
        "conditions": given["conditions"],
        "action_id": held.id,
    }


def _message(done: int, failed: int) -> str:
    return f"Issued {done} gift cards."


KIND = Kind(chunk, _message, prepare)


# -- rules -------------------------------------------------------------------------------------------------------------


def _check(count: int, amount: int, currency: str, pattern: str, conditions: str | None) -> None:
    found: list[Invalid] = []
    if not 1 <= count <= COUNT_MAX:
        found.append(Invalid(f"From 1 to {COUNT_MAX}.", field="count", reason="out_of_range"))
    wrong = gift_cards.secret_error(pattern.replace("#", gift_cards.SECRET_ALPHABET[0]), field="pattern")
    if wrong is not None:
        found.append(wrong)
    elif not _config(pattern).feasible(count * GUESSES):
        message = f"More `#` are needed: {_config(pattern).space} secrets are possible, {count * GUESSES} should be."
        found.append(Invalid(message, field="pattern", reason="guessable"))
    found += gift_cards.errors(amount=amount, currency=currency, conditions=conditions)
    refuse(found)


def _config(pattern: str) -> CodeConfig:
    return CodeConfig(pattern, gift_cards.SECRET_ALPHABET)


@cache
def _taken(dialect: Dialect) -> Executable:
    return select(gift_card.c.secret).where(REACHABLE, any_of(gift_card.c.secret, "secrets", dialect))

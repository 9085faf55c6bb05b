"""Gift cards: issue, transact, update, enable, disable.

Money moves in `transact` and nowhere else: one guarded UPDATE takes the card's lock, its new balance and the next
number of its ledger, and the transaction row with that number follows in the same unit of work. The tables refuse
anything else (models/gift_card.py).
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from models.currency import CODES
from models.money import HUNDREDTHS_MAX
from models.problems import AmountTooLarge, Disabled, InsufficientFunds, Invalid, NotFound, Taken, refuse
from models.unset import UNSET, Unset
from resolvers import orders
from resolvers.context import Work
from resolvers.gift_card_statements import (
    AFFILIATED,
    AMEND,
    AT_ONCE,
    AT_ONCE_ACCEPTED,
    BOOK,
    INSERT,
    LOCK,
    LOOK,
    LOOK_ACCEPTED,
    MOVE,
    MOVE_ACCEPTED,
    SWITCH,
)

READ = "organizer.giftcards:read"
WRITE = "organizer.giftcards:write"
# The kind of change that a transaction makes.
BOOKED = "gift_card_transaction.booked"

SECRET = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.-]+")
SECRET_LENGTH_MAX = 190
# pretix's alphabet for codes it makes: no letter that is easily taken for another.
SECRET_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"  # noqa: S105  letters, not a secret
SECRET_LENGTH = 16


class Booked(NamedTuple):
    """What a transaction did: the card, the ledger row, and the balance in hundredths right after it."""

    card_id: int
    transaction_id: int
    balance: int


# -- verbs -----------------------------------------------------------------------------------------------------------


async def issue(
    work: Work,
    organizer_id: int,
    *,
    amount: int,
    currency: str,
    secret: str | None = None,
    testmode: bool = False,
    expires_at: datetime | None = None,
    conditions: str | None = None,
    owner_ticket: int | str | None = None,
) -> Booked:
    """A new card whose first transaction is its initial value, `amount` hundredths, which may be 0.

    A secret is made up if none is given. Refuses with `Invalid`, with `Taken` if the organizer, or an issuer whose
    cards it accepts, has a card with this very secret, and with `NotFound` for an unknown ticket.
    """
    work.principal.require(WRITE)
    _check(secret=secret, amount=amount, currency=currency, conditions=conditions)
    secret = secret or "".join(secrets.choice(SECRET_ALPHABET) for _ in range(SECRET_LENGTH))
    ticket_id = await orders.ticket_id(work, organizer_id, owner_ticket)
    await require_free(work, organizer_id, secret)
    row = await work.row(
        INSERT[work.engine],
        organizer_id=organizer_id,
        secret=secret,
        currency=currency,
        testmode=testmode,
        issued_at=work.now,
        expires_at=expires_at,
        conditions=conditions,
        owner_ticket_id=ticket_id,
    )
    if row is None:
        raise _taken()
    card_id: int = row[0]
    await work.record("gift_card.issued", organizer_id, card_id, {"secret": secret, "currency": currency})
    return await transact(work, organizer_id, card_id, amount, text=None, info=None)


async def transact(
    work: Work,
    organizer_id: int,
    card_id: int,
    amount: int,
    *,
    text: str | None = "",
    info: Any = None,
    accepted: bool = False,
) -> Booked:
    """The only way a balance moves: `amount` hundredths, negative to debit; zero is booked too.

    `accepted` reaches cards of issuers whose cards the organizer accepts, who is then the transaction's acceptor.
    Refuses with `InsufficientFunds` below zero, `AmountTooLarge` above the bound, `Disabled`, `NotFound`.
    """
    work.principal.require(WRITE)
    _check_text("text", text)
    if abs(amount) > HUNDREDTHS_MAX:
        raise AmountTooLarge("The amount is too large.", field="amount")
    book = _at_once if work.engine == "postgresql" else _step_by_step
    booked = await book(work, organizer_id, card_id, amount, accepted, text=text, info=info)
    if booked is None:
        raise await _why_not_moved(work, organizer_id, card_id, amount, accepted)
    return booked


async def _step_by_step(
    work: Work, organizer_id: int, card_id: int, amount: int, accepted: bool, *, text: str | None, info: Any
) -> Booked | None:
    """Three statements: on SQLite they cost microseconds. None if the guard does not let the balance move."""
    move = MOVE_ACCEPTED if accepted else MOVE
    moved = await work.row(move, organizer_id=organizer_id, card_id=card_id, amount=amount)
    if moved is None:
        return None
    issuer_id, balance, number = moved
    (transaction_id,) = await work.row(
        BOOK,
        organizer_id=issuer_id,
        gift_card_id=card_id,
        number=number,
        previous_number=number - 1 or None,
        amount=amount,
        balance_before=balance - amount,
        balance_after=balance,
        booked_at=work.now,
        text=text,
        info=info,
        acceptor_id=organizer_id,
    )
    await work.record(BOOKED, issuer_id, transaction_id, _content(card_id, amount))
    return Booked(card_id, transaction_id, balance)


async def _at_once(
    work: Work, organizer_id: int, card_id: int, amount: int, accepted: bool, *, text: str | None, info: Any
) -> Booked | None:
    """The same in one statement: each round trip to PostgreSQL costs as much as what it does."""
    row = await work.row(
        AT_ONCE_ACCEPTED if accepted else AT_ONCE,
        organizer_id=organizer_id,
        card_id=card_id,
        amount=amount,
        at=work.now,
        text=text,
        info=info,
        kind=BOOKED,
        token_id=work.principal.token_id,
        content=_content(card_id, amount),
    )
    return None if row is None else Booked(card_id, *row)


def _content(card_id: int, amount: int) -> dict[str, int]:
    return {"gift_card_id": card_id, "amount": amount}


async def update_card(
    work: Work,
    organizer_id: int,
    card_id: int,
    *,
    balance: int | Unset = UNSET,
    expires_at: datetime | Unset | None = UNSET,
    conditions: str | Unset | None = UNSET,
    owner_ticket: int | str | Unset | None = UNSET,
) -> int:
    """Change what may change of an own card; its id. A balance is set by booking the difference, 0 if there is none.

    The difference is computed under the card's lock: parallel updates all end at the value of the last.
    """
    work.principal.require(WRITE)
    _check(balance=balance, conditions=conditions)
    held = await work.row(LOCK, organizer_id=organizer_id, card_id=card_id)
    if held is None:
        raise NotFound("gift_card")
    changed: dict[str, Any] = {}
    if not isinstance(expires_at, Unset):
        changed["expires_at"] = expires_at
    if not isinstance(conditions, Unset):
        changed["conditions"] = conditions
    if not isinstance(owner_ticket, Unset):
        changed["owner_ticket_id"] = await orders.ticket_id(work, organizer_id, owner_ticket)
    if changed:
        kept = dict(zip(("expires_at", "conditions", "owner_ticket_id"), held[1:], strict=True))
        await work.row(AMEND, **{**kept, **changed}, of_organizer=organizer_id, card_id=card_id)
        await work.record("gift_card.updated", organizer_id, card_id, {"fields": sorted(changed)})
    if not isinstance(balance, Unset):
        await transact(work, organizer_id, card_id, balance - held[0], text=None, info=None)
    return card_id


async def require_free(work: Work, organizer_id: int, secret: str, *, besides: int = 0) -> None:
    """Refuse with `Taken` a secret that a card has, of the organizer or of an issuer whose cards it accepts.

    The card with the id `besides` does not count.
    """
    work.principal.require(WRITE)
    if await work.row(AFFILIATED, organizer_id=organizer_id, secret=secret, besides=besides):
        raise _taken()


async def enable(work: Work, organizer_id: int, card_id: int) -> int:
    """Switch the card on; nothing happens if it is. Its id."""
    return await _switch(work, organizer_id, card_id, active=True)


async def disable(work: Work, organizer_id: int, card_id: int) -> int:
    """Switch the card off: it keeps its balance and refuses transactions until it is enabled. Its id."""
    return await _switch(work, organizer_id, card_id, active=False)


async def _switch(work: Work, organizer_id: int, card_id: int, *, active: bool) -> int:
    work.principal.require(WRITE)
    if await work.row(SWITCH, organizer_id=organizer_id, card_id=card_id, wanted=active):
        kind = "gift_card.enabled" if active else "gift_card.disabled"
        await work.record(kind, organizer_id, card_id, {})
    elif await work.row(LOCK, organizer_id=organizer_id, card_id=card_id) is None:
        raise NotFound("gift_card")
    return card_id


# -- rules -----------------------------------------------------------------------------------------------------------


def _check(
    *,
    secret: str | None = None,
    amount: int = 0,
    currency: str = "EUR",
    balance: int | Unset = UNSET,
    conditions: str | Unset | None = None,
) -> None:
    found: list[Invalid] = []
    if secret is not None:
        if len(secret) > SECRET_LENGTH_MAX:
            found.append(Invalid(f"At most {SECRET_LENGTH_MAX} characters.", field="secret", reason="too_long"))
        elif not SECRET.fullmatch(secret):
            message = "Only letters, digits, dots and dashes; two at least, and no dot or dash first."
            found.append(Invalid(message, field="secret", reason="pattern"))
    for name, value in (("amount", amount), ("balance", balance)):
        if not isinstance(value, Unset) and not 0 <= value <= HUNDREDTHS_MAX:
            found.append(Invalid("From 0.00 to 99999999999.99.", field=name, reason="out_of_range"))
    if currency not in CODES:
        found.append(Invalid(f"{currency!r} is not an ISO 4217 currency code.", field="currency", reason="choice"))
    if isinstance(conditions, str):
        found += _text_errors("conditions", conditions)
    refuse(found)


def _check_text(field: str, text: str | None) -> None:
    for problem in _text_errors(field, text or ""):
        raise problem


def _text_errors(field: str, text: str) -> Sequence[Invalid]:
    if "\0" in text:
        return [Invalid("Null characters are not allowed.", field=field, reason="null_character")]
    return []


def _taken() -> Taken:
    message = "A gift card with this secret exists already, here or with an issuer whose cards are accepted."
    return Taken(message, field="secret")


async def _why_not_moved(work: Work, organizer_id: int, card_id: int, amount: int, accepted: bool) -> Exception:
    found = await work.row(LOOK_ACCEPTED if accepted else LOOK, organizer_id=organizer_id, card_id=card_id)
    if found is None:
        return NotFound("gift_card")
    balance, active = found
    if not active:
        return Disabled("This gift card is disabled.")
    if balance + amount < 0:
        return InsufficientFunds("The gift card does not have sufficient credit.", field="amount")
    return AmountTooLarge("The balance would be too large.", field="amount")

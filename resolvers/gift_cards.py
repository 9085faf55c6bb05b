"""Gift cards: issue, transact, update, enable, disable.

Money moves in resolvers/balances.py and nowhere else.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.currency import CODES
from models.money import HUNDREDTHS_MAX
from models.problems import Invalid, NotFound, Taken, refuse
from models.unset import UNSET, Unset
from resolvers import orders
from resolvers.balances import Booked, move, text_errors
from resolvers.context import Work
from resolvers.gift_card_scopes import WRITE
from resolvers.gift_card_statements import (
    AFFILIATED,
    AMEND,
    INSERT,
    LOCK,
    SWITCH,
    Reach,
)

SECRET = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.-]+")
SECRET_LENGTH_MAX = 190
# pretix's alphabet for codes it makes: no letter that is easily taken for another.
SECRET_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"  # noqa: S105  letters, not a secret
SECRET_LENGTH = 16


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
    """A transaction on a card: `amount` hundredths, negative to debit; zero is booked too.

    `accepted` reaches cards of issuers whose cards the organizer accepts, who is then the transaction's acceptor.
    Refuses with `InsufficientFunds` below zero, `AmountTooLarge` above the bound, `Disabled`, `NotFound`.
    """
    work.principal.require(WRITE)
    reach = Reach.ACCEPTED if accepted else Reach.OWN
    return await move(work, organizer_id, card_id, amount, text=text, info=info, reach=reach)


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
    wrong = None if secret is None else secret_error(secret)
    found = [] if wrong is None else [wrong]
    refuse([*found, *errors(amount=amount, currency=currency, balance=balance, conditions=conditions)])


def secret_error(secret: str, *, field: str = "secret") -> Invalid | None:
    """Why this cannot be the secret of a new card, if it cannot."""
    if len(secret) > SECRET_LENGTH_MAX:
        return Invalid(f"At most {SECRET_LENGTH_MAX} characters.", field=field, reason="too_long")
    if not SECRET.fullmatch(secret):
        message = "Only letters, digits, dots and dashes; two at least, and no dot or dash first."
        return Invalid(message, field=field, reason="pattern")
    return None


def errors(
    *,
    amount: int = 0,
    currency: str = "EUR",
    balance: int | Unset = UNSET,
    conditions: str | Unset | None = None,
) -> Sequence[Invalid]:
    """What is wrong with the terms of a card."""
    found: list[Invalid] = []
    for name, value in (("amount", amount), ("balance", balance)):
        if not isinstance(value, Unset) and not 0 <= value <= HUNDREDTHS_MAX:
            found.append(Invalid("From 0.00 to 99999999999.99.", field=name, reason="out_of_range"))
    if currency not in CODES:
        found.append(Invalid(f"{currency!r} is not an ISO 4217 currency code.", field="currency", reason="choice"))
    if isinstance(conditions, str):
        found += text_errors("conditions", conditions)
    return found


def _taken() -> Taken:
    message = "A gift card with this secret exists already, here or with an issuer whose cards are accepted."
    return Taken(message, field="secret")

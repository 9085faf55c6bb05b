"""Where money moves, and the only place: the balances of gift cards, gift vouchers and loyalty cards.

One guarded UPDATE takes the row's lock, its new balance and the next number of its ledger, and the transaction row with
that number follows in the same unit of work. The tables refuse anything else (models/gift_card.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.gift_card import gift_card, gift_card_transaction
from models.money import HUNDREDTHS_MAX
from models.problems import AmountTooLarge, Disabled, InsufficientFunds, Invalid, NotFound
from resolvers.context import Work
from resolvers.gift_card_statements import AT_ONCE, BOOK, LOOK, MOVE, Reach
from resolvers.slices import Slice

# The kind of change that a transaction makes.
BOOKED = {
    Reach.OWN: "gift_card_transaction.booked",
    Reach.ACCEPTED: "gift_card_transaction.booked",
    Reach.VOUCHERS: "voucher_transaction.booked",
}


class Booked(NamedTuple):
    """What a transaction did: the card, the ledger row, and the balance in hundredths right after it."""

    card_id: int
    transaction_id: int
    balance: int


async def move(
    work: Work, organizer_id: int, card_id: int, amount: int, *, text: str | None, info: Any, reach: Reach
) -> Booked:
    """The only way a balance moves, a card's or a voucher's. Asks for no scope: the verb that moves it has its own.

    Refuses as `transact` does.
    """
    _check_text("text", text)
    if abs(amount) > HUNDREDTHS_MAX:
        raise AmountTooLarge("The amount is too large.", field="amount")
    book = _at_once if work.engine == "postgresql" else _step_by_step
    booked = await book(work, organizer_id, card_id, amount, reach, text=text, info=info)
    if booked is None:
        raise await _why_not_moved(work, organizer_id, card_id, amount, reach)
    return booked


async def open_for_vouchers(
    work: Work, organizer_id: int, amounts: Mapping[str, int], *, currency: str, type: str
) -> Mapping[str, int]:
    """Balances of new vouchers, at most a slice of them: what each begins with by the voucher's token; their ids.

    `type` is what the ledger calls it (resolvers/voucher_balance_sources.py).
    """
    rows = [_opened(work, organizer_id, token, amount, currency) for token, amount in amounts.items()]
    ids, _ = await BALANCES.ensure(work, rows)
    found = {token: number for (_, token), number in ids.items()}
    await FIRST.insert(
        work, [_first(work, organizer_id, found[token], amount, type) for token, amount in amounts.items()]
    )
    return found


async def open_cards(
    work: Work, organizer_id: int, secrets: Sequence[str], amount: int, alike: Mapping[str, Any]
) -> Sequence[int]:
    """New cards, at most a slice of them, each with `amount` hundredths as its first transaction; their ids.

    `alike` are the columns that all of them share. A secret that the organizer has is left out.
    """
    rows = [_whole(work, organizer_id, secret, amount, **alike) for secret in secrets]
    ids, added = await CARDS.ensure(work, rows)
    found = [ids[key] for key in ids if key in added]
    first = [_first(work, organizer_id, number, amount) for number in found]
    await FIRST.insert(work, first)
    return found


def _opened(work: Work, organizer_id: int, token: str, amount: int, currency: str) -> Mapping[str, Any]:
    return _whole(work, organizer_id, token, amount, currency=currency, testmode=False, voucher=True)


def _whole(work: Work, organizer_id: int, secret: str, amount: int, **columns: Any) -> Mapping[str, Any]:
    opened = {"balance": amount, "last_number": 1, "issued_at": work.now}
    return {"organizer_id": organizer_id, "secret": secret, **opened, **columns}


def _first(work: Work, organizer_id: int, balance_id: int, amount: int, type: str | None = None) -> Mapping[str, Any]:
    return {
        "organizer_id": organizer_id,
        "gift_card_id": balance_id,
        "number": 1,
        "amount": amount,
        "balance_before": 0,
        "balance_after": amount,
        "booked_at": work.now,
        "info": None if type is None else _info(type, amount),
        "acceptor_id": organizer_id,
        "voucher": type is not None,
    }


def _info(type: str, amount: int) -> Mapping[str, Any]:
    return {"type": type, "total": amount, "source": "API", "source_id": None, "reason": None}


_BOTH = ("organizer_id", "secret", "currency", "balance", "last_number", "testmode", "issued_at")
BALANCES = Slice(gift_card, (*_BOTH, "voucher"), ("organizer_id", "secret"))
CARDS = Slice(gift_card, (*_BOTH, "expires_at", "conditions", "action_id"), ("organizer_id", "secret"))
FIRST = Slice(
    gift_card_transaction,
    (
        *("organizer_id", "gift_card_id", "number", "amount", "balance_before", "balance_after"),
        *("booked_at", "info", "acceptor_id", "voucher"),
    ),
    ("organizer_id", "gift_card_id", "number"),
)


# -- parts ---------------------------------------------------------------------------------------------------------


async def _step_by_step(
    work: Work, organizer_id: int, card_id: int, amount: int, reach: Reach, *, text: str | None, info: Any
) -> Booked | None:
    """Three statements: on SQLite they cost microseconds. None if the guard does not let the balance move."""
    moved = await work.row(MOVE[reach], organizer_id=organizer_id, card_id=card_id, amount=amount)
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
        voucher=reach is Reach.VOUCHERS,
    )
    await work.record(BOOKED[reach], issuer_id, transaction_id, _content(card_id, amount))
    return Booked(card_id, transaction_id, balance)


async def _at_once(
    work: Work, organizer_id: int, card_id: int, amount: int, reach: Reach, *, text: str | None, info: Any
) -> Booked | None:
    """The same in one statement: each round trip to PostgreSQL costs as much as what it does."""
    row = await work.row(
        AT_ONCE[reach],
        organizer_id=organizer_id,
        card_id=card_id,
        amount=amount,
        at=work.now,
        text=text,
        info=info,
        voucher=reach is Reach.VOUCHERS,
        kind=BOOKED[reach],
        token_id=work.principal.token_id,
        content=_content(card_id, amount),
    )
    return None if row is None else Booked(card_id, *row)


def _content(card_id: int, amount: int) -> dict[str, int]:
    return {"gift_card_id": card_id, "amount": amount}


async def _why_not_moved(work: Work, organizer_id: int, card_id: int, amount: int, reach: Reach) -> Exception:
    found = await work.row(LOOK[reach], organizer_id=organizer_id, card_id=card_id)
    if found is None:
        return NotFound("gift_card")
    balance, active = found
    if not active:
        return Disabled("This gift card is disabled.")
    if balance + amount < 0:
        return InsufficientFunds("The gift card does not have sufficient credit.", field="amount")
    return AmountTooLarge("The balance would be too large.", field="amount")


def _check_text(field: str, text: str | None) -> None:
    for problem in text_errors(field, text or ""):
        raise problem


def text_errors(field: str, text: str) -> Sequence[Invalid]:
    if "\0" in text:
        return [Invalid("Null characters are not allowed.", field=field, reason="null_character")]
    return []

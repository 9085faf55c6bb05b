"""The data every contender holds: one organizer, 10,000 gift cards, three transactions each; never random.

The last card has a long ledger, half of which paid orders. Other rows: benchmarks/shops.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

ORGANIZER = "bench"
CURRENCY = "EUR"
CARD_COUNT = 10_000
TRANSACTIONS_PER_CARD = 3
# The last card's.
TRANSACTIONS_MAX = 200
ORDER_COUNT = 20
ORDER_EVENT = "event-000"
TOKEN_NAME = "BENCH"
TOKEN = "bench0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklm"  # opens nothing but this fixture
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Booking:
    """One ledger row; `amount` in hundredths."""

    amount: int
    booked_at: datetime
    text: str | None
    # The code of the order that it paid; those of the first event.
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    number: int
    issued_at: datetime
    expires_at: datetime | None
    conditions: str | None
    bookings: tuple[Booking, ...]

    @property
    def secret(self) -> str:
        return secret_of(self.number)

    @property
    def balance(self) -> int:
        return sum(booking.amount for booking in self.bookings)


def secret_of(number: int) -> str:
    return f"BENCH-{number:05d}"


def cards() -> Iterator[Card]:
    """In the order of their issuance. Every balance is above 40.00, far from what a run books."""
    return (card(number) for number in range(CARD_COUNT))


def card(number: int) -> Card:
    issued_at = EPOCH + timedelta(minutes=number)
    if number == CARD_COUNT - 1:
        return Card(number, issued_at, None, None, tuple(long_ledger(issued_at)))
    amounts = (5000 + number * 37 % 5000, -1 - number * 13 % 1000, 1 + number * 7 % 500)
    texts = (None, "Order at the box office", "Refund")
    return Card(
        number=number,
        issued_at=issued_at,
        expires_at=EPOCH + timedelta(days=3650) if number % 3 == 0 else None,
        conditions="Valid on weekdays only" if number % 5 == 0 else None,
        bookings=tuple(
            Booking(amount, issued_at + timedelta(seconds=10 * place), text)
            for place, (amount, text) in enumerate(zip(amounts, texts, strict=True), start=1)
        ),
    )


def long_ledger(issued_at: datetime) -> Iterator[Booking]:
    yield Booking(100_000, issued_at, None)
    codes = order_codes()
    for place in range(1, TRANSACTIONS_MAX):
        order = codes[place % ORDER_COUNT] if place % 2 else None
        yield Booking(-place, issued_at + timedelta(seconds=10 * place), "Order" if order else "Bar", order)


def order_codes() -> list[str]:
    return [f"BENCH{number:02d}" for number in range(ORDER_COUNT)]


def decimal_text(hundredths: int) -> str:
    sign, magnitude = "-" if hundredths < 0 else "", abs(hundredths)
    return f"{sign}{magnitude // 100}.{magnitude % 100:02d}"


def start_state() -> dict[str, Any]:
    """The document `python -m server load` reads (docs/cli.md)."""
    return {
        "organizers": [{"slug": ORGANIZER, "name": "Benchmark"}],
        "events": [],
        "sales_channels": [],
        "orders": [],
        "giftcard_acceptances": [],
        "giftcards": [card_state(each) for each in cards()],
        "tokens": [
            {
                "kind": "team",
                "name": TOKEN_NAME,
                "organizer": ORGANIZER,
                "active": True,
                "all_events": True,
                "limit_events": [],
                "all_event_permissions": True,
                "all_organizer_permissions": True,
                "event_permissions": [],
                "organizer_permissions": [],
                "token": TOKEN,
            }
        ],
    }


def card_state(each: Card) -> dict[str, Any]:
    return {
        "organizer": ORGANIZER,
        "secret": each.secret,
        "currency": CURRENCY,
        "testmode": False,
        "expires": stamp(each.expires_at) if each.expires_at else None,
        "conditions": each.conditions,
        "issuance": stamp(each.issued_at),
        "transactions": [booking_state(booking) for booking in each.bookings],
    }


def booking_state(booking: Booking) -> dict[str, Any]:
    return {
        "value": decimal_text(booking.amount),
        "text": booking.text,
        "info": None,
        "event": ORDER_EVENT if booking.order else None,
        "order": booking.order,
        "acceptor": ORGANIZER,
        "datetime": stamp(booking.booked_at),
    }


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""Whatever is done to gift cards in whatever order, through either door: they are what a few lines of Python say."""

import asyncio
import shutil
from collections.abc import Awaitable
from dataclasses import dataclass, field
from itertools import accumulate, count
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import bindparam, select

from models.gift_card import gift_card_transaction
from models.metadata import Id
from models.money import HUNDREDTHS_MAX, decimal_text
from resolvers import ledger
from tests.doors import DOORS, Door, GraphQLDoor, Refused
from tests.world import World, opened

T = TypeVar("T")

pytestmark = pytest.mark.slow

# Acme accepts beta's cards; beta does not accept acme's.
ACCEPTED = {"acme": ("acme", "beta"), "beta": ("beta",)}

amounts = st.one_of(
    st.integers(-2000, 2000), st.integers(-HUNDREDTHS_MAX, HUNDREDTHS_MAX), st.sampled_from((0, HUNDREDTHS_MAX))
)
organizers = st.sampled_from(("acme", "beta"))
doors = st.sampled_from(sorted(DOORS))
texts = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8))

BOOKED = (
    select(
        *(gift_card_transaction.c[name] for name in ("number", "previous_number", "amount", "balance_after")),
    )
    .where(gift_card_transaction.c.gift_card_id == bindparam("card", type_=Id))
    .order_by(gift_card_transaction.c.number)
)


@dataclass(slots=True)
class Card:
    """The model: what a card is."""

    issuer: str
    secret: str
    conditions: str | None = None
    active: bool = True
    bookings: list[int] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return sum(self.bookings)

    def refusal(self, amount: int) -> str | None:
        if not self.active:
            return "disabled"
        if self.balance + amount < 0:
            return "insufficient_funds"
        return "amount_too_large" if self.balance + amount > HUNDREDTHS_MAX else None


class Cards(RuleBasedStateMachine):
    template: Path
    folder: Path
    numbers = count()

    cards: Bundle[int] = Bundle("cards")

    def __init__(self) -> None:
        super().__init__()
        path = shutil.copyfile(self.template, self.folder / f"{next(self.numbers)}.sqlite3")
        self.loop = asyncio.new_event_loop()
        self.opened = opened(f"sqlite+aiosqlite:///{path}")
        self.world: World = self.wait(self.opened.__aenter__())
        self.known: dict[int, Card] = {}
        self.keys = count()

    def wait(self, act: Awaitable[T]) -> T:
        return self.loop.run_until_complete(act)

    def door(self, name: str) -> Door:
        return DOORS[name](self.world)

    def outcome(self, act: Awaitable[T]) -> tuple[str | None, T | None]:
        """The code it is refused with, or what it comes to."""
        try:
            return None, self.wait(act)
        except Refused as refusal:
            return refusal.code, None

    # -- what can be done ----------------------------------------------------------------------------------------------

    @initialize(target=cards)
    def there_is_a_card(self) -> MultipleResults[int] | int:
        return self.issue("graphql", "acme", 1000, "AA")

    @rule(
        target=cards,
        door=doors,
        issuer=organizers,
        amount=amounts.filter(lambda amount: amount >= 0),
        secret=st.sampled_from(("AA", "aa", "BB", "CC")),
    )
    def issue(self, door: str, issuer: str, amount: int, secret: str) -> MultipleResults[int] | int:
        taken = {card.secret for card in self.known.values() if card.issuer in ACCEPTED[issuer]}
        issued = self.door(door).issue(decimal_text(amount), secret=secret, token=issuer, of=issuer)
        refusal, found = self.outcome(issued)
        assert refusal == ("taken" if secret in taken else None)
        if found is None:
            return multiple()
        assert found not in self.known
        self.known[found] = Card(issuer, secret, bookings=[amount])
        return found

    @rule(door=doors, asker=organizers, card=cards, amount=amounts, text=texts, twice=st.booleans())
    def transact(self, door: str, asker: str, card: int, amount: int, text: str | None, twice: bool) -> None:
        model, key = self.known[card], f"key {next(self.keys)}" if twice else None
        reachable = model.issuer in ACCEPTED[asker]
        expected = model.refusal(amount) if reachable else "not_found"
        for _ in range(2 if twice else 1):
            refusal, booked = self.outcome(
                self.door(door).transact(
                    card, decimal_text(amount), text=text, token=asker, of=asker, key=key, accepted=True
                )
            )
            assert refusal == expected
            assert booked is None or booked.balance == decimal_text(model.balance + amount)
        if expected is None:
            model.bookings.append(amount)

    @rule(
        door=doors,
        asker=organizers,
        card=cards,
        balance=st.one_of(st.none(), amounts.map(abs)),
        conditions=st.one_of(st.none(), st.sampled_from(("for tea", "for coffee"))),
    )
    def update(self, door: str, asker: str, card: int, balance: int | None, conditions: str | None) -> None:
        """The conditions, and the balance if one is given: both or neither."""
        model = self.known[card]
        changes: dict[str, str | None] = {"conditions": conditions}
        if balance is not None:
            changes["balance"] = decimal_text(balance)
        expected = None
        if asker != model.issuer:
            expected = "not_found"
        elif balance is not None and not model.active:
            expected = "disabled"
        refusal, shown = self.outcome(self.door(door).update(card, changes, token=asker, of=asker))
        assert refusal == expected
        if expected is None:
            model.conditions = conditions
            if balance is not None:
                model.bookings.append(balance - model.balance)
            assert shown == decimal_text(model.balance)

    @rule(asker=organizers, card=cards, wanted=st.booleans())
    def switch(self, asker: str, card: int, wanted: bool) -> None:
        door, model = GraphQLDoor(self.world), self.known[card]
        switched = door.enable if wanted else door.disable
        refusal, shown = self.outcome(switched(card, token=asker, of=asker))
        assert refusal == (None if asker == model.issuer else "not_found")
        if refusal is None:
            assert shown is wanted
            model.active = wanted

    # -- what must be so -----------------------------------------------------------------------------------------------

    @rule(door=doors, card=cards)
    def look(self, door: str, card: int) -> None:
        model, shows = self.known[card], self.door(door)
        of = {"token": model.issuer, "of": model.issuer}
        assert self.wait(shows.balance(card, **of)) == decimal_text(model.balance)
        assert self.wait(shows.amounts(card, **of)) == [decimal_text(amount) for amount in model.bookings]
        assert self.wait(shows.conditions(card, **of)) == model.conditions

    @invariant()
    def ledger_has_no_differences(self) -> None:
        assert self.wait(ledger.differences(self.world.database)) == []

    def teardown(self) -> None:
        try:
            for card, model in self.known.items():
                rows = self.wait(self.world.database.write(lambda tx, card=card: tx.rows(BOOKED, card=card)))  # type: ignore[misc]
                numbers = range(1, len(model.bookings) + 1)
                before = [number - 1 or None for number in numbers]
                balances = accumulate(model.bookings)
                expected = list(zip(numbers, before, model.bookings, balances, strict=True))
                assert list(map(tuple, rows)) == expected
            transactions = sum(len(model.bookings) for model in self.known.values())
            assert self.wait(ledger.counts(self.world.database)) == (len(self.known), transactions)
        finally:
            self.wait(self.opened.__aexit__(None, None, None))
            self.loop.close()


def test_cards_are_what_the_model_says(sqlite_template: Path, tmp_path: Path) -> None:
    Cards.template, Cards.folder = sqlite_template, tmp_path
    run_state_machine_as_test(
        Cards,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )

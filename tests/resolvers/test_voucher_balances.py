"""Balances of vouchers adjusted by hand, and what the ledger shows of them, on both engines."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from models import public_ids
from models.money import HUNDREDTHS_MAX
from models.problems import AmountTooLarge, Invalid, NotFound, PermissionDenied
from models.voucher import VoucherType
from models.voucher_problems import GiftAmountExceeded, InvalidAmount, InvalidVoucher, LoyaltyPointsExceeded
from resolvers import redemptions, sources, voucher_balances, vouchers
from resolvers.reading.conditions import Compare
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Ask, Container, Many, Nodes, Value
from resolvers.redeemables import Redeemable
from resolvers.redemptions import Redeemed, RolledBack
from tests.redeeming import Shop, browser, shop
from tests.resolvers import databases

GIFT, LOYALTY = VoucherType.GIFT_VOUCHER, VoucherType.LOYALTY_CARD


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[Shop]:
    async with shop(database_url) as found:
        yield found


async def test_adding_raises_what_was_loaded_and_removing_leaves_it(acme: Shop) -> None:
    number = await acme.voucher("A", type=GIFT, amount=1000)
    added = await acme.write(voucher_balances.adjust, "A", 500)
    assert (added.total, added.balance, added.amount, added.voucher_id) == (1500, 1500, 500, number)
    removed = await acme.write(voucher_balances.adjust, (await acme.voucher_row())["token"], -700)
    assert (removed.total, removed.balance, removed.type) == (1500, 800, GIFT)
    row = await acme.voucher_row()
    assert (row["loaded_amount"], row["redeemed_amount"], await acme.balance()) == (1500, 0, 800)
    assert await acme.books_are_right()


async def test_below_nothing_is_refused(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT, amount=10)
    await acme.voucher("B", type=LOYALTY, amount=10)
    with pytest.raises(GiftAmountExceeded):
        await acme.write(voucher_balances.adjust, "A", -11)
    with pytest.raises(LoyaltyPointsExceeded):
        await acme.write(voucher_balances.adjust, "B", -11)
    assert (await acme.balance("A"), await acme.balance("B")) == (10, 10)


async def test_what_cannot_be_is_refused(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT, amount=10)
    await acme.voucher("D")
    for ref, amount, refusal in (
        ("D", 1, InvalidVoucher),
        ("nothing", 1, NotFound),
        ("A", 0, InvalidAmount),
        ("A", HUNDREDTHS_MAX, AmountTooLarge),
        ("A", 2**70, AmountTooLarge),
        ("A", -(2**70), AmountTooLarge),
    ):
        with pytest.raises(refusal):
            await acme.write(voucher_balances.adjust, ref, amount)
    with pytest.raises(Invalid):
        await acme.write(voucher_balances.adjust, "A", 1, reason="\0")
    acme.principal = browser()
    with pytest.raises(PermissionDenied):
        await acme.write(voucher_balances.adjust, "A", 1)


async def test_removals_at_once_take_what_there_is(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT, amount=100)
    calls = [acme.write(voucher_balances.adjust, "A", -30) for _ in range(10)]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(each, GiftAmountExceeded) for each in done) == 7
    assert await acme.balance() == 10
    assert await acme.books_are_right()


async def transactions(acme: Shop, code: str = "A", **ask: Any) -> list[Any]:
    names = ("id", "amount", "balance_after", "info")
    items = {name: Value((name,)) for name in names}
    tree = Container({"found": Many("voucher_transaction", {"data": Nodes(items)}, 0)})
    plan = compile_selection(tree, acme.database.dialect)
    number = (await acme.voucher_row(code))["gift_card_id"]
    where = Compare("gift_card_id", "eq", number)
    arguments = [Ask(limit=10, where=where, organizer_id=acme.organizer_id, order="id", **ask)]
    found: list[Any] = (await acme.context().read(plan, arguments))["found"]["data"]
    return found


async def test_the_ledger_shows_what_happened_newest_first(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT, amount=1000)
    done = await acme.redeem("A", amount=300)
    await acme.write(redemptions.rollback, done.tokens[0])
    await acme.write(voucher_balances.adjust, "A", 50, source_id="s", reason="r")
    await acme.write(voucher_balances.adjust, "A", -20)
    found = await transactions(acme, descending=True)
    assert [(each["info"]["type"], each["amount"], each["balance_after"]) for each in found] == [
        ("CREDITS_REMOVAL", -20, 1030),
        ("CREDITS_ADDITION", 50, 1050),
        ("CREDITS_REFUND", 300, 1000),
        ("CREDITS_REDEMPTION", -300, 700),
        ("CREDITS_ADDITION", 1000, 1000),
    ]
    assert [each["info"].get("total") for each in found[:4]] == [1050, 1050, 1000, 1000]
    assert (found[1]["info"]["source_id"], found[1]["info"]["reason"]) == ("s", "r")
    token = public_ids.of_transaction(found[1]["id"])
    after = public_ids.transaction_number(token)
    assert [each["id"] for each in await transactions(acme, descending=True, after=(after,))] == [
        each["id"] for each in found[2:]
    ]


def test_the_sources_are_there() -> None:
    assert sources.VOUCHER_TRANSACTIONS.name == "voucher_transaction"


# -- whatever is done ------------------------------------------------------------------------------------------------


class GiftVoucher(RuleBasedStateMachine):
    """One gift voucher and what a few lines of Python say of it."""

    url: str
    organizer_id: int
    count = 0

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = databases.opened(self.url)
        self.acme = Shop(self.runner.run(self.opened.__aenter__()), self.organizer_id)
        GiftVoucher.count += 1
        self.code = f"G{GiftVoucher.count}"
        self.number = self.runner.run(self.acme.voucher(self.code, type=GIFT, amount=1000, quantity=6))
        self.active, self.loaded, self.balance = True, 1000, 1000
        self.redeemed: dict[str, int] = {}
        self.undone: set[str] = set()

    def teardown(self) -> None:
        self.runner.run(self.opened.__aexit__(None, None, None))
        self.runner.close()

    @property
    def used(self) -> int:
        return len(self.redeemed) - len(self.undone)

    @rule(amount=st.integers(1, 600), credits=st.one_of(st.none(), st.integers(0, 600)))
    def redeem(self, amount: int, credits: int | None) -> None:
        done = self.runner.run(self.acme.redeem(Redeemable(self.code, credits), amount=amount))
        if not self.active:
            assert done.problem.code == "voucher_disabled"
        elif self.used >= 6:
            assert done.problem.code == "quantity_exceeded"
        elif self.balance == 0 or (credits is not None and credits > self.balance):
            assert done.problem.code == "gift_amount_exceeded"
        else:
            assert isinstance(done, Redeemed)
            taken = min(amount, self.balance if credits is None else credits)
            self.redeemed[done.tokens[0]] = taken
            self.balance -= taken

    @rule(place=st.integers(0, 20))
    def roll_back(self, place: int) -> None:
        if not self.redeemed:
            return
        token = sorted(self.redeemed)[place % len(self.redeemed)]
        done = self.runner.run(self.acme.write(redemptions.rollback, token))
        if token in self.undone:
            assert done.problem.code == "already_rolled_back"
        else:
            assert isinstance(done, RolledBack)
            self.undone.add(token)
            self.balance += self.redeemed[token]

    @rule(amount=st.integers(-800, 800).filter(bool))
    def adjust(self, amount: int) -> None:
        try:
            self.runner.run(self.acme.write(voucher_balances.adjust, self.code, amount))
        except GiftAmountExceeded:
            assert self.balance + amount < 0
        else:
            self.balance += amount
            self.loaded += max(amount, 0)

    @rule(active=st.booleans())
    def switch(self, active: bool) -> None:
        verb = vouchers.enable if active else vouchers.disable
        self.runner.run(self.acme.write(verb, self.number))
        self.active = active

    @invariant()
    def it_is_what_the_model_says(self) -> None:
        row = self.runner.run(self.acme.voucher_row(self.code))
        spent = sum(taken for token, taken in self.redeemed.items() if token not in self.undone)
        assert self.runner.run(self.acme.balance(self.code)) == self.balance
        assert (row["loaded_amount"], row["redeemed_amount"]) == (self.loaded, spent)
        assert (row["redeemed_quantity"], row["active"]) == (self.used, self.active)
        assert self.runner.run(self.acme.books_are_right())


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_whatever_is_done_it_is_what_a_few_lines_say(database_url: str) -> None:
    async def organizer() -> int:
        async with shop(database_url) as made:
            return made.organizer_id

    GiftVoucher.url, GiftVoucher.organizer_id = database_url, asyncio.run(organizer())
    bounds = settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(GiftVoucher, settings=bounds)

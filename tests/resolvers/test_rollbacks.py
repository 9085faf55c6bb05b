"""Rolling back redemptions, as the verbs do it, on both engines."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from models.basket import Basket
from models.problems import Invalid, NotFound
from models.voucher import VoucherType
from models.voucher_problems import (
    InvalidCustomer,
    InvalidOrder,
    InvalidRedemption,
    InvalidRedemptionParent,
)
from resolvers import redemptions, vouchers
from resolvers.customers import CustomerGiven
from resolvers.redemptions import Redeemed, Refused
from tests.redeeming import START, Shop, shop

GIFT = VoucherType.GIFT_VOUCHER


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[Shop]:
    async with shop(database_url) as found:
        yield found


async def test_a_rollback_gives_back_what_was_taken(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT, quantity=1)
    done = await acme.redeem("A", amount=300, customer="me", tracking_id="t")
    acme.now += timedelta(days=1)
    undone = await acme.write(redemptions.rollback, done.tokens[0], reason="broken")
    row = await acme.voucher_row()
    assert (await acme.balance(), row["redeemed_amount"], row["redeemed_quantity"]) == (1000, 0, 0)
    first, second = await acme.redemptions()
    assert (first["status"], second["status"], second["kind"]) == ("ROLLED_BACK", "SUCCEEDED", "redemption_rollback")
    assert (second["token"], second["rolls_back_id"], second["amount"]) == (undone.tokens[0], first["id"], -300)
    assert (second["reason"], second["tracking_id"], second["customer_id"]) == ("broken", "t", first["customer_id"])
    order = second["order"]
    assert (order["status"], order["total_amount"]) == ("CANCELED", 300)
    assert "total_discount_amount" not in order
    assert order["redemptions"][first["token"]]["rollback_id"] == second["token"]
    assert await acme.books_are_right()
    assert isinstance(await acme.redeem("A", amount=300), Redeemed)


async def test_a_second_rollback_is_refused_and_kept(acme: Shop) -> None:
    await acme.voucher("A")
    done = await acme.redeem("A")
    await acme.write(redemptions.rollback, done.tokens[0])
    refused = await acme.write(redemptions.rollback, done.tokens[0])
    assert isinstance(refused, Refused)
    assert (refused.problem.code, refused.problem.details["rollback"]) == ("already_rolled_back", refused.token)
    assert refused.token.startswith("rrf_")
    row = (await acme.redemptions())[-1]
    assert (row["status"], row["kind"], row["failure_code"]) == ("FAILED", "redemption_rollback", "already_rolled_back")
    assert (await acme.voucher_row())["redeemed_quantity"] == 0


async def test_what_cannot_be_rolled_back_is_refused(acme: Shop) -> None:
    await acme.voucher("A")
    await acme.voucher("B", active=False)
    done = await acme.redeem("A", customer="me", order=Basket.read({"amount": 100, "source_id": "o1"}))
    failed = await acme.redeem("B")
    undone = await acme.write(redemptions.rollback, done.tokens[0])
    for token in (failed.token, undone.tokens[0]):
        with pytest.raises(InvalidRedemption):
            await acme.write(redemptions.rollback, token)
    for token in ("r_nothing", "\0"):
        with pytest.raises(NotFound):
            await acme.write(redemptions.rollback, token)


async def test_the_order_and_the_customer_must_be_the_redemptions(acme: Shop) -> None:
    await acme.voucher("A")
    done = await acme.redeem("A", customer="me", order=Basket.read({"amount": 100, "source_id": "o1"}))
    with pytest.raises(InvalidOrder):
        await acme.write(redemptions.rollback, done.tokens[0], order={"source_id": "o2"})
    with pytest.raises(InvalidCustomer):
        await acme.write(redemptions.rollback, done.tokens[0], customer=CustomerGiven(source_id="you"))
    with pytest.raises(NotFound):
        await acme.write(redemptions.rollback, done.tokens[0], customer=CustomerGiven(token="cust_x"))
    given = {"order": {"source_id": "o1", "id": done.order["id"]}, "customer": CustomerGiven(source_id="me")}
    assert (await acme.write(redemptions.rollback, done.tokens[0], **given)).tokens


async def test_after_three_months_it_is_too_late(acme: Shop) -> None:
    await acme.voucher("A")
    first, second = await acme.redeem("A"), await acme.redeem("A")
    acme.now = START.replace(month=6)
    assert (await acme.write(redemptions.rollback, first.tokens[0])).tokens
    acme.now += timedelta(seconds=1)
    with pytest.raises(InvalidRedemption):
        await acme.write(redemptions.rollback, second.tokens[0])


async def test_a_stack_is_rolled_back_with_all_of_it(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    await acme.voucher("B", quantity=1)
    done = await acme.redeem("A", "B", amount=5_000)
    with pytest.raises(InvalidRedemptionParent):
        await acme.write(redemptions.rollback, done.tokens[0])
    with pytest.raises(InvalidRedemptionParent):
        await acme.write(redemptions.rollback_stack, done.tokens[0])
    with pytest.raises(InvalidRedemption):
        await acme.write(redemptions.rollback, done.parent_token)
    undone = await acme.write(redemptions.rollback_stack, done.parent_token)
    assert (await acme.balance(), (await acme.voucher_row("B"))["redeemed_quantity"]) == (1000, 0)
    *before, parent, first, second = await acme.redemptions()
    assert {row["status"] for row in before} == {"ROLLED_BACK"}
    assert (parent["token"], parent["order"]["status"]) == (undone.parent_token, "CANCELED")
    assert [row["parent_id"] for row in (first, second)] == [parent["id"]] * 2
    assert [row["rolls_back_id"] for row in (first, second)] == list(done.ids)
    again = await acme.write(redemptions.rollback_stack, done.parent_token)
    assert again.problem.code == "already_rolled_back"
    assert await acme.books_are_right()


async def test_a_single_redemption_is_rolled_back_as_a_stack_too(acme: Shop) -> None:
    await acme.voucher("A")
    done = await acme.redeem("A")
    undone = await acme.write(redemptions.rollback_stack, done.tokens[0])
    assert (undone.parent_token, len(undone.tokens)) == (None, 1)


async def test_a_stack_is_rolled_back_without_vouchers_that_were_deleted(acme: Shop) -> None:
    number = await acme.voucher("A")
    await acme.voucher("B")
    done, single = await acme.redeem("A", "B"), await acme.redeem("A")
    await acme.write(vouchers.delete, number, force=True)
    undone = await acme.write(redemptions.rollback_stack, done.parent_token)
    assert len(undone.tokens) == 1
    assert (await acme.voucher_row("B"))["redeemed_quantity"] == 0
    with pytest.raises(NotFound):
        await acme.write(redemptions.rollback, single.tokens[0])


async def test_a_voucher_in_the_bin_gets_back_what_was_taken(acme: Shop) -> None:
    number = await acme.voucher("A", type=GIFT)
    done = await acme.redeem("A", amount=100)
    await acme.write(vouchers.delete, number)
    await acme.write(redemptions.rollback, done.tokens[0])
    assert await acme.balance() == 1000


async def test_the_order_is_as_it_was_before_anything_was_taken_off(acme: Shop) -> None:
    unit = {"type": "UNIT", "unit_off": 1, "unit_type": "p2", "effect": "ADD_NEW_ITEMS", "product": {"price": 30}}
    await acme.voucher("A", terms={"discount": unit})
    await acme.voucher("B", terms={"discount": {"type": "AMOUNT", "amount_off": 5, "effect": "APPLY_TO_ITEMS"}})
    item = {"object": "order_item", "source_id": "p1", "quantity": 2, "amount": 200, "price": 100}
    done = await acme.redeem("A", "B", order=Basket.read({"items": [item]}))
    assert (done.order["amount"], done.order["initial_amount"], len(done.order["items"])) == (230, 200, 2)
    undone = await acme.write(redemptions.rollback_stack, done.parent_token)
    order = undone.result().order
    assert (order["amount"], order["total_amount"], order["status"]) == (200, 200, "CANCELED")
    assert order["items"] == [{**item, "subtotal_amount": 200}]
    assert order["redemptions"][done.parent_token]["rollback_stacked"] == list(undone.tokens)


@pytest.mark.parametrize("given", [{"reason": "\0"}, {"tracking_id": "x" * 1001}])
async def test_what_cannot_be_kept_is_refused(acme: Shop, given: dict[str, str]) -> None:
    await acme.voucher("A")
    done = await acme.redeem("A")
    with pytest.raises(Invalid):
        await acme.write(redemptions.rollback, done.tokens[0], **given)

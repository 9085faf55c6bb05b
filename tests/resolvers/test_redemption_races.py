"""What many processes do to one voucher at once, on both engines."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update

from models.customer import customer
from models.voucher import VoucherType, voucher
from models.voucher_campaign import voucher_campaign
from resolvers import redemptions, voucher_balances, voucher_campaigns, vouchers
from resolvers.context import Work
from resolvers.redeemables import Redeemable
from resolvers.redemptions import Refused
from tests.redeeming import two_shops
from tests.resolvers import databases
from tests.vouchers import some_terms

GIFT = VoucherType.GIFT_VOUCHER


async def gathered(*calls: Any) -> Counter[str]:
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    return Counter(
        type(each.problem).__name__ if isinstance(each, Refused) else type(each).__name__ for each in outcomes
    )


async def test_200_at_once_of_a_voucher_limited_to_50_are_50(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await both[0].voucher("A", quantity=50)
        done = await gathered(*[both[number % 2].redeem("A", customer=f"c{number % 5}") for number in range(200)])
        assert done == {"Redeemed": 50, "QuantityExceeded": 150}
        assert (await both[0].voucher_row())["redeemed_quantity"] == 50
        assert Counter(row["status"] for row in await both[0].redemptions()) == {"SUCCEEDED": 50, "FAILED": 150}


async def test_200_at_once_of_a_gift_spend_it_once(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await both[0].voucher("A", type=GIFT, amount=1000)
        done = await gathered(*[both[number % 2].redeem("A", amount=30) for number in range(200)])
        # 33 take 30, the next what is left.
        assert done == {"Redeemed": 34, "GiftAmountExceeded": 166}
        assert await both[0].balance() == 0
        assert await both[0].books_are_right()


async def test_20_rollbacks_at_once_give_back_once(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await both[0].voucher("A", type=GIFT)
        first, _ = await both[0].redeem("A", amount=300), await both[0].redeem("A", amount=200)
        done = await gathered(*[both[number % 2].write(redemptions.rollback, first.tokens[0]) for number in range(20)])
        assert done == {"RolledBack": 1, "AlreadyRolledBack": 19}
        row = await both[0].voucher_row()
        assert (await both[0].balance(), row["redeemed_amount"], row["redeemed_quantity"]) == (800, 200, 1)
        assert await both[0].books_are_right()


async def test_stacks_in_opposite_orders_do_not_hold_each_other_up(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await both[0].voucher("A", type=GIFT, amount=1000)
        await both[0].voucher("B", type=GIFT, amount=1000)
        orders = (("A", "B"), ("B", "A"))
        calls = [
            both[number % 2].redeem(*[Redeemable(ref, 10) for ref in orders[number % 2]], amount=100)
            for number in range(60)
        ]
        assert await gathered(*calls) == {"Redeemed": 60}
        assert (await both[0].balance("A"), await both[0].balance("B")) == (400, 400)
        assert await both[0].books_are_right()


@pytest.mark.parametrize("of", ["voucher", "campaign"])
async def test_nothing_is_redeemed_once_it_is_disabled(database_url: str, of: str) -> None:
    async with two_shops(database_url) as both:
        number = await both[0].voucher("A")
        campaign_id = (await both[0].voucher_row())["campaign_id"]
        off = (vouchers.disable, number) if of == "voucher" else (voucher_campaigns.disable, campaign_id)
        running = [asyncio.create_task(both[place % 2].redeem("A")) for place in range(60)]
        await both[0].write(*off)
        after = await gathered(*[both[place % 2].redeem("A") for place in range(20)])
        assert after == {"VoucherDisabled": 20}
        before = await gathered(*running)
        assert set(before) <= {"Redeemed", "VoucherDisabled"}
        assert (await both[0].voucher_row())["redeemed_quantity"] == before["Redeemed"]


async def test_one_customer_told_of_at_once_is_one(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await both[0].voucher("A")
        done = await gathered(*[both[number % 2].redeem("A", customer="me") for number in range(40)])
        assert done == {"Redeemed": 40}
        assert len(await databases.rows(both[0].database, select(customer.c.id))) == 1


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("changed", ["campaign", "terms", "balance"])
async def test_what_changed_while_its_voucher_was_waited_for_counts(database_url: str, changed: str) -> None:
    """The look-up began before it: what it joined to the voucher is old by now."""
    async with two_shops(database_url) as (acme, other):
        await acme.voucher("A", type=GIFT if changed == "balance" else VoucherType.DISCOUNT_VOUCHER)
        is_locked = asyncio.Event()

        async def change_it(work: Work, organizer_id: int) -> None:
            await work.rows(update(voucher).values(active=True))
            is_locked.set()
            await asyncio.sleep(0.05)
            if changed == "campaign":
                await work.rows(update(voucher_campaign).values(active=False))
            elif changed == "terms":
                terms_id = await some_terms(work, organizer_id, discount={"type": "PERCENT", "percent_off": 50})
                await work.rows(update(voucher).values(terms_id=terms_id))
            else:
                await voucher_balances.adjust(work, organizer_id, "A", -400)

        changing = asyncio.create_task(other.write(change_it))
        await is_locked.wait()
        done = await acme.redeem("A", amount=1000)
        await changing
        if changed == "campaign":
            assert done.problem.code == "voucher_disabled"
        else:
            assert done.order["total_amount"] == {"terms": 500, "balance": 400}[changed]
        assert await acme.books_are_right()

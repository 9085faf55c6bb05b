"""Redeeming and rolling back, as the verbs do it, on both engines."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models.basket import Basket
from models.change import change
from models.customer import customer
from models.gift_card import gift_card_transaction as booked
from models.problems import Invalid, NotFound, PermissionDenied
from models.voucher import VoucherType, voucher
from models.voucher_campaign import voucher_campaign
from models.voucher_problems import (
    DuplicatedRedeemables,
)
from resolvers import customers, vouchers
from resolvers.customers import CustomerGiven
from resolvers.principals import Principal
from resolvers.redeemables import REDEEMABLES_MAX, Redeemable
from resolvers.redemptions import Redeemed, Refused
from tests.redeeming import START, Shop, browser, shop
from tests.resolvers import databases

GIFT, LOYALTY = VoucherType.GIFT_VOUCHER, VoucherType.LOYALTY_CARD
AMOUNT_OFF = {"discount": {"type": "AMOUNT", "amount_off": 300}}


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[Shop]:
    async with shop(database_url) as found:
        yield found


async def changes(acme: Shop, kind: str) -> list[Any]:
    rows = await databases.rows(acme.database, select(change.c.content).where(change.c.kind == kind))
    return [row[0] for row in rows]


# -- one voucher -----------------------------------------------------------------------------------------------------


async def test_a_redemption_counts_and_shows_the_order(acme: Shop) -> None:
    number = await acme.voucher("A", quantity=2)
    done = await acme.redeem("A", amount=10_000)
    assert isinstance(done, Redeemed)
    assert (await acme.voucher_row())["redeemed_quantity"] == 1
    (row,) = await acme.redemptions()
    assert (row["token"], row["voucher_id"], row["status"]) == (done.tokens[0], number, "SUCCEEDED")
    assert row["order"] == done.order
    assert done.order is not None
    assert {name: done.order[name] for name in ("amount", "total_discount_amount", "total_amount", "status")} == {
        "amount": 10_000,
        "total_discount_amount": 1_000,
        "total_amount": 9_000,
        "status": "PAID",
    }
    assert row["order_token"] == done.order["id"]
    (entry,) = done.order["redemptions"].items()
    token = (await acme.voucher_row())["token"]
    assert entry[0] == done.tokens[0]
    assert (entry[1]["related_object_type"], entry[1]["related_object_id"]) == ("voucher", token)
    assert await changes(acme, "redemption.succeeded") == [{"voucher_id": number, "campaign_id": row["campaign_id"]}]


async def test_a_voucher_is_redeemed_by_its_id_too(acme: Shop) -> None:
    await acme.voucher("A")
    assert isinstance(await acme.redeem((await acme.voucher_row())["token"]), Redeemed)


async def test_a_code_wins_over_an_id(acme: Shop) -> None:
    await acme.voucher("A")
    token = (await acme.voucher_row())["token"]
    await acme.voucher(token)
    done = await acme.redeem(token)
    assert done.verdicts[0].voucher.code == token


async def test_a_discount_needs_no_order(acme: Shop) -> None:
    await acme.voucher("A")
    done = await acme.redeem("A", amount=None)
    assert (done.order, (await acme.redemptions())[0]["order"]) == (None, None)


@pytest.mark.parametrize("ref", ["nothing", "v_nothing", "a", "A\0", ""])
async def test_an_unknown_voucher_keeps_nothing(acme: Shop, ref: str) -> None:
    await acme.voucher("A")
    with pytest.raises(NotFound) as caught:
        await acme.redeem(ref)
    assert (caught.value.details["noun"], caught.value.details["ref"]) == ("voucher", ref)
    assert await acme.redemptions() == []


async def test_another_organizers_voucher_looks_unknown(acme: Shop) -> None:
    await acme.voucher("A")
    token = (await acme.voucher_row())["token"]
    beta = Shop(acme.database, acme.organizer_id + 1)
    for ref in ("A", token):
        with pytest.raises(NotFound):
            await beta.redeem(ref)


@pytest.mark.parametrize("of", ["voucher", "campaign"])
async def test_what_is_in_the_bin_looks_unknown(acme: Shop, of: str) -> None:
    await acme.voucher("A")
    table = voucher if of == "voucher" else voucher_campaign
    await databases.rows(acme.database, update(table).values(binned_at=START))
    with pytest.raises(NotFound):
        await acme.redeem("A")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"active": False}, "voucher_disabled"),
        ({"campaign": {"active": False}}, "voucher_disabled"),
        ({"starts_at": START + timedelta(seconds=1)}, "voucher_not_active"),
        ({"expires_at": START}, "voucher_expired"),
        ({"terms": {"validity_day_of_week": [2]}}, "voucher_not_active_now"),
        ({"terms": {"validity_hours": {"daily": [{"start_time": "13:00"}]}}}, "voucher_not_active_now"),
        (
            {
                "starts_at": START - timedelta(hours=25),
                "terms": {"validity_timeframe": {"interval": "P2D", "duration": "P1D"}},
            },
            "voucher_not_active_now",
        ),
        ({"quantity": 1, "redeemed_quantity": 1}, "quantity_exceeded"),
    ],
)
async def test_what_forbids_it_is_told_and_kept(acme: Shop, values: dict[str, Any], key: str) -> None:
    number = await acme.voucher("A", **values)
    refused = await acme.redeem("A", customer="me", tracking_id="t", metadata={"a": 1})
    assert isinstance(refused, Refused)
    assert (refused.problem.code, refused.problem.details["voucher_code"]) == (key, "A")
    (row,) = await acme.redemptions()
    assert (row["token"], row["status"], row["failure_code"]) == (refused.token, "FAILED", key)
    assert refused.problem.details["redemption"] == refused.token
    assert refused.token.startswith("rf_")
    assert (row["voucher_id"], row["tracking_id"], row["metadata"]) == (number, "t", {"a": 1})
    # Nothing else is.
    assert (await acme.voucher_row())["redeemed_quantity"] == values.get("redeemed_quantity", 0)
    assert await databases.rows(acme.database, select(customer.c.id)) == []
    assert [each["failure_code"] for each in await changes(acme, "redemption.failed")] == [key]
    with pytest.raises(type(refused.problem)):
        refused.result()


async def test_what_is_valid_now_is_redeemed(acme: Shop) -> None:
    await acme.voucher("A", starts_at=START, expires_at=START + timedelta(seconds=1), quantity=1)
    assert isinstance(await acme.redeem("A"), Redeemed)


async def test_without_a_limit_it_is_redeemed_again_and_again(acme: Shop) -> None:
    await acme.voucher("A")
    for _ in range(3):
        assert isinstance(await acme.redeem("A"), Redeemed)
    assert (await acme.voucher_row())["redeemed_quantity"] == 3


async def test_a_disabled_voucher_is_redeemed_again_when_it_is_enabled(acme: Shop) -> None:
    number = await acme.voucher("A")
    await acme.write(vouchers.disable, number)
    assert isinstance(await acme.redeem("A"), Refused)
    await acme.write(vouchers.enable, number)
    assert isinstance(await acme.redeem("A"), Redeemed)


async def test_a_browser_may_redeem_and_who_has_no_scope_may_not(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    acme.principal = browser()
    assert isinstance(await acme.redeem("A", amount=100, customer="me"), Redeemed)
    assert (await acme.redemptions())[0]["channel"] == {"channel_type": "API", "channel_id": "pk"}
    acme.principal = Principal("reader", "server", {}, frozenset(("organizer.redemptions:read",)))
    with pytest.raises(PermissionDenied):
        await acme.redeem("A")


# -- the customer ----------------------------------------------------------------------------------------------------


async def test_the_customer_is_added_once_and_told_of_anew(acme: Shop) -> None:
    await acme.voucher("A")
    await acme.redeem("A", customer=CustomerGiven(source_id="me", name="Jane", metadata={"a": 1}))
    done = await acme.redeem("A", customer=CustomerGiven(source_id="me", email="j@example.org", metadata={"b": 2}))
    names = ("id", "token", "source_id", "name", "email", "metadata")
    (row,) = await databases.rows(acme.database, select(*[customer.c[name] for name in names]))
    assert tuple(row[2:]) == ("me", "Jane", "j@example.org", {"a": 1, "b": 2})
    assert {each["customer_id"] for each in await acme.redemptions()} == {row[0]}
    assert (done.order["customer_id"], done.order["customer"]) == (row[1], {"id": row[1], "object": "customer"})
    assert done.tracking_id.startswith("track_")
    await acme.redeem("A", customer=CustomerGiven(token=row[1]))
    assert (await acme.redemptions())[-1]["customer_id"] == row[0]


async def test_an_unknown_customer_id_is_not_found(acme: Shop) -> None:
    await acme.voucher("A")
    for refs in (("A",), ("A", "B"), ("nothing",)):
        with pytest.raises(NotFound) as caught:
            await acme.redeem(*refs, customer=CustomerGiven(token="cust_x", source_id="me"))
        assert (caught.value.details["noun"], caught.value.details["ref"]) == ("customer", "cust_x")


# -- gift vouchers ---------------------------------------------------------------------------------------------------


async def test_a_gift_pays_what_the_order_costs(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    done = await acme.redeem("A", amount=300)
    assert (await acme.balance(), (await acme.voucher_row())["redeemed_amount"]) == (700, 300)
    assert ((await acme.redemptions())[0]["amount"], done.order["total_amount"]) == (300, 0)
    assert done.verdicts[0].amount == 300
    assert await acme.books_are_right()


async def test_a_gift_pays_at_most_what_it_has(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    done = await acme.redeem("A", amount=5000)
    assert (await acme.balance(), done.order["total_amount"]) == (0, 4000)


async def test_credits_that_are_asked_for_are_taken(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    done = await acme.redeem(Redeemable("A", 250))
    assert (await acme.balance(), done.order["applied_discount_amount"]) == (750, 250)


@pytest.mark.parametrize(
    ("amount", "credits", "key"),
    [(None, 10, "missing_amount"), (100, 1001, "gift_amount_exceeded"), (100_000, 1001, "gift_amount_exceeded")],
)
async def test_what_a_gift_cannot_pay_is_refused(acme: Shop, amount: int | None, credits: int, key: str) -> None:
    await acme.voucher("A", type=GIFT)
    refused = await acme.redeem(Redeemable("A", credits), amount=amount)
    assert refused.problem.code == key
    assert await acme.balance() == 1000


async def test_a_spent_gift_is_refused(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    await acme.redeem("A", amount=1000)
    assert (await acme.redeem("A", amount=1)).problem.code == "gift_amount_exceeded"


async def test_a_gift_for_items_needs_their_amounts(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT, terms={"gift": {"amount": 1000, "effect": "APPLY_TO_ITEMS"}})
    assert (await acme.redeem("A", amount=100)).problem.code == "missing_order_items_amount"
    order = Basket.read({"items": [{"amount": 30}, {"amount": 50}]})
    assert (await acme.redeem("A", order=order)).order["items_applied_discount_amount"] == 80
    assert await acme.balance() == 920


async def test_the_ledger_says_of_which_redemption_it_was(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    done = await acme.redeem("A", order=Basket.read({"amount": 300, "source_id": "o1"}))
    (row,) = await databases.rows(acme.database, select(booked.c.amount, booked.c.info).where(booked.c.number == 2))
    assert row[0] == -300
    assert row[1] == {
        "type": "CREDITS_REDEMPTION",
        "redemption": done.tokens[0],
        "order": {"id": done.order["id"], "source_id": "o1"},
        "total": 1000,
        "reason": None,
        "source_id": "o1",
        "source": "API",
    }


# -- loyalty cards ---------------------------------------------------------------------------------------------------


async def holding(acme: Shop, code: str, source_id: str) -> None:
    held = await acme.write(customers.upsert, CustomerGiven(source_id=source_id))
    await databases.rows(acme.database, update(voucher).where(voucher.c.code == code).values(holder_id=held))


async def test_points_are_redeemed_by_their_holder_alone(acme: Shop) -> None:
    await acme.voucher("A", type=LOYALTY, amount=100)
    points = Redeemable("A", 40)
    assert (await acme.redeem(points)).problem.code == "missing_customer"
    assert (await acme.redeem(points, customer="me")).problem.code == "invalid_customer"
    await holding(acme, "A", "me")
    assert (await acme.redeem(points, customer="you")).problem.code == "invalid_customer"
    assert (await acme.redeem("A", customer="me")).problem.code == "missing_reward"
    done = await acme.redeem(points, customer="me", amount=500)
    assert (await acme.balance(), done.order["total_amount"]) == (60, 500)
    exceeded = await acme.redeem(Redeemable("A", 61), customer="me")
    assert exceeded.problem.code == "loyalty_card_points_exceeded"
    assert await acme.books_are_right()


# -- several at once -------------------------------------------------------------------------------------------------


async def test_several_are_used_in_their_order_under_one_parent(acme: Shop) -> None:
    await acme.voucher("A", terms=AMOUNT_OFF)
    await acme.voucher("B")
    await acme.voucher("C", type=GIFT)
    done = await acme.redeem("B", "C", "A", amount=10_000)
    assert done.order["total_amount"] == 10_000 - 1_000 - 1_000 - 300
    parent, *children = await acme.redemptions()
    assert (parent["token"], parent["voucher_id"]) == (done.parent_token, None)
    assert [(row["token"], row["parent_id"]) for row in children] == [(each, done.parent_id) for each in done.tokens]
    assert [row["order"]["total_amount"] for row in children] == [9_000, 8_000, 7_700]
    assert [row["amount"] for row in children] == [None, 1000, None]
    ((token, entry),) = parent["order"]["redemptions"].items()
    assert (token, entry["stacked"]) == (done.parent_token, list(done.tokens))
    assert {row["order_token"] for row in (parent, *children)} == {done.order["id"]}
    assert await acme.books_are_right()


async def test_one_that_fails_fails_all(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    await acme.voucher("B", active=False)
    refused = await acme.redeem("A", "B", amount=100, customer="me")
    assert (refused.problem.code, refused.problem.details["voucher_code"]) == ("voucher_disabled", "B")
    (row,) = await acme.redemptions()
    assert (row["status"], row["parent_id"]) == ("FAILED", None)
    assert (await acme.balance(), (await acme.voucher_row())["redeemed_quantity"]) == (1000, 0)
    assert await databases.rows(acme.database, select(customer.c.id)) == []


async def test_an_unknown_one_among_several_is_not_found(acme: Shop) -> None:
    await acme.voucher("A")
    with pytest.raises(NotFound):
        await acme.redeem("A", "nothing")
    assert await acme.redemptions() == []


async def test_one_named_twice_is_refused(acme: Shop) -> None:
    await acme.voucher("A")
    token = (await acme.voucher_row())["token"]
    for refs in (("A", "A"), ("A", token), ("nothing", "nothing")):
        with pytest.raises(DuplicatedRedeemables):
            await acme.redeem(*refs)


async def test_from_1_to_30_may_be_asked_for(acme: Shop) -> None:
    for count in (0, REDEEMABLES_MAX + 1):
        with pytest.raises(Invalid) as caught:
            await acme.redeem(*[f"V{number}" for number in range(count)])
        assert caught.value.field == "redeemables"


async def test_at_most_5_are_used_together(acme: Shop) -> None:
    for number in range(6):
        await acme.voucher(f"V{number}")
    refused = await acme.redeem(*[f"V{number}" for number in range(6)])
    assert (refused.problem.code, refused.problem.details["limit"]) == ("applicable_redeemables_limit_exceeded", 5)
    assert isinstance(await acme.redeem(*[f"V{number}" for number in range(5)]), Redeemed)


@pytest.mark.parametrize("given", [{"tracking_id": "x" * 256}, {"session": "\0"}])
async def test_what_cannot_be_kept_is_refused(acme: Shop, given: dict[str, Any]) -> None:
    await acme.voucher("A")
    with pytest.raises(Invalid):
        await acme.redeem("A", **given)


async def test_credits_below_nothing_are_refused(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    with pytest.raises(Invalid):
        await acme.redeem(Redeemable("A", -1))


async def test_an_order_that_the_shop_names_by_our_id_keeps_it(acme: Shop) -> None:
    await acme.voucher("A")
    for given, kept in (("ord_abc", True), ("ord_\0", False), ("mine", False)):
        done = await acme.redeem("A", order=Basket.read({"amount": 1, "id": given}))
        assert (done.order["id"] == given) is kept
        assert (await acme.redemptions())[-1]["order_token"] == done.order["id"]

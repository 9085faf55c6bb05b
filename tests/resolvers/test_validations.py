"""Validating, and holding vouchers for a session, on both engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models.basket import Basket
from models.customer import customer
from models.problems import Invalid, NotFound, PermissionDenied
from models.redemption import voucher_hold
from models.voucher import VoucherType, voucher
from models.voucher_campaign import category
from models.voucher_problems import DuplicatedRedeemables
from resolvers import customers, redemptions, validations
from resolvers.customers import CustomerGiven
from resolvers.principals import Principal
from resolvers.redeemables import Redeemable, Session
from resolvers.redemptions import Redeemed
from resolvers.validations import Validation
from server.maintenance import Maintenance
from tests.redeeming import START, Shop, browser, request, shop, two_shops
from tests.resolvers import databases

GIFT, LOYALTY = VoucherType.GIFT_VOUCHER, VoucherType.LOYALTY_CARD


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[Shop]:
    async with shop(database_url) as found:
        yield found


async def validated(acme: Shop, *refs: Any, **options: Any) -> Validation:
    return await validations.validate(acme.context(), acme.organizer_id, request(*refs, **options))


def told(validation: Validation) -> list[tuple[str, str | None]]:
    return [(each.status.value, None if each.problem is None else each.problem.code) for each in validation.verdicts]


async def holds(acme: Shop) -> list[Any]:
    columns = (voucher_hold.c.session_key, voucher_hold.c.credits)
    return [tuple(row) for row in await databases.rows(acme.database, select(*columns).order_by(*columns))]


# -- without a session -----------------------------------------------------------------------------------------------


async def test_what_applies_shows_the_order_after_it(acme: Shop) -> None:
    await acme.voucher("A")
    await acme.voucher("B", type=GIFT)
    found = await validated(acme, "A", Redeemable("B", 400), amount=10_000)
    assert (found.valid, told(found)) == (True, [("APPLICABLE", None), ("APPLICABLE", None)])
    assert [each.order and each.order["total_amount"] for each in found.verdicts] == [9_000, 8_600]
    assert found.order is not None
    assert (found.order["total_amount"], found.order["total_applied_discount_amount"]) == (8_600, 1_400)
    assert (found.verdicts[0].discount, found.verdicts[0].amount) == ({"type": "PERCENT", "percent_off": 10}, None)
    assert (found.verdicts[1].discount, found.verdicts[1].amount) == (None, 400)
    assert found.token.startswith("valid_")


async def test_nothing_is_written(acme: Shop) -> None:
    await acme.voucher("A")
    before = await acme.voucher_row()
    await validated(acme, "A", customer="me")
    assert await acme.voucher_row() == before
    assert await databases.rows(acme.database, select(customer.c.id)) == []
    assert await acme.redemptions() == []


async def test_what_does_not_apply_is_a_result(acme: Shop) -> None:
    await acme.voucher("A")
    await acme.voucher("B", active=False)
    await acme.voucher("C")
    found = await validated(acme, "A", "B", "C", "nothing")
    assert not found.valid
    assert told(found) == [
        ("APPLICABLE", None),
        ("INAPPLICABLE", "voucher_disabled"),
        ("SKIPPED", None),
        ("INAPPLICABLE", "not_found"),
    ]
    assert [each.order is None for each in found.verdicts] == [False, True, True, True]


async def test_without_an_order_none_is_shown(acme: Shop) -> None:
    await acme.voucher("A")
    found = await validated(acme, "A", amount=None)
    assert (found.valid, found.order, found.verdicts[0].order) == (True, None, None)


async def test_points_leave_the_order_as_it_is(acme: Shop) -> None:
    await acme.voucher("A")
    await acme.voucher("B", type=LOYALTY)
    mine = await acme.write(customers.upsert, CustomerGiven(source_id="me"))
    await databases.rows(acme.database, update(voucher).values(holder_id=mine))
    found = await validated(acme, "A", Redeemable("B", 5), customer="me", amount=1000)
    assert (found.valid, found.verdicts[1].amount) == (True, 5)
    shown = found.verdicts[1].order
    assert shown is not None
    assert (shown["total_amount"], "applied_discount_amount" in shown) == (900, False)


async def test_two_of_one_category_are_too_many(acme: Shop) -> None:
    adding = category.insert().returning(category.c.id)
    names = {"token": "cat_1", "name": "One", "hierarchy": 0, "created_at": START, "updated_at": None}
    ((number,),) = await databases.rows(acme.database, adding, organizer_id=acme.organizer_id, **names)
    await acme.voucher("A", campaign={"category_id": number})
    await acme.voucher("B", category_id=number)
    found = await validated(acme, "A", "B")
    assert told(found) == [("APPLICABLE", None), ("INAPPLICABLE", "applicable_redeemables_limit_exceeded")]
    problem = found.verdicts[1].problem
    assert problem is not None
    assert problem.details["kind"] == "applicable_redeemables_per_category_limit"
    held = found.verdicts[0].voucher
    assert held is not None
    assert held.category is not None
    assert held.category.name == "One"


async def test_what_is_wrong_with_the_request_is_refused(acme: Shop) -> None:
    await acme.voucher("A")
    with pytest.raises(DuplicatedRedeemables):
        await validated(acme, "A", "A")
    with pytest.raises(NotFound):
        await validated(acme, "A", customer=CustomerGiven(token="cust_x"))
    with pytest.raises(Invalid):
        await validated(acme)


async def test_a_browser_may_validate_and_who_has_no_scope_may_not(acme: Shop) -> None:
    await acme.voucher("A")
    acme.principal = browser()
    assert (await validated(acme, "A", session="s")).valid
    acme.principal = Principal("other", "server", {}, frozenset(("organizer.vouchers:read",)))
    for session in (None, "s"):
        with pytest.raises(PermissionDenied):
            await validated(acme, "A", session=session)


# -- with a session --------------------------------------------------------------------------------------------------


async def test_what_is_held_counts_as_used_for_others(acme: Shop) -> None:
    await acme.voucher("A", quantity=1)
    assert (await validated(acme, "A", session="mine")).valid
    for session in (None, "other"):
        assert told(await validated(acme, "A", session=session)) == [("INAPPLICABLE", "quantity_exceeded")]
    assert (await acme.redeem("A")).problem.code == "quantity_exceeded"
    assert (await validated(acme, "A", session="mine")).valid
    assert isinstance(await acme.redeem("A", session="mine"), Redeemed)
    assert await holds(acme) == []


async def test_what_was_held_is_free_when_the_time_is_up(acme: Shop) -> None:
    await acme.voucher("A", quantity=1)
    await validated(acme, "A", session=Session("mine", 1, "HOURS"))
    acme.now += timedelta(minutes=59)
    assert not (await validated(acme, "A")).valid
    acme.now += timedelta(minutes=1)
    assert isinstance(await acme.redeem("A"), Redeemed)


async def test_credits_are_held(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT, amount=1000)
    assert (await validated(acme, Redeemable("A", 700), session="mine")).valid
    assert await holds(acme) == [("mine", 700)]
    assert (await acme.redeem(Redeemable("A", 301))).problem.code == "gift_amount_exceeded"
    assert isinstance(await acme.redeem("A", amount=5000), Redeemed)
    assert await acme.balance() == 700
    assert isinstance(await acme.redeem("A", amount=5000, session="mine"), Redeemed)
    assert await acme.balance() == 0


async def test_a_session_holds_what_it_validated_last(acme: Shop) -> None:
    await acme.voucher("A", quantity=1)
    await acme.voucher("B", quantity=1)
    await validated(acme, "A", session="mine")
    await validated(acme, "B", session="mine")
    assert isinstance(await acme.redeem("A"), Redeemed)
    assert not (await validated(acme, "B")).valid


async def test_what_does_not_apply_is_not_held(acme: Shop) -> None:
    await acme.voucher("A", quantity=1)
    found = await validated(acme, "A", "nothing", session="mine")
    assert (found.session, await holds(acme)) == (None, [])


async def test_a_session_without_a_key_gets_one(acme: Shop) -> None:
    await acme.voucher("A", quantity=1)
    found = await validated(acme, "A", session=Session())
    assert found.session is not None
    assert found.session.key is not None
    assert found.session.key.startswith("ssn_")
    assert (found.session.ttl, found.session.ttl_unit) == (7, "DAYS")


@pytest.mark.parametrize("session", [Session("s", 0), Session("s", 366, "DAYS"), Session("s", 1, "YEARS")])
async def test_a_time_that_cannot_be_is_refused(acme: Shop, session: Session) -> None:
    await acme.voucher("A")
    with pytest.raises(Invalid):
        await validated(acme, "A", session=session)


async def test_what_is_held_can_be_released(acme: Shop) -> None:
    await acme.voucher("A", quantity=1)
    await validated(acme, "A", session="mine")
    await acme.write(validations.release, "A", "mine")
    assert (await validated(acme, "A")).valid
    for ref, key, noun in (("A", "mine", "session"), ("A", "\0", "session"), ("nothing", "mine", "voucher")):
        with pytest.raises(NotFound) as caught:
            await acme.write(validations.release, ref, key)
        assert caught.value.details["noun"] == noun


async def test_holds_that_are_over_are_removed(acme: Shop) -> None:
    await acme.voucher("A", quantity=2)
    await validated(acme, "A", session=Session("short", 1, "MINUTES"))
    await validated(acme, "A", session=Session("long", 1, "HOURS"))
    await Maintenance(acme.database, lambda: START + timedelta(minutes=2)).forget_holds()
    assert [key for key, _ in await holds(acme)] == ["long"]


async def test_at_most_as_many_are_held_at_once_as_there_are(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await both[0].voucher("A", quantity=5)
        found = await asyncio.gather(*[validated(both[n % 2], "A", session=f"s{n}") for n in range(40)])
        winners = [n for n, each in enumerate(found) if each.valid]
        assert len(winners) == 5
        done = await asyncio.gather(*[both[n % 2].redeem("A", session=f"s{n}") for n in range(40)])
        assert [n for n, each in enumerate(done) if isinstance(each, Redeemed)] == winners


async def test_what_is_held_is_never_redeemed_by_another(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await both[0].voucher("A", type=GIFT, amount=1000)
        held, *rest = await asyncio.gather(
            validated(both[0], Redeemable("A", 600), session="mine"),
            *[both[n % 2].redeem(Redeemable("A", 50)) for n in range(20)],
        )
        if held.valid:
            done = await both[1].write(redemptions.redeem, request(Redeemable("A", 600), session="mine"))
            assert isinstance(done, Redeemed)
        spent = sum(isinstance(each, Redeemed) for each in rest) * 50 + (600 if held.valid else 0)
        assert await both[0].balance() == 1000 - spent
        assert await both[0].books_are_right()


async def test_a_basket_is_needed_only_where_money_is_taken_off(acme: Shop) -> None:
    await acme.voucher("A", type=GIFT)
    assert told(await validated(acme, "A", order=Basket())) == [("INAPPLICABLE", "missing_amount")]

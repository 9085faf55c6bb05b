"""Publishing vouchers to customers, on both engines."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models.change import change
from models.customer import customer
from models.problems import Invalid, NotFound, PermissionDenied
from models.publication import publication
from models.voucher import VoucherType, voucher
from models.voucher_campaign import voucher_campaign
from models.voucher_problems import (
    DuplicateSourceId,
    InvalidCampaign,
    MissingVouchers,
    NoVoucherSuitable,
    TooManyVouchers,
    VoucherAlreadyPublished,
    VoucherCannotBePublished,
)
from resolvers import publications, vouchers
from resolvers.customers import CustomerGiven
from resolvers.principals import Principal
from resolvers.publications import PublicationRequest, Published
from tests.redeeming import START, Shop, browser, shop, two_shops
from tests.resolvers import databases
from tests.vouchers import a_campaign, a_voucher, some_terms

ME = CustomerGiven(source_id="me")


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[Shop]:
    async with shop(database_url) as found:
        yield found


async def campaign(
    acme: Shop,
    count: int,
    *,
    of: VoucherType = VoucherType.DISCOUNT_VOUCHER,
    grows: bool = False,
    terms: dict[str, Any] | None = None,
    **values: Any,
) -> str:
    """A campaign with vouchers C0, C1, ...; its name. `grows`: it makes vouchers when none is left."""

    async def made(work: Any, organizer_id: int) -> str:
        terms_id = await some_terms(work, organizer_id, of, **(terms or {}))
        number = await a_campaign(work, organizer_id, of, terms_id=terms_id, **{"name": "camp", **values})
        if grows:
            await work.rows(update(voucher_campaign).values(type="AUTO_UPDATE"))
        for place in range(count):
            await a_voucher(work, organizer_id, number, f"C{place}")
        return str(values.get("name", "camp"))

    return str(await acme.write(made))


async def published(acme: Shop, *, to: CustomerGiven | str = ME, **given: Any) -> Published:
    named = CustomerGiven(source_id=to) if isinstance(to, str) else to
    found: Published = await acme.write(publications.publish, PublicationRequest(named, **given))
    return found


async def codes(acme: Shop, found: Published) -> list[str]:
    rows = await databases.rows(acme.database, select(voucher.c.id, voucher.c.code))
    by_id = dict(tuple(row) for row in rows)
    return [by_id[each] for each in found.voucher_ids]


# -- of a campaign ---------------------------------------------------------------------------------------------------


async def test_the_next_voucher_that_nobody_has_is_given(acme: Shop) -> None:
    await campaign(acme, 2)
    first = await published(acme, campaign="camp", channel="mail", metadata={"a": 1})
    second = await published(acme, campaign="camp", to="you")
    assert (await codes(acme, first), await codes(acme, second)) == (["C0"], ["C1"])
    row = await acme.voucher_row("C0")
    assert (row["published_count"], row["holder_id"], row["expires_at"]) == (1, first.customer_id, None)
    names = ("token", "customer_id", "channel", "source_id", "tracking_id", "metadata")
    asked = select(*[publication.c[name] for name in names]).order_by(publication.c.id)
    kept = [tuple(each) for each in await databases.rows(acme.database, asked)]
    assert kept[0] == (first.token, first.customer_id, "mail", None, "me", {"a": 1})
    told = select(change.c.noun_id, change.c.content).where(change.c.kind == "voucher.published").order_by(change.c.id)
    assert [tuple(each) for each in await databases.rows(acme.database, told)] == [
        (found.voucher_ids[0], {"publication_id": found.id, "customer_id": found.customer_id})
        for found in (first, second)
    ]


async def test_a_campaign_is_named_by_its_id_too(acme: Shop) -> None:
    await campaign(acme, 1)
    ((token,),) = await databases.rows(acme.database, select(voucher_campaign.c.token))
    assert len((await published(acme, campaign=token)).voucher_ids) == 1


async def test_several_are_given_at_once(acme: Shop) -> None:
    await campaign(acme, 4)
    assert await codes(acme, await published(acme, campaign="camp", count=3)) == ["C0", "C1", "C2"]
    with pytest.raises(NoVoucherSuitable):
        await published(acme, campaign="camp", count=2)
    assert (await acme.voucher_row("C3"))["published_count"] == 0


async def test_disabled_vouchers_are_passed_over_and_disabled_campaigns_are_not(acme: Shop) -> None:
    await campaign(acme, 2, active=False)
    await acme.write(vouchers.disable, (await acme.voucher_row("C0"))["id"])
    assert await codes(acme, await published(acme, campaign="camp")) == ["C1"]


async def test_none_left_is_refused_and_keeps_nothing(acme: Shop) -> None:
    await campaign(acme, 0)
    with pytest.raises(NoVoucherSuitable):
        await published(acme, campaign="camp", source_id="s")
    assert await databases.rows(acme.database, select(customer.c.id)) == []
    assert await databases.rows(acme.database, select(publication.c.id)) == []


async def test_a_campaign_that_grows_makes_what_is_missing(acme: Shop) -> None:
    config = {"pattern": "X-##", "charset": "ab"}
    await campaign(acme, 1, grows=True, code_config=config)
    found = await published(acme, campaign="camp", count=3)
    made = await codes(acme, found)
    assert made[0] == "C0"
    assert all(code.startswith("X-") for code in made[1:])
    ((count,),) = await databases.rows(acme.database, select(voucher_campaign.c.vouchers_count))
    assert (count, len(set(made))) == (3, 3)
    assert (await acme.voucher_row(made[2]))["holder_id"] == found.customer_id
    await published(acme, campaign="camp", count=2)
    with pytest.raises(NoVoucherSuitable):
        await published(acme, campaign="camp")


async def test_a_gift_that_is_made_holds_its_balance(acme: Shop) -> None:
    await campaign(acme, 0, of=VoucherType.GIFT_VOUCHER, grows=True, code_config={"pattern": "G########"})
    acme.principal = browser()
    (code,) = await codes(acme, await published(acme, campaign="camp"))
    assert await acme.balance(code) == 1000
    assert await acme.books_are_right()


async def test_it_expires_so_long_after_its_publication(acme: Shop) -> None:
    await campaign(acme, 1, terms={"activity_duration": "P1M"}, expires_at=START + timedelta(days=1))
    await published(acme, campaign="camp")
    assert (await acme.voucher_row("C0"))["expires_at"] == START.replace(month=4)


async def test_a_promotion_has_nothing_to_publish(acme: Shop) -> None:
    async def made(work: Any, organizer_id: int) -> None:
        await a_campaign(work, organizer_id, name="promo", campaign_type="PROMOTION", terms_id=None)

    await acme.write(made)
    with pytest.raises(InvalidCampaign):
        await published(acme, campaign="promo")


# -- one voucher -----------------------------------------------------------------------------------------------------


async def test_one_voucher_is_published_by_its_code_and_once(acme: Shop) -> None:
    await campaign(acme, 3)
    assert await codes(acme, await published(acme, voucher="C1")) == ["C1"]
    token = (await acme.voucher_row("C1"))["token"]
    for ref in ("C1", token):
        with pytest.raises(VoucherAlreadyPublished) as caught:
            await published(acme, voucher=ref, to="you")
        assert caught.value.details["token"] == token
    assert await codes(acme, await published(acme, voucher="C2", campaign="camp")) == ["C2"]


async def test_a_voucher_that_cannot_be_given_is_refused(acme: Shop) -> None:
    await campaign(acme, 1)
    await campaign(acme, 0, name="other")
    with pytest.raises(NotFound):
        await published(acme, voucher="C0", campaign="other")
    await databases.rows(acme.database, update(voucher).values(active=False))
    with pytest.raises(VoucherCannotBePublished):
        await published(acme, voucher="C0")


# -- again -----------------------------------------------------------------------------------------------------------


async def test_one_source_id_is_one_publication(acme: Shop) -> None:
    await campaign(acme, 3)
    await campaign(acme, 0, name="other")
    first = await published(acme, campaign="camp", source_id="s")
    again = await published(acme, campaign="camp", source_id="s")
    assert (again.id, again.voucher_ids, again.created) == (first.id, first.voucher_ids, False)
    assert await published(acme, voucher="C0", source_id="s") == again
    others: tuple[dict[str, Any], ...] = ({"to": "you", "campaign": "camp"}, {"campaign": "other"}, {"voucher": "C1"})
    for given in others:
        with pytest.raises(DuplicateSourceId):
            await published(acme, source_id="s", **given)


async def test_who_joins_once_has_one(acme: Shop) -> None:
    await campaign(acme, 3)
    first = await published(acme, campaign="camp", join_once=True)
    assert (await published(acme, campaign="camp", join_once=True)).id == first.id
    assert (await published(acme, voucher="C2", join_once=True)).voucher_ids == first.voucher_ids
    assert await codes(acme, await published(acme, campaign="camp", join_once=True, to="you")) == ["C1"]
    # Unless it is asked for, a customer may have more.
    assert await codes(acme, await published(acme, campaign="camp")) == ["C2"]


async def test_a_campaign_may_let_each_join_once(acme: Shop) -> None:
    await campaign(acme, 3, join_once=True)
    first = await published(acme, campaign="camp")
    more: tuple[dict[str, Any], ...] = (
        {"campaign": "camp"},
        {"voucher": "C1"},
        {"campaign": "camp", "join_once": False},
    )
    for given in more:
        with pytest.raises(VoucherCannotBePublished):
            await published(acme, **given)
    assert (await published(acme, campaign="camp", join_once=True)).id == first.id
    with pytest.raises(TooManyVouchers):
        await published(acme, campaign="camp", to="you", count=2)


async def test_who_lost_the_voucher_may_join_again(acme: Shop) -> None:
    await campaign(acme, 2, join_once=True)
    first = await published(acme, campaign="camp")
    await acme.write(vouchers.delete, first.voucher_ids[0], force=True)
    assert await codes(acme, await published(acme, campaign="camp")) == ["C1"]


async def test_a_voucher_without_a_campaign_is_published_again_to_its_holder(acme: Shop) -> None:
    await campaign(acme, 1)
    await databases.rows(acme.database, update(voucher).values(campaign_id=None))
    first = await published(acme, voucher="C0", join_once=True)
    assert await published(acme, voucher="C0", join_once=True) == replace(first, created=False)
    with pytest.raises(VoucherAlreadyPublished):
        await published(acme, voucher="C0", join_once=True, to="you")


# -- what is wrong with a request ------------------------------------------------------------------------------------


async def test_what_cannot_be_asked_for_is_refused(acme: Shop) -> None:
    await campaign(acme, 1)
    with pytest.raises(MissingVouchers):
        await published(acme)
    with pytest.raises(TooManyVouchers) as caught:
        await published(acme, campaign="camp", count=51)
    assert caught.value.details["limit"] == 50
    wrong: tuple[dict[str, Any], ...] = (
        {"count": 0},
        {"to": CustomerGiven(name="Jane")},
        {"source_id": "\0"},
        {"channel": "x" * 256},
    )
    for given in wrong:
        with pytest.raises(Invalid):
            await published(acme, campaign="camp", **given)
    missing: tuple[tuple[dict[str, Any], str], ...] = (
        ({"campaign": "nothing"}, "voucher_campaign"),
        ({"voucher": "nothing"}, "voucher"),
        ({"campaign": "camp", "to": CustomerGiven(token="cust_x")}, "customer"),
    )
    for given, noun in missing:
        with pytest.raises(NotFound) as found:
            await published(acme, **given)
        assert found.value.details["noun"] == noun


async def test_it_needs_its_scope_and_no_other(acme: Shop) -> None:
    await campaign(acme, 1)
    acme.principal = Principal("other", "server", {}, frozenset(("organizer.vouchers:write",)))
    with pytest.raises(PermissionDenied):
        await published(acme, campaign="camp")
    acme.principal = browser()
    assert (await published(acme, campaign="camp")).created


# -- races -----------------------------------------------------------------------------------------------------------


async def settled(*calls: Any) -> tuple[list[Published], Counter[str]]:
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    return [each for each in outcomes if isinstance(each, Published)], Counter(type(each).__name__ for each in outcomes)


async def test_40_at_once_of_25_vouchers_give_25_different_ones(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await campaign(both[0], 25)
        found, kinds = await settled(*[published(both[n % 2], campaign="camp", to=f"c{n}") for n in range(40)])
        assert kinds == {"Published": 25, "NoVoucherSuitable": 15}
        assert len({each.voucher_ids for each in found}) == 25


async def test_a_growing_campaign_gives_each_a_voucher_of_its_own(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await campaign(both[0], 5, grows=True, code_config={"pattern": "########"})
        found, kinds = await settled(*[published(both[n % 2], campaign="camp", to=f"c{n}") for n in range(40)])
        assert kinds == {"Published": 40}
        assert len({each.voucher_ids for each in found}) == 40
        ((count,),) = await databases.rows(both[0].database, select(voucher_campaign.c.vouchers_count))
        assert count == 40


async def test_one_source_id_at_once_is_one_publication(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await campaign(both[0], 1)
        found, kinds = await settled(*[published(both[n % 2], campaign="camp", source_id="s") for n in range(20)])
        assert kinds == {"Published": 20}
        assert len({each.id for each in found}) == 1


async def test_who_joins_many_times_at_once_has_one(database_url: str) -> None:
    async with two_shops(database_url) as both:
        await campaign(both[0], 20)
        calls = [published(both[n % 2], campaign="camp", join_once=True) for n in range(20)]
        found, kinds = await settled(*calls)
        assert kinds == {"Published": 20}
        assert len({each.voucher_ids for each in found}) == 1

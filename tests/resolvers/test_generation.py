"""Generating gives exactly as many vouchers as were asked for, each with a code of its own, or says why it cannot."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from models.code_config import CodeConfig
from models.database import Database
from models.gift_card import gift_card
from models.problems import NotFound
from models.voucher import VoucherType, voucher
from models.voucher_campaign import voucher_campaign
from models.voucher_problems import InvalidCodeConfig
from resolvers import generation, ledger
from resolvers.actions import Enqueued
from resolvers.voucher_defaults import Own
from tests.resolvers.databases import rows
from tests.vouchers import (
    a_campaign,
    a_voucher,
    action_of,
    campaign_of,
    changes,
    codes_of,
    done,
    ended,
    making,
    opened,
    some_terms,
    working,
    written,
)

Place = tuple[Database, int]
DIGITS = CodeConfig(pattern="##", charset="0123456789", prefix="N-")


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    async with opened(database_url) as found:
        yield found


async def campaign(place: Place, type: VoucherType = VoucherType.DISCOUNT_VOUCHER, **values: Any) -> int:
    return await written(place[0], making(a_campaign, place[1], type, **values))


async def generate(place: Place, campaign_id: int, count: int, **options: Any) -> Enqueued:
    given = {"config": CodeConfig(), **options}
    return await written(place[0], making(generation.generate, place[1], campaign_id, count=count, **given))


async def test_exactly_as_many_as_asked_for(place: Place) -> None:
    campaign_id = await campaign(place)
    asked = await generate(place, campaign_id, 7001)
    row = await done(place[0], asked.id)
    assert (row.status, row.result) == ("DONE", {"message": "Generated 7001 vouchers.", "done_count": 7001})
    codes = await codes_of(place[0], campaign_id)
    assert len(codes) == len(set(codes)) == 7001
    assert all(len(code) == 8 and code.isalnum() for code in codes)
    assert await campaign_of(place[0], campaign_id) == (7001, "DONE", "DONE")


async def test_a_chunk_tells_of_its_vouchers_once(place: Place) -> None:
    campaign_id = await campaign(place)
    asked = await generate(place, campaign_id, generation.CODES_MAX + 10)
    await done(place[0], asked.id)
    told = await changes(place[0], generation.ADDED)
    assert [each["count"] for each in told] == [generation.CODES_MAX, 10]


async def test_codes_follow_their_configuration(place: Place) -> None:
    campaign_id = await campaign(place)
    config = CodeConfig(pattern="AB-##-#", charset="xyz", prefix="<", postfix=">")
    await done(place[0], (await generate(place, campaign_id, 20, config=config)).id)
    codes = await codes_of(place[0], campaign_id)
    assert all(code.startswith("<AB-") and code.endswith(">") and len(code) == 9 for code in codes)
    assert {character for code in codes for character in code[4:6] + code[7]} == set("xyz")


async def test_vouchers_have_what_the_campaign_gives_and_the_request_says(place: Place) -> None:
    starts, expires = datetime(2026, 1, 2, tzinfo=UTC), datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    campaign_id = await campaign(place, quantity=3, starts_at=starts, expires_at=starts, metadata={"a": 1, "b": 2})
    own = Own(expires_at=expires, metadata={"b": 3}, additional_info="info", active=False)
    await done(place[0], (await generate(place, campaign_id, 2, own=own)).id)
    columns = ("quantity", "starts_at", "expires_at", "metadata", "additional_info", "active")
    found = await rows(place[0], select(*(voucher.c[name] for name in columns)))
    assert [tuple(row) for row in found] == [(3, starts, expires, {"a": 1, "b": 3}, "info", False)] * 2


async def test_metadata_is_not_inherited_if_the_campaign_says_so(place: Place) -> None:
    campaign_id = await campaign(place, use_voucher_metadata_schema=False, metadata={"a": 1})
    await done(place[0], (await generate(place, campaign_id, 2)).id)
    assert [row[0] for row in await rows(place[0], select(voucher.c.metadata))] == [None, None]


@pytest.mark.parametrize(("type", "balance"), [(VoucherType.GIFT_VOUCHER, 1000), (VoucherType.LOYALTY_CARD, 100)])
async def test_gift_vouchers_and_loyalty_cards_begin_with_their_balance(
    place: Place, type: VoucherType, balance: int
) -> None:
    campaign_id = await campaign(place, type)
    asked = await generate(place, campaign_id, 700)
    assert (await done(place[0], asked.id)).done_count == 700
    held = select(gift_card.c.balance, gift_card.c.voucher, voucher.c.loaded_amount).join_from(
        voucher, gift_card, gift_card.c.id == voucher.c.gift_card_id
    )
    assert Counter(map(tuple, await rows(place[0], held))) == {(balance, True, balance): 700}
    assert await ledger.differences(place[0]) == []


# -- codes in use ------------------------------------------------------------------------------------------------------


async def test_all_codes_of_a_small_space_can_be_used(place: Place) -> None:
    campaign_id = await campaign(place)
    asked = await generate(place, campaign_id, 100, config=DIGITS)
    assert (await done(place[0], asked.id)).status == "DONE"
    assert sorted(await codes_of(place[0], campaign_id)) == sorted(DIGITS.all_codes())


async def test_codes_in_use_are_made_up_for(place: Place) -> None:
    first, second = await campaign(place), await campaign(place)
    await done(place[0], (await generate(place, first, 60, config=DIGITS)).id)
    asked = await generate(place, second, 40, config=DIGITS)
    assert (await done(place[0], asked.id)).status == "DONE"
    codes = await codes_of(place[0], first) + await codes_of(place[0], second)
    assert sorted(codes) == sorted(DIGITS.all_codes())


async def test_collisions_in_a_larger_space_are_made_up_for(place: Place) -> None:
    """More than there are codes in one draw that differ, and a second action at the same time."""
    config = CodeConfig(pattern="####", charset="0123456789abcd")
    first, second = await campaign(place), await campaign(place)
    asked = [await generate(place, each, 18_000, config=config) for each in (first, second)]
    async with working(place[0], turn_seconds=0.01):
        for each in asked:
            assert (await ended(place[0], each.id)).status == "DONE"
    codes = await codes_of(place[0], first) + await codes_of(place[0], second)
    assert len(codes) == len(set(codes)) == 36_000
    assert config.space == 38_416


async def test_more_than_there_can_be_is_refused_before_anything_is_written(place: Place) -> None:
    first, second = await campaign(place), await campaign(place)
    await done(place[0], (await generate(place, first, 60, config=DIGITS)).id)
    with pytest.raises(InvalidCodeConfig) as refused:
        await generate(place, second, 41, config=DIGITS)
    assert refused.value.details["reason"] == "infeasible"
    with pytest.raises(InvalidCodeConfig):
        await generate(place, second, 10**9, config=CodeConfig(pattern="####"))
    assert await campaign_of(place[0], second) == (0, "DONE", "DONE")


async def test_codes_that_run_out_midway_end_the_action_with_what_there_is(place: Place) -> None:
    """Others took codes after the request was found to be possible."""
    first, second = await campaign(place), await campaign(place)
    asked = await generate(place, first, 100, config=DIGITS)
    for code in ("N-00", "N-55"):
        await written(place[0], making(a_voucher, place[1], second, code))
    row = await done(place[0], asked.id)
    assert (row.status, row.done_count) == ("FAILED", 98)
    assert row.result["done_count"] == 98
    assert row.result["message"].startswith("Generated 98 vouchers; there are no more codes")
    assert await campaign_of(place[0], first) == (98, "FAILED", "FAILED")


async def test_one_code_is_all_that_a_pattern_without_places_gives(place: Place) -> None:
    config = CodeConfig(pattern="ONLY")
    campaign_id = await campaign(place)
    asked = await generate(place, campaign_id, 1, config=config)
    assert (await done(place[0], asked.id)).status == "DONE"
    with pytest.raises(InvalidCodeConfig):
        await generate(place, campaign_id, 1, config=config)


# -- campaigns that change or go ---------------------------------------------------------------------------------------


async def test_a_campaign_that_is_not_there_is_refused(place: Place) -> None:
    with pytest.raises(NotFound):
        await generate(place, 4711, 2)


async def test_generating_ends_when_the_campaign_is_deleted(place: Place) -> None:
    campaign_id = await campaign(place)
    asked = await generate(place, campaign_id, 10)
    binned = update(voucher_campaign).where(voucher_campaign.c.id == campaign_id)
    await rows(place[0], binned.values(binned_at=datetime(2026, 1, 1, tzinfo=UTC)))
    row = await done(place[0], asked.id)
    assert (row.status, row.result["message"]) == ("FAILED", "The campaign was deleted.")


async def test_vouchers_have_the_terms_of_the_moment_they_are_added_in(place: Place) -> None:
    campaign_id = await campaign(place)
    asked = await generate(place, campaign_id, 5)
    terms_id = await written(place[0], making(some_terms, place[1]))
    await rows(place[0], update(voucher_campaign).values(terms_id=terms_id, quantity=9))
    await done(place[0], asked.id)
    found = await rows(place[0], select(voucher.c.terms_id, voucher.c.quantity))
    assert [tuple(row) for row in found] == [(terms_id, 9)] * 5


async def test_a_small_request_ends_while_a_huge_one_goes_on(place: Place) -> None:
    first, second = await campaign(place), await campaign(place)
    huge = await generate(place, first, 5_000_000)
    async with working(place[0], turn_seconds=0.05):
        small = await generate(place, second, 3)
        assert (await ended(place[0], small.id, seconds=5)).done_count == 3
        row = await action_of(place[0], huge.id)
        assert row.status == "IN_PROGRESS"
        assert row.done_count < 5_000_000

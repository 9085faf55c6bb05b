"""What an update or a deletion of a campaign does to its vouchers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from models import public_ids
from models.action import ActionType
from models.customer import customer
from models.database import Database
from models.gift_card import gift_card
from models.publication import publication, publication_voucher
from models.redemption import redemption, voucher_hold
from models.voucher import VoucherType, voucher
from models.voucher_campaign import bin_entry, category, voucher_campaign
from resolvers import actions, ledger
from resolvers.context import Work
from resolvers.slices import ROWS_MAX
from tests.resolvers.databases import rows
from tests.vouchers import a_campaign, a_voucher, campaign_of, changes, done, making, opened, some_terms, written

Place = tuple[Database, int]
AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    async with opened(database_url) as found:
        yield found


async def campaign(place: Place, codes: int = 0, type: VoucherType = VoucherType.DISCOUNT_VOUCHER) -> int:
    """A campaign with this many vouchers: C0000, C0001, …"""

    async def unit(work: Work) -> int:
        campaign_id = await a_campaign(work, place[1], type)
        for number in range(codes):
            await a_voucher(work, place[1], campaign_id, f"{campaign_id}C{number:04}", metadata={"n": number, "old": 1})
        return campaign_id

    return await written(place[0], unit)


async def ended(place: Place, type: ActionType, campaign_id: int, given: dict[str, Any]) -> Any:
    """The row of such an action at its end."""
    verb = making(
        actions.enqueue,
        *(place[1], type),
        campaign_id=campaign_id,
        input=given,
        total=(await campaign_of(place[0], campaign_id))[0],
        request_id="v-1",
    )
    return await done(place[0], (await written(place[0], verb)).id)


async def set_on(place: Place, code: str, **values: Any) -> None:
    await rows(place[0], update(voucher).where(voucher.c.code.like(f"%{code}")).values(values))


async def found(place: Place, *names: str) -> list[tuple[Any, ...]]:
    columns = [voucher.c[name] for name in names]
    return [tuple(row) for row in await rows(place[0], select(*columns).order_by(voucher.c.id))]


async def count(place: Place, table: Any) -> int:
    return int((await rows(place[0], select(func.count()).select_from(table)))[0][0])


# -- update ------------------------------------------------------------------------------------------------------------


async def test_vouchers_that_nobody_has_or_used_follow_their_campaign(place: Place) -> None:
    campaign_id, other = await campaign(place, 4), await campaign(place, 1)
    await set_on(place, "C0001", published_count=1)
    await set_on(place, "C0002", redeemed_quantity=1)
    before = await found(place, "terms_id", "quantity", "expires_at")
    terms_id = await written(place[0], making(some_terms, place[1]))
    given = {"set": {"terms_id": terms_id, "quantity": 7, "expires_at": AT.isoformat(), "starts_at": None}}
    row = await ended(place, ActionType.UPDATE, campaign_id, given)
    assert (row.status, row.result) == ("DONE", {"message": "Updated 2 vouchers.", "done_count": 2})
    after = await found(place, "terms_id", "quantity", "expires_at")
    assert after[0] == after[3] == (terms_id, 7, AT)
    assert (after[1], after[2], after[4]) == (before[1], before[2], before[4])
    assert await campaign_of(place[0], campaign_id) == (4, "DONE", "DONE")
    assert await campaign_of(place[0], other) == (1, "DONE", "DONE")
    assert [each["count"] for each in await changes(place[0], "voucher_campaign.vouchers_updated")] == [2]


async def test_metadata_is_set_and_unset_key_by_key(place: Place) -> None:
    campaign_id = await campaign(place, 2)
    await rows(place[0], update(voucher).where(voucher.c.code.like("%C0001")).values(metadata=None))
    given = {"set": {}, "metadata": {"set": {"new": "ä", "n": 9}, "unset": ["old", "unknown"]}}
    row = await ended(place, ActionType.UPDATE, campaign_id, given)
    assert row.result["done_count"] == 2
    assert await found(place, "metadata") == [({"n": 9, "new": "ä"},), ({"new": "ä", "n": 9},)]


async def test_an_update_without_anything_for_vouchers_counts_them(place: Place) -> None:
    campaign_id = await campaign(place, 3)
    row = await ended(place, ActionType.UPDATE, campaign_id, {"set": {}, "metadata": {"set": {}, "unset": []}})
    assert row.result == {"message": "Updated 3 vouchers.", "done_count": 3}
    assert await found(place, "updated_at") == [(None,)] * 3


async def test_an_update_is_as_many_chunks_as_it_takes(place: Place) -> None:
    campaign_id = await campaign(place, 2 * ROWS_MAX)
    row = await ended(place, ActionType.UPDATE, campaign_id, {"set": {"quantity": 5}})
    assert (row.status, row.done_count) == ("DONE", 2 * ROWS_MAX)
    assert set(await found(place, "quantity")) == {(5,)}


async def test_an_update_of_no_vouchers_ends(place: Place) -> None:
    row = await ended(place, ActionType.UPDATE, await campaign(place), {"set": {"quantity": 5}})
    assert row.result == {"message": "Updated 0 vouchers.", "done_count": 0}


# -- delete ------------------------------------------------------------------------------------------------------------


async def used(place: Place, campaign_id: int) -> None:
    """Its first voucher was published, redeemed and rolled back, is held and in the bin; the campaign is, too."""

    async def unit(work: Work) -> None:
        of = {"organizer_id": place[1]}
        ((voucher_id,),) = await work.rows(
            select(voucher.c.id).where(voucher.c.campaign_id == campaign_id).order_by(voucher.c.id).limit(1)
        )
        row = {**of, "token": public_ids.customer(), "created_at": AT}
        (customer_id,) = await work.row(insert(customer).values(row).returning(customer.c.id))
        row = {**of, "token": public_ids.publication(), "customer_id": customer_id, "campaign_id": campaign_id}
        published = insert(publication).values({**row, "created_at": AT}).returning(publication.c.id)
        (publication_id,) = await work.row(published)
        row = {**of, "publication_id": publication_id, "voucher_id": voucher_id}
        await work.rows(insert(publication_voucher).values(row))
        row = {**of, "kind": "redemption", "status": "SUCCEEDED", "voucher_id": voucher_id, "happened_at": AT}
        redeemed = insert(redemption).values({**row, "token": public_ids.redemption()}).returning(redemption.c.id)
        (redemption_id,) = await work.row(redeemed)
        row |= {"kind": "redemption_rollback", "token": public_ids.rollback(), "rolls_back_id": redemption_id}
        await work.rows(insert(redemption).values(row))
        row = {**of, "voucher_id": voucher_id, "session_key": "ssn", "expires_at": AT}
        await work.rows(insert(voucher_hold).values(row))
        for kind, number in (("voucher", voucher_id), ("campaign", campaign_id)):
            named = {"resource_type": kind, "resource_id": number, "resource_token": kind, "resource_name": kind}
            row = {**of, **named, "token": public_ids.bin_entry(), "created_at": AT}
            await work.rows(insert(bin_entry).values(row))

    await written(place[0], unit)


async def test_with_force_vouchers_go_and_all_that_happened_to_them(place: Place) -> None:
    campaign_id, other = await campaign(place, 3), await campaign(place, 1)
    await used(place, campaign_id)
    row = await ended(place, ActionType.DELETE, campaign_id, {"force": True})
    assert (row.status, row.result) == ("DONE", {"message": "Deleted 3 vouchers.", "done_count": 3})
    for table in (redemption, voucher_hold, publication_voucher, bin_entry):
        assert await count(place, table) == 0
    assert await found(place, "campaign_id") == [(other,)]
    campaigns = await rows(place[0], select(voucher_campaign.c.id))
    assert [each[0] for each in campaigns] == [other]
    assert [each["count"] for each in await changes(place[0], "voucher_campaign.vouchers_removed")] == [3]


async def test_the_ledger_keeps_what_was_booked_and_takes_nothing_more(place: Place) -> None:
    campaign_id = await campaign(place, 3, VoucherType.GIFT_VOUCHER)
    await campaign(place, 1, VoucherType.GIFT_VOUCHER)
    await ended(place, ActionType.DELETE, campaign_id, {"force": True})
    held = await rows(place[0], select(gift_card.c.balance, gift_card.c.active).order_by(gift_card.c.id))
    assert [tuple(row) for row in held] == [(1000, False)] * 3 + [(1000, True)]
    assert await ledger.differences(place[0]) == []


async def test_many_vouchers_are_deleted_in_chunks(place: Place) -> None:
    campaign_id = await campaign(place, ROWS_MAX + 1)
    row = await ended(place, ActionType.DELETE, campaign_id, {"force": True})
    assert (row.status, row.done_count) == ("DONE", ROWS_MAX + 1)
    assert (await count(place, voucher), await count(place, voucher_campaign)) == (0, 0)


async def test_a_campaign_without_vouchers_is_deleted(place: Place) -> None:
    row = await ended(place, ActionType.DELETE, await campaign(place), {"force": True})
    assert row.result == {"message": "Deleted 0 vouchers.", "done_count": 0}
    assert await count(place, voucher_campaign) == 0


async def test_without_force_everything_stays_in_the_bin(place: Place) -> None:
    campaign_id = await campaign(place, 3)
    await rows(place[0], update(voucher_campaign).values(binned_at=AT))
    row = await ended(place, ActionType.DELETE, campaign_id, {"force": False})
    assert row.result == {"message": "Deleted 3 vouchers.", "done_count": 3}
    assert (await count(place, voucher), await count(place, voucher_campaign)) == (3, 1)


async def test_categories_are_passed_on_and_taken_away(place: Place) -> None:
    campaign_id = await campaign(place, 1)
    row = {"organizer_id": place[1], "token": public_ids.category(), "name": "First", "created_at": AT}
    ((category_id,),) = await rows(place[0], insert(category).values(row).returning(category.c.id))
    for wanted in (category_id, None):
        await ended(place, ActionType.UPDATE, campaign_id, {"set": {"category_id": wanted}})
        assert await found(place, "category_id") == [(wanted,)]

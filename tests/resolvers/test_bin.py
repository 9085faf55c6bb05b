"""The bin: what a purge takes away, what it frees, and that it happens once."""

import pytest
from sqlalchemy import select

from models.gift_card import gift_card
from models.problems import NotFound
from models.voucher import voucher
from models.voucher_campaign import bin_entry, voucher_campaign
from resolvers import bin, voucher_campaigns, vouchers
from tests.resolvers import databases
from tests.resolvers.house import GIFT, PERCENT, House, outcomes

_c = voucher_campaign.c


async def entries(house: House) -> list[tuple[str, str, str, str | None]]:
    columns = (bin_entry.c.token, bin_entry.c.resource_type, bin_entry.c.resource_name, bin_entry.c.parent_token)
    found = await databases.rows(house.database, select(*columns).order_by(bin_entry.c.id))
    return [(row[0], row[1], row[2], row[3]) for row in found]


async def test_a_purged_voucher_is_gone_and_its_code_is_free(house: House) -> None:
    campaign_id = await house.created(terms=GIFT)
    voucher_id = await house.do(vouchers.add, campaign_id, code="MINE")
    await house.do(vouchers.delete, voucher_id)
    ((token, kind, name, parent),) = await entries(house)
    assert (kind, name, parent) == ("voucher", "MINE", await house.row(campaign_id, _c.token))
    await house.do(bin.purge, token)
    assert (await entries(house), await house.count(voucher)) == ([], 0)
    assert await house.row(campaign_id, _c.vouchers_count) == 0
    # What was on it can be spent no more, and stays in the ledger.
    ((active, balance),) = await databases.rows(house.database, select(gift_card.c.active, gift_card.c.balance))
    assert (active, balance) == (False, 1000)
    assert await house.do(vouchers.add, campaign_id, code="MINE") != voucher_id


async def test_a_voucher_without_a_campaign_has_no_parent(house: House) -> None:
    await house.do(vouchers.delete, await house.do(vouchers.create, PERCENT, code="ALONE"))
    ((_, _, name, parent),) = await entries(house)
    assert (name, parent) == ("ALONE", None)


async def test_a_purged_campaign_frees_its_name_and_leaves_the_rest_to_an_action(house: House) -> None:
    campaign_id = await house.created(vouchers_count=1)
    await house.do(voucher_campaigns.delete, campaign_id)
    ((token, kind, name, _),) = await entries(house)
    assert (kind, name) == ("campaign", "Spring")
    await house.do(bin.purge, token, request_id="v-1")
    assert await entries(house) == []
    assert await house.created() != campaign_id
    assert [(kind, given) for kind, _, given, _ in await house.actions()] == [
        ("CAMPAIGN.VOUCHERS_DELETE", {"force": False}),
        ("CAMPAIGN.VOUCHERS_DELETE", {"force": True}),
    ]
    assert [kind for kind in await house.changes() if kind.startswith("voucher_campaign.")][-2:] == [
        "voucher_campaign.deleted",
        "voucher_campaign.created",
    ]


@pytest.mark.parametrize("token", ["", "tbe_000000000000000000", "a\0b"])
async def test_what_is_not_in_the_bin_is_not_purged(house: House, token: str) -> None:
    with pytest.raises(NotFound) as refusal:
        await house.do(bin.purge, token)
    assert refusal.value.details["ref"] == token


async def test_another_organizers_entry_looks_missing(house: House) -> None:
    await house.do(voucher_campaigns.delete, await house.created())
    ((token, _, _, _),) = await entries(house)
    other = await house.another()
    with pytest.raises(NotFound):
        await other.do(bin.purge, token)
    assert len(await entries(house)) == 1


@pytest.mark.parametrize("of", ["campaign", "voucher"])
async def test_what_many_purge_is_purged_once(house: House, beside: House, of: str) -> None:
    campaign_id = await house.created(vouchers_count=1)
    if of == "campaign":
        await house.do(voucher_campaigns.delete, campaign_id)
    else:
        ((voucher_id,),) = await house.vouchers(campaign_id, voucher.c.id)
        await house.do(vouchers.delete, voucher_id)
    ((token, _, _, _),) = await entries(house)
    before = len(await house.actions())
    found = await outcomes(each.do(bin.purge, token) for _ in range(4) for each in (house, beside))
    assert found == {"done": 1, "not_found": 7}
    assert len(await house.actions()) == before + (of == "campaign")
    assert await house.row(campaign_id, _c.vouchers_count) == (1 if of == "campaign" else 0)

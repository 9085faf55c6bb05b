"""Verbs of voucher campaigns: what they keep, what they refuse, what they leave for actions, and who wins a race."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models.code_config import CodeConfig
from models.problems import Invalid, NotFound, PermissionDenied, Problem, Taken
from models.terms import Terms
from models.voucher import voucher, voucher_terms
from models.voucher_campaign import CampaignType, Growth, category, voucher_campaign
from models.voucher_problems import InvalidCampaign, InvalidCodeConfig, InvalidVoucher
from resolvers import bin, categories, voucher_campaigns, vouchers
from resolvers.context import Context
from resolvers.principals import Principal
from resolvers.voucher_campaign_rules import CampaignChanges
from resolvers.voucher_campaigns import Created
from tests.resolvers.house import CARD, GIFT, NEW, PERCENT, House, outcomes
from tests.vouchers import making

_c = voucher_campaign.c


# -- create ------------------------------------------------------------------------------------------------------------


async def test_a_campaign_without_vouchers_is_complete_at_once(house: House) -> None:
    created = await house.do(voucher_campaigns.create, NEW)
    assert created.action is None
    found = await house.row(created.campaign_id, _c.vouchers_count, _c.creation_status, _c.generation_status, _c.active)
    assert found == (0, "DONE", "DONE", True)
    assert await house.changes() == ["voucher_campaign.created"]


async def test_one_voucher_is_made_at_once_and_many_by_an_action(house: House) -> None:
    one = await house.do(voucher_campaigns.create, replace(NEW, vouchers_count=1))
    assert (one.action, await house.row(one.campaign_id, _c.vouchers_count)) == (None, 1)
    many = await house.do(voucher_campaigns.create, replace(NEW, name="Many", vouchers_count=2))
    status = await house.row(many.campaign_id, _c.vouchers_count, _c.creation_status, _c.generation_status)
    assert status == (0, "IN_PROGRESS", "IN_PROGRESS")
    ((kind, campaign_id, _, total),) = await house.actions()
    assert (kind, campaign_id, total) == ("CAMPAIGN.VOUCHERS_GENERATE", many.campaign_id, 2)
    assert many.action is not None


@pytest.mark.parametrize(
    ("terms", "type", "inferred", "quantity"),
    [
        (PERCENT, None, CampaignType.DISCOUNT_COUPONS, 1),
        (GIFT, None, CampaignType.GIFT_VOUCHERS, None),
        (CARD, None, CampaignType.LOYALTY_PROGRAM, None),
        (PERCENT, CampaignType.REFERRAL_PROGRAM, CampaignType.REFERRAL_PROGRAM, 1),
        (GIFT, CampaignType.REFERRAL_PROGRAM, CampaignType.REFERRAL_PROGRAM, None),
        (None, CampaignType.PROMOTION, CampaignType.PROMOTION, None),
    ],
)
async def test_the_type_is_inferred_and_decides_how_often_a_voucher_is_used(
    house: House, terms: Terms | None, type: CampaignType | None, inferred: CampaignType, quantity: int | None
) -> None:
    campaign_id = await house.created(terms=terms, campaign_type=type)
    found = await house.row(campaign_id, _c.campaign_type, _c.quantity, _c.type, _c.join_once, _c.auto_join)
    assert found == (inferred.value, quantity, "STATIC", inferred is CampaignType.LOYALTY_PROGRAM, False)


async def test_a_quantity_that_is_named_counts_and_none_is_no_limit(house: House) -> None:
    assert await house.row(await house.created(quantity=7), _c.quantity) == 7
    assert await house.row(await house.created(name="Endless", quantity=None), _c.quantity) is None


@pytest.mark.parametrize(
    ("terms", "type"),
    [
        (GIFT, CampaignType.DISCOUNT_COUPONS),
        (PERCENT, CampaignType.GIFT_VOUCHERS),
        (PERCENT, CampaignType.LOYALTY_PROGRAM),
        (CARD, CampaignType.REFERRAL_PROGRAM),
        (PERCENT, CampaignType.PROMOTION),
        (None, CampaignType.GIFT_VOUCHERS),
        (None, None),
    ],
)
async def test_a_type_without_its_vouchers_is_refused(
    house: House, terms: Terms | None, type: CampaignType | None
) -> None:
    with pytest.raises(InvalidCampaign):
        await house.created(terms=terms, campaign_type=type)
    assert await house.count(voucher_campaign) == 0


async def test_joining_once_is_for_many_vouchers(house: House) -> None:
    alone = await house.created(type=Growth.STANDALONE, code="ALL", join_once=True)
    assert await house.row(alone, _c.join_once) is False
    assert await house.row(await house.created(name="Once", join_once=True), _c.join_once) is True


async def test_a_standalone_campaign_has_its_one_voucher_with_the_code_it_names(house: House) -> None:
    campaign_id = await house.created(type=Growth.STANDALONE, code="ALL", quantity=None)
    assert await house.vouchers(campaign_id, voucher.c.code, voucher.c.quantity) == [("ALL", None)]
    with pytest.raises(InvalidCampaign, match="You can not generate vouchers for STANDALONE type campaign"):
        await house.do(vouchers.add, campaign_id, code="MORE")
    with pytest.raises(InvalidCampaign):
        await house.do(vouchers.generate, campaign_id, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": None},
        {"code": "ALL", "vouchers_count": 2},
        {"code": "ALL", "terms": CARD},
        {"code": "ALL", "terms": None, "campaign_type": CampaignType.PROMOTION},
    ],
)
async def test_what_cannot_be_standalone_is_refused(house: House, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidCampaign):
        await house.created(type=Growth.STANDALONE, **wrong)


async def test_a_standalone_code_that_is_in_use_leaves_no_campaign_behind(house: House) -> None:
    await house.created(type=Growth.STANDALONE, code="ALL")
    with pytest.raises(Taken):
        await house.created(name="Again", type=Growth.STANDALONE, code="ALL")
    assert (await house.count(voucher_campaign), await house.count(voucher_terms)) == (1, 1)


async def test_a_name_is_taken_letter_for_letter(house: House) -> None:
    await house.created()
    with pytest.raises(Taken) as refusal:
        await house.created()
    assert refusal.value.details == {"noun": "voucher_campaign", "ref": "Spring"}
    assert await house.count(voucher_campaign) == 1
    for other in ("spring", "Spring ", " Spring", "Spring\N{COMBINING ACUTE ACCENT}"):
        assert await house.created(name=other)


async def test_no_name_is_another_campaigns_id(house: House) -> None:
    token = await house.row(await house.created(), _c.token)
    with pytest.raises(Taken):
        await house.created(name=token)
    assert await house.created(name="camp_000000000000000000000000")
    # The one in the bin keeps its id, too.
    await house.do(voucher_campaigns.delete, await house.do(voucher_campaigns.find, token))
    with pytest.raises(Taken):
        await house.created(name=token)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t\n"}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"description": "x" * 10_001}, "description"),
        ({"description": "\0"}, "description"),
        ({"quantity": 0}, "voucher.redemption.quantity"),
        ({"quantity": 2**31}, "voucher.redemption.quantity"),
        ({"metadata": {"a": "x" * 64_000}}, "metadata"),
        ({"vouchers_count": -1}, "vouchers_count"),
        ({"vouchers_count": 10_000_001}, "vouchers_count"),
        ({"vouchers_count": 1, "terms": None, "campaign_type": CampaignType.PROMOTION}, "vouchers_count"),
        ({"category": "x" * 256}, "category"),
        (
            {"starts_at": datetime(2026, 2, 1, tzinfo=UTC), "expires_at": datetime(2026, 1, 1, tzinfo=UTC)},
            "expiration_date",
        ),
        ({"terms": PERCENT.limited(timeframe={"interval": "P2D", "duration": "P1D"})}, "validity_timeframe"),
        ({"promotion": {"tiers": 5}, "terms": None, "campaign_type": CampaignType.PROMOTION}, "promotion.tiers"),
        ({"promotion": {"tiers": ["x"]}, "terms": None, "campaign_type": CampaignType.PROMOTION}, "promotion.tiers"),
    ],
)
async def test_what_no_campaign_can_have_is_refused(house: House, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await house.created(**wrong)
    assert refusal.value.field == field
    assert (await house.count(voucher_campaign), await house.changes()) == (0, [])


async def test_the_ends_of_what_can_be_kept_are_kept(house: House) -> None:
    dates = {"starts_at": datetime(1, 1, 1, tzinfo=UTC), "expires_at": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)}
    campaign_id = await house.created(name="x" * 255, quantity=2**31 - 1, description="x" * 10_000, **dates)
    assert await house.row(campaign_id, _c.starts_at, _c.expires_at) == tuple(dates.values())


async def test_more_vouchers_than_codes_are_refused_before_anything_is_written(house: House) -> None:
    with pytest.raises(InvalidCodeConfig):
        await house.created(code_config=CodeConfig.read({"charset": "ab", "length": 3}), vouchers_count=9)
    assert (await house.count(voucher_campaign), await house.actions()) == (0, [])


async def test_tiers_of_a_promotion_have_ids(house: House) -> None:
    promotion = {"tiers": [{"name": "A"}, {"id": "promo_1", "name": "B"}]}
    campaign_id = await house.created(terms=None, campaign_type=CampaignType.PROMOTION, promotion=promotion)
    first, second = (await house.row(campaign_id, _c.promotion))["tiers"]
    assert first["id"].startswith("promo_")
    assert second["id"] == "promo_1"


async def test_its_first_voucher_has_what_the_campaign_has(house: House) -> None:
    given = {"starts_at": datetime(2026, 1, 1, tzinfo=UTC), "metadata": {"a": 1}, "category": "Fruit", "quantity": 3}
    campaign_id = await house.created(terms=GIFT, vouchers_count=1, **given)
    found = await house.vouchers(
        campaign_id, voucher.c.starts_at, voucher.c.metadata, voucher.c.quantity, voucher.c.loaded_amount
    )
    assert found == [(given["starts_at"], {"a": 1}, 3, 1000)]
    assert await house.vouchers(campaign_id, voucher.c.category_id) == [(await house.row(campaign_id, _c.category_id),)]
    plain = await house.created(name="Plain", vouchers_count=1, metadata={"a": 1}, use_voucher_metadata_schema=False)
    assert await house.vouchers(plain, voucher.c.metadata) == [(None,)]


# -- find --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["a/b c", "100 % off?#&=+", "Größe ☃ 😀", "'; DROP TABLE voucher; --", "\\", "..", "é"]
)
async def test_a_campaign_is_found_by_its_name_and_by_its_id(house: House, name: str) -> None:
    campaign_id = await house.created(name=name)
    token = await house.row(campaign_id, _c.token)
    assert await house.do(voucher_campaigns.find, name) == campaign_id
    assert await house.do(voucher_campaigns.find, token) == campaign_id


@pytest.mark.parametrize("ref", ["", "spring", "camp_", "a\0b", "Spring%"])
async def test_nothing_else_is_found(house: House, ref: str) -> None:
    await house.created()
    with pytest.raises(NotFound) as refusal:
        await house.do(voucher_campaigns.find, ref)
    assert refusal.value.details["ref"] == ref


async def test_another_organizers_campaign_looks_missing_to_every_verb(house: House) -> None:
    campaign_id = await house.created(vouchers_count=1)
    other = await house.another()
    for verb, given in (
        (voucher_campaigns.update, (CampaignChanges(description="x"),)),
        (voucher_campaigns.enable, ()),
        (voucher_campaigns.disable, ()),
        (voucher_campaigns.delete, ()),
        (vouchers.add, ()),
        (vouchers.generate, (2,)),
    ):
        with pytest.raises(NotFound):
            await other.do(verb, campaign_id, *given)
    with pytest.raises(NotFound):
        await other.do(voucher_campaigns.find, "Spring")
    assert await other.created()  # and its name is free
    assert await house.row(campaign_id, _c.active, _c.binned_at, _c.description) == (True, None, None)


async def test_every_verb_asks_for_its_scope(house: House) -> None:
    campaign_id = await house.created(vouchers_count=1)
    reads = Principal("reads", "team", {}, frozenset(("organizer.vouchers:read",)))
    context = Context(house.database, reads)
    for verb, given in (
        (voucher_campaigns.create, (replace(NEW, name="Other"),)),
        (voucher_campaigns.update, (campaign_id, CampaignChanges())),
        (voucher_campaigns.enable, (campaign_id,)),
        (voucher_campaigns.disable, (campaign_id,)),
        (voucher_campaigns.delete, (campaign_id,)),
        (vouchers.add, (campaign_id,)),
        (vouchers.generate, (campaign_id, 2)),
        (vouchers.create, (PERCENT,)),
        (vouchers.update, (1, vouchers.VoucherChanges())),
        (vouchers.enable, (1,)),
        (vouchers.disable, (1,)),
        (vouchers.delete, (1,)),
        (bin.purge, ("tbe_",)),
    ):
        with pytest.raises(PermissionDenied):
            await context.write(making(verb, house.organizer_id, *given))


# -- update ------------------------------------------------------------------------------------------------------------


async def test_what_is_named_is_changed_and_the_rest_stays(house: House) -> None:
    dates = {"starts_at": datetime(2026, 1, 1, tzinfo=UTC), "expires_at": datetime(2026, 2, 1, tzinfo=UTC)}
    campaign_id = await house.created(description="old", category="Fruit", auto_join=True, quantity=3, **dates)
    columns = (_c.description, _c.expires_at, _c.starts_at, _c.category_id, _c.auto_join, _c.quantity, _c.type)
    before = await house.row(campaign_id, *columns)
    await house.do(voucher_campaigns.update, campaign_id, CampaignChanges(description="new", expires_at=None))
    assert await house.row(campaign_id, *columns) == ("new", None, *before[2:])
    assert await house.row(campaign_id, _c.updated_at) is not None
    changes = CampaignChanges(
        description=None, starts_at=None, category=None, auto_join=False, quantity=None, type=Growth.AUTO_UPDATE
    )
    await house.do(voucher_campaigns.update, campaign_id, changes)
    assert await house.row(campaign_id, *columns) == (None, None, None, None, False, None, "AUTO_UPDATE")


async def test_metadata_is_merged_key_by_key(house: House) -> None:
    campaign_id = await house.created(metadata={"a": 1, "b": 2, "c": 3, "d": 4})
    changes = CampaignChanges(metadata={"a": 10, "b": None, "e": 5, "d": 6}, unset_metadata_fields=("c", "d", "z"))
    await house.do(voucher_campaigns.update, campaign_id, changes)
    assert await house.row(campaign_id, _c.metadata) == {"a": 10, "e": 5, "d": 6}
    ((_, _, given, _),) = await house.actions()
    assert given["metadata"] == {"set": {"a": 10, "e": 5, "d": 6}, "unset": ["c", "d", "z", "b"]}


async def test_metadata_does_not_grow_without_end(house: House) -> None:
    campaign_id = await house.created(metadata={"a": "x" * 40_000})
    with pytest.raises(Invalid) as refusal:
        await house.do(voucher_campaigns.update, campaign_id, CampaignChanges(metadata={"b": "x" * 40_000}))
    assert refusal.value.field == "metadata"
    assert list(await house.row(campaign_id, _c.metadata)) == ["a"]


async def test_vouchers_without_the_campaigns_metadata_do_not_get_it_by_an_update(house: House) -> None:
    campaign_id = await house.created(use_voucher_metadata_schema=False)
    await house.do(voucher_campaigns.update, campaign_id, CampaignChanges(metadata={"a": 1}))
    ((_, _, given, _),) = await house.actions()
    assert given["metadata"] == {"set": {}, "unset": []}


async def test_an_update_is_passed_on_by_an_action(house: House) -> None:
    campaign_id = await house.created(vouchers_count=1, starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    expires_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    changes = CampaignChanges(
        expires_at=expires_at,
        quantity=4,
        description="not the vouchers'",
        benefit={"type": "PERCENT", "percent_off": 9},
    )
    action = await house.do(voucher_campaigns.update, campaign_id, changes, request_id="v-1")
    assert action is not None
    assert await house.row(campaign_id, _c.creation_status, _c.generation_status) == ("MODIFYING", "MODIFYING")
    ((kind, _, given, total),) = await house.actions()
    terms_id = await house.row(campaign_id, _c.terms_id)
    assert (kind, total) == ("CAMPAIGN.VOUCHERS_UPDATE", 1)
    assert given["set"] == {"quantity": 4, "expires_at": expires_at.isoformat(), "terms_id": terms_id}
    # The voucher has its old terms until the action comes to it.
    assert await house.vouchers(campaign_id, voucher.c.terms_id) == [(terms_id - 1,)]


async def test_the_same_benefit_makes_no_new_terms(house: House) -> None:
    campaign_id = await house.created()
    before = await house.row(campaign_id, _c.terms_id)
    changes = CampaignChanges(benefit=PERCENT.benefit, validity_day_of_week=None, activity_duration=None)
    await house.do(voucher_campaigns.update, campaign_id, changes)
    assert await house.row(campaign_id, _c.terms_id) == before
    assert await house.count(voucher_terms) == 1


async def test_a_promotion_is_changed_at_once_and_has_no_benefit(house: House) -> None:
    campaign_id = await house.created(terms=None, campaign_type=CampaignType.PROMOTION)
    assert await house.do(voucher_campaigns.update, campaign_id, CampaignChanges(description="x")) is None
    assert await house.row(campaign_id, _c.description, _c.creation_status) == ("x", "DONE")
    with pytest.raises(InvalidCampaign):
        await house.do(voucher_campaigns.update, campaign_id, CampaignChanges(benefit={"amount": 1}))


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (CampaignChanges(benefit={"type": "AMOUNT", "amount_off": 1}), InvalidVoucher),
        (CampaignChanges(benefit={"type": "PERCENT", "percent_off": 101}), Invalid),
        (CampaignChanges(type=Growth.STANDALONE), InvalidCampaign),
        (CampaignChanges(expires_at=datetime(2025, 12, 31, tzinfo=UTC)), Invalid),
        (CampaignChanges(validity_timeframe={"interval": "P2D", "duration": "P1D"}, starts_at=None), Invalid),
        (CampaignChanges(validity_day_of_week=[9]), Invalid),
        (CampaignChanges(quantity=0), Invalid),
        (CampaignChanges(description="\0"), Invalid),
        (CampaignChanges(category_token="cat_none"), NotFound),
        (CampaignChanges(category_token="\0"), NotFound),
    ],
)
async def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    house: House, wrong: CampaignChanges, kind: type[Problem]
) -> None:
    campaign_id = await house.created(starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(kind):
        await house.do(voucher_campaigns.update, campaign_id, replace(wrong, join_once=True))
    assert await house.row(campaign_id, _c.join_once, _c.updated_at) == (False, None)
    assert (await house.actions(), await house.count(voucher_terms)) == ([], 1)


async def test_a_standalone_campaign_stays_one(house: House) -> None:
    campaign_id = await house.created(type=Growth.STANDALONE, code="ALL")
    with pytest.raises(InvalidCampaign):
        await house.do(voucher_campaigns.update, campaign_id, CampaignChanges(type=Growth.STATIC))


# -- enable, disable ---------------------------------------------------------------------------------------------------


async def test_switching_is_idempotent_and_leaves_the_vouchers_alone(house: House) -> None:
    campaign_id = await house.created(vouchers_count=1)
    for verb in (voucher_campaigns.disable, voucher_campaigns.disable):
        assert await house.do(verb, campaign_id) == campaign_id
        assert await house.row(campaign_id, _c.active) is False
    assert await house.vouchers(campaign_id, voucher.c.active) == [(True,)]
    for verb in (voucher_campaigns.enable, voucher_campaigns.enable):
        await house.do(verb, campaign_id)
        assert await house.row(campaign_id, _c.active) is True
    told = [kind for kind in await house.changes() if "abled" in kind]
    assert told == ["voucher_campaign.disabled", "voucher_campaign.enabled"]


@pytest.mark.parametrize("verb", [voucher_campaigns.enable, voucher_campaigns.disable])
async def test_what_is_gone_cannot_be_switched(house: House, verb: Any) -> None:
    campaign_id = await house.created()
    await house.do(voucher_campaigns.delete, campaign_id)
    for missing in (campaign_id, 999):
        with pytest.raises(NotFound):
            await house.do(verb, missing)


# -- delete ------------------------------------------------------------------------------------------------------------


async def test_a_campaign_in_the_bin_is_gone_and_keeps_its_name_and_codes(house: House) -> None:
    campaign_id = await house.created(vouchers_count=1)
    await house.do(vouchers.add, campaign_id, code="MINE")
    deleted = await house.do(voucher_campaigns.delete, campaign_id)
    assert deleted.campaign_id == campaign_id
    with pytest.raises(NotFound):
        await house.do(voucher_campaigns.find, "Spring")
    with pytest.raises(NotFound):
        await house.do(vouchers.find, "MINE")
    with pytest.raises(Taken):
        await house.created()
    with pytest.raises(Taken):
        await house.do(vouchers.create, PERCENT, code="MINE")
    with pytest.raises(NotFound):
        await house.do(voucher_campaigns.delete, campaign_id)
    ((kind, _, given, total),) = await house.actions()
    assert (kind, given, total) == ("CAMPAIGN.VOUCHERS_DELETE", {"force": False}, 2)


async def test_a_campaign_deleted_by_force_frees_its_name_at_once(house: House) -> None:
    campaign_id = await house.created(vouchers_count=1)
    await house.do(voucher_campaigns.delete, campaign_id, force=True)
    assert await house.created() != campaign_id
    ((_, _, given, _),) = await house.actions()
    assert given == {"force": True}
    assert "voucher_campaign.deleted" in await house.changes()


# -- races -------------------------------------------------------------------------------------------------------------


async def test_one_of_many_gets_the_name(house: House, beside: House) -> None:
    acts: list[Awaitable[Created]] = [
        each.do(voucher_campaigns.create, replace(NEW, vouchers_count=1)) for _ in range(8) for each in (house, beside)
    ]
    assert await outcomes(acts) == {"done": 1, "taken": 15}
    assert (await house.count(voucher_campaign), await house.count(voucher), await house.count(voucher_terms)) == (
        1,
        1,
        1,
    )


async def test_one_of_many_gets_the_code_whatever_the_campaign(house: House, beside: House) -> None:
    campaigns = [await house.created(), await house.created(name="Other", terms=GIFT)]
    acts = [
        each.do(vouchers.add, campaign_id, code="ONLY")
        for _ in range(4)
        for each in (house, beside)
        for campaign_id in campaigns
    ]
    acts += [each.do(vouchers.create, GIFT, code="ONLY") for each in (house, beside)]
    assert await outcomes(acts) == {"done": 1, "taken": 17}
    counts = [await house.row(campaign_id, _c.vouchers_count) for campaign_id in campaigns]
    assert sum(counts) == len([row for each in campaigns for row in await house.vouchers(each, voucher.c.id)])


async def test_vouchers_added_while_the_campaign_is_updated_are_all_counted(house: House, beside: House) -> None:
    campaign_id = await house.created()
    acts: list[Awaitable[Any]] = []
    for number in range(10):
        acts.append(house.do(vouchers.add, campaign_id, code=f"H{number}"))
        acts.append(beside.do(vouchers.add, campaign_id, code=f"B{number}"))
        acts.append(beside.do(voucher_campaigns.update, campaign_id, CampaignChanges(metadata={f"k{number}": number})))
    assert await outcomes(acts) == {"done": 30}
    assert await house.row(campaign_id, _c.vouchers_count) == 20
    assert len(await house.row(campaign_id, _c.metadata)) == 10


async def test_nothing_is_added_to_a_campaign_once_it_is_deleted(house: House, beside: House) -> None:
    campaign_id = await house.created()
    acts: list[Awaitable[Any]] = [beside.do(vouchers.add, campaign_id) for _ in range(10)]
    acts.insert(5, house.do(voucher_campaigns.delete, campaign_id))
    found = await outcomes(acts)
    added = found["done"] - 1
    assert found["not_found"] == 10 - added
    assert (
        await house.row(campaign_id, _c.vouchers_count) == added == len(await house.vouchers(campaign_id, voucher.c.id))
    )


async def test_a_campaign_is_deleted_once(house: House, beside: House) -> None:
    campaign_id = await house.created()
    acts: list[Awaitable[Any]] = [
        each.do(voucher_campaigns.delete, campaign_id, force=force)
        for each in (house, beside)
        for force in (True, False)
    ]
    assert await outcomes(acts) == {"done": 1, "not_found": 3}
    assert len(await house.actions()) == 1


async def test_vouchers_are_deleted_and_added_at_once_in_one_order_of_locks(house: House, beside: House) -> None:
    campaign_id = await house.created(terms=GIFT)
    ids = [await house.do(vouchers.add, campaign_id, code=f"C{number}") for number in range(8)]
    acts: list[Awaitable[Any]] = []
    for number, voucher_id in enumerate(ids):
        acts.append(house.do(vouchers.delete, voucher_id, force=number % 2 == 0))
        acts.append(beside.do(vouchers.add, campaign_id, code=f"C{number}"))
        acts.append(beside.do(vouchers.add, campaign_id, code=f"N{number}"))
    found = await outcomes(acts)
    assert set(found) <= {"done", "taken"}
    assert await house.count(category) == 0
    left = await house.vouchers(campaign_id, voucher.c.binned_at)
    assert await house.row(campaign_id, _c.vouchers_count) == len([row for row in left if row == (None,)])


async def test_a_category_that_many_name_first_comes_into_being_once(house: House, beside: House) -> None:
    acts: list[Awaitable[Any]] = [each.do(categories.named, "Fruit") for _ in range(5) for each in (house, beside)]
    ids = await asyncio.gather(*acts)
    assert (len(set(ids)), await house.count(category)) == (1, 1)

"""Verbs of vouchers: what they keep, what they refuse, and which codes they make up."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.sql.base import Executable

from models.code_config import CodeConfig
from models.database import Rows
from models.gift_card import gift_card
from models.problems import Invalid, NotFound, Problem, Taken
from models.voucher import voucher, voucher_terms
from models.voucher_campaign import CampaignType, category, voucher_campaign
from models.voucher_problems import InvalidCampaign, InvalidCodeConfig, InvalidVoucher
from resolvers import categories, ledger, vouchers
from resolvers.context import Context, Work
from resolvers.principals import system
from resolvers.vouchers import Overrides, VoucherChanges
from tests.resolvers import databases
from tests.resolvers.house import CARD, GIFT, PERCENT, House, outcomes

_c = voucher.c
JANUARY, FEBRUARY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


async def balances(house: House) -> list[tuple[int, str, bool]]:
    found = await databases.rows(
        house.database, select(gift_card.c.balance, gift_card.c.currency, gift_card.c.active).order_by(gift_card.c.id)
    )
    return [(row[0], row[1], row[2]) for row in found]


# -- add ---------------------------------------------------------------------------------------------------------------


async def test_an_added_voucher_is_as_the_campaign_has_it(house: House) -> None:
    given = {"starts_at": JANUARY, "expires_at": FEBRUARY, "quantity": 5, "metadata": {"a": 1}, "category": "Fruit"}
    campaign_id = await house.created(**given)
    voucher_id = await house.do(vouchers.add, campaign_id)
    found = await house.voucher(voucher_id, _c.starts_at, _c.expires_at, _c.quantity, _c.metadata, _c.active)
    assert found == (JANUARY, FEBRUARY, 5, {"a": 1}, True)
    columns = voucher_campaign.c
    assert await house.voucher(voucher_id, _c.terms_id, _c.category_id) == await house.row(
        campaign_id, columns.terms_id, columns.category_id
    )
    assert await house.row(campaign_id, columns.vouchers_count) == 1
    assert await house.changes() == ["voucher_campaign.created", "voucher.created"]


async def test_an_added_voucher_has_what_is_its_own(house: House) -> None:
    campaign_id = await house.created(metadata={"a": 1, "b": 2}, category="Fruit", starts_at=JANUARY)
    own = Overrides(
        quantity=None,
        active=False,
        category="Nuts",
        metadata={"b": 3},
        additional_info="by hand",
        starts_at=FEBRUARY,
        expires_at=FEBRUARY,
    )
    voucher_id = await house.do(vouchers.add, campaign_id, code="MINE", own=own)
    columns = (_c.code, _c.quantity, _c.active, _c.metadata, _c.additional_info, _c.starts_at, _c.expires_at)
    assert await house.voucher(voucher_id, *columns) == (
        "MINE",
        None,
        False,
        {"a": 1, "b": 3},
        "by hand",
        FEBRUARY,
        FEBRUARY,
    )
    assert await house.voucher(voucher_id, _c.category_id) == await house.do(categories.named, "Nuts")


async def test_vouchers_of_a_campaign_that_keeps_its_metadata_have_their_own_alone(house: House) -> None:
    campaign_id = await house.created(metadata={"a": 1}, use_voucher_metadata_schema=False)
    voucher_id = await house.do(vouchers.add, campaign_id, own=Overrides(metadata={"b": 2}))
    assert await house.voucher(voucher_id, _c.metadata) == {"b": 2}


@pytest.mark.parametrize(
    ("terms", "balance", "currency"), [(GIFT, 1000, "EUR"), (CARD, 100, "XXX"), (PERCENT, None, None)]
)
async def test_what_holds_a_balance_has_it_in_the_ledger(
    house: House, terms: Any, balance: int | None, currency: str | None
) -> None:
    campaign_id = await house.created(terms=terms)
    voucher_id = await house.do(vouchers.add, campaign_id)
    assert await house.voucher(voucher_id, _c.loaded_amount) == balance
    assert await balances(house) == ([] if balance is None else [(balance, currency, True)])
    assert await ledger.differences(house.database) == []


@pytest.mark.parametrize(
    "code",
    ["a/b c", "100 %?#&=+", "Größe ☃ 😀", "'; DROP TABLE voucher; --", "\\", "..", " ", "x" * 255, "v_1", "camp_"],
)
async def test_a_code_may_be_anything(house: House, code: str) -> None:
    campaign_id = await house.created()
    voucher_id = await house.do(vouchers.add, campaign_id, code=code)
    assert await house.do(vouchers.find, code) == voucher_id
    assert await house.do(vouchers.find, await house.voucher(voucher_id, _c.token)) == voucher_id


async def test_codes_differ_in_the_case_of_their_letters(house: House) -> None:
    campaign_id = await house.created()
    assert await house.do(vouchers.add, campaign_id, code="a") != await house.do(vouchers.add, campaign_id, code="A")


async def test_the_code_counts_before_the_id(house: House) -> None:
    campaign_id = await house.created()
    first = await house.do(vouchers.add, campaign_id, code="FIRST")
    second = await house.do(vouchers.add, campaign_id, code=await house.voucher(first, _c.token))
    assert await house.do(vouchers.find, await house.voucher(first, _c.token)) == second
    assert await house.do(vouchers.find, "FIRST") == first


@pytest.mark.parametrize("ref", ["", "first", "v_", "a\0b"])
async def test_nothing_else_is_found(house: House, ref: str) -> None:
    await house.do(vouchers.create, PERCENT, code="FIRST")
    with pytest.raises(NotFound):
        await house.do(vouchers.find, ref)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "a\0b"}, "code"),
        ({"code": "x" * 256}, "code"),
        ({"own": Overrides(quantity=0)}, "redemption.quantity"),
        ({"own": Overrides(quantity=2**31)}, "redemption.quantity"),
        ({"own": Overrides(additional_info="\0")}, "additional_info"),
        ({"own": Overrides(additional_info="x" * 10_001)}, "additional_info"),
        ({"own": Overrides(metadata={"a": "x" * 64_000})}, "metadata"),
        ({"own": Overrides(category="x" * 256)}, "category"),
        ({"own": Overrides(expires_at=JANUARY - timedelta(days=1))}, "expiration_date"),
        ({"own": Overrides(starts_at=FEBRUARY, expires_at=JANUARY)}, "expiration_date"),
    ],
)
async def test_what_no_voucher_can_have_is_refused(house: House, wrong: dict[str, Any], field: str) -> None:
    campaign_id = await house.created(starts_at=JANUARY)
    with pytest.raises(Invalid) as refusal:
        await house.do(vouchers.add, campaign_id, **wrong)
    assert refusal.value.field == field
    if "own" in wrong:
        with pytest.raises(Invalid):
            await house.do(vouchers.generate, campaign_id, 2, own=wrong["own"])
    assert (await house.count(voucher), await house.actions(), await house.count(category)) == (0, [], 0)


@pytest.mark.parametrize("count", [0, -1, 10_000_001])
async def test_not_every_number_can_be_generated(house: House, count: int) -> None:
    campaign_id = await house.created()
    with pytest.raises(Invalid) as refusal:
        await house.do(vouchers.generate, campaign_id, count)
    assert refusal.value.field == "vouchers_count"


async def test_many_are_left_to_an_action(house: House) -> None:
    campaign_id = await house.created()
    own = Overrides(quantity=3, category="Nuts", expires_at=FEBRUARY, metadata={"a": 1})
    config = CodeConfig.read({"pattern": "A-####"})
    await house.do(vouchers.generate, campaign_id, 5, own=own, code_config=config, request_id="v-1")
    ((kind, of, given, total),) = await house.actions()
    assert (kind, of, total) == ("CAMPAIGN.VOUCHERS_GENERATE", campaign_id, 5)
    assert given["code_config"]["pattern"] == "A-####"
    category_id = await house.do(categories.named, "Nuts")
    told = {"quantity": 3, "category_id": category_id, "expires_at": FEBRUARY.isoformat(), "metadata": {"a": 1}}
    assert told.items() <= given["own"].items()


async def test_promotions_have_no_vouchers(house: House) -> None:
    campaign_id = await house.created(terms=None, campaign_type=CampaignType.PROMOTION)
    with pytest.raises(InvalidCampaign):
        await house.do(vouchers.add, campaign_id)
    with pytest.raises(InvalidCampaign):
        await house.do(vouchers.generate, campaign_id, 2)


async def test_a_code_in_use_is_refused_whoever_has_it(house: House) -> None:
    campaigns = [await house.created(), await house.created(name="Other")]
    await house.do(vouchers.add, campaigns[0], code="MINE")
    for act in (
        house.do(vouchers.add, campaigns[0], code="MINE"),
        house.do(vouchers.add, campaigns[1], code="MINE"),
        house.do(vouchers.create, GIFT, code="MINE"),
    ):
        with pytest.raises(Taken) as refusal:
            await act
        assert refusal.value.details == {"noun": "voucher", "ref": "MINE"}
    assert await balances(house) == []
    other = await house.another()
    assert await other.do(vouchers.create, PERCENT, code="MINE")


# -- codes that are made up --------------------------------------------------------------------------------------------


async def codes(house: House, campaign_id: int) -> list[str]:
    return [row[0] for row in await house.vouchers(campaign_id, _c.code)]


async def test_codes_are_made_as_the_campaign_says_unless_the_request_does(house: House) -> None:
    config = CodeConfig.read({"pattern": "AB-##", "charset": "01", "prefix": "<", "postfix": ">"})
    campaign_id = await house.created(code_config=config)
    for _ in range(3):
        await house.do(vouchers.add, campaign_id)
    assert all(code.startswith("<AB-") and code.endswith(">") for code in await codes(house, campaign_id))
    await house.do(vouchers.add, campaign_id, code_config=CodeConfig.read({"pattern": "ONE"}))
    assert (await codes(house, campaign_id))[-1] == "ONE"


@pytest.mark.parametrize(
    "given", [{"pattern": "ONLY"}, {"charset": "01", "length": 3}, {"charset": "0123", "length": 4}]
)
async def test_a_small_space_is_used_to_its_last_code_and_no_further(house: House, given: dict[str, Any]) -> None:
    config = CodeConfig.read(given)
    campaign_id = await house.created(code_config=config)
    for _ in range(config.space):
        await house.do(vouchers.add, campaign_id)
    assert sorted(await codes(house, campaign_id)) == sorted(config.all_codes())
    with pytest.raises(InvalidCodeConfig) as refusal:
        await house.do(vouchers.add, campaign_id)
    assert refusal.value.details["reason"] == "infeasible"
    assert await house.row(campaign_id, voucher_campaign.c.vouchers_count) == config.space


class Counted(Work):
    """A unit of work that counts its statements."""

    count = 0

    async def rows(self, clause: Executable, /, **parameters: Any) -> Rows:
        Counted.count += 1
        return await super().rows(clause, **parameters)


async def test_a_full_space_is_recognised_in_few_statements(house: House) -> None:
    """Whoever else wants to write on SQLite waits meanwhile."""
    config = CodeConfig.read({"charset": "0123456789", "length": 2})
    campaign_id = await house.created(code_config=config)
    for code in config.all_codes():
        await house.do(vouchers.add, campaign_id, code=code)
    context, before = Context(house.database, system({})), Counted.count
    with pytest.raises(InvalidCodeConfig):
        await house.database.write(lambda tx: vouchers.add(Counted(tx, context), house.organizer_id, campaign_id))
    # The one that is tried at once, then a look at those drawn and a look at all.
    assert Counted.count - before <= 5


async def test_the_last_codes_of_a_small_space_are_shared_among_those_who_race_for_them(
    house: House, beside: House
) -> None:
    config = CodeConfig.read({"charset": "0123456789", "length": 1})
    campaigns = [await house.created(name=name, code_config=config) for name in "ab"]
    acts: list[Awaitable[Any]] = [
        each.do(vouchers.add, campaign_id) for _ in range(3) for each in (house, beside) for campaign_id in campaigns
    ]
    assert await outcomes(acts) == {"done": 10, "invalid_code_config": 2}


# -- create ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("terms", "quantity"), [(PERCENT, 1), (GIFT, None), (CARD, None)])
async def test_a_voucher_alone(house: House, terms: Any, quantity: int | None) -> None:
    voucher_id = await house.do(vouchers.create, terms, own=Overrides(metadata={}, category="Fruit"))
    found = await house.voucher(voucher_id, _c.campaign_id, _c.quantity, _c.metadata, _c.loaded_amount)
    assert found == (None, quantity, None, terms.amount)
    assert len(await house.voucher(voucher_id, _c.code)) == 8
    assert await house.changes() == ["voucher.created"]


async def test_a_voucher_alone_has_what_is_named(house: House) -> None:
    own = Overrides(quantity=None, active=False, starts_at=JANUARY, expires_at=FEBRUARY, additional_info="x")
    voucher_id = await house.do(vouchers.create, PERCENT, code="MINE", own=own)
    columns = (_c.code, _c.quantity, _c.active, _c.starts_at, _c.expires_at, _c.additional_info)
    assert await house.voucher(voucher_id, *columns) == ("MINE", None, False, JANUARY, FEBRUARY, "x")


async def test_a_refused_voucher_leaves_no_terms_behind(house: House) -> None:
    with pytest.raises(Invalid):
        await house.do(vouchers.create, PERCENT, own=Overrides(starts_at=FEBRUARY, expires_at=JANUARY))
    await house.do(vouchers.create, PERCENT, code="MINE")
    with pytest.raises(Taken):
        await house.do(vouchers.create, PERCENT, code="MINE")
    assert await house.count(voucher_terms) == 1


# -- update ------------------------------------------------------------------------------------------------------------


async def test_what_is_named_is_changed_and_the_rest_stays(house: House) -> None:
    own = Overrides(quantity=3, starts_at=JANUARY, expires_at=FEBRUARY, metadata={"a": 1, "b": 2}, category="Fruit")
    voucher_id = await house.do(vouchers.create, PERCENT, own=own)
    columns = (_c.expires_at, _c.metadata, _c.quantity, _c.starts_at, _c.category_id, _c.active)
    before = await house.voucher(voucher_id, *columns)
    await house.do(vouchers.update, voucher_id, VoucherChanges(expires_at=None, metadata={"a": None, "c": 3}))
    assert await house.voucher(voucher_id, *columns) == (None, {"b": 2, "c": 3}, *before[2:])
    assert await house.voucher(voucher_id, _c.updated_at) is not None
    changes = VoucherChanges(
        quantity=None, starts_at=None, category=None, active=False, metadata={"b": None, "c": None}
    )
    await house.do(vouchers.update, voucher_id, changes)
    assert await house.voucher(voucher_id, *columns) == (None, None, None, None, None, False)
    assert await house.changes() == ["voucher.created", "voucher.updated", "voucher.updated"]


async def test_a_change_of_nothing_is_none(house: House) -> None:
    voucher_id = await house.do(vouchers.create, GIFT)
    await house.do(vouchers.update, voucher_id, VoucherChanges(benefit={"amount": 7}, validity_hours=None))
    assert await house.voucher(voucher_id, _c.updated_at) is None
    assert (await house.changes(), await house.count(voucher_terms)) == (["voucher.created"], 1)


async def test_one_voucher_is_changed_and_not_those_that_shared_its_terms(house: House) -> None:
    campaign_id = await house.created()
    first, second = [await house.do(vouchers.add, campaign_id) for _ in range(2)]
    await house.do(vouchers.update, first, VoucherChanges(benefit={"type": "PERCENT", "percent_off": 50}))
    assert await house.voucher(first, _c.terms_id) != await house.voucher(second, _c.terms_id)
    assert await house.voucher(second, _c.terms_id) == await house.row(campaign_id, voucher_campaign.c.terms_id)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (VoucherChanges(benefit={"type": "AMOUNT", "amount_off": 1}), InvalidVoucher),
        (VoucherChanges(benefit={}), Invalid),
        (VoucherChanges(expires_at=JANUARY - timedelta(days=1)), Invalid),
        (VoucherChanges(quantity=0), Invalid),
        (VoucherChanges(additional_info="\0"), Invalid),
        (VoucherChanges(metadata={"b": "x" * 40_000}), Invalid),
        (VoucherChanges(validity_timeframe={"interval": "P2D", "duration": "P1D"}, starts_at=None), Invalid),
        (VoucherChanges(category_token="cat_none"), NotFound),
    ],
)
async def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    house: House, wrong: VoucherChanges, kind: type[Problem]
) -> None:
    own = Overrides(starts_at=JANUARY, metadata={"a": "x" * 40_000})
    voucher_id = await house.do(vouchers.create, PERCENT, own=own)
    with pytest.raises(kind):
        await house.do(vouchers.update, voucher_id, wrong)
    assert await house.voucher(voucher_id, _c.updated_at) is None
    assert await house.count(voucher_terms) == 1


async def test_changes_at_once_are_all_made(house: House, beside: House) -> None:
    voucher_id = await house.do(vouchers.create, PERCENT)
    acts = [
        each.do(vouchers.update, voucher_id, VoucherChanges(metadata={f"{name}{number}": number}))
        for number in range(8)
        for name, each in (("a", house), ("b", beside))
    ]
    assert await outcomes(acts) == {"done": 16}
    assert len(await house.voucher(voucher_id, _c.metadata)) == 16


# -- enable, disable, delete -------------------------------------------------------------------------------------------


async def test_switching_is_idempotent(house: House) -> None:
    voucher_id = await house.do(vouchers.create, PERCENT)
    for verb, active in ((vouchers.disable, False), (vouchers.disable, False), (vouchers.enable, True)):
        assert await house.do(verb, voucher_id) == voucher_id
        assert await house.voucher(voucher_id, _c.active) is active
    assert await house.changes() == ["voucher.created", "voucher.disabled", "voucher.enabled"]


async def test_a_voucher_in_the_bin_is_gone_counts_no_more_and_keeps_its_code(house: House) -> None:
    campaign_id = await house.created()
    voucher_id = await house.do(vouchers.add, campaign_id, code="MINE")
    await house.do(vouchers.delete, voucher_id)
    assert await house.row(campaign_id, voucher_campaign.c.vouchers_count) == 0
    for verb, given in (
        (vouchers.update, (VoucherChanges(active=False),)),
        (vouchers.enable, ()),
        (vouchers.disable, ()),
        (vouchers.delete, ()),
    ):
        with pytest.raises(NotFound):
            await house.do(verb, voucher_id, *given)
    with pytest.raises(Taken):
        await house.do(vouchers.add, campaign_id, code="MINE")


@pytest.mark.parametrize("terms", [PERCENT, GIFT, CARD])
async def test_a_voucher_deleted_by_force_leaves_nothing_but_the_ledger(house: House, terms: Any) -> None:
    campaign_id = await house.created(terms=terms)
    voucher_id = await house.do(vouchers.add, campaign_id, code="MINE")
    await house.do(vouchers.delete, voucher_id, force=True)
    assert (await house.count(voucher), await house.row(campaign_id, voucher_campaign.c.vouchers_count)) == (0, 0)
    assert [active for _, _, active in await balances(house)] == [False] * (terms is not PERCENT)
    assert await ledger.differences(house.database) == []
    assert await house.do(vouchers.add, campaign_id, code="MINE") != voucher_id


async def test_another_organizers_voucher_looks_missing_to_every_verb(house: House) -> None:
    voucher_id = await house.do(vouchers.create, PERCENT, code="MINE")
    other = await house.another()
    for verb, given in (
        (vouchers.update, (VoucherChanges(active=False),)),
        (vouchers.enable, ()),
        (vouchers.disable, ()),
        (vouchers.delete, ()),
    ):
        with pytest.raises(NotFound):
            await other.do(verb, voucher_id, *given)
    with pytest.raises(NotFound):
        await other.do(vouchers.delete, voucher_id, force=True)
    with pytest.raises(NotFound):
        await other.do(vouchers.find, "MINE")
    assert await house.voucher(voucher_id, _c.active, _c.binned_at) == (True, None)


@pytest.mark.parametrize("force", [True, False])
async def test_a_voucher_is_deleted_once(house: House, beside: House, force: bool) -> None:
    campaign_id = await house.created(vouchers_count=1)
    await house.do(vouchers.add, campaign_id)
    ((voucher_id,), _) = await house.vouchers(campaign_id, _c.id)
    acts = [each.do(vouchers.delete, voucher_id, force=force) for _ in range(3) for each in (house, beside)]
    assert await outcomes(acts) == {"done": 1, "not_found": 5}
    assert await house.row(campaign_id, voucher_campaign.c.vouchers_count) == 1

"""The rows of voucher campaigns, what is asked of them, and how bulk work is judged. Nothing is timed."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import bulk, voucher_checks, vouchers
from benchmarks.bulk import BULK, Round
from benchmarks.checks import Wrong
from benchmarks.contenders import FastapiOrm, compared
from benchmarks.engines import Sqlite
from benchmarks.load import Result
from benchmarks.memory import Memory


def campaigns() -> dict[str, Any]:
    """The right answer, ids and times being everyone's own."""
    newest = range(vouchers.CAMPAIGN_COUNT - 1, vouchers.CAMPAIGN_COUNT - 51, -1)
    own = {"created_at": "2026-11-01T12:00:00.000Z"}
    rows = [{"id": f"camp_{number}", **own, **voucher_checks.campaign(vouchers.Campaign(number))} for number in newest]
    return {"object": "list", "data_ref": "campaigns", "campaigns": rows, "total": 1000}


def redeemed(**changes: Any) -> dict[str, Any]:
    """A right answer to a redemption of the first voucher."""
    off = dict.fromkeys(("discount_amount", "total_discount_amount", "applied_discount_amount"), 600)
    order = {
        "object": "order",
        "status": "PAID",
        "amount": 12000,
        "total_amount": 11400,
        **off,
        "redemptions": {"r": 1},
    }
    voucher = {
        "id": "v",
        "code": "BENCH-0000-00",
        "campaign": "Benchmark 0000",
        "type": "DISCOUNT_VOUCHER",
        "discount": vouchers.Campaign(0).benefit,
        "active": True,
        "redemption": {"quantity": None, "redeemed_quantity": 1},
    }
    row = {"id": "r", "object": "redemption", "result": "SUCCESS", "status": "SUCCEEDED", "related_object_id": "v"}
    order |= changes
    return {"redemptions": [{**row, "order": order, "voucher": voucher}], "order": order}


def a_round(seconds: float, megabytes: float, p99_ms: float) -> Round:
    beside = Result(100, 40.0, 1.0, p99_ms, 0.0, 0.0, 0, 0, {"200": 100})
    return Round(seconds, Memory(megabytes, megabytes), beside)


def test_every_code_is_another_voucher() -> None:
    codes = vouchers.coupons() + vouchers.gifts()
    assert len(set(codes)) == len(codes) == vouchers.COUPON_COUNT + vouchers.GIFT_COUNT == 11_000
    assert vouchers.campaign_of(codes[-1]).is_gift


def test_neighbours_are_of_different_campaigns() -> None:
    first, second = vouchers.coupons()[:2]
    assert vouchers.campaign_of(first) != vouchers.campaign_of(second)


def test_the_right_page_of_campaigns_passes() -> None:
    voucher_checks.campaigns(campaigns())


@pytest.mark.parametrize(
    "change",
    [
        {"total": 999},
        {"campaigns": campaigns()["campaigns"][:-1]},
        {"campaigns": campaigns()["campaigns"][::-1]},
        {"campaigns": [{**row, "vouchers_count": 0} for row in campaigns()["campaigns"]]},
        {"campaigns": [{**row, "more": 1} for row in campaigns()["campaigns"]]},
        {"campaigns": [{**row, "id": "camp_1"} for row in campaigns()["campaigns"]]},
    ],
)
def test_any_other_page_of_campaigns_is_wrong(change: dict[str, Any]) -> None:
    with pytest.raises(Wrong):
        voucher_checks.campaigns({**campaigns(), **change})


def test_the_right_redemption_passes() -> None:
    voucher_checks.redeemed(redeemed())


@pytest.mark.parametrize(
    "change", [{"total_amount": 11401}, {"discount_amount": 0}, {"status": "CANCELED"}, {"redemptions": {"other": 1}}]
)
def test_any_other_redemption_is_wrong(change: dict[str, Any]) -> None:
    with pytest.raises(Wrong):
        voucher_checks.redeemed(redeemed(**change))


@pytest.mark.parametrize(("used", "kept", "exact"), [(7, 7, True), (6, 7, False), (7, 8, False)])
def test_redemptions_are_exact_if_each_was_counted_once(tmp_path: Path, used: int, kept: int, exact: bool) -> None:
    contender = FastapiOrm(Sqlite(tmp_path), tmp_path)
    contender.answered["redemptions"] = 7
    assert compared(contender, "redemptions", {"vouchers": used, "redemptions": kept}).exact is exact


def test_bulk_work_is_judged_by_its_median_time_and_its_worst_memory_and_delay() -> None:
    rounds = [a_round(10, 90, 5), a_round(12, 160, 6), a_round(30, 80, 70)]
    figure = bulk.figure(BULK[0], "sqlite", bulk.ROWS, rounds)
    assert (figure.seconds, figure.memory_mb, figure.p99_ms) == (12, 160, 70)
    assert [goal.met for goal in figure.goals] == [True, False, False]


def test_time_has_a_target_for_a_million_alone() -> None:
    figure = bulk.figure(BULK[0], "postgresql", 1000, [a_round(100, 1, 1)])
    assert [goal.text for goal in figure.goals] == ["< 150 MB", "p99 < 50 ms"]


def test_no_code_of_the_file_comes_twice(tmp_path: Path) -> None:
    lines = bulk.csv_file(tmp_path, 5000).read_text().splitlines()
    assert lines[0] == "Code,Active,Region"
    assert len({line.partition(",")[0] for line in lines[1:]}) == 5000

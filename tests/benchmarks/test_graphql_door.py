"""PostGraphile's answers, how two doors are compared, and how live events are judged. Nothing is timed or started."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import checks, doors, fixture, live, postgraphile
from benchmarks.checks import Wrong
from benchmarks.engines import Sqlite
from benchmarks.lineup import CONTENDERS
from benchmarks.listeners import Heard
from benchmarks.load import Result
from benchmarks.memory import Memory
from benchmarks.postgraphile import Postgraphile
from benchmarks.servers import Missing


def page(**changes: Any) -> dict[str, Any]:
    """As PostGraphile answers: amounts in hundredths, the currency beside them. `changes` are of the first card."""
    nodes = [{**node(fixture.card(number)), **(changes if number == 0 else {})} for number in range(50)]
    information = {"hasNextPage": True, "endCursor": "x"}
    return {"data": {"giftCards": {"edges": [{"node": each} for each in nodes], "pageInfo": information}}}


def node(card: fixture.Card) -> dict[str, Any]:
    rows = [{"node": {"id": "t", "amount": str(each.amount), "bookedAt": "", "text": None}} for each in card.bookings]
    return {
        "id": "c",
        "secret": card.secret,
        "balance": str(card.balance),
        "currency": "EUR",
        "testmode": False,
        "active": True,
        "issuedAt": card.issued_at.isoformat(),
        "expiresAt": card.expires_at.isoformat() if card.expires_at else None,
        "conditions": card.conditions,
        "transactions": {"edges": rows},
    }


def peer(folder: Path) -> Postgraphile:
    return Postgraphile(Sqlite(folder), folder)


def result(rate: float, cpu_us: float) -> Result:
    return Result(100, rate, 1.0, 2.0, cpu_us, 100.0, 0, 0, {"200": 100})


def test_a_right_page_of_postgraphile_passes_as_foyers_does(tmp_path: Path) -> None:
    checks.page_with_transactions(peer(tmp_path).as_asked(page()))


@pytest.mark.parametrize(
    "change",
    [
        {"balance": "1"},
        {"currency": "USD"},
        {"active": False},
        {"conditions": "none"},
        {"expiresAt": None},
        {"secret": "BENCH-00001"},
        {"transactions": {"edges": []}},
    ],
)
def test_any_other_page_of_postgraphile_is_wrong(tmp_path: Path, change: Mapping[str, Any]) -> None:
    with pytest.raises(Wrong):
        checks.page_with_transactions(peer(tmp_path).as_asked(page(**change)))


def test_postgraphile_is_left_out_without_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgraphile, "PACKAGES", tmp_path / "nothing")
    with pytest.raises(Missing, match="npm"):
        peer(tmp_path).prepare()
    with pytest.raises(Missing, match="Node 22"):
        postgraphile.node()


def test_postgraphile_takes_part_on_postgresql_alone() -> None:
    assert {name for name, kind in CONTENDERS.items() if "sqlite" not in kind.engines} == {
        "postgraphile",
        "postgraphile-open",
    }


def test_doors_are_compared_in_pairs_with_the_database_in_the_cost() -> None:
    # Half as fast in the second round, through both doors alike.
    figure = doors.figure(
        doors.DOORS[0],
        [result(100, 300), result(50, 700), result(100, 300)],
        [result(120, 220), *[result(60, 540)] * 2],
    )
    assert (figure.rest_cpu_us, figure.costs) == (640, (1.25, 1.25, 0.625))
    assert (figure.cost, figure.time, figure.met) == (1.25, 1.2, True)


def test_a_refusal_through_either_door_is_a_failure() -> None:
    refused = replace(result(100, 300), bad=1, example="HTTP/1.1 409")
    assert "HTTP/1.1 409" in doors.figure(doors.DOORS[0], [result(100, 300)], [refused]).failure


def test_live_events_are_judged_by_memory_and_their_slowest_hundredth() -> None:
    thousand = next(each for each in live.LIVE if each.name == "live-thousand")
    heard = Heard(events=100, p50_ms=20, p99_ms=251, booked_p50_ms=5, missing=0, twice=0)
    figure = live.figure(thousand, Memory(own=99, resident=120), heard)
    assert [met for _, met in figure.goals] == [True, False]

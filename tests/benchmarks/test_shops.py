"""The rows of the fixture, what is asked of their lists, and how clicks are compared. Nothing is timed."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from benchmarks import fixture, lists, shops
from benchmarks.checks import Wrong
from benchmarks.contenders import FastapiOrm, compared
from benchmarks.engines import Sqlite
from benchmarks.servers import Answered
from resolvers import start_state


def campaigns() -> dict[str, Any]:
    """The right answer, ids beginning anywhere."""
    rows = [{"id": 7 + each.number, **lists.campaign(each)} for each in islice(shops.campaigns(), 50)]
    address = "http://127.0.0.1:8000/api/v1/organizers/bench/events/event-000/campaigns/?page=2"
    return {"count": 200, "next": address, "previous": None, "results": rows}


def test_foyer_can_load_the_document() -> None:
    document = start_state.parse(json.dumps(shops.start_state()).encode())
    assert [len(document.organizers), len(document.events), len(document.giftcards)] == [5, 200, fixture.CARD_COUNT]
    assert len(shops.channels(shops.CHANNELS_ORGANIZER)) == 61


def test_the_right_page_passes() -> None:
    lists.campaigns(campaigns())


@pytest.mark.parametrize(
    "change",
    [
        {"count": 199},
        {"next": None},
        {"results": campaigns()["results"][:-1]},
        {"results": campaigns()["results"][::-1]},
        {"results": [{**row, "click_count": 0} for row in campaigns()["results"]]},
        {"results": [{**row, "more": 1} for row in campaigns()["results"]]},
    ],
)
def test_any_other_page_is_wrong(change: dict[str, Any]) -> None:
    with pytest.raises(Wrong):
        lists.campaigns({**campaigns(), **change})


@pytest.mark.parametrize(("counted", "exact"), [(12, True), (11, False), (13, False)])
def test_clicks_are_exact_if_each_redirect_is_one(tmp_path: Path, counted: int, exact: bool) -> None:
    contender = FastapiOrm(Sqlite(tmp_path), tmp_path)
    contender.answered["clicks"] = 12
    before = sum(each.clicks for each in shops.campaigns())
    assert compared(contender, "clicks", {"clicks": before + counted, "days": before + 12}).exact is exact


def test_where_a_redirect_leads_is_read_from_its_head() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: https://example.org/landing/0\r\ncontent-length: 0"
    assert Answered(302, head, b"").location == "https://example.org/landing/0"
    assert Answered(200, b"HTTP/1.1 200 OK", b"{}").location == ""

"""Page numbers, page sizes, and addresses of other pages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.pretix.pages import LAST, number_of, size_of
from tests.rest.pretix.conftest import ON_SQLITE, Door


def test_page_numbers() -> None:
    numbers = {None: 1, "": 1, "1": 1, " 3 ": 3, "+2": 2, "٣": 3, "1_0": 10, "last": LAST, "0": None, "-1": None}
    assert {written: number_of(written) for written in numbers} == numbers
    for written in ("abc", "1.5", "LAST", "1e3", "9" * 5000, "\0"):
        assert number_of(written) is None


def test_page_sizes() -> None:
    sizes = {None: 50, "": 50, "1": 1, "50": 50, "51": 50, "0": 50, "-5": 50, "abc": 50, "9" * 5000: 50, "٣": 3}
    assert {written: size_of(written) for written in sizes} == sizes


@given(st.text())
def test_any_text_is_a_number_or_none(written: str) -> None:
    number = number_of(written)
    assert number is None or number > 0 or number == LAST
    assert 1 <= size_of(written) <= 50


@ON_SQLITE
@pytest.mark.parametrize("page", ["2", "0", "-1", "abc", "1.5", "9" * 30, "9" * 5000, "%D9%A3", "4611686018427387904"])
async def test_what_is_no_page_is_not_found(door: Door, page: str) -> None:
    answer = await door.get(f"?page={page}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


@ON_SQLITE
async def test_an_empty_first_page_is_a_page(door: Door) -> None:
    empty: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}
    for page in ("", "?page=", "?page=1", "?page=last"):
        assert (await door.get(page)).json() == empty


@ON_SQLITE
async def test_addresses_repeat_the_parameters_sorted(door: Door) -> None:
    for _ in range(3):
        await door.world.card()
    query = "?testmode=false&foo=b%20%C3%A9&page_size=1&page=2&a=%26&foo=x&empty="
    page = (await door.get(query)).json()
    base = "http://foyer.test/api/v1/organizers/acme/giftcards/?a=%26&empty=&foo=b+%C3%A9&foo=x"
    assert page["next"] == f"{base}&page=3&page_size=1&testmode=false"
    assert page["previous"] == f"{base}&page_size=1&testmode=false"
    capped = (await door.get("?page_size=1&page=01")).json()
    assert capped["next"].endswith("?page=2&page_size=1")

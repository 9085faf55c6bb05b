"""Paths, split before they are decoded."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.refusals import MethodNotAllowed, Nowhere
from rest.voucherify.routing import SEGMENTS_MAX, Found, Route, Router


async def never(call: Call) -> Answer:
    raise AssertionError("routes are found here, not served")


ROUTER = Router(
    (
        Route("campaigns", {"GET": never, "POST": never}),
        Route("campaigns/{campaign}", {"GET": never, "PUT": never, "DELETE": never}),
        Route("campaigns/{campaign}/vouchers", {"POST": never}),
        Route("campaigns/{campaign}/vouchers/{code}", {"POST": never}),
        Route("campaigns/{campaign+}/importCSV", {"POST": never}),
        Route("vouchers/import", {"POST": never}),
        Route("vouchers/{code}", {"GET": never, "POST": never, "DELETE": never}),
        Route("redeem", {"POST": never}, client=True),
    )
)


def find(path: str, method: str = "GET") -> Found:
    return ROUTER.find({"method": method, "raw_path": path.encode("latin-1"), "path": ""})


def place(path: str, method: str = "GET") -> tuple[str, Mapping[str, str]]:
    found = find(path, method)
    return found.route.path, found.arguments


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("camp_1", "camp_1"),
        ("a%2Fb", "a/b"),
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("a%2Bb%25%3F%23", "a+b%?#"),
        ("%C3%A4%F0%9F%8E%81", "ä🎁"),
        ("%2F", "/"),
        ("%2E%2E", ".."),
        ("50%", "50%"),
        ("%252F", "%2F"),
    ],
)
def test_an_argument_is_one_segment_decoded(written: str, name: str) -> None:
    for slash in ("", "/"):
        assert place(f"/v1/campaigns/{written}{slash}") == ("campaigns/{campaign}", {"campaign": name})


def test_several_arguments() -> None:
    found = place("/v1/campaigns/a%2Fvouchers/vouchers/c%2Fd", "POST")
    assert found == ("campaigns/{campaign}/vouchers/{code}", {"campaign": "a/vouchers", "code": "c/d"})


@pytest.mark.parametrize(
    ("written", "name"), [("a", "a"), ("a%2Fb", "a/b"), ("a/b", "a/b"), ("a/b%20c/d", "a/b c/d"), ("a/vouchers", None)]
)
def test_uploads_take_a_name_with_slashes_as_they_are(written: str, name: str | None) -> None:
    path, arguments = place(f"/v1/campaigns/{written}/importCSV", "POST")
    if name is None:
        # A code may be called like that, and one segment each is what else is meant.
        assert path == "campaigns/{campaign}/vouchers/{code}"
    else:
        assert (path, arguments) == ("campaigns/{campaign+}/importCSV", {"campaign": name})


def test_what_is_named_beats_an_argument_where_it_serves_the_method() -> None:
    assert place("/v1/vouchers/import", "POST")[0] == "vouchers/import"
    assert place("/v1/vouchers/import", "DELETE") == ("vouchers/{code}", {"code": "import"})
    # Escaped or not, it is the same segment.
    assert place("/v1/vouchers/%69mport", "POST")[0] == "vouchers/import"


def test_browsers_addresses_are_their_own() -> None:
    assert place("/client/v1/redeem", "POST")[0] == "redeem"
    for path in ("/v1/redeem", "/client/v1/campaigns", "/client/v1"):
        with pytest.raises(Nowhere):
            find(path, "POST")


@pytest.mark.parametrize(
    "path",
    [
        *("/v1", "/v1/", "/v1//campaigns", "/v1/campaigns//", "/v1/campaigns//vouchers", "/v1%2Fcampaigns"),
        *("/v1/nothing", "/v1/campaigns/a/nothing", "/v1/campaigns/a/b", "/v1/campaigns/a%00b", "/v1/campaigns/%FF"),
        *("/v1/campaigns/%C3", "/v1/campaigns/\xe4", "", "/", "/v1/" + "/".join("a" * 100) + "/importCSV"),
    ],
)
def test_elsewhere_is_nothing(path: str) -> None:
    with pytest.raises(Nowhere):
        find(path)


def test_a_method_that_is_not_served_is_told_from_those_that_are() -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        find("/v1/campaigns", "PUT")
    assert refused.value.allowed == ("GET", "POST")
    assert str(refused.value) == "PUT is not supported by this endpoint. Did you mean GET or POST?"
    with pytest.raises(MethodNotAllowed) as refused:
        find("/v1/vouchers/import", "PUT")
    assert refused.value.allowed == ("GET", "POST", "DELETE")


def test_a_head_is_served_as_a_get() -> None:
    assert place("/v1/campaigns", "HEAD")[0] == "campaigns"
    with pytest.raises(MethodNotAllowed):
        find("/v1/vouchers/a/", "PURGE")


def test_a_server_that_keeps_no_raw_path_is_served_by_the_decoded_one() -> None:
    found = ROUTER.find({"method": "GET", "path": "/v1/campaigns/ä b%"})
    assert found.arguments == {"campaign": "ä b%"}


@given(st.text(min_size=1).filter(lambda name: "\0" not in name and not any("\ud800" <= c <= "\udfff" for c in name)))
def test_any_name_is_found_by_what_its_escape_says(name: str) -> None:
    written = "".join(f"%{byte:02X}" for byte in name.encode())
    assert place(f"/v1/campaigns/{written}") == ("campaigns/{campaign}", {"campaign": name})


@given(
    st.lists(
        st.sampled_from(
            ["", "campaigns", "vouchers", "import", "importCSV", "%2F", "%", "%zz", "%FF", "%00", "a", "."]
        ),
        max_size=SEGMENTS_MAX * 2,
    )
)
def test_any_path_leads_somewhere_or_nowhere(parts: list[str]) -> None:
    for method in ("GET", "POST"):
        try:
            find("/v1/" + "/".join(parts), method)
        except (Nowhere, MethodNotAllowed):
            continue

"""Paths and slashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.pretix.app import ROUTES
from rest.pretix.routing import Elsewhere, Found, Router

ROUTER = Router(ROUTES)
CARDS = "/api/v1/organizers/acme/giftcards"


def view(path: str, method: str = "GET") -> str | None:
    found = ROUTER.find(path, method)
    return found.route.view if isinstance(found, Found) else "elsewhere" if isinstance(found, Elsewhere) else None


def test_addresses_end_with_a_slash() -> None:
    found = ROUTER.find(f"{CARDS}/7/transactions/8/", "GET")
    assert isinstance(found, Found)
    assert found.arguments == {"organizer": "acme", "card": "7", "transaction": "8"}
    assert view(f"{CARDS}/7/transact/") == "giftcard-transact"
    assert view("/api/v1/") == "api-root"


@pytest.mark.parametrize("path", [CARDS, f"{CARDS}/7", "/api/v1/organizers", "/api/v1"])
def test_without_its_slash_an_address_is_elsewhere_unless_a_body_would_be_lost(path: str) -> None:
    for method in ("GET", "HEAD", "DELETE", "OPTIONS", "PURGE"):
        assert view(path, method) == "elsewhere"
    for method in ("POST", "PUT", "PATCH"):
        assert view(path, method) is None


def test_some_addresses_have_no_slash() -> None:
    assert (view("/api/v1/version"), view("/api/v1/me")) == ("version", "user.me")
    assert view("/api/v1/version/") is None


def test_a_format_may_stand_for_the_slash() -> None:
    for path, format in ((f"{CARDS}.json", "json"), (f"{CARDS}.xml/", "xml"), (f"{CARDS}/1.5/", "5")):
        found = ROUTER.find(path, "POST")
        assert isinstance(found, Found)
        assert found.format == format
    # Slugs may have dots, so there a format is one only without the slash.
    dotted: list[tuple[str, str, str | None]] = [
        ("a.b/", "a.b", None),
        ("a.b", "a", "b"),
        ("a.b/giftcards/", "a.b", None),
    ]
    for path, slug, suffix in dotted:
        found = ROUTER.find(f"/api/v1/organizers/{path}", "GET")
        assert isinstance(found, Found)
        assert (found.arguments["organizer"], found.format) == (slug, suffix)
    assert view("/api/v1/version.json") is None


CHANNELS = "/api/v1/organizers/acme/saleschannels"


@pytest.mark.parametrize("identifier", ["web", "api.free", "api.", "..", "_", "api.json", "A-b.c"])
def test_sales_channels_are_addressed_by_identifiers_with_dots(identifier: str) -> None:
    found = ROUTER.find(f"{CHANNELS}/{identifier}/", "PATCH")
    assert isinstance(found, Found)
    assert (found.route.view, found.arguments["channel"], found.format) == ("saleschannel-detail", identifier, None)


@pytest.mark.parametrize("identifier", ["a b", "ä", "a%", "a\n", "", "a:b", "a,b"])
def test_what_can_be_no_identifier_leads_nowhere(identifier: str) -> None:
    assert view(f"{CHANNELS}/{identifier}/") is None


def test_without_the_slash_what_follows_the_last_dot_of_an_identifier_is_a_format() -> None:
    for path, identifier, format in (("api.json", "api", "json"), ("api.free", "api", "free"), ("a.b.c", "a.b", "c")):
        found = ROUTER.find(f"{CHANNELS}/{path}", "GET")
        assert isinstance(found, Found)
        assert (found.arguments["channel"], found.format) == (identifier, format)
    # What can be no format is redirected like any address without its slash.
    for path in ("web", "api.Free", "api.free-2", "api."):
        assert (view(f"{CHANNELS}/{path}"), view(f"{CHANNELS}/{path}", "POST")) == ("elsewhere", None)


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/api", "/api/", "/api/v2/", "/api/v1//", "//api/v1/", "/acme/conf/", "/api/v1/nothing/"),
        *(f"{CARDS}//", f"{CARDS}//transact/", "/api/v1/organizers/acme//giftcards/", f"{CARDS}/7/nothing"),
    ],
)
def test_elsewhere_is_nothing(path: str) -> None:
    assert view(path) is None


@given(st.lists(st.sampled_from(["", "organizers", "acme", "giftcards", "7", "transact", ".", "a.json", "\0", "é"])))
def test_any_path_leads_somewhere_or_nowhere(parts: list[str]) -> None:
    for method in ("GET", "POST"):
        ROUTER.find("/api/v1/" + "/".join(parts), method)

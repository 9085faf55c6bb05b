"""Tracking links and shop fronts, as visitors meet them: without a token, whatever they send."""

import base64
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.event import event
from models.signing_key import signing_key
from models.web_address import is_web_address, location_of
from resolvers import tracking_sessions
from resolvers.tracking_sessions import KEPT_FOR, VISITS_MAX
from tests.doors import beside
from tests.rest.pretix.conftest import ON_SQLITE
from tests.tracking import campaign, click, clicks, cookie_of, delete, disable, enable
from tests.world import World

SHOP = "http://foyer.test/acme/conf/"
METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")


async def change_event(world: World, **values: object) -> None:
    changed = update(event).where(event.c.slug == "conf").values(**values).returning(event.c.id)
    await world.database.write(lambda tx: tx.rows(changed))


# -- links -------------------------------------------------------------------------------------------------------------


async def test_a_link_counts_a_click_and_leads_to_its_target(world: World) -> None:
    await campaign(world, "A", external_target="https://example.org/shop?x=y#z")
    for count in (1, 2):
        answer = await click(world, "A")
        assert (answer.status_code, answer.headers["location"]) == (302, "https://example.org/shop?x=y#z")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content == b""
        assert await clicks(world, "A") == count


async def test_without_a_target_a_link_leads_to_the_shop(world: World, database_url: str) -> None:
    await campaign(world, "A")
    assert (await click(world, "A")).headers["location"] == SHOP
    shown = (await world.pretix("GET", "events/conf/campaigns/")).json()["results"][0]
    assert shown["external_target"] == ""
    async with beside(world, database_url, base_url="https://tickets.example/shop") as based:
        answer = await based.client.get("/acme/conf/c/A/", headers={"Host": "tickets.example"})
        assert answer.headers["location"] == "https://tickets.example/shop/acme/conf/"


async def test_changes_of_a_campaign_count_at_once(world: World) -> None:
    found = await campaign(world, "A", external_target="https://one.example/")
    assert (await click(world, "A")).headers["location"] == "https://one.example/"
    address = f"events/conf/campaigns/{found}/"
    await world.pretix("PATCH", address, json={"external_target": "https://two.example/", "code": "B"})
    assert (await click(world, "B")).headers["location"] == "https://two.example/"
    assert (await click(world, "A")).status_code == 404
    await delete(world, found)
    assert (await click(world, "B")).status_code == 404


async def test_a_disabled_campaign_leads_on_and_counts_nothing(world: World) -> None:
    found = await campaign(world, "A")
    await disable(world, found)
    answer = await click(world, "A")
    assert (answer.status_code, answer.headers["location"]) == (302, SHOP)
    assert cookie_of(answer) is None
    assert await clicks(world, "A") == 0
    await enable(world, found)
    await click(world, "A")
    assert await clicks(world, "A") == 1


async def test_head_leads_on_and_counts_nothing(world: World) -> None:
    await campaign(world, "A")
    answer = await click(world, "A", method="HEAD")
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, SHOP, b"")
    assert cookie_of(answer) is None
    assert await clicks(world, "A") == 0


async def test_unknown_links_are_a_page_for_people(world: World) -> None:
    await campaign(world, "A")
    await campaign(world, "BETA", event="party")
    paths = (
        "conf/c/B",
        "conf/c/a",
        "party/c/A",
        "conf/c/BETA",
        "none/c/A",
        "conf/c/..A",
        "conf/c/%00",
        "conf/c/%C3%A4",
    )
    for path in (*(f"/acme/{path}/" for path in paths), "/beta/conf/c/A/", f"/acme/conf/c/{'x' * 3000}/"):
        answer = await world.client.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "This link leads nowhere" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    german = await world.client.get("/acme/conf/c/B/", headers={"Accept-Language": "de-AT"})
    assert "Dieser Link führt nirgendwohin" in german.text
    assert german.headers["content-language"] == "de"
    assert await clicks(world, "A") == 0


async def test_only_get_and_head_are_served(world: World) -> None:
    await campaign(world, "A")
    for path in ("/acme/conf/c/A/", "/acme/conf/"):
        for method in METHODS:
            answer = await world.client.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD"), method
            assert (await world.client.request(method, path[:-1])).status_code == 404
    assert await clicks(world, "A") == 0


async def test_without_its_slash_a_link_is_redirected_to_itself(world: World) -> None:
    await campaign(world, "A")
    answer = await world.client.get("/acme/conf/c/A?utm=x%20y&z")
    assert (answer.status_code, answer.headers["location"]) == (301, "/acme/conf/c/A/?utm=x%20y&z")
    assert (await world.client.head("/acme/conf")).headers["location"] == "/acme/conf/"
    assert await clicks(world, "A") == 0


async def test_the_code_may_be_percent_encoded(world: World) -> None:
    await campaign(world, "a.b-c_1")
    answer = await world.client.get("/acme/conf/c/%61%2Eb%2dc%5F1/?utm_source=x")
    assert answer.status_code == 302
    assert await clicks(world, "a.b-c_1") == 1


@ON_SQLITE
async def test_addresses_of_the_api_are_no_shops(world: World) -> None:
    for path in ("/api/v1", "/api/v1/"):
        assert (await world.client.get(path)).status_code in (301, 401)
    assert (await world.client.get("/healthz")).status_code == 200


# -- safety ------------------------------------------------------------------------------------------------------------


@ON_SQLITE
async def test_nothing_of_the_request_but_its_host_is_in_the_location(world: World) -> None:
    await campaign(world, "A")
    await campaign(world, "T", external_target="https://example.org/")
    for query in ("next=//evil.example", "url=https://evil.example", "%0d%0aSet-Cookie:x=y"):
        assert (await world.client.get(f"/acme/conf/c/T/?{query}")).headers["location"] == "https://example.org/"
        assert (await world.client.get(f"/acme/conf/c/A/?{query}")).headers["location"] == SHOP
    for path in ("//evil.example/conf/c/A", "/\\evil.example/c/A", "/acme//c/A/"):
        answer = await world.client.get(f"http://foyer.test{path}")
        assert "evil" not in answer.headers.get("location", "").removeprefix("/")


LETTERS = st.characters(codec="utf-8")
TARGETS = st.one_of(
    st.text(LETTERS, max_size=40),
    st.text(LETTERS, max_size=40).map("https://example.org/{}".format),
    st.text(LETTERS, max_size=20).map("http://{}".format),
    st.text(LETTERS, max_size=20).map("https://{}.example/".format),
    st.text(st.sampled_from("\\/@:#?%\r\n\t .[]"), max_size=12).map("https://a{}b".format),
)


@given(TARGETS)
@settings(max_examples=1000)
def test_a_target_that_is_taken_is_a_header_and_an_address(target: str) -> None:
    location = location_of(target)
    assert is_web_address(target) == (location is not None)
    if location is not None:
        text = location.decode("ascii")
        assert text.isprintable()
        assert " " not in text
        assert "\\" not in text
        parts = urlsplit(text)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        # What was encoded once is not encoded again.
        assert location_of(text) == location


@ON_SQLITE
@given(st.text(LETTERS, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.asyncio
async def test_any_code_in_the_path_is_answered(world: World, code: str) -> None:
    answer = await world.client.get(f"/acme/conf/c/{quote(code, safe='')}/")
    assert answer.status_code in (404, 301)


# -- the visitor's session ---------------------------------------------------------------------------------------------


async def visits_of(world: World, cookie: str | None) -> list[int]:
    rows = await world.database.write(lambda tx: tx.rows(select(signing_key.c.secret)))
    found = tracking_sessions.read(cookie, rows[0][0], world.clock())
    return [visit.campaign_id for visit in found]


async def test_a_visit_is_told_by_a_signed_cookie(world: World, database_url: str) -> None:
    first, second = await campaign(world, "A"), await campaign(world, "B", event="party")
    answer = await click(world, "A")
    told = answer.headers["set-cookie"]
    assert told.startswith("foyer_tracking=")
    assert told.split("; ")[1:] == ["Max-Age=1209600", "Path=/", "HttpOnly", "SameSite=Lax"]
    cookie = cookie_of(answer)
    assert await visits_of(world, cookie) == [first]
    again = await click(world, "B", event="party", Cookie=f"x=1; foyer_tracking={cookie}; y=2")
    assert await visits_of(world, cookie_of(again)) == [first, second]
    async with beside(world, database_url, base_url="https://foyer.test") as secure:
        assert "; Secure" in (await click(secure, "A")).headers["set-cookie"]


async def test_the_cookie_is_told_when_it_changes(world: World) -> None:
    await campaign(world, "A")
    cookie = cookie_of(await click(world, "A"))
    again = await click(world, "A", Cookie=f"foyer_tracking={cookie}")
    assert "set-cookie" not in again.headers
    world.clock.at += timedelta(hours=2)
    assert cookie_of(await click(world, "A", Cookie=f"foyer_tracking={cookie}")) not in (None, cookie)
    assert await clicks(world, "A") == 3


async def test_the_last_ten_visits_are_kept(world: World) -> None:
    ids = [await campaign(world, f"C{number}") for number in range(12)]
    cookie = None
    for number in (*range(12), 5):
        cookie = cookie_of(await click(world, f"C{number}", Cookie=f"foyer_tracking={cookie}"))
    expected = [*ids[2:5], *ids[6:], ids[5]]
    assert len(expected) == VISITS_MAX
    assert await visits_of(world, cookie) == expected


async def test_a_cookie_that_is_not_ours_is_begun_anew(world: World) -> None:
    found = await campaign(world, "A")
    cookie = cookie_of(await click(world, "A")) or ""
    foreign = tracking_sessions.write((tracking_sessions.Visit(1, 4_000_000_000),), "another key")
    for broken in (
        "",
        "x",
        cookie[:-9] + "x" * 9,
        "9" + cookie,
        foreign,
        "ä",
        "." * 2000,
        "a.b.c",
        cookie.partition(".")[0],
    ):
        answer = await click(world, "A", Cookie=f"foyer_tracking={broken}".encode())
        assert await visits_of(world, cookie_of(answer)) == [found], broken
        assert await visits_of(world, broken) == []
    world.clock.at += KEPT_FOR + timedelta(minutes=1)
    assert await visits_of(world, cookie) == []


# -- the front of a shop -----------------------------------------------------------------------------------------------


async def test_the_front_of_a_shop_says_what_when_and_where(world: World) -> None:
    await change_event(world, location={"en": "Hall 1\nBerlin", "de": "Halle 1"})
    answer = await world.client.get("/acme/conf/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    known = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{known}'" in answer.headers["content-security-policy"]
    for shown in ("<title>Conference</title>", "28 October 2026, 01:00", "<p>Hall 1</p><p>Berlin</p>"):
        assert shown in answer.text
    german = (await world.client.get("/acme/conf/", headers={"Accept-Language": "de-CH;q=0.9, tlh"})).text
    for shown in ('<html lang="de">', "Konferenz", "28. Oktober 2026, 01:00 Uhr", "Halle 1"):
        assert shown in german
    # In no language that is wanted, nor in English: in one that there is.
    assert "<h1>Feier</h1>" in (await world.client.get("/acme/party/", headers={"Accept-Language": "fr"})).text
    assert (await world.client.head("/acme/conf/")).content == b""


async def test_a_moment_that_its_zone_does_not_reach_is_shown_in_utc(world: World) -> None:
    await change_event(world, date_to=datetime(9999, 12, 31, 23, 59, tzinfo=UTC), timezone="Asia/Tokyo")
    answer = await world.client.get("/acme/conf/")
    assert (answer.status_code, "31 December 9999, 23:59" in answer.text) == (200, True)


async def test_texts_of_events_are_escaped(world: World) -> None:
    await change_event(world, name={"en": "<script>alert('1')</script> & \"co\""}, timezone="Not/AZone")
    answer = await world.client.get("/acme/conf/")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &amp; &quot;co&quot;" in answer.text


async def test_a_shop_that_is_not_live_is_not_shown(world: World) -> None:
    await change_event(world, live=False, location={"en": "Secret place"})
    answer = await world.client.get("/acme/conf/")
    assert answer.status_code == 403
    assert "The selected ticket shop is currently not available." in answer.text
    assert "Secret" not in answer.text
    german = await world.client.get("/acme/conf/", headers={"Accept-Language": "de"})
    assert "Der ausgewählte Ticketshop ist derzeit nicht verfügbar." in german.text


async def test_where_there_is_no_shop_there_is_a_page_that_says_so(world: World) -> None:
    for path in ("/acme/none/", "/nobody/conf/", "/beta/conf/", "/acme/CONF/"):
        answer = await world.client.get(path)
        assert (answer.status_code, "no ticket shop" in answer.text) == (404, True), path

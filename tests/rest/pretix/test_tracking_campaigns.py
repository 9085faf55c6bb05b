"""Tracking campaigns through the pretix door: what is shown, what is taken, what is refused and in which words."""

import asyncio
import re
from typing import Any

import httpx2

from tests.rest.pretix.conftest import ON_SQLITE, Door
from tests.tracking import campaign, click

CAMPAIGNS = "/api/v1/organizers/acme/events/conf/campaigns/"
PARTY = "/api/v1/organizers/acme/events/party/campaigns/"
FIELDS = ["id", "code", "description", "external_target", "order_count", "click_count"]
NO_CAMPAIGN = {"detail": "No Campaign matches the given query."}
DENIED = {"detail": "You do not have permission to perform this action."}
TAKEN = {"code": ["campaign with this code already exists."]}
LONG = "https://example.org/" + "x" * 1981


async def ask(door: Door, method: str, path: str = "", **options: Any) -> httpx2.Response:
    return await door.ask(method, path if path.startswith("/") else CAMPAIGNS + path, **options)


# -- the documented examples -------------------------------------------------------------------------------------------


async def test_the_documented_life_of_a_campaign(door: Door) -> None:
    created = await ask(door, "POST", json={"description": "Twitter"})
    assert created.status_code == 201
    shown = created.json()
    assert list(shown) == FIELDS
    assert re.fullmatch("[A-Za-z0-9]{9}", shown["code"])
    expected = {"description": "Twitter", "external_target": "", "order_count": 0, "click_count": 0}
    assert shown == {"id": shown["id"], "code": shown["code"], **expected}
    listed = (await ask(door, "GET")).json()
    assert listed == {"count": 1, "next": None, "previous": None, "results": [shown]}
    address = f"{shown['id']}/"
    assert (await ask(door, "GET", address)).json() == shown
    changed = await ask(door, "PATCH", address, json={"external_target": "https://mywebsite.com"})
    assert (changed.status_code, changed.json()) == (200, {**shown, "external_target": "https://mywebsite.com"})
    deleted = await ask(door, "DELETE", address)
    assert (deleted.status_code, deleted.content) == (204, b"")
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        gone = await ask(door, method, address, **({} if method in ("GET", "DELETE") else {"json": {}}))
        assert (gone.status_code, gone.json()) == (404, NO_CAMPAIGN)


# -- reading -----------------------------------------------------------------------------------------------------------


async def test_lists_run_by_id_and_are_of_one_event(door: Door) -> None:
    ids = [await campaign(door.world, code) for code in ("C", "A", "B")]
    await campaign(door.world, "OTHER", event="party")
    first = (await ask(door, "GET", "?page_size=2&ordering=-id&code=A")).json()
    assert [each["id"] for each in first["results"]] == ids[:2]
    assert first["count"] == 3
    second = (await ask(door, "GET", "?page_size=2&page=2")).json()
    assert [each["id"] for each in second["results"]] == ids[2:]
    assert (await ask(door, "GET", PARTY)).json()["count"] == 1


async def test_a_campaign_of_another_event_is_not_found(door: Door) -> None:
    other = await campaign(door.world, "OTHER", event="party")
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        body = {} if method in ("GET", "DELETE") else {"json": {"description": "x"}}
        answer = await ask(door, method, f"{other}/", **body)
        assert (answer.status_code, answer.json()) == (404, NO_CAMPAIGN)
    assert (await ask(door, "GET", f"{PARTY}{other}/")).status_code == 200


async def test_keys_that_are_none_are_not_found(door: Door) -> None:
    for name in ("99999999", "0", "-1", "9" * 23):
        answer = await ask(door, "GET", f"{name}/")
        assert (answer.status_code, answer.json()) == (404, NO_CAMPAIGN), name
    for name in ("BAR", "%00", "a%20b"):
        answer = await ask(door, "GET", f"{name}/")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."}), name


async def test_clicks_are_shown_at_once(door: Door) -> None:
    found = await campaign(door.world, "A")
    for count in range(1, 4):
        await click(door.world, "A")
        assert (await ask(door, "GET", f"{found}/")).json()["click_count"] == count
        assert (await ask(door, "GET")).json()["results"][0]["click_count"] == count


# -- who may -----------------------------------------------------------------------------------------------------------


async def test_reading_needs_reach_alone_and_writing_the_settings_of_events(door: Door) -> None:
    found = await campaign(door.world, "A")
    assert (await ask(door, "GET", token="acme_reads")).json()["count"] == 1
    assert (await ask(door, "GET", f"{found}/", token="acme_nothing")).status_code == 200
    for token in ("acme_reads", "acme_writes", "acme_nothing"):
        for method, path in (("POST", ""), ("PATCH", f"{found}/"), ("PUT", f"{found}/"), ("DELETE", f"{found}/")):
            body = {} if method == "DELETE" else {"json": {"description": "x"}}
            answer = await ask(door, method, path, token=token, **body)
            assert (answer.status_code, answer.json()) == (403, DENIED), (token, method)
    assert (await ask(door, "GET", token=None)).status_code == 401


async def test_a_token_reaches_the_campaigns_of_its_events_alone(door: Door) -> None:
    found = await campaign(door.world, "A")
    for method, path in (("GET", ""), ("GET", f"{found}/"), ("DELETE", f"{found}/")):
        answer = await ask(door, method, path, token="some_events")
        assert (answer.status_code, answer.json()) == (403, DENIED)
    for path in ("/api/v1/organizers/acme/events/none/campaigns/", "/api/v1/organizers/beta/events/conf/campaigns/"):
        assert (await ask(door, "GET", path)).json() == DENIED


# -- what is taken -----------------------------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({}, {"description": ["This field is required."]}),
    ({"description": ""}, {"description": ["This field may not be blank."]}),
    ({"description": "  "}, {"description": ["This field may not be blank."]}),
    ({"description": None}, {"description": ["This field may not be null."]}),
    ({"description": "x" * 256}, {"description": ["Ensure this field has no more than 255 characters."]}),
    ({"description": "a\0b"}, {"description": ["Null characters are not allowed."]}),
    ({"description": "x", "code": ""}, {"code": ["This field may not be blank."]}),
    ({"description": "x", "code": None}, {"code": ["This field may not be null."]}),
    ({"description": "x", "code": "x" * 191}, {"code": ["Ensure this field has no more than 190 characters."]}),
    (
        {"description": "x", "code": "a/b", "external_target": "x"},
        {
            "code": ["The code may only contain letters, numbers, dots, dashes, and underscores."],
            "external_target": ["Enter a valid URL."],
        },
    ),
    ({"description": "x", "external_target": None}, {"external_target": ["This field may not be null."]}),
    (
        {"description": "x", "external_target": LONG},
        {"external_target": ["Ensure this field has no more than 2000 characters."]},
    ),
]


async def test_what_is_wrong_is_said_by_field_and_nothing_is_created(door: Door) -> None:
    for body, errors in WRONG:
        answer = await ask(door, "POST", json=body)
        assert (answer.status_code, answer.json()) == (400, errors), body
    assert (await ask(door, "GET")).json()["count"] == 0


@ON_SQLITE
async def test_targets_are_addresses_of_the_web(door: Door) -> None:
    good = ("https://example.org", "http://a.example:8080/x?y=z#f", "https://müller.de/ü", "HTTPS://EXAMPLE.ORG/")
    for target in (*good, "http://localhost/", "http://[::1]:80/", "https://user:word@example.org/"):
        answer = await ask(door, "POST", json={"description": "x", "external_target": target})
        assert answer.json().get("external_target") == target
    bad = ("javascript:alert(1)", "//evil.example/", "ftp://a.b/", "https://", "http:///x", "https://a b/", "x", "/x")
    for target in (
        *bad,
        "https://a.b/\r\nX: y",
        "https://a\\@b/",
        "https://a:99999/",
        "http://-a-.b/",
        "https://[x]/",
        "https://[::1]x/",
    ):
        answer = await ask(door, "POST", json={"description": "x", "external_target": target})
        assert answer.json() == {"external_target": ["Enter a valid URL."]}, target


@ON_SQLITE
async def test_codes_are_letters_digits_dots_dashes_and_underscores(door: Door) -> None:
    for code in ("a", "A.b-c_9", "x" * 190, "...", ".a", "42"):
        answer = await ask(door, "POST", json={"description": "x", "code": code})
        assert answer.json().get("code") == code
    for code in ("ä", "a b", "a/b", ".", "..", "a?", "%41", "a\nb"):
        assert (await ask(door, "POST", json={"description": "x", "code": code})).status_code == 400, code


async def test_read_only_fields_are_passed_over(door: Door) -> None:
    given = {"description": " x ", "id": 77, "order_count": 5, "click_count": 5, "active": False, "color": "red"}
    shown = (await ask(door, "POST", json=given)).json()
    assert (shown["description"], shown["order_count"], shown["click_count"]) == ("x", 0, 0)
    assert shown["id"] != 77
    changed = (await ask(door, "PATCH", f"{shown['id']}/", json={"id": 9, "click_count": 3})).json()
    assert changed == shown


async def test_a_put_keeps_what_it_leaves_out(door: Door) -> None:
    target = "https://example.org/"
    found = await campaign(door.world, "A", external_target=target)
    shown = (await ask(door, "PUT", f"{found}/", json={"description": "new"})).json()
    assert (shown["code"], shown["description"], shown["external_target"]) == ("A", "new", target)
    shown = (await ask(door, "PUT", f"{found}/", json={"description": "new", "external_target": ""})).json()
    assert shown["external_target"] == ""
    missing = await ask(door, "PUT", f"{found}/", json={"code": "B"})
    assert missing.json() == {"description": ["This field is required."]}


async def test_a_form_may_leave_the_target_empty(door: Door) -> None:
    answer = await ask(door, "POST", data={"description": "x", "external_target": ""})
    assert answer.json()["external_target"] == ""


# -- codes are unique --------------------------------------------------------------------------------------------------


async def test_codes_are_unique_over_the_whole_server(door: Door) -> None:
    found = await campaign(door.world, "A")
    for path in (CAMPAIGNS, PARTY):
        answer = await ask(door, "POST", path, json={"description": "x", "code": "A"})
        assert (answer.status_code, answer.json()) == (400, TAKEN)
    # Compared as they are written.
    other = (await ask(door, "POST", json={"description": "x", "code": "a"})).json()["id"]
    answer = await ask(door, "PATCH", f"{other}/", json={"code": "A"})
    assert (answer.status_code, answer.json()) == (400, TAKEN)
    assert (await ask(door, "PATCH", f"{found}/", json={"code": "A"})).status_code == 200
    assert (await ask(door, "PATCH", f"{found}/", json={"code": "NEW"})).json()["code"] == "NEW"
    assert (await ask(door, "PATCH", f"{other}/", json={"code": "A"})).json()["code"] == "A"
    assert (await ask(door, "GET")).json()["count"] == 2


async def test_of_many_who_want_one_code_one_gets_it(door: Door) -> None:
    ids = [await campaign(door.world, f"C{number}") for number in range(6)]
    acts = [ask(door, "PATCH", f"{found}/", json={"code": "WANTED"}) for found in ids]
    acts += [ask(door, "POST", json={"description": "x", "code": "WANTED"}) for _ in range(6)]
    answers = await asyncio.gather(*acts)
    refused = [answer.json() for answer in answers if answer.status_code == 400]
    assert refused == [TAKEN] * 11
    assert sum(each["code"] == "WANTED" for each in (await ask(door, "GET")).json()["results"]) == 1


# -- what it says of itself --------------------------------------------------------------------------------------------


@ON_SQLITE
async def test_methods_and_their_description(door: Door) -> None:
    found = await campaign(door.world, "A")
    answer = await ask(door, "OPTIONS")
    assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    assert list(answer.json()["actions"]["POST"]) == FIELDS
    assert "actions" not in (await ask(door, "OPTIONS", token="acme_reads")).json()
    one = await ask(door, "OPTIONS", f"{found}/")
    assert one.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    assert (await ask(door, "DELETE")).status_code == 405
    assert (await ask(door, "GET", "?format=xml")).status_code == 404
    assert (await ask(door, "HEAD", f"{found}/")).content == b""


@ON_SQLITE
async def test_texts_are_german_where_pretix_has_them(door: Door) -> None:
    answer = await ask(
        door, "POST", json={"description": "x", "external_target": "x"}, headers={"Accept-Language": "de"}
    )
    assert answer.json() == {"external_target": ["Gib eine gültige URL ein."]}

"""Sales channels through the pretix door: its texts, statuses, filters and addresses."""

from functools import partial
from typing import Any

import pytest

from resolvers import sales_channels
from tests.rest.pretix.conftest import ON_SQLITE, Door

pytestmark = ON_SQLITE

CHANNELS = "/api/v1/organizers/acme/saleschannels/"
WEB = {"identifier": "web", "type": "web", "label": {"en": "Online shop", "de": "Webshop"}, "position": 0}
FREE = {"identifier": "api.free", "type": "api", "label": {"en": "Free channel"}, "position": 4}

REQUIRED, NULL, BLANK = "This field is required.", "This field may not be null.", "This field may not be blank."
CHARACTERS = "The identifier may only contain letters, numbers, dots, dashes, and underscores."
PREFIX = "Your identifier needs to start with 'api.'."
TYPE = "You can currently only create channels of type 'api' through the API."
IDENTIFIER_FIXED = "You cannot change the identifier of a sales channel."
TYPE_FIXED = "You cannot change the type of a sales channel."
IN_USE = {"detail": "Can only be deleted if unused."}
NO_CHANNEL = {"detail": "No SalesChannel matches the given query."}


@pytest.fixture
async def free(door: Door) -> dict[str, Any]:
    answer = await door.post(CHANNELS, FREE)
    assert answer.status_code == 201
    return dict(answer.json())


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("free")
async def test_the_list_is_filtered_by_exact_type_and_identifier(door: Door) -> None:
    assert (await door.get(CHANNELS)).json() == {"count": 2, "next": None, "previous": None, "results": [WEB, FREE]}
    for query, found in (
        ("?type=api", [FREE]),
        ("?type=zzz", []),
        ("?identifier=web", [WEB]),
        ("?identifier=WEB", []),
        ("?identifier=web&type=api", []),
        ("?identifier=&type=", [WEB, FREE]),
        ("?type=%20api%20", [FREE]),
        ("?label=x&ordering=-position", [WEB, FREE]),
    ):
        assert (await door.get(CHANNELS + query)).json()["results"] == found, query
    page = (await door.get(CHANNELS + "?page_size=1")).json()
    assert page["next"] == f"http://foyer.test{CHANNELS}?page=2&page_size=1"


@pytest.mark.usefixtures("free")
async def test_a_channel_is_addressed_by_its_very_identifier(door: Door) -> None:
    answer = await door.get(CHANNELS + "api.free/")
    assert (answer.status_code, answer.json()) == (200, FREE)
    assert answer.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    for unknown in ("WEB/", "nope/", "api.free/?type=web", "api.json"):
        answer = await door.get(CHANNELS + unknown)
        assert (answer.status_code, answer.json()) == (404, NO_CHANNEL), unknown
    for strange in ("a%20b/", "%C3%A4/", "a%0A/"):
        answer = await door.get(CHANNELS + strange)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8"), strange


@pytest.mark.usefixtures("free")
async def test_without_its_slash_an_identifier_is_redirected_unless_it_ends_like_a_format(door: Door) -> None:
    answer = await door.get(CHANNELS + "web")
    assert (answer.status_code, answer.headers["location"]) == (301, CHANNELS + "web/")
    answer = await door.get(CHANNELS + "api.free")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert (await door.get(CHANNELS + "web.json")).json() == WEB
    for method in ("POST", "PUT", "PATCH"):
        assert (await door.ask(method, CHANNELS + "web", json={})).status_code == 404


async def test_reading_needs_the_permission_to_change_settings(door: Door) -> None:
    for token in ("acme", "oauth", "oauth_read"):
        assert (await door.get(CHANNELS + "web/", token=token)).json() == WEB
    assert (await door.ask("PATCH", CHANNELS + "web/", token="oauth_read", json={})).status_code == 403
    for path in (CHANNELS, CHANNELS + "web/", CHANNELS + "nope/"):
        for token in ("acme_reads", "acme_nothing", "device", "beta"):
            assert (await door.get(path, token=token)).status_code == 403
        assert (await door.get(path, token=None)).status_code == 401


async def test_options_describe_the_fields(door: Door) -> None:
    fields = {
        "identifier": {"type": "string", "required": True, "read_only": False, "label": "Identifier"}
        | {"max_length": 200},
        "type": {"type": "string", "required": False, "read_only": False, "label": "Type"},
        "label": {"type": "field", "required": True, "read_only": False, "label": "Name", "max_length": 200},
        "position": {"type": "integer", "required": False, "read_only": False, "label": "Position"}
        | {"min_value": 0, "max_value": 2147483647},
    }
    for path, title, method in (("", "Sales Channel List", "POST"), ("web/", "Sales Channel Instance", "PUT")):
        answer = await door.ask("OPTIONS", CHANNELS + path)
        assert (answer.json()["name"], answer.json()["actions"]) == (title, {method: fields})
    unknown = await door.ask("OPTIONS", CHANNELS + "nope/")
    assert (unknown.status_code, "actions" in unknown.json()) == (200, False)


# -- creating ----------------------------------------------------------------------------------------------------------


async def test_defaults_of_a_new_channel(door: Door) -> None:
    answer = await door.post(CHANNELS, {"identifier": " api.x ", "label": "Text", "id": 7, "organizer": "beta"})
    assert answer.status_code == 201
    assert answer.json() == {"identifier": "api.x", "type": "api", "label": {"en": "Text"}, "position": 0}
    assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"identifier": [REQUIRED], "label": [REQUIRED]}),
        ({"identifier": None, "label": None, "type": None, "position": None}, {name: [NULL] for name in FREE}),
        ({"identifier": "", "label": "", "type": ""}, {"identifier": [BLANK], "type": [BLANK]}),
        ({"identifier": "box", "label": "x"}, {"identifier": [PREFIX]}),
        ({"identifier": "API.x", "label": "x"}, {"identifier": [PREFIX]}),
        ({"identifier": "api.a b", "label": "x"}, {"identifier": [CHARACTERS]}),
        ({"identifier": True, "label": 7}, {"identifier": ["Not a valid string."], "label": ["Invalid data type."]}),
        (
            {"identifier": "x " * 101, "label": "x"},
            {"identifier": [CHARACTERS, "Ensure this field has no more than 200 characters."]},
        ),
        ({"identifier": "api.x", "label": {"xx": "x"}}, {"label": ["Invalid languages included."]}),
        ({"identifier": "api.x", "label": "x", "type": "web"}, {"type": [TYPE]}),
        # All that is wrong is said at once, in the order of the fields, whoever finds it.
        (
            {"identifier": "x", "type": "x", "position": -1},
            {
                "identifier": [PREFIX],
                "type": [TYPE],
                "label": [REQUIRED],
                "position": ["Ensure this value is greater than or equal to 0."],
            },
        ),
        (
            {"identifier": "api.x", "label": "x", "position": 2**31},
            {"position": ["Ensure this value is less than or equal to 2147483647."]},
        ),
        ({"identifier": "api.x", "label": "x", "position": "a"}, {"position": ["A valid integer is required."]}),
    ],
)
async def test_what_is_wrong_with_a_new_channel(door: Door, body: dict[str, Any], errors: dict[str, Any]) -> None:
    answer = await door.post(CHANNELS, body)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert list(answer.json()) == list(errors)


@pytest.mark.usefixtures("free")
async def test_an_identifier_that_is_taken_is_said_of_its_field(door: Door) -> None:
    answer = await door.post(CHANNELS, FREE)
    assert answer.status_code == 400  # pretix fails with a 500 here
    assert answer.json() == {"identifier": ["A sales channel with the same identifier already exists."]}


async def test_a_form_makes_a_channel(door: Door) -> None:
    sent = {"identifier": "api.form", "label": "Formular", "position": ""}
    answer = await door.ask("POST", CHANNELS, data=sent)
    assert (answer.status_code, answer.json()["position"], answer.json()["label"]) == (201, 0, {"en": "Formular"})


# -- changing ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("free")
async def test_a_patch_changes_what_is_given(door: Door) -> None:
    path = CHANNELS + "api.free/"
    assert (await door.ask("PATCH", path, json={"position": "9"})).json() == {**FREE, "position": 9}
    same = {"identifier": "api.free", "type": "api"}
    assert (await door.ask("PATCH", path, json=same)).json() == {**FREE, "position": 9}
    assert (await door.ask("PATCH", path, json={"label": {"fr": "Libre"}})).json()["label"] == {"fr": "Libre"}


@pytest.mark.usefixtures("free")
@pytest.mark.parametrize(
    ("method", "body", "errors"),
    [
        ("PATCH", {"identifier": "api.other"}, {"identifier": [IDENTIFIER_FIXED]}),
        ("PATCH", {"identifier": "web"}, {"identifier": [IDENTIFIER_FIXED]}),
        ("PATCH", {"identifier": "a b"}, {"identifier": [CHARACTERS]}),
        ("PATCH", {"type": "web"}, {"type": [TYPE_FIXED]}),
        ("PATCH", {"label": None}, {"label": [NULL]}),
        ("PATCH", {"identifier": "x", "type": "x"}, {"identifier": [IDENTIFIER_FIXED], "type": [TYPE_FIXED]}),
        ("PUT", {}, {"identifier": [REQUIRED], "label": [REQUIRED]}),
        ("PUT", {"type": "web", "label": "x"}, {"identifier": [REQUIRED], "type": [TYPE_FIXED]}),
    ],
)
async def test_what_is_wrong_with_a_change(door: Door, method: str, body: Any, errors: Any) -> None:
    answer = await door.ask(method, CHANNELS + "api.free/", json=body)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert (await door.get(CHANNELS + "api.free/")).json() == FREE


@pytest.mark.usefixtures("free")
async def test_a_put_keeps_the_position_and_means_type_api(door: Door) -> None:
    answer = await door.ask("PUT", CHANNELS + "api.free/", json={"identifier": "api.free", "label": "x"})
    assert answer.json() == {**FREE, "label": {"en": "x"}}
    web = {"identifier": "web", "label": "x"}
    answer = await door.ask("PUT", CHANNELS + "web/", json=web)
    assert (answer.status_code, answer.json()) == (400, {"type": [TYPE_FIXED]})
    answer = await door.ask("PUT", CHANNELS + "web/", json={**web, "type": "web"})
    assert answer.json() == {**WEB, "label": {"en": "x"}}


async def test_a_channel_that_is_not_there_comes_before_a_broken_body(door: Door) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        answer = await door.ask(method, CHANNELS + "nope/", content=b"{", headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()) == (404, NO_CHANNEL)
        assert (await door.ask(method, CHANNELS + "web/", token="acme_reads")).status_code == 403
    answer = await door.ask("PATCH", CHANNELS + "web/", content=b"x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert (await door.post(CHANNELS + "web/", {})).status_code == 405


# -- deleting ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("free")
async def test_a_deleted_channel_is_gone_without_a_word(door: Door) -> None:
    answer = await door.ask("DELETE", CHANNELS + "api.free/", headers={"X-Idempotency-Key": "k"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert "content-length" not in answer.headers
    assert answer.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    assert (await door.get(CHANNELS + "api.free/")).json() == NO_CHANNEL
    again = await door.ask("DELETE", CHANNELS + "api.free/", headers={"X-Idempotency-Key": "k"})
    assert again.status_code == 204
    assert (await door.ask("DELETE", CHANNELS + "api.free/")).status_code == 404


async def test_built_in_and_used_channels_are_not_deleted(door: Door) -> None:
    answer = await door.ask("DELETE", CHANNELS + "web/")
    assert (answer.status_code, answer.json()) == (403, IN_USE)
    assert (await door.get(CHANNELS + "web/")).json() == WEB


async def test_a_channel_that_is_switched_off_is_shown_as_ever(door: Door, free: dict[str, Any]) -> None:
    """`active` is foyer's own: pretix's clients neither see nor change it."""
    acme = door.world.organizers["acme"]
    made = partial(sales_channels.create, organizer_id=acme, identifier="api.off", label={})
    channel = await door.world.context().write(made)
    await door.world.context().write(partial(sales_channels.disable, organizer_id=acme, channel_id=channel))
    assert (await door.get(CHANNELS + "api.off/")).json() == {**free, "identifier": "api.off", "label": {}} | {
        "position": 0
    }

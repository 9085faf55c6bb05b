"""Events through the pretix door: what is shown, what is taken, what is refused and in which words."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from models.event import event
from rest.pretix.texts import text
from tests.event_doors import channel, event_id, place_order, properties, token
from tests.rest.pretix.conftest import ON_SQLITE, Door
from tests.world import World

EVENTS = "/api/v1/organizers/acme/events/"
FIELDS = (
    *("name", "slug", "live", "testmode", "currency", "date_from", "date_to", "date_admission", "is_public"),
    *("presale_start", "presale_end", "location", "geo_lat", "geo_lon", "has_subevents", "meta_data", "seating_plan"),
    *("plugins", "seat_category_mapping", "timezone", "item_meta_properties", "all_sales_channels"),
    *("limit_sales_channels", "public_url", "sales_channels"),
)
NEW = {"name": {"en": "Fair"}, "slug": "fair", "date_from": "2027-05-01T10:00:00Z"}
DENIED = {"detail": "You do not have permission to perform this action."}
NOT_FOUND = {"detail": "No Event matches the given query."}
REQUIRED, NULL = ["This field is required."], ["This field may not be null."]
NOT_A_NUMBER = ["A valid number is required."]
NOT_A_MOMENT = [
    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
]
BADGES, BANK = "pretix.plugins.badges", "pretix.plugins.banktransfer"


async def post(door: Door, changes: Mapping[str, Any] = {}, path: str = EVENTS, **options: Any) -> httpx2.Response:
    return await door.post(path, json={**NEW, **changes}, **options)


async def patch(door: Door, changes: Any, slug: str = "conf", **options: Any) -> httpx2.Response:
    return await door.ask("PATCH", f"{EVENTS}{slug}/", json=changes, **options)


async def slugs(door: Door, query: str = "", **options: Any) -> list[str]:
    answer = await door.get(f"{EVENTS}?{query}", **options)
    assert answer.status_code == 200, (query, answer.text)
    found = answer.json()
    assert found["count"] == len(found["results"])
    return [row["slug"] for row in found["results"]]


async def change(world: World, slug: str, **values: Any) -> None:
    found = await event_id(world, slug)
    await world.database.write(
        lambda tx: tx.row(update(event).where(event.c.id == found).values(values).returning(event.c.id))
    )


# -- reading -----------------------------------------------------------------------------------------------------------


async def test_an_event_is_shown_with_pretix_names_in_its_order(door: Door) -> None:
    shown = (await door.get(f"{EVENTS}conf/")).json()
    place = FIELDS.index("all_sales_channels")
    assert tuple(shown) == (*FIELDS[:place], "valid_keys", *FIELDS[place:])
    assert shown["valid_keys"] == {"pretix_sig1": []}
    assert shown["public_url"] == "http://foyer.test/acme/conf/"
    assert (shown["seating_plan"], shown["seat_category_mapping"]) == (None, {})
    assert (shown["date_from"], shown["timezone"]) == ("2026-10-28T00:00:00Z", "Europe/Berlin")


async def test_lists_have_no_keys_of_events(door: Door) -> None:
    found = (await door.get(EVENTS)).json()
    assert [tuple(row) for row in found["results"]] == [FIELDS, FIELDS]
    assert (found["count"], found["next"], found["previous"]) == (2, None, None)


async def test_availability_is_shown_if_it_is_asked_for_and_never_known(door: Door) -> None:
    place = FIELDS.index("public_url")
    (row, _) = (await door.get(f"{EVENTS}?with_availability_for=web")).json()["results"]
    assert tuple(row) == (*FIELDS[:place], "best_availability_state", *FIELDS[place:])
    assert row["best_availability_state"] is None
    assert "best_availability_state" in (await door.get(f"{EVENTS}conf/?with_availability_for=web")).json()
    for path in ("?with_availability_for=nope", "?with_availability_for=", "conf/?with_availability_for=WEB"):
        answer = await door.get(EVENTS + path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "No SalesChannel matches the given query."})


@ON_SQLITE
async def test_availability_is_asked_for_of_what_is_changed_or_deleted_too(door: Door) -> None:
    answer = await door.ask("PATCH", f"{EVENTS}party/?with_availability_for=web", json={"testmode": True})
    assert (answer.status_code, answer.json()["best_availability_state"]) == (200, None)
    for method in ("PATCH", "PUT", "DELETE"):
        answer = await door.ask(method, f"{EVENTS}party/?with_availability_for=nope", content=b"{broken", headers=JSON)
        assert (answer.status_code, answer.json()) == (404, {"detail": "No SalesChannel matches the given query."})
    assert (await door.get(f"{EVENTS}party/")).json()["testmode"] is True


async def test_lists_run_by_slug_unless_told_otherwise(door: Door) -> None:
    await change(door.world, "party", date_from=door.world.clock())
    by_slug, by_date = ["conf", "party"], ["party", "conf"]
    for ordering, expected in {
        "": by_slug,
        "slug": by_slug,
        "-slug": by_date,
        "date_from": by_date,
        "-date_from": by_slug,
        "name": by_slug,
        "name,-slug": by_date,
        " date_from ,slug": by_date,
        "-": by_slug,
    }.items():
        assert await slugs(door, f"ordering={ordering}") == expected, ordering


async def test_pages_are_numbered(door: Door) -> None:
    first = (await door.get(f"{EVENTS}?page_size=1&search=")).json()
    assert first["next"] == "http://foyer.test/api/v1/organizers/acme/events/?page=2&page_size=1&search="
    second = (await door.get(first["next"].removeprefix("http://foyer.test"))).json()
    assert [row["slug"] for page in (first, second) for row in page["results"]] == ["conf", "party"]
    assert (await door.get(f"{EVENTS}?page=3&page_size=1")).json() == {"detail": "Invalid page."}


# -- filters -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def stocked(door: Door) -> Door:
    """conf: 2026-10-28, live. past: 2025, of two days. series. quiet: only through api.b."""
    await channel(door.world, "api.b")
    await properties(door.world, {"Kind": "open", "Si]ze": "", "$.a": "x"})
    for made in (
        {
            "slug": "past",
            "date_from": "2025-01-01T00:00:00Z",
            "date_to": "2025-01-02T12:00:00Z",
            "testmode": True,
            "location": {"de": "Großer Saal 100%", "en": "Hall"},
        },
        {"slug": "series", "has_subevents": True, "meta_data": {"Kind": "closed"}},
        {"slug": "quiet", "is_public": False, "all_sales_channels": False, "limit_sales_channels": ["api.b"]},
    ):
        assert (await post(door, {"name": {"en": "Ärger_1"}, **made})).status_code == 201
    return door


ALL = ["conf", "party", "past", "quiet", "series"]
FILTERS = {
    "live=true": ["conf", "party"],
    "live=False": ["past", "quiet", "series"],
    "live=maybe": ALL,
    "live=": ALL,
    "testmode=1": ["past"],
    "is_public=0": ["quiet"],
    "has_subevents=True": ["series"],
    # A series counts as neither.
    "is_past=true": ["past"],
    "is_past=false": ["conf", "party", "quiet", "series"],
    "is_future=true": ["conf", "party", "quiet"],
    "is_future=false": ["past", "series"],
    "is_past=true&is_future=true": [],
    "ends_after=2025-01-02T12:00:00Z": ["conf", "party", "past", "quiet"],
    "ends_after=2025-01-02T12:00:00.000001Z": ["conf", "party", "quiet"],
    "ends_after=2099-01-01": [],
    "ends_after=": ALL,
    "date_from_after=2026-10-28T00:00:00Z": ["conf", "party", "quiet", "series"],
    "date_from_before=2025-01-01T01:00:00%2B01:00": ["past"],
    "date_from_after=2026-01-01&date_from_before=2026-12-31": ["conf", "party"],
    "date_to_after=2025-01-02T12:00:00Z": ["past"],
    "date_to_before=2025-01-02T12:00:00Z": ["past"],
    "date_to_before=2025-01-02T11:59:59Z": [],
    "search=CONF": ["conf"],
    "search=konferenz": ["conf"],
    "search=%C3%84RGER_": ["past", "quiet", "series"],
    "search=%C3%A4rger_1": ["past", "quiet", "series"],
    "search=GRO%E1%BA%9EER": ["past"],
    "search=gro%C3%9Fer%20saal": ["past"],
    "search=%25": ["past"],
    "search=rger%251": [],
    "search=de": [],
    "search=%22": [],
    "search=%20hall%20": ["past"],
    "search=": ALL,
    "sales_channel=web": ["conf", "party", "past", "series"],
    "sales_channel=api.b": ALL,
    "sales_channel=API.B": ["conf", "party", "past", "series"],
    "sales_channel=nope": ["conf", "party", "past", "series"],
    "attr[Kind]=open": ["conf", "party", "past", "quiet"],
    "attr%5BKind%5D=closed": ["series"],
    "attr[Kind]=": [],
    "attr[Kind]=Open": [],
    "attr[kind]=closed": ALL,
    "attr[$.a]=x": ALL,
    "attr[$.a]=y": [],
    "attr[Si]ze]=": ALL,
    "attr[Si]ze]=x": [],
    "attr[Kind]=closed&attr[$.a]=x": ["series"],
    "attr[]=x": ALL,
    "attr=x": ALL,
    "color=red": ALL,
    "live=true&search=party": ["party"],
}


async def test_filters_narrow_lists_and_single_events(stocked: Door) -> None:
    for query, expected in FILTERS.items():
        assert await slugs(stocked, query) == expected, query
    for query, expected in list(FILTERS.items())[::3]:
        for slug in ("conf", "past"):
            answer = await stocked.get(f"{EVENTS}{slug}/?{query}")
            assert answer.status_code == (200 if slug in expected else 404), (slug, query)


async def test_filters_narrow_what_is_written_to(door: Door) -> None:
    for method in ("PATCH", "PUT", "DELETE"):
        answer = await door.ask(method, f"{EVENTS}conf/?testmode=true", json=[])
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@ON_SQLITE
async def test_moments_that_are_none_are_refused_by_the_field_they_are_of(door: Door) -> None:
    said = ["Enter a valid date/time."]
    for query, expected in {
        "ends_after=yesterday": {"ends_after": said},
        "date_from_after=x": {"date_from": said},
        "date_from_before=2026-13-01": {"date_from": said},
        "date_to_after=x&date_to_before=y": {"date_to": said},
        "ends_after=x&date_to_before=y": {"ends_after": said, "date_to": said},
        "ends_after=0001-01-01T00:00:00%2B23:00": {"ends_after": said},
    }.items():
        for path in ("", "conf/"):
            answer = await door.get(f"{EVENTS}{path}?{query}")
            assert (answer.status_code, answer.json()) == (400, expected), query
    assert (await door.get(f"{EVENTS}?date_from_after=%202026-01-01%0A")).status_code == 200
    german = await door.get(f"{EVENTS}?ends_after=x", headers={"Accept-Language": "de"})
    assert german.json() == {"ends_after": [text("filter_datetime").spoken("de")]}


@ON_SQLITE
async def test_twenty_properties_are_asked_for_at_once_and_no_more(door: Door) -> None:
    asked = [f"attr[{number}]=x" for number in range(21)]
    assert (await door.get(f"{EVENTS}?{'&'.join(asked[:20])}")).status_code == 200
    answer = await door.get(f"{EVENTS}?{'&'.join(asked)}")
    assert (answer.status_code, answer.json()) == (400, {"attr": ["At most 20 of them."]})


# -- creating ----------------------------------------------------------------------------------------------------------


async def test_a_new_event_is_answered_as_it_is_listed(door: Door) -> None:
    answer = await post(door, {"name": "Fair", "location": "", "geo_lat": "52.5", "geo_lon": 13})
    shown = answer.json()
    assert answer.status_code == 201
    assert tuple(shown) == FIELDS
    assert (shown["name"], shown["location"]) == ({"en": "Fair"}, {"en": ""})
    assert (shown["geo_lat"], shown["geo_lon"]) == (52.5, 13.0)
    assert shown == (await door.get(f"{EVENTS}?search=fair")).json()["results"][0]


async def test_a_form_is_taken_too(door: Door) -> None:
    sent = {"name": "Fair", "slug": "fair", "date_from": "2027-05-01T10:00", "date_to": "", "testmode": "on"}
    answer = await door.ask("POST", EVENTS, data=sent)
    shown = answer.json()
    assert (answer.status_code, shown["date_to"], shown["testmode"]) == (201, None, True)


@ON_SQLITE
async def test_a_complete_form_unticks_what_it_leaves_out(door: Door) -> None:
    """As with a browser's form: only what is ticked is sent."""
    await channel(door.world, "api.b")
    sent = {"name": '{"en": "Fair", "de": "Messe"}', "slug": "fair", "date_from": "2027-05-01T10:00"}
    sold = {"limit_sales_channels": ["web", "api.b"]}
    shown = (await door.ask("POST", EVENTS, data={**sent, **sold, "is_public": "on"})).json()
    assert (shown["name"], shown["is_public"]) == ({"en": "Fair", "de": "Messe"}, True)
    assert (shown["all_sales_channels"], shown["limit_sales_channels"]) == (False, ["web", "api.b"])
    patched = (await door.ask("PATCH", f"{EVENTS}fair/", data={"testmode": "on"})).json()
    assert patched == {**shown, "testmode": True, "valid_keys": patched["valid_keys"]}
    put = (await door.ask("PUT", f"{EVENTS}fair/", data=sent)).json()
    assert (put["is_public"], put["testmode"], put["sales_channels"]) == (False, False, [])


WRONG: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({"name": None, "slug": None, "date_from": None}, {"name": NULL, "slug": NULL, "date_from": NULL}),
    ({"name": {"tlh": "x"}}, {"name": ["Invalid languages included."]}),
    ({"name": {"en": 1}}, {"name": ["All entries must be strings."]}),
    ({"name": {"tlh": "x", "en": None}}, {"name": ["All entries must be strings."]}),
    ({"name": 1}, {"name": ["Invalid data type."]}),
    ({"slug": ""}, {"slug": ["This field may not be blank."]}),
    ({"slug": "a b"}, {"slug": ["The slug may only contain letters, numbers, dots and dashes."]}),
    ({"slug": "-a"}, {"slug": ["The slug may only contain letters, numbers, dots and dashes."]}),
    ({"slug": "a" * 51}, {"slug": ["Ensure this field has no more than 50 characters."]}),
    ({"slug": "control"}, {"slug": ["This field has an invalid value: control."]}),
    ({"slug": "conf"}, {"slug": ["This slug has already been used for a different event."]}),
    (
        {"live": True},
        {
            "live": [
                "Events cannot be created as 'live'. Quotas and payment must be added to the event before sales can go "
                "live."
            ]
        },
    ),
    ({"live": "maybe", "testmode": None}, {"live": ["Must be a valid boolean."], "testmode": NULL}),
    ({"currency": "eur"}, {"currency": ['"eur" is not a valid choice.']}),
    ({"date_from": "soon"}, {"date_from": NOT_A_MOMENT}),
    ({"date_to": "soon"}, {"date_to": NOT_A_MOMENT}),
    ({"geo_lat": "north"}, {"geo_lat": NOT_A_NUMBER}),
    ({"geo_lat": True, "geo_lon": "NaN"}, {"geo_lat": NOT_A_NUMBER, "geo_lon": NOT_A_NUMBER}),
    ({"geo_lat": "NaN", "geo_lon": [1]}, {"geo_lat": NOT_A_NUMBER, "geo_lon": NOT_A_NUMBER}),
    ({"geo_lat": "Infinity"}, {"geo_lat": ["Ensure this value is less than or equal to 90."]}),
    ({"geo_lat": 10**400}, {"geo_lat": NOT_A_NUMBER}),
    ({"geo_lat": "1" * 1001}, {"geo_lat": ["String value too large."]}),
    ({"geo_lat": 90.1}, {"geo_lat": ["Ensure this value is less than or equal to 90."]}),
    ({"geo_lon": -180.1}, {"geo_lon": ["Ensure this value is greater than or equal to -180."]}),
    ({"meta_data": {"Nope": "x"}}, {"meta_data": ["Meta data property 'Nope' does not exist."]}),
    ({"meta_data": ["Kind"]}, {"meta_data": ["meta_data needs to be an object (str -> str)."]}),
    ({"meta_data": {"Kind": {}}}, {"meta_data": ["meta_data needs to be an object (str -> str)."]}),
    ({"meta_data": {"Kind": True}}, {"meta_data": ["meta_data needs to be an object (str -> str)."]}),
    ({"meta_data": {"Kind": "\0"}}, {"meta_data": ["Null characters are not allowed."]}),
    ({"meta_data": None}, {"meta_data": NULL}),
    ({"seating_plan": 5}, {"seating_plan": ['Invalid pk "5" - object does not exist.']}),
    ({"seating_plan": "7"}, {"seating_plan": ['Invalid pk "7" - object does not exist.']}),
    ({"seating_plan": "x"}, {"seating_plan": ["Incorrect type. Expected pk value, received str."]}),
    ({"seating_plan": True}, {"seating_plan": ["Incorrect type. Expected pk value, received bool."]}),
    ({"seating_plan": [1]}, {"seating_plan": ["Incorrect type. Expected pk value, received list."]}),
    ({"plugins": ["pretix.plugins.x"]}, {"plugins": ["Unknown plugin: 'pretix.plugins.x'."]}),
    ({"plugins": [5]}, {"plugins": ["Unknown plugin: '5'."]}),
    (
        {"plugins": ["pretix.plugins.banktransfer"]},
        {"plugins": ["Plugin should be enabled on organizer level first: 'pretix.plugins.banktransfer'."]},
    ),
    ({"plugins": 5}, {"plugins": ['Expected a list of items but got type "int".']}),
    ({"plugins": "badges"}, {"plugins": ["Unknown plugin: 'b'."]}),
    (
        {"seat_category_mapping": {"A": 5}},
        {"seat_category_mapping": ["You cannot specify seat category mappings on event creation."]},
    ),
    (
        {"seat_category_mapping": {"A": "5"}},
        {"seat_category_mapping": ["seat_category_mapping needs to be an object (str -> int)."]},
    ),
    (
        {"seat_category_mapping": []},
        {"seat_category_mapping": ["seat_category_mapping needs to be an object (str -> int)."]},
    ),
    ({"timezone": "Mars/Olympus"}, {"timezone": ['"Mars/Olympus" is not a valid choice.']}),
    (
        {"item_meta_properties": {"Size": None}},
        {"item_meta_properties": ["item_meta_properties needs to be an object (str -> str)."]},
    ),
    (
        {"all_sales_channels": False, "limit_sales_channels": ["web", "api.none"]},
        {"limit_sales_channels": ["Object with identifier=api.none does not exist."]},
    ),
    ({"limit_sales_channels": [5]}, {"limit_sales_channels": ["Object with identifier=5 does not exist."]}),
    ({"limit_sales_channels": "web"}, {"limit_sales_channels": ['Expected a list of items but got type "str".']}),
    (
        {"sales_channels": None, "slug": "a b"},
        {"sales_channels": ["The legacy attribute 'sales_channels' cannot be set to None, it must be a list."]},
    ),
    ({"sales_channels": {}}, {"limit_sales_channels": ['Expected a list of items but got type "dict".']}),
    (
        {"sales_channels": ["web"], "all_sales_channels": True},
        {
            "all_sales_channels": [
                "If 'all_sales_channels' is set, the legacy attribute 'sales_channels' must not be set or set to the "
                "list of all sales channels."
            ]
        },
    ),
    (
        {"sales_channels": ["web"], "limit_sales_channels": ["api.b"]},
        {
            "limit_sales_channels": [
                "If 'limit_sales_channels' is set, the legacy attribute 'sales_channels' must not be set or set to the "
                "same list."
            ]
        },
    ),
    ({"sales_channels": ["api.none"]}, {"limit_sales_channels": ["Object with identifier=api.none does not exist."]}),
    ({"date_to": "2027-05-01T09:00:00Z"}, {"non_field_errors": ["The event cannot end before it starts."]}),
    (
        {"presale_start": "2027-01-02T00:00:00Z", "presale_end": "2027-01-01T00:00:00Z"},
        {"non_field_errors": ["The event's presale cannot end before it starts."]},
    ),
]


async def test_texts_to_look_for_have_a_length(door: Door) -> None:
    assert (await door.get(EVENTS, params={"search": "x" * 1000})).json()["count"] == 0
    for name in ("search", "sales_channel"):
        answer = await door.get(EVENTS, params={name: "x" * 1001})
        said = "Ensure this field has no more than 1000 characters."
        assert (answer.status_code, answer.json()) == (400, {name: [said]})


async def test_what_is_wrong_is_said_by_field(door: Door) -> None:
    await channel(door.world, "api.b")
    await properties(door.world, {"Kind": "open"})
    for wrong, expected in WRONG:
        answer = await post(door, wrong)
        assert (answer.status_code, answer.json()) == (400, expected), wrong
    assert await slugs(door) == ["conf", "party"]


async def test_all_that_is_wrong_is_said_at_once_in_the_order_of_fields(door: Door) -> None:
    answer = await door.post(
        EVENTS,
        json={
            "slug": "conf",
            "live": True,
            "meta_data": {"Nope": "x"},
            "timezone": "x",
            "limit_sales_channels": ["nope"],
            "plugins": ["x"],
            "date_to": "2020-01-01",
            "unknown": 1,
            "geo_lat": "x",
        },
    )
    found = answer.json()
    assert (answer.status_code, found["name"], found["date_from"]) == (400, REQUIRED, REQUIRED)
    assert list(found) == [
        *("name", "slug", "live", "date_from", "geo_lat", "meta_data", "plugins", "timezone", "limit_sales_channels")
    ]
    # Without what a field cannot be, what the event cannot be is said; in the order of fields, too.
    answer = await post(door, {"limit_sales_channels": ["nope"], "live": True, "slug": "conf", "date_to": "2020-01-01"})
    assert list(answer.json()) == ["slug", "live", "limit_sales_channels"]


async def test_the_older_form_of_channels_means_all_or_some(door: Door) -> None:
    await channel(door.world, "api.b")
    cases: list[tuple[dict[str, Any], tuple[bool, list[str], list[str]]]] = [
        ({"sales_channels": ["api.b", "web"]}, (True, [], ["api.b", "web"])),
        ({"sales_channels": ["web", "web"]}, (False, ["web"], ["web"])),
        ({"sales_channels": []}, (False, [], [])),
        ({"sales_channels": ["web"], "limit_sales_channels": ["web"]}, (False, ["web"], ["web"])),
        ({"sales_channels": ["web", "api.b"], "all_sales_channels": True}, (True, [], ["api.b", "web"])),
        ({"sales_channels": ["web"], "all_sales_channels": False}, (False, ["web"], ["web"])),
    ]
    for number, (sent, expected) in enumerate(cases):
        shown = (await post(door, {**sent, "slug": f"made{number}"})).json()
        found = shown["all_sales_channels"], shown["limit_sales_channels"], shown["sales_channels"]
        assert found == expected, sent


async def test_numbers_in_meta_data_become_texts(door: Door) -> None:
    await properties(door.world, {"Kind": "open"})
    shown = (await post(door, {"meta_data": {"Kind": 5}})).json()
    assert shown["meta_data"] == {"Kind": "5"}
    answer = await post(door, {"slug": "other", "item_meta_properties": {"A": 1.5}})
    said = "item_meta_properties needs to be an object (str -> str)."
    assert (answer.status_code, answer.json()) == (400, {"item_meta_properties": [said]})


# -- changing and deleting ---------------------------------------------------------------------------------------------


async def test_a_changed_event_is_answered_as_it_is_shown(door: Door) -> None:
    answer = await patch(door, {"testmode": True})
    assert (answer.status_code, answer.json()["testmode"]) == (200, True)
    assert answer.json() == (await door.get(f"{EVENTS}conf/")).json()
    assert (await patch(door, {})).json() == answer.json()


async def test_put_needs_what_an_event_needs_and_resets_nothing(door: Door) -> None:
    await patch(door, {"testmode": True, "location": {"en": "Hall"}})
    answer = await door.ask("PUT", f"{EVENTS}conf/", json={"testmode": False})
    assert (answer.status_code, answer.json()) == (400, {"name": REQUIRED, "slug": REQUIRED, "date_from": REQUIRED})
    answer = await door.ask("PUT", f"{EVENTS}conf/", json={**NEW, "slug": "conf"})
    shown = answer.json()
    assert (answer.status_code, shown["name"]) == (200, {"en": "Fair"})
    assert (shown["testmode"], shown["location"]) == (True, {"en": "Hall"})


async def test_what_cannot_change_is_said(door: Door) -> None:
    for changes, expected in (
        ({"slug": "conf2"}, {"slug": ["The event slug cannot be changed."]}),
        (
            {"has_subevents": True},
            {"has_subevents": ["Once created an event cannot change between an series and a single event."]},
        ),
        ({"seat_category_mapping": {"A": 5}}, {"seat_category_mapping": ["Item '5' does not exist."]}),
        ({"date_to": "2020-01-01"}, {"non_field_errors": ["The event cannot end before it starts."]}),
        (
            {"slug": "conf2", "live": None, "has_subevents": True, "geo_lat": "x"},
            {
                "slug": ["The event slug cannot be changed."],
                "live": NULL,
                "geo_lat": NOT_A_NUMBER,
                "has_subevents": ["Once created an event cannot change between an series and a single event."],
            },
        ),
        (None, {"non_field_errors": ["No data provided"]}),
    ):
        answer = await door.ask("PATCH", f"{EVENTS}conf/", content=_json(changes), headers=JSON)
        assert (answer.status_code, answer.json()) == (400, expected), changes
    german = await patch(door, {"slug": "conf2"}, headers={"Accept-Language": "de"})
    assert german.json() == {"slug": [text("event_slug_fixed").spoken("de")]}


JSON = {"Content-Type": "application/json"}


def _json(value: Any) -> bytes:
    return httpx2.Request("POST", "http://x", json=value).content if value is not None else b"null"


async def test_what_is_fixed_may_be_said_again(door: Door) -> None:
    shown = (await door.get(f"{EVENTS}conf/")).json()
    answer = await patch(door, shown)
    assert (answer.status_code, answer.json()) == (200, shown)


async def test_a_shop_is_opened_and_closed(door: Door) -> None:
    await post(door)
    for wanted in (True, True, False):
        answer = await patch(door, {"live": wanted}, "fair")
        assert (answer.status_code, answer.json()["live"]) == (200, wanted)


async def test_an_event_is_deleted_without_a_word(door: Door) -> None:
    answer = await door.ask("DELETE", f"{EVENTS}party/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    for method in ("GET", "PATCH", "DELETE"):
        gone = await door.ask(method, f"{EVENTS}party/")
        assert (gone.status_code, gone.json()) == (403, DENIED)


async def test_an_event_with_orders_is_not_deleted(door: Door) -> None:
    answer = await door.ask("DELETE", f"{EVENTS}conf/")
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("The event can not be deleted as it already contains orders.")


# -- cloning -----------------------------------------------------------------------------------------------------------


async def test_a_clone_is_answered_with_its_keys(door: Door) -> None:
    await patch(door, {"testmode": True})
    answer = await post(door, {}, f"{EVENTS}conf/clone/")
    shown = answer.json()
    assert (answer.status_code, shown["slug"], shown["live"]) == (201, "fair", False)
    assert (shown["testmode"], shown["timezone"], shown["valid_keys"]) == (True, "Europe/Berlin", {"pretix_sig1": []})
    assert shown == (await door.get(f"{EVENTS}fair/")).json()


async def test_cloning_is_posted(door: Door) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        answer = await door.ask(method, f"{EVENTS}conf/clone/")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    answer = await door.post(f"{EVENTS}conf/clone/", json={})
    assert (answer.status_code, answer.json()) == (400, {"name": REQUIRED, "slug": REQUIRED, "date_from": REQUIRED})
    assert (await post(door, {}, f"{EVENTS}nope/clone/")).json() == DENIED


async def test_an_event_can_be_created_from_another(door: Door) -> None:
    await patch(door, {"testmode": True})
    for number, source in enumerate(("conf", "acme/conf")):
        answer = await post(door, {"slug": f"copy{number}"}, f"{EVENTS}?clone_from={source}")
        shown = answer.json()
        assert (answer.status_code, tuple(shown)) == (201, FIELDS)
        assert (shown["testmode"], shown["timezone"]) == (True, "Europe/Berlin")


async def test_what_cannot_be_cloned_was_not_found(door: Door) -> None:
    limited = await token(door.world, "organizer.events:create", "event.settings.general:write", reaching=("party",))
    for source in ("nope", "CONF", "", "beta/conf", "nobody/conf", "/conf", "acme/conf/x", "acme/"):
        answer = await post(door, {}, f"{EVENTS}?clone_from={source}")
        assert (answer.status_code, answer.json()) == (400, ["Event to copy from was not found"]), source
    answer = await post(door, {}, f"{EVENTS}?clone_from=conf", token=f"Token {limited}")
    assert answer.json() == ["Event to copy from was not found"]
    # What is wrong with the body is said first.
    assert (await post(door, {"slug": "-"}, f"{EVENTS}?clone_from=nope")).json().keys() == {"slug"}


async def test_cloning_takes_permissions(door: Door) -> None:
    creates = f"Token {await token(door.world, 'organizer.events:create')}"
    writes = f"Token {await token(door.world, 'event.settings.general:write')}"
    # Within one organizer, whoever reaches an event may create another after it; the address of cloning asks for more.
    answer = await post(door, {"slug": "copy"}, f"{EVENTS}?clone_from=conf", token=creates)
    assert (answer.status_code, answer.json()["timezone"]) == (201, "Europe/Berlin")
    answer = await post(door, {}, f"{EVENTS}conf/clone/", token=writes)
    assert (answer.status_code, answer.json()) == (403, {"detail": "No permission to create events"})
    answer = await post(door, {}, f"{EVENTS}conf/clone/", token=creates)
    assert (answer.status_code, answer.json()) == (403, DENIED)


async def test_to_clone_another_organizers_event_takes_the_permission_to_change_it(door: Door) -> None:
    secret = await token(door.world, "organizer.events:create", also_of="gamma")
    path = "/api/v1/organizers/gamma/events/?clone_from=acme/conf"
    answer = await post(door, {}, path, token=f"Bearer {secret}")
    denied = {"detail": "Not sufficient permission on source event to copy"}
    assert (answer.status_code, answer.json()) == (403, denied)


async def test_another_organizers_event_leaves_behind_what_is_only_there(door: Door) -> None:
    await properties(door.world, {"Kind": "open", "Own": ""})
    await properties(door.world, {"Kind": "", "Other": ""}, of="gamma")
    for identifier in ("api.b", "api.c"):
        await channel(door.world, identifier)
    await channel(door.world, "api.b", of="gamma")
    await door.ask("PATCH", "/api/v1/organizers/acme/", json={"plugins": [BANK]})
    given = {"meta_data": {"Kind": "1", "Own": "2"}, "sales_channels": ["api.b", "api.c"], "testmode": True}
    await post(door, {**given, "plugins": [BADGES, BANK]})
    path = "/api/v1/organizers/gamma/events/?clone_from=acme/fair"
    answer = await post(door, {}, path, token="oauth")
    shown = answer.json()
    assert (answer.status_code, shown["testmode"], shown["meta_data"]) == (201, True, {"Kind": "1"})
    assert (shown["all_sales_channels"], shown["limit_sales_channels"]) == (False, ["api.b"])
    assert shown["plugins"] == [BADGES]


# -- who may -----------------------------------------------------------------------------------------------------------


async def test_tokens_reach_what_they_are_for(door: Door) -> None:
    limited = f"Token {await token(door.world, 'event.settings.general:write', reaching=('conf',))}"
    nothing = f"Token {await token(door.world, 'event.nothing:read', reaching=())}"
    assert await slugs(door, token=limited) == ["conf"]
    assert await slugs(door, token=nothing) == await slugs(door, token="some_events") == []
    for name in ("device", "device_scan", "oauth", "oauth_read"):
        assert await slugs(door, token=name) == ["conf", "party"]
    for slug in ("party", "nope", "CONF", "con%00f"):
        assert (await door.get(f"{EVENTS}{slug}/", token=limited)).json() == DENIED, slug
    assert (await door.get("/api/v1/organizers/beta/events/")).json() == DENIED


async def test_who_may_not_write_is_told_before_anything_else(door: Door) -> None:
    for name in ("device", "oauth_read", "acme_nothing"):
        for method, path in (("POST", ""), ("PATCH", "conf/"), ("PUT", "conf/"), ("DELETE", "conf/")):
            answer = await door.ask(method, EVENTS + path, content=b"{broken", headers=JSON, token=name)
            assert (answer.status_code, answer.json()) == (403, DENIED), (name, method)
    for method, path in (("GET", ""), ("GET", "conf/"), ("POST", ""), ("DELETE", "conf/")):
        assert (await door.ask(method, EVENTS + path, token=None)).status_code == 401
    for method, path in (("PUT", ""), ("DELETE", ""), ("POST", "conf/")):
        assert (await door.ask(method, EVENTS + path, token="device")).status_code == 405
        assert (await door.ask(method, EVENTS + path, token="oauth_read")).status_code == 403
    answer = await door.post(EVENTS, json=NEW, token="device_scan")
    assert answer.json() == {"detail": "Request denied by device security profile."}
    assert (await door.get(EVENTS, token="oauth_profile")).json() == DENIED


@ON_SQLITE
async def test_options_describe_the_fields(door: Door) -> None:
    for path, name, method in (("", "Event List", "POST"), ("conf/", "Event Instance", "PUT")):
        described = (await door.ask("OPTIONS", EVENTS + path)).json()
        fields = described["actions"][method]
        assert described["name"] == name
        assert {field for field, told in fields.items() if told["required"]} == {"name", "slug", "date_from"}
        assert set(fields) < {*FIELDS, "valid_keys"}
        assert ("valid_keys" in fields) is (method == "PUT")
    # Whoever could write some event is told of the fields.
    assert "actions" in (await door.ask("OPTIONS", EVENTS, token="device")).json()
    assert "actions" not in (await door.ask("OPTIONS", EVENTS, token="oauth_read")).json()


async def test_a_deletion_is_answered_alike_with_its_key(door: Door) -> None:
    await place_order(door.world, "party")
    kept = {"X-Idempotency-Key": "k"}
    first = await door.ask("DELETE", f"{EVENTS}party/", headers=kept)
    assert first.status_code == 403
    await post(door)
    for _ in range(2):
        answer = await door.ask("DELETE", f"{EVENTS}fair/", headers={"X-Idempotency-Key": "k2"})
        assert (answer.status_code, answer.content) == (204, b"")

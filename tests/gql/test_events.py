"""Events by GraphQL: what can be asked of them, filtered and sorted; what mutations say of their inputs."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.event_doors import NEW, channel, encode, event_id, place_order, properties, token
from tests.world import World

EVENTS = """query ($filter: EventFilter, $order: EventOrder, $first: Int, $after: String) {
  events(filter: $filter, orderBy: $order, first: $first, after: $after) {
    totalCount nodes { slug } pageInfo { hasNextPage endCursor }
  }
  organizer(slug: "acme") { events(filter: $filter, orderBy: $order, first: $first) { totalCount nodes { slug } } }
}"""
CREATE = """mutation ($input: EventCreateInput!) {
  eventCreate(input: $input) { event { id slug organizer { slug } } userErrors { code field message } }
}"""
UPDATE = """mutation ($input: EventUpdateInput!) {
  eventUpdate(input: $input) { event { id slug } userErrors { code field } }
}"""
DELETE = "mutation ($input: EventDeleteInput!) { eventDelete(input: $input) { deletedId userErrors { code field } } }"
CLONE = """mutation ($input: EventCloneInput!) {
  eventClone(input: $input) { event { slug organizer { slug } metaData testmode } userErrors { code field } }
}"""
INPUT = {"name": NEW["name"], "slug": NEW["slug"], "dateFrom": NEW["date_from"]}


async def create(world: World, **given: Any) -> Any:
    return (await world.data(CREATE, {"input": {**INPUT, **given}}))["eventCreate"]


@pytest.fixture
async def stocked(world: World) -> World:
    await channel(world, "api.b")
    past = {"dateFrom": "2025-01-01T00:00:00Z", "dateTo": "2025-01-02T00:00:00Z", "testmode": True}
    quiet = {"isPublic": False, "allSalesChannels": False, "limitSalesChannelIdentifiers": ["api.b"]}
    for given in (
        {"slug": "past", **past, "location": {"de": "Großer Saal"}},
        {"slug": "series", "hasSubevents": True},
        {"slug": "quiet", **quiet},
    ):
        assert (await create(world, **given))["userErrors"] == []
    return world


ALL = ["conf", "party", "past", "quiet", "series"]
FILTERS: list[tuple[Mapping[str, Any], list[str]]] = [
    ({}, ALL),
    ({"search": "GROẞER"}, ["past"]),
    ({"search": ""}, ALL),
    ({"search": None}, ALL),
    ({"search": "%"}, []),
    ({"isPast": True}, ["past"]),
    ({"isPast": False}, ["conf", "party", "quiet", "series"]),
    ({"isFuture": True}, ["conf", "party", "quiet"]),
    ({"not": {"isFuture": True}}, ["past", "series"]),
    ({"live": True}, ["conf", "party"]),
    ({"testmode": True}, ["past"]),
    ({"isPublic": False}, ["quiet"]),
    ({"hasSubevents": True}, ["series"]),
    ({"slug": {"oneOf": ["past", "conf", "none"]}}, ["conf", "past"]),
    ({"dateFrom": {"lt": "2026-01-01T00:00:00Z"}}, ["past"]),
    ({"dateTo": {"eq": None}}, ["conf", "party", "quiet", "series"]),
    ({"endsAfter": "2025-01-02T00:00:00Z"}, ["conf", "party", "past", "quiet"]),
    ({"not": {"endsAfter": "2025-01-02T00:00:01Z"}}, ["past", "series"]),
    ({"salesChannel": "web"}, ["conf", "party", "past", "series"]),
    ({"salesChannel": "api.b", "isPublic": False}, ["quiet"]),
    ({"not": {"salesChannel": "web"}}, ["quiet"]),
    ({"or": [{"search": "PAST"}, {"and": [{"search": "qu"}, {"search": "iet"}]}]}, ["past", "quiet"]),
]


async def test_filters_narrow_events_at_the_root_and_below_their_organizer(stocked: World) -> None:
    for given, expected in FILTERS:
        data = await stocked.data(EVENTS, {"filter": given})
        for found in (data["events"], data["organizer"]["events"]):
            assert [node["slug"] for node in found["nodes"]] == expected, given
            assert found["totalCount"] == len(expected), given


async def test_filters_with_null_characters_are_refused(world: World) -> None:
    for given in ({"search": "\0"}, {"salesChannel": "web\0"}, {"slug": {"eq": "\0"}}):
        answer = (await world.graphql(EVENTS, {"filter": given})).json()
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID"}, given


async def test_events_are_sorted_and_paged(stocked: World) -> None:
    by_date = ["past", "conf", "party", "series", "quiet"]
    for order, expected in (
        ({"field": "SLUG"}, ALL),
        ({"field": "SLUG", "direction": "DESC"}, ALL[::-1]),
        ({"field": "DATE_FROM"}, by_date),
        ({"field": "DATE_FROM", "direction": "DESC"}, by_date[::-1]),
    ):
        found: list[str] = []
        after = None
        for more in (True, True, False):
            page = (await stocked.data(EVENTS, {"order": order, "first": 2, "after": after}))["events"]
            found += [node["slug"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            assert page["pageInfo"]["hasNextPage"] is more
        assert found == expected


SHOWN = """{ event(organizer: "acme", slug: "fair") {
  name location(language: "de") nameTranslations locationTranslations dateTo dateAdmission presaleStart presaleEnd
  geoLat geoLon plugins metaData itemMetaProperties allSalesChannels limitSalesChannelIdentifiers
  salesChannelIdentifiers createdAt
} }"""


async def test_everything_of_an_event_can_be_asked(world: World) -> None:
    await properties(world, {"Kind": "open"})
    await channel(world, "api.b")
    await create(
        world,
        location={"en": "Hall", "de": "Saal"},
        dateAdmission="2027-05-01T09:00:00Z",
        geoLat=1,
        metaData={"Kind": "x"},
        allSalesChannels=None,
    )
    shown = (await world.data(SHOWN))["event"]
    assert shown.pop("createdAt").startswith("2026-01-01T")
    assert shown == {
        "name": "Fair",
        "location": "Saal",
        "nameTranslations": {"en": "Fair"},
        "locationTranslations": {"en": "Hall", "de": "Saal"},
        "dateTo": None,
        "dateAdmission": "2027-05-01T09:00:00Z",
        "presaleStart": None,
        "presaleEnd": None,
        "geoLat": 1.0,
        "geoLon": None,
        "plugins": ["pretix.plugins.sendmail", "pretix.plugins.statistics"],
        "metaData": {"Kind": "x"},
        "itemMetaProperties": {},
        "allSalesChannels": True,
        "limitSalesChannelIdentifiers": [],
        "salesChannelIdentifiers": ["api.b", "web"],
    }


async def test_an_events_channels_are_shown_wherever_it_is_reached(world: World) -> None:
    await channel(world, "api.b")
    await create(world, allSalesChannels=False, limitSalesChannelIdentifiers=["api.b"])
    found = encode(await event_id(world, "fair"))
    fields = "slug salesChannelIdentifiers limitSalesChannelIdentifiers"
    document = f"""query ($ids: [ID!]!) {{
      nodes(ids: $ids) {{ ... on Event {{ {fields} organizer {{ events {{ nodes {{ {fields} }} }} }} }} }}
      viewer {{ organizers {{ nodes {{ events(last: 1) {{ nodes {{ {fields} }} }} }} }} }}
    }}"""
    data = await world.data(document, {"ids": [found]})
    limited = {"slug": "fair", "salesChannelIdentifiers": ["api.b"], "limitSalesChannelIdentifiers": ["api.b"]}
    everywhere = {"salesChannelIdentifiers": ["api.b", "web"], "limitSalesChannelIdentifiers": []}
    (node,) = data["nodes"]
    below = node.pop("organizer")["events"]["nodes"]
    assert node == below[1] == limited
    assert below[0] == {"slug": "conf", **everywhere}
    assert data["viewer"]["organizers"]["nodes"] == [{"events": {"nodes": [{"slug": "party", **everywhere}]}}]


# -- mutations ---------------------------------------------------------------------------------------------------------


async def test_user_errors_name_the_inputs(world: World) -> None:
    given = {
        "slug": "conf",
        "currency": "eur",
        "geoLon": 181,
        "itemMetaProperties": [],
        "allSalesChannels": False,
        "limitSalesChannelIdentifiers": ["none"],
    }
    payload = await create(world, **given)
    assert payload["event"] is None
    found = [(error["code"], error["field"][1]) for error in payload["userErrors"]]
    assert found == [
        ("TAKEN", "slug"),
        ("INVALID", "currency"),
        ("INVALID", "geoLon"),
        ("INVALID", "itemMetaProperties"),
        ("INVALID", "limitSalesChannelIdentifiers"),
    ]
    payload = await create(world, dateTo="2020-01-01T00:00:00Z")
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("INVALID", ["input", "dateTo"])]


async def test_ids_that_are_no_events_are_refused(world: World) -> None:
    for id, expected in (("x", "INVALID"), (encode(999_999), "NOT_FOUND")):
        for name, document, given in (
            ("eventUpdate", UPDATE, {"live": True}),
            ("eventDelete", DELETE, {}),
            ("eventClone", CLONE, INPUT),
        ):
            payload = (await world.data(document, {"input": {"id": id, **given}}))[name]
            assert [error["code"] for error in payload["userErrors"]] == [expected]


async def test_a_deleted_event_leaves_its_id(world: World) -> None:
    party = encode(await event_id(world, "party"))
    given = {"input": {"id": party, "idempotencyKey": "k"}}
    for _ in range(2):
        assert (await world.data(DELETE, given))["eventDelete"] == {"deletedId": party, "userErrors": []}
    assert (await world.data("query ($id: ID!) { node(id: $id) { id } }", {"id": party})) == {"node": None}
    await place_order(world, "conf")
    payload = (await world.data(DELETE, {"input": {"id": encode(await event_id(world, "conf"))}}))["eventDelete"]
    assert payload == {"deletedId": None, "userErrors": [{"code": "IN_USE", "field": None}]}


async def test_a_key_belongs_to_its_input(world: World) -> None:
    first = await create(world, idempotencyKey="k")
    assert await create(world, idempotencyKey="k") == first
    (error,) = (await create(world, slug="other", idempotencyKey="k"))["userErrors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_another_organizers_event_can_be_cloned(world: World) -> None:
    await properties(world, {"Kind": "a"})
    await create(world, metaData={"Kind": "b"}, testmode=True)
    source = {"id": encode(await event_id(world, "fair")), **INPUT}
    secret = await token(world, "organizer.*", "event.*", of="beta")
    (error,) = (await world.data(CLONE, {"input": source}, token=secret))["eventClone"]["userErrors"]
    assert error["code"] == "NOT_FOUND"
    answer = await world.graphql(CLONE, {"input": {**source, "sourceOrganizer": "acme"}}, token=secret)
    assert answer.json()["data"]["eventClone"]["userErrors"][0]["code"] == "PERMISSION_DENIED"

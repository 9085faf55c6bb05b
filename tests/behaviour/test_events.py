"""What events do, through every door and on both engines."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from models.change import change
from models.database import Tx
from models.event import event, event_sales_channel
from models.organizer import organizer
from models.sales_channel import sales_channel
from models.token import token_event
from models.tracking_campaign import tracking_campaign
from tests.doors import DOORS, Door, beside, outcomes, refused
from tests.event_doors import NEW, Events, channel, event_id, events_of, place_order, properties, token
from tests.world import START, World

CREATE, WRITE = "organizer.events:create", "event.settings.general:write"
FULL: Mapping[str, Any] = {
    "name": {"en": "Fair", "de": "Messe"},
    "slug": "Fair-2027.1",
    "testmode": True,
    "currency": "JPY",
    "date_from": "2027-05-01T10:00:00Z",
    "date_to": "2027-05-01T10:00:00.500000Z",
    "date_admission": "2027-05-01T09:00:00Z",
    "is_public": False,
    "presale_start": "2027-01-01T00:00:00Z",
    "presale_end": "2027-01-01T00:00:00Z",
    "location": {"de": "Köln ☃"},
    "geo_lat": -90.0,
    "geo_lon": 6.25,
    "has_subevents": True,
    "meta_data": {"Kind": "trade", "": "x"},
    "plugins": ["pretix.plugins.badges", "pretix.plugins.stripe"],
    "timezone": "Europe/Berlin",
    "item_meta_properties": {"Size": "L"},
    "all_sales_channels": False,
    "limit_sales_channels": ["web", "api.b"],
}
DEFAULTS = {
    "live": False,
    "testmode": False,
    "currency": "EUR",
    "date_to": None,
    "date_admission": None,
    "is_public": True,
    "presale_start": None,
    "presale_end": None,
    "location": None,
    "geo_lat": None,
    "geo_lon": None,
    "has_subevents": False,
    "meta_data": {},
    "plugins": ["pretix.plugins.sendmail", "pretix.plugins.statistics"],
    "timezone": "UTC",
    "item_meta_properties": {},
    "all_sales_channels": True,
    "limit_sales_channels": [],
    "sales_channels": ["web"],
}


@pytest.fixture
def events(door: Door) -> Events:
    return events_of(door)


@pytest.fixture
def other(door: Door) -> Events:
    """The other door of the same server."""
    (found,) = (kind for name, kind in DOORS.items() if name != door.name)
    return events_of(found(door.world))


async def changes(world: World) -> list[tuple[str, Any]]:
    asked = select(change.c.kind, change.c.content).where(change.c.kind.like("event.%")).order_by(change.c.id)
    return [tuple(row) for row in await world.database.write(lambda tx: tx.rows(asked))]


async def rows(world: World, table: Any) -> int:
    (found,) = await world.database.write(lambda tx: tx.row(select(func.count()).select_from(table)))
    return int(found)


async def furnish(world: World) -> None:
    """What a full event names."""
    await properties(world, {"Kind": "consumer", "": "none"})
    for identifier in ("api.b", "api.a"):
        await channel(world, identifier)


# -- creating ----------------------------------------------------------------------------------------------------------


async def test_a_new_event_has_defaults_for_what_was_left_out(events: Events, other: Events) -> None:
    shown = await events.create()
    assert shown == {**DEFAULTS, **NEW}
    assert await other.show("fair") == await events.show("fair") == shown
    assert await changes(events.world) == [("event.created", {"slug": "fair"})]


async def test_a_new_event_has_all_it_was_given(events: Events, other: Events) -> None:
    await furnish(events.world)
    shown = await events.create({**FULL, "plugins": [*reversed(FULL["plugins"]), FULL["plugins"][0]]})
    # Channels are shown in their own order, of which the place in lists comes first.
    assert shown == {**FULL, "live": False, "sales_channels": FULL["limit_sales_channels"]}
    assert await other.show(FULL["slug"]) == shown


async def test_channels_are_cleared_where_all_are_meant(events: Events) -> None:
    await furnish(events.world)
    shown = await events.create({"all_sales_channels": True, "limit_sales_channels": ["web"]})
    assert (shown["limit_sales_channels"], shown["sales_channels"]) == ([], ["api.a", "api.b", "web"])
    assert await rows(events.world, event_sales_channel) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": ""},
        {"slug": "-a"},
        {"slug": "a_b"},
        {"slug": "ä"},
        {"slug": "a\0"},
        {"slug": "a" * 51},
        {"slug": "control"},
        {"slug": "_global"},
        {"name": {"tlh": "x"}},
        {"name": {"en": "a\0"}},
        {"name": None},
        {"live": True},
        {"currency": "eur"},
        {"currency": ""},
        {"timezone": "Europe/Nowhere"},
        {"timezone": "localtime"},
        {"timezone": "../UTC"},
        {"date_from": "soon"},
        {"date_from": None},
        {"geo_lat": 90.5},
        {"geo_lon": -181},
        {"geo_lat": True},
        {"plugins": ["pretix.plugins.nothing"]},
        {"plugins": ["badges"]},
        {"plugins": [None]},
        {"meta_data": {"Unknown": "x"}},
        {"meta_data": {"Kind": None}},
        {"meta_data": {"Kind": "a\0"}},
        {"meta_data": ["Kind"]},
        {"item_meta_properties": {"Size": ["L"]}},
        {"item_meta_properties": "Size"},
        {"all_sales_channels": False, "limit_sales_channels": ["api.none"]},
        {"all_sales_channels": False, "limit_sales_channels": ["WEB"]},
        {"date_to": "2027-05-01T09:59:59.999999Z"},
        {"presale_start": "2027-01-01T00:00:01Z", "presale_end": "2027-01-01T00:00:00Z"},
    ],
    ids=str,
)
async def test_events_that_cannot_be_are_not_created(events: Events, wrong: Mapping[str, Any]) -> None:
    await furnish(events.world)
    with refused("invalid"):
        await events.create(wrong)
    assert await changes(events.world) == []


async def test_a_slug_is_taken_once(events: Events, other: Events) -> None:
    await events.create()
    for again in (events, other):
        with refused("taken"):
            await again.create({"name": {"en": "Another"}})
    # Slugs are compared as they are written, and each organizer has its own.
    await events.create({"slug": "FAIR"})
    await events.create(of="beta", token="beta")
    # PostgreSQL gives ids from a sequence, which may leave some out.
    assert len(await changes(events.world)) == 3


async def test_a_slug_that_two_doors_of_two_servers_want_is_had_by_one(world: World, database_url: str) -> None:
    async with beside(world, database_url) as second:
        doors = [events_of(kind(server)) for kind in DOORS.values() for server in (world, second)]
        found = await outcomes(events.create() for _ in range(5) for events in doors)
    assert found == {"done": 1, "taken": 19}
    assert await changes(world) == [("event.created", {"slug": "fair"})]


# -- changing ----------------------------------------------------------------------------------------------------------


async def test_everything_that_may_change_changes_and_the_rest_stays(events: Events, other: Events) -> None:
    await furnish(events.world)
    before = await events.create()
    for name, value in FULL.items():
        if name not in ("slug", "has_subevents", "date_to", "all_sales_channels", "limit_sales_channels"):
            shown = await events.update("fair", {name: value})
            assert shown == {**before, name: value}
            before = shown
    limited = {"all_sales_channels": False, "limit_sales_channels": ["web", "api.b"]}
    shown = await events.update("fair", {**limited, "live": True})
    assert shown == {**before, **limited, "sales_channels": ["web", "api.b"], "live": True}
    assert await other.show("fair") == shown
    assert (await events.update("fair", {"all_sales_channels": True}))["sales_channels"] == ["api.a", "api.b", "web"]
    # What was chosen is forgotten then.
    assert (await events.update("fair", {"all_sales_channels": False}))["sales_channels"] == []


async def test_what_is_known_to_nobody_can_be_unknown_again(events: Events) -> None:
    await furnish(events.world)
    nothing = dict.fromkeys(
        ("date_to", "date_admission", "presale_start", "presale_end", "location", "geo_lat", "geo_lon")
    )
    await events.create({**FULL, "slug": "fair"})
    shown = await events.update("fair", {**nothing, "meta_data": {}, "plugins": []})
    assert {name: shown[name] for name in nothing} == nothing
    assert (shown["meta_data"], shown["plugins"]) == ({}, [])


async def test_meta_data_is_replaced_whole(events: Events) -> None:
    await properties(events.world, {"Kind": "a", "Size": "b"})
    await events.create({"meta_data": {"Kind": "1"}})
    assert (await events.update("fair", {"meta_data": {"Size": "2"}}))["meta_data"] == {"Size": "2"}


async def test_only_what_changed_is_told(events: Events) -> None:
    await furnish(events.world)
    shown = await events.create({**FULL, "slug": "fair"})
    told = await changes(events.world)
    same = {name: value for name, value in shown.items() if name != "sales_channels"}
    await events.update("fair", {})
    await events.update("fair", same)
    await events.update(
        "fair", {"limit_sales_channels": ["web", "api.b", "web"], "name": {"de": "Messe", "en": "Fair"}}
    )
    assert await changes(events.world) == told
    await events.update("fair", {**same, "live": True, "limit_sales_channels": ["web"]})
    fields = ["limit_sales_channel_identifiers", "live"]
    assert await changes(events.world) == [*told, ("event.updated", {"fields": fields})]


async def test_a_slug_and_a_series_stay(events: Events) -> None:
    await events.create()
    await events.update("fair", {"slug": "fair", "has_subevents": False})
    for wrong in ({"slug": "fair2"}, {"slug": "party"}, {"has_subevents": True}):
        with refused("invalid"):
            await events.update("fair", wrong)


async def test_dates_must_fit_those_that_stay(events: Events) -> None:
    await events.create({"date_to": "2027-05-02T10:00:00Z", "presale_start": "2027-01-01T00:00:00Z"})
    for wrong in (
        {"date_from": "2027-05-03T10:00:00Z"},
        {"date_to": "2027-04-30T10:00:00Z"},
        {"presale_end": "2026-12-31T00:00:00Z"},
    ):
        with refused("invalid"):
            await events.update("fair", wrong)
    moved = {"date_from": "2028-05-03T10:00:00Z", "date_to": "2028-05-04T10:00:00Z"}
    assert (await events.update("fair", moved))["date_to"] == moved["date_to"]


async def test_an_update_that_is_refused_in_part_changes_nothing(events: Events) -> None:
    before = await events.create()
    told = await changes(events.world)
    with refused("invalid"):
        await events.update("fair", {"name": {"en": "New"}, "currency": "XTS"})
    with refused("invalid"):
        await events.update("fair", {"all_sales_channels": False, "limit_sales_channels": ["web", "api.none"]})
    assert await events.show("fair") == before
    assert await changes(events.world) == told


async def test_what_must_be_there_is_not_taken_away(events: Events) -> None:
    await events.create()
    for name in ("name", "currency", "date_from", "timezone", "live", "plugins", "meta_data", "limit_sales_channels"):
        with refused("invalid"):
            await events.update("fair", {name: None})


# -- deleting ----------------------------------------------------------------------------------------------------------


async def test_an_event_goes_with_all_that_hangs_on_it(events: Events, other: Events) -> None:
    world = events.world
    await furnish(world)
    await events.create({**FULL, "slug": "fair"})
    limited = await token(world, WRITE, reaching=("fair", "conf"))
    campaign = {"organizer_id": world.organizers["acme"], "event_id": await event_id(world, "fair"), "code": "C1"}
    full = {**campaign, "description": "x", "external_target": "", "active": True, "created_at": START}
    add = insert(tracking_campaign).values(**full, click_count=0, order_count=0).returning(tracking_campaign.c.id)
    await world.database.write(lambda tx: tx.row(add))
    await events.delete("fair", token=limited)
    assert "fair" not in await other.slugs()
    assert [await rows(world, table) for table in (event_sales_channel, tracking_campaign, token_event)] == [0, 0, 1]
    assert (await changes(world))[-1] == ("event.deleted", {"slug": "fair"})
    # Its slug is free again.
    await events.create()


async def test_an_event_with_orders_stays(events: Events) -> None:
    await place_order(events.world, "conf")
    with refused("in_use"):
        await events.delete("conf")
    assert await events.slugs() == ["conf", "party"]
    assert await changes(events.world) == []


async def test_an_event_is_deleted_once(world: World, database_url: str) -> None:
    async with beside(world, database_url) as second:
        doors = [events_of(kind(server)) for kind in DOORS.values() for server in (world, second)]
        found = await outcomes(events.delete("conf") for _ in range(3) for events in doors)
    assert found["done"] == 1
    assert set(found) <= {"done", "not_found", "permission_denied"}
    assert [kind for kind, _ in await changes(world)] == ["event.deleted"]


RECORD = """mutation ($input: OrderRecordInput!) {
  orderRecord(input: $input) { order { code } userErrors { code } }
}"""


async def test_no_order_is_placed_for_an_event_that_goes(world: World, database_url: str) -> None:
    """Whoever comes first keeps the other out: an order stays with its event, or there is no event to order for."""

    async def record(server: World, slug: str) -> list[str]:
        given = {"event": slug, "code": "AB1", "salesChannel": "web"}
        payload = (await server.data(RECORD, {"input": given}))["orderRecord"]
        return [error["code"] for error in payload["userErrors"]]

    async with beside(world, database_url) as second:
        doors = [events_of(kind(second)) for kind in DOORS.values()]
        for number in range(8):
            slug, events = f"e{number}", doors[number % 2]
            await events.create({"slug": slug})
            acts = [record(world, slug), outcomes([events.delete(slug)])]
            recorded, deleted = await asyncio.gather(*(acts if number % 4 < 2 else reversed(acts)))
            if number % 4 >= 2:
                recorded, deleted = deleted, recorded
            assert (recorded, dict(deleted)) in (([], {"in_use": 1}), (["NOT_FOUND"], {"done": 1}))


async def test_channels_that_go_meanwhile_leave_no_trace(world: World, database_url: str) -> None:
    async with beside(world, database_url) as second:
        doors = [events_of(kind(second)) for kind in DOORS.values()]
        for number in range(8):
            identifier, events = f"api.{number}", doors[number % 2]
            await channel(world, identifier)
            limit = {"all_sales_channels": False, "limit_sales_channels": [identifier]}
            limited, gone = await asyncio.gather(
                outcomes([events.update("conf", limit)]), world.pretix("DELETE", f"saleschannels/{identifier}/")
            )
            assert gone.status_code == 204
            assert dict(limited) in ({"done": 1}, {"invalid": 1})
            assert await rows(world, event_sales_channel) == 0
            await events.update("conf", {"all_sales_channels": True})


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
async def test_a_channel_that_is_being_deleted_is_waited_for(events: Events, database_url: str) -> None:
    channel_id = await channel(events.world, "api.b")
    held = asyncio.Event()

    async def deletion(tx: Tx) -> None:
        await tx.row(select(sales_channel.c.id).where(sales_channel.c.id == channel_id).with_for_update())
        held.set()
        await asyncio.sleep(0.05)
        await tx.rows(delete(sales_channel).where(sales_channel.c.id == channel_id).returning(sales_channel.c.id))

    async with beside(events.world, database_url) as second:
        deleted = asyncio.create_task(second.database.write(deletion))
        await held.wait()
        with refused("invalid"):
            await events.update("conf", {"all_sales_channels": False, "limit_sales_channels": ["api.b"]})
        await deleted


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
async def test_a_plugin_that_the_organizer_loses_is_waited_for(events: Events, database_url: str) -> None:
    bank, acme = "pretix.plugins.banktransfer", organizer.c.slug == "acme"
    await events.world.database.write(lambda tx: tx.rows(update(organizer).where(acme).values(plugins=[bank])))
    held = asyncio.Event()

    async def loss(tx: Tx) -> None:
        await tx.row(select(organizer.c.id).where(acme).with_for_update(key_share=True))
        held.set()
        await asyncio.sleep(0.05)
        await tx.rows(update(organizer).where(acme).values(plugins=[]))

    async with beside(events.world, database_url) as second:
        for act in (events.create({"slug": "fair", "plugins": [bank]}), events.update("conf", {"plugins": [bank]})):
            held.clear()
            lost = asyncio.create_task(second.database.write(loss))
            await held.wait()
            with refused("invalid"):
                await act
            await lost
            await events.world.database.write(lambda tx: tx.rows(update(organizer).where(acme).values(plugins=[bank])))


# -- cloning -----------------------------------------------------------------------------------------------------------


async def test_a_clone_is_like_its_model_but_for_what_is_its_own(events: Events) -> None:
    await furnish(events.world)
    model = await events.create({**FULL, "slug": "model"})
    await events.update("model", {"live": True})
    own = {"name": {"en": "Copy"}, "slug": "copy", "date_from": "2028-01-01T10:00:00Z"}
    like = ("timezone", "testmode", "is_public", "plugins", "meta_data", "item_meta_properties")
    shown = await events.clone("model", own)
    expected = {**DEFAULTS, **own, **{name: model[name] for name in like}}
    channels = {name: model[name] for name in ("all_sales_channels", "limit_sales_channels", "sales_channels")}
    assert shown == {**expected, **channels, "date_admission": "2028-01-01T09:00:00Z"}
    assert (await changes(events.world))[-1] == ("event.created", {"slug": "copy"})


async def test_what_is_given_goes_before_the_model(events: Events) -> None:
    await furnish(events.world)
    await events.create({**FULL, "slug": "model"})
    given = {
        "testmode": False,
        "is_public": True,
        "has_subevents": False,
        "plugins": [],
        "meta_data": {},
        "item_meta_properties": {},
        "timezone": "Asia/Tokyo",
        "all_sales_channels": True,
        "currency": "CHF",
        "location": {"en": "Here"},
        "date_admission": None,
    }
    shown = await events.clone("model", given)
    assert shown == {**DEFAULTS, **NEW, **given, "sales_channels": ["api.a", "api.b", "web"]}


async def test_clones_are_refused_as_new_events_are(events: Events) -> None:
    for wrong, code in (({"slug": "conf"}, "taken"), ({"slug": "-"}, "invalid"), ({"live": True}, "invalid")):
        with refused(code):
            await events.clone("conf", wrong)
    with refused("not_found", "permission_denied"):
        await events.clone("nothing")
    assert await changes(events.world) == []


# -- whose event, and who may ------------------------------------------------------------------------------------------


async def test_a_token_reads_the_events_that_it_reaches(events: Events) -> None:
    for reaching, found in ((None, ["conf", "party"]), (("party",), ["party"]), ((), [])):
        secret = await token(events.world, "event.nothing:read", reaching=reaching)
        assert await events.slugs(token=secret) == found
        for slug in ("conf", "party"):
            if slug in found:
                assert (await events.show(slug, token=secret))["slug"] == slug
            else:
                with refused("not_found", "permission_denied"):
                    await events.show(slug, token=secret)


async def test_writing_needs_permission_and_reach(events: Events) -> None:
    world = events.world
    powerless = await token(world, "event.settings.general:read", "organizer.events:read")
    elsewhere = await token(world, CREATE, WRITE, reaching=("party",))
    for secret in (powerless, elsewhere):
        for act in (
            events.update("conf", {"testmode": True}, token=secret),
            events.delete("conf", token=secret),
            events.clone("conf", token=secret),
        ):
            with refused("permission_denied", "not_found"):
                await act
    with refused("permission_denied"):
        await events.create(token=powerless)
    assert await changes(world) == []
    assert (await events.update("party", {"testmode": True}, token=elsewhere))["testmode"]


async def test_creating_and_changing_are_two_permissions(events: Events) -> None:
    creates, writes = await token(events.world, CREATE), await token(events.world, WRITE)
    for act in (
        events.create(token=writes),
        events.clone("conf", token=writes),
        events.update("conf", {"testmode": True}, token=creates),
        events.delete("conf", token=creates),
    ):
        with refused("permission_denied"):
            await act
    assert (await events.create(token=creates))["slug"] == "fair"
    assert (await events.update("conf", {"testmode": True}, token=writes))["testmode"]
    both = await token(events.world, CREATE, WRITE)
    assert (await events.clone("conf", {"slug": "copy"}, token=both))["slug"] == "copy"


async def test_what_a_limited_token_creates_is_shown_to_it_once(events: Events) -> None:
    secret = await token(events.world, CREATE, WRITE, reaching=("conf",))
    assert (await events.create(token=secret))["slug"] == "fair"
    assert (await events.clone("conf", {"slug": "copy"}, token=secret))["slug"] == "copy"
    assert await events.slugs(token=secret) == ["conf"]
    with refused("not_found", "permission_denied"):
        await events.update("fair", {"testmode": True}, token=secret)


async def test_another_organizers_events_are_out_of_reach(events: Events) -> None:
    told = await changes(events.world)
    wrong: list[dict[str, Any]] = [{"token": "beta", "of": "beta"}, {"token": "beta"}, {"of": "beta"}]
    for options in wrong:
        for act in (
            events.show("conf", **options),
            events.update("conf", {"testmode": True}, **options),
            events.delete("conf", **options),
            events.clone("conf", **options),
        ):
            with refused("permission_denied", "not_found"):
                await act
    assert await changes(events.world) == told


async def test_unknown_and_foreign_events_look_alike(events: Events) -> None:
    async def answers(slug: str) -> list[tuple[int, str]]:
        found = []
        for act in (
            events.show(slug, token="beta", of="beta"),
            events.update(slug, {"testmode": True}, token="beta", of="beta"),
            events.delete(slug, token="beta", of="beta"),
        ):
            with refused("permission_denied", "not_found") as refusal:
                await act
            found.append((refusal.value.response.status_code, refusal.value.response.text))
        return found

    assert await answers("conf") == await answers("nothing")


# -- retries -----------------------------------------------------------------------------------------------------------


async def test_a_retry_with_its_key_answers_as_the_first_and_does_nothing(events: Events) -> None:
    first = await events.create(key="k1")
    assert await events.create(key="k1") == first
    assert (await events.clone("fair", {"slug": "copy"}, key="k2"))["slug"] == "copy"
    assert (await events.clone("fair", {"slug": "copy"}, key="k2"))["slug"] == "copy"
    await events.delete("copy", key="k3")
    assert [kind for kind, _ in await changes(events.world)] == ["event.created", "event.created", "event.deleted"]
    assert await rows(events.world, event) == 3

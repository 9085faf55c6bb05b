"""What tracking campaigns and orders do, through every door that speaks of them and on both engines."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, update

from gql import ids
from models.change import change
from models.database import Tx
from models.event import event
from models.order import order
from models.sales_channel import sales_channel
from resolvers import tokens
from resolvers.tracking_sessions import KEPT_FOR
from tests.doors import Refused, beside, refused
from tests.tracking import campaign, click, cookie_of, counts, delete, disable, enable, record, record_by_graphql, told
from tests.world import World, count

FIELDS = "id code path description externalTarget active clickCount orderCount event { slug }"
PAYLOAD = f"trackingCampaign {{ {FIELDS} }} userErrors {{ code field message }}"
global_id = ids.encoder("TrackingCampaign")


class Door(ABC):
    """Campaigns by the names of pretix, whichever door they go through."""

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    async def create(self, given: Mapping[str, Any], **options: Any) -> dict[str, Any]: ...
    @abstractmethod
    async def update(self, campaign_id: int, given: Mapping[str, Any], **options: Any) -> dict[str, Any]: ...
    @abstractmethod
    async def delete(self, campaign_id: int, **options: Any) -> None: ...
    @abstractmethod
    async def show(self, campaign_id: int, **options: Any) -> dict[str, Any]: ...
    @abstractmethod
    async def codes(self, **options: Any) -> list[str]: ...


class Pretix(Door):
    async def create(self, given: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        return dict(await self._ask("POST", json=dict(given), **options))

    async def update(self, campaign_id: int, given: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        return dict(await self._ask("PATCH", f"{campaign_id}/", json=dict(given), **options))

    async def delete(self, campaign_id: int, **options: Any) -> None:
        await self._ask("DELETE", f"{campaign_id}/", **options)

    async def show(self, campaign_id: int, **options: Any) -> dict[str, Any]:
        return dict(await self._ask("GET", f"{campaign_id}/", **options))

    async def codes(self, **options: Any) -> list[str]:
        return [each["code"] for each in (await self._ask("GET", **options))["results"]]

    async def _ask(
        self, method: str, path: str = "", *, event: str = "conf", token: str = "acme", of: str = "acme", **options: Any
    ) -> Any:
        answer = await self.world.pretix(method, f"events/{event}/campaigns/{path}", token=token, of=of, **options)
        if answer.status_code >= 400:
            raise Refused(_code(answer), answer)
        return answer.json() if answer.content else None


def _code(answer: httpx2.Response) -> str:
    by_status = {403: "permission_denied", 404: "not_found"}
    return "taken" if "already exists" in answer.text else by_status.get(answer.status_code, "invalid")


USUAL = {"event": "conf", "token": "acme", "of": "acme"}


class GraphQL(Door):
    async def create(self, given: Mapping[str, Any], *, event: str = "conf", **options: Any) -> dict[str, Any]:
        return await self._mutate("Create", {**_camel(given), "event": event}, **options)

    async def update(self, campaign_id: int, given: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        return await self._mutate("Update", {"id": global_id(campaign_id), **_camel(given)}, **options)

    async def delete(self, campaign_id: int, **options: Any) -> None:
        await self._mutate("Delete", {"id": global_id(campaign_id)}, **options)

    async def show(self, campaign_id: int, *, token: str = "acme", **options: Any) -> dict[str, Any]:
        document = f"query ($id: ID!) {{ node(id: $id) {{ ... on TrackingCampaign {{ {FIELDS} }} }} }}"
        answer = await self.world.graphql(document, {"id": global_id(campaign_id)}, token=token)
        if answer.json()["data"]["node"] is None:
            raise Refused("not_found", answer)
        return _snake(answer.json()["data"]["node"])

    async def codes(self, **options: Any) -> list[str]:
        event, token, of = (options.get(name, usual) for name, usual in USUAL.items())
        document = """query ($of: String!, $slug: String!) {
          event(organizer: $of, slug: $slug) { trackingCampaigns { nodes { code } } } }"""
        answer = await self.world.graphql(document, {"of": of, "slug": event}, token=token)
        if answer.json()["data"]["event"] is None:
            raise Refused("permission_denied", answer)
        return [each["code"] for each in answer.json()["data"]["event"]["trackingCampaigns"]["nodes"]]

    async def switch(self, campaign_id: int, name: str, **options: Any) -> dict[str, Any]:
        return await self._mutate(name, {"id": global_id(campaign_id)}, **options)

    async def _mutate(
        self, name: str, given: Mapping[str, Any], *, token: str = "acme", of: str = "acme", **options: Any
    ) -> dict[str, Any]:
        payload = "deletedId userErrors { code field message }" if name == "Delete" else PAYLOAD
        document = f"""mutation ($input: TrackingCampaign{name}Input!) {{
          trackingCampaign{name}(input: $input) {{ {payload} }} }}"""
        answer = await self.world.graphql(document, {"input": {**given, "organizer": of}}, token=token)
        body = answer.json()
        for error in body.get("errors", ()):
            raise Refused(error["extensions"]["code"].lower(), answer)
        found = body["data"][f"trackingCampaign{name}"]
        for error in found["userErrors"]:
            raise Refused(error["code"].lower(), answer)
        return _snake(found.get("trackingCampaign") or {"id": found.get("deletedId")})


NAMES = {"external_target": "externalTarget", "click_count": "clickCount", "order_count": "orderCount"}


def _camel(given: Mapping[str, Any]) -> dict[str, Any]:
    return {NAMES.get(name, name): value for name, value in given.items()}


def _snake(shown: Mapping[str, Any]) -> dict[str, Any]:
    back = {camel: snake for snake, camel in NAMES.items()}
    found = {back.get(name, name): value for name, value in shown.items()}
    decoded = ids.decode(found["id"])
    assert decoded is not None
    return {**found, "id": decoded[1]}


@pytest.fixture(params=[Pretix, GraphQL], ids=["pretix", "graphql"])
def door(world: World, request: pytest.FixtureRequest) -> Door:
    found: Door = request.param(world)
    return found


@pytest.fixture
def switch(world: World) -> GraphQL:
    """Only GraphQL can switch a campaign off and on."""
    return GraphQL(world)


async def limited(world: World, *slugs: str) -> str:
    """A token that reaches these events of acme alone, and may do all with them; its name."""
    verb = partial(tokens.create, name="limited", organizers=["acme"], all_events=False, events=slugs)
    world.secrets["limited"] = (await world.context("acme").write(verb)).secret
    return "limited"


# -- campaigns ---------------------------------------------------------------------------------------------------------


async def test_a_campaign_is_made_changed_and_deleted(door: Door) -> None:
    made = await door.create({"description": "Facebook"})
    assert len(made["code"]) == 9
    assert (made["description"], made["external_target"], made["click_count"], made["order_count"]) == (
        *("Facebook", ""),
        *(0, 0),
    )
    changed = await door.update(made["id"], {"code": "BAR", "external_target": "https://example.org/"})
    assert (changed["code"], changed["external_target"], changed["description"]) == (
        *("BAR", "https://example.org/"),
        "Facebook",
    )
    assert await door.codes() == ["BAR"]
    await door.delete(made["id"])
    assert await door.codes() == []
    with refused("not_found"):
        await door.show(made["id"])
    kinds = select(change.c.kind).where(change.c.kind.like("tracking_campaign%")).order_by(change.c.id)
    rows = await door.world.database.write(lambda tx: tx.rows(kinds))
    assert [kind.rpartition(".")[2] for (kind,) in rows] == ["created", "updated", "deleted"]


async def test_a_change_that_changes_nothing_leaves_no_trace(door: Door) -> None:
    found = await campaign(door.world, "A")
    await door.update(found, {})
    await door.update(found, {"code": "A", "description": "The campaign A"})
    assert await told(door.world, "tracking_campaign.updated") == []


async def test_what_does_not_fit_is_refused(door: Door) -> None:
    found = await campaign(door.world, "A")
    wrong: list[dict[str, Any]] = [
        {"code": "a b"},
        {"code": ""},
        {"code": "x" * 191},
        {"description": " "},
        {"description": "x" * 256},
        {"description": "a\0b"},
        {"external_target": "javascript:alert(1)"},
        {"external_target": "https://example.org/" + "x" * 2000},
        {"external_target": "https://a.example/\r\nSet-Cookie: x=y"},
    ]
    for given in wrong:
        with refused("invalid"):
            await door.update(found, given)
        with refused("invalid"):
            await door.create({"description": "x", **given})
    assert await door.codes() == ["A"]


async def test_a_code_is_taken_over_the_whole_server(door: Door) -> None:
    found = await campaign(door.world, "A")
    await campaign(door.world, "B", event="party")
    await _event_of_beta(door.world)
    await campaign(door.world, "OF-BETA", of="beta")
    for code in ("A", "B", "OF-BETA"):
        with refused("taken"):
            await door.create({"description": "x", "code": code})
    for code in ("B", "OF-BETA"):
        with refused("taken"):
            await door.update(found, {"code": code})
    with refused("taken"):
        await door.create({"description": "x", "code": "A"}, token="beta", of="beta")
    assert (await door.create({"description": "x", "code": "b"}))["code"] == "b"


async def _event_of_beta(world: World) -> None:
    """beta has an event `conf`, too."""
    columns = [column for column in event.c if column.name != "id"]
    asked = select(*columns).where(event.c.slug == "conf")

    async def unit(tx: Tx) -> None:
        (row,) = await tx.rows(asked)
        values = dict(zip((column.name for column in columns), row, strict=True))
        await tx.rows(event.insert().values(**{**values, "organizer_id": world.organizers["beta"]}))

    await world.database.write(unit)


async def test_codes_are_raced_for_between_processes(world: World, database_url: str) -> None:
    ids_ = [await campaign(world, f"C{number}") for number in range(4)]
    async with beside(world, database_url) as other:
        doors = [Pretix(world), Pretix(other), GraphQL(world), GraphQL(other)]
        acts = [door.update(found, {"code": "WANTED"}) for door, found in zip(doors, ids_, strict=True)]
        acts += [door.create({"description": "x", "code": "WANTED"}) for door in doors]
        outcomes = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(not isinstance(each, Refused) for each in outcomes) == 1
    assert {each.code for each in outcomes if isinstance(each, Refused)} == {"taken"}


async def test_who_may_not_is_refused(door: Door) -> None:
    found = await campaign(door.world, "A")
    with refused("permission_denied"):
        await door.create({"description": "x"}, token="acme_nothing")
    with refused("permission_denied"):
        await door.update(found, {"description": "x"}, token="acme_nothing")
    with refused("permission_denied"):
        await door.delete(found, token="acme_nothing")
    assert (await door.show(found, token="acme_nothing"))["code"] == "A"


async def test_campaigns_are_those_of_events_within_reach(door: Door) -> None:
    conf, party = await campaign(door.world, "A"), await campaign(door.world, "B", event="party")
    name = await limited(door.world, "party")
    with refused("permission_denied"):
        await door.codes(token=name)
    assert await door.codes(token=name, event="party") == ["B"]
    for act in (door.show(conf, token=name), door.update(conf, {"description": "x"}, token=name)):
        with refused("not_found", "permission_denied"):
            await act
    with refused("not_found", "permission_denied"):
        await door.delete(conf, token=name)
    with refused("not_found", "permission_denied"):
        await door.create({"description": "x"}, token=name)
    assert (await door.update(party, {"description": "x"}, token=name, event="party"))["description"] == "x"
    listed = '{ trackingCampaigns { totalCount nodes { code } } trackingCampaign(code: "A") { code } }'
    data = await door.world.data(listed, token=name)
    assert data == {"trackingCampaigns": {"totalCount": 1, "nodes": [{"code": "B"}]}, "trackingCampaign": None}


async def test_switching_is_told_once_and_can_be_undone(switch: GraphQL) -> None:
    found = await campaign(switch.world, "A")
    for _ in range(2):
        assert (await switch.switch(found, "Disable"))["active"] is False
    for _ in range(2):
        assert (await switch.switch(found, "Enable"))["active"] is True
    assert len(await told(switch.world, "tracking_campaign.disabled", "tracking_campaign.enabled")) == 2


async def test_clicks_are_seen_at_once_through_every_door(door: Door) -> None:
    found = await campaign(door.world, "A")
    for expected in range(1, 4):
        await click(door.world, "A")
        assert (await door.show(found))["click_count"] == expected


async def test_a_chart_is_drawn_of_days(world: World) -> None:
    await campaign(world, "A")
    for day in range(5):
        for _ in range(day + 1):
            await click(world, "A")
        world.clock.at += timedelta(days=1)
    document = """query ($from: Date, $to: Date) { trackingCampaign(code: "A") {
      path days(filter: { day: { range: { gte: $from, lte: $to } } }, last: 2) {
        totalCount nodes { day clicks } pageInfo { hasPreviousPage } } } }"""
    found = (await world.data(document, {"from": "2026-01-02", "to": "2026-01-04"}))["trackingCampaign"]
    assert found["path"] == "/acme/conf/c/A/"
    assert found["days"]["nodes"] == [{"day": "2026-01-03", "clicks": 3}, {"day": "2026-01-04", "clicks": 4}]
    assert (found["days"]["totalCount"], found["days"]["pageInfo"]["hasPreviousPage"]) == (3, True)
    answer = await world.graphql(document, {"from": "yesterday"})
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_VARIABLES"}


# -- orders ------------------------------------------------------------------------------------------------------------


async def test_an_order_is_recorded_once(world: World) -> None:
    await campaign(world, "A")
    given: dict[str, Any] = {"event": "conf", "code": "O1", "campaigns": ["A"], "tickets": ["t-1", "t-2"]}
    first = await record_by_graphql(world, **given, placedAt="2025-12-24T18:00:00Z")
    assert first["userErrors"] == []
    assert first["created"] is True
    assert first["order"] == {
        "code": "O1",
        "salesChannel": "web",
        "createdAt": "2025-12-24T18:00:00Z",
        "event": {"slug": "conf"},
        "tickets": {"nodes": [{"secret": "t-1"}, {"secret": "t-2"}]},
        "campaigns": {"nodes": [{"campaign": {"code": "A"}}]},
    }
    again = await record_by_graphql(world, **given)
    assert again == {**first, "created": False}
    assert await counts(world.database) == {"A": (0, 1)}
    assert len(await told(world, "order.recorded", "order.updated")) == 1


async def test_an_order_told_again_gains_campaigns_and_tickets(world: World) -> None:
    for code in ("A", "B"):
        await campaign(world, code)
    await record(world, "O1", campaigns=["A"], tickets=["t-1"])
    again = await record_by_graphql(world, event="conf", code="O1", campaigns=["B", "A"], tickets=["t-2", "t-1", "t-2"])
    assert [each["campaign"]["code"] for each in again["order"]["campaigns"]["nodes"]] == ["A", "B"]
    assert [each["secret"] for each in again["order"]["tickets"]["nodes"]] == ["t-1", "t-2"]
    assert await counts(world.database) == {"A": (0, 1), "B": (0, 1)}
    assert await count(world, order) == 1


async def test_twenty_at_once_record_one_order(world: World, database_url: str) -> None:
    for code in ("A", "B"):
        await campaign(world, code)
    async with beside(world, database_url) as other:
        acts = [
            record_by_graphql((world, other)[number % 2], event="conf", code="O1", campaigns=["AB"[number // 10]])
            for number in range(20)
        ]
        outcomes = await asyncio.gather(*acts)
    assert [outcome["userErrors"] for outcome in outcomes] == [[]] * 20
    assert sum(outcome["created"] for outcome in outcomes) == 1
    assert await counts(world.database) == {"A": (0, 1), "B": (0, 1)}


async def test_what_an_order_names_must_be_there(world: World) -> None:
    await campaign(world, "A")
    await campaign(world, "PARTY", event="party")
    await record(world, "OTHER", tickets=["taken"])
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"campaigns": ["A", "PARTY"]}, "NOT_FOUND", "campaigns"),
        ({"campaigns": ["none"]}, "NOT_FOUND", "campaigns"),
        ({"campaigns": ["a\0b"]}, "INVALID", "campaigns"),
        ({"campaigns": [f"c{n}" for n in range(21)]}, "INVALID", "campaigns"),
        ({"salesChannel": "api.none"}, "NOT_FOUND", "salesChannel"),
        ({"event": "none"}, "NOT_FOUND", "event"),
        ({"tickets": ["new", "taken"]}, "TAKEN", "tickets"),
        ({"tickets": [""]}, "INVALID", "tickets"),
        ({"tickets": ["x" * 191]}, "INVALID", "tickets"),
        ({"code": "x" * 65}, "INVALID", "code"),
        ({"code": ""}, "INVALID", "code"),
        ({"code": "a/b"}, "INVALID", "code"),
    ]
    for given, code, field in wrong:
        payload = await record_by_graphql(world, **{"event": "conf", "code": "O1", **given})
        assert payload["order"] is None
        assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, ["input", field])], given
    assert await count(world, order) == 1
    assert await counts(world.database) == {"A": (0, 0), "PARTY": (0, 0)}


async def test_a_disabled_channel_takes_no_new_orders(world: World) -> None:
    await record(world, "OLD")
    off = update(sales_channel).values(active=False).returning(sales_channel.c.id)
    await world.database.write(lambda tx: tx.rows(off))
    (error,) = (await record_by_graphql(world, event="conf", code="NEW"))["userErrors"]
    assert error["code"] == "DISABLED"
    # One that was told of already may be told of again.
    assert (await record_by_graphql(world, event="conf", code="OLD"))["created"] is False


async def test_recording_needs_its_permission_and_reach(world: World) -> None:
    document = """mutation { orderRecord(input: {event: "conf", code: "O1"}) { created userErrors { code } } }"""
    for name in ("acme_nothing", "acme_writes"):
        data = await world.data(document, token=name)
        assert data["orderRecord"] == {"created": None, "userErrors": [{"code": "PERMISSION_DENIED"}]}
    data = await world.data(document, token=await limited(world, "party"))
    assert data["orderRecord"]["userErrors"] == [{"code": "NOT_FOUND"}]
    assert await count(world, order) == 0


async def test_orders_are_read_by_those_who_may_and_reach(world: World) -> None:
    await record(world, "O1")
    document = '{ order(event: "conf", code: "O1") { code } }'
    assert (await world.data(document))["order"] == {"code": "O1"}
    assert (await world.data(document, token=await limited(world, "party")))["order"] is None
    answer = await world.graphql(document, token="acme_nothing")
    assert answer.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
    assert (await world.data('{ order(event: "party", code: "O1") { code } }'))["order"] is None


# -- attribution by the visitor's session ------------------------------------------------------------------------------


async def test_an_order_of_a_visitor_counts_for_the_link_followed(world: World) -> None:
    await campaign(world, "A")
    cookie = cookie_of(await click(world, "A"))
    told = await record_by_graphql(world, event="conf", code="O1", trackingSession=cookie)
    assert [each["campaign"]["code"] for each in told["order"]["campaigns"]["nodes"]] == ["A"]
    await world.app.clicks.flush()
    assert await counts(world.database) == {"A": (1, 1)}


async def test_of_an_events_campaigns_the_one_visited_last_counts(world: World) -> None:
    for code, slug in (("A", "conf"), ("B", "conf"), ("P", "party")):
        await campaign(world, code, event=slug)
    cookie = None
    for code, slug in (("B", "conf"), ("A", "conf"), ("P", "party")):
        cookie = cookie_of(await click(world, code, event=slug, Cookie=f"foyer_tracking={cookie}"))
    await record(world, "O1", tracking_session=cookie)
    await record(world, "P1", tracking_session=cookie, event="party")
    await world.app.clicks.flush()
    assert await counts(world.database) == {"A": (1, 1), "B": (1, 0), "P": (1, 1)}


async def test_a_session_that_is_broken_or_old_counts_for_nothing(world: World) -> None:
    await campaign(world, "A")
    cookie = cookie_of(await click(world, "A")) or ""
    for number, session in enumerate(("", "x", cookie[:-1], "1" + cookie, "a.b.c", "ä", cookie * 20)):
        assert (await record(world, f"O{number}", tracking_session=session)).created
    world.clock.at += KEPT_FOR + timedelta(minutes=1)
    await record(world, "LATE", tracking_session=cookie)
    await world.app.clicks.flush()
    assert await counts(world.database) == {"A": (1, 0)}


async def test_a_disabled_campaign_counts_no_orders(world: World) -> None:
    await campaign(world, "OLDER")
    found = await campaign(world, "A")
    first = cookie_of(await click(world, "OLDER"))
    cookie = cookie_of(await click(world, "A", Cookie=f"foyer_tracking={first}"))
    await disable(world, found)
    await record(world, "O1", tracking_session=cookie, campaigns=["A"])
    await world.app.clicks.flush()
    assert (await counts(world.database))["A"] == (1, 0)
    assert (await counts(world.database))["OLDER"] == (1, 0)
    await enable(world, found)
    await record(world, "O1", tracking_session=cookie)
    assert (await counts(world.database))["A"] == (1, 1)


async def test_a_campaign_with_the_id_of_a_deleted_one_is_another(world: World) -> None:
    found = await campaign(world, "A")
    cookie = cookie_of(await click(world, "A"))
    await delete(world, found)
    await campaign(world, "B")
    await record(world, "O1", tracking_session=cookie)
    await world.app.clicks.flush()
    assert await counts(world.database) == {"B": (0, 0)}


async def test_deleting_a_campaign_leaves_its_orders(world: World) -> None:
    found = await campaign(world, "A")
    await click(world, "A")
    await world.app.clicks.flush()
    await record(world, "O1", campaigns=["A"])
    await delete(world, found)
    shown = await world.data('{ order(event: "conf", code: "O1") { code campaigns { totalCount } } }')
    assert shown["order"] == {"code": "O1", "campaigns": {"totalCount": 0}}


async def test_orders_of_a_campaign_are_shown_below_it(world: World) -> None:
    await campaign(world, "A")
    for code in ("O1", "O2"):
        await record(world, code, campaigns=["A"])
    document = '{ trackingCampaign(code: "A") { orderCount orders(last: 1) { totalCount nodes { order { code } } } } }'
    found = (await world.data(document))["trackingCampaign"]
    assert found == {"orderCount": 2, "orders": {"totalCount": 2, "nodes": [{"order": {"code": "O2"}}]}}
    denied = await world.graphql(document, token="acme_nothing")
    assert denied.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"

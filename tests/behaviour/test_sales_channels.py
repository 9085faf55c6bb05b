"""Sales channels: whichever door is used, the same channels are made, changed, refused and gone."""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select

from gql import ids
from models.change import change
from models.database import Database, Tx
from models.event import event, event_sales_channel
from models.order import order
from models.problems import Disabled, Invalid, NotFound, PermissionDenied
from models.sales_channel import sales_channel
from resolvers import sales_channels
from resolvers.context import Work
from resolvers.principals import Principal
from tests.doors import DOORS, Door, GraphQLDoor, PretixDoor, _data, beside, outcomes, refused
from tests.world import START, World

LABEL = {"en": "Box office", "de": "Abendkasse"}


@dataclass(frozen=True, slots=True)
class Channels(ABC):
    """What both doors can do with sales channels, which are named by their identifiers."""

    door: Any

    @abstractmethod
    async def create(self, identifier: str, label: Any = LABEL, **more: Any) -> Any: ...

    @abstractmethod
    async def update(self, identifier: str, changes: Mapping[str, Any], **more: Any) -> Any: ...

    @abstractmethod
    async def delete(self, identifier: str, **more: Any) -> None: ...

    @abstractmethod
    async def shown(self, identifier: str, **more: Any) -> Any: ...

    @abstractmethod
    async def all(self, **more: Any) -> list[str]: ...


SHOWN = "identifier type label: labelTranslations position"


class GraphQLChannels(Channels):
    door: GraphQLDoor

    async def create(self, identifier: str, label: Any = LABEL, **more: Any) -> Any:
        return await self._mutate("Create", {"identifier": identifier, "label": label}, **more)

    async def update(self, identifier: str, changes: Mapping[str, Any], **more: Any) -> Any:
        return await self._mutate("Update", {"id": await self._id(identifier), **changes}, **more)

    async def delete(self, identifier: str, **more: Any) -> None:
        given = {"id": await self._id(identifier)}
        payload = await self.door._mutate("salesChannelDelete", given, selection="deletedId", **more)
        assert payload["deletedId"] == given["id"]

    async def shown(self, identifier: str, **more: Any) -> Any:
        return await self._asked(f'salesChannel(organizer: "acme", identifier: "{identifier}") {{ {SHOWN} }}', **more)

    async def all(self, **more: Any) -> list[str]:
        found = await self._asked('salesChannels(organizer: "acme") { nodes { identifier } }', **more)
        return [node["identifier"] for node in found["nodes"]]

    async def _mutate(self, verb: str, given: dict[str, Any], **more: Any) -> Any:
        options = {name: more.pop(name) for name in ("token", "of", "key") if name in more}
        selection = f"salesChannel {{ {SHOWN} }}"
        payload = await self.door._mutate(f"salesChannel{verb}", {**given, **more}, selection=selection, **options)
        return _with_rest_words(payload["salesChannel"])

    async def _id(self, identifier: str) -> str:
        """The first channel's of this name, whosever it is; an id that none has where there is none."""
        named = sales_channel.c.identifier == identifier
        asked = select(sales_channel.c.id).where(named).order_by(sales_channel.c.id)
        found = await self.door.world.database.write(lambda tx: tx.rows(asked))
        return str(ids.encoder("SalesChannel")(found[0][0] if found else 10**9))

    async def _asked(self, field: str, token: str = "acme") -> Any:
        response = await self.door.world.graphql(f"{{ found: {field} }}", token=token)
        return _with_rest_words(_data(response)["found"])


def _with_rest_words(shown: Any) -> Any:
    """GraphQL names the type by an enum's value, where pretix has a word."""
    return {**shown, "type": shown["type"].lower()} if shown and "type" in shown else shown


class PretixChannels(Channels):
    door: PretixDoor

    async def create(self, identifier: str, label: Any = LABEL, **more: Any) -> Any:
        sent = {"identifier": identifier, "label": label}
        return await self._ask("POST", "", sent, **more)

    async def update(self, identifier: str, changes: Mapping[str, Any], **more: Any) -> Any:
        return await self._ask("PATCH", f"{identifier}/", changes, **more)

    async def delete(self, identifier: str, **more: Any) -> None:
        assert await self._ask("DELETE", f"{identifier}/", None, **more) is None

    async def shown(self, identifier: str, **more: Any) -> Any:
        return await self._ask("GET", f"{identifier}/", None, **more)

    async def all(self, **more: Any) -> list[str]:
        found = await self._ask("GET", "", None, **more)
        return [each["identifier"] for each in found["results"]]

    async def _ask(self, method: str, path: str, sent: Mapping[str, Any] | None, **more: Any) -> Any:
        options = {name: more.pop(name) for name in ("token", "of", "key") if name in more}
        body: dict[str, Any] = {} if sent is None else {"json": {**sent, **more}}
        return await self.door._ask(method, f"saleschannels/{path}", **body, **options)


KINDS: Mapping[str, type[Channels]] = {"graphql": GraphQLChannels, "pretix": PretixChannels}


@pytest.fixture
def channels(door: Door) -> Channels:
    return KINDS[door.name](door)


# -- verbs -------------------------------------------------------------------------------------------------------------


async def test_a_channel_is_made_and_shown(world: World, channels: Channels) -> None:
    wanted = {"identifier": "api.box", "type": "api", "label": LABEL, "position": 0}
    assert await channels.create("api.box") == wanted
    assert await channels.shown("api.box") == wanted
    assert await changes(world) == [("sales_channel.created", {"identifier": "api.box"})]


async def test_channels_are_listed_by_position_type_and_identifier(channels: Channels) -> None:
    for identifier, position in (("api.b", 0), ("api.a", 0), ("api.Z", 0), ("api.first-after-web", 1)):
        await channels.create(identifier, position=position)
    assert await channels.all() == ["api.Z", "api.a", "api.b", "web", "api.first-after-web"]


async def test_what_is_left_out_stays_and_nothing_changed_is_nothing_recorded(world: World, channels: Channels) -> None:
    await channels.create("api.box", position=7)
    changed = await channels.update("api.box", {"label": {"en": "Door"}})
    assert changed == {"identifier": "api.box", "type": "api", "label": {"en": "Door"}, "position": 7}
    for nothing in ({}, {"label": {"en": "Door"}}, {"label": "Door"}, {"position": 7}):
        assert await channels.update("api.box", nothing) == changed
    assert (await channels.update("api.box", {"label": {}, "position": 2**31 - 1}))["position"] == 2**31 - 1
    assert [kind for kind, _ in await changes(world)] == ["sales_channel.created", *["sales_channel.updated"] * 2]
    assert (await changes(world))[1:] == [
        ("sales_channel.updated", {"fields": ["label"]}),
        ("sales_channel.updated", {"fields": ["label", "position"]}),
    ]


async def test_the_built_in_channel_can_be_renamed_and_moved(channels: Channels) -> None:
    assert await channels.update("web", {"label": {"en": "Shop"}, "position": 3}) == {
        "identifier": "web",
        "type": "web",
        "label": {"en": "Shop"},
        "position": 3,
    }


@pytest.mark.parametrize("identifier", ["api.", "api.a_b-C.9", "api." + "x" * 196])
async def test_identifiers_that_are_taken(channels: Channels, identifier: str) -> None:
    assert (await channels.create(identifier))["identifier"] == identifier
    assert (await channels.shown(identifier))["identifier"] == identifier


@pytest.mark.parametrize(
    "identifier", ["", "box", "web2", "API.box", "api", "api.a b", "api.ä", "api.a/b", "api.\0", "api." + "x" * 197]
)
async def test_identifiers_that_are_refused(world: World, channels: Channels, identifier: str) -> None:
    with refused("invalid"):
        await channels.create(identifier)
    assert await channels.all() == ["web"]
    assert await changes(world) == []


@pytest.mark.parametrize("position", [-1, 2**31, 1.5, "x", True])
async def test_positions_that_are_refused(channels: Channels, position: Any) -> None:
    with refused("invalid"):
        await channels.create("api.box", position=position)
    with refused("invalid"):
        await channels.update("web", {"position": position})


@pytest.mark.parametrize("label", [{"xx": "x"}, {"en": 1}, ["x"], 7, {"en": "\0"}])
async def test_labels_that_are_refused(channels: Channels, label: Any) -> None:
    with refused("invalid"):
        await channels.create("api.box", label)
    with refused("invalid"):
        await channels.update("web", {"label": label})
    assert (await channels.shown("web"))["label"] == {"en": "Online shop", "de": "Webshop"}


async def test_an_identifier_is_had_once_by_an_organizer(channels: Channels) -> None:
    await channels.create("api.box")
    with refused("taken"):
        await channels.create("api.box", {"en": "Another"})
    await channels.create("api.Box")
    await channels.create("api.box", token="beta", of="beta")
    assert (await channels.shown("api.box"))["label"] == LABEL


async def test_a_channel_that_no_order_names_is_deleted(world: World, channels: Channels) -> None:
    await channels.create("api.box")
    await channels.delete("api.box")
    assert await channels.all() == ["web"]
    with refused("not_found"):
        await channels.update("api.box", {"position": 1})
    with refused("not_found"):
        await channels.delete("api.box")
    assert (await changes(world))[-1] == ("sales_channel.deleted", {"identifier": "api.box"})
    await channels.create("api.box", "Again")


async def test_a_channel_that_is_built_in_or_has_orders_stays(world: World, channels: Channels) -> None:
    await channels.create("api.box")
    await ordered(world, "api.box")
    for identifier in ("web", "api.box"):
        with refused("in_use"):
            await channels.delete(identifier)
    assert sorted(await channels.all()) == ["api.box", "web"]
    assert [kind for kind, _ in await changes(world)] == ["sales_channel.created"]


async def test_events_that_were_limited_to_a_channel_lose_it(world: World, channels: Channels) -> None:
    await channels.create("api.box")
    await world.database.write(partial(limit_events, world))
    assert await limits(world.database) == 2
    await channels.delete("api.box")
    assert await limits(world.database) == 0


async def test_only_the_settings_permission_writes_and_reads(channels: Channels) -> None:
    for token in ("acme_reads", "acme_writes", "acme_nothing", "beta"):
        with refused("permission_denied"):
            await channels.create("api.box", token=token)
        with refused("permission_denied"):
            await channels.update("web", {"position": 1}, token=token)
        with refused("permission_denied"):
            await channels.delete("web", token=token)
        with refused("permission_denied"):
            await channels.shown("web", token=token)
        with refused("permission_denied"):
            await channels.all(token=token)


async def test_another_organizers_channel_is_not_there(channels: Channels) -> None:
    await channels.create("api.beta", token="beta", of="beta")
    with refused("not_found"):
        await channels.update("api.beta", {"position": 1})
    with refused("not_found"):
        await channels.delete("api.beta")


async def test_the_same_key_makes_one_channel(world: World, channels: Channels) -> None:
    first = await channels.create("api.box", key="k1")
    assert await channels.create("api.box", key="k1") == first
    await channels.delete("api.box", key="k2")
    assert [kind for kind, _ in await changes(world)] == ["sales_channel.created", "sales_channel.deleted"]


# -- what orders may name ----------------------------------------------------------------------------------------------


async def test_orders_may_name_channels_that_are_there_and_on(world: World) -> None:
    acme = world.organizers["acme"]
    channel = await make(world, "api.box")
    usable = partial(sales_channels.usable, organizer_id=acme)
    assert await world.context().write(partial(usable, identifier="api.box")) == channel
    await world.context().write(partial(sales_channels.disable, organizer_id=acme, channel_id=channel))
    with pytest.raises(Disabled):
        await world.context().write(partial(usable, identifier="api.box"))
    await world.context().write(partial(sales_channels.enable, organizer_id=acme, channel_id=channel))
    assert await world.context().write(partial(usable, identifier="api.box")) == channel
    for unknown in ("API.box", "api.\0", ""):
        with pytest.raises(NotFound):
            await world.context().write(partial(usable, identifier=unknown))
    beta = partial(sales_channels.usable, organizer_id=world.organizers["beta"], identifier="api.box")
    with pytest.raises(NotFound):
        await world.context("beta").write(beta)


async def test_switching_twice_is_switching_once(world: World) -> None:
    acme, channel = world.organizers["acme"], await make(world, "api.box")
    for verb in (sales_channels.disable, sales_channels.disable, sales_channels.enable, sales_channels.enable):
        assert await world.context().write(partial(verb, organizer_id=acme, channel_id=channel)) == channel
        with pytest.raises(NotFound):
            await world.context().write(partial(verb, organizer_id=acme, channel_id=10**9))
        with pytest.raises(NotFound):
            await world.context("beta").write(partial(verb, organizer_id=world.organizers["beta"], channel_id=channel))
    kinds = [kind for kind, _ in await changes(world)]
    assert kinds == ["sales_channel.created", "sales_channel.disabled", "sales_channel.enabled"]


async def test_rules_that_no_door_lets_a_value_reach(world: World) -> None:
    """Doors parse labels and know no other type; the verb refuses them for whoever comes without a door."""
    create = partial(sales_channels.create, organizer_id=world.organizers["acme"], identifier="api.x")
    for given in ({"label": {"xx": "x"}}, {"label": {"en": "x"}, "type": "web"}):
        with pytest.raises(Invalid):
            await world.context().write(partial(create, **given))
    await world.context().write(partial(create, label={}))
    update = partial(sales_channels.update, organizer_id=world.organizers["acme"], channel_id=await web(world))
    for changed in ({"identifier": "api.x"}, {"type": "api"}):
        with pytest.raises(Invalid):
            await world.context().write(partial(update, **changed))
    await world.context().write(partial(update, identifier="web", type="web"))
    nobody = Principal("nobody", "team", {"acme": world.organizers["acme"]}, frozenset())
    with pytest.raises(PermissionDenied):
        await world.context(principal=nobody).write(partial(create, label={}))


# -- races -------------------------------------------------------------------------------------------------------------


async def test_of_twenty_writers_of_one_identifier_one_wins(world: World, database_url: str) -> None:
    async with beside(world, database_url) as second:
        doors = [KINDS[name](kind(each)) for name, kind in DOORS.items() for each in (world, second)]
        acts = [doors[number % 4].create("api.box", {"en": str(number)}) for number in range(20)]
        assert await outcomes(acts) == Counter(done=1, taken=19)
    assert [kind for kind, _ in await changes(world)] == ["sales_channel.created"]


async def test_an_order_or_the_channel_it_names_is_refused_never_both_done(world: World, database_url: str) -> None:
    """Deleting races with reporting orders, from two servers: no order is left without its channel, and none errs."""
    acme = world.organizers["acme"]
    async with beside(world, database_url) as second:
        for round in range(12):
            channel = await make(world, f"api.{round}")
            place = partial(placed, organizer_id=acme, identifier=f"api.{round}", code=f"R{round}")
            drop = partial(sales_channels.delete, organizer_id=acme, channel_id=channel)
            writers, deleter = (world, second) if round % 2 else (second, world)
            acts = [writers.context().write(place), deleter.context().write(drop)]
            done = await asyncio.gather(*(acts if round % 3 else reversed(acts)), return_exceptions=True)
            refusals = [found for found in done if isinstance(found, BaseException)]
            assert [type(found).__name__ for found in refusals] in (["InUse"], ["NotFound"]), done


# -- the world ---------------------------------------------------------------------------------------------------------


async def make(world: World, identifier: str) -> int:
    verb = partial(sales_channels.create, organizer_id=world.organizers["acme"], identifier=identifier, label=LABEL)
    return await world.context().write(verb)


async def placed(work: Work, organizer_id: int, identifier: str, code: str) -> int:
    """An order reported for a channel, as a verb does it."""
    channel = await sales_channels.usable(work, organizer_id, identifier)
    (conf,) = await work.row(select(event.c.id).where(event.c.organizer_id == organizer_id, event.c.slug == "conf"))
    row = {"organizer_id": organizer_id, "event_id": conf, "sales_channel_id": channel, "code": code}
    (found,) = await work.row(insert(order).values(**row, created_at=START).returning(order.c.id))
    return int(found)


async def ordered(world: World, identifier: str) -> None:
    verb = partial(placed, organizer_id=world.organizers["acme"], identifier=identifier, code="FOO12")
    await world.context().write(verb)


async def limit_events(world: World, tx: Tx) -> None:
    """Both events of acme are sold through every channel that acme has but `web`."""
    acme = world.organizers["acme"]
    for (event_id,) in await tx.rows(select(event.c.id).where(event.c.organizer_id == acme)):
        of_acme = sales_channel.c.organizer_id == acme
        for (channel,) in await tx.rows(select(sales_channel.c.id).where(of_acme, sales_channel.c.type == "api")):
            row = {"organizer_id": acme, "event_id": event_id, "sales_channel_id": channel}
            await tx.rows(insert(event_sales_channel).values(row))


async def limits(database: Database) -> int:
    return len(await database.write(lambda tx: tx.rows(select(event_sales_channel.c.event_id))))


async def web(world: World) -> int:
    acme = sales_channel.c.organizer_id == world.organizers["acme"]
    asked = select(sales_channel.c.id).where(acme, sales_channel.c.type == "web")
    ((found,),) = await world.database.write(lambda tx: tx.rows(asked))
    return int(found)


async def changes(world: World) -> list[tuple[str, Any]]:
    """The change records of acme's channels, in order."""
    of = (change.c.organizer_id == world.organizers["acme"], change.c.kind.like("sales_channel.%"))
    asked = select(change.c.kind, change.c.content).where(*of).order_by(change.c.id)
    return [tuple(row) for row in await world.database.write(lambda tx: tx.rows(asked))]

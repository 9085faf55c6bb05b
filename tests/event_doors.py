"""Events through every door: one interface, in pretix's names of fields."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import insert, select, update

from gql import ids
from gql.errors import camel
from models.database import Tx
from models.event import event
from models.order import order
from models.organizer import organizer
from models.sales_channel import sales_channel
from models.token import Kind
from resolvers import tokens
from tests.doors import Door, GraphQLDoor, PretixDoor, Refused, _data
from tests.world import START, World

NEW: Mapping[str, Any] = {"name": {"en": "Fair"}, "slug": "fair", "date_from": "2027-05-01T10:00:00Z"}
UNKNOWN = 999_999
encode = ids.encoder("Event")

# What every door shows of an event.
FIELDS = (
    *("name", "slug", "live", "testmode", "currency", "date_from", "date_to", "date_admission", "is_public"),
    *("presale_start", "presale_end", "location", "geo_lat", "geo_lon", "has_subevents", "meta_data", "plugins"),
    *("timezone", "item_meta_properties", "all_sales_channels", "limit_sales_channels", "sales_channels"),
)
# GraphQL's names where they are not pretix's in camel case.
SHOWN = {
    "name": "nameTranslations",
    "location": "locationTranslations",
    "limit_sales_channels": "limitSalesChannelIdentifiers",
    "sales_channels": "salesChannelIdentifiers",
}
TAKEN = {"limit_sales_channels": "limitSalesChannelIdentifiers"}
SELECTION = " ".join(f"{name}: {SHOWN.get(name, camel(name))}" for name in FIELDS)
Shown = Mapping[str, Any]


class Events(ABC):
    """Events of an organizer, named by their slugs. What is refused is raised as by the doors of tests/doors.py."""

    def __init__(self, door: Any) -> None:
        self.door = door

    @property
    def world(self) -> World:
        found: World = self.door.world
        return found

    @abstractmethod
    async def create(self, changes: Mapping[str, Any] = {}, **options: Any) -> Shown: ...

    @abstractmethod
    async def update(self, slug: str, changes: Mapping[str, Any], **options: Any) -> Shown: ...

    @abstractmethod
    async def clone(self, slug: str, changes: Mapping[str, Any] = {}, **options: Any) -> Shown: ...

    @abstractmethod
    async def delete(self, slug: str, **options: Any) -> None: ...

    @abstractmethod
    async def show(self, slug: str, **options: Any) -> Shown: ...

    @abstractmethod
    async def slugs(self, **options: Any) -> list[str]:
        """Those of all that are listed."""


class GraphQLEvents(Events):
    door: GraphQLDoor

    async def create(self, changes: Mapping[str, Any] = {}, **options: Any) -> Shown:
        return await self._do("eventCreate", _camel({**NEW, **changes}), **options)

    async def update(self, slug: str, changes: Mapping[str, Any], **options: Any) -> Shown:
        return await self._do("eventUpdate", {"id": await self._id(slug), **_camel(changes)}, **options)

    async def clone(self, slug: str, changes: Mapping[str, Any] = {}, **options: Any) -> Shown:
        return await self._do("eventClone", {"id": await self._id(slug), **_camel({**NEW, **changes})}, **options)

    async def delete(self, slug: str, **options: Any) -> None:
        found = await self._id(slug)
        payload = await self.door._mutate("eventDelete", {"id": found}, selection="deletedId", **options)
        assert payload["deletedId"] == found

    async def show(self, slug: str, **options: Any) -> Shown:
        document = f"query ($organizer: String!, $slug: String!) {{ {_ONE} {{ {SELECTION} }} }}"
        variables = {"organizer": options.get("of", "acme"), "slug": slug}
        response = await self.world.graphql(document, variables, token=options.get("token", "acme"))
        found: Shown | None = _data(response)["event"]
        if found is None:
            raise Refused("not_found", response)
        return found

    async def slugs(self, **options: Any) -> list[str]:
        response = await self.world.graphql("{ events { nodes { slug } } }", token=options.get("token", "acme"))
        return [node["slug"] for node in _data(response)["events"]["nodes"]]

    async def _do(self, name: str, given: Mapping[str, Any], **options: Any) -> Shown:
        shown: Shown = (await self.door._mutate(name, given, selection=f"event {{ {SELECTION} }}", **options))["event"]
        return shown

    async def _id(self, slug: str) -> str:
        return str(encode(await event_id(self.world, slug)))


class PretixEvents(Events):
    door: PretixDoor

    async def create(self, changes: Mapping[str, Any] = {}, **options: Any) -> Shown:
        return _common(await self.door._ask("POST", "events/", json={**NEW, **changes}, **options))

    async def update(self, slug: str, changes: Mapping[str, Any], **options: Any) -> Shown:
        return _common(await self.door._ask("PATCH", f"events/{slug}/", json=dict(changes), **options))

    async def clone(self, slug: str, changes: Mapping[str, Any] = {}, **options: Any) -> Shown:
        return _common(await self.door._ask("POST", f"events/{slug}/clone/", json={**NEW, **changes}, **options))

    async def delete(self, slug: str, **options: Any) -> None:
        await self.door._ask("DELETE", f"events/{slug}/", **options)

    async def show(self, slug: str, **options: Any) -> Shown:
        return _common(await self.door._ask("GET", f"events/{slug}/", **options))

    async def slugs(self, **options: Any) -> list[str]:
        return [row["slug"] for row in (await self.door._ask("GET", "events/", **options))["results"]]


_ONE = "event(organizer: $organizer, slug: $slug)"


def events_of(door: Door) -> Events:
    return GraphQLEvents(door) if isinstance(door, GraphQLDoor) else PretixEvents(door)


def _camel(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {TAKEN.get(name, camel(name)): value for name, value in fields.items()}


def _common(shown: Mapping[str, Any]) -> Shown:
    return {name: shown[name] for name in FIELDS}


# -- what is there -----------------------------------------------------------------------------------------------------


async def event_id(world: World, slug: str, of: str = "acme") -> int:
    """Its id; one that no event has, if there is none."""
    asked = select(event.c.id).where(event.c.organizer_id == world.organizers[of], event.c.slug == slug)
    found = await world.database.write(lambda tx: tx.row(asked))
    return UNKNOWN if found is None else int(found[0])


async def token(
    world: World, *scopes: str, of: str = "acme", also_of: str | None = None, reaching: tuple[str, ...] | None = None
) -> str:
    """A new token's secret; with `reaching`, one for these events alone, with `also_of` an OAuth one for two."""
    reach: dict[str, Any] = {} if reaching is None else {"all_events": False, "events": reaching}
    organizers = [of] if also_of is None else [of, also_of]
    kind = Kind.TEAM if also_of is None else Kind.OAUTH
    made = partial(tokens.create, name="made", organizers=organizers, scopes=scopes, kind=kind, **reach)
    return (await world.context(*organizers).write(made)).secret


async def channel(world: World, identifier: str, of: str = "acme") -> int:
    row = {"organizer_id": world.organizers[of], "identifier": identifier, "type": "api", "position": 1}
    full = {**row, "label": {"en": identifier}, "active": True, "created_at": START}
    return await _insert(world, sales_channel, full)


async def properties(world: World, found: Mapping[str, str], of: str = "acme") -> None:
    changed = update(organizer).where(organizer.c.slug == of).values(event_properties=found).returning(organizer.c.id)
    await world.database.write(lambda tx: tx.row(changed))


async def place_order(world: World, slug: str) -> int:
    acme = world.organizers["acme"]
    asked = select(sales_channel.c.id).where(sales_channel.c.organizer_id == acme).limit(1)
    (web,) = await world.database.write(lambda tx: tx.row(asked))
    placed = {"organizer_id": acme, "event_id": await event_id(world, slug), "sales_channel_id": web, "code": "AB1"}
    return await _insert(world, order, {**placed, "created_at": START})


async def _insert(world: World, table: Any, row: Mapping[str, Any]) -> int:
    async def unit(tx: Tx) -> int:
        (found,) = await tx.row(insert(table).values(row).returning(table.c.id))
        return int(found)

    return await world.database.write(unit)

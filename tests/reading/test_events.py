"""Reading events: as many statements however many there are, and the same from wherever an event is reached."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gql.execution import Executor, Request
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Ask, Group, Many, Nodes, Value
from tests.doors import PretixDoor
from tests.event_doors import channel, events_of, place_order
from tests.reading.statements import traced
from tests.world import World, opened

PRETIX = "events/?search=a&sales_channel=web&is_future=true&attr[x]=y&with_availability_for=web"
GRAPHQL = """{ events(first: 100, filter: {search: "a", salesChannel: "web", isFuture: true}) {
  totalCount nodes { id name salesChannelIdentifiers limitSalesChannelIdentifiers organizer { slug } } } }"""


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """No read moves to another connection, where it would not be seen, and nothing is read in the background."""
    async with opened(database_url, inline_deadline_ms=1000, bulk_work=False) as found:
        yield found


async def stock(world: World, count: int) -> None:
    events = events_of(PretixDoor(world))
    await channel(world, f"api.{count}")
    for number in range(count):
        chosen = {"all_sales_channels": False, "limit_sales_channels": ["web", f"api.{count}"]} if number % 2 else {}
        await events.create({"slug": f"a-{count}-{number}", **chosen})


async def test_the_pretix_list_takes_no_statement_per_event(world: World) -> None:
    counts = []
    for events in (1, 30):
        await stock(world, events)
        await world.pretix("GET", PRETIX)
        await stock(world, 1 + events)  # so that the count is not a remembered one
        async with traced(world) as statements:
            response = await world.pretix("GET", PRETIX)
        assert response.json()["count"] > events
        counts.append(len(statements.queries))
    # The token, the organizer's channels, the page, the count.
    assert counts == [4, 4]


async def test_a_connection_of_events_is_a_page_and_a_count(world: World) -> None:
    executor = Executor(world.database.dialect)
    for events in (1, 30):
        await stock(world, events)
        await executor.execute(world.context(), Request(GRAPHQL, {}))
        await stock(world, 1 + events)
        async with traced(world) as statements:
            answer = await executor.execute(world.context(), Request(GRAPHQL, {}))
        assert answer.body["data"]["events"]["totalCount"] > events
        assert len(statements.queries) == 2


async def test_an_event_that_another_row_names_is_shown_whole(world: World) -> None:
    await stock(world, 2)
    for slug in ("a-2-0", "a-2-1"):
        await place_order(world, slug)
    names = ("slug", "sales_channels", "limit_sales_channels", "all_sales_channels", "geo_lat", "plugins")
    of_event = Group({name: Value((name,)) for name in names}, ("event",))
    tree = Many("order", {"nodes": Nodes({"event": of_event})}, 0)
    plan = compile_selection(tree, world.database.dialect)
    found: Any = await world.context().read(plan, [Ask(10, reach="any")])
    plugins = ["pretix.plugins.sendmail", "pretix.plugins.statistics"]
    both, chosen = ["api.2", "web"], ["web", "api.2"]
    assert [list(node["event"].values()) for node in found["nodes"]] == [
        ["a-2-0", both, [], True, None, plugins],
        ["a-2-1", chosen, chosen, False, None, plugins],
    ]

"""A server that is killed or stopped while links are followed: how many clicks it costs, and that none is doubled."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from tests.resolvers import databases
from tests.servers import Server, serving
from tests.tracking import campaign, counts
from tests.world import opened

VISITORS = 16
# What may be lost, in seconds of clicks (docs/tracking.md).
LOST_SECONDS_MAX = 1.0

pytestmark = pytest.mark.slow


class Followed:
    """Links that were answered, and when."""

    def __init__(self) -> None:
        self.times: list[float] = []
        # Asked and not answered: these may count or not.
        self.unanswered = 0

    def since(self, moment: float) -> int:
        return sum(at >= moment for at in self.times)


@asynccontextmanager
async def visitors(*servers: Server) -> AsyncIterator[Followed]:
    """Visitors that follow links of both campaigns until the block ends, or the server is gone."""
    followed = Followed()
    stop = asyncio.Event()

    async def visit(client: httpx2.AsyncClient, code: str) -> None:
        while not stop.is_set():
            try:
                answer = await client.get(f"/acme/conf/c/{code}/")
            except httpx2.TransportError:
                followed.unanswered += 1
                return
            assert answer.status_code == 302
            followed.times.append(time.monotonic())

    clients = [server.client() for server in servers]
    walking = [
        asyncio.create_task(visit(clients[number % len(clients)], "AB"[number // 2 % 2])) for number in range(VISITORS)
    ]
    try:
        yield followed
    finally:
        stop.set()
        await asyncio.gather(*walking)
        await asyncio.gather(*(client.aclose() for client in clients))


async def prepared(url: str) -> None:
    async with opened(url) as world:
        for code in ("A", "B"):
            await campaign(world, code)


async def counted(url: str) -> int:
    """Clicks that are stored."""
    async with databases.opened(url) as database:
        return sum(clicks for clicks, _ in (await counts(database)).values())


async def test_a_killed_server_loses_less_than_a_second_of_clicks(database_url: str, tmp_path: Path) -> None:
    await prepared(database_url)
    async with serving(database_url, tmp_path / "log") as server, visitors(server) as followed:
        await asyncio.sleep(2)
        killed_at = time.monotonic()
        server.process.kill()
        await server.process.wait()
    found = await counted(database_url)
    total = len(followed.times)
    assert total > 200
    assert total - followed.since(killed_at - LOST_SECONDS_MAX) <= found <= total + followed.unanswered


async def test_a_stopped_server_loses_no_click(database_url: str, tmp_path: Path) -> None:
    await prepared(database_url)
    async with serving(database_url, tmp_path / "log") as server, visitors(server) as followed:
        await asyncio.sleep(1)
        assert await server.stop() == 0, server.printed()
    assert len(followed.times) > 100
    assert len(followed.times) <= await counted(database_url) <= len(followed.times) + followed.unanswered
    assert "lost" not in server.printed()


async def test_two_servers_on_one_database_count_exactly(database_url: str, tmp_path: Path) -> None:
    await prepared(database_url)
    async with serving(database_url, tmp_path / "one") as one, serving(database_url, tmp_path / "two") as two:
        async with visitors(one, two) as followed:
            await asyncio.sleep(1.5)
        for server in (one, two):
            assert await server.stop() == 0, server.printed()
    assert followed.unanswered == 0
    assert await counted(database_url) == len(followed.times)

"""Workers that are killed while they send: every change is told, under one id each, whoever is left."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.receivers import receiver
from tests.servers import ROOT, printed
from tests.survival.webhook_worker import OF_WEBHOOK_MAX
from tests.vouchers import opened
from tests.webhooks import a_webhook, happen, settled

CHANGES = 120
pytestmark = pytest.mark.slow
# A slow machine shared with others; alone it is a tenth of this.
END_SECONDS = 60.0


@asynccontextmanager
async def worker(url: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that sends. It is gone afterwards."""
    command = (sys.executable, "-m", "tests.survival.webhook_worker", url)
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=output
        )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"working\n", printed(log)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_every_change_is_told_whoever_is_killed(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as place, receiver() as here:
        made = await a_webhook(*place, here.url)
        log = tmp_path / "log"
        async with worker(database_url, log) as first, worker(database_url, log):
            here.open.clear()
            telling = asyncio.create_task(happen(*place, CHANGES))
            # Both have requests under way, and nobody has been answered: what came of those of one, nobody will write.
            await here.until(lambda there: there.at_once > OF_WEBHOOK_MAX, END_SECONDS)
            first.kill()
            await first.wait()
            here.open.set()
            changes = await telling
            rows = await settled(place[0], CHANGES, seconds=END_SECONDS)
    assert [row.change_id for row in rows] == changes
    assert {row.status for row in rows} == {"SUCCEEDED"}
    told = Counter(each.id for each in here.received)
    assert set(told) == {row.token for row in rows}
    # What was under way when the worker died is sent once more, the very same.
    assert CHANGES < told.total() <= CHANGES + 2 * OF_WEBHOOK_MAX
    assert len({(each.id, each.body) for each in here.received}) == CHANGES
    assert all(each.verified(made.secret) for each in here.received)

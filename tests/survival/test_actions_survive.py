"""Workers that are killed in the middle of bulk work: others go on, and everything is done once."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.action import action_input
from models.code_config import CodeConfig
from models.database import Database
from models.gift_card import gift_card
from models.voucher import VoucherType, voucher
from resolvers import generation, gift_card_issuing, ledger, voucher_imports
from resolvers.context import Context, utc_now
from resolvers.generation import ADDED
from resolvers.principals import system
from tests.resolvers.databases import rows
from tests.servers import ROOT, printed
from tests.vouchers import a_campaign, action_of, campaign_of, changes, ended, making, opened, written

LEASE_SECONDS = 1.0
# A slow machine shared with others; alone it is a tenth of this.
END_SECONDS = 120.0

pytestmark = pytest.mark.slow


@asynccontextmanager
async def worker(url: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that does bulk work. It is gone afterwards."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.survival.worker", url, str(LEASE_SECONDS)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
        )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"working\n", printed(log)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def killed_midway(
    url: str,
    folder: Path,
    database: Database,
    enqueue: Callable[[], Awaitable[int]],
    total: int,
    *,
    again: Sequence[int] = (2, 3),
) -> None:
    """A process is killed while it works on it, then one of two, `again` when so many fifths of it are done."""
    async with worker(url, folder / "killed"):
        action_id = await enqueue()
        await _progress(database, action_id, total // 5)
    assert (await action_of(database, action_id)).status == "IN_PROGRESS"
    async with worker(url, folder / "stays"):
        for part in again:
            async with worker(url, folder / "killed"):
                await _progress(database, action_id, part * total // 5)
        row = await ended(database, action_id, seconds=END_SECONDS)
    assert (row.status, row.done_count, row.failed_count) == ("DONE", total, 0), row.result


async def _progress(database: Database, action_id: int, count: int) -> None:
    async with asyncio.timeout(END_SECONDS):
        while (await action_of(database, action_id)).done_count < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def assert_exact(database: Database, campaign_id: int, total: int) -> None:
    asked = select(func.count(), func.count(voucher.c.code.distinct())).where(voucher.c.campaign_id == campaign_id)
    assert tuple((await rows(database, asked))[0]) == (total, total)
    assert await campaign_of(database, campaign_id) == (total, "DONE", "DONE")
    # A chunk is told of in its transaction: none was written without, and none twice.
    assert sum(each["count"] for each in await changes(database, ADDED)) == total


async def test_two_workers_and_a_kill_generate_exactly(database_url: str, tmp_path: Path) -> None:
    total = 200_000
    async with opened(database_url) as (database, organizer_id):
        campaign_id = await written(database, making(a_campaign, organizer_id))
        verb = making(generation.generate, organizer_id, campaign_id, count=total, config=CodeConfig())

        async def enqueue() -> int:
            return (await written(database, verb)).id

        await killed_midway(database_url, tmp_path, database, enqueue, total)
        await assert_exact(database, campaign_id, total)


async def test_balances_are_right_after_a_kill(database_url: str, tmp_path: Path) -> None:
    total = 20_000
    async with opened(database_url) as (database, organizer_id):
        campaign_id = await written(database, making(a_campaign, organizer_id, VoucherType.GIFT_VOUCHER))
        verb = making(generation.generate, organizer_id, campaign_id, count=total, config=CodeConfig())

        async def enqueue() -> int:
            return (await written(database, verb)).id

        await killed_midway(database_url, tmp_path, database, enqueue, total)
        await assert_exact(database, campaign_id, total)
        assert await ledger.counts(database) == (total, total)
        assert await ledger.differences(database) == []


async def test_gift_cards_are_issued_once_and_whole_after_a_kill(database_url: str, tmp_path: Path) -> None:
    total = 20_000
    async with opened(database_url) as (database, organizer_id):
        verb = making(gift_card_issuing.issue, organizer_id, count=total, amount=500, currency="EUR")

        async def enqueue() -> int:
            return (await written(database, verb)).id

        await killed_midway(database_url, tmp_path, database, enqueue, total, again=())
        asked = select(func.count(gift_card.c.secret.distinct()), func.sum(gift_card.c.balance), gift_card.c.action_id)
        assert tuple((await rows(database, asked.group_by(gift_card.c.action_id)))[0]) == (total, 500 * total, 1)
        assert sum(each["count"] for each in await changes(database, "action.gift_cards_issued")) == total
        assert await ledger.counts(database) == (total, total)
        assert await ledger.differences(database) == []


async def test_an_import_goes_on_where_it_was_killed(database_url: str, tmp_path: Path) -> None:
    total = 40_000
    async with opened(database_url) as (database, organizer_id):
        campaign_id = await written(database, making(a_campaign, organizer_id))
        context = Context(database, system({}), utc_now)

        async def parts() -> AsyncIterator[bytes]:
            yield b"Code,Region\n"
            for start in range(0, total, 1000):
                yield "".join(f"CODE-{number},north\n" for number in range(start, start + 1000)).encode()

        async def enqueue() -> int:
            receiving = partial(voucher_imports.receive, context, organizer_id, campaign_id)
            return (await receiving(parts())).id

        await killed_midway(database_url, tmp_path, database, enqueue, total)
        await assert_exact(database, campaign_id, total)
        assert await rows(database, select(action_input.c.number)) == []

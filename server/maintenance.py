"""What a worker does by itself, now and then: forget what is past its time: idempotency keys, holds, broken uploads."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from models.database import Database, Tx
from models.problems import Problem
from resolvers import background, validation_statements, voucher_imports, webhook_deliveries
from resolvers.idempotency import FORGET, KEPT_FOR

log = structlog.get_logger()

EVERY_SECONDS = 3600.0


class Maintenance:
    def __init__(self, database: Database, clock: Callable[[], datetime], *, webhook_log_days: int = 30) -> None:
        self._database, self._clock = database, clock
        self._webhook_log_days = webhook_log_days

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with background.running(self._work(), "maintenance"):
            yield

    async def _work(self) -> None:
        while True:
            try:
                await self.forget_keys()
                await self.forget_holds()
                await self.discard_uploads()
                await self.forget_deliveries()
            except Problem as problem:
                log.warning("could not tidy up", reason=problem.message)
            await asyncio.sleep(EVERY_SECONDS)

    async def forget_keys(self) -> None:
        """Remove the keys that no retry will be answered by any more."""
        before = self._clock() - KEPT_FOR

        async def unit(tx: Tx) -> None:
            await tx.rows(FORGET, before=before)

        await self._database.write(unit)

    async def forget_holds(self) -> None:
        """Remove what vouchers were held for and are not any more."""
        now = self._clock()

        async def unit(tx: Tx) -> None:
            await tx.rows(validation_statements.FORGET, before=now)

        await self._database.write(unit)

    async def forget_deliveries(self) -> None:
        """Remove what webhooks were told long ago, and what is left of webhooks that were deleted."""
        before = self._clock() - timedelta(days=self._webhook_log_days)
        while await self._database.write(lambda tx: webhook_deliveries.forget(tx, before), bulk=True):
            pass

    async def discard_uploads(self) -> None:
        """Remove what is left of files whose upload ended with its server, and of imports that failed."""
        while await self._database.write(lambda tx: voucher_imports.discard_abandoned(tx, self._clock()), bulk=True):
            pass

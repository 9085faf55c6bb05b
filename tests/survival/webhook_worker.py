"""A process that sends what webhooks are told, until it is killed: `python -m tests.survival.webhook_worker URL`."""

import asyncio
import sys

from tests.resolvers import databases
from tests.webhooks import sending

OF_WEBHOOK_MAX = 4


async def work(url: str) -> None:
    async with (
        databases.opened(url) as database,
        sending(database, requests={"timeout_seconds": 3.0}, spare_seconds=0.5, of_webhook_max=OF_WEBHOOK_MAX),
    ):
        print("working", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))

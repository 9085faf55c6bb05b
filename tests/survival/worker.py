"""A process that does bulk work and nothing else: `python -m tests.survival.worker URL LEASE_SECONDS`."""

import asyncio
import sys

from models.database import Connect, open_database
from resolvers.action_work import Actions, Pace


async def work(url: str, lease_seconds: float) -> None:
    database = open_database(Connect(url))
    await database.start()
    async with Actions(database, pace=Pace(lease_seconds=lease_seconds, poll_seconds=0.02)).running():
        print("working", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], float(sys.argv[2])))

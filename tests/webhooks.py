"""Webhooks for tests: made by their verb, told of changes that stand for nothing, by a worker that looks often."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

import resolvers.sources  # noqa: F401  every source, before anything is compiled
from gql.execution import Executor
from models.database import Database, Dialect
from models.webhook import webhook, webhook_attempt, webhook_delivery
from models.webhook_address import Reach
from resolvers import webhooks
from resolvers.changes import Changes
from resolvers.context import Context, Work, utc_now
from resolvers.principals import Principal, system
from resolvers.webhooks import Secret
from server.webhook_requests import Requests
from server.webhook_sender import Pace, WebhookSender
from tests.resolvers.databases import rows
from tests.vouchers import making

# The receivers of tests are on this machine.
LOCAL = Reach((ip_network("127.0.0.0/8"), ip_network("::1/128")), allow_http=True)
QUICK: dict[str, Any] = {"poll_seconds": 0.02, "idle_seconds": 0.02, "gather_seconds": 0.002, "pauses": (0.01,) * 8}


@cache
def executor(dialect: Dialect) -> Executor:
    return Executor(dialect)


async def a_webhook(
    database: Database, organizer_id: int, url: str, *, asker: Principal | None = None, **given: Any
) -> Secret:
    context = Context(database, asker or system({"acme": organizer_id}), utc_now)
    return await context.write(making(webhooks.create, organizer_id, url, **{"reach": LOCAL, **given}))


async def happen(
    database: Database, organizer_id: int, count: int = 1, kind: str = "gift_card.issued", **content: Any
) -> list[int]:
    """So many changes, each of a transaction of its own; their ids."""

    async def unit(work: Work) -> int:
        return await work.record(kind, organizer_id, 7, content)

    context = Context(database, system({}), utc_now)
    return [await context.write(unit) for _ in range(count)]


@asynccontextmanager
async def sending(
    database: Database, *, clock: Any = utc_now, requests: dict[str, Any] | None = None, **pace: Any
) -> AsyncIterator[WebhookSender]:
    """A worker of its own, as another process would have it."""
    changes = Changes(database)
    asked = Requests(**{"reach": LOCAL, "timeout_seconds": 2.0, **(requests or {})})
    chosen = Pace(**{**QUICK, **pace})
    sender = WebhookSender(database, changes, executor(database.dialect), asked, clock, pace=chosen)
    async with changes.running(), sender.running():
        yield sender


async def stored(database: Database, table: Any, *conditions: Any) -> list[Any]:
    """Whole rows, in the order of their ids."""
    found = await rows(database, select(table).where(*conditions).order_by(table.c.id))
    return [SimpleNamespace(**dict(zip(table.c.keys(), row, strict=True))) for row in found]


async def deliveries(database: Database, *conditions: Any) -> list[Any]:
    return await stored(database, webhook_delivery, *conditions)


async def attempts(database: Database) -> list[Any]:
    return await stored(database, webhook_attempt)


async def the_webhook(database: Database, webhook_id: int) -> Any:
    (found,) = await stored(database, webhook, webhook.c.id == webhook_id)
    return found


async def settled(
    database: Database, count: int, *, status: Sequence[str] = ("SUCCEEDED", "FAILED"), seconds: float = 10
) -> list[Any]:
    """The deliveries, once so many are over, or have the status."""
    async with asyncio.timeout(seconds):
        while sum(row.status in status for row in await deliveries(database)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return await deliveries(database)

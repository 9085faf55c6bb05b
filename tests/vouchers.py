"""Campaigns and vouchers for tests, put into the database without the verbs that a door calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, select

from models import public_ids
from models.action import action as ACTION
from models.change import change
from models.database import Database, Statement, asked
from models.organizer import organizer
from models.voucher import VoucherType, voucher, voucher_terms
from models.voucher_campaign import voucher_campaign
from resolvers import new_vouchers
from resolvers.action_work import Actions, Pace
from resolvers.context import Context, Work, utc_now
from resolvers.new_vouchers import NewVoucher
from resolvers.principals import system
from tests.resolvers import databases

T = TypeVar("T")

BENEFITS: dict[VoucherType, dict[str, Any]] = {
    VoucherType.DISCOUNT_VOUCHER: {"discount": {"type": "PERCENT", "percent_off": 10}},
    VoucherType.GIFT_VOUCHER: {"gift": {"amount": 1000}},
    VoucherType.LOYALTY_CARD: {"loyalty_card": {"points": 100}},
}
CAMPAIGN_TYPES = {
    VoucherType.DISCOUNT_VOUCHER: "DISCOUNT_COUPONS",
    VoucherType.GIFT_VOUCHER: "GIFT_VOUCHERS",
    VoucherType.LOYALTY_CARD: "LOYALTY_PROGRAM",
}


async def an_organizer(work: Work, slug: str = "acme") -> int:
    row = {"slug": slug, "name": slug.title(), "created_at": work.now}
    (found,) = await work.row(insert(organizer).values(row).returning(organizer.c.id))
    return int(found)


async def some_terms(
    work: Work, organizer_id: int, type: VoucherType = VoucherType.DISCOUNT_VOUCHER, **values: Any
) -> int:
    row = {"organizer_id": organizer_id, "type": type.value, **BENEFITS[type], **values}
    (found,) = await work.row(insert(voucher_terms).values(row).returning(voucher_terms.c.id))
    return int(found)


async def a_campaign(
    work: Work, organizer_id: int, type: VoucherType = VoucherType.DISCOUNT_VOUCHER, **values: Any
) -> int:
    """A campaign without vouchers; its id. `values` are columns."""
    token = public_ids.campaign()
    row = {
        "organizer_id": organizer_id,
        "token": token,
        "name": token,
        "campaign_type": CAMPAIGN_TYPES[type],
        "type": "STATIC",
        "quantity": 1,
        "join_once": False,
        "auto_join": False,
        "use_voucher_metadata_schema": True,
        "creation_status": "DONE",
        "generation_status": "DONE",
        "created_at": work.now,
        **values,
    }
    if "terms_id" not in row:
        row["terms_id"] = await some_terms(work, organizer_id, type)
    (found,) = await work.row(insert(voucher_campaign).values(row).returning(voucher_campaign.c.id))
    return int(found)


async def a_voucher(work: Work, organizer_id: int, campaign_id: int | None, code: str, **values: Any) -> int:
    """A voucher of a campaign, by its terms; its id. `values` are fields of NewVoucher."""
    terms_id, type = await work.row(
        select(voucher_campaign.c.terms_id, voucher_terms.c.type)
        .join_from(voucher_campaign, voucher_terms, voucher_terms.c.id == voucher_campaign.c.terms_id)
        .where(voucher_campaign.c.id == campaign_id)
    )
    held = VoucherType(type)
    if held is not VoucherType.DISCOUNT_VOUCHER:
        values = {"amount": 1000, **values}
    new = NewVoucher(code=code, **values)
    added = await new_vouchers.add(work, organizer_id, [new], campaign_id=campaign_id, terms_id=terms_id, type=held)
    return added[code]


async def written(database: Database, verb: Callable[[Work], Awaitable[T]], **options: Any) -> T:
    """What a verb answers, run as the command line runs it."""
    return await Context(database, system({}), **{"clock": utc_now, **options}).write(verb)


@asynccontextmanager
async def opened(url: str, **limits: Any) -> AsyncIterator[tuple[Database, int]]:
    """An open database with one organizer."""
    async with databases.opened(url, **limits) as database:
        yield database, await written(database, an_organizer)


async def campaign_of(database: Database, campaign_id: int) -> Any:
    """The campaign's row."""
    (row,) = await databases.rows(
        database,
        select(
            voucher_campaign.c.vouchers_count,
            voucher_campaign.c.creation_status,
            voucher_campaign.c.generation_status,
        ).where(voucher_campaign.c.id == campaign_id),
    )
    return tuple(row)


async def codes_of(database: Database, campaign_id: int) -> list[str]:
    rows = await databases.rows(
        database, select(voucher.c.code).where(voucher.c.campaign_id == campaign_id).order_by(voucher.c.id)
    )
    return [row[0] for row in rows]


async def action_of(database: Database, action_id: int) -> Any:
    """The action's row."""
    # Read, not written: another process that writes without a pause keeps writers of this one waiting.
    statement = Statement(select(*ACTION.c).where(ACTION.c.id == bindparam("action_id")), database.dialect)
    (row,) = await asked(database, statement, action_id=action_id)
    return SimpleNamespace(**dict(zip(ACTION.c.keys(), row, strict=True)))


@asynccontextmanager
async def working(
    database: Database, *, clock: Callable[[], datetime] = utc_now, **pace: Any
) -> AsyncIterator[Actions]:
    """A worker that looks often."""
    actions = Actions(database, clock, pace=Pace(**{"poll_seconds": 0.02, **pace}))
    async with actions.running():
        yield actions


async def ended(database: Database, action_id: int, *, seconds: float = 20) -> Any:
    """The action's row when it is over, with workers that are running already."""
    async with asyncio.timeout(seconds):
        while (row := await action_of(database, action_id)).finished_at is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return row


async def done(database: Database, action_id: int, **pace: Any) -> Any:
    """The action's row after a worker of its own brought it to its end."""
    async with working(database, **pace):
        return await ended(database, action_id)


async def changes(database: Database, kind: str) -> list[Any]:
    """What was told of this kind, the oldest first."""
    rows = await databases.rows(database, select(change.c.content).where(change.c.kind == kind).order_by(change.c.id))
    return [row[0] for row in rows]


def making(verb: Callable[..., Awaitable[T]], *given: Any, **named: Any) -> Callable[[Work], Awaitable[T]]:
    """A verb that is only to be given its work."""

    def run(work: Work) -> Awaitable[T]:
        return partial(verb, work, *given, **named)()

    return run

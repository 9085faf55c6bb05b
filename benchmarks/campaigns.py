"""foyer's tracking campaigns: a start state knows none, so they are put into its tables here.

`python -m benchmarks.campaigns fill` or `clicks`; the database is the one `FOYER_DATABASE_URL` names.
"""

import asyncio
import json
import os
import sys
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from benchmarks import shops
from benchmarks.fixture import EPOCH, ORGANIZER
from models.event import event
from models.organizer import organizer
from models.tracking_campaign import tracking_campaign, tracking_day


async def fill(connection: AsyncConnection) -> dict[str, int]:
    """Answers what was written, in rows by table."""
    of_event = select(event.c.organizer_id, event.c.id.label("event_id")).join(organizer)
    wanted = of_event.where(organizer.c.slug == ORGANIZER, event.c.slug == shops.Event(0).slug)
    place = (await connection.execute(wanted)).mappings().one()
    rows = [{**place, **campaign_row(each)} for each in shops.campaigns()]
    await connection.execute(insert(tracking_campaign), rows)
    days = [{**day_row(each), "organizer_id": place["organizer_id"]} for each in shops.campaigns() if each.clicks]
    await connection.execute(insert(tracking_day), days)
    return {"tracking_campaign": len(rows), "tracking_day": len(days)}


def campaign_row(each: shops.Campaign) -> dict[str, Any]:
    return {
        "id": each.number + 1,
        "code": each.code,
        "description": each.description,
        "external_target": each.external_target,
        "click_count": each.clicks,
        "created_at": EPOCH,
    }


def day_row(each: shops.Campaign) -> dict[str, Any]:
    return {"tracking_campaign_id": each.number + 1, "day": "2026-01-01", "clicks": each.clicks}


async def clicks(connection: AsyncConnection) -> dict[str, int]:
    """`clicks`: those counted in all; `days`: the sum of what was counted by day."""
    counted = await connection.scalar(select(func.sum(tracking_campaign.c.click_count)))
    days = await connection.scalar(select(func.sum(tracking_day.c.clicks)))
    return {"clicks": int(counted or 0), "days": int(days or 0)}


async def run(verb: str) -> None:
    engine = create_async_engine(os.environ["FOYER_DATABASE_URL"])
    async with engine.begin() as connection:
        answer = await (fill if verb == "fill" else clicks)(connection)
    await engine.dispose()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))

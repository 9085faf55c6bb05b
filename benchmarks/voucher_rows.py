"""foyer's voucher campaigns and vouchers: a start state knows none, so its own verbs make them here.

`python -m benchmarks.voucher_rows fill`, `redemptions` or `vouchers`; the database is the one that `FOYER_DATABASE_URL`
names.
"""

import asyncio
import json
import os
import sys
from datetime import timedelta

from sqlalchemy import func, select

from benchmarks import fixture, vouchers
from models.code_config import CodeConfig
from models.database import Connect, open_database
from models.organizer import organizer
from models.redemption import Status, redemption
from models.terms import Terms
from models.voucher import voucher
from models.voucher_campaign import voucher_campaign
from resolvers import new_vouchers, voucher_campaigns
from resolvers.context import Context, Work
from resolvers.new_vouchers import NewVoucher
from resolvers.principals import system
from resolvers.voucher_campaign_rules import NewCampaign

OWNER = select(organizer.c.id).where(organizer.c.slug == fixture.ORGANIZER)
CAMPAIGN_IDS = select(voucher_campaign.c.name, voucher_campaign.c.id, voucher_campaign.c.terms_id)
USED = select(func.sum(voucher.c.redeemed_quantity))
KEPT = select(func.count()).where(redemption.c.status == Status.SUCCEEDED.value)
COUNTS = select(voucher_campaign.c.name, func.count(voucher.c.id)).join_from(
    voucher_campaign,
    voucher,
    (voucher_campaign.c.organizer_id == voucher.c.organizer_id) & (voucher_campaign.c.id == voucher.c.campaign_id),
)
# Campaigns in one unit of work.
SLICE = 100


async def fill(context: Context) -> dict[str, int]:
    """Answers what was written, in rows by table."""
    campaigns = list(vouchers.campaigns())
    for start in range(0, len(campaigns), SLICE):
        part = campaigns[start : start + SLICE]
        await context.write(lambda work, part=part: add(work, part))  # type: ignore[misc]
    return {"voucher_campaign": len(campaigns), "voucher": vouchers.COUPON_COUNT + vouchers.GIFT_COUNT}


async def add(work: Work, campaigns: list[vouchers.Campaign]) -> None:
    (organizer_id,) = await work.row(OWNER)
    for each in campaigns:
        await voucher_campaigns.create(work, organizer_id, new_campaign(each))
    ids = {name: (campaign_id, terms_id) for name, campaign_id, terms_id in await work.rows(CAMPAIGN_IDS)}
    for each in campaigns:
        campaign_id, terms_id = ids[each.name]
        new = [NewVoucher(code, amount=vouchers.GIFT_AMOUNT if each.is_gift else None) for code in each.codes]
        await new_vouchers.add(work, organizer_id, new, campaign_id=campaign_id, terms_id=terms_id, type=each.type)


def new_campaign(each: vouchers.Campaign) -> NewCampaign:
    return NewCampaign(
        name=each.name,
        terms=Terms.read(each.type, each.benefit),
        description=each.description,
        quantity=None,
        code_config=CodeConfig.read(vouchers.CODE_CONFIG),
        starts_at=fixture.EPOCH,
        expires_at=fixture.EPOCH + timedelta(days=3650),
        metadata=each.metadata,
    )


async def redemptions(context: Context) -> dict[str, int]:
    """`vouchers`: the sum of what they say; `redemptions`: those that were kept."""

    async def count(work: Work) -> dict[str, int]:
        (used,), (kept,) = await work.row(USED), await work.row(KEPT)
        return {"vouchers": int(used or 0), "redemptions": int(kept)}

    return await context.write(count)


async def count(context: Context) -> dict[str, int]:
    """How many vouchers there are, by the name of their campaign."""

    async def unit(work: Work) -> dict[str, int]:
        return dict(map(tuple, await work.rows(COUNTS.group_by(voucher_campaign.c.name))))

    return await context.write(unit)


async def run(verb: str) -> None:
    database = open_database(Connect(os.environ["FOYER_DATABASE_URL"], write_timeout_seconds=60))
    await database.start()
    try:
        answer = await VERBS[verb](Context(database, system({})))
    finally:
        await database.close()
    json.dump(answer, sys.stdout)


VERBS = {"fill": fill, "redemptions": redemptions, "vouchers": count}

if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))

"""The rows of a peer's voucher campaigns and vouchers, and what was redeemed of them."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks import fixture
from benchmarks import vouchers as wanted
from benchmarks.peers.models import Session
from benchmarks.peers.voucher_models import AppKey, Redemption, Voucher, VoucherCampaign


async def add(session: AsyncSession, organizer_id: int) -> None:
    session.add(AppKey(organizer_id=organizer_id, app_id=wanted.APP_ID, app_token=wanted.APP_TOKEN))
    campaigns = list(wanted.campaigns())
    nulls = {"render_nulls": True}
    await session.execute(
        insert(VoucherCampaign), [campaign_row(each, organizer_id) for each in campaigns], execution_options=nulls
    )
    rows = [voucher_row(each, code, organizer_id) for each in campaigns for code in each.codes]
    await session.execute(insert(Voucher), rows, execution_options=nulls)


def campaign_row(each: wanted.Campaign, organizer_id: int) -> dict[str, Any]:
    return {
        "id": each.number + 1,
        "organizer_id": organizer_id,
        "token": f"camp_{secrets.token_hex(12)}",
        "name": each.name,
        "description": each.description,
        "campaign_type": each.campaign_type,
        "voucher_type": each.type.value,
        **benefit(each),
        "quantity": None,
        "code_config": wanted.CODE_CONFIG,
        "start_date": fixture.EPOCH,
        "expiration_date": fixture.EPOCH + timedelta(days=3650),
        "vouchers_count": len(each.codes),
        "extra": each.metadata,
    }


def voucher_row(each: wanted.Campaign, code: str, organizer_id: int) -> dict[str, Any]:
    return {
        "organizer_id": organizer_id,
        "campaign_id": each.number + 1,
        "token": f"v_{secrets.token_hex(16)}",
        "code": code,
        "type": each.type.value,
        **benefit(each),
        "balance": wanted.GIFT_AMOUNT if each.is_gift else None,
        "quantity": None,
        "extra": {},
    }


def benefit(each: wanted.Campaign) -> dict[str, Any]:
    return {"discount": None if each.is_gift else each.benefit, "gift": each.benefit if each.is_gift else None}


async def redemptions() -> dict[str, int]:
    """`vouchers`: the sum of what they say; `redemptions`: those that were kept."""
    async with Session() as session:
        used = await session.scalar(select(func.sum(Voucher.redeemed_quantity)))
        kept = await session.scalar(select(func.count()).select_from(Redemption))
    return {"vouchers": int(used or 0), "redemptions": int(kept or 0)}

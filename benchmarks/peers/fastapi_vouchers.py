"""Peer (b) on Voucherify's campaigns and redemptions (see fastapi_orm.py).

SQLAlchemy: "SELECT .. FOR UPDATE" through `with_for_update()`. SQLite has no such clause; its manual's way is to begin
with `BEGIN IMMEDIATE`, which locks the file until the commit, so nothing is lost here on either engine.
"""

import secrets
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Security
from fastapi.security import APIKeyHeader
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from benchmarks.peers.fastapi_parts import SessionDep
from benchmarks.peers.voucher_answers import (
    CampaignOut,
    CampaignsOut,
    EntryOut,
    OrderOut,
    RedeemIn,
    RedeemOut,
    represent_campaign,
    represent_redemption,
    set_only,
)
from benchmarks.peers.voucher_models import AppKey, Redemption, Voucher, VoucherCampaign, VoucherTransaction

router = APIRouter(prefix="/v1")

id_scheme, token_scheme = APIKeyHeader(name="X-App-Id"), APIKeyHeader(name="X-App-Token")


async def get_key(
    session: SessionDep, app_id: Annotated[str, Security(id_scheme)], app_token: Annotated[str, Security(token_scheme)]
) -> AppKey:
    key = await session.scalar(select(AppKey).where(AppKey.app_id == app_id))
    if key is None or not secrets.compare_digest(key.app_token, app_token):
        raise HTTPException(401, "Unauthorized")
    return key


KeyDep = Annotated[AppKey, Depends(get_key)]


@router.get("/campaigns", response_model_exclude_unset=True)
async def list_campaigns(
    session: SessionDep,
    key: KeyDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    page: Annotated[int, Query(ge=1)] = 1,
) -> CampaignsOut:
    own = VoucherCampaign.organizer_id == key.organizer_id
    total = await session.scalar(select(func.count()).select_from(VoucherCampaign).where(own)) or 0
    newest = select(VoucherCampaign).where(own).order_by(VoucherCampaign.id.desc())
    found = await session.scalars(newest.offset((page - 1) * limit).limit(limit))
    campaigns: list[CampaignOut] = [represent_campaign(row) for row in found]
    return CampaignsOut(object="list", data_ref="campaigns", campaigns=campaigns, total=total)


@router.post("/redemptions", response_model_exclude_unset=True)
async def redeem(body: RedeemIn, session: SessionDep, key: KeyDep) -> RedeemOut:
    (wanted,) = body.redeemables
    voucher = await locked(session, key.organizer_id, wanted.id)
    at = datetime.now(UTC)
    check(voucher, at)
    amount = None
    if voucher.discount is not None:
        discount = round(body.order.amount * voucher.discount["percent_off"] / 100)
    else:
        amount = discount = credits_of(voucher, wanted.gift.credits if wanted.gift else None, body.order.amount)
    row = Redemption(
        organizer_id=key.organizer_id,
        token=f"r_{secrets.token_hex(9)}",
        voucher=voucher,
        status="SUCCEEDED",
        amount=amount,
        extra=body.metadata or {},
        channel={"channel_type": "API", "channel_id": key.app_id},
        happened_at=at,
    )
    order = ordered(body.order.amount, discount, row, voucher, at)
    row.order = order.model_dump(mode="json")
    voucher.redeemed_quantity += 1
    session.add(row)
    if amount is not None:
        await session.flush()
        pay(session, voucher, row, amount)
    await session.commit()
    return RedeemOut(redemptions=[represent_redemption(row, voucher, order)], order=order)


async def locked(session: AsyncSession, organizer_id: int, code: str) -> Voucher:
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(text("BEGIN IMMEDIATE"))
    own = select(Voucher).where(Voucher.organizer_id == organizer_id, Voucher.code == code)
    voucher = await session.scalar(own.options(joinedload(Voucher.campaign)).with_for_update(of=Voucher))
    if voucher is None:
        raise HTTPException(404, f"Cannot find voucher with id {code}")
    return voucher


def check(voucher: Voucher, at: datetime) -> None:
    if not voucher.active or (voucher.campaign is not None and not voucher.campaign.active):
        raise HTTPException(400, "voucher is disabled")
    if voucher.start_date is not None and at < voucher.start_date:
        raise HTTPException(400, "voucher not active yet")
    if voucher.expiration_date is not None and at >= voucher.expiration_date:
        raise HTTPException(400, "voucher expired")
    if voucher.quantity is not None and voucher.redeemed_quantity >= voucher.quantity:
        raise HTTPException(400, "quantity exceeded")


def credits_of(voucher: Voucher, credits: int | None, amount: int) -> int:
    balance = voucher.balance or 0
    if credits is not None and credits > balance:
        raise HTTPException(400, "gift amount exceeded")
    return min(balance if credits is None else credits, amount)


def pay(session: AsyncSession, voucher: Voucher, row: Redemption, amount: int) -> None:
    voucher.balance = (voucher.balance or 0) - amount
    voucher.redeemed_amount += amount
    session.add(
        VoucherTransaction(voucher_id=voucher.id, redemption_id=row.id, amount=-amount, balance=voucher.balance)
    )


def ordered(amount: int, discount: int, row: Redemption, voucher: Voucher, at: datetime) -> OrderOut:
    parent = set_only(related_object_parent_id=voucher.campaign.token if voucher.campaign else None)
    entry = EntryOut(date=at, related_object_type="voucher", related_object_id=voucher.token, **parent)
    return OrderOut(
        id=f"ord_{secrets.token_hex(12)}",
        source_id=None,
        created_at=at,
        updated_at=None,
        status="PAID",
        amount=amount,
        discount_amount=discount,
        total_discount_amount=discount,
        total_amount=amount - discount,
        applied_discount_amount=discount,
        total_applied_discount_amount=discount,
        metadata={},
        object="order",
        customer_id=None,
        referrer_id=None,
        redemptions={row.token: entry},
    )

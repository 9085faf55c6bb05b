"""What peer (b) takes and answers on Voucherify's routes: the fields that foyer answers, in pydantic models."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from benchmarks.peers.voucher_models import Redemption, Voucher, VoucherCampaign


class GiftIn(BaseModel):
    credits: int | None = Field(None, ge=0)


class RedeemableIn(BaseModel):
    object: str
    id: str
    gift: GiftIn | None = None


class OrderIn(BaseModel):
    amount: int = Field(ge=0)


class RedeemIn(BaseModel):
    # Several at once are not looked at here.
    redeemables: list[RedeemableIn] = Field(min_length=1, max_length=1)
    order: OrderIn
    metadata: dict[str, Any] | None = None


class ListOut(BaseModel):
    object: str
    data_ref: str
    data: list[Any]
    total: int


class EntryOut(BaseModel):
    date: datetime
    related_object_type: str
    related_object_id: str
    related_object_parent_id: str | None = None


class OrderOut(BaseModel):
    id: str
    source_id: str | None
    created_at: datetime
    updated_at: datetime | None
    status: str
    amount: int
    discount_amount: int
    total_discount_amount: int
    total_amount: int
    applied_discount_amount: int
    total_applied_discount_amount: int
    metadata: dict[str, Any]
    object: str
    customer_id: str | None
    referrer_id: str | None
    redemptions: dict[str, EntryOut]


class UsesOut(BaseModel):
    quantity: int | None
    redeemed_quantity: int
    redeemed_amount: int | None = None
    object: str
    url: str


class PublishOut(BaseModel):
    object: str
    count: int
    url: str


class VoucherOut(BaseModel):
    id: str
    code: str
    campaign: str | None
    campaign_id: str | None
    category: str | None
    category_id: str | None
    categories: list[dict[str, Any]]
    type: str
    discount: dict[str, Any] | None
    gift: dict[str, Any] | None
    loyalty_card: dict[str, Any] | None
    start_date: datetime | None
    expiration_date: datetime | None
    validity_timeframe: dict[str, Any] | None
    validity_day_of_week: list[int] | None
    active: bool
    additional_info: str | None
    metadata: dict[str, Any]
    assets: dict[str, dict[str, Any]]
    is_referral_code: bool
    created_at: datetime
    updated_at: datetime | None
    validation_rules_assignments: ListOut
    redemption: UsesOut
    publish: PublishOut
    object: str


class RedemptionOut(BaseModel):
    id: str
    object: str
    date: datetime
    customer_id: str | None
    tracking_id: str | None
    metadata: dict[str, Any]
    amount: int | None = None
    gift: dict[str, int] | None = None
    result: str
    status: str
    order: OrderOut
    channel: dict[str, str]
    customer: dict[str, Any] | None
    related_object_type: str
    related_object_id: str
    voucher: VoucherOut


class RedeemOut(BaseModel):
    redemptions: list[RedemptionOut]
    order: OrderOut


class CampaignVoucherOut(BaseModel):
    type: str
    discount: dict[str, Any] | None = None
    gift: dict[str, Any] | None = None
    redemption: dict[str, int | None]
    code_config: dict[str, Any]
    is_referral_code: bool
    start_date: datetime | None = None
    expiration_date: datetime | None = None


class CampaignOut(BaseModel):
    id: str
    name: str
    description: str | None = None
    campaign_type: str
    type: str
    voucher: CampaignVoucherOut
    auto_join: bool
    join_once: bool
    use_voucher_metadata_schema: bool
    start_date: datetime | None = None
    expiration_date: datetime | None = None
    vouchers_count: int
    active: bool
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime | None = None
    creation_status: str
    vouchers_generation_status: str
    protected: bool
    category_id: str | None
    categories: list[dict[str, Any]]
    object: str


class CampaignsOut(BaseModel):
    object: str
    data_ref: str
    campaigns: list[CampaignOut]
    total: int


def represent_campaign(row: VoucherCampaign) -> CampaignOut:
    dates = set_only(start_date=row.start_date, expiration_date=row.expiration_date)
    voucher = CampaignVoucherOut(
        type=row.voucher_type,
        **set_only(discount=row.discount, gift=row.gift),
        redemption={"quantity": row.quantity},
        code_config=row.code_config,
        is_referral_code=row.is_referral_code,
        **dates,
    )
    return CampaignOut(
        id=row.token,
        name=row.name,
        campaign_type=row.campaign_type,
        type=row.type,
        voucher=voucher,
        auto_join=row.auto_join,
        join_once=row.join_once,
        use_voucher_metadata_schema=row.use_voucher_metadata_schema,
        **dates,
        **set_only(description=row.description, updated_at=row.updated_at),
        vouchers_count=row.vouchers_count,
        active=row.active,
        metadata=row.extra,
        created_at=row.created_at,
        creation_status=row.creation_status,
        vouchers_generation_status=row.vouchers_generation_status,
        protected=False,
        category_id=row.category_id,
        categories=[],
        object="campaign",
    )


def represent_redemption(row: Redemption, voucher: Voucher, order: OrderOut) -> RedemptionOut:
    taken: dict[str, Any] = {} if row.amount is None else {"amount": row.amount, "gift": {"amount": row.amount}}
    return RedemptionOut(
        id=row.token,
        object="redemption",
        date=row.happened_at,
        customer_id=None,
        tracking_id=row.tracking_id,
        metadata=row.extra,
        **taken,
        result="SUCCESS",
        status=row.status,
        order=order,
        channel=row.channel or {},
        customer=None,
        related_object_type="voucher",
        related_object_id=voucher.token,
        voucher=represent_voucher(voucher),
    )


def represent_voucher(row: Voucher) -> VoucherOut:
    campaign, path = row.campaign, f"/v1/vouchers/{row.code}"
    spent = {} if row.gift is None else {"redeemed_amount": row.redeemed_amount}
    return VoucherOut(
        id=row.token,
        code=row.code,
        campaign=campaign.name if campaign else None,
        campaign_id=campaign.token if campaign else None,
        category=None,
        category_id=None,
        categories=[],
        type=row.type,
        discount=row.discount,
        gift=None if row.gift is None else {**row.gift, "subtracted_amount": 0, "balance": row.balance},
        loyalty_card=None,
        start_date=row.start_date,
        expiration_date=row.expiration_date,
        validity_timeframe=None,
        validity_day_of_week=None,
        active=row.active,
        additional_info=row.additional_info,
        metadata=row.extra,
        assets={"qr": {}, "barcode": {}},
        is_referral_code=row.is_referral_code,
        created_at=row.created_at,
        updated_at=row.updated_at,
        validation_rules_assignments=ListOut(object="list", data_ref="data", data=[], total=0),
        redemption=UsesOut(
            quantity=row.quantity,
            redeemed_quantity=row.redeemed_quantity,
            **spent,
            object="list",
            url=f"{path}/redemptions?page=1&limit=10",
        ),
        publish=PublishOut(object="list", count=row.published_count, url=f"{path}/publications?page=1&limit=10"),
        object="voucher",
    )


def set_only(**values: Any) -> dict[str, Any]:
    """Without what is not set: campaigns leave it out."""
    return {name: value for name, value in values.items() if value is not None}

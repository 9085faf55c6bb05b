"""The ORM models of voucher campaigns, vouchers and redemptions (see models.py)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from benchmarks.peers.models import Base, Id, Organizer, Utc


def now() -> datetime:
    return datetime.now(UTC)


class AppKey(Base):
    __tablename__ = "app_key"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"))
    app_id: Mapped[str] = mapped_column(String(64), unique=True)
    app_token: Mapped[str] = mapped_column(String(64))
    organizer: Mapped[Organizer] = relationship(lazy="joined", innerjoin=True)


class VoucherCampaign(Base):
    __tablename__ = "voucher_campaign"
    __table_args__ = (UniqueConstraint("organizer_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"))
    token: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None]
    campaign_type: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(20), default="STATIC")
    voucher_type: Mapped[str] = mapped_column(String(20))
    discount: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    gift: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    quantity: Mapped[int | None]
    code_config: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_referral_code: Mapped[bool] = mapped_column(default=False)
    auto_join: Mapped[bool] = mapped_column(default=False)
    join_once: Mapped[bool] = mapped_column(default=False)
    use_voucher_metadata_schema: Mapped[bool] = mapped_column(default=True)
    start_date: Mapped[datetime | None] = mapped_column(Utc)
    expiration_date: Mapped[datetime | None] = mapped_column(Utc)
    vouchers_count: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    # The attribute `metadata` is the declarative base's own.
    extra: Mapped[dict[str, Any]] = mapped_column("metadata", JSON, default=dict)
    category_id: Mapped[str | None] = mapped_column(String(40))
    creation_status: Mapped[str] = mapped_column(String(20), default="DONE")
    vouchers_generation_status: Mapped[str] = mapped_column(String(20), default="DONE")
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    updated_at: Mapped[datetime | None] = mapped_column(Utc, onupdate=now)


class Voucher(Base):
    __tablename__ = "voucher"
    __table_args__ = (UniqueConstraint("organizer_id", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("voucher_campaign.id"), index=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    code: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(20))
    discount: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    gift: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    balance: Mapped[int | None] = mapped_column(BigInteger)
    redeemed_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    quantity: Mapped[int | None]
    redeemed_quantity: Mapped[int] = mapped_column(default=0)
    published_count: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    start_date: Mapped[datetime | None] = mapped_column(Utc)
    expiration_date: Mapped[datetime | None] = mapped_column(Utc)
    additional_info: Mapped[str | None]
    is_referral_code: Mapped[bool] = mapped_column(default=False)
    extra: Mapped[dict[str, Any]] = mapped_column("metadata", JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    updated_at: Mapped[datetime | None] = mapped_column(Utc, onupdate=now)
    campaign: Mapped[VoucherCampaign | None] = relationship()


class Redemption(Base):
    __tablename__ = "redemption"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"))
    token: Mapped[str] = mapped_column(String(40), unique=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), index=True)
    status: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    order: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    extra: Mapped[dict[str, Any]] = mapped_column("metadata", JSON, default=dict)
    channel: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    tracking_id: Mapped[str | None] = mapped_column(String(255))
    happened_at: Mapped[datetime] = mapped_column(Utc, default=now)
    voucher: Mapped[Voucher] = relationship()


class VoucherTransaction(Base):
    """What moved the balance of a gift voucher."""

    __tablename__ = "voucher_transaction"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), index=True)
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("redemption.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)

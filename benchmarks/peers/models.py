"""The ORM models, engine and session of both database peers, after SQLAlchemy's own ORM and asyncio pages."""

import os
from datetime import UTC, datetime
from typing import Any, Optional

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

Id = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """SQLite drops the time zone: what is stored is UTC, so what is read is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    pass


class Organizer(Base):
    __tablename__ = "organizer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    plugins: Mapped[list[str]] = mapped_column(JSON, default=list)
    tokens: Mapped[list["ApiToken"]] = relationship(secondary="api_token_organizer", viewonly=True)


# The organizers that a token may list; `ApiToken.organizer` is the one it acts for.
api_token_organizer = Table(
    "api_token_organizer",
    Base.metadata,
    Column("api_token_id", ForeignKey("api_token.id"), primary_key=True),
    Column("organizer_id", ForeignKey("organizer.id"), primary_key=True),
)


class ApiToken(Base):
    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    organizer: Mapped[Organizer] = relationship(lazy="joined", innerjoin=True)


class GiftCard(Base):
    __tablename__ = "gift_card"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"), index=True)
    secret: Mapped[str] = mapped_column(String(190), index=True)
    issued_at: Mapped[datetime] = mapped_column(Utc)
    balance: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    testmode: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    expires_at: Mapped[datetime | None] = mapped_column(Utc)
    conditions: Mapped[str | None]
    transactions: Mapped[list["GiftCardTransaction"]] = relationship(back_populates="gift_card")


class GiftCardTransaction(Base):
    __tablename__ = "gift_card_transaction"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gift_card_id: Mapped[int] = mapped_column(ForeignKey("gift_card.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    booked_at: Mapped[datetime] = mapped_column(Utc)
    text: Mapped[str | None]
    info: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    acceptor_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    gift_card: Mapped[GiftCard] = relationship(back_populates="transactions")
    order: Mapped[Optional["Order"]] = relationship()
    acceptor: Mapped[Organizer | None] = relationship()


event_sales_channel = Table(
    "event_sales_channel",
    Base.metadata,
    Column("event_id", ForeignKey("event.id"), primary_key=True),
    Column("sales_channel_id", ForeignKey("sales_channel.id"), primary_key=True),
)


class SalesChannel(Base):
    __tablename__ = "sales_channel"
    __table_args__ = (UniqueConstraint("organizer_id", "identifier"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"))
    identifier: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(20))
    label: Mapped[dict[str, str]] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0)


class Event(Base):
    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("organizer_id", "slug"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id"))
    slug: Mapped[str] = mapped_column(String(50))
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    live: Mapped[bool] = mapped_column(default=False)
    testmode: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str] = mapped_column(String(3))
    date_from: Mapped[datetime] = mapped_column(Utc)
    date_to: Mapped[datetime | None] = mapped_column(Utc)
    date_admission: Mapped[datetime | None] = mapped_column(Utc)
    is_public: Mapped[bool] = mapped_column(default=True)
    presale_start: Mapped[datetime | None] = mapped_column(Utc)
    presale_end: Mapped[datetime | None] = mapped_column(Utc)
    location: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    geo_lat: Mapped[float | None]
    geo_lon: Mapped[float | None]
    has_subevents: Mapped[bool] = mapped_column(default=False)
    meta_data: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    plugins: Mapped[list[str]] = mapped_column(JSON, default=list)
    timezone: Mapped[str] = mapped_column(String(100))
    item_meta_properties: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    all_sales_channels: Mapped[bool] = mapped_column(default=True)
    organizer: Mapped[Organizer] = relationship()
    limit_sales_channels: Mapped[list[SalesChannel]] = relationship(secondary=event_sales_channel)


class Order(Base):
    __tablename__ = "order"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    event: Mapped[Event] = relationship()


class TrackingCampaign(Base):
    __tablename__ = "tracking_campaign"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    code: Mapped[str] = mapped_column(String(190), unique=True)
    description: Mapped[str] = mapped_column(String(255))
    external_target: Mapped[str] = mapped_column(String(2000), default="")
    order_count: Mapped[int] = mapped_column(default=0)
    click_count: Mapped[int] = mapped_column(BigInteger, default=0)
    event: Mapped[Event] = relationship()


def make_engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url)
    engine = create_async_engine(url, connect_args={"timeout": 30})
    event.listen(engine.sync_engine, "connect", set_pragmas)
    return engine


def set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


engine = make_engine(os.environ.get("PEER_DATABASE_URL", "sqlite+aiosqlite://"))
Session = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)

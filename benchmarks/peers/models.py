"""The ORM models, engine and session of both database peers, after SQLAlchemy's own ORM and asyncio pages."""

import os
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, String, TypeDecorator, event
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
    gift_card: Mapped[GiftCard] = relationship(back_populates="transactions")


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

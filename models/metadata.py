"""The one MetaData, and the column types whose stored form differs between SQLite and PostgreSQL."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import REAL, BigInteger, Boolean, DateTime, Dialect, Double, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

# Every constraint has a name, so that a migration on either engine can speak of it.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives out row ids only for a column typed INTEGER; PostgreSQL wants 64 bits said aloud.
Id = BigInteger().with_variant(Integer(), "sqlite")
# Amounts of money: hundredths of the currency's unit (docs/decisions/0002).
Hundredths = BigInteger().with_variant(Integer(), "sqlite")
# Degrees of latitude and longitude: 64 bits on both engines.
Degrees: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")

SQLITE_TABLE: dict[str, Any] = {"sqlite_strict": True}


@lru_cache(256)
def _stored(value: datetime) -> str:
    """A moment is written many times: by each row of what happened then."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time: timestamptz on PostgreSQL; on SQLite fixed-width text that sorts as time does."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return _stored(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        # The first and the last moment of the calendar are PostgreSQL's infinities: asyncpg gives them without a zone.
        return value if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Flag(TypeDecorator[bool]):
    """A boolean: boolean on PostgreSQL, 0 or 1 on SQLite, whose STRICT tables know no boolean."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Boolean() if dialect.name == "postgresql" else Integer())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class JsonText(TypeDecorator[Any]):
    """Any JSON value as compact text, the same bytes on both engines: what came in goes out, keys in order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)

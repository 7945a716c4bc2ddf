"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# Byte order on both databases: ids and SKUs compare case-sensitively, and prefix search can use the index.
Key = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def microseconds(instant: datetime) -> int:
    """UTC epoch microseconds, as `Instant` stores them."""
    return (instant - EPOCH) // MICROSECOND


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, stored as UTC epoch microseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Json(sa.types.TypeDecorator[Any]):  # Any: JSON is whatever the column's owner put there
    """A JSON document as text, encoded by msgspec; a SQL NULL reads as None."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: sa.Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:  # Any: see the class
        return None if value is None else msgspec.json.decode(value)

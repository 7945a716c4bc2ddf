"""The time of this process; leases and due times use the database's clock instead (`db.now`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC instants; `offset` lets a test live in another hour."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    @property
    def offset_microseconds(self) -> int:
        return self.offset // timedelta(microseconds=1)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

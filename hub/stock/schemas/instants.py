"""Instants as people write them into an address or a command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.kernel.errors import FieldError, Invalid
from hub.kernel.types import EPOCH

EXAMPLE = "2026-11-22T14:05:00Z"


def instant(text: str, *, field: str) -> datetime:
    """Read an instant with its offset from UTC; where it is none, the error names the field and the cure."""
    try:
        found = datetime.fromisoformat(text)
        aware = found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        aware = None
    if aware is None or not EPOCH <= aware < datetime(9999, 1, 1, tzinfo=UTC):
        message = f"is no instant in UTC; write it such as {EXAMPLE}, and in an address a + as %2B"
        raise Invalid("1 instant needs to change", errors=(FieldError(field=field, message=message),))
    return aware


def span(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """From when on, until before when; a span that ends before it begins is refused."""
    begins = None if since is None else instant(since, field="from")
    ends = None if until is None else instant(until, field="until")
    if begins and ends and ends - begins <= timedelta():
        wrong = FieldError(field="until", message="must be later than `from`")
        raise Invalid("the span has no length", errors=(wrong,))
    return begins, ends

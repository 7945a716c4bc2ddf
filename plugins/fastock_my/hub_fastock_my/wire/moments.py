"""Instants as both dialects write them: the clock on the wall in China and Malaysia, UTC+8 all year round."""

from datetime import UTC, datetime, timedelta, timezone

ON_THE_WALL = timezone(timedelta(hours=8))
FRESH = timedelta(minutes=10)  # between the warehouse's clock and the hub's; what is older may have been sent again
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S")


def written(instant: datetime) -> str:
    return instant.astimezone(ON_THE_WALL).strftime("%Y-%m-%d %H:%M:%S")


def read(text: str) -> datetime | None:
    """The instant, in UTC; None where the text is no time, which is no reason to lose what it dates."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=ON_THE_WALL).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def is_fresh(text: str, now: datetime) -> bool:
    at = read(text)
    return at is not None and abs(now - at) <= FRESH

"""Times as the warehouse writes them: the clock on its wall, and how far another one may be off."""

from datetime import datetime, timedelta, timezone

_WALL = timezone(timedelta(hours=8))
_FORM = "%Y-%m-%d %H:%M:%S"
_WINDOW = timedelta(minutes=10)


def wall(at: datetime) -> str:
    return at.astimezone(_WALL).strftime(_FORM)


def is_time(text: str) -> bool:
    try:
        datetime.strptime(text, _FORM).replace(tzinfo=_WALL)
    except ValueError:
        return False
    return True


def in_window(text: str, now: datetime) -> bool:
    return is_time(text) and abs(datetime.strptime(text, _FORM).replace(tzinfo=_WALL) - now) <= _WINDOW

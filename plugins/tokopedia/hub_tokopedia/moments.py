"""What Tokopedia's times mean: the one place to correct, should they mean something else.

Lists of orders are asked for by days whose zone was never published. Two independent connectors write the clock on the
wall in Jakarta as if it were UTC, others send true seconds, so a window is widened to hold under both readings. Times
in words end in Z and are read as Jakarta's by both connectors; the seconds of `create_time` are true.
"""

from datetime import UTC, datetime, timedelta

JAKARTA = timedelta(hours=7)
_LATEST = 4_102_444_800  # the year 2100, in seconds
_FOUNDED = 2009


def widened(start: datetime, end: datetime) -> tuple[int, int]:
    """The seconds to ask for so that nothing between the two instants is missed, whichever way they are read."""
    return int((start - JAKARTA).timestamp()), int((end + JAKARTA).timestamp()) + 1


def from_seconds(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None


def whole(moment: datetime) -> datetime:
    """The second that it lies in, which is all that a list tells of it."""
    return moment.replace(microsecond=0)


def from_words(text: str) -> datetime | None:
    """Read a time such as 2017-07-20T17:50:58.061156Z, ten to eleven in UTC; None where it says nothing."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    if wall.year < _FOUNDED:  # missing dates come as the year 1
        return None
    return wall.astimezone(UTC) if wall.utcoffset() else wall.replace(tzinfo=UTC) - JAKARTA

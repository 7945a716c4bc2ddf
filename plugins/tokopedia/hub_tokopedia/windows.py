"""Where an import of orders stands, as the short text that the host stores after each page: pure."""

from datetime import UTC, datetime, timedelta

import msgspec
from hub_hookspecs import Rejected

from hub_tokopedia import moments

WIDEST = timedelta(days=3) - timedelta(seconds=1)  # "must be less than 3 days"
NARROWEST = timedelta(minutes=15)
HISTORY = timedelta(days=30)  # what a first import reaches back; orders that are older are over
LAG = timedelta(minutes=10)  # how late an order may show, with some difference between the clocks
# An order joins the list when it is paid, perhaps two days after it was made, and may stand there under the time when
# it was made: so now and then the last days are looked through once more.
LOOK_BACK = timedelta(days=2)
LOOK_BACK_EVERY = timedelta(hours=1)


class Windows(msgspec.Struct, frozen=True, array_like=True):
    """Seconds throughout; from `start` to `end` as they go out on the wire. `start` 0: nothing is under way."""

    since: int = 0  # all that was made before has been read
    looked_back: int = 0  # when that was done last
    start: int = 0
    end: int = 0
    until: int = 0  # what `since` becomes at the end
    width: int = int(WIDEST.total_seconds())
    page: int = 1
    looking_back: bool = False

    @classmethod
    def read(cls, cursor: str) -> "Windows":
        try:
            return msgspec.json.decode(cursor, type=cls) if cursor else cls()
        except msgspec.DecodeError as error:
            raise Rejected(f"this import cannot go on from {cursor[:100]!r}: {error}") from error

    def write(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def under_way(self) -> bool:
        return self.start > 0

    @property
    def stop(self) -> int:
        """Where the piece that is being read ends."""
        return min(self.start + self.width, self.end)

    @property
    def given_before(self) -> datetime:
        """Orders made before this have come with an earlier import, unless it is looking back."""
        return datetime.fromtimestamp(max(self.since, 0), UTC) - LAG

    def begun(self, now: datetime) -> "Windows":
        """Go on with what is under way, else begin to read what has been made since."""
        if self.under_way:
            return self
        since = min(datetime.fromtimestamp(self.since, UTC), now)
        looking_back = now - datetime.fromtimestamp(self.looked_back, UTC) >= LOOK_BACK_EVERY
        reach = since - (LOOK_BACK if looking_back else LAG) if self.since else now - HISTORY
        start, end = moments.widened(reach, now)
        return Windows(
            since=self.since,
            looked_back=self.looked_back,
            start=start,
            end=end,
            until=int(now.timestamp()),
            looking_back=looking_back,
        )

    def after_page(self, *, empty: bool) -> "Windows":
        """Go on after a page: only an empty one ends a piece, and the last piece ends it all."""
        if not empty:
            return msgspec.structs.replace(self, page=self.page + 1)
        if self.stop < self.end:
            return msgspec.structs.replace(self, start=self.stop, page=1)
        return Windows(since=self.until, looked_back=self.until if self.looking_back else self.looked_back)

    def narrowed(self) -> "Windows | None":
        """Read the same piece by halves; None where that would lead nowhere."""
        width = self.width // 2
        return None if width < NARROWEST.total_seconds() else msgspec.structs.replace(self, width=width, page=1)

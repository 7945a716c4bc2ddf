"""Where an import of orders stands, as the short text that the host stores after each page: pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from hub_hookspecs import Rejected

from hub_tokopedia import moments

WIDEST = timedelta(days=3) - timedelta(seconds=1)  # "must be less than 3 days"
NARROWEST = timedelta(minutes=15)
HISTORY = timedelta(days=30)  # what a first import reaches back; orders that are older are over
LAG = timedelta(minutes=10)  # how late an order may show, with some difference between the clocks
# An order joins the list when it is paid, perhaps two days after it was made, and may stand there under the time when
# it was made: so the last days are looked through once more, which is the same request where they fill no page.
LOOK_BACK = timedelta(days=2)
CHEAP = 5  # pages that they may fill for an import to look through them each time
# Where they fill more, so long a rest for each page: a twentieth of the five requests a second that the list allows.
REST = timedelta(seconds=4)
LOOK_BACK_EVERY = timedelta(hours=1)  # however many they fill


class Windows(msgspec.Struct, frozen=True, array_like=True):
    """Seconds throughout; from `start` to `end` as they go out on the wire. `start` 0: nothing is under way."""

    since: int = 0  # all that was made before has been read
    looked_back: int = 0  # when the last days were looked through
    start: int = 0
    end: int = 0
    until: int = 0  # what `since` becomes at the end
    width: int = int(WIDEST.total_seconds())
    page: int = 1
    unused: bool = False  # older cursors have something here
    looking_back: bool = False  # the last days are being looked through
    pages: int = 0  # read so far
    cost: int = 0  # pages that the last days filled when they were looked through last
    known: tuple[int, ...] = ()  # accepted orders of the last days that earlier imports gave
    met: tuple[int, ...] = ()  # those that this one has met

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
    def given(self) -> frozenset[int]:
        """Accepted orders that are left to those who ask for them by name."""
        return frozenset((*self.known, *self.met))

    def begun(self, now: datetime) -> "Windows":
        """Go on with what is under way, else begin to read what has been made since."""
        if self.under_way:
            return self
        since = min(datetime.fromtimestamp(self.since, UTC), now)
        looking_back = self.since > 0 and self._is_time_to_look_back(now)
        reach = since - (LOOK_BACK if looking_back else LAG) if self.since else now - HISTORY
        start, end = moments.widened(reach, now)
        return Windows(
            since=self.since,
            looked_back=self.looked_back,
            start=start,
            end=end,
            until=int(now.timestamp()),
            looking_back=looking_back,
            cost=self.cost,
            known=self.known,
        )

    def _is_time_to_look_back(self, now: datetime) -> bool:
        rest = min(self.cost * REST, LOOK_BACK_EVERY) if self.cost > CHEAP else timedelta(0)
        return now - datetime.fromtimestamp(self.looked_back, UTC) >= rest

    def after_page(self, *, empty: bool, accepted: Iterable[int] = ()) -> "Windows":
        """Go on after a page, which has shown these accepted orders.

        Only an empty one ends a piece, and the last piece ends it all.
        """
        if not empty:
            met = tuple(sorted({*self.met, *accepted}))
            return msgspec.structs.replace(self, page=self.page + 1, pages=self.pages + 1, met=met)
        if self.stop < self.end:
            return msgspec.structs.replace(self, start=self.stop, page=1)
        is_whole = self.looking_back or not self.since  # then what it has not met is accepted no more, or too old
        return Windows(
            since=self.until,
            looked_back=self.until if self.looking_back else self.looked_back,
            cost=self.pages if self.looking_back else self.cost,
            known=self.met if is_whole else tuple(sorted(self.given)),
        )

    def narrowed(self) -> "Windows | None":
        """Read the same piece by halves; None where that would lead nowhere."""
        width = self.width // 2
        return None if width < NARROWEST.total_seconds() else msgspec.structs.replace(self, width=width, page=1)

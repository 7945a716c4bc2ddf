"""What a channel is believed to show of a listing at a place, kept step by step, and when it is told again.

`Told` is a row of the table of that name. Each function is one thing that happens and gives the row after it; whoever
calls them holds the row's lock from reading to writing. Nothing here is summed up from orders: sums over time depend on
clocks and on what an order feed has shown so far, steps do not. `tests/simulation_stock` runs these same functions
against channels that sell between any two steps of a push.

`expected` goes out with a level (`StockTarget.expected`): a channel with compare-and-set writes only where it shows
just that, so it must never hold a sale that no order has told us of. It also says what need not be sent, so it must not
be a guess: whatever is not certain makes it None, which costs a call and never a sale.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

SKEW = timedelta(minutes=2)  # how far the clock of a channel may be from ours
LATE = timedelta(minutes=2)  # how long after its end a call without an answer may still take effect


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one listing was told at one place, and what came of it. Levels are in the channel's own units (packs).

    Instants are aware and come from the one clock that all workers share.
    """

    shown: int | None = None  # the level that was confirmed last
    asked_at: datetime | None = None  # when the call was last out that nobody has answered yet; None: none is out
    shown_at: datetime | None = None  # when `shown` was confirmed
    expected: int | None = None  # what it shows now, as far as we know; None: we do not
    unsure: bool = False  # lines came in while `expected` was being read: it must be sent to be proven
    taken: int = 0  # units of lines taken in since a call last went out
    void: bool = False  # nor may that call's answer be believed: a cancelled unit was seen, or a line without a place
    reading: int | None = None  # what it showed at `read_at`, and no import of orders has explained yet
    read_at: datetime | None = None  # the end of that reading
    touched_at: datetime | None = None  # when we last asked, settled or took in: figures from before say nothing
    refused_at: datetime | None = None  # since when the channel has refused whatever it was told; None: it does not


def nothing_to_send(told: Told, offered: int) -> bool:
    """Whether the channel shows what is offered already: then it is no longer due, and nothing goes out."""
    return told.expected == offered and not told.unsure


def waits_for_orders(told: Told) -> bool:
    """Whether a reading has still to be taken up (`orders_read`); until then nothing is sent, however due it is.

    It may hold sales that no order has told us of. Sent before, our level would be written over them.
    """
    return told.reading is not None


def due_again_at(told: Told, *, visible_after: timedelta | None) -> datetime | None:
    """The instant before which it is not told again; None: it may be at once.

    `visible_after` is the channel's `orders_visible_after`, None where it has no orders to import. After a reading the
    answer is when the import may begin that takes it up, and still `waits_for_orders` has the last word.
    """
    if told.reading is not None and told.read_at is not None:
        return told.read_at + (visible_after or timedelta())
    return None if told.asked_at is None else told.asked_at + LATE


def asked(told: Told, *, at: datetime) -> Told:
    """Targets were read for a call, in the same transaction; what goes out as expected is what `told` had before.

    From here on the process may die, and the level be written or not: until an answer is settled nothing is expected.
    Lines and cancels are counted anew, since only those that come while the call is out blur its answer; the mark of an
    unsure figure ends, because the call proves it; a reading ends with what was made of it.
    """
    return replace(told, expected=None, unsure=False, asked_at=at, taken=0, void=False, reading=None, touched_at=at)


def still_out(told: Told, *, at: datetime) -> Told:
    """The call goes on, or has just ended, without an answer: what it wrote may take effect for `LATE` from now on.

    A call with many targets is answered bit by bit, and its last request goes out long after its targets were read.
    """
    return replace(told, asked_at=at, touched_at=at)


def confirmed(told: Told, quantity: int, *, at: datetime, compare_and_set: bool) -> Told:
    """The channel shows `quantity`, the level that it was told.

    With compare-and-set it wrote only because it showed what was expected, so what was taken in since sold after the
    write: the channel shows that much less. Without, such a line may have sold before the write as well as after, and
    nobody can tell. A cancelled unit may be back on the shelf there, or not.
    """
    known = not told.void and (compare_and_set or not told.taken)
    return replace(
        told,
        shown=quantity,
        shown_at=at,
        expected=quantity - told.taken if known else None,
        asked_at=None,
        touched_at=at,
        refused_at=None,
    )


def not_taken(told: Told, *, at: datetime) -> Told:
    """The channel did nothing about it. No late effect is waited for; what it shows stays unknown."""
    return replace(told, asked_at=None, touched_at=at)


def refused(told: Told, *, at: datetime) -> Told:
    """The channel said no to this figure, which is told no more; since when it does so is kept until it says yes."""
    return replace(not_taken(told, at=at), refused_at=told.refused_at or at)


def withdrawn(told: Told) -> Told:
    """Nothing is to be told there, since nothing is offered or it is shown already: there is nothing to refuse."""
    return replace(told, refused_at=None)


def stale(told: Told, actual: int, *, at: datetime) -> Told:
    """The channel showed `actual` and wrote nothing. It is not expected yet: a sale may hide in it (`orders_read`).

    `at` is an instant after the reading: orders that it holds were all placed before.
    """
    return replace(told, reading=actual, read_at=at, asked_at=None, touched_at=at)


def seeded(told: Told, quantity: int, *, page_asked_at: datetime, at: datetime) -> Told:
    """A listing was linked: what an import saw of it, on a page asked for at `page_asked_at`, is a reading too.

    Only of an account with at most one mapped place, since an item has one figure. `at` is now, and not when the page
    was asked for: what sold before the page was answered is in the figure. Nothing where the row has been touched since
    the page was asked for, or a call is out: what we did then is newer, or will be.
    """
    if told.asked_at is not None or not _before(told.touched_at, page_asked_at):
        return told
    return replace(told, expected=None, taken=0, void=False, reading=quantity, read_at=at, touched_at=at)


def line_taken(
    told: Told, units: int, *, placed_at: datetime, at: datetime, compare_and_set: bool, everywhere: bool = False
) -> Told:
    """An order line of this listing and place was taken in for the first time; the listing is due, the stock fell.

    `units` are wanted and cancelled ones together: the channel sold them all at first. `everywhere`: the line may have
    been sold at another place just as well; each of them takes it, and none is known any more. Nor is the answer of a
    call that is out: less these units it might be what another place shows.

    The channel shows that much less than was expected. Without compare-and-set only if the line surely sold after the
    level was written, whatever the clocks: one that sold before was written over.
    """
    after = compare_and_set or _before(told.shown_at, placed_at - SKEW)
    known = told.expected is not None and after and not everywhere
    return replace(
        told,
        taken=told.taken + units,
        expected=told.expected - units if known and told.expected is not None else None,
        void=told.void or (everywhere and told.asked_at is not None),
        touched_at=at,
    )


def cancel_seen(told: Told, *, at: datetime) -> Told:
    """A cancelled unit of this listing was seen, also in an order first seen; whoever sees it makes the listing due.

    Some channels put it back on their shelf and some do not. Nor may an answer or a reading that is still under way
    be believed: it may be from before or after.
    """
    return replace(told, expected=None, void=True, touched_at=at)


def orders_read(told: Told, *, began_at: datetime, visible_after: timedelta | None, at: datetime) -> Told:
    """An import of the account's orders ended well that began at `began_at`: take up a reading that it explains.

    It explains one if it began `visible_after` the reading: every sale that the reading holds has been taken in by now,
    so what is offered counts them. None: the channel has no orders, nothing can hide. Lines that came since the call
    went out sold before the reading or after: it is expected, but not to be trusted unsent. A cancelled unit makes it
    worth nothing, and the next call reads again.
    """
    if told.reading is None or told.read_at is None:
        return told
    if visible_after is not None and began_at < told.read_at + visible_after:
        return told
    expected = None if told.void else told.reading
    return replace(told, expected=expected, unsure=told.taken > 0, reading=None, touched_at=at)


def synced(told: Told, quantity: int, *, page_asked_at: datetime) -> Told:
    """A marketplace told what it shows, on a page asked for at `page_asked_at`; where the row changes it is due.

    A figure other than the expected one means that we are wrong, unless we asked, settled or took in since the page was
    asked for: then it may be from before that. An import page serves only accounts with at most one mapped place.
    """
    if told.expected is None or told.expected == quantity or not _before(told.touched_at, page_asked_at):
        return told
    return replace(told, expected=None)


def is_forgotten(told: Told, quantity: int, offered: int, *, page_asked_at: datetime) -> bool:
    """Whether a marketplace shows another figure than is offered, and nobody believes or is about to tell anything.

    So stands what was refused: only a look at the channel can tell that it is wrong, and that is reason to try again.
    """
    return told.expected is None and quantity != offered and _before(told.touched_at, page_asked_at)


def _before(earlier: datetime | None, later: datetime) -> bool:
    return earlier is None or earlier < later

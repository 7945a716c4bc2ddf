"""What becomes of an answer to a buyer who asks to cancel: whether it may be given, and whether its channel has it."""

from __future__ import annotations

import enum

from hub_hookspecs import OrderState

from hub.fulfilment.rules.cancelling import Cancel, Verdict
from hub.orders.rules.flags import Code, Flag


class State(enum.StrEnum):
    """How far an answer is."""

    WAITING = "waiting"  # agreed to, once a 3PL has said that it has stopped
    DUE = "due"  # its channel is to be told
    ASKING = "asking"  # noted before the call; where no answer was noted, it is read back first
    UNKNOWN = "unknown"  # the call went out and no answer came: it is read back before it is made again
    GIVEN = "given"
    REFUSED = "refused"  # the channel, or the hub, said no: a person looks
    MOOT = "moot"  # the buyer asks no more, or its order ended otherwise
    TOO_LATE = "too_late"  # not agreed to after all: a 3PL has not stopped it


UNTOLD = (State.WAITING, State.DUE)
IN_DOUBT = (State.ASKING, State.UNKNOWN)
OPEN = (*UNTOLD, *IN_DOUBT)


class Heard(enum.Enum):
    """What its channel says of an order that it was, or may have been, told an answer of."""

    TAKEN = enum.auto()
    OPEN = enum.auto()  # the buyer still asks, or nobody can tell
    MOOT = enum.auto()


def heard(told: OrderState | None, *, accept: bool) -> Heard:
    """`told`: the order's state by its channel; None: that cannot be read.

    A wish that is gone without a cancellation was refused or withdrawn, which comes to the same.
    """
    if told is None or told is OrderState.CANCEL_REQUESTED:
        return Heard.OPEN
    if told is OrderState.UNKNOWN:
        return Heard.MOOT
    return Heard.TAKEN if accept is (told is OrderState.CANCELLED) else Heard.MOOT


class Stop(enum.Enum):
    """Whether an outbound stands against agreeing."""

    DONE = enum.auto()
    TO_COME = enum.auto()  # its warehouse has not answered, or has not been asked
    TOO_LATE = enum.auto()


def stop_of(verdict: Verdict, cancel: Cancel) -> Stop:
    """Nothing is assumed: only what has ended, or was taken back, is stopped."""
    if verdict is Verdict.ENDED:
        return Stop.DONE
    is_late = verdict in (Verdict.TOO_LATE, Verdict.CANNOT) or cancel in (Cancel.REFUSED, Cancel.TOO_LATE)
    return Stop.TOO_LATE if is_late else Stop.TO_COME


NOT_ANSWERED = (
    "call whom the reason names, then refuse the wish, or agree and say that goods have left; where its channel said "
    "no, look at the order there"
)


def not_answered(accept: bool, words: str) -> Flag:
    """Why an order waits whose buyer was not answered after all."""
    wanted = "agreeing to cancel it" if accept else "refusing to cancel it"
    return Flag(Code.NOT_ANSWERED, f"{wanted} has not come about: {words}", NOT_ANSWERED)

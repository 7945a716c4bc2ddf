"""What is held against each other when the hub is reconciled with a 3PL, and what is said of each difference."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from hub_hookspecs import Absent, TaskState

from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.rules.outbounds import ENDED, Part, risen

STOPPED_SINCE = timedelta(days=30)  # how far back what was stopped is asked for: it may have left all the same
HINTED_SINCE = timedelta(days=7)  # how far back hints that named an unknown document are told of


class RunState(enum.StrEnum):
    """Whether a reconciliation is under way."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Phase(enum.StrEnum):
    """What a reconciliation looks at, one after the other."""

    OUTBOUNDS = "outbounds"
    INBOUNDS = "inbounds"
    STOCK = "stock"
    HINTS = "hints"


class FindingKind(enum.StrEnum):
    """How a 3PL and the hub differ."""

    UNKNOWN_THERE = "unknown_there"  # a document that it had taken, and does not know
    UNKNOWN_HERE = "unknown_here"  # a document that it has told of, and that is none of ours
    FROZEN = "frozen"  # stock that it keeps for documents, and for none of ours
    SHIPPED_THERE = "shipped_there"  # goods that had left it, and of which the hub did not know
    STOCK = "stock"  # a SKU of which it has another quantity


class Found(NamedTuple):
    """A difference of a document: units here and there, and what is to be done."""

    kind: FindingKind
    here: int
    there: int
    note: str


_ABSENT = "it does not know this document any more: ask the warehouse, then push it again, or stop it"
_BOOKED = "it was not known here, and was booked as this was found"
NOTES = {
    FindingKind.UNKNOWN_HERE: "the warehouse told of this document, which is none of the hub's: ask who sent it there",
    FindingKind.FROZEN: "more is kept there for documents than the hub's documents explain: ask the warehouse for whom",
}


def absent(push_status: PushStatus, state: State, told: TaskState | Absent, *, quantity: int) -> Found | None:
    """Whether the warehouse does not know what it had taken and has not ended; what is in doubt was not taken yet."""
    if not isinstance(told, Absent) or push_status is not PushStatus.PUSHED or state in ENDED:
        return None
    return Found(FindingKind.UNKNOWN_THERE, quantity, 0, _ABSENT)


def departed(parts: Sequence[Part], told: TaskState | Absent) -> Found | None:
    """Whether more has left there than is booked here."""
    if isinstance(told, Absent):
        return None
    here, there = sum(one.shipped for one in parts), sum(line.shipped for line in told.lines)
    if there <= here:
        return None
    beyond = "; ".join(
        f"{count} of {sku[:100]} left that nobody asked for: ask the warehouse where to, then synchronise its stock"
        for sku, count in risen(parts, told.lines).beyond.items()
    )
    return Found(FindingKind.SHIPPED_THERE, here, there, beyond or _BOOKED)

"""How a stock sync of a warehouse of others goes, and what becomes of each SKU of it."""

from __future__ import annotations

import enum


class SyncState(enum.StrEnum):
    """Whether a sync is under way."""

    RUNNING = "running"  # asked for, or under way: `phase` says how far
    DONE = "done"
    WAITING = "waiting"  # so much would change that a person decides
    FAILED = "failed"
    REFUSED = "refused"  # it waited, and a person declined it, or a newer one took its place


class SyncPhase(enum.StrEnum):
    """What a sync does, one after the other."""

    ASKING = "asking"  # how far open documents are
    READING = "reading"
    CHECKING = "checking"  # how far they are by now: what has left meanwhile is booked
    JUDGING = "judging"
    ADOPTING = "adopting"
    FITTING = "fitting"  # what does not fit, as near as can be: a person has approved it


class Outcome(enum.StrEnum):
    """What became of a SKU."""

    NONE = ""  # not looked at yet
    PLANNED = "planned"  # it is to be adopted
    ADOPTED = "adopted"
    SAME = "same"
    CHANGED = "changed"  # its stock or its documents changed meanwhile: the next sync
    SHORT = "short"  # more is promised than lies there
    UNKNOWN = "unknown"  # none of ours
    UNNAMED = "unnamed"  # the warehouse did not tell of it
    DIFFERS = "differs"  # of a comparison that adopts nothing: it would be


REASONS = {
    Outcome.NONE: "",
    Outcome.PLANNED: "",
    Outcome.ADOPTED: "",
    Outcome.SAME: "",
    Outcome.CHANGED: "its stock or a document of it changed while the warehouse was asked: the next sync adopts it",
    Outcome.SHORT: (
        "{lacks} unit(s) that the warehouse does not have are promised to what it is packing: look at its outbounds, "
        "have one stopped, then synchronise again; or approve, and nothing of it is offered any more"
    ),
    Outcome.UNKNOWN: "no product was placed there as this SKU: place the one that has it, then synchronise again",
    Outcome.DIFFERS: "a stock sync takes over what the warehouse says; look before whether its documents explain it",
    Outcome.UNNAMED: "the warehouse was told of it and does not tell of it: its stock is left as it is; ask them",
}


NEAREST = (
    "the warehouse has {lacks} sellable unit(s) fewer than it is packing: its level is as near to that as can be, and "
    "nothing of it is offered"
)


def unfit(count: int) -> str:
    """Why a sync waits that has adopted all that it could, in words."""
    return f"{count} SKU(s) do not fit: the warehouse is packing more of them than it says that it has"


def reason_of(outcome: Outcome, *, lacks: int = 0) -> str:
    """Why a SKU was not adopted, and what to do; "" where it was, or there was nothing to adopt."""
    return REASONS[outcome].format(lacks=lacks)

"""What happens to a product in time, and what a channel is believed to have shown at an instant."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple


class Kind(enum.StrEnum):
    """What an entry of a timeline is."""

    MOVEMENT = "movement"  # base units came or went
    RESERVED = "reserved"  # promised to an order
    RESIZED = "resized"  # the order was edited: another number is promised
    RELEASED = "released"  # promised no more, and free again; what leaves is a movement
    PUSH = "push"  # a channel was told a figure, with what it answered
    AGREED = "agreed"  # a figure was due and not sent: the channel showed it already
    CHANGE = "change"  # a person changed what a listing shows or is offered


class Position(NamedTuple):
    """Where an entry stands: by its instant, then by kind and id, so that no two stand at one place."""

    at: datetime
    kind: str
    id: str


LAST = "~"  # behind every id


def bound_of(before: Position | None, kind: Kind, until: datetime) -> tuple[datetime, str]:
    """The instant and id below which entries of a kind follow on `before`; `until` where there is none."""
    if before is None:
        return until, ""
    if kind.value == before.kind:
        return before.at, before.id
    return before.at, LAST if kind.value < before.kind else ""


class Then(NamedTuple):
    """The last figure that was told by an instant; `status` as it was at that instant."""

    figure: int
    at: datetime
    status: str
    actual: int | None
    answered_at: datetime | None
    reason: str


class Seen(NamedTuple):
    """A figure that a channel was known to show, and from when on we knew."""

    figure: int
    at: datetime


class Belief(NamedTuple):
    """What a channel was believed to show; None: nobody knew for certain."""

    figure: int | None
    text: str


def believed(told: Then | None, seen: Seen | None) -> Belief:
    """What a channel was believed to show: the last that is known of it, unless what it was told since may stand too.

    What it sold itself since then lowered its figure by itself; the next figure that we looked at says so.
    """
    before = f"; before that it was known to show {seen.figure}" if seen else ""
    if told is None and seen is None:
        return Belief(None, "the hub had told it nothing by then, nor seen what it shows")
    if told is None or (seen and seen.at >= told.at and told.status != "sent"):
        return Belief(seen.figure, f"it showed {seen.figure}, as we knew since {_clock(seen.at)}") if seen else _UNKNOWN
    if told.status == "sent":
        return Belief(None, f"it had been told {told.figure} at {_clock(told.at)} and had not answered yet{before}")
    if told.status == "refused":
        figure = seen.figure if seen else None
        return Belief(figure, f"it had refused {told.figure} at {_clock(told.at)}: {told.reason}{before}")
    if told.status == "stale" and told.actual is not None:
        return Belief(told.actual, f"it showed {told.actual} and not what we thought, so {told.figure} was not written")
    return Belief(None, f"nobody knows whether {told.figure}, told at {_clock(told.at)}, was written{before}")


def promised_by(cause: str) -> str:
    """The cause that reserved what a shipment let leave, of which it may be a part that has a name of its own."""
    return ":".join(cause.removeprefix("shipment:").split(":")[:4])


_UNKNOWN = Belief(None, "nobody knew what it showed")


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%SZ")

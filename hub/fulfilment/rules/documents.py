"""What is told of every document at a warehouse of others, in two facts: whether it got there, and how far it is."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from hub_hookspecs import DocumentState

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_LOOKS = ((10 * _MINUTE, _MINUTE), (2 * _HOUR, 5 * _MINUTE), (_DAY, 15 * _MINUTE), (7 * _DAY, _HOUR))  # up to, every
_SELDOM = 6 * _HOUR


class PushStatus(enum.StrEnum):
    """Whether the warehouse has the document."""

    NOT_PUSHED = "not_pushed"
    PUSHING = "pushing"  # noted before the call; where no answer was noted, it is read back first
    PUSHED = "pushed"
    FAILED = "failed"  # the warehouse, or the hub, said no: a person pushes it again
    UNKNOWN = "unknown"  # the call went out and no answer came: it is read back before it is sent again
    VOID = "void"  # taken back before the warehouse had it


UNSENT = (PushStatus.NOT_PUSHED, PushStatus.FAILED)  # the warehouse has nothing of it
IN_DOUBT = (PushStatus.PUSHING, PushStatus.UNKNOWN)


class State(enum.StrEnum):
    """How far a document is, as the hub has understood it."""

    CREATE = "create"  # the warehouse has not taken it
    PENDING = "pending"
    PART_COMPLETE = "part_complete"
    PART_INVALID = "part_invalid"
    COMPLETE = "complete"
    INVALID = "invalid"


def state_of(told: DocumentState) -> State:
    return State(told.value)


def next_look(age: timedelta) -> timedelta:
    """How long until a document that is so old is asked for again by itself."""
    return next((every for up_to, every in _LOOKS if age < up_to), _SELDOM)


def looks(made_at: Mapping[str, datetime], at: datetime) -> dict[timedelta, list[str]]:
    """How long until each of these documents is asked for again; those stand together that wait as long."""
    found: dict[timedelta, list[str]] = defaultdict(list)
    for document_id, since in made_at.items():
        found[next_look(at - since)].append(document_id)
    return found


def is_asked_for_anew(look_at: datetime | None, since: datetime | None, at: datetime) -> bool:
    """Whether somebody wants to know of a document since the warehouse was asked, whose answer may be older than that.

    What is due by its age was due before; what is to be looked at later is no wish of anybody.
    """
    return since is not None and look_at is not None and since < look_at <= at


def until_lost(asked_at: datetime | None, lost_after: timedelta, at: datetime) -> timedelta:
    """How long the warehouse may still take to show what it was asked then, before what it does not show is lost."""
    return timedelta(0) if asked_at is None else max(asked_at + lost_after - at, timedelta(0))

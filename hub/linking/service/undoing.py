"""Takes a step back, or an undoing: whichever it was, one listing, a merge or many."""

from __future__ import annotations

from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor
from hub.kernel.jobs import Ticket
from hub.linking import rules
from hub.linking.rules import Kind
from hub.linking.service import already, merging, selecting, steps
from hub.linking.service.back import undo_listings


def undo(db: Transaction, merchant_id: str, event_id: str, *, actor: Actor) -> str | Ticket:
    """Undo a step; gives the event of the undoing, or the job that undoes a step of many."""
    event = events.find(db, merchant_id, event_id)
    if event is None:
        raise NotFound("event")
    if event.kind not in list(Kind):
        raise Refused(f"{event.kind} is no step of linking, so it cannot be undone here", code="not_undoable")
    if event.kind in rules.MANY:
        return selecting.undo_all(db, merchant_id, event, actor=actor)
    if event.kind in rules.MERGES:
        return merging.undo(db, merchant_id, event, actor=actor)
    db.serialise(f"catalog:{merchant_id}")
    undone, stuck = undo_listings(db, merchant_id, [event], actor=actor)
    if event.id in stuck:
        raise (stuck[event.id] == rules.CHANGED and already.undone(db, event)) or steps.refuse(stuck[event.id])
    return undone[event.id]

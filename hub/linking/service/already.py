"""Tells whoever takes back a step that is taken back already by which event it was."""

from __future__ import annotations

from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Event
from hub.linking import rules, store


def undone(db: Transaction, event: Event) -> Refused | None:
    """The refusal, where the last word on the step that `event` put in force or out of it was what undoing would say.

    None where other steps stand before it, or where its undoing is further back than anybody remembers.
    """
    step = rules.turned(event.kind, event.id, event.before, event.after)
    told = store.steps_of(db, event.subject)
    last = next((each for each in told if rules.turned(each.kind, each.id, each.before, each.after) == step), None)
    if last is None or last.kind != rules.undoing_of(event.kind):
        return None
    return Refused(f"event {last.id} undid it: undo that one to have it again", code="undone_already")

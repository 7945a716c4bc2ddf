"""`hub event undo`: at once where one listing or product is meant, by a job where many are."""

from __future__ import annotations

from hub.cli import opening, showing, waiting
from hub.kernel import events, jobs
from hub.kernel.api.job_routes import shown
from hub.kernel.errors import NotFound
from hub.kernel.events import CLI
from hub.linking.service import undoing


def undo(merchant: str, event_id: str, *, wait: bool, as_json: bool) -> None:
    """Undo the step and show the event of it, or the job that does it."""
    with opening.writing() as db:
        undone = undoing.undo(db, merchant, event_id, actor=CLI)
        event = events.find(db, merchant, undone) if isinstance(undone, str) else None
    if isinstance(undone, str):
        showing.show(event, as_json=as_json)
        return
    if wait:
        ended = waiting.until_ended(undone.job_id, quiet=as_json)
        showing.show(shown(ended), as_json=as_json)
        waiting.require_done(ended)
        return
    with opening.reading() as db:
        job = jobs.find(db, undone.job_id)
    if job is None:
        raise NotFound("job")
    showing.show(shown(job), as_json=as_json)

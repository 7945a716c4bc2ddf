"""Makes a label. The same call again, by the same key and from where it stood, gives the same one.

The process may die between any two statements: what the plugin gave and nobody kept is asked for again.
"""

from __future__ import annotations

from datetime import timedelta

from hub_hookspecs import PATIENCE, Label, Waiting
from msgspec.structs import replace

from hub.fulfilment.service import labelling
from hub.fulfilment.store.labels import LabelRow
from hub.kernel import pdfs
from hub.kernel.jobs import Again, Done, Failed, Job, Settled
from hub.kernel.printing import Unprintable, printed
from hub.orders.service.desk import Desk
from hub.stock.service.pushing import moment

MEDIA_TYPE, PAGE = "application/pdf", "text/html"
SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread
SETTLED = timedelta(seconds=2)  # after which a job that has come to its end is no more under way
SHORTEST = timedelta(seconds=1)  # that a channel may have us wait


def create(job: Job, desk: Desk) -> Settled:
    """Make the label that the job's key names, unless it is there, or its buyer was erased.

    Where it comes to nothing, what waits for it is to say so.
    """
    try:
        settled = _create(job, desk)
    except labelling.BuyerErased as erased:
        return Failed(str(erased), erased.code)
    except Exception:
        _have_looked_at(job, desk)
        raise
    if isinstance(settled, Failed):
        _have_looked_at(job, desk)
    return settled


def _create(job: Job, desk: Desk) -> Settled:
    with desk.database.reading() as db:
        label = labelling.to_make(db, job.key)
        if label is None:
            return Done()
        if not (job.unknown or job.resume) and labelling.is_void(db, desk.ring, label):
            return Done({"note": "the order has changed since; ask for its label again"})
    answer = _asked(job, desk, label)
    if answer is None:
        return Again(after=SWITCHED_OFF)
    if isinstance(answer, Waiting):
        return _wait(job, desk, answer)
    if answer.media_type == PAGE:
        try:
            answer = replace(answer, content=printed(answer.content), media_type=MEDIA_TYPE)
        except Unprintable as broken:
            return Failed(f"the plugin gave a page that cannot be printed: {broken}", "not_printable")
    if answer.media_type != MEDIA_TYPE:
        return Failed(f"the plugin gave {answer.media_type[:100]!r}, and no PDF that could be kept", "not_a_pdf")
    if wrong := pdfs.objection(answer.content):
        return Failed(f"the plugin gave a PDF that cannot be printed: {wrong}", "not_a_pdf")
    with desk.database.writing() as db:
        labelling.keep(db, desk.ring, job, label, answer)
    return Done({"label_id": label.id})


def _have_looked_at(job: Job, desk: Desk) -> None:
    """By then this job is settled."""
    with desk.database.writing() as db:
        labelling.look_again(db, job.key, at=moment(db) + SETTLED)


def _asked(job: Job, desk: Desk, label: LabelRow) -> Label | Waiting | None:
    """None where the merchant's switch is off."""
    outlet = desk.open_outlet(job.account_id)
    if outlet.is_disabled:
        return None
    with desk.database.writing() as db:
        shipment = labelling.prepare(db, desk.ring, job, label)
    return outlet.host.create_label(outlet.door, shipment, job.resume or "")


def _wait(job: Job, desk: Desk, answer: Waiting) -> Settled:
    with desk.database.reading() as db:
        waited = moment(db) - job.created_at
    if waited > PATIENCE:
        return Failed("the channel has not made the label within a day: look at the order there", "waited_too_long")
    return Again(after=min(max(answer.after, SHORTEST), PATIENCE), resume=answer.state)

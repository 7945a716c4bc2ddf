"""Reads again the orders that a channel hinted at, some at a time, and takes them in as any poll does.

No transaction is open while a plugin talks. A hint goes in the transaction that takes its order in: after a death it is
followed once more, and what comes again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hub.kernel import jobs
from hub.kernel.errors import Refused
from hub.kernel.jobs import Again, Cancelled, Done, Job, Settled
from hub.orders.jobs.asking import Answers, Asking
from hub.orders.jobs.tallying import Told, added
from hub.orders.jobs.walking import SWITCHED_OFF
from hub.orders.service import importing
from hub.orders.service.desk import Desk
from hub.orders.store import hints
from hub.stock.service.desk import Outlet
from hub.stock.service.pushing import moment


def read_hinted(job: Job, desk: Desk) -> Settled:
    """Read what is hinted at until nothing is."""
    try:
        outlet = desk.open_outlet(job.account_id)
    except Refused as error:
        if error.code == "account_closed":
            _forget(job, desk)
        raise
    if outlet.is_disabled:
        return Again(after=SWITCHED_OFF)  # a gate holds the job until the switch is on again
    if not outlet.host.implements("read_orders"):
        _forget(job, desk)
        return Done({"note": "orders of this channel cannot be read by themselves"})
    return _Reading(job, desk, outlet).run()


def _forget(job: Job, desk: Desk) -> None:
    with desk.database.writing() as db:
        hints.forget(db, job.account_id)
        jobs.advance(db, job)


class _Reading:
    """One run of the job."""

    def __init__(self, job: Job, desk: Desk, outlet: Outlet) -> None:
        self._job, self._desk, self._outlet = job, desk, outlet
        self._asking = Asking(outlet)

    def run(self) -> Settled:
        while True:
            with self._desk.database.writing() as db:
                jobs.hold(db, self._job)  # asked to stop, it stops here; the hints stay for whoever asks next
                asked_at = moment(db)
                hinted = hints.some(db, self._job.account_id, limit=self._asking.limit)
            if not hinted:
                return Done(self._job.progress)
            answers = self._asking.ask(list(hinted))
            stopped = answers and self._take(answers, hinted, asked_at)
            if stopped is not None:
                return stopped

    def _take(self, answers: Answers, hinted: Mapping[str, int], asked_at: datetime) -> Settled | None:
        account_id = self._job.account_id
        with self._desk.database.writing() as db:
            taken = importing.take_page(
                db, self._desk.ring, self._outlet.host.channel, account_id, answers.found, asked_at=asked_at,
                declared=self._desk.declared,
            )  # fmt: skip
            hints.done(db, account_id, hinted)
            self._job = jobs.advance(db, self._job, progress=added(self._job.progress, Told(taken, answers)))
            may_go_on = self._desk.may_go_on(db, account_id)
        if self._job.cancel_requested:
            return Cancelled()
        return None if may_go_on else Again(after=SWITCHED_OFF)

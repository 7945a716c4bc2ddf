"""Reconciles the hub with a 3PL: asks for documents, compares what lies there, and tells of hints that nobody knew.

Every step is kept with the reconciliation itself, so whoever takes the job up goes on where the last one stood.
"""

from __future__ import annotations

from hub_hookspecs import Capability

from hub.fulfilment.jobs.asking import SWITCHED_OFF, carried
from hub.fulfilment.jobs.syncing import AT_ONCE, STOPPED, Run, Syncing
from hub.fulfilment.rules.reconciling import Phase, RunState
from hub.fulfilment.service import reconciling as service
from hub.fulfilment.store import reconciling as store
from hub.fulfilment.store.reconciling import Reconciliation
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Cancelled, Done, Job, Settled
from hub.stock.service.desk import Outlet
from hub.stock.service.placing import require_plan
from hub.stock.service.pushing import moment


def reconcile(job: Job, syncing: Syncing) -> Settled:
    """Do the reconciliation that is under way, or that comes round now, to its end."""
    database = syncing.desk.database
    with database.writing() as db:
        jobs.report(db, job, progress=job.progress)
        one = service.take_up(db, job)
    if one is None:
        return Done(job.progress)
    run = _Run(syncing, job, one)
    return carried(
        job, database, run.goes,
        fails=lambda db, why: service.end(db, run.one, RunState.FAILED, why),
        waits=lambda db, why: store.change(db, one.id, reason=why),
    )  # fmt: skip


class _Run:
    """One run of a reconciliation, from where it stands to its end or to a pause."""

    def __init__(self, syncing: Syncing, job: Job, one: Reconciliation) -> None:
        self._syncing, self._desk, self._job, self.one = syncing, syncing.desk, job, one
        self._actor = Actor(kind="job", id=job.id)

    def goes(self) -> Settled:
        outlet = self._desk.open_outlet(self._job.account_id)
        if outlet.is_disabled:
            return Again(after=SWITCHED_OFF)
        with self._desk.database.reading() as db:
            require_plan(db, self.one.merchant_id)
        while self.one.state is RunState.RUNNING:
            paused = self._step(outlet)
            if paused is None:
                with self._desk.database.reading() as db:
                    paused = None if self._desk.may_go_on(db, self._job.account_id) else Again(after=SWITCHED_OFF)
            if paused is not None:
                return paused
        return Done(self.one.counts)

    def _step(self, outlet: Outlet) -> Settled | None:
        match self.one.phase:
            case Phase.OUTBOUNDS:
                return self._ask(outlet, Phase.INBOUNDS)
            case Phase.INBOUNDS:
                return self._ask(outlet, Phase.STOCK)
            case Phase.STOCK:
                return self._compare(outlet)
            case Phase.HINTS:
                with self._desk.database.writing() as db:
                    service.keep_strangers(db, self.one)
                    self.one = service.end(db, self.one, RunState.DONE)
                    self._job = jobs.advance(db, self._job, progress=self.one.counts)
                return None

    def _ask(self, outlet: Outlet, following: Phase) -> Settled | None:
        """Ask for some documents; behind the last of them `following` comes."""
        with self._desk.database.reading() as db:
            since, found = moment(db), service.asked(db, self.one, limit=AT_ONCE)
        if not found:
            with self._desk.database.writing() as db:
                return self._keep(db, phase=following.value, after="")
        tasks = {task.key: task for _, task in found}
        for answer in outlet.host.read_tasks(outlet.door, list(tasks.values())):
            with self._desk.database.writing() as db:
                jobs.report(db, self._job, progress=self._job.progress)
                service.hear(
                    db, self._syncing.channels, self.one, tasks[answer.key], answer, since=since, actor=self._actor
                )  # fmt: skip
        with self._desk.database.writing() as db:
            return self._keep(db, after=found[-1][0])

    def _compare(self, outlet: Outlet) -> Settled | None:
        """Compare what lies in one warehouse; behind the last of them the hints come."""
        with self._desk.database.writing() as db:
            house = service.next_house(db, self.one)
            lacking = outlet.host.lacking(Capability.SYNC_STOCK, outlet.door.lacks)
            if house is None or lacking:
                reason = f"its stock was not compared: {lacking}" if lacking else ""
                return self._keep(db, phase=Phase.HINTS.value, after="", reason=reason)
            sync = service.begin_comparison(db, self.one, house)
            if (stopped := self._keep(db, sync_id=sync.id)) is not None:
                return stopped
        settled = Run(self._syncing, self._job, sync).goes()
        if not isinstance(settled, Done):
            return self._stopped() if isinstance(settled, Cancelled) else settled
        with self._desk.database.writing() as db:
            store.keep_stock(db, self.one, house.id, sync.id)
            return self._keep(db, after=house.id, sync_id=None)

    def _stopped(self) -> Settled:
        with self._desk.database.writing() as db:
            jobs.report(db, self._job, progress=self._job.progress)
            self.one = service.end(db, self.one, RunState.FAILED, STOPPED)
        return Cancelled()

    def _keep(self, db: Transaction, **values: object) -> Settled | None:
        """Note how far it is, with what made it so; gives how the job has to stop, if it has."""
        self.one = store.change(db, self.one.id, **{"reason": "", **values})
        self._job = jobs.advance(db, self._job, progress={"phase": self.one.phase.value})
        if not self._job.cancel_requested:
            return None
        self.one = service.end(db, self.one, RunState.FAILED, STOPPED)
        return Cancelled()

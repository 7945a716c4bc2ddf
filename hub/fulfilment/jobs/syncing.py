"""Synchronises the stock of a warehouse: asks how far its documents are, reads, asks again, judges, and adopts.

Every step is kept with the sync itself, so whoever takes the job up goes on where the last one stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub_hookspecs import Page, StockReading, TaskKind

from hub.channels import store as channels_store
from hub.channels.service.wiring import Channels
from hub.channels.store.warehouses import Warehouse
from hub.fulfilment.jobs.asking import SWITCHED_OFF, carried
from hub.fulfilment.rules.syncs import Outcome, SyncPhase, SyncState, unfit
from hub.fulfilment.service import counting, documents, squeezing
from hub.fulfilment.service import syncs as service
from hub.fulfilment.store import syncs
from hub.fulfilment.store.syncs import SyncLine, SyncRow
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Cancelled, Done, Job, Settled
from hub.orders.service.desk import Desk
from hub.stock.rules.adopting import SHARE, Tally, swing
from hub.stock.service.desk import Outlet
from hub.stock.service.placing import require_plan
from hub.stock.service.pushing import moment

AT_ONCE = 50  # documents in one question
STOPPED = "a person has stopped it"


@dataclass(frozen=True, kw_only=True)
class Syncing:
    """What a sync works with; `share` is the percentage of SKUs above which a person decides."""

    desk: Desk
    channels: Channels
    share: int = SHARE


def sync(job: Job, syncing: Syncing) -> Settled:
    """Do the sync that is under way, or that comes round now, to its end."""
    database = syncing.desk.database
    with database.writing() as db:
        jobs.report(db, job, progress=job.progress)
        one = service.take_up(db, job)
    if one is None:
        return Done(job.progress)
    return carried(
        job, database, Run(syncing, job, one).goes,
        fails=lambda db, why: service.end(db, one, SyncState.FAILED, why),
        waits=lambda db, why: syncs.change(db, one.id, reason=why),
    )  # fmt: skip


class Run:
    """One run of a sync, from where it stands to its end or to a pause."""

    def __init__(self, syncing: Syncing, job: Job, one: SyncRow) -> None:
        self._desk, self._channels, self._share = syncing.desk, syncing.channels, syncing.share
        self._job, self._one = job, one
        self._actor = Actor(kind="job", id=job.id)

    def goes(self) -> Settled:
        outlet = self._desk.open_outlet(self._job.account_id)
        if outlet.is_disabled:
            return Again(after=SWITCHED_OFF)
        with self._desk.database.reading() as db:
            require_plan(db, self._one.merchant_id)
            house = channels_store.warehouses.named(db, self._one.merchant_id, [self._one.warehouse_id])
        steps = {
            SyncPhase.ASKING: lambda: self._ask(outlet, SyncPhase.READING),
            SyncPhase.READING: lambda: self._read(outlet, house[self._one.warehouse_id]),
            SyncPhase.CHECKING: lambda: self._ask(outlet, SyncPhase.JUDGING),
            SyncPhase.JUDGING: self._judge,
            SyncPhase.ADOPTING: self._adopt,
            SyncPhase.FITTING: self._fit,
        }
        while self._one.state is SyncState.RUNNING:
            if (paused := steps[self._one.phase]()) is not None:
                return paused
        return Done(self._one.counts)

    def _keep(self, db: Transaction, **values: object) -> Settled | None:
        """Note how far the sync is, with what made it so; gives how the job has to stop, if it has."""
        self._one = syncs.change(db, self._one.id, **{"reason": "", **values})
        self._job = jobs.advance(db, self._job, progress=self._one.counts)
        if not self._job.cancel_requested:
            return None
        self._one = service.end(db, self._one, SyncState.FAILED, STOPPED)
        return Cancelled()

    def _ask(self, outlet: Outlet, following: SyncPhase) -> Settled | None:
        """Ask how far the documents are; what has left or come by now is booked. Begun anew where it breaks off."""
        for kind in documents.SORTS:
            after: str | None = ""
            while after is not None:
                after = self._ask_some(outlet, kind, after)
        with self._desk.database.writing() as db:
            if following is not SyncPhase.READING:
                return self._keep(db, phase=following.value)
            counting.note(db, self._one)
            return self._keep(db, phase=following.value, read_from=now())

    def _ask_some(self, outlet: Outlet, kind: TaskKind, after: str) -> str | None:
        """Ask for some documents behind this one; gives behind which to go on, None: those were all."""
        with self._desk.database.reading() as db:
            since, found = moment(db), counting.tasks_of(db, self._one, kind, after=after, limit=AT_ONCE)
        if not found:
            return None
        for answer in outlet.host.read_tasks(outlet.door, [task for _, task in found]):
            with self._desk.database.writing() as db:
                jobs.report(db, self._job, progress=self._job.progress)
                documents.settle(
                    db, self._channels, self._job.account_id, kind, answer, since=since, actor=self._actor
                )  # fmt: skip
        return found[-1][0]

    def _read(self, outlet: Outlet, house: Warehouse) -> Settled | None:
        """Keep page after page of what the warehouse says."""
        pages: Iterator[Page[StockReading]] = outlet.host.sync_stock(outlet.door, self._one.cursor)
        for page in pages:
            with self._desk.database.writing() as db:
                read = counting.take(db, self._one, house.place_ref, page.records)
                counts = self._one.counts | {"read": self._one.counts.get("read", 0) + read}
                stopped = self._keep(db, cursor=page.cursor, counts=counts)
                may_go_on = self._desk.may_go_on(db, self._job.account_id)
            if stopped is not None or page.resume_after is not None:
                return stopped or Again(after=page.resume_after or SWITCHED_OFF)
            if not may_go_on:
                return Again(after=SWITCHED_OFF)
        with self._desk.database.writing() as db:
            return self._keep(db, phase=SyncPhase.CHECKING.value, read_until=now())

    def _judge(self) -> Settled | None:
        """Say of each SKU what it comes to, before any is adopted: where so much changes, a person decides."""
        with self._desk.database.writing() as db:
            stocked, changed, emptied = (self._one.counts.get(name, 0) for name in Tally._fields)
            found, tally = counting.judge(db, self._one, Tally(stocked, changed, emptied))
            if found:
                return self._keep(db, counts=_summed(self._one.counts | tally._asdict(), found))
            why = swing(tally, self._share)
            if why or self._one.cause == syncs.CHECK:
                state = SyncState.DONE if self._one.cause == syncs.CHECK else SyncState.WAITING
                self._one = service.end(db, self._one, state, why)
                jobs.advance(db, self._job, progress=self._one.counts)
                return None
            return self._keep(db, phase=SyncPhase.ADOPTING.value)

    def _adopt(self) -> Settled | None:
        with self._desk.database.writing() as db:
            found, squeezed = counting.adopt(db, self._one, actor=self._actor)
            stopped = self._keep(db, counts=_moved(self._one.counts, found)) if found else None
            if not found and not squeezed:
                self._ends(db, self._one.counts.get(Outcome.SHORT.value, 0))
        return stopped or self._squeeze(squeezed, Outcome.PLANNED)

    def _fit(self) -> Settled | None:
        """Adopt what does not fit, as a person wants it, as near as can be."""
        with self._desk.database.writing() as db:
            lines = syncs.lot(db, self._one.id, Outcome.SHORT, limit=counting.LOT)
            if not lines:
                self._ends(db)
        return self._squeeze(lines, Outcome.SHORT)

    def _squeeze(self, lines: Sequence[SyncLine], before: Outcome) -> Settled | None:
        """Adopt these one by one, each with the orders that let go of it."""
        for line in lines:
            with self._desk.database.writing() as db:
                outcome = squeezing.squeeze(db, self._channels, self._one, line, actor=self._actor)
                counts = _moved(self._one.counts, {outcome.value: 1}, before)
                if (stopped := self._keep(db, counts=counts)) is not None:
                    return stopped
        return None

    def _ends(self, db: Transaction, short: int = 0) -> None:
        """All is adopted but for what does not fit: of that a person decides, who is told once of the same."""
        state = SyncState.WAITING if short else SyncState.DONE
        is_news = bool(short) and syncs.says_anew(db, self._one, Outcome.SHORT)
        self._one = service.end(db, self._one, state, unfit(short) if short else "", is_news=is_news)
        jobs.advance(db, self._job, progress=self._one.counts)


def _summed(counts: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    return {**counts, **{name: counts.get(name, 0) + more for name, more in found.items()}}


def _moved(
    counts: Mapping[str, int], found: Mapping[str, int], before: Outcome = Outcome.PLANNED
) -> dict[str, int]:  # fmt: skip
    """Counts after so many SKUs that had come to `before` have come to something else."""
    left = counts.get(before.value, 0) - sum(found.values())
    return _summed({**counts, before.value: left}, found)

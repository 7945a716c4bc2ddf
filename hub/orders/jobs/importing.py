"""Imports orders: the feed from where it was left, then the open orders that it did not tell of.

No transaction is open while a plugin talks. Each page is committed with the cursor that follows it: after a death the
next run goes on there, and what comes again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from hub_hookspecs import Absent, Capability, Order

from hub.kernel import jobs
from hub.kernel.jobs import Again, Cancelled, Done, Job, Settled
from hub.orders.service import importing, reading
from hub.orders.service.desk import Desk
from hub.orders.service.importing import FEED
from hub.orders.service.take_in import Taken
from hub.orders.store import feeds, orders
from hub.stock.service.desk import Outlet
from hub.stock.service.pushing import moment

AT_ONCE = 50  # open orders read again in one call
SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """When an import began, by the clock that all workers share; where it stands is the feed's own cursor."""

    began_at: datetime


def import_orders(job: Job, desk: Desk) -> Settled:
    """Import the orders of an account from where its feed stands."""
    outlet = desk.open_outlet(job.account_id)
    if outlet.is_disabled or outlet.host.lacking(Capability.IMPORT_ORDERS, outlet.door.lacks):
        return Done({"note": "the account's orders are not imported"})
    return _Import(job, desk, outlet).run()


class _Import:
    """One run of the job."""

    def __init__(self, job: Job, desk: Desk, outlet: Outlet) -> None:
        self.job, self._desk, self._outlet = job, desk, outlet

    def run(self) -> Settled:
        with self._desk.database.writing() as db:
            self._position = msgspec.convert(self.job.resume or {"began_at": moment(db)}, Position)
            cursor = feeds.cursor_of(db, self.job.account_id, FEED)
            self.job = jobs.advance(db, self.job, resume=self._position)
        stopped = self._read_feed(cursor) or self._read_open()
        if stopped is not None:
            return stopped
        with self._desk.database.writing() as db:
            importing.end(db, self._outlet.host.channel, self.job.account_id, began_at=self._position.began_at)
            reading.ask_for_rest(db, self.job.merchant_id, self.job.account_id)
            self.job = jobs.advance(db, self.job)
        return Done(self.job.progress)

    def _read_feed(self, cursor: str) -> Settled | None:
        """Take in page after page; gives how the job pauses or stops, where it must."""
        pages = self._outlet.host.import_orders(self._outlet.door, cursor)
        while True:
            asked_at = self._now()  # before the page is asked: what changes later is told again
            page = next(pages, None)
            if page is None:
                return None
            stopped = self._take(page.records, asked_at, page.cursor)
            if stopped is not None:
                return stopped
            if page.resume_after is not None:
                return Again(after=page.resume_after)

    def _read_open(self) -> Settled | None:
        """Read again what is open and was not told of since the import began."""
        while refs := self._unseen():
            asked_at = self._now()
            answers = self._outlet.host.read_orders(self._outlet.door, refs)
            found = list(_orders(answers))
            stopped = self._take(found, asked_at, None, refs)
            if stopped is not None:
                return stopped
        return None

    def _take(
        self, told: Sequence[Order], asked_at: datetime, cursor: str | None, asked: Sequence[str] = ()
    ) -> Settled | None:
        """Commit what was told; what was `asked` for by its ref is not asked for again, there or gone."""
        database, account_id = self._desk.database, self.job.account_id
        with database.writing() as db:
            taken = importing.take_page(
                db, self._desk.ring, self._outlet.host.channel, account_id, told, asked_at=asked_at, cursor=cursor
            )
            orders.saw_again(db, account_id, asked, at=asked_at)
            progress = Counter(self.job.progress or {}) + counted(taken)
            self.job = jobs.advance(db, self.job, progress=dict(progress), resume=self._position)
            may_go_on = self._desk.may_go_on(db, account_id)
        if self.job.cancel_requested:
            return Cancelled()
        return None if may_go_on else Again(after=SWITCHED_OFF)

    def _unseen(self) -> list[str]:
        with self._desk.database.reading() as db:
            return orders.unseen(db, self.job.account_id, before=self._position.began_at, limit=AT_ONCE)

    def _now(self) -> datetime:
        with self._desk.database.reading() as db:
            return moment(db)


def _orders(answers: Iterator[Order | Absent]) -> Iterator[Order]:
    return (each for each in answers if not isinstance(each, Absent))


def counted(taken: Taken) -> Counter[str]:
    """What a batch came to, as a job shows it."""
    new = sum(each.stored.order.version == 1 for each in taken.settled)
    return Counter(
        new=new, changed=len(taken.settled) - new, unchanged=taken.unchanged, passed_by=taken.passed_by
    )  # fmt: skip

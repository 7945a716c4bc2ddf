"""Walks through the orders of an account: its feed from where it was left, then open orders that it did not tell of.

No transaction is open while a plugin talks. Where a walk stands lies with the feed, and not with the job: each page is
committed with the cursor that follows it, and whoever comes after a death goes on there. Two jobs may walk at once, a
poll and a push that wants the orders first: what is told twice is taken in once, and only who stands where the feed
stands moves it on. So it never goes back, and nothing is passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from hub_hookspecs import Order

from hub.kernel.db import Transaction
from hub.kernel.jobs import Again, Cancelled, Job, Settled
from hub.orders.service import importing, reading
from hub.orders.service.desk import Desk
from hub.orders.service.importing import FEED
from hub.orders.service.take_in import Taken
from hub.orders.store import feeds, orders
from hub.stock.service.desk import Outlet
from hub.stock.service.pushing import moment

AT_ONCE = 50  # open orders read again in one call
SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread
Step = Callable[[Transaction, Job, Taken | None], Job]  # proves that the job is still ours, and notes what came


class Walker:
    """Whoever walks on behalf of a job; `step` is taken in each of its transactions."""

    def __init__(self, job: Job, desk: Desk, outlet: Outlet, step: Step) -> None:
        self.job, self._desk, self._outlet, self._step = job, desk, outlet, step
        self.began_at: datetime  # of the walk that is under way, or has just ended

    def run(self, since: datetime) -> Settled | None:
        """Walk until a walk has ended that was begun then or later; gives how the job pauses or stops before, if so.

        One that was left half-way is ended first: what it began to read it reads as it was when it was begun.
        """
        while True:
            with self._desk.database.writing() as db:
                self._walk: feeds.Walk | None = feeds.start(db, self.job.account_id, FEED, at=moment(db))
                self.job = self._step(db, self.job, None)
            self.began_at = self._walk.began_at
            stopped = self._read_feed() or self._read_open()
            if stopped is not None:
                return stopped
            self._end()
            if self.began_at >= since:
                return None

    def _read_feed(self) -> Settled | None:
        """Take in page after page, from wherever the walk stands now."""
        stood: str | None = None
        while (walk := self._walk) is not None:
            if walk.cursor != stood:  # at first, and where another has gone on meanwhile
                pages = self._outlet.host.import_orders(self._outlet.door, walk.cursor)
            asked_at = self._now()  # before the page is asked: what changes later is told again
            page = next(pages, None)
            if page is None:
                return None
            stood = page.cursor
            stopped = self._take(page.records, asked_at, cursor=page.cursor)
            if stopped is not None:
                return stopped
            if page.resume_after is not None:
                return Again(after=page.resume_after)
        return None

    def _read_open(self) -> Settled | None:
        """Read again what is open and was not told of since the walk began."""
        while refs := self._unseen():
            asked_at = self._now()
            answers = list(self._outlet.host.read_orders(self._outlet.door, refs))
            found = [each for each in answers if isinstance(each, Order)]
            stopped = self._take(found, asked_at, asked=refs)
            if stopped is not None:
                return stopped
        return None

    def _take(
        self, told: Sequence[Order], asked_at: datetime, *, cursor: str | None = None, asked: Sequence[str] = ()
    ) -> Settled | None:
        """Commit what was told; what was `asked` for by its ref is not asked for again, there or gone."""
        account_id, channel = self.job.account_id, self._outlet.host.channel
        with self._desk.database.writing() as db:
            taken = importing.take_page(db, self._desk.ring, channel, account_id, told, asked_at=asked_at)
            orders.saw_again(db, account_id, asked, at=asked_at)
            self._walk = self._moved(db, cursor)
            self.job = self._step(db, self.job, taken)
            may_go_on = self._desk.may_go_on(db, account_id)
        if self.job.cancel_requested:
            return Cancelled()
        return None if may_go_on else Again(after=SWITCHED_OFF)

    def _moved(self, db: Transaction, cursor: str | None) -> feeds.Walk | None:
        """Where our walk stands now, which another may have moved; None: it is over."""
        account_id, mine = self.job.account_id, self._walk
        if mine is not None and cursor is not None:
            feeds.move(db, account_id, FEED, mine, cursor)
        now = feeds.under_way(db, account_id, FEED)
        return now if now and mine and now.began_at == mine.began_at else None

    def _end(self) -> None:
        with self._desk.database.writing() as db:
            importing.end(db, self._outlet.host.channel, self.job.account_id, began_at=self.began_at)
            reading.ask_for_rest(db, self.job.merchant_id, self.job.account_id)
            self.job = self._step(db, self.job, None)

    def _unseen(self) -> list[str]:
        if self._walk is None:
            return []
        with self._desk.database.reading() as db:
            return orders.unseen(db, self.job.account_id, before=self._walk.began_at, limit=AT_ONCE)

    def _now(self) -> datetime:
        with self._desk.database.reading() as db:
            return moment(db)

"""Walks through the orders of an account: its feed from where it was left, then open orders that it did not tell of.

No transaction is open while a plugin talks. Where a walk stands lies with the feed, and not with the job: each page is
committed with the cursor that follows it, and whoever comes after a death goes on there. Two jobs may walk at once, a
poll and a push that wants the orders first: what is told twice is taken in once, and only who stands where the feed
stands moves it on. So it never goes back, and nothing is passed by.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from hub_hookspecs import Order, Page

from hub.kernel.db import Transaction
from hub.kernel.jobs import Again, Cancelled, Job, Settled
from hub.orders.jobs.asking import Answers, Asking
from hub.orders.jobs.tallying import Told
from hub.orders.service import importing, reading
from hub.orders.service.desk import Desk
from hub.orders.service.importing import FEED
from hub.orders.store import feeds, orders
from hub.stock.service.desk import Outlet
from hub.stock.service.pushing import moment

SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread
QUIET = 2.0  # seconds of pages without an order that may have to be asked for once more after a death
Step = Callable[[Transaction, Job, Told | None], Job]  # proves that the job is still ours, and notes what came


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
            stopped = self._read_feed() or self._read_open() or self._explain()
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
            page = _worth_keeping(pages)
            if page is None:
                return None
            stood = page.cursor
            stopped = self._take(Answers(page.records), asked_at, cursor=page.cursor)
            if stopped is not None:
                return stopped
            if page.resume_after is not None:
                return Again(after=page.resume_after)
        return None

    def _read_open(self) -> Settled | None:
        """Read again what is open and was not told of since the walk began."""
        asking = Asking(self._outlet)
        while refs := self._unseen(asking.limit):
            asked_at = self._now()
            answers = asking.ask(refs)
            stopped = answers and self._take(answers, asked_at, asked=refs)
            if stopped is not None:
                return stopped
        return None

    def _take(
        self, answers: Answers, asked_at: datetime, *, cursor: str | None = None, asked: Sequence[str] = ()
    ) -> Settled | None:
        """Commit what was told; what was `asked` for by its ref is not asked for again, there or gone."""
        account_id, channel = self.job.account_id, self._outlet.host.channel
        with self._desk.database.writing() as db:
            taken = importing.take_page(
                db, self._desk.ring, channel, account_id, answers.found, asked_at=asked_at,
                declared=self._desk.declared, asked=asked,
            )  # fmt: skip
            self._walk = self._moved(db, cursor)
            self.job = self._step(db, self.job, Told(taken, answers))
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

    def _explain(self) -> Settled | None:
        """Take up what the walk explains of what the channel was read to show, some at a time."""
        left = True
        while left:
            with self._desk.database.writing() as db:
                channel = self._outlet.host.channel
                left = importing.explain(db, channel, self.job.account_id, began_at=self.began_at)
                if left:
                    self.job = self._step(db, self.job, None)
            if left and self.job.cancel_requested:
                return Cancelled()
        return None

    def _end(self) -> None:
        with self._desk.database.writing() as db:
            importing.end(db, self._outlet.host.channel, self.job.account_id, began_at=self.began_at)
            reading.ask_for_rest(db, self.job.merchant_id, self.job.account_id)
            self.job = self._step(db, self.job, None)

    def _unseen(self, limit: int) -> list[str]:
        if self._walk is None:
            return []
        with self._desk.database.reading() as db:
            return orders.unseen(db, self.job.account_id, before=self._walk.began_at, limit=limit)

    def _now(self) -> datetime:
        with self._desk.database.reading() as db:
            return moment(db)


def _worth_keeping(pages: Iterator[Page[Order]]) -> Page[Order] | None:
    """The next page that tells of an order or has us wait; of others the last one, or where some seconds went by."""
    began, page = time.monotonic(), next(pages, None)
    while page and not page.records and page.resume_after is None and time.monotonic() - began < QUIET:
        following = next(pages, None)
        if following is None:
            break
        page = following
    return page

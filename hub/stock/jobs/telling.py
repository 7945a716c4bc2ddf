"""Tells channels what is due, account by account.

No transaction is open while a plugin talks. An account is told by one job at a time; what becomes due meanwhile is told
by the same job, or by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from hub_hookspecs import NotSupported, RateLimited, Rejected, StockOutcome

from hub.kernel.db import Transaction
from hub.kernel.jobs import Cancelled, CancelRequested, Done, Job, LeaseLost, Settled
from hub.stock.service import answering, pushing
from hub.stock.service.desk import Desk, Outlet
from hub.stock.service.pushing import Batch, Teller
from hub.stock.store import due
from hub.stock.store.pushes import Sent

SETTLED_AT_ONCE = 250  # a whole call of every channel that there is
SETTLED_AFTER = 0.5  # seconds since the first answer that is not kept yet
OUT_AGAIN = 20.0  # seconds after which a call that is still answered is noted to be out, for whoever dies in it


def push_due(job: Job, desk: Desk) -> Settled:
    """Tell what is due until nothing is, then come back when something will be."""
    outlet = desk.open_outlet(job.account_id)
    with desk.database.reading() as db:
        account = pushing.account(db, job.account_id)
    if outlet.is_disabled or not account.tells_stock:
        return Done({"note": "the account is not told of stock"})  # whoever makes it hear has all of it told
    teller = Teller(
        account=account, channel=outlet.host.channel, orders=desk.orders,
        reads_orders=desk.orders.are_read(account, outlet.host),
    )  # fmt: skip
    return _sales_first(job, desk, teller) or _Round(job, desk, outlet, teller).run()


def _sales_first(job: Job, desk: Desk, teller: Teller) -> Settled | None:
    """Where a channel lets a level be written over a sale, have its orders read before; None: tell now."""
    if teller.channel.compare_and_set or not teller.reads_orders:
        return None
    with desk.database.writing() as db:
        if not due.upcoming(db, teller.account.id, limit=1):
            pushing.arrange(db, teller.account)
            return Done(job.progress)
    return desk.orders.read(job)


class _Round:
    """One run of the job: call after call, each with as many figures as the channel takes at once."""

    def __init__(self, job: Job, desk: Desk, outlet: Outlet, teller: Teller) -> None:
        self.job, self._desk, self._outlet, self._teller = job, desk, outlet, teller
        self._most = self._limit = max(1, teller.channel.stock_batch)

    def run(self) -> Settled:
        while True:
            try:
                with self._desk.database.writing() as db:
                    self._teller = self._read_again(db)
                    batch = pushing.read_targets(db, self.job, self._teller, limit=self._limit)
                    if not batch.looked:
                        pushing.arrange(db, self._teller.account)
            except CancelRequested:
                return Cancelled()
            if not batch.looked:
                return Done(self.job.progress)
            if batch.targets:
                self._tell(batch)

    def _read_again(self, db: Transaction) -> Teller:
        """The account may have got other places since the last call."""
        return Teller(
            account=pushing.account(db, self.job.account_id), channel=self._teller.channel,
            orders=self._teller.orders, reads_orders=self._teller.reads_orders,
        )  # fmt: skip

    def _tell(self, batch: Batch) -> None:
        try:
            self._call(batch, dict(batch.sent))
        except LeaseLost:
            with self._desk.database.writing() as db:
                answering.doubt(db, self._teller, batch.sent.values())
            raise

    def _call(self, batch: Batch, open_: dict[tuple[str, str], Sent]) -> None:
        """Settle the answers as they come; what is then `open_` has none."""
        try:
            self._settle(batch, open_)
        except RateLimited:
            with self._desk.database.writing() as db:
                self.job = answering.free(db, self.job, self._teller, open_.values())
            raise
        except Rejected as error:
            if isinstance(error, NotSupported):  # of the channel, not of these figures
                raise
            self._rejected(batch, list(open_.values()), str(error))
        except LeaseLost:
            raise
        except Exception:
            self._still_out(open_)
            raise
        else:
            self._limit = min(2 * self._limit, self._most)

    def _settle(self, batch: Batch, open_: dict[tuple[str, str], Sent]) -> None:
        out_since = time.monotonic()
        for outcomes in self._answers(batch):
            with self._desk.database.writing() as db:
                self.job = answering.settle(db, self.job, self._teller, batch, outcomes)
            for each in outcomes:
                del open_[each.listing_ref, each.place_ref]
            if open_ and time.monotonic() - out_since > OUT_AGAIN:
                self._still_out(open_)
                out_since = time.monotonic()

    def _still_out(self, open_: dict[tuple[str, str], Sent]) -> None:
        with self._desk.database.writing() as db:
            self.job = answering.still_out(db, self.job, self._teller, open_.values())

    def _rejected(self, batch: Batch, open_: list[Sent], reason: str) -> None:
        """The call as a whole was refused: one bad figure must not keep the others, so fewer go out at once."""
        with self._desk.database.writing() as db:
            if len(open_) == 1:
                self.job = answering.refuse(db, self.job, self._teller, batch, open_, reason=reason)
            else:
                self.job = answering.free(db, self.job, self._teller, open_)
        self._limit = max(1, len(open_) // 2)

    def _answers(self, batch: Batch) -> Iterable[list[StockOutcome]]:
        """The channel's answers as they come, some at a time; those before a failure too."""
        some: list[StockOutcome] = []
        since = time.monotonic()
        failure: Exception | None = None
        answers = self._outlet.host.push_stock(self._outlet.door, batch.targets)
        while True:
            try:
                answer = next(answers, None)
            except Exception as error:  # noqa: BLE001 - kept until what was answered before it is settled, then raised
                failure, answer = error, None
            if answer is not None:
                since = since if some else time.monotonic()
                some.append(answer)
            over = answer is None
            if some and (over or len(some) >= SETTLED_AT_ONCE or time.monotonic() - since > SETTLED_AFTER):
                yield some
                some = []
            if failure is not None:
                raise failure
            if over:
                return

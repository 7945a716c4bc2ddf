"""Tells channels what is due, account by account, and looks again at what a change outside stock may have touched.

No transaction is open while a plugin talks. An account is told by one job at a time; what becomes due meanwhile is told
by the same job, or by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from hub_hookspecs import NotSupported, RateLimited, Rejected, StockOutcome

from hub.catalog.service.retelling import RETELL as RETELL_PRODUCT
from hub.channels.host import Hosts
from hub.channels.service.hearing import RETELL as RETELL_ACCOUNT
from hub.channels.service.hearing import refresh
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.jobs import Cancelled, CancelRequested, Done, Handlers, Job, LeaseLost, Settled
from hub.kernel.jobs.records import Caretaker
from hub.stock.service import pushing, touching
from hub.stock.service.desk import Desk, Outlet
from hub.stock.service.pushing import Batch, Teller
from hub.stock.service.touching import PUSH_STOCK
from hub.stock.store import due
from hub.stock.store.pushes import Sent

SETTLED_AT_ONCE = 50
SETTLED_AFTER = 0.5  # seconds since the first answer that is not kept yet
OUT_AGAIN = 20.0  # seconds after which a call that is still answered is noted to be out, for whoever dies in it
LISTINGS = 1_000  # of an account looked at in one transaction
FORGOTTEN = timedelta(minutes=10)  # after which a figure that is due has surely no job any more
ACCOUNTS = 100


def handlers(desk: Desk) -> Handlers:
    return {
        PUSH_STOCK: lambda job: push_due(job, desk),
        RETELL_ACCOUNT: lambda job: retell_account(job, desk),
        RETELL_PRODUCT: lambda job: retell_product(job, desk),
    }


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
    if teller.reads_orders and not teller.channel.compare_and_set:
        desk.orders.read(job)
    return _Round(job, desk, outlet, teller).run()


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
                pushing.doubt(db, self._teller, batch.sent.values())
            raise

    def _call(self, batch: Batch, open_: dict[tuple[str, str], Sent]) -> None:
        """Settle the answers as they come; what is then `open_` has none."""
        try:
            self._settle(batch, open_)
        except RateLimited:
            with self._desk.database.writing() as db:
                self.job = pushing.free(db, self.job, self._teller, open_.values())
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
                self.job = pushing.settle(db, self.job, self._teller, batch, outcomes)
            for each in outcomes:
                del open_[each.listing_ref, each.place_ref]
            if open_ and time.monotonic() - out_since > OUT_AGAIN:
                self._still_out(open_)
                out_since = time.monotonic()

    def _still_out(self, open_: dict[tuple[str, str], Sent]) -> None:
        with self._desk.database.writing() as db:
            self.job = pushing.still_out(db, self.job, self._teller, open_.values())

    def _rejected(self, batch: Batch, open_: list[Sent], reason: str) -> None:
        """The call as a whole was refused: one bad figure must not keep the others, so fewer go out at once."""
        with self._desk.database.writing() as db:
            if len(open_) == 1:
                self.job = pushing.refuse(db, self.job, self._teller, batch, open_, reason=reason)
            else:
                self.job = pushing.free(db, self.job, self._teller, open_)
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


def retell_account(job: Job, desk: Desk) -> Settled:
    """Look again at every figure of an account: its places, its rule, or whether it is told at all have changed."""
    after = str(job.resume or "")
    while True:
        with desk.database.writing() as db:
            marked, after = due.mark_account(db, job.account_id, cause=f"account:{job.id}", after=after, limit=LISTINGS)
            for merchant_id, account_id in sorted(marked):
                touching.ask(db, merchant_id, account_id)
            job = jobs.advance(db, job, resume=after)
        if not after:
            return Done()
        if job.cancel_requested:
            return Cancelled()


def retell_product(job: Job, desk: Desk) -> Settled:
    """Look again at every figure that shows a product: a pack, or what a bundle contains, has changed."""
    with desk.database.writing() as db:
        touching.touch(db, [job.key], cause=f"product:{job.id}")
        jobs.advance(db, job)
    return Done()


def hearing_kept(hosts: Hosts) -> Caretaker:
    """Keep who is told of stock as the plugins that are installed now have it."""
    return lambda db: refresh(db, hosts)


def wake_forgotten(db: Transaction) -> int:
    """Have told what has been due for long: its job was cancelled, or died with the process that ran it."""
    moment = db.execute(sa.select(now())).scalar_one()
    for merchant_id, account_id in due.overdue(db, before=moment - FORGOTTEN, limit=ACCOUNTS):
        touching.ask(db, merchant_id, account_id)
    return 0  # they come round again as long as they are due

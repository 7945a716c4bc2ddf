"""Keeps the orders of every account coming: each is imported every few minutes, at seconds of its own.

The schedule is begun with the account and ended with it; a round over all of them puts right what was changed where
nobody tells us: a plugin that has learned to tell of orders, a setting, accounts from before.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from hub.channels.host import Hosts
from hub.channels.rules import State
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.orders.service import importing
from hub.orders.service.importing import IMPORT_ORDERS
from hub.orders.store import polls

HOUR, DAY = 60, 24  # minutes, hours
ROUND = 500  # accounts looked at in one transaction


@dataclass
class Polling:
    """Every how many minutes orders are imported, of the accounts on these channels."""

    hosts: Hosts
    minutes: int
    _after: str = field(default="", repr=False)

    def begin(self, db: Transaction, account: AccountRow) -> None:
        """Import the account's orders now and from now on, where its channel tells of any."""
        wanted = self._wanted(account)
        if wanted is None:
            forget(db, account.id)
            return
        self._keep(db, account, wanted)
        importing.ask(db, account.merchant_id, account.id)

    def go_round(self, db: Transaction) -> int:
        """Look at some more accounts, and have each imported as it should be; gives how many, 0 after the last."""
        found = polls.some(db, IMPORT_ORDERS.name, after=self._after, limit=ROUND)
        self._after = found[-1][0].id if found else ""  # before anything can fail: no account keeps others back
        for account, kept in found:
            wanted = self._wanted(account)
            if wanted is None and kept is not None:
                forget(db, account.id)
            elif wanted is not None and wanted != kept:
                self._keep(db, account, wanted)
        return len(found)

    def _keep(self, db: Transaction, account: AccountRow, rule: str) -> None:
        jobs.every(db, IMPORT_ORDERS, rule=rule, merchant_id=account.merchant_id, account_id=account.id)

    def _wanted(self, account: AccountRow) -> str | None:
        host = self.hosts.loaded.get(account.plugin)
        if host is None or account.state is State.CLOSED or not importing.are_read(account, host):
            return None
        return rule_of(account.id, self.minutes)


def rule_of(account_id: str, minutes: int) -> str:
    """The rule of an account: at most so many minutes apart, at a second that few others have.

    Between two imports there is always as long: as many minutes as divide an hour evenly, or hours that divide a day.
    """
    hours = _even(minutes // HOUR, DAY) if minutes >= HOUR else 0
    span = hours * HOUR or _even(minutes, HOUR)
    minute, second = divmod(zlib.crc32(account_id.encode()) % (span * 60), 60)
    if hours:
        return f"{second} {minute % HOUR} {minute // HOUR}-23/{hours} * * *"
    return f"{second} {minute}-59/{span} * * * *"


def _even(most: int, whole: int) -> int:
    """The largest step up to `most` that divides the whole."""
    return next(step for step in range(most, 0, -1) if whole % step == 0)


def forget(db: Transaction, account_id: str) -> None:
    """Import no orders by themselves any more."""
    jobs.stop(db, IMPORT_ORDERS, account_id=account_id)

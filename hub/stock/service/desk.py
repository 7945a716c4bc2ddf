"""What the jobs of this slice work with, and what they ask of the slices above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.channels.host import Door, Host
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Database, Transaction
from hub.kernel.jobs import Job, Settled


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """An account opened to be told, and whether the merchant's switch is off."""

    host: Host
    door: Door
    is_disabled: bool


def _nobody_reads(account: AccountRow, host: Host) -> bool:
    return False


def _reads_nothing(job: Job) -> Settled | None:
    return None


def _asks_nothing(db: Transaction, account: AccountRow, at: datetime) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Orders:
    """How stock has orders read before and after it tells; registered by whoever knows every slice.

    `are_read`: whether this account's orders come in at all. `read`: import them now, within the job that is about to
    tell, without a transaction open; nothing is told where something goes wrong, which is raised, nor where it answers
    how the job has to pause or stop. `ask`: have them imported from that instant on.
    """

    are_read: Callable[[AccountRow, Host], bool] = _nobody_reads
    read: Callable[[Job], Settled | None] = _reads_nothing
    ask: Callable[[Transaction, AccountRow, datetime], object] = _asks_nothing


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the jobs of this slice need beside themselves; `open_outlet` raises where the account is closed."""

    database: Database
    open_outlet: Callable[[str], Outlet]
    orders: Orders = field(default_factory=Orders)
    alarm_after: timedelta = timedelta(minutes=15)  # how long figures may be behind before people are told

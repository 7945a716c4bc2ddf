"""An account opened for its channel, as jobs of this slice need it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from hub_hookspecs import Capability

from hub.channels.host import Door, Host
from hub.kernel.db import Database
from hub.kernel.jobs import Job
from hub.kernel.sealing import KeyRing

FILES = timedelta(days=30)  # how long workbooks and results are kept
BATCH = 500  # rows of one transaction


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """An account, the host of its channel, and whether the merchant's switch is off."""

    merchant_id: str
    host: Host
    door: Door
    is_disabled: bool

    @property
    def has_categories(self) -> bool:
        return not self.host.lacking(Capability.LIST_CATEGORIES)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the jobs of this slice need beside themselves."""

    database: Database
    ring: KeyRing
    open_shop: Callable[[str], Outlet]  # raises where the account is closed


def is_last_try(job: Job) -> bool:
    """Whether the engine gives the job up after another failure, so that its work must be ended now."""
    return job.attempts + 1 >= job.max_attempts

"""What the jobs of this slice work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub_hookspecs import Channel

from hub.kernel.db import Database, Transaction
from hub.kernel.sealing import KeyRing
from hub.stock.service.desk import Outlet


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a job of this slice needs beside itself; `open_outlet` raises where the account is closed.

    `may_go_on` is asked between pages, since a switch may have been thrown. `declared` is what each loaded plugin says
    of its channel, by its name.
    """

    database: Database
    ring: KeyRing
    open_outlet: Callable[[str], Outlet]
    may_go_on: Callable[[Transaction, str], bool]
    declared: Mapping[str, Channel]

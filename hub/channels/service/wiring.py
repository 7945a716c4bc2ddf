"""What the services of this slice work with, and what they ask of the slices above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.channels.host import Host, Hosts
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import FieldError, Invalid, Refused
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs import Ticket
from hub.kernel.sealing import KeyRing


def _starts_nothing(db: Transaction, account: AccountRow) -> Ticket | None:
    return None


def _nothing_open(db: Transaction, account_id: str) -> Sequence[str]:
    return ()


def _ends_nothing(db: Transaction, account_id: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """One per process. The three callbacks are registered by whoever knows every slice."""

    database: Database
    hosts: Hosts
    ring: KeyRing
    http: ChannelHttp
    public_url: str
    after_authorise: Callable[[Transaction, AccountRow], Ticket | None] = _starts_nothing  # the first import
    open_work: Callable[[Transaction, str], Sequence[str]] = _nothing_open  # what closing would cut off, in words
    before_close: Callable[[Transaction, str], None] = _ends_nothing  # where other slices end their schedules

    def host(self, plugin: str) -> Host:
        """The plugin's host, or a clear no for one that is refused or not installed."""
        if plugin in self.hosts.loaded:
            return self.hosts.loaded[plugin]
        if plugin in self.hosts.refused:
            reason = self.hosts.refused[plugin].reason
            raise Refused(f"plugin {plugin} is installed but refused: {reason}", code="plugin_refused")
        known = ", ".join(sorted(self.hosts.loaded)) or "none"
        message = f"no plugin {plugin[:100]!r} is installed; installed: {known}"
        raise Invalid(message, code="unknown_plugin", errors=(FieldError(field="plugin", message=message),))

"""What the services of this slice work with, and what they ask of the slices above."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from hub.channels.host import Host, Hosts
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import FieldError, Invalid, Refused, Unavailable
from hub.kernel.http import ChannelHttp, within
from hub.kernel.jobs import Ticket
from hub.kernel.sealing import KeyRing

AT_ONCE = 8  # calls to channels that somebody waits for, in one process
PATIENCE = 5.0  # seconds to wait for such a call's turn
ANSWER = 40.0  # seconds for all that it asks of the channel: a log-in and a check, each within a hook's deadline


def _starts_nothing(db: Transaction, account: AccountRow) -> Ticket | None:
    return None


def _nothing_open(db: Transaction, account_id: str) -> Sequence[str]:
    return ()


def _no_order_open(db: Transaction, account_id: str, left: int | None) -> Sequence[str]:
    return ()


def _begins_nothing(db: Transaction, account: AccountRow) -> None:
    return None


def _ends_nothing(db: Transaction, account: AccountRow) -> None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """One per process. The callbacks are registered by whoever knows every slice."""

    database: Database
    hosts: Hosts
    ring: KeyRing
    http: ChannelHttp
    public_url: str
    after_authorise: Callable[[Transaction, AccountRow], Ticket | None] = _starts_nothing  # the first import
    when_ready: Callable[[Transaction, AccountRow], None] = _begins_nothing  # it may be asked from now on, or again
    # What closing would cut off, in words; not the open orders, where a person says how many are left to people.
    open_work: Callable[[Transaction, str, int | None], Sequence[str]] = _no_order_open
    open_documents: Callable[[Transaction, str], Sequence[str]] = _nothing_open  # of a 3PL's warehouse, in words
    before_close: Callable[[Transaction, AccountRow], None] = _ends_nothing  # where other slices end their schedules
    _lines: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE), repr=False)

    @contextmanager
    def calling(self) -> Iterator[None]:
        """A call that somebody waits for: a slow channel must not take every thread that answers requests.

        Whatever it asks inside, its HTTP and its waits for a token end `ANSWER` after it began.
        """
        if not self._lines.acquire(timeout=PATIENCE):
            raise Unavailable("too many accounts are being checked at this moment; try again in a moment")
        try:
            with within(ANSWER):
                yield
        finally:
            self._lines.release()

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

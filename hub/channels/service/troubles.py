"""What a failed job means for its account: a person must act, or everything that shares the rate waits."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from hub_hookspecs import ActionRequired, RateLimited

from hub.channels import store
from hub.channels.host import SettingsRefused
from hub.channels.service import gates
from hub.channels.service.standing import require_action
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import gate
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.kernel.jobs import Job

PAUSE = timedelta(seconds=30)  # where a channel that limits us does not say for how long


def troubles(channels: Channels, db: Transaction, job: Job, error: Exception) -> None:
    """Draw the consequences in the transaction that ends a failed run."""
    if not job.account_id:
        return
    if isinstance(error, ActionRequired):
        actor = Actor(kind="job", id=job.id)
        # A run keeps the settings it began with. Where they have been replaced it begins again with the new ones.
        refused = error.version if isinstance(error, SettingsRefused) else None
        require_action(db, job.account_id, reason=str(error), actor=actor, cause=job.id, version=refused)
    elif isinstance(error, RateLimited):
        account = store.accounts.account_of(db, job.account_id)
        if account is not None:
            until = db.execute(sa.select(now())).scalar_one() + (error.retry_after or PAUSE)
            gate.hold_until(db, _limited(channels, account), until)


def _limited(channels: Channels, account: AccountRow) -> str:
    """The gate of whatever shares the limit: the credentials, or for an endpoint's limit still only this account."""
    host = channels.hosts.loaded.get(account.plugin)
    if host is not None and host.channel.rate is not None and host.channel.rate.scope == "credentials":
        return gates.credentials_scope(account.credentials)
    return gates.account_scope(account.id)

"""Keeps what a channel hinted at, once, and leaves the job that acts on it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from hub_hookspecs import Delivery

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind
from hub.webhooks.rules import Sealed
from hub.webhooks.store import deliveries

DISPATCH = JobKind("webhooks.dispatch", lane="urgent")  # per connection: a burst of deliveries is one job


def take(
    db: Transaction, credentials: str, message: Sealed, *, plugin: str, delivery: Delivery, received_at: datetime
) -> bool:
    """Keep a delivery that was proven to be the channel's; False, and nothing happens, where it came before."""
    digest = hashlib.sha256(delivery.key.encode()).hexdigest()
    hints = delivery.hints
    if not deliveries.keep(
        db, credentials, message, plugin=plugin, digest=digest, hints=hints, received_at=received_at
    ):
        return False
    jobs.enqueue(db, DISPATCH, key=credentials)
    return True

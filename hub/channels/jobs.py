"""Runs what this slice asks for later: registering webhooks and keys on the channel's side."""

from __future__ import annotations

from hub.channels import store
from hub.channels.service import connections
from hub.channels.service.connecting import CONNECT
from hub.channels.service.doors import open_door
from hub.channels.service.telling import tell
from hub.channels.service.wiring import Channels
from hub.kernel.db import now
from hub.kernel.events import Actor
from hub.kernel.jobs import Done, Handlers, Job, Settled


def handlers(channels: Channels) -> Handlers:
    return {CONNECT: lambda job: connect(job, channels)}


def connect(job: Job, channels: Channels) -> Settled:
    """Register the callback address; repeatable, so a run that was cut off is simply run again."""
    door = open_door(channels, job.account_id)
    if door.is_disabled:
        return Done({"webhooks": [], "note": "the plugin is disabled; enabling it connects"})
    with channels.database.reading() as db:
        connection = connections.expected(channels, db, door.credentials)
    answer = door.host.connect_account(door, connections.callback_url(channels, door.host.name, connection))
    with channels.database.writing() as db:
        account = store.accounts.expect(db, job.account_id)
        store.accounts.change(db, account.id, connected_at=now())
        if account.connected_at is None:
            actor = Actor(kind="job", id=job.id)
            tell(db, "account.connected", account, actor=actor, after={"webhooks": len(answer.webhooks)}, cause=job.id)
    return Done({"webhooks": len(answer.webhooks)})

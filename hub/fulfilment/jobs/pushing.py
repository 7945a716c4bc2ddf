"""Asks a warehouse to send an outbound."""

from __future__ import annotations

from hub_hookspecs import Outbound

from hub.channels.service.wiring import Channels
from hub.fulfilment.jobs import handing
from hub.fulfilment.service import pushing, refreshing
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel.jobs import Job, Settled
from hub.orders.service.desk import Desk


def push(job: Job, desk: Desk, channels: Channels) -> Settled:
    """Push the outbound that the job's key names, unless the warehouse has it or it waits for something."""
    return handing.push(job, desk, _outbounds(channels))


def _outbounds(channels: Channels) -> handing.Sort[OutboundRow, Outbound]:
    return handing.Sort(
        find=outbounds.find,
        tasks=refreshing.tasks_of,
        start=lambda db, job, one: pushing.start(db, channels, job, one),
        call=lambda host, door, asked: host.push_outbound(door, asked),
        settle=lambda db, one, told, actor: refreshing.settle(db, channels, one, told, actor=actor),
        taken=lambda db, one, ref, actor: pushing.taken(db, channels, one, ref, actor=actor),
        refused=lambda db, one, why, actor: pushing.refused(db, channels, one, why, actor=actor),
        not_sent=lambda db, one, why, actor: pushing.not_sent(db, channels, one, why, actor=actor),
        in_doubt=pushing.in_doubt,
    )

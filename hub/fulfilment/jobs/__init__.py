"""The jobs of parcels; each may end with an outcome that nobody knows, and is then asked again by the same key.

confirming   channels are told that parcels left
labelling    labels are made
placing      warehouses of 3PLs are told of products
preparing    what orders hold in warehouses of others
pushing      warehouses of others are asked to send it
stopping     and to stop it
answering    channels are told what a person says to a buyer who asks to cancel
reading      and how far they are
announcing   warehouses of others are told what is on its way there
syncing      what they say lies there
reconciling  what they and the hub know differently
handing      how a document is handed over, once
asking       what these have in common
chasing      outbounds that no job is left for, or that are late
reminding    what was not told and has lost its job
"""

from __future__ import annotations

from hub.channels.service.wiring import Channels
from hub.fulfilment.jobs import (
    announcing,
    answering,
    confirming,
    labelling,
    placing,
    preparing,
    pushing,
    reading,
    reconciling,
    stopping,
    syncing,
)
from hub.fulfilment.jobs.announcing import Announcer
from hub.fulfilment.jobs.chasing import Chaser, warn
from hub.fulfilment.jobs.placing import Reminder as PlacingReminder
from hub.fulfilment.jobs.reminding import AnswerReminder, Reminder
from hub.fulfilment.jobs.syncing import Syncing
from hub.fulfilment.service.arranging import PUSH_OUTBOUND
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.fulfilment.service.documents import Rounds
from hub.fulfilment.service.labelling import CREATE_LABEL
from hub.fulfilment.service.reconciling import RECONCILE, Daily
from hub.fulfilment.service.stopping import CANCEL_OUTBOUND, READ_TASKS
from hub.fulfilment.service.syncs import SYNC_STOCK
from hub.fulfilment.service.wishes import ANSWER_CANCELLATION
from hub.kernel.jobs import Handlers
from hub.orders.service.desk import Desk
from hub.orders.service.preparing import PREPARE
from hub.stock.rules.adopting import SHARE

__all__ = [
    "Announcer", "AnswerReminder", "Chaser", "Daily", "PlacingReminder", "Reminder", "Rounds", "handlers", "warn",
]  # fmt: skip


def handlers(desk: Desk, channels: Channels, *, sync_share: int = SHARE) -> Handlers:
    """`sync_share`: the percentage of SKUs that a stock sync changes without asking a person."""
    syncs = Syncing(desk=desk, channels=channels, share=sync_share)
    return {
        **placing.handlers(desk),
        **announcing.handlers(desk),
        CONFIRM_SHIPMENT: lambda job: confirming.confirm(job, desk),
        CREATE_LABEL: lambda job: labelling.create(job, desk),
        PREPARE: lambda job: preparing.prepare(job, channels),
        PUSH_OUTBOUND: lambda job: pushing.push(job, desk, channels),
        CANCEL_OUTBOUND: lambda job: stopping.stop(job, desk, channels),
        ANSWER_CANCELLATION: lambda job: answering.answer(job, desk, channels),
        READ_TASKS: lambda job: reading.read(job, desk, channels),
        SYNC_STOCK: lambda job: syncing.sync(job, syncs),
        RECONCILE: lambda job: reconciling.reconcile(job, syncs),
    }

"""The jobs of parcels; each may end with an outcome that nobody knows, and is then asked again by the same key.

confirming   channels are told that parcels left
labelling    labels are made
"""

from __future__ import annotations

from hub.fulfilment.jobs import confirming, labelling
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.fulfilment.service.labelling import CREATE_LABEL
from hub.kernel.jobs import Handlers
from hub.orders.service.desk import Desk


def handlers(desk: Desk) -> Handlers:
    return {
        CONFIRM_SHIPMENT: lambda job: confirming.confirm(job, desk),
        CREATE_LABEL: lambda job: labelling.create(job, desk),
    }

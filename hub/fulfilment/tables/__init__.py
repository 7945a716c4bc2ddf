"""Tables of this slice.

parcels    parcels of orders and their labels
outbounds  what warehouses of others are asked to send
inbounds   what is on its way there, and what came of it
syncs      what they say lies there
reconciling  what they and the hub know differently
answers    what people say to buyers who ask to cancel
"""

from hub.fulfilment.tables.answers import cancel_answer
from hub.fulfilment.tables.inbounds import discrepancy, inbound, inbound_line
from hub.fulfilment.tables.outbounds import outbound, outbound_line
from hub.fulfilment.tables.parcels import label, parcel
from hub.fulfilment.tables.reconciling import finding, reconciliation, stranger
from hub.fulfilment.tables.syncs import stock_sync, stock_sync_line

__all__ = [
    "cancel_answer", "discrepancy", "finding", "inbound", "inbound_line", "label", "outbound", "outbound_line",
    "parcel", "reconciliation", "stock_sync", "stock_sync_line", "stranger",
]  # fmt: skip

"""The jobs of orders: what imports them, and what acts on them later.

importing    the feed of an account, and its open orders read again
reading      orders that a channel hinted at, read again by their refs
"""

from __future__ import annotations

from hub.kernel.jobs import Handlers
from hub.orders.jobs import importing, reading
from hub.orders.service.desk import Desk
from hub.orders.service.importing import IMPORT_ORDERS
from hub.orders.service.reading import READ_ORDERS


def handlers(desk: Desk) -> Handlers:
    return {
        IMPORT_ORDERS: lambda job: importing.import_orders(job, desk),
        READ_ORDERS: lambda job: reading.read_hinted(job, desk),
    }

"""The jobs of orders: what imports them, and what acts on them later.

importing    the orders of an account, by itself or before its channel is told of stock
walking      its feed from where it was left, and its open orders read again
tallying     what these jobs show of what came
reading      orders that a channel hinted at, read again by their refs
rechecking   orders that may be served by now
"""

from __future__ import annotations

from hub.kernel.jobs import Handlers
from hub.merchants.service import RECHECK_ROUTING, RECHECK_UNPAID
from hub.orders.jobs import importing, reading, rechecking
from hub.orders.service.desk import Desk
from hub.orders.service.importing import IMPORT_ORDERS, are_read, ask
from hub.orders.service.reading import READ_ORDERS
from hub.stock.service.desk import Orders
from hub.stock.service.rechecking import RECHECK


def for_telling(desk: Desk) -> Orders:
    """What stock asks of orders before and after it tells a channel."""
    return Orders(
        are_read=are_read,
        read=lambda job: importing.read_before_telling(job, desk),
        ask=lambda db, account, at: ask(db, account.merchant_id, account.id, at=at),
    )


def handlers(desk: Desk) -> Handlers:
    return {
        IMPORT_ORDERS: lambda job: importing.import_orders(job, desk),
        READ_ORDERS: lambda job: reading.read_hinted(job, desk),
        RECHECK: lambda job: rechecking.recheck(job, desk.database, desk.declared),
        RECHECK_ROUTING: lambda job: rechecking.recheck_routing(job, desk.database, desk.declared),
        RECHECK_UNPAID: lambda job: rechecking.recheck_unpaid(job, desk.database, desk.declared),
    }

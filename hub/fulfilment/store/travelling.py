"""Which lines of an order travel in which of its parcels, as its outbounds say it."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from hub.fulfilment.tables import outbound, outbound_line
from hub.kernel.db import Transaction

_O, _L = outbound.c, outbound_line.c


class Sent(NamedTuple):
    """What an outbound sends, or sent, in a parcel; `current`: it is for what its order holds now."""

    parcel_id: str
    outbound_id: str
    warehouse_id: str
    current: bool
    lines: frozenset[str]  # of the order


_of_order = (
    sa.select(_O.id, _O.parcel_id, _O.warehouse_id, _O.current, _L.line_id)
    .join_from(outbound, outbound_line, _L.outbound_id == _O.id)
    .where(_O.order_id == sa.bindparam("order"))
    .order_by(_O.number)
)


def of_order(db: Transaction, order_id: str) -> dict[str, Sent]:
    """What is in each parcel that a warehouse of others sends, or was to send, as its last outbound has it."""
    lines: dict[str, set[str]] = {}
    last: dict[str, Sent] = {}
    for row in db.execute(_of_order, {"order": order_id}):
        lines.setdefault(row.id, set()).add(row.line_id)
        last[row.parcel_id] = Sent(row.parcel_id, row.id, row.warehouse_id, row.current, frozenset())
    return {parcel_id: one._replace(lines=frozenset(lines[one.outbound_id])) for parcel_id, one in last.items()}

"""News of goods that left or came, and readings of what lies there, cross: what one has counted the other leaves be.

Both pass one after the other: whoever books such news of a warehouse, and whoever takes over what it said, has it
`alone`, behind the locks of orders and documents and before those of levels. So a reading either finds that a document
has changed, or the news finds the reading.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from hub.fulfilment.service import syncs
from hub.fulfilment.store import readings
from hub.fulfilment.store.inbounds import InboundRow
from hub.fulfilment.store.outbounds import OutboundRow
from hub.fulfilment.store.readings import Seen
from hub.kernel.db import Transaction
from hub.stock.rules.adopting import Counted, for_others, had_come, had_left
from hub.stock.service.pushing import moment
from hub.stock.service.receiving import Arrival

SOON = timedelta(minutes=10)  # until what may have been counted is: more may come meanwhile
ByLine = dict[str, dict[str, Counted]]


def alone(db: Transaction, warehouse_id: str) -> None:
    """Let nobody else book news of this warehouse, nor take over what it said, until this transaction ends."""
    db.serialise(f"counting:{warehouse_id}")


def left(
    db: Transaction, one: OutboundRow, told: Mapping[str, Mapping[str, int]], at: datetime | None
) -> ByLine:  # fmt: skip
    """Of what is new of an outbound, by line and product, what had been counted off before; `alone` by then.

    As many units as that reading found frozen, and that were thought to be frozen for these, are for others after all.
    """
    known = _known(db, one.warehouse_id, {product for units in told.values() for product in units})
    found: ByLine = {}
    late: dict[Seen, int] = {}
    for line_id, units in told.items():
        for product_id, count in units.items():
            seen = known.get(product_id)
            if seen is None or not had_left(at, seen.read_from):
                continue
            before = seen.accepted - seen.late - late.get(seen, 0)
            held = for_others(seen.frozen, before - count) - for_others(seen.frozen, before)
            late[seen] = late.get(seen, 0) + count
            found.setdefault(line_id, {})[product_id] = Counted(seen.sync_id, seen.read_until, held)
    if late:
        readings.note_late(db, late)
        syncs.soon(db, one.merchant_id, one.account_id, one.warehouse_id)
    return found


def came(
    db: Transaction, one: InboundRow, arrivals: Sequence[Arrival], at: datetime | None
) -> list[Arrival]:  # fmt: skip
    """What is new of an inbound, with what a reading has counted already marked as such."""
    alone(db, one.warehouse_id)
    known = _known(db, one.warehouse_id, {each.product_id for each in arrivals})
    found = [_marked(each, known.get(each.product_id), one, at) for each in arrivals]
    if any(each.counted for each in found):
        syncs.soon(db, one.merchant_id, one.account_id, one.warehouse_id, at=moment(db) + SOON)
    return found


def _marked(each: Arrival, seen: Seen | None, one: InboundRow, at: datetime | None) -> Arrival:
    if seen is None or not had_come(at, one.created_at, seen.read_until):
        return each
    return each._replace(counted=Counted(seen.sync_id, seen.read_until))


def _known(db: Transaction, warehouse_id: str, product_ids: Collection[str]) -> dict[str, Seen]:
    return {seen.product_id: seen for seen in readings.newest(db, warehouse_id, product_ids)}

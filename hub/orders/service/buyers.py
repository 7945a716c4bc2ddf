"""Who ordered, and what they asked for: sealed with the order's id, opened only for whoever may see it."""

from __future__ import annotations

import msgspec
from hub_hookspecs import Address

from hub.kernel.db import Transaction
from hub.kernel.sealing import KeyRing, rotate, seal, unseal
from hub.orders.tables import sales_order


class Buyer(msgspec.Struct, frozen=True, kw_only=True):
    """Where it goes, and the buyer's remark."""

    recipient: Address = Address()
    note: str = ""


def sealed(ring: KeyRing, order_id: str, buyer: Buyer) -> str:
    return seal(ring, msgspec.json.encode(buyer), _bound(order_id))


def opened(ring: KeyRing, order_id: str, text: str) -> Buyer:
    """What was sealed; of an order whose buyer was erased, nobody."""
    return msgspec.json.decode(unseal(ring, text, _bound(order_id)), type=Buyer) if text else Buyer()


def reseal_buyers(db: Transaction, ring: KeyRing, *, limit: int = 500) -> int:
    """Reseal up to `limit` buyers under the newest key; commit and call again until it answers 0."""
    return rotate(db, sales_order.c.buyer, ring=ring, associated=lambda row: _bound(row["id"]), limit=limit)


def _bound(order_id: str) -> str:
    return f"order|{order_id}"

"""What an order holds in warehouses of others, and whether it is still just what the order wants."""

from __future__ import annotations

from dataclasses import dataclass

from hub.channels.store import warehouses
from hub.channels.store.warehouses import Warehouse
from hub.kernel.db import Transaction
from hub.orders.rules.lines import Claim, Standing, claim
from hub.orders.store import resolving
from hub.orders.store.orders import LineRow, Stored
from hub.orders.store.resolving import Known
from hub.stock.store import reservations

Share = tuple[str, str]  # line of the order, product
Group = tuple[str, str]  # warehouse, the channel's own parcel


@dataclass(frozen=True, kw_only=True)
class Holding:
    """An order, and what it holds where; `houses` are the warehouses of others that it has to do with."""

    stored: Stored
    houses: dict[str, Warehouse]
    groups: dict[Group, dict[Share, int]]
    known: Known

    @property
    def claimed(self) -> Claim:
        order = self.stored.order
        return claim(order.state, holds_unpaid=self.known.holds_unpaid, sent_by_channel=order.fulfilled_by_channel)

    def is_wanted(self, line_id: str) -> bool:
        """Whether a line still wants just what it holds, from where it lies."""
        line = next((each for each in self.stored.lines if each.id == line_id), None)
        if line is None or self.claimed is Claim.KEEP:
            return line is not None
        fits = line.chosen in ("", line.warehouse_id) and line.quantity == line.units
        return self.claimed is Claim.HOLD and fits and self._sells_the_same(line)

    def is_given_up(self, line_id: str) -> bool:
        """Whether nothing at all is wanted of a line any more."""
        line = next((each for each in self.stored.lines if each.id == line_id), None)
        return line is None or not line.quantity or self.claimed in (Claim.NOTHING, Claim.TAKE)

    def _sells_the_same(self, line: LineRow) -> bool:
        sold = self.known.sold.get(line.listing_ref)
        return sold is None or sold.product_id in (None, line.product_id)


def look(db: Transaction, stored: Stored) -> Holding:
    """What the order, which is locked, holds now: three statements."""
    order = stored.order
    ids = {line.warehouse_id for line in stored.lines if line.warehouse_id}
    found = warehouses.named(db, order.merchant_id, ids) if ids else {}
    away = {one.id: one for one in found.values() if one.account_id}
    held = reservations.of_orders(db, [order.id]) if away else []
    lines = {line.id: line for line in stored.lines if line.standing is Standing.RESERVED}
    groups: dict[Group, dict[Share, int]] = {}
    for one in held:
        line = lines.get(one.cause.split(":")[1])
        if line is not None and one.warehouse_id in away:
            groups.setdefault((one.warehouse_id, line.package_ref), {})[line.id, one.product_id] = one.quantity
    known = resolving.known(
        db, order.merchant_id, order.account_id, {line.listing_ref for line in stored.lines} or {""}
    )
    return Holding(stored=stored, houses=away, groups=groups, known=known)

"""What must be true of stock and orders, worked out anew from every row: the books, and at rest the flags."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping

import sqlalchemy as sa
from hub_hookspecs import OrderState

from hub.catalog.tables import listing, product
from hub.kernel.db import Database
from hub.orders.rules.lines import MARGIN, Claim, Standing, claim
from hub.orders.store import orders
from hub.orders.store.orders import LineRow, Stored
from hub.orders.tables import order_flag, sales_order
from hub.stock.rules.offered import exploded
from hub.stock.store import levels, offers
from hub.stock.store.levels import Level
from hub.stock.tables import level, movement, reservation

Needs = dict[str, int]


def faults_of_the_books(database: Database) -> list[str]:
    """Levels that are not what movements and open reservations come to, or that promise more than there is."""
    with database.reading() as db:
        rows = db.execute(sa.select(level)).all()
        moved, promised = Tally[tuple[str, str]](), Tally[tuple[str, str]]()
        for one in db.execute(sa.select(movement)):
            moved[one.warehouse_id, one.product_id] += one.quantity
        for one in db.execute(sa.select(reservation).where(reservation.c.state == "open")):
            promised[one.warehouse_id, one.product_id] += one.quantity
    wrong = [
        f"{row}: {moved[place]} moved, {promised[place]} promised"
        for row in rows
        if (row.on_hand, row.reserved) != (moved[place := (row.warehouse_id, row.product_id)], promised[place])
        or not 0 <= row.reserved <= row.on_hand - row.held
    ]
    known = {(row.warehouse_id, row.product_id) for row in rows}
    return wrong + [f"{place}: no level" for place in {*moved, *promised} - known]


class Rest:
    """Everything at rest, of a merchant whose accounts have one place each, with these warehouses behind it."""

    def __init__(self, database: Database, merchant_id: str, *, holds_unpaid: bool = False) -> None:
        self.holds_unpaid = holds_unpaid
        with database.reading() as db:
            ids = list(
                db.execute(sa.select(sales_order.c.id).where(sales_order.c.merchant_id == merchant_id)).scalars()
            )
            self.orders: list[Stored] = orders.of_ids(db, ids)
            self.flags: dict[str, set[str]] = {}
            for row in db.execute(sa.select(order_flag)):
                self.flags.setdefault(row.order_id, set()).add(row.code)
            self.sold = {(row.account_id, row.ref): row for row in db.execute(sa.select(listing))}
            bundles = set(db.execute(sa.select(product.c.id).where(product.c.bundle)).scalars())
            self.parts = offers.parts(db, bundles)
            found = levels.of_products(db, set(db.execute(sa.select(product.c.id)).scalars()))
        self.levels: dict[str, list[Level]] = {}
        for one in found:
            self.levels.setdefault(one.product_id, []).append(one)

    def faults(self) -> list[str]:
        """Flags that stand and could be cleared, and those that are missing."""
        return [fault for one in self.orders for fault in self._of_order(one)]

    def _of_order(self, one: Stored) -> list[str]:
        wanted = self._codes(one)
        has = self.flags.get(one.order.id, set())
        stale = [f"{one.order.ref} {line.ref} is {line.standing}" for line in one.lines if self._could_go_on(one, line)]
        return stale + ([f"{one.order.ref} waits for {has}, not {wanted}"] if has != wanted else [])

    def _claims(self, one: Stored) -> bool:
        order = one.order
        claimed = claim(order.state, holds_unpaid=self.holds_unpaid, sent_by_channel=order.fulfilled_by_channel)
        return claimed in (Claim.HOLD, Claim.TAKE)

    def _codes(self, one: Stored) -> set[str]:
        states = {OrderState.UNKNOWN: "unknown_state", OrderState.RETURNED: "returned"}
        wanted = {states[one.order.state]} if one.order.state in states else set()
        left = [line for line in one.lines if line.standing is Standing.SHIPPED]
        if any(line.quantity < line.units for line in left) or (
            left and one.order.state is OrderState.CANCEL_REQUESTED
        ):
            wanted.add("cancelled_late")
        if one.order.state is OrderState.CANCEL_REQUESTED and not left:
            wanted.add("cancel_requested")
        if any(line.in_doubt for line in one.lines):
            wanted.add("uncounted")
        for line in one.lines:
            if line.standing is Standing.UNLINKED:
                wanted.add("unlinked")
            elif (line.standing is Standing.SHORT and self._claims(one)) or self._is_behind(one, line):
                wanted.add("short")
        return wanted

    def _product(self, one: Stored, line: LineRow) -> str | None:
        sold = self.sold.get((one.order.account_id, line.listing_ref))
        return None if sold is None else sold.product_id

    def _is_behind(self, one: Stored, line: LineRow) -> bool:
        """Whether it holds something, but too little, or of another product than its listing sells."""
        if line.standing is not Standing.RESERVED:
            return False
        return line.units < line.quantity or self._product(one, line) not in (None, line.product_id)

    def _could_go_on(self, one: Stored, line: LineRow) -> bool:
        """Whether a line waits for what is there, or holds what it should not, or should hold and does not."""
        if not self._claims(one):
            return (
                line.standing in (Standing.RESERVED, Standing.UNLINKED) and one.order.state is not OrderState.RETURNED
            )
        linked = self._product(one, line)
        if line.standing is Standing.UNLINKED:
            return linked is not None
        if line.standing in (Standing.NONE, Standing.RELEASED):
            return line.quantity > 0
        if line.standing is Standing.SHORT:
            needs = {} if linked is None else self._needs(one, line, linked, line.quantity)
            return linked is None or self._is_there(one, needs, {}, covers=not line.turn)
        if not self._is_behind(one, line) or line.product_id is None:
            return False
        if linked not in (None, line.product_id):
            needs = self._needs(one, line, linked or "", line.quantity)
            return self._is_there(one, needs, self._needs(one, line, line.product_id, line.units, held=True))
        more = self._needs(one, line, line.product_id, line.quantity - line.units, held=True)
        return self._is_there(one, more, {})

    def _needs(self, one: Stored, line: LineRow, of: str, units: int, *, held: bool = False) -> Needs:
        sold = self.sold[one.order.account_id, line.listing_ref]
        pack = line.pack if held else sold.pack
        return {each: count * pack * units for each, count in exploded(of, self.parts).items()}

    def _is_there(self, one: Stored, needs: Needs, own: Mapping[str, int], *, covers: bool = False) -> bool:
        """Whether one warehouse has all of it free, with what the line would let go of, but for what is covered."""
        open_ = {
            each: count for each, count in needs.items()
            if not covers
            or not any(
                at.opened_at is not None and one.order.placed_at <= at.opened_at - MARGIN
                for at in self.levels.get(each, ())
            )
        }  # fmt: skip
        if not open_:
            return True
        warehouses = {at.warehouse_id for each in open_ for at in self.levels.get(each, ())}
        return any(
            all(
                any(at.warehouse_id == here and at.standing.free + own.get(each, 0) >= count
                    for at in self.levels.get(each, ()))
                for each, count in open_.items()
            )
            for here in warehouses
        )  # fmt: skip

"""What the tests of orders do: orders of a kiosk are told, as often as wanted, and all that came of it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from hub_hookspecs import Order, OrderLine, OrderState

from hub.kernel.events import Actor
from hub.kernel.sealing import parse_ring
from hub.orders.service.drafts import Seller
from hub.orders.service.take_in import Taken, hold, take_in
from hub.orders.store import flags, orders
from hub.orders.store.orders import Stored
from hub.orders.tables import order_flag
from hub.stock.rules.levels import Standing
from tests.slices.stock.fair import RING, Fair

READY, CANCELLED, SHIPPED = OrderState.READY, OrderState.CANCELLED, OrderState.SHIPPED
MINUTE = timedelta(minutes=1)


def line(sku: str, quantity: int = 1, *, cancelled: int = 0, place: str = "", ref: str = "") -> OrderLine:
    """A line of the listing whose ref is its SKU, as it is at kiosks."""
    return OrderLine(
        ref=ref or sku, listing_ref=sku, sku=sku, name=f"Kaos {sku}", quantity=quantity, cancelled=cancelled,
        place_ref=place,
    )  # fmt: skip


@dataclass
class Counter:
    """Where the orders of the kiosks come in."""

    fair: Fair
    ticks: int = field(default=0)

    def now(self) -> datetime:
        return self.fair.database.clock.now()

    def order(
        self, ref: str, *lines: OrderLine, state: OrderState = READY, placed_at: datetime | None = None,
        updated_at: datetime | None = None, raw_state: str = "",
    ) -> Order:  # fmt: skip
        """An order that was placed an hour from now, when no opening stock can have it; told later it is newer."""
        self.ticks += 1
        return Order(
            ref=ref, number=f"#{ref}", state=state, raw_state=raw_state or state.value,
            placed_at=placed_at or self.now() + timedelta(hours=1), lines=lines,
            updated_at=updated_at or self.now() + timedelta(hours=2) + self.ticks * MINUTE,
        )  # fmt: skip

    def seller(self, kiosk: str = "north") -> Seller:
        account = self.fair.account(kiosk)
        channel = self.fair.channels.hosts.loaded[kiosk].channel
        declared, actor = self.fair.channels.hosts.declared, Actor(kind="channel", id=account.id)
        return Seller(account=account, channel=channel, actor=actor, declared=declared)

    def tells(self, *told: Order, kiosk: str = "north", asked_at: datetime | None = None) -> Taken:
        """A read that began then, by default now, tells of these."""
        seller = self.seller(kiosk)
        began_at = asked_at or self.now()
        with self.fair.database.writing() as db:
            hold(db, seller.account.id)
            return take_in(db, parse_ring(RING), seller, told, asked_at=began_at)

    def has(self, ref: str, kiosk: str = "north") -> Stored:
        with self.fair.database.reading() as db:
            return orders.known(db, self.fair.accounts[kiosk], [ref])[ref]

    def stands(self, ref: str, kiosk: str = "north") -> dict[str, str]:
        """Where the lines of an order stand, by ref."""
        return {each.ref: each.standing.value for each in self.has(ref, kiosk).lines}

    def waits(self, ref: str, kiosk: str = "north") -> dict[str, str]:
        """Why an order waits, by code."""
        with self.fair.database.reading() as db:
            found = flags.of_orders(db, [self.has(ref, kiosk).order.id])
        return {one.code.value: one.reason for each in found.values() for one in each}

    def flagged(self) -> int:
        with self.fair.database.reading() as db:
            return int(db.execute(sa.select(sa.func.count()).select_from(order_flag)).scalar_one())

    def stock(self, sku: str, *, at: str = "main") -> Standing | None:
        return self.fair.goods.standing(sku, at=at)

    def expected(self, sku: str, kiosk: str = "north", place: str = "") -> int | None:
        found: int | None = self.fair.told(kiosk, sku, place)["expected"]
        return found

"""The market: what is on sale, what was bought, and what buyers, the seller and couriers do with it.

What a test or the demo does to it are its public methods; an order goes by its id.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from hub_hookspecs.testing import Sandbox

from hub_pasar_my.sandbox import label
from hub_pasar_my.sandbox.records import Bought, Goods, Order, Parcel, Refused, SoldOut

COURIER = "Pos Laju"
SHIPS_WITHIN = timedelta(days=2)
KINDS = ("Baju Kurung", "Baju Melayu", "Tudung", "Songket", "Kain Batik")
PEOPLE = ("Aisyah binti Omar", "Lim Wei Ling", "Arjun a/l Kumar", "Nurul Huda", "Tan Ah Kow")
TOWNS = (("Kuala Lumpur", "Wilayah Persekutuan", "50450"), ("Johor Bahru", "Johor", "80000"))


class Market(Sandbox):
    """Stock moves with the order, in the same moment; every change of an order has the next number."""

    def __init__(self, seed: int, size: int, clock: Callable[[], datetime], orders: int) -> None:
        super().__init__(seed, size, clock)
        self.arranging: timedelta | None = timedelta(seconds=20)  # until a courier is found; None: never
        self.problem = ""  # why none is found for what is arranged from now on
        self.awbs: list[str] = []  # numbers that couriers give next; "": later, then ever new ones
        self.draw: Callable[..., bytes] = label.draw
        self.label_type = "application/pdf"
        self.told: list[str] = []  # orders of which a webhook is to tell
        self._chance, self._lock = random.Random(seed), threading.RLock()
        self._changes = self._awbs = 0
        self._goods: dict[str, Goods] = {}
        self._orders: dict[str, Order] = {}
        for number in range(1, size + 1):
            price, stock = self._chance.randrange(990, 29_990, 10), self._chance.randint(0, 40)
            self.add(f"{self._chance.choice(KINDS)} {number}", f"PSR-{number:05d}", stock=stock, price=price)
        listed = self.listed()
        for number in range(orders if listed else 0):
            goods, units = listed[number % size], 1 + number % 3
            goods.stock += units
            self.sell({goods.id: units})

    # -- the seller

    def add(self, name: str, sku: str, *, stock: int = 10, price: int = 4_990, active: bool = True) -> str:
        """List a product; gives its id."""
        with self._lock:
            ref = f"{self.seed:03d}-{len(self._goods) + 1:08d}"
            self._goods[ref] = Goods(id=ref, sku=sku, name=name, price=price, stock=stock, active=active)
            return ref

    def goods(self, product: str) -> Goods:
        return self._goods[product]

    def listed(self) -> list[Goods]:
        return list(self._goods.values())

    # -- buyers

    def sell(self, wanted: Mapping[str, int], *, paid: bool = True, at: datetime | None = None, **buyer: str) -> str:
        """Let somebody buy these, by product; gives the order's id. `SoldOut` where there are not as many left.

        `buyer` are fields of who buys, such as name or postcode, where not just anybody shall.
        """
        with self._lock:
            for product, units in wanted.items():
                if self._goods[product].stock < units:
                    raise SoldOut(f"{units} of {product} were wanted and {self._goods[product].stock} are left")
            ref = f"PM{self.seed:03d}{len(self._orders) + 1:07d}"
            lines = [
                Bought(id=f"{ref}-{number}", goods=self._goods[product], units=units)
                for number, (product, units) in enumerate(wanted.items(), start=1)
            ]
            for line in lines:
                line.goods.stock -= line.units
            now = self.clock()
            order = Order(
                id=ref, number=f"26-{ref[2:]}", state="unpaid", placed_at=at or now, changed_at=now, change=0,
                buyer=self._somebody() | buyer, lines=lines,
            )  # fmt: skip
            self._orders[ref] = order
            self._change(order, "paid" if paid else "unpaid")
            return ref

    def pay(self, order: str) -> None:
        self._move(order, "paid", {"unpaid"})

    def cancel(self, order: str) -> None:
        """Cancel all of an order that has not left; its stock comes back."""
        with self._lock:
            for line in self.order(order).lines:
                self._less(line, line.units)
            self._move(order, "cancelled", {"unpaid", "paid"})

    def cancel_units(self, order: str, product: str, units: int) -> None:
        """Cancel some of an order that has not left; it stays an order, though nothing may be left of it."""
        with self._lock:
            found = self.order(order)
            for line in found.lines:
                if line.goods.id == product:
                    self._less(line, units)
            self._move(order, found.state, {"unpaid", "paid"})

    def pack(self, order: str, *packages: Mapping[str, int]) -> None:
        """Let an order travel in so many packages of so many units by product, whatever was arranged for it before."""
        with self._lock:
            found = self.order(order)
            for parcel in found.live():
                parcel.void = True
            goods = {line.goods.id: line.goods for line in found.lines}
            packed = [(f"{order}/{n}", *each) for n, one in enumerate(packages, start=1) for each in one.items()]
            found.lines = [
                Bought(id=f"{order}-{n}", goods=goods[product], units=units, package=package)
                for n, (package, product, units) in enumerate(packed, start=1)
            ]
            self._change(found, found.state)

    def move_house(self, order: str, **buyer: str) -> None:
        """Let the buyer correct where the parcel goes."""
        with self._lock:
            found = self.order(order)
            found.buyer |= buyer
            self._change(found, found.state)

    # -- in the words that all channels share

    def offer(self, name: str, sku: str, units: int) -> str:
        return self.add(name, sku, stock=units)

    def buy(self, listing: str, units: int) -> str:
        return self.sell({listing: units})

    def shown(self, listing: str) -> int:
        return self.goods(listing).stock

    # -- couriers

    def find_couriers(self, product: str = "") -> None:
        """Let couriers be there from now on, for what waits for one too; or just for what holds this product."""
        with self._lock:
            self.arranging = self.arranging if product else timedelta(0)
            for order in self._orders.values():
                lines = {line.id for line in order.lines if product in ("", line.goods.id)}
                for parcel in order.live():
                    parcel.due = min(parcel.due, self.clock()) if parcel.lines.keys() & lines else parcel.due

    def recall(self, order: str) -> None:
        """Let other couriers take what is arranged: each parcel has another AWB, and its label is void."""
        with self._lock:
            found = self.order(order)
            for parcel in found.live():
                parcel.void = True
                key = f"{parcel.key}+"
                found.parcels = found.parcels | {
                    key: Parcel(key=key, lines=parcel.lines, home=parcel.home, due=self.clock())
                }
                self.look(found, found.parcels[key])

    def redraw(self, order: str) -> None:
        """Draw the labels of an order anew, under the keys and numbers that they have."""
        with self._lock:
            for parcel in self.order(order).live():
                parcel.label = b""
                self.look(self.order(order), parcel)

    def number(self, order: str, awb: str) -> None:
        """Let a courier say by which AWB the parcel goes that has none: before its label is there, or after."""
        with self._lock:
            found = self.order(order)
            next(one for one in found.live() if not one.awb).awb = found.awb = awb
            self._change(found, found.state)

    def ship(self, order: str) -> None:
        """Let the parcel leave without anybody having said so."""
        self._move(order, "shipped", {"paid"})

    def deliver(self, order: str) -> None:
        self._move(order, "delivered", {"shipped"})

    def send_back(self, order: str) -> None:
        """Let the parcel come back; the seller decides what becomes of what is in it."""
        self._move(order, "returned", {"shipped", "delivered"})

    def say(self, order: str, state: str) -> None:
        """Call the state of an order something that nobody has heard of."""
        with self._lock:
            self._change(self.order(order), state)

    def stir(self) -> None:
        self.sell({next(each.id for each in self.listed() if each.stock and each.active): 1})

    def order(self, ref: str) -> Order:
        return self._orders[ref]

    def orders(self) -> list[Order]:
        """Every order, the one that was changed last at the end."""
        with self._lock:
            return sorted(self._orders.values(), key=lambda order: order.change)

    # -- asked for over the wire

    def set_stock(self, goods: Goods, stock: int, expected: int | None) -> bool:
        if expected != goods.stock:
            return False
        goods.stock = stock
        return True

    def arrange(self, order: Order, key: str, lines: dict[str, int]) -> Parcel:
        """Ask for a courier; under a key that is known the same parcel, and nothing else.

        What is arranged already is that parcel under one more key. Who asks for other lines, or has moved since, gets
        a new one, and what was arranged for any of these lines is void.
        """
        known = order.parcels.get(key)
        if known is not None:
            if known.lines != lines:
                raise Refused(409, f"the parcel {key} exists with other lines")
            return known
        if order.state != "paid":
            raise Refused(409, f"the order is {order.state}; only a paid one can be sent")
        self._check_lines(order, lines)
        before = [one for one in order.live() if one.lines.keys() & lines.keys()]
        same = next((one for one in before if (one.lines, one.home) == (lines, order.buyer) and not one.problem), None)
        if same is None:
            for one in before:
                one.void = True
            never = timedelta(days=365)
            due = self.clock() + (never if self.arranging is None else self.arranging)
            same = Parcel(key=key, lines=lines, home=dict(order.buyer), due=due, problem=self.problem)
        order.parcels = order.parcels | {key: same}
        return same

    def look(self, order: Order, parcel: Parcel) -> Parcel:
        """The parcel as it is now: once it is due a courier has it, and the order has its AWB."""
        if not parcel.label and not parcel.problem and parcel.due <= self.clock():
            self._awbs += 1
            number = self.awbs.pop(0) if self.awbs else f"PMY{self.seed:03d}{self._awbs:08d}"
            parcel.awb = parcel.awb or number
            who = parcel.home = dict(order.buyer)
            home = (who["name"], who["phone"], who["street"], f"{who['postcode']} {who['city']}", who["state"])
            names = {line.id: line.goods.sku for line in order.lines}
            contents = (f"{units} x {names[line]}" for line, units in parcel.lines.items())
            parcel.label = self.draw(parcel.awb or "LATER", COURIER, order.number, home, contents, parcel.due)
            order.awb = parcel.awb or order.awb
            self._change(order, order.state)
        return parcel

    def hand_over(self, order: Order, awb: str) -> None:
        """Let a parcel leave; the order is shipped once all that is wanted of it has left."""
        found = next((one for one in order.parcels.values() if one.awb == awb and not one.void), None)
        if found is None:
            raise Refused(400, f"no parcel of the order {order.id} has this AWB")
        if order.state == "paid":
            found.left = True
            self._change(order, "shipped" if order.has_left() else "paid")
        elif order.state not in ("shipped", "delivered", "returned"):
            raise Refused(409, f"the order is {order.state}; it cannot leave")

    # -- how

    def _check_lines(self, order: Order, lines: dict[str, int]) -> None:
        kept = {line.id: line for line in order.lines}
        if not lines or any(line not in kept or not 0 < units <= kept[line].units for line, units in lines.items()):
            raise Refused(400, "a parcel holds lines of its order, and of each no more than is wanted")
        if len({kept[line].package for line in lines}) > 1:
            raise Refused(400, "these lines travel in several packages: ask for each by itself")

    def _move(self, ref: str, state: str, before: set[str]) -> None:
        with self._lock:
            order = self.order(ref)
            if order.state not in before:
                raise ValueError(f"the order {ref} is {order.state}, so it cannot be {state}")
            self._change(order, state)

    def _change(self, order: Order, state: str) -> None:
        self._changes += 1
        order.state, order.change, order.changed_at = state, self._changes, self.clock()
        self.told.append(order.id)

    def _less(self, line: Bought, units: int) -> None:
        if units > line.units:
            raise ValueError(f"of the line {line.id} only {line.units} are wanted")
        line.units -= units
        line.cancelled += units
        line.goods.stock += units

    def _somebody(self) -> dict[str, str]:
        city, state, postcode = self._chance.choice(TOWNS)
        return {
            "name": self._chance.choice(PEOPLE),
            "phone": f"+60 12 {self._chance.randint(100, 999)} {self._chance.randint(1000, 9999)}",
            "street": f"{self._chance.randint(1, 99)}, Jalan Mawar",
            "city": city,
            "state": state,
            "postcode": postcode,
        }

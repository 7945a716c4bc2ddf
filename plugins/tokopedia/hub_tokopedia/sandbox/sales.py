"""What buyers have bought: each order through its states, with the stock that it takes and gives back."""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from hub_tokopedia.sandbox.catalogue import Catalogue
from hub_tokopedia.sandbox.goods import Unit

PAID, ACCEPTED, IN_PART, PICKED_UP, SHIPPED = 220, 400, 401, 450, 500
CANCELLED = frozenset({0, 3, 5, 6, 10, 15})
BY_THE_SELLER = 10
_FIRST = 900_000_000


class SoldOut(Exception):
    """The shop has not as many left as somebody wanted to buy."""


class Line(NamedTuple):
    """One product of an order; `rejected` of its units are not delivered."""

    detail: int
    unit: Unit
    quantity: int
    rejected: int = 0


class Wish(NamedTuple):
    """A buyer's wish to cancel; `status` 1: nobody has answered it yet."""

    at: datetime
    reason: str
    status: int = 1


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it was at one moment."""

    number: int
    lines: tuple[Line, ...]
    status: int
    made: datetime
    changed: datetime
    second: bool = False  # taken from the second warehouse
    cashless: bool = False  # the courier gives the AWB itself
    awb: str = ""
    history: tuple[tuple[int, datetime], ...] = ()
    wish: Wish | None = None
    fulfil_by: int = 0  # 1: by Tokopedia's own warehouse

    @property
    def paid(self) -> bool:
        return any(status == PAID for status, _ in self.history)


class _Version(NamedTuple):
    """How an order has looked to the API from a moment on."""

    since: datetime
    order: Order


class Book:
    """All orders of the shop. What changes is seen `lag` later; the stock moves at once."""

    def __init__(self, seed: int, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._lock = threading.RLock()
        self._versions: dict[int, list[_Version]] = {}
        self._by_time: list[tuple[datetime, int]] = []
        self._next = _FIRST + seed % 9973 * 1_000_000
        self.lag = timedelta(0)
        self.told: list[Callable[[Order | None, Order], None]] = []  # who wants to know what becomes of orders

    def sell(self, wanted: Mapping[int, int], *, at: datetime | None, status: int, **traits: Any) -> Order:
        """Sell all of it or nothing: `SoldOut`. `traits` are fields of `Order`."""  # Any: the fields of `Order`
        with self._lock:
            units = self._take(wanted, second=traits.get("second", False))
            self._next += 1
            made = at or self._clock()
            lines = (Line(self._next * 10 + place, unit, wanted[unit.ref]) for place, unit in enumerate(units))
            reached = (100, PAID, status) if status >= PAID else (100, status)
            history = tuple((each, made) for each in dict.fromkeys(reached))
            order = Order(
                number=self._next,
                lines=tuple(lines),
                status=status,
                made=made,
                changed=made,
                history=history,
                **traits,
            )
            self._versions[order.number] = []
            insort(self._by_time, (made, order.number))
            return self._keep(order)

    def change(self, number: int, status: int | None = None, **fields: Any) -> Order:  # Any: the fields of `Order`
        """Change an order; one that is cancelled gives back what it had taken."""
        with self._lock:
            order, now = self.latest(number), self._clock()
            if status is not None and status != order.status:
                fields |= {"status": status, "history": (*order.history, (status, now))}
            changed = msgspec.structs.replace(order, changed=now, **fields)
            self._give_back(order, changed)
            return self._keep(changed)

    def reject(self, number: int, product: int, quantity: int) -> Order:
        """Deliver fewer units of one product than were ordered."""
        with self._lock:
            lines = tuple(
                line._replace(rejected=min(line.rejected + quantity, line.quantity))
                if line.unit.ref == product
                else line
                for line in self.latest(number).lines
            )
            return self.change(number, IN_PART, lines=lines)

    def now(self) -> datetime:
        return self._clock()

    def latest(self, number: int) -> Order:
        """The order as it is; `KeyError` where there is none."""
        return self._versions[number][-1].order

    def seen(self, number: int) -> Order | None:
        """The order as the API shows it now."""
        with self._lock:
            now = self._clock()
            shown = [version.order for version in self._versions.get(number, ()) if version.since <= now]
            return shown[-1] if shown else None

    def between(self, start: datetime, end: datetime) -> list[Order]:
        """The paid orders made in these days, as the API shows them now, newest first."""
        with self._lock:
            low, high = bisect_left(self._by_time, (start, 0)), bisect_right(self._by_time, (end, self._next))
            found = (self.seen(number) for _, number in reversed(self._by_time[low:high]))
            return [order for order in found if order and order.paid]

    def all(self) -> Iterator[Order]:
        """Every order as it is, oldest first."""
        with self._lock:
            return iter([self.latest(number) for number in sorted(self._versions)])

    def _keep(self, order: Order) -> Order:
        versions = self._versions[order.number]
        before = versions[-1].order if versions else None
        versions.append(_Version(self._clock() + self.lag, order))
        for tell in self.told:
            tell(before, order)
        return order

    def _take(self, wanted: Mapping[int, int], *, second: bool) -> list[Unit]:
        taken: list[Unit] = []
        for ref, quantity in wanted.items():
            unit = self._catalogue.alter(ref, _less(quantity, second=second))
            if unit is None or _left(unit, second=second) < quantity:
                for before in taken:
                    self._catalogue.alter(before.ref, _more(wanted[before.ref], second=second))
                raise SoldOut(
                    f"{quantity} of {ref} were wanted and {_left(unit, second=second) if unit else 0} are left"
                )
            taken.append(unit)
        return taken

    def _give_back(self, order: Order, changed: Order) -> None:
        for line, now in zip(order.lines, changed.lines, strict=True):
            wanted = 0 if order.status in CANCELLED else line.quantity - line.rejected
            wanted_now = 0 if changed.status in CANCELLED else now.quantity - now.rejected
            if wanted_now < wanted:
                self._catalogue.alter(line.unit.ref, _more(wanted - wanted_now, second=order.second))


Change = Callable[[Unit], dict[str, Any]]  # Any: values of the fields of `Unit`


def _left(unit: Unit, *, second: bool) -> int:
    if second:
        return unit.second or 0
    return unit.stock if unit.counted else 2**31


def _less(quantity: int, *, second: bool) -> Change:
    def change(unit: Unit) -> dict[str, Any]:  # Any: values of the fields of `Unit`
        left = _left(unit, second=second)
        if left < quantity or not (second or unit.counted):
            return {}
        return {"second" if second else "stock": left - quantity, "sold": unit.sold + 1}

    return change


def _more(quantity: int, *, second: bool) -> Change:
    def change(unit: Unit) -> dict[str, Any]:  # Any: values of the fields of `Unit`
        if not (second or unit.counted):
            return {}
        return {"second" if second else "stock": _left(unit, second=second) + quantity}

    return change

"""Our side: what lies where and is promised, which listings show it, and the rows of `told` and `due_push`.

Each method is one transaction. What channels are believed to show is kept by `hub.stock.rules.telling` alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from tests.simulation_stock.channel import Answer, Channel, Line, Order, Shelf, Target
from tests.simulation_stock.oracle import Oracle
from tests.simulation_stock.stage import Slot

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def instant(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass(slots=True, eq=False)
class Row:
    """One listing at one place: what it needs, what it was told, and whether it is due."""

    shelf: Shelf
    account: Account
    listing: str
    needs: Mapping[str, int]  # units of each product in one unit that the channel sells: packs and bundles
    warehouses: tuple[str, ...]
    told: Told = field(default_factory=Told)
    due: bool = False
    turn: int = 0
    calls: int = 0
    refused: bool = False  # by the last answer; until something happens it rests
    basis: int = 0  # this and what follows are the oracle's, as in `Target`
    since: int = 0
    reading_tick: int = 0  # when `reading` was seen


@dataclass(slots=True, eq=False)
class Account:
    name: str
    channel: Channel
    visible_after: timedelta | None
    skew: float  # seconds by which the channel's clock is ahead of ours
    pushes: Slot = field(init=False)
    imports: Slot = field(init=False)
    rows: list[Row] = field(default_factory=list)
    cursor: float = 0.0
    began: float | None = None  # of the import that is under way, whichever process carries it on


@dataclass(slots=True, eq=False)
class Promise:
    """What we hold for an order line; without a warehouse it is short and waits for stock."""

    row: Row
    wanted: int
    cancelled: int
    warehouse: str | None = None


class Books:
    def __init__(self, oracle: Oracle, available: dict[tuple[str, str], int]) -> None:
        self.oracle = oracle
        self.available = available  # by warehouse and product, what is not promised
        self.rows: dict[Shelf, Row] = {}
        self.beside: dict[tuple[Account, str], list[Row]] = {}  # the places of a listing
        self.above: dict[str, list[Row]] = {}  # the rows that a product stands behind
        self.promises: dict[Line, Promise] = {}
        self.linked = False

    def show(self, row: Row) -> None:
        row.account.rows.append(row)
        self.rows[row.shelf] = row
        self.beside.setdefault((row.account, row.listing), []).append(row)
        for product in row.needs:
            self.above.setdefault(product, []).append(row)

    def offered(self, row: Row) -> int:
        have = self.available
        return max(
            0,
            min(sum(have[house, product] for house in row.warehouses) // need for product, need in row.needs.items()),
        )

    # Stock

    def touch(self, products: Collection[str], now: float) -> None:
        self._due_again([row for product in products for row in self.above.get(product, ())], now)

    def make_due(self, row: Row) -> None:
        row.due = True
        row.turn += 1

    def adjust(self, warehouse: str, product: str, units: int, now: float) -> None:
        """A person corrects, receives or takes away; never what is promised."""
        self.available[warehouse, product] += max(units, -self.available[warehouse, product])
        self._fill(now)
        self.touch((product,), now)

    def transfer(self, product: str, source: str, target: str, units: int, now: float) -> None:
        moved = min(units, self.available[source, product])
        self.available[source, product] -= moved
        self.available[target, product] += moved
        self._fill(now)
        self.touch((product,), now)

    def _fill(self, now: float) -> None:
        """Stock has come: orders that were short try again, oldest first."""
        for promise in self.promises.values():
            if promise.warehouse is None and promise.wanted:
                self._reserve(promise, now)

    def _reserve(self, promise: Promise, now: float) -> None:
        needs = promise.row.needs
        for house in promise.row.warehouses:
            if all(self.available[house, product] >= need * promise.wanted for product, need in needs.items()):
                promise.warehouse = house
                self._move(promise, -promise.wanted, now)
                return

    def _move(self, promise: Promise, units: int, now: float) -> None:
        if promise.warehouse is not None:
            for product, need in promise.row.needs.items():
                self.available[promise.warehouse, product] += need * units
            self.touch(promise.row.needs, now)

    # Orders

    def take_in(self, order: Order, cancelled: Sequence[int], now: float) -> None:
        """One version of an order, new or old, once or again; that of a line only what is cancelled ever changes."""
        for line, units in zip(order.lines, cancelled, strict=True):
            if (promise := self.promises.get(line)) is None:
                self._first_taken(line, units, now)
            elif units > promise.cancelled:
                more = units - promise.cancelled
                promise.cancelled, promise.wanted = units, promise.wanted - more
                self._move(promise, more, now)
                self._see_cancel(line, now)
                self._fill(now)

    def _first_taken(self, line: Line, cancelled: int, now: float) -> None:
        row = self.rows[line.shelf]
        places = [row] if line.named else self.beside[row.account, row.listing]
        promise = self.promises[line] = Promise(row, line.units - cancelled, cancelled)
        line.taken = self.oracle.next()
        for each in places:
            each.told = telling.line_taken(
                each.told,
                line.units,
                placed_at=instant(line.placed_at + row.account.skew),
                at=instant(now),
                compare_and_set=row.account.channel.compare_and_set,
                everywhere=len(places) > 1,
            )
        self._due_again(places, now)
        if promise.wanted:
            self._reserve(promise, now)
        if cancelled:
            self._see_cancel(line, now)

    def _see_cancel(self, line: Line, now: float) -> None:
        row = self.rows[line.shelf]
        places = [row] if line.named else self.beside[row.account, row.listing]
        for each in places:
            each.told = telling.cancel_seen(each.told, at=instant(now))
        self._due_again(places, now)

    def _due_again(self, rows: Sequence[Row], now: float) -> None:
        for row in rows if self.linked else ():
            self.make_due(row)
            row.account.pushes.want(now)

    def orders_read(self, account: Account, began: float, now: float) -> None:
        """An import ended well: take up what it explains, and import again for a reading that is still too young."""
        for row in account.rows:
            if not telling.waits_for_orders(row.told):
                continue
            row.told = telling.orders_read(
                row.told, began_at=instant(began), visible_after=account.visible_after, at=instant(now)
            )
            if telling.waits_for_orders(row.told):
                self.want_import(row)
            else:
                row.basis, row.since = row.reading_tick, self.oracle.next()
                account.pushes.want(now)

    def want_import(self, row: Row) -> None:
        row.account.imports.want(self.again_at(row) or 0.0)

    def again_at(self, row: Row) -> float | None:
        """The second from which a row may be told again; None: at once."""
        when = telling.due_again_at(row.told, visible_after=row.account.visible_after)
        return None if when is None else (when - NOON).total_seconds()

    # Pushes

    def ask(self, account: Account, now: float) -> list[Target]:
        """Read what is due and may be told; what need not be sent is no longer due."""
        targets = []
        for row in account.rows:
            if not row.due or self.later(row, now):
                continue
            offered = self.offered(row)
            if telling.nothing_to_send(row.told, offered):
                row.due = False
                self.oracle.right(row.shelf, self.oracle.tick, now)
                continue
            targets.append(
                Target(row.shelf, offered, row.told.expected, now, self.oracle.next(), row.basis, row.since, row.turn)
            )
            row.told = telling.asked(row.told, at=instant(now))
            row.calls += 1
        return targets

    def still_out(self, targets: Sequence[Target], now: float) -> None:
        """The call goes on, or has just ended, without an answer to these."""
        for target in targets:
            row = self.rows[target.shelf]
            row.told = telling.still_out(row.told, at=instant(now))

    def out_at(self, target: Target) -> float:
        """The second at which the call was last noted to be out."""
        noted = self.rows[target.shelf].told.asked_at
        return target.asked_at if noted is None else (noted - NOON).total_seconds()

    def later(self, row: Row, now: float) -> bool:
        """Whether a row has to wait, however due it is."""
        return telling.waits_for_orders(row.told) or (self.again_at(row) or 0.0) > now

    def settle(self, target: Target, answer: Answer | None, now: float) -> None:
        """What the channel said; None: it refused."""
        row, at = self.rows[target.shelf], instant(now)
        row.refused = answer is None
        blind = not row.account.channel.compare_and_set
        if answer is None:
            row.told = telling.refused(row.told, at=at)
        elif answer.status == "stale":
            row.told = telling.stale(row.told, answer.actual, at=at)
            row.reading_tick = answer.tick
            self.want_import(row)
            return
        else:
            row.told = telling.confirmed(row.told, target.quantity, at=at, compare_and_set=not blind)
            row.basis, row.since = answer.tick, target.tick
        if self.settles(row, target):
            row.due = False

    def settles(self, row: Row, target: Target) -> bool:
        """Whether nothing has happened to the row since its target was read."""
        return row.turn == target.turn

    def synced(self, row: Row, quantity: int, asked: float, now: float) -> None:
        before, row.told = row.told, telling.synced(row.told, quantity, page_asked_at=instant(asked))
        if row.told != before:
            self._due_again([row], now)

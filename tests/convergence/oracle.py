"""Knows both sides: what was written over, and what channels must show and the books must say when all is calm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from hub.orders.tables import order_line, sales_order
from hub.stock.tables import level, movement, push, reservation, told
from tests.convergence.doings import People
from tests.convergence.markets import Bought, Level, Market, Shelf
from tests.convergence.mortal import Worker
from tests.convergence.stall import HOUSES, NEEDS, PRODUCTS, Stall

OPENED = {("main", "TEE"): 12, ("main", "CAP"): 12, ("far", "TEE"): 20, ("far", "CAP"): 20}


@dataclass
class Figures:
    """What was tried, and what a channel that cannot compare costs."""

    schedules: int = 0
    sales: int = 0
    writes: int = 0
    deaths: int = 0
    troubles: int = 0
    hidden: int = 0  # sales that a restock of as many units hid from a comparison
    blind_lines: int = 0  # of orders where nothing can compare
    overwritten: int = 0  # those that a level was written over there
    windows: list[float] = field(default_factory=list)  # seconds until that was made good

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Oracle:
    def __init__(self, stall: Stall, people: People) -> None:
        self.stall, self.people = stall, people
        self.figures = Figures()
        self.violations: list[str] = []
        self._wrong: dict[Shelf, tuple[float, list[Bought]]] = {}  # written over since then, and not made good

    # While it goes on

    def written(self, market: Market, one: Level, worker: Worker) -> None:
        """A level took effect: were there sales that whoever told it had not heard of when reading what to tell?"""
        shelf, now = one.shelf, self.stall.stage.seconds
        known = worker.known[shelf]
        sold = [order for order in market.bought if any(line.shelf == shelf for line in order.lines)]
        unseen = [order for order in sold if order.ref not in known and shelf not in order.judged]
        for order in unseen:
            order.judged.add(shelf)
        if market.compare_and_set and unseen:
            self._compared(market, one, unseen)
        elif not market.compare_and_set:
            self._blindly(shelf, unseen, known, now)

    def _compared(self, market: Market, one: Level, unseen: list[Bought]) -> None:
        units = sum(line.units for order in unseen for line in order.lines if line.shelf == one.shelf)
        if market.put_back.get(one.shelf, 0) >= units:  # inherent, and said in the docs
            self.figures.hidden += len(unseen)
        else:
            self.violations.append(f"overwritten: {units} sold of {one.shelf} when {one.quantity} was written")

    def _blindly(self, shelf: Shelf, unseen: list[Bought], known: frozenset[str], now: float) -> None:
        since, wrong = self._wrong.pop(shelf, (now, []))
        if wrong and all(order.ref in known for order in wrong):
            self.figures.windows.append(now - since)
            since, wrong = now, []
        self.figures.overwritten += len(unseen)
        if wrong or unseen:
            self._wrong[shelf] = (since, wrong + unseen)

    # When all is calm

    def look(self, *, refused_too: bool) -> None:
        """Say what is not as it must be; a figure that was refused may wait for a person, unless `refused_too`."""
        refused = set() if refused_too else self._refused()
        free, levels = self._free()
        for market in self.stall.markets.values():
            for shelf in market.shelves:
                if shelf not in refused:
                    self._judge(market, shelf, free)
        self._books(levels)
        self._orders(free)
        self._wrong.clear()

    def _judge(self, market: Market, shelf: Shelf, free: Mapping[tuple[str, str], int]) -> None:
        offered, shown = self.offered(market, shelf, free), market.shown(shelf)
        if shown != offered:
            self.violations.append(f"astray: {shelf} shows {shown} where {offered} is offered")

    def offered(self, market: Market, shelf: Shelf, free: Mapping[tuple[str, str], int]) -> int:
        sku, pack = market.packs_of(shelf.ref)
        houses = self.stall.behind[market.name, shelf.place]
        return min(sum(free[house, part] for house in houses) // need for part, need in NEEDS[sku].items()) // pack

    def _free(self) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], tuple[int, int]]]:
        named = {id_: name for name, id_ in self.stall.goods.named.items()}
        with self.stall.database.reading() as db:
            rows = db.execute(sa.select(level)).all()
        found = {(named[row.warehouse_id], named[row.product_id]): row for row in rows}
        free = {place: row.on_hand - row.reserved - row.held for place, row in found.items()}
        return free, {place: (row.on_hand, row.reserved) for place, row in found.items()}

    def _refused(self) -> set[Shelf]:
        last = sa.select(sa.func.max(push.c.id)).group_by(push.c.listing_id, push.c.place_ref)
        wanted = sa.select(push.c.listing_id, push.c.place_ref).where(push.c.id.in_(last), push.c.status == "refused")
        listed = {id_: name for name, id_ in self.stall.listings.items()}
        with self.stall.database.reading() as db:
            return {Shelf(*listed[row.listing_id], row.place_ref) for row in db.execute(wanted)}

    def _books(self, levels: Mapping[tuple[str, str], tuple[int, int]]) -> None:
        """Levels are the sums of movements and of reservations, and just what people did."""
        named = {id_: name for name, id_ in self.stall.goods.named.items()}
        with self.stall.database.reading() as db:
            moved = _sums(db.execute(_sum_of(movement)).all(), named)
            held = _sums(db.execute(_sum_of(reservation, reservation.c.state == "open")).all(), named)
        for house in HOUSES:
            for sku in PRODUCTS:
                place = (house, sku)
                should = OPENED[place] + self.people.booked.get(place, 0)
                on_hand, reserved = levels[place]
                if not on_hand == moved[place] == should or reserved != held[place]:
                    self.violations.append(
                        f"books: {place} has {on_hand} by {moved[place]} moved, should have {should}; "
                        f"{reserved} reserved by {held[place]}"
                    )

    def _orders(self, free: Mapping[tuple[str, str], int]) -> None:
        """Each order came in once, as its channel has it; what it can have, it holds."""
        held: Counter[str] = Counter()
        for market in self.stall.markets.values():
            kept = self._kept(self.stall.accounts[market.name])
            for order in market.bought:
                wanted = {line.shelf.ref: (line.units - line.cancelled, line.cancelled) for line in order.lines}
                rows = kept.pop(order.ref, [])
                if {row.listing_ref: (row.quantity, row.cancelled) for row in rows} != wanted:
                    self.violations.append(f"lost: {market.name}'s order {order.ref} wants {wanted}, and has {rows}")
                for row in rows:
                    self._line(market, row, free, held)
            if kept:
                self.violations.append(f"made up: {market.name} has no {sorted(kept)}")
        for wanted_there in self.people.tilled.values():
            held.update(wanted_there)
        self._held(held)

    def _kept(self, account_id: str) -> dict[str, list[sa.Row[tuple[object, ...]]]]:
        wanted = sa.select(sales_order.c.ref.label("order_ref"), order_line).join_from(sales_order, order_line)
        kept: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
        with self.stall.database.reading() as db:
            for row in db.execute(wanted.where(sales_order.c.account_id == account_id)):
                kept.setdefault(row.order_ref, []).append(row)
        return kept

    def _line(
        self, market: Market, row: sa.Row[tuple[object, ...]], free: Mapping[tuple[str, str], int], held: Counter[str]
    ) -> None:
        """A line that is short could have it of no warehouse; one that holds holds all."""
        sku, pack = market.packs_of(row.listing_ref)
        needs = {part: need * pack * row.quantity for part, need in NEEDS[sku].items()}
        if row.standing == "reserved":
            held.update(needs)
        elif row.quantity and row.standing != "short":
            self.violations.append(f"orders: {row.order_ref} wants {row.quantity} and stands {row.standing}")
        elif row.quantity and row.place_ref:
            for house in self.stall.behind[market.name, row.place_ref]:
                if all(free[house, part] >= units for part, units in needs.items()):
                    self.violations.append(f"orders: {row.order_ref} is short of {needs}, which {house} has")

    def _held(self, held: Counter[str]) -> None:
        named = {id_: name for name, id_ in self.stall.goods.named.items()}
        wanted = sa.select(level.c.product_id, sa.func.sum(level.c.reserved).label("reserved")).group_by(
            level.c.product_id
        )
        with self.stall.database.reading() as db:
            reserved = {named[row.product_id]: int(row.reserved) for row in db.execute(wanted)}
        if reserved != {sku: held[sku] for sku in PRODUCTS}:
            self.violations.append(f"books: orders hold {dict(held)}, and {reserved} is reserved")

    def beliefs(self) -> None:
        """What is expected is what is shown: else the next change is told to no purpose, or over a sale."""
        listed = {id_: name for name, id_ in self.stall.listings.items()}
        with self.stall.database.reading() as db:
            rows = db.execute(sa.select(told.c.listing_id, told.c.place_ref, told.c.expected)).all()
        for row in rows:
            shelf = Shelf(*listed[row.listing_id], row.place_ref)
            shown = self.stall.markets[shelf.market].shown(shelf)
            if row.expected != shown:
                self.violations.append(f"belief: {shelf} shows {shown} and is expected to show {row.expected}")


def _sum_of(table: sa.Table, *where: sa.ColumnElement[bool]) -> sa.Select[tuple[str, str, int]]:
    keys = (table.c.warehouse_id, table.c.product_id)
    return sa.select(*keys, sa.func.sum(table.c.quantity).label("units")).where(*where).group_by(*keys)


def _sums(rows: object, named: Mapping[str, str]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for warehouse_id, product_id, units in rows:  # type: ignore[attr-defined]  # rows of `_sum_of`
        found[named[warehouse_id], named[product_id]] = int(units)
    return found

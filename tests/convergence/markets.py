"""The channels as buyers and staff see them, and the ledger of what was sold there and what was written over it."""

from __future__ import annotations

import abc
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

PORT = 7_000


class Shelf(NamedTuple):
    """What a market shows of one listing at one place; the refs are the channel's own."""

    market: str
    ref: str
    place: str

    def __str__(self) -> str:
        return f"{self.market}'s {self.ref.rpartition('/')[2]} at {self.place.rpartition('/')[2] or 'home'}"


class Level(NamedTuple):
    """A level that a request asks for."""

    shelf: Shelf
    quantity: int


@dataclass
class Line:
    """Units of a shelf that one order took."""

    shelf: Shelf
    units: int
    cancelled: int = 0


@dataclass
class Bought:
    """One order of a buyer."""

    market: Market
    ref: str
    lines: list[Line]
    at: float
    judged: set[Shelf] = field(default_factory=set)  # a level was written over it there, and that was said


class Market(abc.ABC):
    """One account on the other side; `packs` are base units in one of a listing, by SKU."""

    compare_and_set: bool
    plugin: str

    def __init__(self, name: str, number: int, sandbox: Any, packs: Mapping[str, int]) -> None:  # Any: either sandbox
        self.name, self.sandbox, self.packs = name, sandbox, packs
        self.sandbox.base_url = f"http://127.0.0.1:{PORT + number}"
        self.refs: dict[str, str] = {}  # by SKU
        self.places: tuple[str, ...] = ()
        self.bought: list[Bought] = []
        self.put_back: dict[Shelf, int] = {}
        self.writes = 0  # requests that set levels

    @property
    def shelves(self) -> list[Shelf]:
        return [Shelf(self.name, ref, place) for ref in self.refs.values() for place in self.places]

    def packs_of(self, ref: str) -> tuple[str, int]:
        sku = next(sku for sku, each in self.refs.items() if each == ref)
        return sku, self.packs[sku]

    @abc.abstractmethod
    def add(self, sku: str, units: int) -> None: ...
    @abc.abstractmethod
    def shown(self, shelf: Shelf) -> int: ...
    @abc.abstractmethod
    def _order(self, wanted: Sequence[tuple[Shelf, int]]) -> str: ...
    @abc.abstractmethod
    def _cancel(self, order: Bought, line: Line | None, units: int, *, restock: bool) -> bool: ...
    @abc.abstractmethod
    def close(self) -> None: ...
    @abc.abstractmethod
    def open(self) -> None: ...
    @abc.abstractmethod
    def levels_in(self, request: httpx.Request) -> list[Level]: ...
    @abc.abstractmethod
    def done(self, levels: Sequence[Level], answer: httpx.Response) -> list[Level]: ...

    def sell(self, wanted: Mapping[Shelf, int], at: float) -> Bought | None:
        """Sell what is still there of these, which are at one place."""
        there = [(shelf, min(units, self.shown(shelf))) for shelf, units in wanted.items()]
        lines = [Line(shelf, units) for shelf, units in there if units > 0]
        if not lines:
            return None
        order = Bought(self, self._order([(line.shelf, line.units) for line in lines]), lines, at)
        self.bought.append(order)
        return order

    def cancel(self, order: Bought, line: Line | None, units: int, *, restock: bool) -> None:
        """Cancel some units of a line; without one, all that is left of the order."""
        comes_back = self._cancel(order, line, units, restock=restock)
        for each in order.lines if line is None else [line]:
            more = each.units - each.cancelled if line is None else units
            each.cancelled += more
            if comes_back:
                self.put_back[each.shelf] = self.put_back.get(each.shelf, 0) + more


class Tokopedia(Market):
    plugin, compare_and_set = "tokopedia", False
    sandbox: TokopediaSandbox

    def add(self, sku: str, units: int) -> None:
        self.refs[sku] = str(self.sandbox.add(f"Kaos {sku}", sku, stock=units))

    def shown(self, shelf: Shelf) -> int:
        unit = next(each for each in self.sandbox.units() if each.ref == int(shelf.ref))
        return (unit.second or 0) if self._is_second(shelf) else unit.stock

    def _is_second(self, shelf: Shelf) -> bool:
        return len(self.places) > 1 and shelf.place != self.places[0]

    def _order(self, wanted: Sequence[tuple[Shelf, int]]) -> str:
        units = {int(shelf.ref): count for shelf, count in wanted}
        return str(self.sandbox.sell_together(units, second=self._is_second(wanted[0][0])))

    def _cancel(self, order: Bought, line: Line | None, units: int, *, restock: bool) -> bool:
        if line is None:
            self.sandbox.cancel_order(int(order.ref))
        else:
            self.sandbox.reject_part(int(order.ref), int(line.shelf.ref), units)
        return True

    def close(self) -> None:
        self.sandbox.block_ip()

    def open(self) -> None:
        self.sandbox.allow_ip()

    def levels_in(self, request: httpx.Request) -> list[Level]:
        if not request.url.path.endswith("/stock/update"):
            return []
        place = request.url.params.get("warehouse_id", self.places[0])
        rows = json.loads(request.content)
        return [Level(Shelf(self.name, str(row["product_id"]), place), row["new_stock"]) for row in rows]

    def done(self, levels: Sequence[Level], answer: httpx.Response) -> list[Level]:
        data = answer.json().get("data") if answer.status_code == 200 else None
        if not data:
            return []
        failed = {str(row.get("product_id")) for row in data.get("failed_rows_data") or ()}
        return [level for level in levels if level.shelf.ref not in failed]


class Shopify(Market):
    plugin, compare_and_set = "shopify", True
    sandbox: ShopifySandbox

    def add(self, sku: str, units: int) -> None:
        self.refs[sku] = self.sandbox.add(f"Kaos {sku}", sku, available=units)

    def shown(self, shelf: Shelf) -> int:
        return self.sandbox.available(shelf.ref, shelf.place)

    def _order(self, wanted: Sequence[tuple[Shelf, int]]) -> str:
        return self.sandbox.order(*((shelf.ref, count) for shelf, count in wanted), place=wanted[0][0].place)

    def _cancel(self, order: Bought, line: Line | None, units: int, *, restock: bool) -> bool:
        if line is None:
            self.sandbox.cancel(order.ref, restock=restock)
        else:
            self.sandbox.refund(order.ref, line.shelf.ref, units, restock=restock)
        return restock

    def close(self) -> None:
        self.sandbox.uninstall()

    def open(self) -> None:
        self.sandbox.install()

    def levels_in(self, request: httpx.Request) -> list[Level]:
        if b"mutation HubSetStock" not in request.content:
            return []
        entries = json.loads(request.content)["variables"]["input"]["quantities"]
        refs = {f"gid://shopify/InventoryItem/{each.inventory_item.id}": each.id for each in self.sandbox.variants()}
        return [
            Level(
                Shelf(self.name, f"gid://shopify/ProductVariant/{refs[each['inventoryItemId']]}", each["locationId"]),
                each["quantity"],
            )
            for each in entries
        ]

    def done(self, levels: Sequence[Level], answer: httpx.Response) -> list[Level]:
        """Shopify takes all or none."""
        told = (answer.json().get("data") or {}).get("inventorySetQuantities") if answer.status_code == 200 else None
        return list(levels) if told and not told["userErrors"] else []

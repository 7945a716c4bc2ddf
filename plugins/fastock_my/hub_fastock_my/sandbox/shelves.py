"""What lies where: sellable, promised, and by quality what may not be sold."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub_fastock_my.sandbox.records import Goods, Refused


@dataclass
class Shelf:
    good: int = 0
    frozen: int = 0
    bad: dict[str, int] = field(default_factory=dict)  # by type: CC, JS, XS


@dataclass(frozen=True, kw_only=True)
class Row:
    """Some of the stock of one item, as it is told."""

    warehouse: str
    code: str
    type: str
    free: int
    locked: int


class Shelves:
    """The items of each warehouse and their stock; some are there from the beginning, made from a seed."""

    def __init__(self, seed: int, size: int, warehouses: tuple[str, ...]) -> None:
        self.goods: dict[tuple[str, str], Goods] = {}
        self.ids: dict[tuple[str, str], str] = {}
        self.named: set[tuple[str, str]] = set()  # whose id was told: who was told it goes by it from then on
        self._shelves: dict[tuple[str, str], Shelf] = defaultdict(Shelf)
        chance = random.Random(seed)
        for number in range(size):
            warehouse = warehouses[number % len(warehouses)]
            known = Goods(
                warehouse=warehouse,
                code=f"MY-{seed}-{number + 1:05}",
                name=f"Baju Kurung {number + 1}",
                barcode=f"955{seed % 1000:03}{number + 1:06}",
                variant="",
                weight_g=200,
                size_mm=(300, 200, 30),
            )
            self.keep(known)
            self._shelves[warehouse, known.code].good = chance.randrange(1, 50)
            if number % 10 == 0:
                self._shelves[warehouse, known.code].bad["CC"] = 2

    def keep(self, goods: Goods) -> str:
        """Know an item, or know it anew; gives the id that it has for ever."""
        key = goods.warehouse, goods.code
        self.goods[key] = goods
        return self.ids.setdefault(key, f"ITM{len(self.ids) + 1:08}")

    def require(self, warehouse: str, code: str, item_id: str = "") -> None:
        known = self.ids.get((warehouse, code))
        if known is None:
            raise Refused("item-not-found", f"the item {code} is not known in {warehouse}")
        if item_id and item_id != known:
            raise Refused("item-not-found", f"the item {code} is not {item_id}")
        if not item_id and (warehouse, code) in self.named:
            raise Refused("missing-parameter", f"itemId of {code}: it was given as {known}")

    def at(self, warehouse: str, code: str) -> Shelf:
        return self._shelves[warehouse, code]

    def rows(self, warehouse: str, codes: tuple[str, ...] = (), *, split: bool = False) -> list[Row]:
        """What lies there, of these items or of all, in their order; `split`: good units in two rows."""
        wanted = [code for place, code in self.goods if place == warehouse and (not codes or code in codes)]
        return [row for code in wanted for row in self._rows(warehouse, code, split=split)]

    def _rows(self, warehouse: str, code: str, *, split: bool) -> Iterator[Row]:
        shelf = self._shelves[warehouse, code]
        half = shelf.good // 2 if split else 0
        if half:
            yield Row(warehouse=warehouse, code=code, type="ZP", free=half, locked=0)
        yield Row(warehouse=warehouse, code=code, type="ZP", free=shelf.good - half, locked=shelf.frozen)
        for sort, count in sorted(shelf.bad.items()):
            yield Row(warehouse=warehouse, code=code, type=sort, free=count, locked=0)

    def state(self) -> dict[str, object]:
        """All of it as plain values."""
        return {
            f"{warehouse}/{code}": (goods, shelf.good, shelf.frozen, dict(sorted(shelf.bad.items())))
            for (warehouse, code), goods in self.goods.items()
            for shelf in [self._shelves[warehouse, code]]
        }

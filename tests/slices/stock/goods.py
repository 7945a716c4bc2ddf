"""What the tests of stock do: products and warehouses come, levels are adjusted, and all of it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from hub.catalog.service.products import create
from hub.catalog.store.bundles import Component
from hub.catalog.store.products import ProductData
from hub.channels.rules.warehouses import Details
from hub.channels.service import warehouses
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.stock.rules.levels import Reason, Standing
from hub.stock.service import levels
from hub.stock.service.levels import Line, Said
from hub.stock.tables import level, movement
from tests.callers import a_merchant

COUNTED = Said(Reason.COUNTED)


@dataclass(frozen=True)
class Goods:
    """One merchant's, whose products go by SKU and whose warehouses by name."""

    database: Database
    merchant: str = ""
    named: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "merchant", self.merchant or a_merchant(self.database))
        with self.database.writing() as db:
            self.named["main"] = warehouses.default_of(db, self.merchant).id

    def sells(self, *skus: str, **components: int) -> None:
        """Make products; with components the one product is a bundle of them."""
        with self.database.writing() as db:
            for sku in skus:
                data = ProductData(sku=sku, name=f"Kaos {sku}")
                parts = [Component(product_id=self.named[each], quantity=count) for each, count in components.items()]
                self.named[sku] = create(db, self.merchant, data, components=parts, actor=CLI).product.id

    def builds(self, name: str) -> None:
        with self.database.writing() as db:
            made = warehouses.create(db, self.merchant, Details(name=name, country="ID"), actor=CLI)
        self.named[name] = made.id

    def adjusts(self, sku: str, by: int, *, at: str = "main", said: Said = COUNTED) -> None:
        self.adjusts_all([(sku, by)], at=at, said=said)

    def adjusts_all(self, lines: Sequence[tuple[str, int]], *, at: str = "main", said: Said = COUNTED) -> None:
        given = [Line(self.named[sku], by) for sku, by in lines]
        with self.database.writing() as db:
            levels.adjust(db, self.merchant, self.named[at], given, said, actor=CLI)

    def standing(self, sku: str, *, at: str = "main") -> Standing | None:
        here = (level.c.warehouse_id == self.named[at], level.c.product_id == self.named[sku])
        with self.database.reading() as db:
            row = db.execute(sa.select(level.c.on_hand, level.c.reserved, level.c.held).where(*here)).one_or_none()
        return None if row is None else Standing._make(row)

    def moved(self, sku: str) -> list[tuple[str, int]]:
        """The movements of a product, the oldest first."""
        query = sa.select(movement.c.kind, movement.c.quantity).where(movement.c.product_id == self.named[sku])
        with self.database.reading() as db:
            return [(row.kind, row.quantity) for row in db.execute(query.order_by(movement.c.id))]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of this database, as it is asked."""
    asked: list[str] = []

    def note(*given: Any) -> None:  # Any: SQLAlchemy's own
        if given[2] not in ("BEGIN", "BEGIN IMMEDIATE"):
            asked.append(given[2])

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)

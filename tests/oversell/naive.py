"""The hub with its levels kept as a beginner would: read, thought about, and written as they ought to be then."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from hub.cli import main
from hub.kernel.db import Database, Transaction
from hub.stock.rules.levels import Place
from hub.stock.store import levels
from hub.stock.store.levels import Level
from hub.stock.tables import level

THOUGHT = 0.005  # seconds between reading and writing
_read = threading.local()
_writing = Database.writing


@contextmanager
def writing(database: Database) -> Iterator[Transaction]:
    """Read all levels first, in a transaction of their own."""
    with database.reading() as db:
        found = [Level(**row) for row in db.execute(sa.select(*(level.c[name] for name in Level.__struct_fields__)))
                 .mappings()]  # fmt: skip
    _read.levels = {(each.warehouse_id, each.product_id): each for each in found}
    threading.Event().wait(THOUGHT)
    with _writing(database) as db:
        yield db


def lock(db: Transaction, warehouse_ids: Collection[str], product_ids: Collection[str]) -> dict[Place, Level]:
    known: dict[Place, Level] = _read.levels
    return {place: one for place, one in known.items() if place[0] in warehouse_ids and place[1] in product_ids}


def change(
    db: Transaction,
    on_hand: Mapping[Place, int],
    *,
    reserved: Mapping[Place, int] | None = None,
    held: Mapping[Place, int] | None = None,
    opened_at: Mapping[Place, datetime] | None = None,
    turned: bool = False,
) -> bool:
    known: dict[Place, Level] = _read.levels
    promised, kept = reserved or {}, held or {}
    for place in sorted({*on_hand, *promised, *kept}):
        one = known[place]
        db.execute(
            sa.update(level)
            .where(level.c.warehouse_id == place[0], level.c.product_id == place[1])
            .values(
                on_hand=one.on_hand + on_hand.get(place, 0),
                reserved=one.reserved + promised.get(place, 0),
                held=one.held + kept.get(place, 0),
            )
        )
    return True


if __name__ == "__main__":
    levels.__dict__.update(lock=lock, change=change)
    Database.writing = writing  # type: ignore[assignment, method-assign]  # the beginner's
    sys.exit(main())

"""Stocktakes as wholes; each step is one conditional statement, so that it happens once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from hub.kernel.db import Transaction, now
from hub.kernel.types import MICROSECOND
from hub.stock.rules.stocktaking import State
from hub.stock.tables import stocktake, stocktake_level, stocktake_row

BATCH = 20  # stocktakes forgotten in one transaction, each with thousands of rows


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Which levels: of these warehouses, products whose SKU or name begins so; `stocked`: only what is known there."""

    warehouse_ids: tuple[str, ...]
    q: str | None = None
    stocked: bool = False


class Stocktake(msgspec.Struct, frozen=True, kw_only=True):
    """A stocktake as it is kept."""

    id: str
    merchant_id: str
    state: State
    chosen: Chosen
    rows: int
    workbook: str | None
    upload: str | None
    result: str | None
    outcomes: dict[str, int] | None
    reason: str
    job_id: str | None
    created_at: datetime
    changed_at: datetime


def make(db: Transaction, stocktake_id: str, merchant_id: str, chosen: Chosen) -> None:
    row = {"id": stocktake_id, "merchant_id": merchant_id, "chosen": chosen, "state": State.DRAFTING.value}
    db.execute(sa.insert(stocktake).values(created_at=now(), changed_at=now(), rows=0, reason="", **row))


def find(db: Transaction, merchant_id: str, stocktake_id: str, *, for_change: bool = False) -> Stocktake | None:
    """Look one up; `for_change` keeps it from others until the commit."""
    wanted = sa.select(stocktake).where(stocktake.c.id == stocktake_id, stocktake.c.merchant_id == merchant_id)
    found = db.execute(wanted.with_for_update() if for_change else wanted).mappings().one_or_none()
    return None if found is None else _read(found)


def page(db: Transaction, merchant_id: str, *, limit: int, before: str | None) -> list[Stocktake]:
    """The newest first, older than `before`; one more than `limit`."""
    wanted = sa.select(stocktake).where(stocktake.c.merchant_id == merchant_id)
    if before is not None:
        wanted = wanted.where(stocktake.c.id < before)
    return [_read(row) for row in db.execute(wanted.order_by(stocktake.c.id.desc()).limit(limit + 1)).mappings()]


def turn(
    db: Transaction, stocktake_id: str, states: Collection[State], *, of_upload: str | None = None, **values: object
) -> bool:
    """Change a stocktake that is in one of these states, and still about this upload; False where it is not."""
    mine = sa.update(stocktake).where(stocktake.c.id == stocktake_id, stocktake.c.state.in_(states))
    if of_upload is not None:
        mine = mine.where(stocktake.c.upload == of_upload)
    return db.execute(mine.values(changed_at=now(), **values)).rowcount == 1


def purge_stocktakes(db: Transaction, *, kept: timedelta) -> int:
    """Forget some whose files are gone; what they booked stays. 0 where nothing is left to forget."""
    before = sa.type_coerce(now(), sa.BigInteger) - kept // MICROSECOND
    past = sa.select(stocktake.c.id).where(sa.type_coerce(stocktake.c.changed_at, sa.BigInteger) < before)
    some = past.order_by(stocktake.c.changed_at).limit(BATCH).with_for_update(skip_locked=True)
    ids = list(db.execute(some).scalars())
    for table, column in ((stocktake_level, "stocktake_id"), (stocktake_row, "stocktake_id"), (stocktake, "id")):
        db.execute(sa.delete(table).where(table.c[column].in_(ids)))
    return len(ids)


def _read(row: sa.RowMapping) -> Stocktake:
    chosen = msgspec.convert(row["chosen"], Chosen)
    return Stocktake(**{**row, "state": State(row["state"]), "chosen": chosen})

"""Labels: asked for once for what they show, then a file whose bytes never change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.tables import label, parcel
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now

_L = label.c


class LabelRow(msgspec.Struct, frozen=True, kw_only=True):
    """A label as it is kept; `shipment` is sealed, and empty once the label is there, as `digest` is until then."""

    id: str
    merchant_id: str
    parcel_id: str
    shows: str
    shipment: str
    digest: str
    courier: str
    awb: str
    asked_at: datetime
    made_at: datetime | None


_columns = [_L[name] for name in LabelRow.__struct_fields__]


def find(db: Transaction, label_id: str, *, for_change: bool = False) -> LabelRow | None:
    """The label, unless it was forgotten; `for_change` keeps it from others until the transaction ends."""
    return _one(db, _L.id == label_id, for_change=for_change)


def that_shows(db: Transaction, parcel_id: str, shows: str) -> LabelRow | None:
    return _one(db, _L.parcel_id == parcel_id, _L.shows == shows)


def any_of(db: Transaction, parcel_id: str) -> bool:
    """Whether a label was ever asked for."""
    return db.execute(sa.select(_L.id).where(_L.parcel_id == parcel_id).limit(1)).first() is not None


def add(db: Transaction, label_id: str, merchant_id: str, parcel_id: str, shows: str, shipment: str) -> LabelRow:
    values = {
        "id": label_id, "merchant_id": merchant_id, "parcel_id": parcel_id, "shows": shows, "shipment": shipment,
        "digest": "", "courier": "", "awb": "", "asked_at": now(),
    }  # fmt: skip
    return read(db.execute(sa.insert(label).values(values).returning(*_columns)).mappings().one(), LabelRow)


def change(db: Transaction, label_id: str, **values: Any) -> LabelRow:  # Any: columns of a label
    changed = sa.update(label).where(_L.id == label_id).values(values)
    return read(db.execute(changed.returning(*_columns)).mappings().one(), LabelRow)


def _one(db: Transaction, *where: sa.ColumnElement[bool], for_change: bool = False) -> LabelRow | None:
    wanted = sa.select(*_columns).where(*where)
    row = db.execute(wanted.with_for_update() if for_change else wanted).mappings().first()
    return None if row is None else read(row, LabelRow)


_of_orders = sa.select(parcel.c.id).where(among(parcel.c.order_id, "orders"))


def forget(db: Transaction, order_ids: Collection[str]) -> list[tuple[str, str]]:
    """Delete all labels of these orders; the files that there were, by merchant and digest."""
    if not order_ids:
        return []
    mine, orders = _L.parcel_id.in_(_of_orders), {"orders": sorted(order_ids)}
    found = db.execute(sa.delete(label).where(mine).returning(_L.merchant_id, _L.digest), orders)
    return [(row.merchant_id, row.digest) for row in found if row.digest]

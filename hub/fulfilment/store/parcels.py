"""Parcels: what has left of an order, by whom it is carried, and whether its channel knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.tables import parcel
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id

_P = parcel.c


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What travels under one label; `settled_at` is when its channel was told that it left, or could not be."""

    id: str
    merchant_id: str
    account_id: str
    order_id: str
    number: int
    courier: str
    awb: str
    left_at: datetime | None
    confirmation: Confirmation
    receipt: str
    reason: str
    settled_at: datetime | None
    created_at: datetime


_columns = [_P[name] for name in Parcel.__struct_fields__]


def of_order(db: Transaction, order_id: str) -> list[Parcel]:
    """The parcels of an order, the first one first."""
    found = db.execute(sa.select(*_columns).where(_P.order_id == order_id).order_by(_P.number)).mappings()
    return [read(row, Parcel) for row in found]


def find(db: Transaction, parcel_id: str) -> Parcel | None:
    row = db.execute(sa.select(*_columns).where(_P.id == parcel_id)).mappings().first()
    return None if row is None else read(row, Parcel)


def add(db: Transaction, merchant_id: str, account_id: str, order_id: str) -> Parcel:
    """Make the order's first parcel; its order is locked."""
    values = {
        "id": new_id(), "merchant_id": merchant_id, "account_id": account_id, "order_id": order_id, "number": 1,
        "courier": "", "awb": "", "confirmation": Confirmation.NOBODY.value, "receipt": "", "reason": "",
        "created_at": now(),
    }  # fmt: skip
    return read(db.execute(sa.insert(parcel).values(values).returning(*_columns)).mappings().one(), Parcel)


def give_up(db: Transaction, account_id: str, reason: str) -> None:
    """Note of all parcels of an account that its channel still has to hear of why it will not."""
    due = (_P.account_id == account_id, _P.confirmation == sa.literal_column("'due'"))
    given_up = {"confirmation": Confirmation.FAILED.value, "reason": reason, "settled_at": now()}
    db.execute(sa.update(parcel).where(*due).values(given_up))


def change(db: Transaction, parcel_id: str, **values: Any) -> Parcel:  # Any: columns of a parcel
    changed = sa.update(parcel).where(_P.id == parcel_id).values(values)
    return read(db.execute(changed.returning(*_columns)).mappings().one(), Parcel)

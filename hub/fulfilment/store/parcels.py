"""Parcels: what has left of an order, by whom it is carried, and whether its channel knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.tables import parcel
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.jobs import JobKind
from hub.kernel.jobs.tables import Condition, is_ready, is_started, job
from hub.kernel.types import Key

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


_is_due = _P.confirmation == sa.literal_column("'due'")  # as the partial index says it
_columns = [_P[name] for name in Parcel.__struct_fields__]


def of_order(db: Transaction, order_id: str) -> list[Parcel]:
    """The parcels of an order, the first one first."""
    found = db.execute(sa.select(*_columns).where(_P.order_id == order_id).order_by(_P.number)).mappings()
    return [read(row, Parcel) for row in found]


def find(db: Transaction, parcel_id: str) -> Parcel | None:
    row = db.execute(sa.select(*_columns).where(_P.id == parcel_id)).mappings().first()
    return None if row is None else read(row, Parcel)


def expect(db: Transaction, parcel_id: str) -> Parcel:
    """A parcel that something refers to."""
    found = find(db, parcel_id)
    if found is None:
        raise RuntimeError("a document without its parcel")
    return found


def add(db: Transaction, merchant_id: str, account_id: str, order_id: str, *, number: int = 1) -> Parcel:
    """Make a parcel of an order, by default its first; its order is locked."""
    values = {
        "id": new_id(), "merchant_id": merchant_id, "account_id": account_id, "order_id": order_id, "number": number,
        "courier": "", "awb": "", "confirmation": Confirmation.NOBODY.value, "receipt": "", "reason": "",
        "created_at": now(),
    }  # fmt: skip
    return read(db.execute(sa.insert(parcel).values(values).returning(*_columns)).mappings().one(), Parcel)


def give_up(db: Transaction, account_id: str, reason: str) -> None:
    """Note of all parcels of an account that its channel still has to hear of why it will not."""
    given_up = {"confirmation": Confirmation.FAILED.value, "reason": reason, "settled_at": now()}
    db.execute(sa.update(parcel).where(_P.account_id == account_id, _is_due).values(given_up))


def change(db: Transaction, parcel_id: str, **values: Any) -> Parcel:  # Any: columns of a parcel
    changed = sa.update(parcel).where(_P.id == parcel_id).values(values)
    return read(db.execute(changed.returning(*_columns)).mappings().one(), Parcel)


class Due(NamedTuple):
    """A parcel that its channel still has to hear of; `job_id` None: nothing is under way that would tell it."""

    merchant_id: str
    account_id: str
    id: str
    job_id: str | None


def some_due(db: Transaction, kind: JobKind, *, after: tuple[str, str], limit: int) -> list[Due]:
    """Parcels that are due behind this account and id, in that order, each with its job of this kind."""
    account_id, parcel_id = after
    values = {"kind": kind.name, "after_account": account_id, "after_id": parcel_id, "limit": limit}
    return [Due._make(row) for row in db.execute(_some_due, values)]


def _its_job(where: Condition) -> sa.ScalarSelect[str]:
    """Its own work, by the index that keeps such work single."""
    same = (job.c.kind == sa.bindparam("kind"), job.c.account_id == _P.account_id, job.c.key == _P.id)
    return sa.select(job.c.id).where(*same, where).limit(1).correlate(parcel).scalar_subquery()


_behind = sa.tuple_(sa.bindparam("after_account", type_=Key), sa.bindparam("after_id", type_=Key))
_some_due = (
    sa.select(
        _P.merchant_id, _P.account_id, _P.id,
        sa.func.coalesce(_its_job(is_ready(job.c.state)), _its_job(is_started(job.c.state))),
    )
    .where(_is_due, sa.tuple_(_P.account_id, _P.id) > _behind)
    .order_by(_P.account_id, _P.id)
    .limit(sa.bindparam("limit"))
)  # fmt: skip

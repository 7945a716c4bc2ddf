"""What is left of addresses whose last account was closed, for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hub.channels.tables import farewell
from hub.kernel.db import Transaction, now
from hub.kernel.types import MICROSECOND

BATCH = 500  # purged in one transaction
KEEP = timedelta(days=45)  # longer than a channel takes to ask, after it was left, that its buyers be forgotten
_F = farewell.c


def add(db: Transaction, *, plugin: str, digest: str, credentials: str, account_id: str, sealed: str) -> None:
    row = {"plugin": plugin, "digest": digest, "credentials": credentials, "account_id": account_id, "sealed": sealed}
    db.execute(sa.insert(farewell).values(**row, closed_at=now()))


def find(db: Transaction, plugin: str, digest: str) -> sa.Row[Any] | None:
    """The address whose token has this digest, unless it is past its time."""  # Any: the columns below
    young = sa.type_coerce(_F.closed_at, sa.BigInteger) > _until()
    wanted = sa.select(_F.credentials, _F.account_id, _F.sealed).where(_F.plugin == plugin, _F.digest == digest, young)
    return db.execute(wanted).first()


def purge_farewells(db: Transaction) -> int:
    """Forget some of those that are past their time, secrets and all; 0 where nothing is left of it."""
    past = sa.select(_F.plugin, _F.digest).where(sa.type_coerce(_F.closed_at, sa.BigInteger) <= _until())
    some = past.order_by(_F.closed_at).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(farewell).where(sa.tuple_(_F.plugin, _F.digest).in_(some))).rowcount


def _until() -> sa.ColumnElement[int]:
    return sa.type_coerce(now(), sa.BigInteger) - KEEP // MICROSECOND

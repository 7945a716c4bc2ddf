"""Which accounts are told only what a person has approved; the others are told by themselves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.db import Transaction, now
from hub.stock.tables import push_mode

_M = push_mode.c
_of = sa.select(_M.approved_only).where(_M.account_id == sa.bindparam("account"))


def approved_only(db: Transaction, account_id: str) -> bool:
    return bool(db.execute(_of, {"account": account_id}).scalar())


def put(db: Transaction, merchant_id: str, account_id: str, *, approved_only: bool) -> None:
    insert: Any = postgresql.insert if db.dialect == "postgresql" else sqlite.insert  # Any: they share no type
    mode = {"approved_only": approved_only, "changed_at": now()}
    new = insert(push_mode).values(account_id=account_id, merchant_id=merchant_id, **mode)
    db.execute(new.on_conflict_do_update(index_elements=["account_id"], set_=mode))


def forget(db: Transaction, account_id: str) -> None:
    db.execute(sa.delete(push_mode).where(_M.account_id == account_id))

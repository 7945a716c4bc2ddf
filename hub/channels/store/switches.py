"""Switches: whether a merchant may use a plugin, and what is still under way where not."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.store.rows import read
from hub.channels.tables import account, switch
from hub.kernel.db import Transaction, now
from hub.kernel.jobs.tables import is_running, job


class SwitchRow(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a merchant may use a plugin, since when."""

    merchant_id: str
    plugin: str
    enabled: bool
    changed_at: datetime


def switches_of(db: Transaction, merchant_id: str) -> dict[str, SwitchRow]:
    rows = db.execute(sa.select(switch).where(switch.c.merchant_id == merchant_id)).mappings()
    return {row["plugin"]: read(row, SwitchRow) for row in rows}


_enabled = sa.select(switch.c.enabled).where(
    switch.c.merchant_id == sa.bindparam("merchant"), switch.c.plugin == sa.bindparam("plugin")
)
_enabled_until_commit = _enabled.with_for_update(read=True)


def is_enabled(db: Transaction, merchant_id: str, plugin: str) -> bool:
    return bool(db.execute(_enabled, {"merchant": merchant_id, "plugin": plugin}).scalar())


def is_enabled_until_commit(db: Transaction, merchant_id: str, plugin: str) -> bool:
    """The same, and nobody turns the switch before this transaction has ended."""
    return bool(db.execute(_enabled_until_commit, {"merchant": merchant_id, "plugin": plugin}).scalar())


def turn(db: Transaction, merchant_id: str, plugin: str, *, enabled: bool) -> bool:
    """Set the switch; False where it stood so already."""
    insert = postgresql.insert(switch) if db.dialect == "postgresql" else sqlite.insert(switch)
    row = insert.values(merchant_id=merchant_id, plugin=plugin, enabled=enabled, changed_at=now())
    turned = row.on_conflict_do_update(
        index_elements=["merchant_id", "plugin"],
        set_={"enabled": enabled, "changed_at": row.excluded.changed_at},
        where=switch.c.enabled.is_distinct_from(enabled),
    )
    return db.execute(turned.returning(switch.c.plugin)).first() is not None


def in_flight(db: Transaction, merchant_id: str) -> dict[str, int]:
    """How many jobs of the merchant's accounts run at this moment, by plugin."""
    counted = (
        sa.select(account.c.plugin, sa.func.count().label("running"))
        .join(job, job.c.account_id == account.c.id)
        .where(account.c.merchant_id == merchant_id, is_running(job.c.state))
        .group_by(account.c.plugin)
    )
    return {row.plugin: row.running for row in db.execute(counted)}

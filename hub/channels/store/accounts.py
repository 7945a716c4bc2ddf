"""Accounts: who is bound to what, in which state, with which sealed settings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Place
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.rules import State
from hub.channels.store.rows import read
from hub.channels.tables import account, switch
from hub.kernel.db import Transaction, now


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant's account on a channel, as kept: its settings are sealed."""

    id: str
    merchant_id: str
    plugin: str
    name: str
    settings: str
    credentials: str
    identity: str
    shop_ref: str
    country: str
    state: State
    reason: str
    lacks: dict[str, str]
    places: tuple[Place, ...]
    notes: tuple[str, ...]
    version: int
    created_at: datetime
    checked_at: datetime
    connected_at: datetime | None
    opening_warehouse: str
    tells_stock: bool


# Asked for by every order and every push, so they are built once.
_by_id = sa.select(account).where(account.c.id == sa.bindparam("account"))
_mine = _by_id.where(account.c.merchant_id == sa.bindparam("merchant"))
_by_id_for_change, _mine_for_change = _by_id.with_for_update(), _mine.with_for_update()


def _rows(db: Transaction, wanted: sa.Select[Any], **given: str) -> list[AccountRow]:  # Any: the account's columns
    return [read(row, AccountRow) for row in db.execute(wanted, given).mappings()]


def _one(db: Transaction, wanted: sa.Select[Any], **given: str) -> AccountRow | None:  # Any: see above
    return next(iter(_rows(db, wanted, **given)), None)


def bind(db: Transaction, values: dict[str, object]) -> bool:
    """Bind the identity to this new account; False where an open account has it already."""
    insert = postgresql.insert(account) if db.dialect == "postgresql" else sqlite.insert(account)
    unless_bound = insert.values(created_at=now(), checked_at=now(), **values).on_conflict_do_nothing(
        index_elements=[account.c.plugin, account.c.identity], index_where=sa.text("state <> 'closed'")
    )
    return db.execute(unless_bound.returning(account.c.id)).first() is not None


def account_of(db: Transaction, account_id: str, *, for_change: bool = False) -> AccountRow | None:
    """Find an account of whichever merchant; `for_change` keeps it from others until the transaction ends."""
    return _one(db, _by_id_for_change if for_change else _by_id, account=account_id)


def merchants_account(
    db: Transaction, merchant_id: str, account_id: str, *, for_change: bool = False
) -> AccountRow | None:
    """The account if it is this merchant's."""
    return _one(db, _mine_for_change if for_change else _mine, account=account_id, merchant=merchant_id)


def expect(db: Transaction, account_id: str) -> AccountRow:
    """The account that this transaction has just written."""
    (found,) = _rows(db, _by_id, account=account_id)
    return found


def accounts_of(
    db: Transaction, merchant_id: str, *, limit: int, after_id: str | None = None, plugin: str | None = None
) -> list[AccountRow]:
    """The merchant's accounts, oldest first; one more than `limit`, so that the page knows whether more follow."""
    wanted = sa.select(account).where(account.c.merchant_id == merchant_id).order_by(account.c.id).limit(limit + 1)
    if plugin is not None:
        wanted = wanted.where(account.c.plugin == plugin)
    if after_id is not None:
        wanted = wanted.where(account.c.id > after_id)
    return _rows(db, wanted)


def named(db: Transaction, merchant_id: str, account_ids: Collection[str]) -> dict[str, AccountRow]:
    """Those of these ids that are the merchant's, by id."""
    wanted = sa.select(account).where(account.c.merchant_id == merchant_id, account.c.id.in_(list(account_ids)))
    return {each.id: each for each in _rows(db, wanted)}


def ids_of(db: Transaction, merchant_id: str, *, after: str, limit: int) -> list[str]:
    """The ids of the merchant's accounts behind `after`, in their order."""
    mine = sa.select(account.c.id).where(account.c.merchant_id == merchant_id, account.c.id > after)
    return list(db.execute(mine.order_by(account.c.id).limit(limit)).scalars())


def holder_of(db: Transaction, plugin: str, identity: str) -> AccountRow | None:
    """Who has the identity now, whichever merchant that is: never shown to another one."""
    wanted = sa.select(account).where(
        account.c.plugin == plugin, account.c.identity == identity, account.c.state != State.CLOSED
    )
    return _one(db, wanted)


def change(db: Transaction, account_id: str, **values: object) -> None:
    db.execute(sa.update(account).where(account.c.id == account_id).values(**values))


def change_where_version(db: Transaction, account_id: str, version: int, **values: object) -> bool:
    """Change what a person last saw as `version`; False where somebody was faster."""
    same = sa.update(account).where(account.c.id == account_id, account.c.version == version)
    return db.execute(same.values(version=version + 1, **values)).rowcount == 1


def credentials_in_use(db: Transaction, credentials: str) -> bool:
    wanted = sa.select(account.c.id).where(account.c.credentials == credentials, account.c.state != State.CLOSED)
    return db.execute(wanted.limit(1)).first() is not None


def one_of(db: Transaction, credentials: str, *, enabled: bool) -> AccountRow | None:
    """Any account that is not closed and shares the credentials; `enabled`: of a merchant who may use the plugin."""
    wanted = sa.select(account).where(account.c.credentials == credentials, account.c.state != State.CLOSED)
    if enabled:
        of_plugin = (switch.c.merchant_id == account.c.merchant_id, switch.c.plugin == account.c.plugin)
        wanted = wanted.join(switch, sa.and_(*of_plugin, switch.c.enabled))
    return _one(db, wanted.limit(1))


def open_of_plugins(db: Transaction, merchant_id: str, plugins: Collection[str], *, limit: int) -> list[AccountRow]:
    """Some of the merchant's accounts of these plugins that are not closed, the oldest first."""
    wanted = sa.select(account).where(
        account.c.merchant_id == merchant_id, account.c.plugin.in_(plugins), account.c.state != State.CLOSED
    )
    return _rows(db, wanted.order_by(account.c.id).limit(limit))


def active_accounts_of(db: Transaction, merchant_id: str, plugin: str) -> list[AccountRow]:
    wanted = sa.select(account).where(
        account.c.merchant_id == merchant_id, account.c.plugin == plugin, account.c.state == State.ACTIVE
    )
    return _rows(db, wanted.order_by(account.c.id))

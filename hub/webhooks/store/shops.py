"""Whom a connection serves, as far as hints ask for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from hub.channels.rules import State
from hub.channels.tables import account, switch
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.orders.tables import sales_order

_of_connection = account.c.credentials == sa.bindparam("credentials")
_ours = (_of_connection, account.c.state != State.CLOSED)
_enabled = (
    sa.select(switch.c.enabled)
    .where(switch.c.merchant_id == account.c.merchant_id, switch.c.plugin == account.c.plugin)
    .scalar_subquery()
)
_all = sa.select(
    account.c.id,
    account.c.merchant_id,
    account.c.plugin,
    account.c.shop_ref,
    account.c.lacks,
    sa.func.coalesce(_enabled, sa.false()).label("enabled"),
).order_by(account.c.id)
_accounts = _all.where(*_ours)
_owners = (
    sa.select(sales_order.c.ref, sales_order.c.account_id)
    .select_from(account.join(sales_order, sales_order.c.account_id == account.c.id))
    .where(*_ours, among(sales_order.c.ref, "refs"))
)


def accounts(db: Transaction, credentials: str, *, shop_refs: Collection[str] | None) -> list[sa.Row[Any]]:
    """The open accounts of a connection, of these shops or, with None, all of them."""  # Any: the columns above
    if shop_refs is None:
        return list(db.execute(_accounts, {"credentials": credentials}))
    named = _accounts.where(among(account.c.shop_ref, "shop_refs"))
    return list(db.execute(named, {"credentials": credentials, "shop_refs": shop_refs}))


_all_closed = _all.where(account.c.state == State.CLOSED).order_by(None).order_by(account.c.id.desc())
_named = (
    sa.select(account.c.merchant_id, account.c.plugin, account.c.shop_ref)
    .where(_of_connection, among(account.c.shop_ref, "shop_refs"))
    .distinct()
    .subquery("named")
)
_same_shop = sa.and_(*(account.c[one.name] == one for one in _named.c))


def closed(db: Transaction, credentials: str, *, shop_refs: Collection[str] | None) -> list[sa.Row[Any]]:
    """The closed accounts of these shops or, with None, all of the connection, the newest first.

    A merchant's shop may have been connected with another key before: that account is the same shop's too.
    """
    given: dict[str, Any] = {"credentials": credentials}  # Any: texts and lists of them
    if shop_refs is None:
        return list(db.execute(_all_closed.where(_of_connection), given))
    named = _all_closed.select_from(account.join(_named, _same_shop))
    return list(db.execute(named, given | {"shop_refs": shop_refs}))  # Any: as above


def owners(db: Transaction, credentials: str, refs: Collection[str]) -> dict[str, set[str]]:
    """Which of these accounts have an order with one of these references, by reference."""
    found: dict[str, set[str]] = {}
    if refs:
        for row in db.execute(_owners, {"credentials": credentials, "refs": refs}):
            found.setdefault(row.ref, set()).add(row.account_id)
    return found

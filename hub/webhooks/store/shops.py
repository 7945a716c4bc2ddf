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

_ours = (account.c.credentials == sa.bindparam("credentials"), account.c.state != State.CLOSED)
_enabled = (
    sa.select(switch.c.enabled)
    .where(switch.c.merchant_id == account.c.merchant_id, switch.c.plugin == account.c.plugin)
    .scalar_subquery()
)
_accounts = (
    sa.select(
        account.c.id,
        account.c.merchant_id,
        account.c.plugin,
        account.c.shop_ref,
        account.c.lacks,
        sa.func.coalesce(_enabled, sa.false()).label("enabled"),
    )
    .where(*_ours)
    .order_by(account.c.id)
)
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


def owners(db: Transaction, credentials: str, refs: Collection[str]) -> dict[str, set[str]]:
    """Which of these accounts have an order with one of these references, by reference."""
    found: dict[str, set[str]] = {}
    if refs:
        for row in db.execute(_owners, {"credentials": credentials, "refs": refs}):
            found.setdefault(row.ref, set()).add(row.account_id)
    return found

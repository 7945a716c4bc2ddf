"""Rules by which accounts are offered less than there is, kept by account and product."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.db import Transaction, now
from hub.stock.rules.offered import NO_RULE, Rule
from hub.stock.tables import stock_rule

_R = stock_rule.c
ALL = ""  # the product of a rule for the whole account


def of(db: Transaction, account_id: str, product_id: str) -> Rule:
    """The rule that was made for just this; no limits where none was."""
    wanted = sa.select(*(_R[name] for name in Rule._fields)).where(*_mine(account_id, product_id))
    row = db.execute(wanted).one_or_none()
    return NO_RULE if row is None else Rule._make(row)


def put(db: Transaction, merchant_id: str, account_id: str, product_id: str, rule: Rule) -> None:
    """Keep a rule in the place of the one that is there; one without a limit is none."""
    if rule == NO_RULE:
        db.execute(sa.delete(stock_rule).where(*_mine(account_id, product_id)))
        return
    insert: Any = postgresql.insert if db.dialect == "postgresql" else sqlite.insert  # Any: they share no type
    limits = {**rule._asdict(), "changed_at": now()}
    keys = {"account_id": account_id, "product_id": product_id, "merchant_id": merchant_id}
    new = insert(stock_rule).values(**keys, **limits)
    db.execute(new.on_conflict_do_update(index_elements=["account_id", "product_id"], set_=limits))


def page(db: Transaction, account_id: str, *, limit: int, after: str | None) -> list[tuple[str, Rule]]:
    """The rules of an account by product, that of all of it first; one more than `limit`."""
    query = sa.select(_R.product_id, *(_R[name] for name in Rule._fields)).where(_R.account_id == account_id)
    if after is not None:
        query = query.where(_R.product_id > after)
    rows = db.execute(query.order_by(_R.product_id).limit(limit + 1))
    return [(row.product_id, Rule._make(row[1:])) for row in rows]


def forget(db: Transaction, account_id: str) -> None:
    db.execute(sa.delete(stock_rule).where(_R.account_id == account_id))


def _mine(account_id: str, product_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _R.account_id == account_id, _R.product_id == product_id

"""What the hub knows of a shop from before: orders that its account had which was closed since."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.channels.tables import account
from hub.orders.tables import sales_order

_A = account.c


class Shop(NamedTuple):
    """By which the accounts of one shop are known, whether they are closed or not."""

    merchant_id: str
    plugin: str
    identity: str


NO_SHOP = Shop("", "", "")
_same = sa.and_(
    _A.merchant_id == sa.bindparam("merchant_id"), _A.plugin == sa.bindparam("plugin"),
    _A.identity == sa.bindparam("identity"), _A.state == "closed",
)  # fmt: skip


def among_former(refs: Any) -> sa.Label[str]:  # Any: a table of values
    """The former account of the `Shop` that has the order of this ref, if one has; most shops had none.

    Each is looked up by the index, whatever the database thinks of the table's size.
    """
    older = sales_order.alias("older")
    order = sa.select(older.c.id).where(older.c.account_id == _A.id, older.c.ref == refs.c.value).limit(1)
    its = order.correlate(account, refs).scalar_subquery()
    return sa.select(_A.id).where(_same, its.is_not(None)).limit(1).correlate(refs).scalar_subquery().label("former")

"""What the hub knows of a shop from before: orders that its account had which was closed since.

Those that are still open go on with the account that the shop has now; what is over stays where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.channels.tables import account
from hub.orders.store.states import is_open
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
    """The former account of the `Shop` that has the order of this ref, if one has; most shops had none."""
    its = _order_of(refs)
    return sa.select(_A.id).where(_same, its.is_not(None)).limit(1).correlate(refs).scalar_subquery().label("former")


def still_open(refs: Any) -> sa.ScalarSelect[str]:  # Any: as above
    """The order of this ref that a former account of the `Shop` has that is still open: it goes on with its shop."""
    its = _order_of(refs, is_open)
    return sa.select(its).where(_same, its.is_not(None)).limit(1).correlate(refs).scalar_subquery()


def _order_of(refs: Any, *conditions: Callable[[Any], Any]) -> sa.ScalarSelect[str]:  # Any: as above, columns by name
    """Each is looked up by the index, whatever the database thinks of the table's size."""
    older = sales_order.alias("older")
    mine = (older.c.account_id == _A.id, older.c.ref == refs.c.value, *(each(older.c) for each in conditions))
    return sa.select(older.c.id).where(*mine).limit(1).correlate(account, refs).scalar_subquery()

"""Orders as people look for them: pages, the newest first."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import OrderState

from hub.catalog.store.filters import LAST
from hub.channels.store.rows import read
from hub.kernel.db import Transaction
from hub.orders.rules.flags import Code
from hub.orders.store.orders import OrderRow
from hub.orders.tables import order_flag, sales_order

_O = sales_order.c


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders are meant; what is left out does not narrow. `q` is the beginning of the number."""

    state: OrderState | None = None
    flag: Code | None = None
    account_id: str | None = None
    q: str | None = None


def page(db: Transaction, merchant_id: str, wanted: Wanted, *, limit: int, before: str | None) -> list[OrderRow]:
    """At most one more than `limit`, from the one before `before` on."""
    query = sa.select(*(_O[name] for name in OrderRow.__struct_fields__)).where(_O.merchant_id == merchant_id)
    query = query.where(*_conditions(wanted))
    if wanted.flag is not None:
        flagged = sa.and_(order_flag.c.merchant_id == merchant_id, order_flag.c.code == wanted.flag.value)
        query = query.join(order_flag, sa.and_(order_flag.c.order_id == _O.id, flagged))
    if before is not None:
        query = query.where(_O.id < before)
    return [read(row, OrderRow) for row in db.execute(query.order_by(_O.id.desc()).limit(limit + 1)).mappings()]


def _conditions(wanted: Wanted) -> list[Any]:  # Any: comparisons of several types
    found: list[Any] = []
    if wanted.state is not None:
        found.append(_O.state == wanted.state.value)
    if wanted.account_id is not None:
        found.append(_O.account_id == wanted.account_id)
    if wanted.q:
        found += [_O.number >= wanted.q, _O.number <= wanted.q + LAST]
    return found

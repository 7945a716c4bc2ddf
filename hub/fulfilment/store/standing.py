"""How the documents stand that a warehouse may still be working on: of its products, and as questions to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, State
from hub.fulfilment.tables import inbound, inbound_line, outbound, outbound_line
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.types import Key

_O, _L = outbound.c, outbound_line.c
_I, _M = inbound.c, inbound_line.c
# As the partial indexes say them: what is open of an account is found, however much it has been through.
_looked_at = sa.text("next_look_at IS NOT NULL")
_undone_out = sa.text(
    "(push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (current AND push_status = 'not_pushed' AND waits = '[]'))"
)
_undone_in = sa.text(
    "(push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (push_status = 'not_pushed' AND NOT waits))"
)


def _open(of: sa.Table, undone: sa.TextClause) -> sa.Subquery:
    here = (
        of.c.account_id == sa.bindparam("account", type_=Key),
        of.c.warehouse_id == sa.bindparam("warehouse", type_=Key),
        of.c.push_status != PushStatus.NOT_PUSHED.value,
    )
    ways = (sa.select(of.c.id).where(*here, each) for each in (_looked_at, undone))
    return sa.union(*ways).subquery(f"open_{of.name}")


_open_out, _open_in = _open(outbound, _undone_out), _open(inbound, _undone_in)


class Paper(NamedTuple):
    """A product on a document that the warehouse has, or may have: so many of `quantity` have left, or have come."""

    product_id: str
    code: str
    leaves: bool
    push_status: PushStatus
    state: State
    cancel: str
    quantity: int
    done: int


_out = (
    sa.select(
        _L.product_id, _O.code, sa.true().label("leaves"), _O.push_status, _O.state, _O.cancel, _L.quantity,
        _L.shipped.label("done"),
    )
    .join_from(_open_out, outbound, _O.id == _open_out.c.id)
    .join(outbound_line, _L.outbound_id == _O.id)
    .order_by(_L.product_id, _O.code, _L.line_id)
)  # fmt: skip
_in = (
    sa.select(
        _M.product_id, _I.code, sa.false().label("leaves"), _I.push_status, _I.state, _I.cancel, _M.quantity,
        (_M.good + _M.damaged).label("done"),
    )
    .join_from(_open_in, inbound, _I.id == _open_in.c.id)
    .join(inbound_line, _M.inbound_id == _I.id)
    .order_by(_M.product_id, _I.code, _M.number)
)  # fmt: skip


def papers(db: Transaction, account_id: str, warehouse_id: str) -> list[Paper]:
    """All products on all documents that this warehouse may still be working on, in one order."""
    given = {"account": account_id, "warehouse": warehouse_id}
    return [
        Paper(row.product_id, row.code, bool(row.leaves), PushStatus(row.push_status), State(row.state), row.cancel,
              row.quantity, row.done)
        for query in (_out, _in)
        for row in db.execute(query, given)
    ]  # fmt: skip


def _ids(of: sa.Subquery) -> sa.Select[Any]:  # Any: one column of texts
    behind = of.c.id > sa.bindparam("after", type_=Key)
    return sa.select(of.c.id).where(behind).order_by(of.c.id).limit(sa.bindparam("limit", type_=sa.Integer))


_out_ids, _in_ids = _ids(_open_out), _ids(_open_in)


def open_outbounds(
    db: Transaction, account_id: str, warehouse_id: str, *, after: str, limit: int
) -> list[str]:  # fmt: skip
    """Outbounds behind this one, in order, that this warehouse may still be working on."""
    given = {"account": account_id, "warehouse": warehouse_id, "after": after, "limit": limit}
    return list(db.execute(_out_ids, given).scalars())


def open_inbounds(
    db: Transaction, account_id: str, warehouse_id: str, *, after: str, limit: int
) -> list[str]:  # fmt: skip
    """As `open_outbounds`, of what may still come there."""
    given = {"account": account_id, "warehouse": warehouse_id, "after": after, "limit": limit}
    return list(db.execute(_in_ids, given).scalars())


_packed = (
    sa.select(_L.line_id)
    .join_from(outbound_line, outbound, _O.id == _L.outbound_id)
    .where(
        among(_O.order_id, "orders"), among(_L.line_id, "lines"), _O.warehouse_id == sa.bindparam("warehouse"),
        _O.push_status.in_([PushStatus.PUSHED.value, *(one.value for one in IN_DOUBT)]),
    )
)  # fmt: skip


def packed(
    db: Transaction, warehouse_id: str, order_ids: Collection[str], line_ids: Collection[str]
) -> Sequence[str]:  # fmt: skip
    """Those of these lines that this warehouse was told to send, or may have been."""
    given = {"orders": sorted(order_ids), "lines": sorted(line_ids), "warehouse": warehouse_id}
    return db.execute(_packed, given).scalars().all()

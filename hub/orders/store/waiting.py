"""Which orders a change may concern: few of all, found by what has changed, those that were placed first before others.

What the indexes lead to are lines of open orders that wait or hold something. Of those that wait for stock only such
are given as some warehouse could serve; whether it is one of theirs, and what comes first, is decided under the locks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from hub_hookspecs import OrderState

from hub.catalog.rules import DEEPEST_BUNDLE
from hub.catalog.tables import listing, product, product_component
from hub.channels.tables import warehouse
from hub.kernel.db import Transaction
from hub.kernel.types import MICROSECOND, microseconds
from hub.orders.rules.flags import ROUTING, Code
from hub.orders.rules.lines import MARGIN, Standing
from hub.orders.store.states import OPEN
from hub.orders.tables import order_flag, order_line, sales_order
from hub.stock.tables import level

_O, _L, _S = sales_order.c, order_line.c, listing.c
_MARGIN = MARGIN // MICROSECOND


class Waiting(NamedTuple):
    """An order that is to be looked at again."""

    placed_at: datetime
    order_id: str
    account_id: str


def _word(value: str) -> sa.ColumnElement[str]:
    """As the partial indexes say it."""
    return sa.literal_column(f"'{value}'")


def _standing(*values: Standing) -> sa.ColumnElement[bool]:
    return _L.standing.in_([_word(each) for each in values])


_STANDS = _standing(Standing.UNLINKED, Standing.SHORT, Standing.RESERVED, Standing.COVERED)
_IS_OPEN = _O.state.in_([_word(each) for each in OPEN])
# What was decided by another link than there is. What an order has it keeps where its listing is linked to nothing;
# most of what the opening stock covers has left long ago.
_RELINKED = sa.and_(
    _L.product_id.is_distinct_from(_S.product_id),
    sa.or_(_standing(Standing.UNLINKED, Standing.SHORT), _S.product_id.is_not(None)),
    sa.or_(_L.standing != _word(Standing.COVERED), _IS_OPEN),
)


def _served(line: Any = _L, order: Any = _O, sold: Any = _S) -> sa.ColumnElement[bool]:  # Any: columns, by name
    """Whether some level has enough of what a line waits for, or was opened after its order; of bundles nobody asks."""
    opened_at, placed_at = (sa.type_coerce(one, sa.BigInteger) for one in (level.c.opened_at, order.placed_at))
    pack = sa.case((line.pack < sold.pack, line.pack), else_=sold.pack)
    enough = level.c.on_hand - level.c.reserved - level.c.held >= (line.quantity - line.units) * pack
    found = (
        sa.select(level.c.warehouse_id)
        .where(level.c.product_id == line.waits_for, sa.or_(enough, opened_at >= placed_at + _MARGIN))
        .limit(1)
        .correlate_except(level)
    )
    bundle = sa.select(product.c.bundle).where(product.c.id == line.waits_for).correlate_except(product)
    return sa.or_(found.scalar_subquery().is_not(None), bundle.scalar_subquery())


def _above() -> sa.CTE:
    """This product, and all bundles above it."""
    part = product_component.c
    changed = sa.select(product.c.id, sa.literal(0).label("height")).where(product.c.id == sa.bindparam("product"))
    above = changed.cte("above", recursive=True)
    higher = sa.select(part.bundle_id, above.c.height + 1).where(
        part.product_id == above.c.id, above.c.height < DEEPEST_BUNDLE
    )
    return above.union(higher)


def _page(
    source: Any, *conditions: sa.ColumnElement[bool], order: Any = _O
) -> sa.Select[Any]:  # Any: joined tables, columns by name, `Waiting`
    after = sa.tuple_(sa.bindparam("placed_at", type_=sa.BigInteger), sa.bindparam("order_id"))
    placed_at = sa.type_coerce(order.placed_at, sa.BigInteger)
    return (
        sa.select(order.placed_at, order.id, order.account_id)
        .select_from(source)
        .where(*conditions, sa.tuple_(placed_at, order.id) > after)
        .distinct()
        .order_by(order.placed_at, order.id)
        .limit(sa.bindparam("limit"))
    )


def _by_product() -> sa.Select[Any]:  # Any: see _page
    """For SQLite, which looks lines up by each of the products only where theirs is asked to be one of them."""
    above = _above()
    source = sa.join(order_line, sales_order, _O.id == _L.order_id).join(listing, _S.id == _L.listing_id)
    return _page(source, _served(), _L.waits_for.in_(sa.select(above.c.id)))


def _by_product_fenced() -> sa.Select[Any]:  # Any: see _page
    """For PostgreSQL, which looks everything up here, whatever it thinks of the tables."""
    above = _above()
    lines = sa.select(_L.order_id, _L.listing_id, _L.waits_for, _L.quantity, _L.units, _L.pack)
    line = lines.where(_L.waits_for == above.c.id).offset(0).correlate(above).lateral("line")
    orders = sa.select(_O.id, _O.placed_at, _O.account_id).where(_O.id == line.c.order_id)
    order = orders.limit(1).correlate(line).lateral("found")
    sold = sa.select(_S.pack).where(_S.id == line.c.listing_id).limit(1).correlate(line).lateral("sold")
    source = sa.join(above, line, sa.true()).join(order, sa.true()).join(sold, sa.true())
    return _page(source, _served(line.c, order.c, sold.c), order=order.c)


def _by_listing() -> sa.Select[Any]:  # Any: see _page
    source = sa.join(listing, order_line, sa.and_(_L.listing_ref == _S.ref, _STANDS)).join(
        sales_order, sa.and_(_O.id == _L.order_id, _O.account_id == _S.account_id)
    )
    return _page(source, _S.id == sa.bindparam("listing"), _RELINKED)


_FLAGGED = order_flag.c.code.in_([_word(Code.UNLINKED), _word(Code.SHORT)])


def _by_orders(orders: Any, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:  # Any: a subquery; see _page
    same = sa.and_(_S.account_id == _O.account_id, _S.ref == _L.listing_ref)
    source = (
        sa.join(orders, sales_order, _O.id == orders.c.order_id)
        .join(order_line, sa.and_(_L.order_id == _O.id, _STANDS))
        .outerjoin(listing, same)
    )
    return _page(source, *conditions)


def _by_merchant() -> sa.Select[Any]:  # Any: see _page
    merchant: sa.BindParameter[str] = sa.bindparam("merchant")
    flagged = sa.select(order_flag.c.order_id).where(order_flag.c.merchant_id == merchant, _FLAGGED)
    still_open = sa.select(_O.id).where(_O.merchant_id == merchant, _IS_OPEN)
    waits = sa.and_(_L.waits_for.is_not(None), _served())
    return _by_orders(flagged.union(still_open).subquery("some"), sa.or_(_RELINKED, waits))


def _by_account() -> sa.Select[Any]:  # Any: see _page
    short = order_flag.c.code == _word(Code.SHORT)
    flagged = sa.select(order_flag.c.order_id).where(order_flag.c.merchant_id == sa.bindparam("merchant"), short)
    mine = _O.account_id.concat("") == sa.bindparam("account")  # not by its index: that leads to all it ever sold
    return _by_orders(flagged.subquery("some"), mine, _L.waits_for.is_not(None))


def _by_routing(*, fenced: bool) -> sa.Select[Any]:  # Any: see _page
    """What waits for another decision, or for stock, and what lies in warehouses of others."""
    merchant: sa.BindParameter[str] = sa.bindparam("merchant")
    waits = order_flag.c.code.in_([_word(each) for each in (*ROUTING, Code.SHORT)])
    flagged = sa.select(order_flag.c.order_id).where(order_flag.c.merchant_id == merchant, waits)
    others = (warehouse.c.merchant_id == merchant, warehouse.c.kind == _word("third_party"))
    holds = sa.and_(_L.warehouse_id == warehouse.c.id, _L.standing == _word(Standing.RESERVED))
    if fenced:
        line = sa.select(_L.order_id).where(holds).offset(0).correlate(warehouse).lateral("line")
        away = sa.select(line.c.order_id).select_from(warehouse.join(line, sa.true())).where(*others)
    else:
        away = sa.select(_L.order_id).select_from(warehouse.join(order_line, holds)).where(*others)
    found = flagged.union(away).subquery("found")
    return _page(sa.join(found, sales_order, _O.id == found.c.order_id))


_unpaid = _page(sales_order, _O.merchant_id == sa.bindparam("merchant"), _O.state == _word(OrderState.UNPAID))
_SAME = {
    "listing": _by_listing(), "account": _by_account(), "merchant": _by_merchant(), "unpaid": _unpaid,
}  # fmt: skip
_QUESTIONS = {
    "postgresql": _SAME | {"product": _by_product_fenced(), "routing": _by_routing(fenced=True)},
    "sqlite": _SAME | {"product": _by_product(), "routing": _by_routing(fenced=False)},
}


def concerned(
    db: Transaction, merchant_id: str, what: str, subject: str, *, after: tuple[datetime, str], limit: int
) -> list[Waiting]:  # fmt: skip
    """Those that a change of this product, listing or account concerns, of all the merchant's, or the unpaid ones.

    `routing`: those of the merchant's whose warehouse may be decided otherwise now.
    """
    given: dict[str, object] = {"merchant": merchant_id, what: subject}
    given |= {"placed_at": microseconds(after[0]), "order_id": after[1], "limit": limit}
    return [Waiting._make(row) for row in db.execute(_QUESTIONS[db.dialect][what], given)]

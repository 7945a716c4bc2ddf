"""Outbounds and their lines: found by order, code and what is due of them, changed by whoever has their order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.catalog.tables import product
from hub.channels.store.rows import read
from hub.fulfilment.rules.cancelling import Cancel, Cause
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.rules.gate import Wait
from hub.fulfilment.store import documents
from hub.fulfilment.store.parcels import Parcel
from hub.fulfilment.tables import outbound, outbound_line, parcel
from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.types import Instant, Key
from hub.orders.tables import sales_order
from hub.stock.tables import placement

_O, _L = outbound.c, outbound_line.c


class OutboundRow(msgspec.Struct, frozen=True, kw_only=True):
    """An outbound as it is kept; `told` is sealed, `waits` the JSON of what it waits for."""

    id: str
    merchant_id: str
    account_id: str
    warehouse_id: str
    order_id: str
    parcel_id: str
    number: int
    code: str
    package_ref: str
    current: bool
    push_status: PushStatus
    state: State
    word: str
    ref: str
    reason: str
    waits: str
    told: str
    shows: str
    cancel: Cancel
    cancel_cause: Cause
    cancel_reason: str
    courier: str
    awb: str
    label_digest: str
    ship_by: datetime | None
    alerted_at: datetime | None
    next_look_at: datetime | None
    asked_at: datetime | None
    pushed_at: datetime | None
    left_at: datetime | None
    created_at: datetime
    changed_at: datetime

    @property
    def waits_for(self) -> list[Wait]:
        return [Wait(*each) for each in msgspec.json.decode(self.waits, type=list[tuple[str, str]])]


class OutboundLine(msgspec.Struct, frozen=True, kw_only=True):
    """So many base units of a product that a line of the order wants."""

    outbound_id: str
    line_id: str
    product_id: str
    sku: str
    quantity: int
    item_ref: str
    shipped: int


class New(NamedTuple):
    """What an outbound begins with."""

    id: str
    merchant_id: str
    account_id: str
    warehouse_id: str
    order_id: str
    parcel_id: str
    code: str
    package_ref: str
    ship_by: datetime | None


_COLUMNS = [_O[name] for name in OutboundRow.__struct_fields__]
_LINE_COLUMNS = [_L[name] for name in OutboundLine.__struct_fields__]
_BLANK = {
    "current": True, "push_status": PushStatus.NOT_PUSHED.value, "state": State.CREATE.value, "word": "", "ref": "",
    "reason": "", "waits": "[]", "told": "", "shows": "", "cancel": "", "cancel_cause": "", "cancel_reason": "",
    "courier": "", "awb": "", "label_digest": "",
}  # fmt: skip


class Filter(documents.Filter, frozen=True, kw_only=True):
    """What a list of outbounds is narrowed to; None: all."""

    order_id: str | None = None


_kept = documents.Documents(outbound, OutboundRow, is_open=sa.true())
find = _kept.find  # who wants it `for_change` has its order by then
of_codes = _kept.of_codes
of_ids = _kept.of_ids
change = _kept.change
turn = _kept.turn
page = _kept.page
look = _kept.look
ask_no_more = _kept.ask_no_more
due = _kept.due
accounts_due = _kept.accounts_due
open_codes = _kept.open_codes


def of_order(db: Transaction, order_id: str) -> list[OutboundRow]:
    """All outbounds of an order, the first one first; those that were taken back or replaced too."""
    found = db.execute(sa.select(*_COLUMNS).where(_O.order_id == order_id).order_by(_O.number)).mappings()
    return [read(row, OutboundRow) for row in found]


def lines(db: Transaction, outbound_ids: Collection[str]) -> dict[str, list[OutboundLine]]:
    """The lines of these outbounds, in one order."""
    kept: dict[str, list[OutboundLine]] = {one: [] for one in outbound_ids}
    for row in db.execute(_lines, {"outbounds": sorted(outbound_ids)}).mappings() if kept else ():
        kept[row["outbound_id"]].append(read(row, OutboundLine))
    return kept


_lines = (
    sa.select(*_LINE_COLUMNS)
    .where(among(_L.outbound_id, "outbounds"))
    .order_by(_L.outbound_id, _L.line_id, _L.product_id)
)


def add(db: Transaction, new: New, *, number: int) -> OutboundRow:
    """Make an outbound; its order is locked. Another one for the same goods that is current is refused."""
    return _kept.add(db, _BLANK | new._asdict() | {"number": number})


def set_lines(db: Transaction, outbound_id: str, wanted: Sequence[OutboundLine]) -> None:
    """Let it ask for just these; nothing of it was ever sent."""
    db.execute(sa.delete(outbound_line).where(_L.outbound_id == outbound_id))
    names = OutboundLine.__struct_fields__
    rows = [tuple(getattr(one, name) for name in names) for one in wanted]
    bulk.upsert(db, outbound_line, names, rows, conflict=("outbound_id", "line_id", "product_id"))


_booked = (
    sa.update(outbound_line)
    .where(
        _L.outbound_id == sa.bindparam("of"), _L.line_id == sa.bindparam("line"),
        _L.product_id == sa.bindparam("product"), _L.shipped == sa.bindparam("old"),
    )
    .values(shipped=sa.bindparam("new"))
)  # fmt: skip


def book(db: Transaction, one: OutboundLine, shipped: int) -> bool:
    """Note that so many have left in all; False: somebody has noted another total meanwhile."""
    values = {"of": one.outbound_id, "line": one.line_id, "product": one.product_id, "old": one.shipped}
    return db.execute(_booked, values | {"new": shipped}).rowcount == 1


_goes = sa.exists().where(_O.parcel_id == parcel.c.id, _O.current)
_has_left = parcel.c.left_at.is_not(None)
_rivals = (
    sa.select(parcel.c.order_id, sales_order.c.number)
    .join_from(parcel, sales_order, sales_order.c.id == parcel.c.order_id)
    .where(
        parcel.c.merchant_id == sa.bindparam("merchant"), parcel.c.awb == sa.bindparam("awb"),
        parcel.c.awb != sa.literal_column("''"), parcel.c.id != sa.bindparam("mine"),
        # What goes by it already yields to what has left by it; of two that do, to the earlier one.
        _has_left | (parcel.c.id < sa.bindparam("before")),
        # A parcel of its own that it was to go in before has its number to leave.
        (parcel.c.order_id != sa.bindparam("order")) | _has_left | _goes,
    )
    .limit(1)
)  # fmt: skip
_AFTER_ALL = "~"  # behind every id


def rival(db: Transaction, mine: Parcel, awb: str) -> str:
    """Which other parcel of the merchant has this AWB, in words; "": none. Who had it first has it."""
    before = mine.id if mine.awb == awb else _AFTER_ALL
    values = {"merchant": mine.merchant_id, "awb": awb, "mine": mine.id, "before": before, "order": mine.order_id}
    row = db.execute(_rivals, values).first()
    if row is None:
        return ""
    return "another parcel of this order" if row.order_id == mine.order_id else f"order {row.number}"


_held = sa.select(_O.order_id).distinct().where(
    _O.merchant_id == sa.bindparam("merchant"), _O.current, _O.push_status == PushStatus.NOT_PUSHED.value,
    _O.waits.contains(sa.bindparam("code"), autoescape=False),
)  # fmt: skip


def orders_that_wait(db: Transaction, merchant_id: str, code: str) -> list[str]:
    """The orders of which something is held back for this."""
    return sorted(db.execute(_held, {"merchant": merchant_id, "code": f'"{code}"'}).scalars())


_forgotten = sa.update(outbound).where(among(_O.order_id, "orders"), _O.told != "").values(told="")


def forget(db: Transaction, order_ids: Collection[str]) -> None:
    """Forget what warehouses were asked for these orders, which names their buyers."""
    if order_ids:
        db.execute(_forgotten, {"orders": sorted(order_ids)})


class Late(NamedTuple):
    """An outbound whose deadline is near, and whose order nobody was told of."""

    id: str
    merchant_id: str
    order_id: str


_promised = sa.and_(_O.current, _O.ship_by.is_not(None), _O.alerted_at.is_(None), _O.left_at.is_(None))
_late = (
    sa.select(_O.id, _O.merchant_id, _O.order_id)
    .where(_promised, _O.ship_by <= sa.bindparam("until", type_=Instant()))
    .order_by(_O.ship_by)
    .limit(sa.bindparam("limit"))
)


def late(db: Transaction, *, until: datetime, limit: int) -> list[Late]:
    """Those that were to leave by then and have not, and of which nobody was told."""
    return [Late._make(row) for row in db.execute(_late, {"until": until, "limit": limit})]


class Goods(NamedTuple):
    """A product as a warehouse of others knows it; `item_ref` "": it gave it no name of its own."""

    sku: str
    item_ref: str


_goods = (
    sa.select(product.c.id, product.c.sku, sa.func.coalesce(placement.c.ref, sa.literal_column("''")).label("ref"))
    .join_from(
        product, placement,
        sa.and_(placement.c.product_id == product.c.id, placement.c.warehouse_id == sa.bindparam("warehouse")),
        isouter=True,
    )
    .where(among(product.c.id, "products"))
)  # fmt: skip


def goods(db: Transaction, warehouse_id: str, product_ids: Collection[str]) -> dict[str, Goods]:
    """What a warehouse knows these products as, by product."""
    found = db.execute(_goods, {"warehouse": warehouse_id, "products": sorted(product_ids)})
    return {row.id: Goods(row.sku, row.ref) for row in found}


class Undone(NamedTuple):
    """An outbound that a job is to be under way for: it is to be pushed, found again, or stopped."""

    merchant_id: str
    account_id: str
    id: str
    cancel: Cancel
    push_status: PushStatus


# As the partial index says it.
_is_undone = sa.text(
    "(push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (current AND push_status = 'not_pushed' AND waits = '[]'))"
)
_undone = (
    sa.select(_O.merchant_id, _O.account_id, _O.id, _O.cancel, _O.push_status)
    .where(
        _is_undone,
        sa.tuple_(_O.account_id, _O.id)
        > sa.tuple_(sa.bindparam("after_account", type_=Key), sa.bindparam("after_id", type_=Key)),
    )
    .order_by(_O.account_id, _O.id)
    .limit(sa.bindparam("limit"))
)


def undone(db: Transaction, *, after: tuple[str, str], limit: int) -> list[Undone]:
    """Those behind this account and id, in that order, that a job is to be under way for."""
    values = {"after_account": after[0], "after_id": after[1], "limit": limit}
    return [
        Undone(row.merchant_id, row.account_id, row.id, Cancel(row.cancel), PushStatus(row.push_status))
        for row in db.execute(_undone, values)
    ]

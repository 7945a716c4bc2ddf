"""Inbounds and their lines: found by merchant, code and what is due of them; what came is booked by its old total."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.rules.cancelling import Cancel
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.rules.inbounds import Part
from hub.fulfilment.store import documents
from hub.fulfilment.tables.inbounds import inbound, inbound_line
from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.types import Key

_I, _L = inbound.c, inbound_line.c


class InboundRow(msgspec.Struct, frozen=True, kw_only=True):
    """An inbound as it is kept."""

    id: str
    merchant_id: str
    account_id: str
    warehouse_id: str
    source_id: str | None
    code: str
    kind: str
    reference: str
    note: str
    expected_at: datetime | None
    push_status: PushStatus
    state: State
    word: str
    ref: str
    reason: str
    waits: bool
    cancel: Cancel
    cancel_reason: str
    next_look_at: datetime | None
    asked_at: datetime | None
    pushed_at: datetime | None
    told_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    changed_at: datetime


class InboundLine(msgspec.Struct, frozen=True, kw_only=True):
    """So many base units of a product on their way, and what of them came and is booked."""

    inbound_id: str
    number: int
    product_id: str
    sku: str
    item_ref: str
    quantity: int
    unit_cost: str | None
    currency: str | None
    good: int = 0
    damaged: int = 0
    taken: int = 0
    note: str = ""

    @property
    def part(self) -> Part:
        return Part(self.number, self.sku, self.quantity, self.good, self.damaged)

    @property
    def cost(self) -> Decimal | None:
        return None if self.unit_cost is None else Decimal(self.unit_cost)


class New(NamedTuple):
    """What an inbound begins with."""

    id: str
    merchant_id: str
    account_id: str
    warehouse_id: str
    source_id: str | None
    code: str
    kind: str
    reference: str
    note: str
    expected_at: datetime | None
    waits: bool
    reason: str


_LINE_NAMES = InboundLine.__struct_fields__
_LINE_COLUMNS = [_L[name] for name in _LINE_NAMES]
_BLANK = {
    "push_status": PushStatus.NOT_PUSHED.value, "state": State.CREATE.value, "word": "", "ref": "", "cancel": "",
    "cancel_reason": "",
}  # fmt: skip


_kept = documents.Documents(inbound, InboundRow, is_open=_I.closed_at.is_(None))
find = _kept.find
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

_lines = sa.select(*_LINE_COLUMNS).where(among(_L.inbound_id, "inbounds")).order_by(_L.inbound_id, _L.number)


def lines(db: Transaction, inbound_id: str) -> list[InboundLine]:
    """The lines of an inbound, in their order."""
    found = db.execute(_lines, {"inbounds": [inbound_id]}).mappings()
    return [read(row, InboundLine) for row in found]


def add(db: Transaction, new: New, wanted: Sequence[InboundLine]) -> InboundRow:
    """Keep an inbound with its lines."""
    made = _kept.add(db, _BLANK | new._asdict())
    rows = [tuple(getattr(one, name) for name in _LINE_NAMES) for one in wanted]
    bulk.upsert(db, inbound_line, _LINE_NAMES, rows, conflict=("inbound_id", "number"))
    return made


def name_items(db: Transaction, inbound_id: str, named: Mapping[int, tuple[str, str]]) -> None:
    """Let lines be called as the warehouse calls them, by number: SKU and its own id; nothing was ever sent."""
    for number, (sku, item_ref) in sorted(named.items()):
        line = sa.update(inbound_line).where(_L.inbound_id == inbound_id, _L.number == number)
        db.execute(line.values(sku=sku, item_ref=item_ref))


_booked = (
    sa.update(inbound_line)
    .where(
        _L.inbound_id == sa.bindparam("of"), _L.number == sa.bindparam("line"),
        _L.good == sa.bindparam("old_good"), _L.damaged == sa.bindparam("old_damaged"),
        _L.taken == sa.bindparam("old_taken"),
    )
    .values(
        good=sa.bindparam("new_good"), damaged=sa.bindparam("new_damaged"), taken=sa.bindparam("new_taken"),
        note=sa.bindparam("new_note"),
    )
)  # fmt: skip


def book(db: Transaction, old: InboundLine, new: InboundLine) -> bool:
    """Note that so much came in all; False: somebody has noted another total meanwhile."""
    was = {"of": old.inbound_id, "line": old.number, "old_good": old.good, "old_damaged": old.damaged}
    now_is = {"new_good": new.good, "new_damaged": new.damaged, "new_taken": new.taken, "new_note": new.note}
    return db.execute(_booked, was | now_is | {"old_taken": old.taken}).rowcount == 1


class Undone(NamedTuple):
    """An inbound that a job is to be under way for: it is to be pushed, found again, or stopped."""

    merchant_id: str
    account_id: str
    id: str
    stops: bool


# As the partial indexes say it.
_is_undone = sa.text(
    "(push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (push_status = 'not_pushed' AND NOT waits))"
)
_is_waiting = sa.text("(waits AND push_status = 'not_pushed')")
_behind = sa.tuple_(sa.bindparam("after_account", type_=Key), sa.bindparam("after_id", type_=Key))
_undone = (
    sa.select(_I.merchant_id, _I.account_id, _I.id, _I.push_status)
    .where(_is_undone, sa.tuple_(_I.account_id, _I.id) > _behind)
    .order_by(_I.account_id, _I.id)
    .limit(sa.bindparam("limit"))
)


def undone(db: Transaction, *, after: tuple[str, str], limit: int) -> list[Undone]:
    """Those behind this account and id, in that order, that a job is to be under way for."""
    values = {"after_account": after[0], "after_id": after[1], "limit": limit}
    return [
        Undone(row.merchant_id, row.account_id, row.id, row.push_status == PushStatus.PUSHED.value)
        for row in db.execute(_undone, values)
    ]


_waiting = (
    sa.select(_I.id, _I.merchant_id, _I.account_id)
    .join_from(inbound, inbound_line, _L.inbound_id == _I.id)
    .where(_I.warehouse_id == sa.bindparam("warehouse", type_=Key), _is_waiting)
    .where(_L.product_id == sa.bindparam("product", type_=Key))
    .order_by(_I.id)
)


def waiting_for(db: Transaction, warehouse_id: str, product_id: str) -> list[tuple[str, str, str]]:
    """What waits until this warehouse knows this product: ids, merchants and accounts."""
    found = db.execute(_waiting, {"warehouse": warehouse_id, "product": product_id})
    return [(row.id, row.merchant_id, row.account_id) for row in found]


_goes_on = (
    _I.account_id == sa.bindparam("account", type_=Key), _I.warehouse_id == sa.bindparam("warehouse", type_=Key),
    _I.closed_at.is_(None), _I.state.in_([State.CREATE.value, State.PENDING.value, State.PART_COMPLETE.value]),
    _I.push_status.not_in([PushStatus.VOID.value, PushStatus.FAILED.value]),
)  # fmt: skip
_is_looked_at = sa.text("next_look_at IS NOT NULL")
_under_way = sa.union(
    *(sa.select(_I.id).where(*_goes_on, way) for way in (_is_looked_at, _is_undone, _is_waiting))
).subquery("under_way")
_lacks = _L.quantity - _L.good - _L.damaged
_coming = (
    sa.select(_L.product_id, sa.func.sum(_lacks).label("units"))
    .join_from(_under_way, inbound_line, _L.inbound_id == _under_way.c.id)
    .where(among(_L.product_id, "products"), _lacks > 0)
    .group_by(_L.product_id)
)


def coming(db: Transaction, account_id: str, warehouse_id: str, product_ids: Collection[str]) -> dict[str, int]:
    """How many base units of each of these products are still on their way to a warehouse."""
    given = {"account": account_id, "warehouse": warehouse_id, "products": sorted(product_ids)}
    return {row.product_id: int(row.units) for row in db.execute(_coming, given)}

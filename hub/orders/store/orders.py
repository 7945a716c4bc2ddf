"""Orders and their lines: found by what the channel calls them, and written in batches."""

from __future__ import annotations

import enum
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from hub_hookspecs import OrderState
from msgspec.structs import astuple

from hub.channels.store.rows import read
from hub.kernel import bulk
from hub.kernel.bulk import among, given
from hub.kernel.db import Transaction
from hub.kernel.types import EPOCH, MICROSECOND, Instant, Key, microseconds
from hub.orders.rules.lines import Standing
from hub.orders.store.former import NO_SHOP, Shop, among_former, still_open
from hub.orders.store.states import OPEN, is_open
from hub.orders.tables import buyer_erased, order_line, sales_order

_O, _L = sales_order.c, order_line.c


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it is kept; `buyer` is sealed, `source` empty where its channel told of it.

    `acknowledged`: the flags that a person has seen to, in JSON, each with what stood for its cause. `country` is where
    it goes, by ISO 3166-1; empty: its channel does not tell.
    """

    id: str
    merchant_id: str
    account_id: str
    ref: str
    number: str
    state: OrderState
    raw_state: str
    source: str
    placed_at: datetime
    updated_at: datetime
    seen_at: datetime
    ship_by: datetime | None
    courier: str
    awb: str
    fulfilled_by_channel: bool
    total: str | None
    currency: str | None
    buyer: str
    digest: int
    warehouse_id: str | None
    version: int
    created_at: datetime
    changed_at: datetime
    left_at: datetime | None
    acknowledged: str = "{}"
    country: str = ""


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it is kept. `quantity` is still wanted; `units` of the listing's it holds or took.

    `waits_for` is the product that it has not enough of; None: it waits for no stock. `in_doubt` units were given up
    that the opening stock may have or lack. `warehouse_id` is where what it holds lies, or has left; `chosen` the one
    that a person wants it to come from. `adds_to` is the ref of the line that it adds to, all of which was settled.
    """

    id: str
    order_id: str
    ref: str
    position: int
    listing_ref: str
    sku: str
    name: str
    quantity: int
    cancelled: int
    unit_price: str | None
    currency: str | None
    place_ref: str
    package_ref: str
    listing_id: str | None = None
    product_id: str | None = None
    pack: int = 1
    units: int = 0
    turn: int = 0
    standing: Standing = Standing.NONE
    in_margin: bool = False
    waits_for: str | None = None
    in_doubt: int = 0
    warehouse_id: str | None = None
    chosen: str = ""
    adds_to: str = ""


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its lines."""

    order: OrderRow
    lines: tuple[LineRow, ...]


_ORDER, _LINE = OrderRow.__struct_fields__, LineRow.__struct_fields__
_ORDER_CHANGING = tuple(
    name for name in _ORDER if name not in ("id", "merchant_id", "ref", "created_at")
)  # fmt: skip
_LINE_CHANGING = tuple(name for name in _LINE if name not in ("id", "order_id", "ref"))
_order_columns = [_O[name] for name in _ORDER]


def _looked_up() -> sa.Select[Any]:  # Any: the columns of `OrderRow`, and what was erased
    """Read each ref by the index: without statistics PostgreSQL would read the whole account instead.

    Locked by their ids, as whoever locks several orders does: who waits for another never keeps that one waiting.
    """
    refs = given("refs")
    found = _its_id(refs).label("id")
    ordered = sa.select(refs.c.value, found).order_by(found).offset(0).subquery("named")
    columns = sa.select(*_order_columns).where(_O.id == ordered.c.id)
    one = columns.limit(1).with_for_update().correlate(ordered).lateral("found")
    erased = sa.func.json_object_agg(buyer_erased.c.digest, buyer_erased.c.at, type_=sa.JSON())
    asked = (ordered.c.value.label("asked"), among_former(ordered), _erased(erased))
    return sa.select(one, *asked).select_from(ordered.outerjoin(one, sa.true()))


def _of_sqlite() -> sa.Select[Any]:  # Any: as above
    refs = given("refs")
    erased = sa.func.json_group_object(buyer_erased.c.digest, buyer_erased.c.at, type_=sa.JSON())
    asked = (refs.c.value.label("asked"), among_former(refs), _erased(erased))
    return sa.select(*_order_columns, *asked).select_from(refs.outerjoin(sales_order, _O.id == _its_id(refs)))


def _its_id(refs: Any) -> sa.ColumnElement[str]:  # Any: a table of values
    """The order of this ref that the account has, or that a former one of its shop has and that is still open."""
    own = sales_order.alias("own")
    same = (own.c.account_id == sa.bindparam("account"), own.c.ref == refs.c.value)
    found = sa.select(own.c.id).where(*same).limit(1).correlate(refs).scalar_subquery()
    return sa.func.coalesce(found, still_open(refs), type_=Key)


def _erased(gathered: sa.ColumnElement[Any]) -> sa.Label[str]:  # Any: JSON, of which every row has all
    found = sa.select(sa.cast(gathered, sa.Text)).where(among(buyer_erased.c.digest, "digests"))
    return found.scalar_subquery().label("erased")


_told_before = {"postgresql": _looked_up(), "sqlite": _of_sqlite()}
_lines_of = (
    sa.select(*(_L[name] for name in _LINE))
    .where(among(_L.order_id, "orders"))
    .order_by(_L.order_id, _L.position, _L.id)
)
_mine = sa.select(*_order_columns).where(_O.id == sa.bindparam("order"), _O.merchant_id == sa.bindparam("merchant"))


def known(db: Transaction, account_id: str, refs: Collection[str]) -> dict[str, Stored]:
    """Those of these orders that the hub has, by ref, kept from others until the transaction ends."""
    return told_before(db, account_id, refs).orders


class Before(NamedTuple):
    """What the hub has of some orders by ref, and the refs of those that a former account of the shop has done with.

    Among them are those that a former account has, by its id, and that are still open. `erased`: by digest whose buyers
    were erased, and when.
    """

    orders: dict[str, Stored]
    former: set[str]
    erased: dict[str, datetime]


def told_before(
    db: Transaction, account_id: str, refs: Collection[str], digests: Collection[str] = (), shop: Shop = NO_SHOP
) -> Before:
    """As `known`, with what else is known of these orders and `digests`: all in one statement."""
    given_ = {"account": account_id, "refs": sorted(refs), "digests": sorted(digests), **shop._asdict()}
    found = db.execute(_told_before[db.dialect], given_).mappings().all()
    rows = [read(row, OrderRow) for row in found if row["id"] is not None]
    # One of a former account may have ended in the moment in which it was locked.
    orders = _with_lines(db, [row for row in rows if row.account_id == account_id or row.state in OPEN])
    erased: dict[str, int] = msgspec.json.decode(found[0]["erased"] or "{}") if found else {}
    kept = {each.order.ref: each for each in orders}
    former = {row["asked"] for row in found if row["former"] is not None and row["asked"] not in kept}
    return Before(kept, former, {one: EPOCH + at * MICROSECOND for one, at in erased.items()})


def find(db: Transaction, merchant_id: str, order_id: str, *, for_change: bool = False) -> Stored | None:
    """An order of the merchant; `for_change` keeps it from others until the transaction ends."""
    query = _mine.with_for_update() if for_change else _mine
    found = db.execute(query, {"merchant": merchant_id, "order": order_id}).mappings().all()
    return next(iter(_with_lines(db, [read(row, OrderRow) for row in found])), None)


_of_ids = sa.select(*_order_columns).where(among(_O.id, "ids")).order_by(_O.id).with_for_update()


def of_ids(db: Transaction, ids: Collection[str]) -> list[Stored]:
    """These orders, kept from others until the transaction ends; those that were placed first come first."""
    rows = db.execute(_of_ids, {"ids": sorted(ids)}).mappings().all()
    return sorted(
        _with_lines(db, [read(row, OrderRow) for row in rows]), key=lambda one: (one.order.placed_at, one.order.id)
    )


def _with_lines(db: Transaction, orders: list[OrderRow]) -> list[Stored]:
    if not orders:
        return []
    lines: dict[str, list[LineRow]] = {}
    for row in db.execute(_lines_of, {"orders": [one.id for one in orders]}).mappings():
        lines.setdefault(row["order_id"], []).append(read(row, LineRow))
    return [Stored(order=one, lines=tuple(lines.get(one.id, ()))) for one in orders]


def write(db: Transaction, stored: Collection[Stored]) -> None:
    """Write these orders and their lines as they are now, those that there were and those that are new."""
    orders = [_values(each.order) for each in stored]
    lines = [_values(line) for each in stored for line in each.lines]
    bulk.upsert(db, sales_order, _ORDER, orders, conflict=("id",), update=_ORDER_CHANGING)
    bulk.upsert(db, order_line, _LINE, lines, conflict=("id",), update=_LINE_CHANGING)


def saw(db: Transaction, ids: Collection[str], *, at: datetime) -> None:
    """Note that a read that began then told of these orders, unchanged."""
    bulk.update(db, sales_order, "id", ("seen_at",), [(one, microseconds(at)) for one in sorted(ids)])


_unseen = (
    sa.select(_O.ref)
    .where(_O.account_id == sa.bindparam("account"), _O.seen_at < sa.bindparam("before", type_=Instant()), is_open(_O))
    .order_by(_O.seen_at)
    .limit(sa.bindparam("limit"))
)


def unseen(db: Transaction, account_id: str, *, before: datetime, limit: int) -> list[str]:
    """The refs of open orders that no read which began since then has told of, the longest unseen first."""
    return list(db.execute(_unseen, {"account": account_id, "before": before, "limit": limit}).scalars())


_named = (
    sa.select(_O.id)
    .where(_O.account_id == sa.bindparam("account"), among(_O.ref, "refs"))
    .order_by(_O.id)
    .with_for_update()
)


def saw_again(db: Transaction, account_id: str, refs: Collection[str], *, at: datetime) -> None:
    """Note that these orders were asked for then, by name, whatever the answer was.

    Before what was answered is taken in: orders are locked before levels, also those that the channel does not have.
    """
    if refs:
        found = db.execute(_named, {"account": account_id, "refs": sorted(refs)}).scalars().all()
        mine = (among(_O.id, "ids"), _O.seen_at < at)
        db.execute(sa.update(sales_order).where(*mine).values(seen_at=at), {"ids": found})


def _values(row: msgspec.Struct) -> tuple[Any, ...]:  # Any: the columns differ in type
    return tuple(map(_stored, astuple(row)))


def _stored(value: Any) -> Any:  # Any: see _values
    if isinstance(value, enum.Enum):
        return value.value
    return microseconds(value) if isinstance(value, datetime) else value

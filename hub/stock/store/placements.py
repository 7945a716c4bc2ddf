"""Products in warehouses of 3PLs: which were told of, what became of it, and what is still to be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.tables import warehouse
from hub.kernel.bulk import among, given
from hub.kernel.db import Transaction, now
from hub.kernel.types import Key
from hub.stock.rules.placing import IN_DOUBT, Status
from hub.stock.tables import placement

Pair = tuple[str, str]  # warehouse, product


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """A product in a warehouse of a 3PL. `sku` is what it is known by there, whatever it is called here by now.

    `ref` is the warehouse's own id of it, and `due` says that it is to be told, or told anew.
    """

    warehouse_id: str
    product_id: str
    merchant_id: str
    status: Status
    reason: str
    sku: str
    ref: str
    digest: str
    due: bool
    asked_at: datetime | None
    pushed_at: datetime | None
    created_at: datetime
    changed_at: datetime

    @property
    def is_there(self) -> bool:
        """Whether the warehouse knows it: documents may name it. A later change may have been refused all the same."""
        return self.pushed_at is not None


_COLUMNS = [placement.c[name] for name in Placement.__struct_fields__]
_ONE = (
    placement.c.warehouse_id == sa.bindparam("warehouse", type_=Key),
    placement.c.product_id == sa.bindparam("product", type_=Key),
)


def _opened(row: Any) -> Placement:  # Any: a row by name
    return Placement(**{**row, "status": Status(row["status"])})


def _place(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    ids = given("ids")
    fresh = sa.select(
        sa.bindparam("warehouse", type_=Key), ids.c.value, sa.bindparam("merchant", type_=Key),
        sa.literal(Status.NOT_PUSHED.value), *[sa.literal("")] * 4, sa.true(), now(), now(),
    ).where(sa.true()).order_by(ids.c.value)  # fmt: skip
    names = ["warehouse_id", "product_id", "merchant_id", "status", "reason", "sku", "ref", "digest", "due",
             "created_at", "changed_at"]  # fmt: skip
    failed = placement.c.status == Status.FAILED.value
    again = {
        "due": sa.true(),
        "digest": "",  # told whatever it knows
        "status": sa.case((failed, Status.NOT_PUSHED.value), else_=placement.c.status),
        "reason": sa.case((failed, ""), else_=placement.c.reason),
        "changed_at": now(),
    }
    keys = [placement.c.warehouse_id, placement.c.product_id]
    return insert(placement).from_select(names, fresh).on_conflict_do_update(index_elements=keys, set_=again)


_placing = {"postgresql": _place(postgresql.insert), "sqlite": _place(sqlite.insert)}


def place(db: Transaction, merchant_id: str, warehouse_id: str, product_ids: Collection[str]) -> None:
    """Let the warehouse be told of these products, again of those that it was told of."""
    wanted = {"merchant": merchant_id, "warehouse": warehouse_id, "ids": sorted(product_ids)}
    db.execute(_placing[db.dialect], wanted)


_pairs = sa.select(*_COLUMNS).where(
    among(placement.c.product_id, "products"), among(placement.c.warehouse_id, "warehouses")
)


def placed(db: Transaction, pairs: Collection[Pair]) -> dict[Pair, Placement]:
    """Those of these warehouses and products of which there is a placement."""
    wanted = {"warehouses": sorted({one for one, _ in pairs}), "products": sorted({one for _, one in pairs})}
    found = (_opened(row) for row in db.execute(_pairs, wanted).mappings())
    return {pair: one for one in found if (pair := (one.warehouse_id, one.product_id)) in pairs}


_known = sa.select(*_COLUMNS).where(
    placement.c.warehouse_id == sa.bindparam("warehouse", type_=Key),
    among(placement.c.sku, "skus"),
    placement.c.sku != sa.literal_column("''"),  # as the index says it
)


def known_as(db: Transaction, warehouse_id: str, skus: Collection[str]) -> dict[str, Placement]:
    """What the warehouse knows by these SKUs."""
    rows = db.execute(_known, {"warehouse": warehouse_id, "skus": skus}).mappings()
    return {one.sku: one for one in map(_opened, rows)}


def find(db: Transaction, warehouse_id: str, product_id: str) -> Placement | None:
    return placed(db, [(warehouse_id, product_id)]).get((warehouse_id, product_id))


# -- what is to be told

_of_warehouse = placement.c.warehouse_id == sa.bindparam("warehouse", type_=Key)
# As the index says it: it leads there, however much the warehouse knows already.
_waits = sa.text("(due OR status IN ('pushing', 'unknown'))")
# In no order: that would lead along all that the warehouse knows. There is never more than one, or there was a bug.
_doubtful = (
    sa.select(*_COLUMNS).where(_of_warehouse, placement.c.status.in_([each.value for each in IN_DOUBT])).limit(1)
)
_due = sa.select(*_COLUMNS).where(_of_warehouse, _waits, placement.c.due).order_by(placement.c.product_id).limit(1)


def next_one(db: Transaction, warehouse_id: str) -> Placement | None:
    """What the warehouse is to be asked or told of next: first what is in doubt."""
    for wanted in (_doubtful, _due):
        row = db.execute(wanted, {"warehouse": warehouse_id}).mappings().first()
        if row is not None:
            return _opened(row)
    return None


_take_up = sa.update(placement).where(*_ONE).values(due=sa.false(), changed_at=now()).returning(*_COLUMNS)


def take_up(db: Transaction, one: Placement) -> Placement:
    """Let it be due no more and keep it from others: whatever changes from now on makes it due again."""
    named = {"warehouse": one.warehouse_id, "product": one.product_id}
    return _opened(db.execute(_take_up, named).mappings().one())


def change(db: Transaction, one: Placement, **values: object) -> Placement:
    """Let it have these values."""
    of_it = (placement.c.warehouse_id == one.warehouse_id, placement.c.product_id == one.product_id)
    changed = sa.update(placement).where(*of_it).values(changed_at=now(), **values)
    return _opened(db.execute(changed.returning(*_COLUMNS)).mappings().one())


_replace = (
    sa.update(placement)
    .where(
        placement.c.product_id == sa.bindparam("product", type_=Key), placement.c.status != Status.FAILED.value
    )
    .values(due=sa.true())
    .returning(placement.c.warehouse_id)
)  # fmt: skip


def let_be_due(db: Transaction, product_id: str) -> list[str]:
    """Let the product be told anew wherever it was told; what a warehouse refused waits for a person."""
    return sorted(db.execute(_replace, {"product": product_id}).scalars())


_give_up = (
    sa.update(placement)
    .where(_of_warehouse, _waits)
    .values(due=sa.false(), status=Status.FAILED.value, reason=sa.bindparam("why"), digest="", changed_at=now())
)


def give_up(db: Transaction, warehouse_id: str, reason: str) -> None:
    """Nothing can be told there any more: whatever waits has failed."""
    db.execute(_give_up, {"warehouse": warehouse_id, "why": reason})


_any_waits = (
    sa.select(placement.c.product_id)
    .where(placement.c.warehouse_id == warehouse.c.id, _waits)
    .order_by(placement.c.product_id)
    .limit(1)
    .correlate(warehouse)
    .scalar_subquery()
)
_houses = (
    sa.select(warehouse.c.id, warehouse.c.merchant_id, warehouse.c.account_id)
    .where(
        warehouse.c.kind == sa.literal_column("'third_party'"), warehouse.c.archived_at.is_(None),
        warehouse.c.id > sa.bindparam("after", type_=Key), _any_waits.is_not(None),
    )
    .order_by(warehouse.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)  # fmt: skip


def waiting(db: Transaction, *, after: str, limit: int) -> list[sa.Row[tuple[str, str, str]]]:
    """Open warehouses that are still to be told of something: their ids, merchants and accounts."""
    return list(db.execute(_houses, {"after": after, "most": limit}))

"""Warehouses: what a merchant's are called, where they stand, and which one is its default."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Address

from hub.channels.rules.warehouses import Details, WarehouseKind, name_key
from hub.channels.store.rows import read
from hub.channels.tables import warehouse
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now


class Warehouse(msgspec.Struct, frozen=True, kw_only=True):
    """Where a merchant's goods lie; "" is not told. One of each merchant's is its default, and never archived."""

    id: str
    merchant_id: str
    kind: WarehouseKind
    name: str
    code: str
    country: str
    timezone: str
    address: Address
    is_default: bool
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    account_id: str  # of a 3PL: whose account there
    place_ref: str  # and what the 3PL calls it


# As the index says it, which a parameter in the place of the word would not find.
_IS_OPEN_3PL = sa.and_(warehouse.c.kind == sa.literal_column("'third_party'"), warehouse.c.archived_at.is_(None))
_COLUMNS = [warehouse.c[name] for name in Warehouse.__struct_fields__]


def _rows(db: Transaction, wanted: sa.Select[Any], given: dict[str, Any] | None = None) -> list[Warehouse]:  # Any: rows
    return [read(row, Warehouse) for row in db.execute(wanted, given).mappings()]


def add(
    db: Transaction,
    warehouse_id: str,
    merchant_id: str,
    details: Details,
    *,
    is_default: bool = False,
    kind: WarehouseKind = WarehouseKind.OWN,
    account_id: str = "",
    place_ref: str = "",
) -> Warehouse:
    values = {"id": warehouse_id, "merchant_id": merchant_id, "kind": kind, "is_default": is_default}
    values |= {"account_id": account_id, "place_ref": place_ref}
    row = _stored(details) | values | {"created_at": now(), "changed_at": now()}
    return read(db.execute(sa.insert(warehouse).values(row).returning(*_COLUMNS)).mappings().one(), Warehouse)


def change(db: Transaction, warehouse_id: str, details: Details) -> Warehouse:
    return _changed(db, warehouse_id, **_stored(details))


def archive(db: Transaction, warehouse_id: str) -> Warehouse:
    return _changed(db, warehouse_id, archived_at=now())


def make_default(db: Transaction, old_id: str, new_id: str) -> Warehouse:
    """Move the mark; never two at any moment, as the index wants it."""
    _changed(db, old_id, is_default=False)
    return _changed(db, new_id, is_default=True)


def warehouse_of(db: Transaction, merchant_id: str, warehouse_id: str, *, keeps_open: bool = False) -> Warehouse | None:
    """The warehouse if it is this merchant's, archived or not; `keeps_open`: nobody archives it meanwhile."""
    mine = sa.select(*_COLUMNS).where(warehouse.c.id == warehouse_id, warehouse.c.merchant_id == merchant_id)
    return next(iter(_rows(db, mine.with_for_update(read=True) if keeps_open else mine)), None)


def default_of(db: Transaction, merchant_id: str) -> Warehouse | None:
    mine = sa.select(*_COLUMNS).where(warehouse.c.merchant_id == merchant_id, warehouse.c.is_default)
    return next(iter(_rows(db, mine)), None)


def warehouses_of(db: Transaction, merchant_id: str, *, limit: int, after_id: str | None = None) -> list[Warehouse]:
    """The merchant's, archived ones too, the oldest first; one more than `limit`, as the accounts have it."""
    wanted = sa.select(*_COLUMNS).where(warehouse.c.merchant_id == merchant_id)
    if after_id is not None:
        wanted = wanted.where(warehouse.c.id > after_id)
    return _rows(db, wanted.order_by(warehouse.c.id).limit(limit + 1))


def named(db: Transaction, merchant_id: str, warehouse_ids: Collection[str]) -> dict[str, Warehouse]:
    """Those of these ids that are the merchant's, by id."""
    wanted = sa.select(*_COLUMNS).where(warehouse.c.merchant_id == merchant_id, among(warehouse.c.id, "ids"))
    return {each.id: each for each in _rows(db, wanted, {"ids": list(warehouse_ids)})}


def of_accounts(db: Transaction, account_ids: Collection[str]) -> list[Warehouse]:
    """The open warehouses of these accounts at 3PLs."""
    wanted = sa.select(*_COLUMNS).where(among(warehouse.c.account_id, "accounts"), _IS_OPEN_3PL)
    return _rows(db, wanted.order_by(warehouse.c.id), {"accounts": list(account_ids)})


def third_party_of(db: Transaction, merchant_id: str) -> list[Warehouse]:
    """The merchant's open warehouses at 3PLs."""
    wanted = sa.select(*_COLUMNS).where(warehouse.c.merchant_id == merchant_id, _IS_OPEN_3PL)
    return _rows(db, wanted.order_by(warehouse.c.id))


def name_keys(db: Transaction, merchant_id: str, *, but: Collection[str] = ()) -> set[str]:
    """What the merchant's open warehouses are called, folded, but for these of them."""
    mine = sa.select(warehouse.c.id, warehouse.c.name_key).where(
        warehouse.c.merchant_id == merchant_id, warehouse.c.archived_at.is_(None)
    )
    return {row.name_key for row in db.execute(mine) if row.id not in but}


def namesakes(db: Transaction, merchant_id: str, details: Details, *, but: str) -> list[Warehouse]:
    """Open warehouses of this name or code, other than `but`."""
    same = [warehouse.c.name_key == name_key(details.name)]
    if details.code:
        same.append(warehouse.c.code == details.code)
    wanted = sa.select(*_COLUMNS).where(
        warehouse.c.merchant_id == merchant_id, warehouse.c.archived_at.is_(None), warehouse.c.id != but, sa.or_(*same)
    )
    return _rows(db, wanted.order_by(warehouse.c.id))


def _changed(db: Transaction, warehouse_id: str, **values: object) -> Warehouse:
    changed = sa.update(warehouse).where(warehouse.c.id == warehouse_id).values(changed_at=now(), **values)
    return read(db.execute(changed.returning(*_COLUMNS)).mappings().one(), Warehouse)


def _stored(details: Details) -> dict[str, Any]:  # Any: the columns differ in type
    return {
        "name": details.name,
        "name_key": name_key(details.name),
        "code": details.code,
        "country": details.country,
        "timezone": details.timezone,
        "address": details.address,
    }

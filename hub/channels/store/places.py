"""Places of accounts and the warehouses mapped to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Place

from hub.channels.rules import State
from hub.channels.rules.places import Mapped, present
from hub.channels.tables import account, place_map, warehouse
from hub.kernel.bulk import among
from hub.kernel.db import Transaction


class MappedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place with the warehouses behind it, by id and name, in one order; its name is the one it had when mapped."""

    ref: str
    name: str
    shared: bool
    warehouses: tuple[tuple[str, str], ...]

    @property
    def mapped(self) -> Mapped:
        return Mapped(place_ref=self.ref, warehouses=tuple(one for one, _ in self.warehouses), shared=self.shared)


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """An account that uses a warehouse behind one of its places, or, with None, to open its stock."""

    account: str
    place_ref: str | None = None


_mapped = (
    sa.select(place_map, warehouse.c.name)
    .join(warehouse, warehouse.c.id == place_map.c.warehouse_id)
    .where(among(place_map.c.account_id, "accounts"))
    .order_by(place_map.c.account_id, place_map.c.rank, place_map.c.warehouse_id)
)


def mapped_places(db: Transaction, account_ids: Collection[str]) -> dict[str, list[MappedPlace]]:
    """The mappings of these accounts, each in its own order, those of places that are gone too."""
    found: dict[str, dict[str, list[sa.Row[Any]]]] = {}  # Any: columns of both tables
    for row in db.execute(_mapped, {"accounts": list(account_ids)}):
        found.setdefault(row.account_id, {}).setdefault(row.place_ref, []).append(row)
    return {one: [_place(rows) for rows in found.get(one, {}).values()] for one in account_ids}


def _place(rows: Sequence[sa.Row[Any]]) -> MappedPlace:  # Any: see mapped_places
    return MappedPlace(
        ref=rows[0].place_ref,
        name=rows[0].place_name,
        shared=rows[0].shared,
        warehouses=tuple((row.warehouse_id, row.name) for row in rows),
    )


def replace_mapping(db: Transaction, account_id: str, mapping: Sequence[Mapped], names: Mapping[str, str]) -> None:
    """Put this mapping in the place of whatever the account has; `names` are those of its places, by ref."""
    forget(db, account_id)
    rows = [
        {
            "account_id": account_id,
            "place_ref": each.place_ref,
            "warehouse_id": one,
            "rank": rank,
            "shared": each.shared,
            "place_name": names[each.place_ref],
        }
        for rank, each in enumerate(mapping)
        for one in each.warehouses
    ]
    if rows:
        db.execute(sa.insert(place_map), rows)


def forget(db: Transaction, account_id: str) -> None:
    db.execute(sa.delete(place_map).where(place_map.c.account_id == account_id))


def forget_warehouse(db: Transaction, warehouse_id: str) -> None:
    """Let nothing be mapped to this warehouse any more."""
    db.execute(sa.delete(place_map).where(place_map.c.warehouse_id == warehouse_id))


def mapped_to(db: Transaction, warehouse_id: str) -> list[str]:
    """The ids of the accounts that show this warehouse at a place."""
    wanted = sa.select(place_map.c.account_id).where(place_map.c.warehouse_id == warehouse_id).distinct()
    return list(db.execute(wanted.order_by(place_map.c.account_id)).scalars())


def uses_of(db: Transaction, merchant_id: str, warehouse_id: str, *, limit: int) -> list[Use]:
    """Some of what keeps a warehouse from being archived: places mapped to it, and open accounts that open into it.

    A place that is gone keeps nothing.
    """
    maps = sa.select(place_map.c.account_id, place_map.c.place_ref).where(place_map.c.warehouse_id == warehouse_id)
    mapped = db.execute(maps.order_by(place_map.c.account_id, place_map.c.rank)).all()
    users = sa.select(account.c.id, account.c.name, account.c.places).where(among(account.c.id, "ids"))
    known = {row.id: row for row in db.execute(users, {"ids": list({row.account_id for row in mapped})})}
    there = {id_: set(present(msgspec.convert(row.places, tuple[Place, ...]))) for id_, row in known.items()}
    opens = sa.select(account.c.name).where(
        account.c.merchant_id == merchant_id,
        account.c.opening_warehouse == warehouse_id,
        account.c.state != State.CLOSED,
    )
    found = [
        Use(account=known[row.account_id].name, place_ref=row.place_ref)
        for row in mapped
        if row.place_ref in there[row.account_id]
    ]
    return found[:limit] + [Use(account=row.name) for row in db.execute(opens.limit(limit))]

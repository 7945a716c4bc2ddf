"""Merchants and keys as records, and the statements about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.kernel.api.policy import Access
from hub.kernel.db import Transaction, now
from hub.kernel.types import Instant
from hub.merchants.rules import Feature, Several
from hub.merchants.tables import api_key, api_key_merchant, merchant

_MINUTE = 60_000_000  # microseconds


class Merchant(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells: the owner of accounts, products, stock and orders.

    `reserve_unpaid`: orders hold stock before they are paid; else what nobody has paid yet stays on sale.
    `several_warehouses`: what becomes of an order whose lines lie in different ones.
    """

    id: str
    name: str
    features: tuple[Feature, ...]
    reserve_unpaid: bool
    several_warehouses: Several
    created_at: datetime
    updated_at: datetime


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret. `merchants` null: it reaches all of them."""

    id: str
    name: str
    public_id: str
    access: Access
    merchants: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def add_merchant(db: Transaction, *, merchant_id: str, name: str, features: tuple[Feature, ...]) -> Merchant:
    row = {"id": merchant_id, "name": name, "features": features, "created_at": now(), "updated_at": now()}
    return _merchant(db.execute(sa.insert(merchant).values(row).returning(merchant)).one())


def change_merchant(db: Transaction, wanted: Merchant) -> Merchant:
    """Write what may change of a merchant, as it is `wanted`."""
    names = ("name", "features", "reserve_unpaid", "several_warehouses")
    values: dict[str, Any] = {name: getattr(wanted, name) for name in names}  # Any: the columns differ in type
    changed = sa.update(merchant).where(merchant.c.id == wanted.id).values(values | {"updated_at": now()})
    return _merchant(db.execute(changed.returning(merchant)).one())


def find_merchant(db: Transaction, merchant_id: str, *, for_change: bool = False) -> Merchant | None:
    wanted = sa.select(merchant).where(merchant.c.id == merchant_id)
    row = db.execute(wanted.with_for_update() if for_change else wanted).one_or_none()
    return _merchant(row) if row else None


def merchants_among(db: Transaction, merchant_ids: Iterable[str]) -> set[str]:
    wanted = sa.select(merchant.c.id).where(merchant.c.id.in_(list(merchant_ids)))
    return set(db.execute(wanted).scalars())


def merchants_reached(
    db: Transaction, reach: frozenset[str] | None, *, after: str | None, limit: int
) -> list[Merchant]:
    wanted = sa.select(merchant).order_by(merchant.c.id).limit(limit)
    if reach is not None:
        wanted = wanted.where(merchant.c.id.in_(sorted(reach)))
    if after is not None:
        wanted = wanted.where(merchant.c.id > after)
    return [_merchant(row) for row in db.execute(wanted)]


_to_admit = sa.select(  # asked for by every request, so it is built once
    api_key.c.id, api_key.c.digest, api_key.c.access, api_key.c.reach,
    sa.exists().where(merchant.c.id == sa.bindparam("merchant")).label("known"),
).where(
    api_key.c.public_id == sa.bindparam("public_id"),
    api_key.c.revoked_at.is_(None),
    sa.or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now()),
)  # fmt: skip


def key_to_admit(db: Transaction, public_id: str, merchant_id: str | None) -> sa.Row[Any] | None:  # Any: mixed columns
    """The living key of this id with its digest, and whether the merchant asked for exists."""
    return db.execute(_to_admit, {"public_id": public_id, "merchant": merchant_id}).one_or_none()


def note_use(db: Transaction, key_id: str) -> None:
    minute = sa.cast(now(), sa.BigInteger) // _MINUTE * _MINUTE
    db.execute(sa.update(api_key).where(api_key.c.id == key_id).values(last_used_at=sa.type_coerce(minute, Instant())))


def end_expired(db: Transaction, reach: str, name: str) -> None:
    """An expired key gives its place to the next one."""
    db.execute(
        sa.update(api_key)
        .where(api_key.c.reach == reach, api_key.c.name == name, api_key.c.revoked_at.is_(None))
        .where(api_key.c.expires_at <= now())
        .values(revoked_at=api_key.c.expires_at)
    )


def slots_taken(db: Transaction, reach: str, name: str) -> set[int]:
    wanted = sa.select(api_key.c.slot).where(
        api_key.c.reach == reach, api_key.c.name == name, api_key.c.revoked_at.is_(None)
    )
    return set(db.execute(wanted).scalars())


def add_key(db: Transaction, values: dict[str, Any], merchants: tuple[str, ...]) -> ApiKey:  # Any: mixed columns
    row = db.execute(sa.insert(api_key).values(created_at=now(), **values).returning(api_key)).one()
    if merchants:
        db.execute(sa.insert(api_key_merchant), [{"key_id": row.id, "merchant_id": each} for each in merchants])
    return _key(row)


def find_key(db: Transaction, key_id: str) -> ApiKey | None:
    row = db.execute(sa.select(api_key).where(api_key.c.id == key_id)).one_or_none()
    return _key(row) if row else None


def revoke_key(db: Transaction, key_id: str) -> ApiKey | None:
    """End a living key; None where it had ended before."""
    ended = sa.update(api_key).where(api_key.c.id == key_id, api_key.c.revoked_at.is_(None))
    row = db.execute(ended.values(revoked_at=now()).returning(api_key)).one_or_none()
    return _key(row) if row else None


def keys_reaching(db: Transaction, merchant_id: str | None, *, after: str | None, limit: int) -> list[ApiKey]:
    """The keys made for a merchant (without the platform's), or with None all keys."""
    wanted = sa.select(api_key).order_by(api_key.c.id).limit(limit)
    if merchant_id is not None:
        theirs = sa.select(api_key_merchant.c.key_id).where(api_key_merchant.c.merchant_id == merchant_id)
        wanted = wanted.where(api_key.c.id.in_(theirs))
    if after is not None:
        wanted = wanted.where(api_key.c.id > after)
    return [_key(row) for row in db.execute(wanted)]


def _merchant(row: sa.Row[Any]) -> Merchant:  # Any: a row of the merchant table
    features = tuple(Feature(each) for each in row.features)
    return Merchant(
        id=row.id, name=row.name, features=features, reserve_unpaid=row.reserve_unpaid,
        several_warehouses=Several(row.several_warehouses), created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def _key(row: sa.Row[Any]) -> ApiKey:  # Any: a row of the key table
    return ApiKey(
        id=row.id,
        name=row.name,
        public_id=row.public_id,
        access=Access(row.access),
        merchants=None if row.reach == "*" else tuple(row.reach.split(",")),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at and max(row.last_used_at, row.created_at),  # its minute may have begun before
    )

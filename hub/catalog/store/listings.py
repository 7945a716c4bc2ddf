"""Listings as an import meets them, each question one statement for many rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.catalog.store.filters import unseen_by_planners
from hub.catalog.tables import listing
from hub.kernel import bulk
from hub.kernel.bulk import StorageRow, among, given
from hub.kernel.db import Transaction
from hub.kernel.types import Instant, Key, microseconds

COLUMNS = (
    "id", "merchant_id", "account_id", "ref", "parent_ref", "sku", "sku_key", "name", "name_key", "price", "currency",
    "active", "quantity", "details", "digest", "state", "sku_class", "current", "seen_at", "seen_run", "created_at",
    "sku_fold", "barcode_key",
)  # fmt: skip
# What an import never changes in a listing that exists; `state` above all is a person's word.
_KEPT = {"id", "merchant_id", "account_id", "ref", "state", "created_at"}
_CHANGING = tuple(name for name in COLUMNS if name not in _KEPT)


class Known(NamedTuple):
    """What the hub has of a listing before a page is taken in."""

    ref: str
    id: str
    sku_key: str
    state: str
    sku_class: str | None
    current: bool
    seen_run: str
    digest: int


_columns = [listing.c[name] for name in Known._fields]
_of_account = sa.select(*_columns).where(listing.c.account_id == sa.bindparam("account_id"))


def _looked_up() -> sa.Select[Any]:  # Any: the columns of `Known`
    """Read each ref by the index: without statistics PostgreSQL would read the whole account instead."""
    refs = given("refs")
    found = _of_account.where(listing.c.ref == refs.c.value).limit(1).correlate(refs).lateral("found")
    return sa.select(found).select_from(refs.join(found, sa.true()))


_known = {"postgresql": _looked_up(), "sqlite": _of_account.where(among(listing.c.ref, "refs"))}


def known(db: Transaction, account_id: str, refs: Collection[str]) -> dict[str, Known]:
    rows = db.execute(_known[db.dialect], {"account_id": account_id, "refs": refs})
    return {row.ref: Known._make(row) for row in rows}


def record(db: Transaction, rows: list[StorageRow]) -> None:
    bulk.upsert(db, listing, COLUMNS, rows, conflict=("account_id", "ref"), update=_CHANGING)


def touch(db: Transaction, ids: Iterable[str], *, seen_at: datetime, seen_run: str) -> None:
    """Mark listings that the channel shows unchanged."""
    stamp = (microseconds(seen_at), seen_run)
    bulk.update(db, listing, "id", ("seen_at", "seen_run"), [(id_, *stamp) for id_ in ids])


_unseen = (
    sa.select(*(listing.c[name] for name in Known._fields))
    .where(
        listing.c.account_id == sa.bindparam("account_id"),
        listing.c.ref > sa.bindparam("after"),
        listing.c.current,
        listing.c.seen_run != sa.bindparam("run"),
        listing.c.seen_at < sa.bindparam("before", type_=Instant()),
    )
    .order_by(listing.c.ref)
    .limit(sa.bindparam("limit"))
)


def unseen(db: Transaction, account_id: str, *, run: str, before: datetime, after: str, limit: int) -> list[Known]:
    """Current listings that this run did not meet and nobody has met since it began, by ref."""
    given = {"account_id": account_id, "run": run, "before": before, "after": after, "limit": limit}
    rows = db.execute(_unseen, given)
    return [Known._make(row) for row in rows]


def retire(db: Transaction, ids: Iterable[str]) -> None:
    bulk.update(db, listing, "id", ("current", "sku_class"), [(id_, False, None) for id_ in ids])


class Waiting(NamedTuple):
    """A listing as a person decides about it; `linked_sku`, `decision` and `pushed_key` are columns of the table."""

    id: str
    account_id: str
    sku: str
    sku_key: str
    sku_class: str | None
    state: str
    current: bool
    product_id: str | None
    linked_sku: str | None
    decision: str | None
    pushed_key: str | None


_as_waiting = sa.select(*(listing.c[name] for name in Waiting._fields)).order_by(listing.c.id)
_waiting = _as_waiting.where(
    among(listing.c.id, "ids"), unseen_by_planners([listing.c.merchant_id == sa.bindparam("merchant", type_=Key)])
)
_of_product = _as_waiting.where(listing.c.product_id == sa.bindparam("product"))


def waiting(db: Transaction, merchant_id: str, ids: Collection[str]) -> list[Waiting]:
    """Those of these listings that are the merchant's, the oldest first."""
    return [Waiting._make(row) for row in db.execute(_waiting, {"merchant": merchant_id, "ids": ids})]


def of_product(db: Transaction, product_id: str) -> list[Waiting]:
    """The listings that are linked to a product, retired ones too."""
    return [Waiting._make(row) for row in db.execute(_of_product, {"product": product_id})]


def stand(db: Transaction, rows: list[StorageRow]) -> None:
    """Put listings where a step wants them: (id, state, product, linked SKU, event of the step, class) each."""
    bulk.update(db, listing, "id", ("state", "product_id", "linked_sku", "decision", "sku_class"), rows)


def made_under(db: Transaction, listing_id: str, key: str) -> None:
    """Note the key under which a push made this listing, so that the channel knows it by that key from now on."""
    db.execute(sa.update(listing).where(listing.c.id == listing_id).values(pushed_key=key))


def pack_of(db: Transaction, merchant_id: str, listing_id: str) -> int | None:
    query = sa.select(listing.c.pack).where(listing.c.merchant_id == merchant_id, listing.c.id == listing_id)
    found: int | None = db.execute(query).scalar_one_or_none()
    return found


def set_pack(db: Transaction, listing_id: str, pack: int) -> None:
    db.execute(sa.update(listing).where(listing.c.id == listing_id).values(pack=pack))

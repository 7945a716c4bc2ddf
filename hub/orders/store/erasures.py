"""Whose buyers are to be erased, which of their orders may be by now, and of whom nothing is taken in again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
from hub.kernel.types import MICROSECOND, Key, microseconds
from hub.orders.store.states import is_open
from hub.orders.tables import buyer_erased, buyer_erasure, sales_order

BATCH = 500  # purged in one transaction
KEEP = timedelta(days=30)  # longer than any channel repeats a delivery, or any feed is read back
_E, _O, _D = buyer_erasure.c, sales_order.c, buyer_erased.c
_COLUMNS = ("account_id", "ref", "merchant_id", "everyone", "done_to", "asked_at")
_mine = _E.account_id == sa.bindparam("account")
_everyone = (
    sa.select(_E.ref, _E.merchant_id, _E.done_to, _E.asked_at).where(_mine, _E.everyone).order_by(_E.ref).limit(1)
)
_next = (
    sa.select(_O.id, _O.ref)
    .where(_O.account_id == sa.bindparam("account"), _O.id > sa.bindparam("after"))
    .order_by(_O.id)
    .limit(sa.bindparam("limit"))
)
_has_buyer = (_O.buyer != "").label("has_buyer")
_known = sa.select(_O.id, _O.ref, _O.merchant_id, is_open(_O).label("is_open"), _has_buyer).where(
    _O.account_id == sa.bindparam("account"), among(_O.ref, "refs")
)
_named = sa.select(_E.ref).where(_mine, ~_E.everyone, _E.ref > sa.bindparam("after")).order_by(_E.ref)


def add(db: Transaction, account_id: str, merchant_id: str, refs: Collection[str], *, everyone: bool = False) -> None:
    """Ask for these orders, or for the whole account by one ref that names it, once however often it is asked."""
    at = db.execute(sa.select(sa.type_coerce(now(), sa.BigInteger))).scalar_one()
    rows = [(account_id, ref, merchant_id, everyone, "", at) for ref in sorted(set(refs))]
    bulk.upsert(db, buyer_erasure, _COLUMNS, rows, conflict=("account_id", "ref"))


def everyone(db: Transaction, account_id: str) -> sa.Row[Any] | None:  # Any: the columns above
    """A wish for the whole account, and how far it has come."""
    return db.execute(_everyone, {"account": account_id}).first()


def orders_after(db: Transaction, account_id: str, after: str, *, limit: int) -> list[sa.Row[Any]]:  # Any: id, ref
    return list(db.execute(_next, {"account": account_id, "after": after, "limit": limit}))


def come_to(db: Transaction, account_id: str, ref: str, order_id: str) -> None:
    db.execute(sa.update(buyer_erasure).where(_E.account_id == account_id, _E.ref == ref).values(done_to=order_id))


def named(db: Transaction, account_id: str, *, after: str, limit: int) -> list[str]:
    """Orders that are wished for by name."""
    return list(db.execute(_named.limit(limit), {"account": account_id, "after": after}).scalars())


def known(db: Transaction, account_id: str, refs: Collection[str]) -> list[sa.Row[Any]]:
    """Those of these orders that the hub has, kept from others; `is_open`: somebody still has to send it."""
    # Any: id, ref, merchant_id, is_open, has_buyer
    query = _known.order_by(_O.id).with_for_update()
    return list(db.execute(query, {"account": account_id, "refs": sorted(refs)}))


def erase(db: Transaction, order_ids: Collection[str]) -> None:
    """Let the hub know no more who ordered."""
    mine = among(_O.id, "ids")
    changed = {"buyer": "", "version": _O.version + 1, "changed_at": now()}
    db.execute(sa.update(sales_order).where(mine).values(changed), {"ids": sorted(order_ids)})


def done(db: Transaction, account_id: str, refs: Collection[str]) -> None:
    db.execute(
        sa.delete(buyer_erasure).where(_mine, among(_E.ref, "refs")), {"account": account_id, "refs": sorted(refs)}
    )


def is_asked(db: Transaction, account_id: str, ref: str) -> bool:
    """Whether this order waits for its buyer to be erased."""
    return db.execute(sa.select(_E.ref).where(_E.account_id == account_id, _E.ref == ref)).first() is not None


def wished(db: Transaction, orders: Mapping[str, str]) -> set[str]:
    """Those of these orders, each with its account, by ref, that wait for it, by name or with their account."""
    query = sa.select(_E.account_id, _E.ref, _E.everyone).where(
        among(_E.account_id, "accounts"), sa.or_(_E.everyone, among(_E.ref, "refs"))
    )
    found = db.execute(query, {"accounts": sorted({*orders.values()}), "refs": sorted(orders)}).all()
    named = {(row.account_id, row.ref) for row in found}
    whole = {row.account_id for row in found if row.everyone}
    return {ref for ref, account_id in orders.items() if account_id in whole or (account_id, ref) in named}


def left(db: Transaction, account_id: str) -> bool:
    """Whether any wish is left."""
    return db.execute(sa.select(_E.ref).where(_mine).limit(1), {"account": account_id}).first() is not None


def remember(db: Transaction, digests: Collection[str], *, at: datetime | None = None) -> None:
    """Let nothing that is told of these bring their buyers back; `at`: of a shop, when it was asked for."""
    since = microseconds(at) if at else db.execute(sa.select(sa.type_coerce(now(), sa.BigInteger))).scalar_one()
    rows = [(digest, since) for digest in sorted(digests)]
    bulk.upsert(db, buyer_erased, ("digest", "at"), rows, conflict=("digest",), update=("at",))


_remembered = sa.select(_D.digest, _D.at).where(among(_D.digest, "digests"))


def remembered(db: Transaction, digests: Collection[str]) -> Mapping[str, datetime]:
    """Those of these that are not to come back, and since when."""
    if not digests:
        return {}
    return {row.digest: row.at for row in db.execute(_remembered, {"digests": sorted(digests)})}


_pairs = bulk.rows("pairs", account_id=Key, ref=Key)
_one = (
    sa.select(_O.account_id, _O.ref)
    .where(_O.account_id == _pairs.c.account_id, _O.ref == _pairs.c.ref, _O.buyer == "")
    .limit(1)
    .correlate(_pairs)
)
_of_pair = _one.lateral("found")  # each by the index, whatever is known of the table's size
_NAMELESS = {
    "postgresql": sa.select(_of_pair).select_from(_pairs.join(_of_pair, sa.true())),
    "sqlite": sa.select(_O.account_id, _O.ref).select_from(
        _pairs.join(
            sales_order,
            sa.and_(_O.account_id == _pairs.c.account_id, _O.ref == _pairs.c.ref, _O.buyer == ""),
        )
    ),
}


def nameless(db: Transaction, orders: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these orders, by account and ref, that have no buyer any more."""
    if not orders:
        return set()
    found = db.execute(_NAMELESS[db.dialect], {"pairs": sorted(orders)})
    return {(row.account_id, row.ref) for row in found}


def purge_erased(db: Transaction) -> int:
    """Forget some of those whose wish is so old that nobody tells of them any more; 0 where nothing is left of it."""
    until = sa.type_coerce(now(), sa.BigInteger) - KEEP // MICROSECOND
    past = sa.select(_D.digest).where(sa.type_coerce(_D.at, sa.BigInteger) <= until)
    some = past.order_by(_D.at).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(buyer_erased).where(_D.digest.in_(some))).rowcount

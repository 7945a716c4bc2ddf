"""Searches listings by how their code or name begins: in the order of the codes, then of the names, each by its index.

In the order of the ids no index could find them: a rare code would be sought among everything that is older. No index
knows what else is asked of them; so an answer looks at MOST of those that begin so, and may come short.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from hub.catalog.store import oldest
from hub.catalog.store.filters import LAST, ListingFilter, bounds, by_key, by_place, unseen_by_planners, within
from hub.catalog.tables import listing
from hub.kernel.bulk import among
from hub.kernel.db import Transaction

L = listing.c
MOST = 4_000  # that one answer looks at
NARROW = 500  # listings that fit but for the text: they are looked at, however many others begin so
KEYS = ("sku_key", "name_key")


class Place(NamedTuple):
    """Where a search stands: by which of KEYS, and behind which listing."""

    by: int
    key: str
    account_id: str
    id: str


class Hits(NamedTuple):
    """Listings in the order of their places, and the place behind which others may follow."""

    found: list[Place]
    following: Place | None


def hits(db: Transaction, merchant_id: str, wanted: ListingFilter, *, limit: int, after: Place | None) -> Hits:
    """At most `limit` listings that fit, from the one behind `after` on."""
    given = {"merchant": merchant_id, **bounds(wanted.q)}
    start = _start(0, given) if after is None else max(after, _start(after.by, given))  # whatever text it was made for
    met = _walk(db, given, wanted, start, limit)
    if met.following and len(met.found) < limit and (by_key(wanted) or by_place(wanted)):
        met = _among_few(db, given, wanted, start) or met
    return Hits(met.found[:limit], met.found[limit - 1]) if len(met.found) > limit else met


def count(db: Transaction, merchant_id: str, wanted: ListingFilter) -> int:
    """How many current listings fit; as many are looked at as begin so."""
    fits = [*by_key(wanted), *by_place(wanted), L.current]
    others = [*fits, sa.not_(within(L.sku_key, "sku_key"))]
    parts = (
        sa.select(sa.func.count()).where(
            L.merchant_id == sa.bindparam("merchant"), within(L[key], key), unseen_by_planners(these)
        )
        for key, these in zip(KEYS, (fits, others), strict=True)
    )
    given = {"merchant": merchant_id, **bounds(wanted.q)}
    return sum(int(db.execute(part, given).scalar_one()) for part in parts)


def _start(by: int, given: dict[str, str]) -> Place:
    return Place(by, given[f"{KEYS[by]}_from"], "", "")


def _walk(db: Transaction, given: dict[str, str], wanted: ListingFilter, start: Place, limit: int) -> Hits:
    """Look at those that begin so until one more than `limit` fits; further at first where few do."""
    at: Place | None = start
    found: list[Place] = []
    looked, size = 0, 4 * limit
    while at is not None and looked < MOST and len(found) <= limit:
        met, at = _look(db, given, wanted, at, size)
        found += met
        looked, size = looked + size, min(4 * size, MOST)
    return Hits(found, at)


def _look(
    db: Transaction, given: dict[str, str], wanted: ListingFilter, at: Place, size: int
) -> tuple[list[Place], Place | None]:
    """Those that fit among the next `size`, and where that ended; None behind the last of all."""
    order = [L[KEYS[at.by]], L.account_id, L.id]
    fits = [*by_key(wanted), *by_place(wanted)]
    if at.by > 0:  # by its code it was found already
        fits.append(sa.not_(within(L.sku_key, "sku_key")))
    query = (
        # Whether a row fits is told of each and no condition: no other index is a choice.
        sa.select(*order, sa.case((sa.and_(sa.true(), *fits), 1), else_=0))
        .where(
            L.merchant_id == sa.bindparam("merchant"),
            sa.tuple_(*order) > sa.tuple_(*(sa.bindparam(name) for name in ("key", "account", "id"))),
            order[0] <= sa.bindparam(f"{KEYS[at.by]}_to"),
        )
        .order_by(*order)
        .limit(size)
    )
    found = db.execute(query, {**given, "key": at.key, "account": at.account_id, "id": at.id})
    rows: list[tuple[Any, ...]] = [tuple(row) for row in found]  # Any: the place's columns, and whether the row fits
    met = [Place(at.by, *row[:3]) for row in rows if row[3]]
    if len(rows) == size:
        return met, Place(at.by, *rows[-1][:3])
    return met, _start(at.by + 1, given) if at.by + 1 < len(KEYS) else None


def _among_few(db: Transaction, given: dict[str, str], wanted: ListingFilter, start: Place) -> Hits | None:
    """All behind `start`, where few listings fit but for the text; None where many do."""
    but_for_text = msgspec.structs.replace(wanted, q=None)
    few = oldest.ids(db, given["merchant"], but_for_text, limit=NARROW + 1, after="", until=LAST)
    if len(few) > NARROW:
        return None
    places = (_place(row, given) for row in db.execute(_keys, {"ids": few}))
    return Hits(sorted(place for place in places if place and place > start), None)


_keys = sa.select(L.id, L.account_id, *(L[key] for key in KEYS)).where(among(L.id, "ids"))


def _place(row: sa.Row[tuple[str, ...]], given: dict[str, str]) -> Place | None:
    named = row._asdict()
    for by, key in enumerate(KEYS):
        if given[f"{key}_from"] <= named[key] <= given[f"{key}_to"]:
            return Place(by, named[key], row.account_id, row.id)
    return None

"""How what came differs from what was planned: kept while it holds, and that it once did for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.store.rows import read
from hub.fulfilment.rules.inbounds import Difference, Figures
from hub.fulfilment.tables.inbounds import discrepancy
from hub.kernel.db import Transaction, now

_D = discrepancy.c
_KEYS = ("inbound_id", "sku", "kind")
_FIGURES = Figures._fields


class Discrepancy(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU of which something else came than was planned; `ended_at`: the warehouse has told otherwise since."""

    sku: str
    kind: Difference
    planned: int
    good: int
    damaged: int
    note: str
    found_at: datetime
    changed_at: datetime
    ended_at: datetime | None

    @property
    def figures(self) -> Figures:
        return Figures(self.planned, self.good, self.damaged, self.note)


_COLUMNS = [_D[name] for name in Discrepancy.__struct_fields__]


def of_inbound(db: Transaction, inbound_id: str) -> list[Discrepancy]:
    """All that an inbound has or had, by SKU."""
    found = db.execute(sa.select(*_COLUMNS).where(_D.inbound_id == inbound_id).order_by(_D.sku, _D.kind)).mappings()
    return [read(row, Discrepancy) for row in found]


def _build(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    named: dict[str, Any] = {name: sa.bindparam(name) for name in (*_KEYS, *_FIGURES)}  # Any: values of columns
    made = insert(discrepancy).values(**named, found_at=now(), changed_at=now(), ended_at=None)
    again = {name: made.excluded[name] for name in (*_FIGURES, "changed_at", "ended_at")}
    return made.on_conflict_do_update(index_elements=list(_KEYS), set_=again)


_keep = {"postgresql": _build(postgresql.insert), "sqlite": _build(sqlite.insert)}
_end = (
    sa.update(discrepancy)
    .where(
        _D.inbound_id == sa.bindparam("of"), _D.sku == sa.bindparam("of_sku"), _D.kind == sa.bindparam("of_kind"),
        _D.ended_at.is_(None),
    )
    .values(ended_at=now(), changed_at=now())
)  # fmt: skip


def settle(db: Transaction, inbound_id: str, found: Mapping[tuple[str, Difference], Figures]) -> list[Discrepancy]:
    """Let these hold from now on, and no others; gives those that are new or say something else than before."""
    before = {(one.sku, one.kind): one for one in of_inbound(db, inbound_id)}
    standing = {key: one.figures for key, one in before.items() if one.ended_at is None}
    news = [key for key, figures in sorted(found.items()) if standing.get(key) != figures]
    if news:
        given = [
            {"inbound_id": inbound_id, "sku": sku, "kind": kind.value} | found[sku, kind]._asdict()
            for sku, kind in news
        ]
        db.execute(_keep[db.dialect], given)
    if over := [key for key in sorted(standing) if key not in found]:
        db.execute(_end, [{"of": inbound_id, "of_sku": sku, "of_kind": kind.value} for sku, kind in over])
    return [one for one in of_inbound(db, inbound_id) if (one.sku, one.kind) in news] if news else []

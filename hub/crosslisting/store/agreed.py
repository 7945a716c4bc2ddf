"""When a listing and its product last agreed, and on which code: what was said since is news on one side only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from hub.catalog.tables import listing
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.events import event


class Agreed(NamedTuple):
    """`at`: when a person put the listing on its product, or, if later, of when the product was as it was pushed last.

    `sku`: the code that the hub told the channel last; "" where it told none.
    """

    at: datetime
    sku: str


class _Recorded(msgspec.Struct, frozen=True):
    """What the event of a push says; `as_of` came later than the others."""

    sku: str
    as_of: datetime | None = None


_PUSH = "listing.recorded"
_NEVER = datetime.min.replace(tzinfo=UTC)
_pushed = sa.select(event.c.id).where(
    event.c.subject_kind == "listing", event.c.subject_id == listing.c.id, event.c.kind == _PUSH
)
_last = _pushed.order_by(event.c.id.desc()).limit(1).correlate(listing).scalar_subquery()
_found = sa.select(listing.c.id, listing.c.decision, _last.label("push")).where(among(listing.c.id, "ids")).cte("found")
_decided, _push = event.alias("decided"), event.alias("push")
_linked_at = sa.select(_decided.c.occurred_at).where(_decided.c.id == _found.c.decision, _decided.c.kind != _PUSH)
_pushed_at = sa.select(_push.c.occurred_at).where(_push.c.id == _found.c.push)
_said = sa.select(_push.c.after).where(_push.c.id == _found.c.push)
_agreed = sa.select(
    _found.c.id,
    *(each.correlate(_found).scalar_subquery().label(name)
      for name, each in {"linked_at": _linked_at, "pushed_at": _pushed_at, "said": _said}.items()),
)  # fmt: skip


def agreed(db: Transaction, ids: Collection[str]) -> dict[str, Agreed]:
    """Of each of these listings, by id."""
    return {row.id: _read(row) for row in db.execute(_agreed, {"ids": ids})}


def _read(row: sa.Row[Any]) -> Agreed:  # Any: instants and JSON
    if row.said is None:
        return Agreed(row.linked_at or _NEVER, "")
    said = msgspec.convert(row.said, _Recorded)
    return Agreed(max(row.linked_at or _NEVER, said.as_of or row.pushed_at), said.sku)

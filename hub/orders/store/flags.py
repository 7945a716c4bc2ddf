"""Why orders wait: one row for each reason, there as long as it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.types import Key, microseconds
from hub.orders.rules.flags import Code, Flag
from hub.orders.tables import order_flag

_F = order_flag.c


class FlagRow(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order waits for a person, and since when."""

    order_id: str
    code: Code
    reason: str
    remedy: str
    since: datetime


_of = sa.select(*(_F[name] for name in FlagRow.__struct_fields__)).where(among(_F.order_id, "orders"))
_given = bulk.rows("kept", order_id=Key, code=Key)
_still = sa.select(_given.c.order_id).where(_given.c.order_id == _F.order_id, _given.c.code == _F.code)
_clear = sa.delete(order_flag).where(among(_F.order_id, "orders"), sa.not_(_still.correlate(order_flag).exists()))
_COLUMNS = ("order_id", "code", "merchant_id", "reason", "remedy", "since")


def of_orders(db: Transaction, order_ids: Sequence[str]) -> dict[str, list[FlagRow]]:
    """The flags of these orders, by order."""
    found: dict[str, list[FlagRow]] = {}
    for row in db.execute(_of.order_by(_F.since, _F.code), {"orders": order_ids}):
        one = FlagRow(order_id=row.order_id, code=Code(row.code), reason=row.reason, remedy=row.remedy, since=row.since)
        found.setdefault(row.order_id, []).append(one)
    return found


def replace(
    db: Transaction, merchant_id: str, flags_of: Mapping[str, Sequence[Flag]], *, known: Sequence[str], at: datetime
) -> None:  # fmt: skip
    """Let these orders have just these flags; `known` are those that may have had some. What stays keeps its age."""
    if known:
        kept = [(order_id, flag.code.value) for order_id in known for flag in flags_of[order_id]]
        db.execute(_clear, {"orders": known, "kept": kept})
    rows = [
        (order_id, flag.code.value, merchant_id, flag.reason, flag.remedy, microseconds(at))
        for order_id, flags in sorted(flags_of.items())
        for flag in flags
    ]
    bulk.upsert(db, order_flag, _COLUMNS, rows, conflict=("order_id", "code"), update=("reason", "remedy"))

"""Why orders wait: one row for each reason, there as long as it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
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
    is_ours: bool = True  # this slice says so, and takes it back


_of = (
    sa.select(*(_F[name] for name in ("order_id", "code", "reason", "remedy", "since", "raised_by")))
    .where(among(_F.order_id, "orders"))
    .order_by(_F.since, _F.code)
)
_given = bulk.rows("kept", order_id=Key, code=Key)
_still = sa.select(_given.c.order_id).where(_given.c.order_id == _F.order_id, _given.c.code == _F.code)
_OURS, _THEIRS = "orders", "fulfilment"  # who raises flags
_clear = sa.delete(order_flag).where(
    among(_F.order_id, "orders"), _F.raised_by == _OURS, sa.not_(_still.correlate(order_flag).exists())
)
_COLUMNS = ("order_id", "code", "merchant_id", "reason", "remedy", "since", "raised_by")


def of_orders(db: Transaction, order_ids: Sequence[str]) -> dict[str, list[FlagRow]]:
    """The flags of these orders, by order."""
    found: dict[str, list[FlagRow]] = {}
    for row in db.execute(_of, {"orders": order_ids}):
        one = FlagRow(
            order_id=row.order_id, code=Code(row.code), reason=row.reason, remedy=row.remedy, since=row.since,
            is_ours=row.raised_by == _OURS,
        )  # fmt: skip
        found.setdefault(row.order_id, []).append(one)
    return found


def anew(order_id: str, flags: Sequence[Flag], *, since: datetime) -> list[FlagRow]:
    """The flags of an order that had none before, as they have just been written."""
    made = [
        FlagRow(order_id=order_id, code=one.code, reason=one.reason, remedy=one.remedy, since=since) for one in flags
    ]
    return sorted(made, key=lambda one: one.code)


def remove(db: Transaction, order_id: str, code: Code) -> None:
    """Let an order wait for this no more."""
    db.execute(sa.delete(order_flag).where(_F.order_id == order_id, _F.code == code.value))


def raise_flag(db: Transaction, merchant_id: str, order_id: str, flag: Flag) -> None:
    """Let an order wait for what fulfilment says; what stays keeps its age."""
    since = db.execute(sa.select(sa.type_coerce(now(), sa.BigInteger))).scalar_one()
    row = (order_id, flag.code.value, merchant_id, flag.reason, flag.remedy, since, _THEIRS)
    changing = ("reason", "remedy", "raised_by")
    bulk.upsert(db, order_flag, _COLUMNS, [row], conflict=("order_id", "code"), update=changing)


def drop_flag(db: Transaction, order_id: str, code: Code) -> None:
    """Take back what fulfilment has said."""
    mine = (_F.order_id == order_id, _F.code == code.value, _F.raised_by == _THEIRS)
    db.execute(sa.delete(order_flag).where(*mine))


def replace(
    db: Transaction, merchant_id: str, flags_of: Mapping[str, Sequence[Flag]], *, known: Sequence[str], at: datetime
) -> None:  # fmt: skip
    """Let these orders have just these flags, but for those of others; `known` are those that may have had some.

    What stays keeps its age.
    """
    if known:
        kept = [(order_id, flag.code.value) for order_id in known for flag in flags_of[order_id]]
        db.execute(_clear, {"orders": known, "kept": kept})
    rows = [
        (order_id, flag.code.value, merchant_id, flag.reason, flag.remedy, microseconds(at), _OURS)
        for order_id, flags in sorted(flags_of.items())
        for flag in flags
    ]
    bulk.upsert(db, order_flag, _COLUMNS, rows, conflict=("order_id", "code"), update=("reason", "remedy"))

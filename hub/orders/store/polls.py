"""Which accounts there are, each with the rule by which its orders are imported by themselves, if they are."""

from __future__ import annotations

import sqlalchemy as sa

from hub.channels.store.accounts import AccountRow
from hub.channels.store.rows import read
from hub.channels.tables import account
from hub.kernel.db import Transaction
from hub.kernel.jobs.tables import schedule

_its = sa.and_(
    schedule.c.kind == sa.bindparam("kind"), schedule.c.account_id == account.c.id, schedule.c.key == ""
)  # fmt: skip
_page = (
    sa.select(account, schedule.c.rule.label("import_rule"))
    .outerjoin(schedule, _its)
    .where(account.c.id > sa.bindparam("after"))
    .order_by(account.c.id)
    .limit(sa.bindparam("limit"))
)


def some(db: Transaction, kind: str, *, after: str, limit: int) -> list[tuple[AccountRow, str | None]]:
    """Accounts behind `after`, closed ones too, with the rule of their schedule of this kind."""
    rows = db.execute(_page, {"kind": kind, "after": after, "limit": limit}).mappings()
    return [(read(row, AccountRow), row["import_rule"]) for row in rows]

"""Documents that warehouses of others have hinted at, and that nobody here knows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.fulfilment.tables import stranger
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.types import MICROSECOND, Key

BATCH = 500  # forgotten in one transaction
KEPT = timedelta(days=30)  # after they were named last

_named = rows("named", account_id=Key, code=Key)


def _build(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    new = sa.select(_named.c.account_id, _named.c.code, now(), now(), sa.literal_column("1"))
    made = insert(stranger).from_select(
        ["account_id", "code", "first_at", "last_at", "times"], new.where(sa.true()).order_by(_named.c.code)
    )
    again = {"last_at": made.excluded.last_at, "times": stranger.c.times + 1}
    return made.on_conflict_do_update(index_elements=["account_id", "code"], set_=again)


_note = {"postgresql": _build(postgresql.insert), "sqlite": _build(sqlite.insert)}


def note(db: Transaction, account_id: str, codes: Collection[str]) -> None:
    """Note that a warehouse has named these, once more."""
    if codes:
        db.execute(_note[db.dialect], {"named": [(account_id, code) for code in sorted(codes)]})


def purge_strangers(db: Transaction) -> int:
    """Forget some that were not named for long; 0 where nothing is left of it."""
    until = sa.type_coerce(now(), sa.BigInteger) - KEPT // MICROSECOND
    past = sa.select(stranger.c.account_id, stranger.c.code).where(
        sa.type_coerce(stranger.c.last_at, sa.BigInteger) < until
    )
    some = past.order_by(stranger.c.last_at).limit(BATCH).with_for_update(skip_locked=True)
    named = sa.tuple_(stranger.c.account_id, stranger.c.code)
    return db.execute(sa.delete(stranger).where(named.in_(some))).rowcount

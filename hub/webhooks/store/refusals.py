"""How often deliveries were refused: one row for each connection, day and reason, however many come."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.rules import State
from hub.channels.tables import account
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import MICROSECOND
from hub.webhooks.rules import Refusal
from hub.webhooks.tables import webhook_refusal

BATCH = 500  # purged in one transaction
KEEP = timedelta(days=90)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries to one callback address were refused on a day, and why; never who sent them."""

    id: str
    plugin: str
    day: str
    code: Refusal
    count: int
    first_at: datetime
    last_at: datetime


def add(db: Transaction, credentials: str, *, plugin: str, code: Refusal, count: int, at: datetime) -> None:
    """Count refusals of one connection, on the day of the last of them."""
    insert = postgresql.insert(webhook_refusal) if db.dialect == "postgresql" else sqlite.insert(webhook_refusal)
    row = insert.values(
        id=new_id(), credentials=credentials, day=f"{at:%Y-%m-%d}", code=code.value, plugin=plugin, count=count,
        first_at=at, last_at=at,
    )  # fmt: skip
    more = {"count": webhook_refusal.c.count + row.excluded.count, "last_at": row.excluded.last_at}
    db.execute(row.on_conflict_do_update(index_elements=["credentials", "day", "code"], set_=more))


def listing(db: Transaction, merchant_id: str, *, limit: int, before: str | None = None) -> list[Refused]:
    """What was refused at the addresses of a merchant's open accounts, the newest first, older than `before`."""
    mine = sa.select(account.c.credentials).where(account.c.merchant_id == merchant_id, account.c.state != State.CLOSED)
    wanted = sa.select(*(webhook_refusal.c[name] for name in Refused.__struct_fields__))
    wanted = wanted.where(webhook_refusal.c.credentials.in_(mine)).order_by(webhook_refusal.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(webhook_refusal.c.id < before)
    return [Refused(**{**row, "code": Refusal(row["code"])}) for row in db.execute(wanted).mappings()]


def purge_refusals(db: Transaction) -> int:
    """Delete some of what is past its retention; 0 where nothing is left of it."""
    until = sa.type_coerce(now(), sa.BigInteger) - KEEP // MICROSECOND
    past = sa.select(webhook_refusal.c.id).where(sa.type_coerce(webhook_refusal.c.last_at, sa.BigInteger) <= until)
    some = past.order_by(webhook_refusal.c.last_at).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(webhook_refusal).where(webhook_refusal.c.id.in_(some))).rowcount

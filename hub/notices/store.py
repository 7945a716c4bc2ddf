"""Notices as they are kept and found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Transaction, now
from hub.kernel.events import Subject
from hub.kernel.types import MICROSECOND
from hub.notices.rules import Level
from hub.notices.tables import notice

BATCH = 500  # purged in one transaction
KEEP = timedelta(days=90)
COLUMNS = tuple(column.name for column in notice.c if column.name != "read_at")


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that people should know. `link` is what to download, an address of this API; null: nothing."""

    id: str
    kind: str
    level: Level
    title: str
    text: str
    subject: Subject
    link: str | None
    created_at: datetime
    read_at: datetime | None


def keep(db: Transaction, rows: Sequence[StorageRow]) -> None:
    """Keep notices, given as `COLUMNS`; one that is there already stays as it is."""
    bulk.upsert(db, notice, COLUMNS, rows, conflict=("id",))


def listing(
    db: Transaction,
    merchant_id: str,
    *,
    limit: int,
    before: str | None = None,
    unread: bool = False,
    level: Level | None = None,
) -> list[Notice]:
    """The newest first, older than `before`."""
    wanted = sa.select(notice).where(notice.c.merchant_id == merchant_id).order_by(notice.c.id.desc()).limit(limit)
    if unread:
        wanted = wanted.where(notice.c.read_at.is_(None))
    if level is not None:
        wanted = wanted.where(notice.c.level == level.value)
    if before is not None:
        wanted = wanted.where(notice.c.id < before)
    return [_read(row) for row in db.execute(wanted)]


def find(db: Transaction, merchant_id: str, notice_id: str) -> Notice | None:
    row = db.execute(sa.select(notice).where(*_mine(merchant_id, notice_id))).one_or_none()
    return None if row is None else _read(row)


def mark_read(db: Transaction, merchant_id: str, notice_id: str) -> bool:
    """Note that somebody has read it; False where that is known or there is no such notice."""
    unread = sa.update(notice).where(*_mine(merchant_id, notice_id), notice.c.read_at.is_(None))
    return db.execute(unread.values(read_at=now())).rowcount == 1


def purge_notices(db: Transaction) -> int:
    """Delete some of what is past its retention; 0 where nothing is left of it."""
    before = sa.type_coerce(now(), sa.BigInteger) - KEEP // MICROSECOND
    past = sa.select(notice.c.id).where(sa.type_coerce(notice.c.created_at, sa.BigInteger) <= before)
    some = past.order_by(notice.c.created_at).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(notice).where(notice.c.id.in_(some))).rowcount


def _mine(merchant_id: str, notice_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return notice.c.merchant_id == merchant_id, notice.c.id == notice_id


def _read(row: sa.Row[Any]) -> Notice:  # Any: a row of the notice table
    subject = Subject(kind=row.subject_kind, id=row.subject_id)
    named = {name: getattr(row, name) for name in Notice.__struct_fields__ if name not in ("subject", "level")}
    return Notice(subject=subject, level=Level(row.level), **named)

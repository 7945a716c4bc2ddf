"""Work that comes round: rows with a rule, enqueued and moved on in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
import structlog
from cronsim import CronSim, CronSimError
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel import bulk
from hub.kernel.db import Transaction, now
from hub.kernel.errors import Invalid
from hub.kernel.jobs.enqueue import request
from hub.kernel.jobs.records import JobKind
from hub.kernel.jobs.tables import schedule, this_moment
from hub.kernel.types import microseconds

log = structlog.get_logger(__name__)
BATCH = 500
BROKEN_WAIT = timedelta(days=1)
SAME_SCHEDULE = tuple(column.name for column in schedule.primary_key)
REQUIRED = tuple(column.name for column in schedule.c if not column.nullable and column.name != "next_at")


def every(
    db: Transaction,
    kind: JobKind,
    *,
    rule: str,
    account_id: str = "",
    key: str = "",
    merchant_id: str = "",
    payload: object = None,
    zone: str = "UTC",
) -> datetime:
    """Keep work of this kind coming by a cron rule read in `zone`; answer when it comes next."""
    moment = db.execute(sa.select(now())).scalar_one()
    at = next_after(rule, zone, moment)
    row = {"kind": kind.name, "account_id": account_id, "key": key, "merchant_id": merchant_id, "payload": payload}
    row |= {"version": kind.version, "lane": kind.lane, "max_attempts": kind.max_attempts}
    row |= {"can_be_unknown": kind.can_be_unknown, "rule": rule, "zone": zone, "next_at": at}
    insert: Any = sqlite.insert if db.dialect == "sqlite" else postgresql.insert  # Any: the dialects share no type
    made = insert(schedule).values(row)
    changed = schedule.c.rule.is_distinct_from(rule) | schedule.c.zone.is_distinct_from(zone)
    kept = sa.case((changed, made.excluded.next_at), else_=schedule.c.next_at)
    again = made.on_conflict_do_update(index_elements=["kind", "account_id", "key"], set_=row | {"next_at": kept})
    next_at: datetime = db.execute(again.returning(schedule.c.next_at)).scalar_one()
    return next_at


def stop(db: Transaction, kind: JobKind, *, account_id: str = "", key: str = "") -> None:
    """End a schedule; work already asked for stays."""
    mine = (schedule.c.kind == kind.name, schedule.c.account_id == account_id, schedule.c.key == key)
    db.execute(sa.delete(schedule).where(*mine))


def comes_next(db: Transaction, kind: JobKind, *, account_id: str = "", key: str = "") -> datetime | None:
    """When work of this kind comes next; None: it does not come round."""
    mine = (schedule.c.kind == kind.name, schedule.c.account_id == account_id, schedule.c.key == key)
    return db.execute(sa.select(schedule.c.next_at).where(*mine)).scalar_one_or_none()


def tick(db: Transaction) -> int:
    """Ask for everything that has come due and move each rule on; runs that were missed are caught up once."""
    due = sa.select(schedule).where(schedule.c.next_at <= this_moment()).order_by(schedule.c.next_at).limit(BATCH)
    rows = db.execute(due.with_for_update(skip_locked=True)).mappings().all()
    moment = db.execute(sa.select(now())).scalar_one()
    moved = [(*(row[name] for name in REQUIRED), microseconds(_next_of(row, moment))) for row in rows]
    bulk.upsert(db, schedule, (*REQUIRED, "next_at"), moved, conflict=SAME_SCHEDULE, update=("next_at",))
    for row in rows:
        wanted = {name: value for name, value in row.items() if name not in ("rule", "zone", "next_at")}
        request(db, wanted | {"progress": None, "resume": None, "wanted_at": None})
    return len(rows)


def _next_of(row: sa.RowMapping, moment: datetime) -> datetime:
    try:
        return next_after(row["rule"], row["zone"], moment)
    except Invalid as error:
        # It was good when it was written; one such row must not keep the others from coming round.
        log.error("schedule cannot be read any more", kind=row["kind"], account=row["account_id"], reason=str(error))  # noqa: TRY400 - no bug of ours
        return moment + BROKEN_WAIT


def next_after(rule: str, zone: str, moment: datetime) -> datetime:
    """The first instant after `moment` that the rule names on the clocks of `zone`.

    An hour that is left out is made up for at its end. In one that comes twice the first counts, and CronSim, asked
    within the second, names that again though it is past.
    """
    try:
        named = (each.astimezone(UTC) for each in CronSim(rule, moment.astimezone(ZoneInfo(zone))))
        return next(each for each in named if each > moment)
    except (CronSimError, StopIteration) as error:
        raise Invalid(f"{rule!r} is no schedule: {error}", code="bad_schedule") from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(f"{zone!r} is no time zone", code="bad_zone") from error

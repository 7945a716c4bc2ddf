"""Gates hold accounts back: paused, not before an instant, or so many jobs at a time; only these functions write them.

A scope is a text such as `account:<id>`; an account is closed while any scope it is a member of is. No gate is an
open one, and no cap is no limit. A pause, and a cap where there was none, may miss jobs already being claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.db import Transaction, metadata, now
from hub.kernel.types import Instant, Key

gate = sa.Table(
    "gate",
    metadata,
    sa.Column("scope", Key, primary_key=True),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("not_before", Instant),
    sa.Column("cap", sa.Integer),
)
member = sa.Table(
    "member",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("scope", Key, primary_key=True),
    sa.Index("ix_member_scope", "scope"),
)
seat = sa.Table(
    "seat",
    metadata,
    sa.Column("scope", Key, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("job_id", Key),
    sa.Index("ix_seat_job_id", "job_id"),
)


def ensure(db: Transaction, scope: str, *, cap: int | None = None) -> None:
    """Keep a gate for `scope` that lets `cap` jobs run at a time; a pause it already has stays."""
    values = {"scope": scope, "paused": False, "not_before": None, "cap": cap}
    insert = (sqlite if db.dialect == "sqlite" else postgresql).insert(gate).values(values)
    changed = insert.on_conflict_do_update(
        index_elements=["scope"], set_={"cap": cap}, where=gate.c.cap.is_distinct_from(cap)
    )
    if db.execute(changed.returning(gate.c.scope)).first() and (cap is not None or _seats(db, scope)):
        fit(db, scope, cap=cap or 0)


def pause(db: Transaction, scope: str) -> None:
    """Let nothing of this scope start until `resume`."""
    _write(db, scope, paused=True)


def resume(db: Transaction, scope: str) -> None:
    """End a pause; an instant the channel asked for still counts."""
    _write(db, scope, paused=False)


def hold_until(db: Transaction, scope: str, instant: datetime) -> None:
    """Let nothing of this scope start before `instant`; a later instant already set stays."""
    ensure_open(db, scope)
    later = sa.or_(gate.c.not_before.is_(None), gate.c.not_before < instant)
    db.execute(sa.update(gate).where(gate.c.scope == scope, later).values(not_before=instant))


def ensure_open(db: Transaction, scope: str) -> None:
    """Make sure that there is a row to write to; an existing gate is left as it is."""
    insert = (sqlite if db.dialect == "sqlite" else postgresql).insert(gate)
    db.execute(
        insert.values(scope=scope, paused=False, not_before=None, cap=None).on_conflict_do_nothing(
            index_elements=["scope"]
        )
    )


def join(db: Transaction, account_id: str, scopes: Collection[str]) -> None:
    """Make the account a member of these scopes and of no others."""
    db.execute(sa.delete(member).where(member.c.account_id == account_id, member.c.scope.not_in(scopes)))
    insert = (sqlite if db.dialect == "sqlite" else postgresql).insert(member).on_conflict_do_nothing()
    if scopes:
        db.execute(insert, [{"account_id": account_id, "scope": scope} for scope in sorted(scopes)])


def leave(db: Transaction, account_id: str) -> None:
    """Take the account out of every scope; a seat it holds comes back when its job ends."""
    db.execute(sa.delete(member).where(member.c.account_id == account_id))


def remove(db: Transaction, scope: str) -> None:
    """Forget a scope that nobody is a member of any more."""
    db.execute(sa.delete(gate).where(gate.c.scope == scope))
    db.execute(sa.delete(seat).where(seat.c.scope == scope))


def is_open(db: Transaction, scope: str) -> bool:
    """Whether nothing but its cap would keep a job of this scope from starting now."""
    shut = sa.or_(gate.c.paused, gate.c.not_before > now())
    return db.execute(sa.select(gate.c.scope).where(gate.c.scope == scope, shut)).first() is None


def fit(db: Transaction, scope: str, *, cap: int) -> None:
    """Keep seats 1…cap; one that is taken beyond the cap goes when its job has ended.

    Free seats are replaced, never kept: a claim that has read the old cap finds none to take.
    """
    rows = _seats(db, scope)
    taken = {n for n, job_id in rows if job_id is not None}
    db.execute(sa.delete(seat).where(seat.c.scope == scope, seat.c.job_id.is_(None)))
    free = [n for n in range(1, cap + 1) if n not in taken]
    for beyond in sorted(n for n in taken if n > cap):
        if free:
            db.execute(sa.update(seat).where(seat.c.scope == scope, seat.c.n == beyond).values(n=free.pop(0)))
    if free:
        db.execute(sa.insert(seat), [{"scope": scope, "n": n, "job_id": None} for n in free])


def is_shut(account_id: sa.ColumnElement[str], moment: sa.ScalarSelect[datetime]) -> sa.ColumnElement[bool]:
    """Whether any scope of the account is paused, held until later, or has no seat left."""
    full = sa.and_(gate.c.cap.is_not(None), sa.not_(_has_seat()))
    shut = sa.or_(gate.c.paused, gate.c.not_before > moment, full)
    return sa.exists().where(member.c.account_id == account_id, gate.c.scope == member.c.scope, shut)


def sit(db: Transaction, account_id: str, job_id: str) -> int | None:
    """Take one free seat in each capped scope of the account; None where one has none, and all is to be undone."""
    scopes = db.execute(_CAPPED, {"of_account": account_id}).scalars().all() if account_id else ()
    for scope in scopes:
        if db.execute(_SIT, {"in_scope": scope, "job_id": job_id}).rowcount == 0:
            return None
    return len(scopes)


def give_back(db: Transaction, job_ids: Collection[str]) -> None:
    """Free the seats of jobs that run no more."""
    if job_ids:
        db.execute(sa.update(seat).where(seat.c.job_id.in_(job_ids)).values(job_id=None))


def spare_seats(db: Transaction) -> list[tuple[str, int]]:
    """The scopes whose cap was lowered below what was taken, where a seat has come free since."""
    cap = sa.func.coalesce(gate.c.cap, 0).label("cap")
    beyond = sa.select(seat.c.scope, cap).outerjoin(gate, gate.c.scope == seat.c.scope).where(seat.c.n > cap.element)
    free = seat.alias("free")
    some_free = sa.exists().where(free.c.scope == seat.c.scope, free.c.job_id.is_(None))
    return [(row.scope, row.cap) for row in db.execute(beyond.where(some_free).distinct())]


def _seats(db: Transaction, scope: str) -> Sequence[tuple[int, str | None]]:
    rows = sa.select(seat.c.n, seat.c.job_id).where(seat.c.scope == scope).order_by(seat.c.n).with_for_update()
    return [(row.n, row.job_id) for row in db.execute(rows)]


def _write(db: Transaction, scope: str, **values: object) -> None:
    ensure_open(db, scope)
    db.execute(sa.update(gate).where(gate.c.scope == scope).values(**values))


def _has_seat() -> sa.ColumnElement[bool]:
    """Whether the gate has a free seat, and none beyond its cap is still there."""
    free, beyond = seat.alias("free"), seat.alias("beyond")
    return sa.and_(
        sa.exists().where(free.c.scope == gate.c.scope, free.c.job_id.is_(None), free.c.n <= gate.c.cap),
        sa.not_(sa.exists().where(beyond.c.scope == gate.c.scope, beyond.c.n > gate.c.cap)),
    )


def _free_seat() -> sa.ScalarSelect[int]:
    mine = sa.select(seat.c.n).join(gate, gate.c.scope == seat.c.scope).where(seat.c.scope == sa.bindparam("in_scope"))
    free = mine.where(seat.c.job_id.is_(None), _has_seat()).order_by(seat.c.n).limit(1)
    return free.with_for_update(of=seat, skip_locked=True).scalar_subquery()


_CAPPED = (
    sa.select(gate.c.scope)
    .join(member, member.c.scope == gate.c.scope)
    .where(member.c.account_id == sa.bindparam("of_account"), gate.c.cap.is_not(None))
    .order_by(gate.c.scope)
)
_SIT = sa.update(seat).where(seat.c.scope == sa.bindparam("in_scope"), seat.c.n == _free_seat())

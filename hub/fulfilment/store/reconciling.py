"""Reconciliations and what they found: each sort of difference is kept by one statement, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.rules.reconciling import NOTES, FindingKind, Phase, RunState
from hub.fulfilment.rules.syncs import Outcome
from hub.fulfilment.store import syncs
from hub.fulfilment.tables import finding, inbound, outbound, reconciliation, stock_sync_line, stranger
from hub.kernel import bulk
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.paging import Position
from hub.kernel.types import MICROSECOND, Key, microseconds

BATCH = 20  # purged in one transaction: each has many findings
KEPT = timedelta(days=90)

_R, _F, _L, _S = reconciliation.c, finding.c, stock_sync_line.c, stranger.c


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """A reconciliation as it is kept; `counts` are findings by kind."""

    id: str
    merchant_id: str
    account_id: str
    cause: str
    state: RunState
    phase: Phase
    after: str
    sync_id: str | None
    counts: dict[str, int]
    reason: str
    job_id: str | None
    created_at: datetime
    finished_at: datetime | None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """How something differs, in base units; `since` when it was first found so, in all reconciliations in a row."""

    reconciliation_id: str
    kind: FindingKind
    warehouse_id: str
    ref: str
    order_id: str | None
    product_id: str | None
    here: int | None
    there: int | None
    note: str
    since: datetime


_COLUMNS = [_R[name] for name in Reconciliation.__struct_fields__]
_FOUND = Finding.__struct_fields__
_KEYS = ("reconciliation_id", "kind", "warehouse_id", "ref")


def make(db: Transaction, merchant_id: str, account_id: str, cause: str) -> Reconciliation:
    """Begin one; there is none under way."""
    values = {
        "id": new_id(), "merchant_id": merchant_id, "account_id": account_id, "cause": cause,
        "state": RunState.RUNNING.value, "phase": Phase.OUTBOUNDS.value, "after": "", "counts": {}, "reason": "",
        "created_at": now(),
    }  # fmt: skip
    made = sa.insert(reconciliation).values(values).returning(*_COLUMNS)
    return read(db.execute(made).mappings().one(), Reconciliation)


def find(db: Transaction, account_id: str, reconciliation_id: str) -> Reconciliation | None:
    return _one(db, sa.select(*_COLUMNS).where(_R.id == reconciliation_id, _R.account_id == account_id))


def running(db: Transaction, account_id: str) -> Reconciliation | None:
    """The one of this account that is under way."""
    is_running = sa.text("state = 'running'")  # as the index says it
    return _one(db, sa.select(*_COLUMNS).where(_R.account_id == account_id, is_running))


def of_job(db: Transaction, job_id: str) -> Reconciliation | None:
    return _one(db, sa.select(*_COLUMNS).where(_R.job_id == job_id).limit(1))


def page(db: Transaction, account_id: str, *, limit: int, before: str | None = None) -> list[Reconciliation]:
    """Those of an account, the newest first; one more than `limit`."""
    wanted = sa.select(*_COLUMNS).where(_R.account_id == account_id)
    if before is not None:
        wanted = wanted.where(_R.id < before)
    found = db.execute(wanted.order_by(_R.id.desc()).limit(limit + 1)).mappings()
    return [read(row, Reconciliation) for row in found]


def change(db: Transaction, reconciliation_id: str, **values: Any) -> Reconciliation:  # Any: columns of one
    changed = sa.update(reconciliation).where(_R.id == reconciliation_id).values(values)
    return read(db.execute(changed.returning(*_COLUMNS)).mappings().one(), Reconciliation)


def _one(db: Transaction, wanted: sa.Select[Any]) -> Reconciliation | None:  # Any: the columns of one
    row = db.execute(wanted).mappings().first()
    return None if row is None else read(row, Reconciliation)


# -- which documents are asked for

_looked_at = sa.text("next_look_at IS NOT NULL")  # these as the partial indexes say them
_undone_out = sa.text(
    "(push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (current AND push_status = 'not_pushed' AND waits = '[]'))"
)
_undone_in = sa.text(
    "(push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (push_status = 'not_pushed' AND NOT waits))"
)
_stopped = sa.text("(state IN ('invalid', 'part_invalid') AND pushed_at IS NOT NULL)")


def _codes(of: sa.Table, *ways: sa.ColumnElement[bool] | sa.TextClause) -> sa.Select[Any]:  # Any: two texts
    mine = (of.c.account_id == sa.bindparam("account", type_=Key), of.c.push_status != "not_pushed")
    found = sa.union(*(sa.select(of.c.id, of.c.code).where(*mine, way) for way in ways)).subquery()
    behind = found.c.id > sa.bindparam("after", type_=Key)
    return sa.select(found).where(behind).order_by(found.c.id).limit(sa.bindparam("limit", type_=sa.Integer))


_since = sa.type_coerce(outbound.c.pushed_at, sa.BigInteger) > sa.bindparam("since", type_=sa.BigInteger)
_outbounds = _codes(outbound, _looked_at, _undone_out, sa.and_(_stopped, _since))
_inbounds = _codes(inbound, _looked_at, _undone_in)


def outbounds_asked(db: Transaction, account_id: str, since: datetime, *, after: str, limit: int) -> dict[str, str]:
    """Outbounds behind this one, in order, that the 3PL may be working on or that were stopped since: codes by id."""
    given = {"account": account_id, "since": microseconds(since), "after": after, "limit": limit}
    return {row.id: row.code for row in db.execute(_outbounds, given)}


def inbounds_asked(db: Transaction, account_id: str, *, after: str, limit: int) -> dict[str, str]:
    """As `outbounds_asked`, of what may still come there."""
    given = {"account": account_id, "after": after, "limit": limit}
    return {row.id: row.code for row in db.execute(_inbounds, given)}


# -- what was found


def keep(db: Transaction, found: Sequence[Finding]) -> None:
    """Keep these; what was found before of the same is what it was found to be last."""
    given = [
        tuple(microseconds(one.since) if name == "since" else getattr(one, name) for name in _FOUND) for one in found
    ]
    update = tuple(name for name in _FOUND if name not in _KEYS)
    if given:
        bulk.upsert(db, finding, _FOUND, given, conflict=_KEYS, update=update)


_total = _L.good + _L.frozen + _L.damaged
_zero: sa.ColumnElement[int] = sa.literal_column("0")
_none: sa.ColumnElement[str] = sa.literal_column("NULL")


def _from_lines(kind: FindingKind, here: Any, there: Any, note: Any, *where: Any) -> sa.Insert:  # Any: columns
    named = [sa.bindparam(name, type_=Key) for name in ("reconciliation", "warehouse")]
    chosen = sa.select(
        named[0], sa.literal(kind.value, Key), named[1], _L.sku, _none, _L.product_id, here, there, note, now()
    ).where(_L.sync_id == sa.bindparam("sync", type_=Key), *where)
    return sa.insert(finding).from_select(list(_FOUND), chosen)


_differs = sa.or_(
    _L.outcome == Outcome.DIFFERS.value,
    sa.and_(_L.outcome == Outcome.UNKNOWN.value, _total > 0),
    sa.and_(_L.outcome == Outcome.UNNAMED.value, _L.before > 0),
)
_compared = sa.or_(*(_L.outcome == each.value for each in (Outcome.SAME, Outcome.DIFFERS, Outcome.UNKNOWN)))
_from_stock = (
    _from_lines(FindingKind.STOCK, _L.before, _total, _L.reason, _differs),
    _from_lines(
        FindingKind.FROZEN, _L.accepted, _L.frozen, sa.literal(NOTES[FindingKind.FROZEN]), _compared,
        _L.frozen > _L.accepted,
    ),
)  # fmt: skip


def keep_stock(db: Transaction, one: Reconciliation, warehouse_id: str, sync_id: str) -> None:
    """Keep how what lies in a warehouse differs, as a comparison has found it, which is over with that."""
    for statement in _from_stock:
        db.execute(statement, {"reconciliation": one.id, "warehouse": warehouse_id, "sync": sync_id})
    syncs.drop(db, sync_id)


def _ours(of: sa.Table) -> sa.Exists:
    return sa.exists().where(of.c.account_id == _S.account_id, of.c.code == _S.code)


_unknown = sa.select(
    sa.bindparam("reconciliation", type_=Key), sa.literal(FindingKind.UNKNOWN_HERE.value, Key),
    sa.literal_column("''"), _S.code, _none, _none, _none, _none, sa.literal(NOTES[FindingKind.UNKNOWN_HERE]),
    _S.first_at,
).where(
    _S.account_id == sa.bindparam("account", type_=Key),
    sa.type_coerce(_S.last_at, sa.BigInteger) > sa.bindparam("since", type_=sa.BigInteger),
    ~_ours(outbound), ~_ours(inbound),
)  # fmt: skip
_strangers = sa.insert(finding).from_select(list(_FOUND), _unknown)


def keep_strangers(db: Transaction, one: Reconciliation, since: datetime) -> None:
    """Keep which documents were hinted at since then and are none of ours, by now."""
    db.execute(
        _strangers, {"reconciliation": one.id, "account": one.account_id, "since": microseconds(since)}
    )  # fmt: skip


_before = finding.alias("before")
_aged = (
    sa.update(finding)
    .where(
        _F.reconciliation_id == sa.bindparam("mine", type_=Key),
        _before.c.reconciliation_id == sa.bindparam("last", type_=Key),
        *(_before.c[name] == _F[name] for name in _KEYS[1:]),
        _before.c.since < _F.since,
    )
    .values(since=_before.c.since)
)


def age(db: Transaction, one: Reconciliation) -> None:
    """Let what the last one before this had found already be as old as it was then."""
    last = sa.select(_R.id).where(
        _R.account_id == one.account_id, _R.id < one.id, _R.state == RunState.DONE.value
    )  # fmt: skip
    before = db.execute(last.order_by(_R.id.desc()).limit(1)).scalar_one_or_none()
    if before is not None:
        db.execute(_aged, {"mine": one.id, "last": before})


def counts(db: Transaction, reconciliation_id: str) -> dict[str, int]:
    """How many it has found, by kind; the kinds of which it has found none are 0."""
    count = sa.func.count().label("found")
    wanted = sa.select(_F.kind, count).where(_F.reconciliation_id == reconciliation_id).group_by(_F.kind)
    found: dict[str, int] = {row.kind: row.found for row in db.execute(wanted)}
    return {kind.value: found.get(kind.value, 0) for kind in FindingKind}


def findings(
    db: Transaction, reconciliation_id: str, *, limit: int, after: Position = ("", "", ""),
    kind: FindingKind | None = None,
) -> list[Finding]:  # fmt: skip
    """What it has found by kind, warehouse and name, behind `after`; one more than `limit`."""
    order = (_F.kind, _F.warehouse_id, _F.ref)
    wanted = sa.select(*(_F[name] for name in _FOUND)).where(
        _F.reconciliation_id == reconciliation_id, sa.tuple_(*order) > sa.tuple_(*map(sa.literal, after))
    )
    if kind is not None:
        wanted = wanted.where(_F.kind == kind.value)
    return [read(row, Finding) for row in db.execute(wanted.order_by(*order).limit(limit + 1)).mappings()]


def purge_reconciliations(db: Transaction) -> int:
    """Forget some that are past their time, with what they found; 0 where nothing is left of it."""
    until = sa.type_coerce(now(), sa.BigInteger) - KEPT // MICROSECOND
    past = sa.select(_R.id).where(sa.type_coerce(_R.created_at, sa.BigInteger) < until)
    some = past.order_by(_R.created_at).limit(BATCH).with_for_update(skip_locked=True)
    ids = list(db.execute(some).scalars())
    for table, column in ((finding, _F.reconciliation_id), (reconciliation, _R.id)):
        db.execute(sa.delete(table).where(column.in_(ids)))
    return len(ids)

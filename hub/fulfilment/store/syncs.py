"""Stock syncs and their lines: each step is one statement, however many SKUs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.rules.syncs import Outcome, SyncPhase, SyncState
from hub.fulfilment.tables import stock_sync, stock_sync_line
from hub.kernel import bulk
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import MICROSECOND, Key
from hub.stock.rules.adopting import Reading
from hub.stock.tables import level, placement

_S, _L = stock_sync.c, stock_sync_line.c


class SyncRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sync as it is kept; `counts` are SKUs by what became of them, and `read`: how many the warehouse told of."""

    id: str
    merchant_id: str
    warehouse_id: str
    account_id: str
    cause: str
    state: SyncState
    phase: SyncPhase
    cursor: str
    counts: dict[str, int]
    reason: str
    job_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class SyncLine(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU of a sync. `before` and `after` are what is on hand, of which `held_before` and `held` cannot be sold."""

    sync_id: str
    sku: str
    product_id: str | None
    good: int | None
    frozen: int | None
    damaged: int | None
    before: int
    held_before: int
    turn: int
    accepted: int
    mark: str
    after: int | None
    held: int | None
    outcome: Outcome
    reason: str

    @property
    def reading(self) -> Reading | None:
        """What the warehouse said; None: nothing."""
        if self.good is None or self.frozen is None or self.damaged is None:
            return None
        return Reading(self.good, self.frozen, self.damaged)


class Judged(NamedTuple):
    """What became of a line, and the level that it comes to."""

    sku: str
    outcome: Outcome
    reason: str = ""
    after: int | None = None
    held: int | None = None


class Papers(NamedTuple):
    """How the documents of a product stand: units that the warehouse has taken, and a mark that any change changes."""

    accepted: int
    mark: str


KEPT = timedelta(days=90)
CHECK = "check"  # the cause of one that only compares: it adopts nothing, and ends with its reconciliation
_adopts = _S.cause != CHECK
_COLUMNS = [_S[name] for name in SyncRow.__struct_fields__]
_LINES = [_L[name] for name in SyncLine.__struct_fields__]


def make(
    db: Transaction, merchant_id: str, warehouse_id: str, account_id: str, cause: str,
    phase: SyncPhase = SyncPhase.ASKING,
) -> SyncRow:  # fmt: skip
    """Begin one; there is none under way, unless it only compares."""
    values: dict[str, Any] = {  # Any: columns of a sync
        "id": new_id(), "merchant_id": merchant_id, "warehouse_id": warehouse_id, "account_id": account_id,
        "cause": cause, "state": SyncState.RUNNING.value, "phase": phase.value, "cursor": "", "counts": {},
        "reason": "", "created_at": now(),
    }  # fmt: skip
    made = sa.insert(stock_sync).values(values).returning(*_COLUMNS)
    return read(db.execute(made).mappings().one(), SyncRow)


def find(db: Transaction, warehouse_id: str, sync_id: str, *, for_change: bool = False) -> SyncRow | None:
    """A sync of this warehouse; `for_change` keeps it from others until the commit."""
    wanted = sa.select(*_COLUMNS).where(_S.id == sync_id, _S.warehouse_id == warehouse_id)
    return _one(db, wanted.with_for_update() if for_change else wanted)


def in_state(db: Transaction, warehouse_id: str, state: SyncState) -> SyncRow | None:
    """The one of this warehouse that is under way, or that waits."""
    is_open = sa.text("state IN ('running', 'waiting') AND cause <> 'check'")  # as the index says it
    mine = (_S.warehouse_id == warehouse_id, _S.state == state.value, is_open)
    return _one(db, sa.select(*_COLUMNS).where(*mine).limit(1))


def of_job(db: Transaction, job_id: str) -> SyncRow | None:
    return _one(db, sa.select(*_COLUMNS).where(_S.job_id == job_id).limit(1))


def page(db: Transaction, warehouse_id: str, *, limit: int, before: str | None = None) -> list[SyncRow]:
    """The syncs of a warehouse, the newest first; one more than `limit`."""
    wanted = sa.select(*_COLUMNS).where(_S.warehouse_id == warehouse_id, _adopts)
    if before is not None:
        wanted = wanted.where(_S.id < before)
    return [read(row, SyncRow) for row in db.execute(wanted.order_by(_S.id.desc()).limit(limit + 1)).mappings()]


def change(db: Transaction, sync_id: str, **values: Any) -> SyncRow:  # Any: columns of a sync
    changed = sa.update(stock_sync).where(_S.id == sync_id).values(values)
    return read(db.execute(changed.returning(*_COLUMNS)).mappings().one(), SyncRow)


_newer = stock_sync.alias("newer")
_stands_by = ~sa.exists().where(
    _newer.c.warehouse_id == _S.warehouse_id, _newer.c.id > _S.id, _newer.c.state == SyncState.DONE.value,
)  # fmt: skip


def purge_syncs(db: Transaction) -> int:
    """Forget one that is past its time, which may have very many lines; 0 where there is none.

    What waits for a person stays, and so does the last of each warehouse that was done: by that its stock stands.
    """
    until = sa.type_coerce(now(), sa.BigInteger) - KEPT // MICROSECOND
    past = sa.select(_S.id).where(
        sa.type_coerce(_S.finished_at, sa.BigInteger) < until, _S.state != SyncState.WAITING.value,
        ~sa.and_(_S.state == SyncState.DONE.value, _stands_by),
    )  # fmt: skip
    one = db.execute(past.order_by(_S.finished_at).limit(1).with_for_update(skip_locked=True, of=stock_sync)).scalar()
    if one is None:
        return 0
    drop(db, one)
    return 1


def drop(db: Transaction, sync_id: str) -> None:
    """Forget a sync, with what it was told of each SKU."""
    db.execute(sa.delete(stock_sync_line).where(_L.sync_id == sync_id))
    db.execute(sa.delete(stock_sync).where(_S.id == sync_id))


def _one(db: Transaction, wanted: sa.Select[Any]) -> SyncRow | None:  # Any: the columns of `SyncRow`
    row = db.execute(wanted).mappings().first()
    return None if row is None else read(row, SyncRow)


# -- lines

_papers = rows("papers", product_id=Key, accepted=sa.BigInteger(), mark=Key)
_NOTED = ("sync_id", "sku", "product_id", "before", "held_before", "turn", "accepted", "mark", "outcome", "reason")
_zero: sa.ColumnElement[int] = sa.literal_column("0")
_empty: sa.ColumnElement[str] = sa.literal_column("''")
_noting = sa.insert(stock_sync_line).from_select(
    list(_NOTED),
    sa.select(
        sa.bindparam("sync", type_=Key), placement.c.sku, placement.c.product_id,
        sa.func.coalesce(level.c.on_hand, _zero), sa.func.coalesce(level.c.held, _zero),
        sa.func.coalesce(level.c.turn, _zero), sa.func.coalesce(_papers.c.accepted, _zero),
        sa.func.coalesce(_papers.c.mark, _empty), _empty, _empty,
    )
    .join_from(
        placement, level,
        sa.and_(level.c.warehouse_id == placement.c.warehouse_id, level.c.product_id == placement.c.product_id),
        isouter=True,
    )
    .join(_papers, _papers.c.product_id == placement.c.product_id, isouter=True)
    .where(placement.c.warehouse_id == sa.bindparam("warehouse", type_=Key), placement.c.sku != _empty),
)  # fmt: skip


def note(db: Transaction, one: SyncRow, papers: Mapping[str, Papers]) -> int:
    """Note how all that the warehouse knows stands before it is asked; gives how many SKUs."""
    given = [(product_id, *each) for product_id, each in sorted(papers.items())]
    wanted = {"sync": one.id, "warehouse": one.warehouse_id, "papers": given}
    return db.execute(_noting, wanted).rowcount


_READ = ("sync_id", "sku", "good", "frozen", "damaged", "before", "held_before", "turn", "accepted", "mark", "outcome",
         "reason")  # fmt: skip


def take(db: Transaction, sync_id: str, readings: Mapping[str, Reading]) -> None:
    """Keep what the warehouse said of these SKUs; of what it says twice the last holds."""
    given = [(sync_id, sku, *each, 0, 0, 0, 0, "", "", "") for sku, each in sorted(readings.items())]
    bulk.upsert(
        db, stock_sync_line, _READ, given, conflict=("sync_id", "sku"), update=("good", "frozen", "damaged")
    )  # fmt: skip


def lot(db: Transaction, sync_id: str, outcome: Outcome, *, limit: int) -> list[SyncLine]:
    """Some lines that have come to this so far, in order."""
    mine = (_L.sync_id == sync_id, _L.outcome == outcome.value)
    found = db.execute(sa.select(*_LINES).where(*mine).order_by(_L.sku).limit(limit)).mappings()
    return [read(row, SyncLine) for row in found]


_judged = rows("judged", sku=Key, outcome=Key, reason=sa.Text(), after=sa.BigInteger(), held=sa.BigInteger())
_judge = (
    sa.update(stock_sync_line)
    .where(_L.sync_id == sa.bindparam("sync", type_=Key), _L.sku == _judged.c.sku)
    .values(outcome=_judged.c.outcome, reason=_judged.c.reason, after=_judged.c.after, held=_judged.c.held)
)


def judge(db: Transaction, sync_id: str, judged: Iterable[Judged]) -> None:
    given = [(one.sku, one.outcome.value, one.reason, one.after, one.held) for one in judged]
    db.execute(_judge, {"sync": sync_id, "judged": given})


_told = stock_sync_line.alias("told")


def says_anew(db: Transaction, one: SyncRow, outcome: Outcome) -> bool:
    """Whether any SKU has come to this of which the sync before, that did not fail, had not said just the same."""
    last = sa.select(sa.func.max(_S.id)).where(
        _S.warehouse_id == one.warehouse_id, _S.id < one.id, _S.state != SyncState.FAILED.value, _adopts
    )
    is_known = sa.exists().where(
        _told.c.sync_id == last.scalar_subquery(), _told.c.sku == _L.sku, _told.c.outcome == _L.outcome,
        _told.c.reason == _L.reason,
    )  # fmt: skip
    news = sa.exists().where(_L.sync_id == one.id, _L.outcome == outcome.value, ~is_known)
    return bool(db.execute(sa.select(news)).scalar_one())


def lines(
    db: Transaction, sync_id: str, *, limit: int, after: str | None = None, outcome: Outcome | None = None
) -> Sequence[SyncLine]:  # fmt: skip
    """The SKUs of a sync in their order, behind `after`; one more than `limit`."""
    wanted = sa.select(*_LINES).where(_L.sync_id == sync_id)
    if after is not None:
        wanted = wanted.where(_L.sku > after)
    if outcome is not None:
        wanted = wanted.where(_L.outcome == outcome.value)
    return [read(row, SyncLine) for row in db.execute(wanted.order_by(_L.sku).limit(limit + 1)).mappings()]

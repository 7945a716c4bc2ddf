"""Plans: what was due of an account when somebody asked, to be approved; the newest of an account is the one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.rules.planning import PlanState
from hub.stock.store.due import Outlet
from hub.stock.tables import stock_plan, stock_plan_row

_P, _R = stock_plan.c, stock_plan_row.c
BATCH = 5_000  # rows of an older plan deleted in one transaction


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it is kept; `no_reading`: why the channel was not asked what it shows."""

    id: str
    merchant_id: str
    account_id: str
    state: PlanState
    no_reading: str
    rows: int
    job_id: str | None
    created_at: datetime
    made_at: datetime | None


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that was due: what was offered as the plan was made, and by which change."""

    listing_id: str
    place_ref: str
    turn: int
    offered: int
    cause: str
    since: datetime
    approved_at: datetime | None = None

    @property
    def outlet(self) -> Outlet:
        return self.listing_id, self.place_ref


_ROW = ("plan_id", "listing_id", "place_ref", "turn", "offered", "cause", "since")


def make(db: Transaction, plan_id: str, *, merchant_id: str, account_id: str) -> None:
    row = {"id": plan_id, "merchant_id": merchant_id, "account_id": account_id, "state": PlanState.MAKING.value}
    db.execute(sa.insert(stock_plan).values(created_at=now(), no_reading="", rows=0, **row))


def newest(db: Transaction, account_id: str, *, for_change: bool = False) -> Plan | None:
    wanted = sa.select(stock_plan).where(_P.account_id == account_id).order_by(_P.id.desc()).limit(1)
    found = db.execute(wanted.with_for_update() if for_change else wanted).mappings().one_or_none()
    return None if found is None else Plan(**{**found, "state": PlanState(found["state"])})


def change(db: Transaction, plan_id: str, **values: object) -> None:
    db.execute(sa.update(stock_plan).where(_P.id == plan_id).values(**values))


def keep(db: Transaction, plan_id: str, planned: Sequence[Planned]) -> None:
    given = [
        (plan_id, one.listing_id, one.place_ref, one.turn, one.offered, one.cause, microseconds(one.since))
        for one in planned
    ]
    bulk.upsert(db, stock_plan_row, _ROW, given, conflict=_ROW[:3], update=_ROW[3:])


def drop_older(db: Transaction, account_id: str, plan_id: str) -> bool:
    """Forget some of what an older plan of the account was; False where nothing is left of any."""
    older = sa.select(_P.id).where(_P.account_id == account_id, _P.id < plan_id).order_by(_P.id).limit(1)
    old = db.execute(older).scalar()
    if old is None:
        return False
    some = sa.select(_R.listing_id, _R.place_ref).where(_R.plan_id == old).limit(BATCH)
    gone = sa.delete(stock_plan_row).where(_R.plan_id == old, sa.tuple_(_R.listing_id, _R.place_ref).in_(some))
    if db.execute(gone).rowcount < BATCH:
        db.execute(sa.delete(stock_plan).where(_P.id == old))
    return True


def forget(db: Transaction, account_id: str) -> None:
    mine = sa.select(_P.id).where(_P.account_id == account_id)
    db.execute(sa.delete(stock_plan_row).where(_R.plan_id.in_(mine)))
    db.execute(sa.delete(stock_plan).where(_P.account_id == account_id))


_columns = [_R[name] for name in Planned.__struct_fields__]
_page = (
    sa.select(*_columns)
    .where(
        _R.plan_id == sa.bindparam("plan"),
        sa.tuple_(_R.listing_id, _R.place_ref) > sa.tuple_(sa.bindparam("listing"), sa.bindparam("place")),
    )
    .order_by(_R.listing_id, _R.place_ref)
    .limit(sa.bindparam("limit"))
)


def page(db: Transaction, plan_id: str, *, limit: int, after: Outlet) -> list[Planned]:
    """Rows of a plan in the order of their keys, from behind `after` on."""
    given = {"plan": plan_id, "listing": after[0], "place": after[1], "limit": limit}
    return [Planned(**row) for row in db.execute(_page, given).mappings()]


_outlets = rows("outlets", plan_id=Key, listing_id=Key, place_ref=Key)
_same = sa.and_(*(_R[name] == _outlets.c[name] for name in ("plan_id", "listing_id", "place_ref")))
_of = sa.select(*_columns).join_from(_outlets, stock_plan_row, _same)


def _named(plan_id: str, outlets: Collection[Outlet]) -> list[tuple[str, str, str]]:
    return [(plan_id, *outlet) for outlet in sorted(outlets)]


def of(db: Transaction, plan_id: str, outlets: Collection[Outlet]) -> dict[Outlet, Planned]:
    """The rows of these that are in the plan."""
    found = db.execute(_of, {"outlets": _named(plan_id, outlets)}).mappings()
    return {one.outlet: one for one in (Planned(**row) for row in found)}


_approved = sa.update(stock_plan_row).where(_same).values(approved_at=sa.bindparam("at", type_=Instant()))


def note_approved(db: Transaction, plan_id: str, outlets: Collection[Outlet], *, at: datetime) -> None:
    if outlets:
        db.execute(_approved, {"outlets": _named(plan_id, outlets), "at": at})

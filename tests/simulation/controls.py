"""The engine with one guard taken out at a time: the oracle must see each of them missing."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel import gate, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.jobs import claim, leases, settle
from hub.kernel.jobs.enqueue import SameWork, Ticket
from hub.kernel.jobs.queries import SHOWN, opened
from hub.kernel.jobs.records import State
from hub.kernel.jobs.tables import among, is_ready, job, moment_after, same_work
from tests.simulation.world import Focus

Patch = Callable[[pytest.MonkeyPatch], None]


def no_fence(patch: pytest.MonkeyPatch) -> None:
    anyone = (job.c.id == sa.bindparam("held_id"), sa.bindparam("held_token", type_=sa.String()) != "")
    leaseless = {"lease_token": "", "lease_until": None}
    held = sa.update(job).where(*anyone)
    patch.setattr(settle, "_FINISH", held.values(finished_at=now(), unknown=False, **leaseless))
    patch.setattr(settle, "_PAUSE", held.values(run_at=moment_after(), **leaseless))
    extend = held.values(lease_until=moment_after()).returning(job.c.cancel_requested)
    patch.setattr(leases, "_EXTEND", extend)


def no_row_lock_on_enqueue(patch: pytest.MonkeyPatch) -> None:
    """ON CONFLICT DO NOTHING instead of DO UPDATE."""

    def write(db: Transaction, tickets: dict[SameWork, Ticket]) -> None:
        insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[db.dialect].insert  # Any: no common type
        for work, ticket in sorted(tickets.items()):
            row = {name: value for name, value in ticket.row.items() if name != "wanted_at"}
            row |= {"id": new_id(), "state": "ready", "run_at": now(), "created_at": now(), "attempts": 0}
            row |= {"rescues": 0, "unknown": False, "lease_token": "", "cancel_requested": False}
            made = insert(job).values(row)
            ready = {"index_elements": list(same_work), "index_where": is_ready(job.c.state)}
            db.execute(made.on_conflict_do_nothing(**ready))
            mine = sa.select(job.c.id).where(*(column == value for column, value in zip(same_work, work, strict=True)))
            ticket.written(db.execute(mine.order_by(job.c.id.desc())).scalars().first() or "")

    patch.setattr(_module("enqueue"), "write", write)


def no_twin_check(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(claim, "_untwinned", lambda mine: sa.true())
    patch.setattr(claim, "_take", claim._take.__wrapped__)  # built anew each time


def no_sweep(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_module("sweep"), "rescue", lambda db: 0)


def no_cap_check(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "sit", lambda db, account_id, job_id: 0)


def no_seat_given_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "give_back", lambda db, job_ids: None)


def no_doubt(patch: pytest.MonkeyPatch) -> None:
    """A rescue takes for granted that the call of the lost run never arrived."""
    patch.setattr(_module("rescue"), "_after_rescue", lambda row: (State.WAITING, timedelta(0)))


def cancel_in_two_steps(patch: pytest.MonkeyPatch) -> None:
    """One statement for jobs at rest and one for jobs at work: a run may end between the two."""

    def cancel(db: Transaction, job_id: str) -> jobs.Job:
        mine = sa.update(job).where(job.c.id == job_id).returning(*SHOWN)
        at_once = mine.where(among(job.c.state, State.READY, State.WAITING))
        later = mine.where(among(job.c.state, State.RUNNING, State.UNKNOWN)).values(cancel_requested=True)
        for asked in (at_once.values(state=State.CANCELLED.value, finished_at=now(), cancel_requested=True), later):
            row = db.execute(asked).mappings().first()
            if row is not None:
                return opened(row)
        found = jobs.find(db, job_id)
        assert found is not None
        return found

    patch.setattr(jobs, "cancel", cancel)


def _module(name: str) -> ModuleType:
    """The module and not the function that the package shows under its name."""
    return importlib.import_module(f"hub.kernel.jobs.{name}")


# What is taken out, what the oracle must say, what the runs are about, and the seed to begin with: the one that was
# found to tell. When the engine changes it may be another, further on.
CONTROLS: dict[str, tuple[Patch, str, Focus, int]] = {
    "without the fence": (no_fence, "doubled", "asking", 17),
    "without the row lock on enqueue": (no_row_lock_on_enqueue, "lost", "asking", 2),
    "without the twin check": (no_twin_check, "IntegrityError", "asking", 0),
    "without rescue": (no_sweep, "stuck", "", 0),
    "without the cap check": (no_cap_check, "cap exceeded", "", 8),
    "without giving seats back": (no_seat_given_back, "seats astray", "", 0),
    "without doubt after a lost call": (no_doubt, "doubled", "", 24),
    "with a cancel in two steps": (cancel_in_two_steps, "cancel lost", "stopping", 1),
}

"""Freezes a worker in the middle of an import until another has taken over, and lets it wake up."""

from __future__ import annotations

from functools import partial

import msgspec
import sqlalchemy as sa

from tests.faults.kills import gap, wait
from tests.faults.oracle import Catalogue
from tests.faults.plan import Report
from tests.faults.stand import Begun, Stand
from tests.faults.undergoing import Figures, undergo
from tests.faults.watch import Held
from tests.servers import Pause

REFUSAL = 10.0  # seconds after waking within which a worker must have noticed
_open = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
)


def survive_freezes(stand: Stand, wanted: Catalogue, *, between_transactions: bool = False) -> Report:
    """Import while workers freeze and wake up: what they write then must be refused.

    `between_transactions` lets no freeze count that PostgreSQL itself would guard against, by ending a transaction
    that lies idle.
    """
    freeze = partial(freeze_workers, between_transactions=between_transactions)
    report = undergo("a worker frozen past its lease", stand, wanted, freeze, patience=stand.patience())
    frozen, refused = (report.figures[name] for name in ("freezes", "refused on waking"))
    unfenced = [] if report.void or frozen == refused else [f"unfenced: {frozen - refused} were not refused on waking"]
    return msgspec.structs.replace(report, violations=[*unfenced, *report.violations])


def freeze_workers(stand: Stand, begun: Begun, *, between_transactions: bool) -> tuple[Figures, str]:
    dice, plan = stand.plan.dice("freezes"), stand.plan
    frozen, refused, inside = 0, 0, 0
    while frozen < plan.freezes:
        if stand.watch.waits_for_a_run(begun.import_id, patience=stand.patience()) is None:
            break
        wait(dice.uniform(0, gap(plan, plan.freezes)))
        held = stand.watch.waits_for_a_run(begun.import_id, patience=stand.patience())
        if held is None:
            break
        stand.crew.freeze(held.worker)
        within = _in_transaction(stand)
        if within and between_transactions:
            stand.crew.thaw(held.worker)
            continue
        frozen += 1
        inside += within
        refused += _wakes_too_late(stand, held)
    figures = {"freezes": frozen, "inside a transaction": inside, "refused on waking": refused}
    if frozen < plan.freezes:
        return figures, f"only {frozen} of {plan.freezes} freezes while the import ran"
    return figures, ""


def _wakes_too_late(stand: Stand, held: Held) -> bool:
    """Thaw the worker once another holds its job; tells whether it noticed that it was refused."""
    stand.watch.note_kill(held)
    taken = stand.watch.waits_for_a_run(held.id, patience=stand.patience())
    before = stand.crew.times_refused(held.worker)
    wait(stand.plan.lease / 4)
    stand.crew.thaw(held.worker)
    pause = Pause(min(REFUSAL, stand.plan.grace))
    try:
        while taken is not None and stand.crew.times_refused(held.worker) == before:
            pause.briefly()
    except TimeoutError:
        return False
    return taken is not None


def _in_transaction(stand: Stand) -> bool:
    """Whether a transaction stays open, which only a frozen process leaves so long."""
    for _ in range(3):
        with stand.watch.database.reading() as db:
            if not db.execute(_open).scalar_one():
                return False
        wait(0.05)
    return True

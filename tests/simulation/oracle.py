"""Says what went wrong: lost, doubled, stuck or cancelled in vain, a cap exceeded, a seat astray."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from hub.kernel.gate import gate, member, seat
from hub.kernel.jobs.records import FINISHED, State
from hub.kernel.jobs.tables import job, schedule
from tests.simulation.world import STRANGE, World, effect

_running = (
    sa.select(sa.func.count())
    .select_from(job)
    .join(member, member.c.account_id == job.c.account_id)
    .where(member.c.scope == gate.c.scope, job.c.state == "running")
    .scalar_subquery()
)
_taken = sa.select(sa.func.count()).where(seat.c.scope == gate.c.scope, seat.c.job_id.is_not(None)).scalar_subquery()
_astray = (
    sa.select(sa.func.count())
    .select_from(seat)
    .join(job, job.c.id == seat.c.job_id, isouter=True)
    .where(seat.c.scope == gate.c.scope, seat.c.job_id.is_not(None), job.c.state.is_distinct_from("running"))
    .scalar_subquery()
)
AT_WORK = sa.select(gate.c.scope, gate.c.cap, _running, _taken, _astray).where(gate.c.cap.is_not(None))


class Oracle:
    """Looks at every commit, and at the end at everything."""

    def __init__(self, world: World, watcher: sa.Engine) -> None:
        self.world, self.watcher = world, watcher
        self.violations: list[str] = []
        self._before: dict[str, int] = {}

    def look(self) -> None:
        """Compare caps, seats and running jobs as they are committed."""
        with self.watcher.connect() as connection:
            rows = connection.execute(AT_WORK).all()
        for scope, cap, running, taken, astray in rows:
            if running > cap and running > self._before.get(scope, 0):
                self._say(f"cap exceeded: {running} jobs of {scope} run where {cap} may")
            if taken != running or astray:
                self._say(f"seats astray: {taken} of {scope} are taken by {running} running jobs, {astray} by none")
            self._before[scope] = running

    def judge(self) -> list[str]:
        with self.watcher.connect() as connection:
            rows = {row.id: row for row in connection.execute(sa.select(job))}
            told = Counter((row.job_id, row.page) for row in connection.execute(sa.select(effect)))
            late = connection.execute(sa.select(sa.func.count()).select_from(schedule)).scalar_one()
        self._stuck(rows)
        self._lost(rows)
        self._doubled(told)
        self._cancelled(rows)
        if late:
            self._say(f"{late} schedules are left")
        for error in self.world.database.schedule.escaped:
            self._say(f"escaped: {error}")
        return self.violations

    def _stuck(self, rows: dict[str, sa.Row[tuple[object, ...]]]) -> None:
        for row in rows.values():
            if row.state not in FINISHED and row.kind != STRANGE.name:
                self._say(f"stuck: {row.kind} {row.account_id} {row.key} is {row.state}")

    def _lost(self, rows: dict[str, sa.Row[tuple[object, ...]]]) -> None:
        for moment, work, job_id in self.world.requests:
            row = rows.get(job_id)
            if row is None:
                self._say(f"lost: {work} was committed and has no row")
                continue
            never_began = row.state == State.CANCELLED or (row.state == State.DEAD and row.rescues)
            if row.kind == STRANGE.name or never_began or any(start > moment for start in self.world.starts[job_id]):
                continue
            self._say(f"lost: {work} asked for at {moment} never began after it: {self.world.starts[job_id]}")

    def _cancelled(self, rows: dict[str, sa.Row[tuple[object, ...]]]) -> None:
        """An answered cancel ends the job, or the run it was in finishes it; only a read-back may still begin."""
        for moment, answer in self.world.cancels:
            if answer.state in FINISHED and answer.state != State.CANCELLED:
                continue
            state = rows[answer.id].state
            if answer.state == State.CANCELLED != state or state not in FINISHED:
                self._say(f"cancel lost: {answer.kind} {answer.id} was answered as {answer.state} and is {state}")
            runs = [] if answer.can_be_unknown else self.world.runs[answer.id]
            if any(start > moment and lease != answer.lease_token for start, lease in runs):
                self._say(f"cancel lost: {answer.kind} {answer.id} was answered as {answer.state} and began again")
            if any(at > moment and job_id == answer.id for at, job_id in self.world.told):
                self._say(f"cancel lost: the channel was told by {answer.id} after the answer")

    def _doubled(self, told: Counter[tuple[str, int]]) -> None:
        for (job_id, page), times in told.items():
            if times > 1:
                self._say(f"doubled: page {page} of {job_id} was written {times} times")
        for job_id, times in self.world.channel.items():
            if times > 1:
                self._say(f"doubled: the channel was told {times} times by {job_id}")

    def _say(self, violation: str) -> None:
        self.violations.append(violation)

"""One seeded run: a while of chaos, then calm until nothing is left to do, then the oracle's verdict."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from hub.kernel import gate, jobs
from hub.kernel.db import metadata
from hub.kernel.jobs import claim
from hub.kernel.jobs.records import FINISHED
from hub.kernel.jobs.tables import job, schedule
from tests.simulation import people
from tests.simulation.oracle import Oracle
from tests.simulation.stepping import Schedule, SteppedDatabase
from tests.simulation.world import CAPS, MEMBERS, STRANGE, Focus, World, ledger

CRASH_RATES = (0.0, 0.005, 0.02, 0.05)
CALM_ROUNDS = 60
BLOCKED = sa.text("SELECT pid FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0")
ENGINE_TABLES = ("job", "schedule", "gate", "member", "seat")


@dataclass(frozen=True)
class Verdict:
    seed: object
    steps: int
    crashes: int
    runs: int
    violations: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """The database of the runs, and a look at it from outside."""

    database: SteppedDatabase
    watcher: sa.Engine


@contextmanager
def short_sighted() -> Iterator[None]:
    """Let claims see two due rows at a time, so that small runs meet what thousands of rows would bring about."""
    before, claim.FRONT = claim.FRONT, 2
    claim._take.cache_clear()
    try:
        yield
    finally:
        claim.FRONT = before
        claim._take.cache_clear()


@contextmanager
def staged(url: str) -> Iterator[Stage]:
    """Open a migrated database for many runs; each begins by emptying it."""
    database = SteppedDatabase(url)
    same_thread = {"check_same_thread": False} if database.embedded else {}
    watcher = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.StaticPool, connect_args=same_thread)
    ledger.create_all(watcher)
    try:
        yield Stage(database, watcher)
    finally:
        database.dispose()
        watcher.dispose()


def simulate(
    stage: Stage,
    seed: int,
    *,
    crash_at: int = 0,
    crash_rate: float | None = None,
    size: int = 6,
    focus: Focus = "",
) -> Verdict:
    """Run one seed to its verdict; the same seed makes the same decisions."""
    random.seed(seed)  # the engine's own jitter
    dice = random.Random(f"{seed} world")
    rate = dice.choice(CRASH_RATES) if crash_rate is None else crash_rate
    plan = Schedule(seed, crash_rate=rate, crash_at=crash_at)
    world = World(stage.database, dice)
    world.focus = focus
    oracle = Oracle(world, stage.watcher)
    stage.database.begin(plan, oracle.look)
    _empty(stage.database)
    if not stage.database.embedded:
        plan.blocked = lambda: {row.pid for row in stage.watcher.connect().execute(BLOCKED)}
    _people(plan, world, size)
    plan.run()
    try:
        _calm(world)
    except sa.exc.SQLAlchemyError as error:
        plan.escaped.append(f"calm: {type(error).__name__}: {error}")
    runs = sum(len(starts) for starts in world.starts.values())
    return Verdict(seed, plan.steps, plan.crashes, runs, tuple(oracle.judge()))


def _people(plan: Schedule, world: World, size: int) -> None:
    for n in range(3):
        plan.add(f"worker {n}", people.worker(world), 2 * size)
    for n in range(2):
        plan.add(f"person {n}", people.person(world), size)
    plan.add("sweeper", people.sweeper(world), size)


def _empty(database: SteppedDatabase) -> None:
    with database.writing() as db:
        for table in (*(metadata.tables[name] for name in ENGINE_TABLES), *ledger.tables.values()):
            db.execute(sa.delete(table))
        for scope, cap in CAPS.items():
            gate.ensure(db, scope, cap=cap)
        for account_id, scopes in MEMBERS.items():
            gate.join(db, account_id, scopes)


def _calm(world: World) -> None:
    """No crash, no trouble, every gate open: what was asked for must now come to its end."""
    world.calm = True
    runner = jobs.Runner(world.runtime)
    with world.database.writing() as db:
        for scope in CAPS:
            gate.resume(db, scope)
    _come_round(world)
    for _ in range(CALM_ROUNDS):
        world.database.clock.offset += timedelta(hours=2)
        jobs.sweep(world.database)
        for lane in jobs.LANES:
            runner.run_lane(lane)
        if not _unfinished(world):
            return


def _come_round(world: World) -> None:
    """Every schedule is due once more and must begin after this moment; then they end."""
    world.database.clock.offset += timedelta(hours=1)
    with world.database.reading() as db:
        rows = db.execute(sa.select(schedule)).all()
    moment = world.tick()
    jobs.sweep(world.database)
    with world.database.writing() as db:
        asked = sa.select(job.c.id, job.c.kind, job.c.account_id, job.c.key)
        for row in rows:
            mine = (job.c.kind == row.kind, job.c.account_id == row.account_id, job.c.key == row.key)
            ready = db.execute(asked.where(*mine, job.c.state == "ready")).first()
            world.requests.append((moment, (row.kind, row.account_id, row.key), ready.id if ready else "none"))
        db.execute(sa.delete(schedule))


def _unfinished(world: World) -> int:
    with world.database.reading() as db:
        left = sa.select(sa.func.count()).where(job.c.state.not_in(FINISHED), job.c.kind != STRANGE.name)
        return int(db.execute(left).scalar_one())

"""The actors of the simulation: workers, the sweep, and people who ask, cancel, retry, pause and set caps."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa

from hub.kernel import gate, jobs
from hub.kernel.errors import HubError
from hub.kernel.jobs.tables import job
from tests.simulation.stepping import Deed
from tests.simulation.world import CAPS, MEMBERS, PAGES, PLAIN, World


def worker(world: World) -> Deed:
    runner = jobs.Runner(world.runtime)

    def run_one(dice: random.Random) -> None:
        job = runner.claim(dice.choice(["bulk", "bulk", "urgent"]))
        if job is not None:
            runner.run(job)

    return run_one


def sweeper(world: World) -> Deed:
    def sweep(dice: random.Random) -> None:
        jobs.sweep(world.database)

    return sweep


def person(world: World) -> Deed:
    def do_something(dice: random.Random) -> None:
        dice.choice(DEEDS[world.focus])(world, dice)

    return do_something


def ask(world: World, dice: random.Random) -> None:
    with world.database.writing() as db:
        for _ in range(dice.randint(1, 4)):
            world.ask(db, *world.some_work(), delay=dice.choice([0, 0, 0, 20]))


def think_again(world: World, dice: random.Random) -> None:
    """Ask for work in a transaction that is rolled back."""
    with suppress(HubError), world.database.writing() as db:
        world.ask(db, *world.some_work())
        raise HubError("changed my mind")


def cancel(world: World, dice: random.Random) -> None:
    if world.known:
        _stop(world, dice.choice(world.known))


def interrupt(world: World, dice: random.Random) -> None:
    """Stop what can be seen running."""
    with world.database.reading() as db:
        seen = db.execute(sa.select(job.c.id).where(job.c.state == "running")).scalars().all()
    if seen:
        _stop(world, dice.choice(seen))


def _stop(world: World, job_id: str) -> None:
    with world.database.writing() as db:
        answer = jobs.cancel(db, job_id)
        world.database.then(lambda: world.cancelled(answer))


def retry(world: World, dice: random.Random) -> None:
    if not world.known:
        return
    try:
        with world.database.writing() as db:
            old = jobs.find(db, dice.choice(world.known))
            assert old is not None
            ticket = jobs.retry(db, old.id, {})
            world.database.then(lambda: world.asked((old.kind, old.account_id, old.key), ticket))
    except HubError:
        return


def pause(world: World, dice: random.Random) -> None:
    with world.database.writing() as db:
        gate.pause(db, dice.choice(list(CAPS)))


def resume(world: World, dice: random.Random) -> None:
    with world.database.writing() as db:
        gate.resume(db, dice.choice(list(CAPS)))


def cap(world: World, dice: random.Random) -> None:
    with world.database.writing() as db:
        gate.ensure(db, dice.choice(["account:A", "credentials:x"]), cap=dice.randint(1, 3))


def wait(world: World, dice: random.Random) -> None:
    """Let the clock of the database jump; the schedule of the threads goes on as before."""
    world.database.clock.offset += timedelta(seconds=dice.choice([1, 31, 31, 61]))


def schedule(world: World, dice: random.Random) -> None:
    kind, account_id = dice.choice([PLAIN, PAGES]), dice.choice(list(MEMBERS))
    with world.database.writing() as db:
        jobs.every(db, kind, account_id=account_id, key="round", payload={"pages": 1}, rule="* * * * *")


DEEDS = {
    "": (ask, ask, ask, ask, think_again, cancel, retry, pause, resume, resume, cap, wait, wait, wait, schedule),
    "asking": (ask, wait),
    "stopping": (ask, interrupt, interrupt),
}

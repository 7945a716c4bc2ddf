"""The actors of the simulation: workers, the sweep, and people who ask, cancel, retry, pause and set caps."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from hub.kernel import gate, jobs
from hub.kernel.errors import HubError
from tests.simulation.world import CAPS, MEMBERS, PAGES, PLAIN, World


def worker(world: World, loops: int) -> Callable[[random.Random], None]:
    def life(dice: random.Random) -> None:
        runner = jobs.Runner(world.runtime)
        for _ in range(loops):
            job = runner.claim(dice.choice(["bulk", "bulk", "urgent"]))
            if job is not None:
                runner.run(job)

    return life


def sweeper(world: World, loops: int) -> Callable[[random.Random], None]:
    def life(dice: random.Random) -> None:
        for _ in range(loops):
            jobs.sweep(world.database)

    return life


def person(world: World, loops: int) -> Callable[[random.Random], None]:
    deeds = [ask, ask, ask, ask, think_again, cancel, retry, pause, resume, cap, wait, wait, wait, schedule]

    def life(dice: random.Random) -> None:
        for _ in range(loops):
            dice.choice(deeds)(world, dice)

    return life


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
        with world.database.writing() as db:
            jobs.cancel(db, dice.choice(world.known))


def retry(world: World, dice: random.Random) -> None:
    if not world.known:
        return
    try:
        with world.database.writing() as db:
            old = jobs.find(db, dice.choice(world.known))
            assert old is not None
            ticket = jobs.retry(db, old.id)
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

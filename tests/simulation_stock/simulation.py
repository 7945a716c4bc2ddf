"""One seeded run: a while of people and troubles, then calm until nothing moves, then the oracle's verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.simulation_stock.books import Row
from tests.simulation_stock.oracle import Figures
from tests.simulation_stock.stage import Endless
from tests.simulation_stock.world import CHAOS, World

SETTLED = CHAOS + 600.0  # by now the last late effect has landed and every order is visible
REPAIRED = SETTLED + 400.0
STEADY = REPAIRED + 400.0
CALLS = 6  # of one row in calm times; more would be a loop
BLIND = 0.3


@dataclass(frozen=True)
class Verdict:
    seed: object
    figures: Figures
    violations: tuple[str, ...]


def simulate(seed: object, *, blind: float = BLIND, gentle: bool = False) -> Verdict:
    """Run one seed to its verdict; the same seed makes the same decisions.

    `blind` is the share of channels without compare-and-set. In a gentle world nothing goes wrong, and nobody waits for
    a push in order to come in between.
    """
    world = World(seed, blind=blind, gentle=gentle)
    try:
        _live(world)
    except Endless:
        world.oracle.say("a loop: time stands still")
    world.oracle.figures.events = world.stage.events
    return Verdict(seed, world.oracle.figures, tuple(world.oracle.violations))


def _live(world: World) -> None:
    world.begin()
    world.stage.run(CHAOS)
    before = {row: row.calls for row in world.rows}
    world.stage.run(SETTLED)
    if not world.manner.edits and not world.oracle.figures.hidden:
        _judge_rows(world, [row for row in world.rows if not row.refused])
    _repair(world)
    world.stage.run(REPAIRED)
    _judge(world, before)
    _stay(world)


def _repair(world: World) -> None:
    """A sync finds what others changed; for what was refused somebody tries again."""
    for account in world.accounts:
        world.sync(account)
    for row in world.rows:
        if row.refused:
            world.books.touch(row.needs, world.stage.now)


def _judge(world: World, before: Mapping[Row, int]) -> None:
    say = world.oracle.say
    _judge_rows(world, world.rows)
    for row in world.rows:
        if (calls := row.calls - before[row]) > CALLS:
            say(f"a loop: {row.shelf.name} was told {calls} times in calm times")
    for account in world.accounts:
        for order in account.channel.orders:
            for line in order.lines:
                promise = world.books.promises.get(line)
                if promise is None or (promise.wanted, promise.cancelled) != (
                    line.units - line.cancelled,
                    line.cancelled,
                ):
                    say(f"lost: an order of {line.units} units of {line.shelf.name}, {line.cancelled} cancelled")


def _judge_rows(world: World, rows: Sequence[Row]) -> None:
    for row in rows:
        if trouble := _trouble(world, row):
            world.oracle.say(f"astray: {row.shelf.name} {trouble}")


def _trouble(world: World, row: Row) -> str:
    offered = world.books.offered(row)
    if row.shelf.level != offered:
        return f"shows {row.shelf.level} where {offered} is offered"
    if row.told.expected != offered:
        return f"is expected to show {row.told.expected} where it shows {offered}"
    return "is due still" if row.due else ""


def _stay(world: World) -> None:
    """Nothing happens any more: causes that change nothing, polls and syncs send nothing."""
    before = world.oracle.figures.calls
    world.touch()
    for account in world.accounts:
        world.sync(account)
    world.stage.run(STEADY)
    if sent := world.oracle.figures.calls - before:
        world.oracle.say(f"a push in steady state: {sent} levels were sent")

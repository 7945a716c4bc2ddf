"""One seeded schedule: a while of people and troubles, then calm until nothing moves, then the verdict."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.convergence.doings import People
from tests.convergence.oracle import Figures, Oracle
from tests.convergence.stall import Stall, a_stall
from tests.convergence.wire import Manner

CHAOS = 240.0  # seconds in which things happen
SEEN = 340.0  # seconds after which every order has been in a feed, and that feed was polled
MOST = 15  # requests that set levels of an account in calm times; more would be a loop
TROUBLES = (
    "time-out before", "time-out after", "late", "429", "500", "503", "502 after", "truncated", "wrong", "revoked",
    "slow drip", "stalled", "partial batch", "failed rows",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What came of one schedule; `trace` is what went over the wire, to be compared with that of a replay."""

    name: str
    violations: tuple[str, ...]
    figures: Figures
    trace: tuple[tuple[float, str, str, str], ...]


def schedules(url: str, seed: int, count: int, *, manner: Manner | None = None) -> Iterator[Verdict]:
    """Run so many schedules one after the other on one stall; the same seed replays them exactly.

    `manner`: of all of them, and nobody cancels; else the dice make one for each.
    """
    with a_stall(url, seed) as stall:
        people = People(stall, random.Random(f"{seed} people"))
        oracle = Oracle(stall, people)
        stall.wire.between, stall.wire.written = people.between, oracle.written
        stall.wire.stalled = lambda: _taken_over(stall)
        for number in range(count):
            yield _schedule(stall, people, oracle, f"{seed}.{number}", manner)


def _taken_over(stall: Stall) -> None:
    stall.workers.sweep()
    stall.workers.work(10)


def _schedule(stall: Stall, people: People, oracle: Oracle, name: str, manner: Manner | None) -> Verdict:
    dice = random.Random(name)
    stall.workers.seeded(name)
    people.dice.seed(f"{name} people")
    oracle.figures, oracle.violations = Figures(schedules=1), []
    began = len(stall.wire.log)
    sold = {each.name: len(each.bought) for each in stall.markets.values()}
    deaths = stall.mortals.deaths
    _storm(stall, people, dice, manner)
    _calm(stall, people, oracle)
    figures = oracle.figures
    trace = tuple(stall.wire.log[began:])
    figures.deaths = stall.mortals.deaths - deaths
    figures.troubles = sum(1 for *_, trouble in trace if trouble)
    figures.writes = sum(each.writes for each in stall.markets.values())
    for each in stall.markets.values():
        each.writes = 0
        new = each.bought[sold[each.name] :]
        figures.sales += len(new)
        figures.blind_lines += 0 if each.compare_and_set else sum(len(order.lines) for order in new)
    return Verdict(name, tuple(oracle.violations), figures, trace)


def _storm(stall: Stall, people: People, dice: random.Random, manner: Manner | None) -> None:
    stall.wire.manner = manner or Manner(
        trouble=dice.choice((0.05, 0.15, 0.3)), crowding=dice.choice((0.2, 0.5)), deaths=dice.choice((0.0, 0.0, 0.1)),
        only=dice.choice((*TROUBLES, *("",) * len(TROUBLES))),
    )  # fmt: skip
    people.cancels = manner is None and dice.random() < 0.5
    people.lively = True
    stall.stage.after(0.5, people.come)
    stall.workers.go_on(stall.stage.seconds + CHAOS)


def _calm(stall: Stall, people: People, oracle: Oracle) -> None:
    """Faults stop, ops see to the accounts, and every order is heard of; what was refused a person has told again."""
    people.lively = False
    stall.wire.manner = Manner()
    stall.workers.go_on(stall.stage.seconds + 125)  # the last late effect has landed
    for market in stall.markets.values():
        market.open()
    people.cure()
    written = {each.name: each.writes for each in stall.markets.values()}
    stall.workers.go_on(stall.stage.seconds + SEEN)
    _rest(stall, oracle)
    oracle.look(refused_too=False)
    people.retell(list(stall.accounts))
    _rest(stall, oracle)
    oracle.look(refused_too=True)
    oracle.beliefs()
    for each in stall.markets.values():
        if each.writes - written[each.name] > MOST:
            oracle.violations.append(
                f"loop: {each.name} was told {each.writes - written[each.name]} times in calm times"
            )
    _stay(stall, people, oracle)


def _stay(stall: Stall, people: People, oracle: Oracle) -> None:
    """Nothing happens any more: causes that change nothing and polls set no level."""
    before = {each.name: each.writes for each in stall.markets.values()}
    people.retell(list(stall.accounts))
    stall.workers.go_on(stall.stage.seconds + SEEN)
    _rest(stall, oracle)
    for each in stall.markets.values():
        if each.writes != before[each.name]:
            oracle.violations.append(
                f"a push in steady state: {each.name} was told {each.writes - before[each.name]} times"
            )


def _rest(stall: Stall, oracle: Oracle) -> None:
    if not stall.workers.rests():
        oracle.violations.append(f"never rests: {stall.workers.open()}")

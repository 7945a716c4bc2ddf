"""Story after story, each with the next place to go wrong: the n-th call, or the n-th statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import NamedTuple

from tests.convergence.mortal import LONG
from tests.voyage.sea import Dialect, Sea, a_sea
from tests.voyage.story import tell

EACH = 4  # stories on one sea: later ones ask for the documents of those before, too
BEFORE = ("time-out before", "500 before", "dies before", "reset before", "refused")
AFTER = ("time-out after", "502 after", "dies after", "reset after")
STATEMENT = "dies at statement"
LONGEST = 100_000  # calls or statements of a story; none takes as many
Empty = Callable[[], AbstractContextManager[str]]  # an empty, migrated database


class Trial(NamedTuple):
    """Of a story the `nth` call meets this trouble, or its process dies at the `nth` statement."""

    trouble: str
    nth: int


class Verdict(NamedTuple):
    """What came of a story; `befell`: what it was that went wrong, nothing where the story ended before."""

    trial: Trial
    violations: tuple[str, ...]
    befell: str
    asked: tuple[str, ...]  # every call
    statements: int


def calls(first: int = 1, stride: int = 1) -> Iterator[Trial]:
    """Every so many calls, each twice: once before it took effect, once after; the troubles take turns."""
    for turn, nth in enumerate(range(first, LONGEST, stride)):
        yield Trial(BEFORE[turn % len(BEFORE)], nth)
        yield Trial(AFTER[turn % len(AFTER)], nth)


def statements(first: int = 1, stride: int = 1) -> Iterator[Trial]:
    return (Trial(STATEMENT, nth) for nth in range(first, LONGEST, stride))


def voyages(empty: Empty, dialect: Dialect, trials: Iterable[Trial]) -> Iterator[Verdict]:
    """Try one after the other until a story ends before what was to go wrong in it."""
    with ExitStack() as stack:
        sea: Sea | None = None
        for number, trial in enumerate(trials):
            if sea is None or number % EACH == 0:
                stack.close()
                sea = stack.enter_context(a_sea(stack.enter_context(empty()), dialect))
            verdict = _story(sea, trial)
            yield verdict
            if not verdict.befell:
                return
            if verdict.violations:
                sea = None  # what is wrong there would be so for the next one


def _story(sea: Sea, trial: Trial) -> Verdict:
    dies = trial.trouble == STATEMENT
    sea.dice.seed(f"{trial}")
    sea.crew.seeded(f"{trial}")
    sea.wire.plans(0 if dies else trial.nth, trial.trouble)
    sea.crew.lives(trial.nth if dies else LONG)
    deaths = sea.crew.mortals.deaths
    wrong = tell(sea)
    befell = "; ".join(sea.wire.befallen) or (STATEMENT if sea.crew.mortals.deaths > deaths else "")
    return Verdict(trial, tuple(wrong), befell, tuple(sea.wire.asked), sea.crew.used)


def wrong(tried: Iterable[Verdict]) -> list[tuple[Trial, str, tuple[str, ...]]]:
    """What did not hold, and after what."""
    return [(one.trial, one.befell, one.violations) for one in tried if one.violations]

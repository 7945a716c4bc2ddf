"""How large a fault run is, and what it comes to: figures, violations, and whether it counts at all."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from hub_tokopedia import plugin

from hub.channels.host import Hosts, load_hosts
from tests.plugins.hurried import hurried

PACED, UNPACED = "hurried", "unpaced"
FEWEST_HITS = 0.9  # of the kills must land in a running lease; with fewer a run proves nothing


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of a run; the defaults are those of the everyday tests."""

    seed: int = 20_261_122
    size: int = 20_000  # items of the shop
    rate: int = 25  # requests a second, instead of the declared five
    workers: int = 2
    lease: float = 2.0  # seconds, instead of 30
    sweep: float = 0.5  # seconds, instead of 5
    kills: int = 5
    embedded_kills: int = 3
    flushes: int = 5
    redis_stop: float = 5.0  # seconds
    freezes: int = 1
    grace: float = 60.0  # seconds that everything may take beyond what is reckoned

    def dice(self, purpose: str) -> random.Random:
        return random.Random(f"{self.seed} {purpose}")

    def hosts(self) -> Hosts:
        return load_hosts({PACED: hurried(PACED, self.rate), UNPACED: hurried(UNPACED, None), "tokopedia": plugin})

    def said(self) -> str:
        return (
            f"seed {self.seed}, {self.size:,} items at {self.rate} requests/s (declared: 5), {self.workers} workers, "
            f"lease {self.lease:g} s, sweep {self.sweep:g} s"
        )


SMALL = Plan(size=4_000, rate=20)
TINY = Plan(size=600, rate=10, grace=5.0)
PROOF = Plan(rate=15, kills=50, embedded_kills=20, flushes=20, redis_stop=15.0, freezes=10)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did and what it broke; a run that is void says why and proves nothing either way."""

    name: str
    plan: Plan
    figures: dict[str, Any]  # Any: numbers and short texts, as they are printed
    violations: list[str]
    void: str = ""

    @property
    def holds(self) -> bool:
        return not self.void and not self.violations

    def __str__(self) -> str:
        figures = ", ".join(f"{name}: {value}" for name, value in self.figures.items())
        verdict = f"VOID: {self.void}" if self.void else "; ".join(self.violations) or "holds"
        return f"{self.name} ({self.plan.said()}): {figures}: {verdict}"


def enough_hits(hits: int, kills: int) -> str:
    """Say why a run with so few kills in a running lease is void; empty where it counts."""
    if kills and hits >= FEWEST_HITS * kills:
        return ""
    return f"only {hits} of {kills} kills landed in a running lease"

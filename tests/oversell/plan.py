"""How large a run against overselling is, and what it comes to."""

from __future__ import annotations

import random

import msgspec


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of a run; the everyday tests have smaller ones, the proof has larger ones and many rounds."""

    seed: int = 20_261_122
    calls: int = 1_000  # that are to be answered, before what is left is sold out
    processes: int = 4  # of the API; an embedded hub is one
    clients: int = 64  # threads
    kills: int = 1  # of API processes, spread over the run
    cut: float = 0.02  # of the calls lose their connection once they are sent
    again: float = 0.02  # of the answers are asked for once more
    worker: bool = True  # a process of its own beside those of the API; else jobs run where the clients do
    sells_out: bool = True  # whether all that is left is sold in the end
    supply: int = 60  # units of each hot product in each of two warehouses

    def dice(self, purpose: str) -> random.Random:
        return random.Random(f"{self.seed} {purpose}")

    def said(self) -> str:
        return (
            f"seed {self.seed}, {self.calls:,} calls by {self.clients} clients, {self.kills} kills, "
            f"{self.cut:.0%} of the calls cut off, {self.again:.0%} of the answers asked for again, "
            f"{self.supply} units of each of 3 products in each of 2 warehouses"
        )


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did and what it broke."""

    name: str
    plan: Plan
    figures: dict[str, object]
    violations: list[str]

    @property
    def holds(self) -> bool:
        return not self.violations

    def told(self) -> str:
        return ", ".join(f"{name}: {value}" for name, value in self.figures.items())

    def __str__(self) -> str:
        return f"{self.name} ({self.plan.said()}): {self.told()}: {'; '.join(self.violations) or 'holds'}"

"""How large a storm is, and what it comes to."""

from __future__ import annotations

import random

import msgspec


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of a run; an event is a sale or the cancellation of one, half of them on each channel."""

    seed: int = 20_261_122
    sales: int = 40
    cancelled: int = 10  # of the sales
    deliveries: int = 250  # in all; what is not said below is repeats
    lost: float = 0.1  # of the sales: nothing of them is ever delivered, polling has to find them
    forged: float = 0.08  # of the deliveries: signed by somebody else, changed on their way, or not signed
    stale: float = 0.06  # of the deliveries: genuine ones that were recorded long ago
    replayed: float = (
        0.06  # of the deliveries: sent again once all else was taken, under another id where none is signed
    )
    senders: int = 8

    @property
    def events(self) -> int:
        return self.sales + self.cancelled

    def dice(self, purpose: str) -> random.Random:
        return random.Random(f"{self.seed} {purpose}")

    def said(self) -> str:
        return (
            f"seed {self.seed}, {self.deliveries:,} deliveries of {self.events:,} events ({self.sales:,} sales, "
            f"{self.cancelled:,} of them cancelled) in any order by {self.senders} senders; {self.lost:.0%} of the "
            f"sales lost; of the deliveries {self.forged:.0%} forged, {self.stale:.0%} stale, "
            f"{self.replayed:.0%} replayed"
        )


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a storm came to, and what it broke."""

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

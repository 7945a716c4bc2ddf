"""How many of a listing a channel is offered: what is free, less what a rule keeps back, in the listing's own packs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

LARGEST = 2**31 - 1  # that a channel is ever told


class Rule(NamedTuple):
    """What an account, or one product there, is offered of what is free; None: no such limit. Base units and percent.

    In this order: `buffer` is kept back, `percent` of the rest is offered, rounded down, at most `cap`. `fixed` is
    offered whatever there is: for goods made to order, as it sells what does not lie there.
    """

    buffer: int | None = None
    percent: int | None = None
    cap: int | None = None
    fixed: int | None = None


NO_RULE = Rule()


class Offer(NamedTuple):
    """A figure, and how it came about: base units that are free, and what the rule leaves of them."""

    free: int
    ruled: int
    pack: int

    @property
    def figure(self) -> int:
        return min(self.ruled // self.pack, LARGEST)


def ruled(free: int, rule: Rule) -> int:
    """What a rule leaves of so many, never below 0."""
    left = free - (rule.buffer or 0)
    if rule.percent is not None:
        left = left * rule.percent // 100
    if rule.cap is not None:
        left = min(left, rule.cap)
    return max(left if rule.fixed is None else rule.fixed, 0)


def offer(free: int, rule: Rule, pack: int) -> Offer:
    return Offer(free, ruled(free, rule), pack)


def free_of(
    needs: Mapping[str, int], stock: Mapping[str, Mapping[str, int]], warehouses: Collection[str]
) -> int | None:  # fmt: skip
    """How many can be made of what is free in these warehouses; `stock` is free units by product and warehouse.

    `needs` are the products that one consists of, and how many of each. None: of one of them nobody knows how many
    there are, because it has no level anywhere.
    """
    if not needs or any(product not in stock for product in needs):
        return None
    free = {product: sum(stock[product].get(one, 0) for one in warehouses) for product in needs}
    return min(free[product] // need for product, need in needs.items())


def exploded(product: str, parts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """The products that one of this consists of in the end, and how many of each; `parts` are those of bundles."""
    if product not in parts:
        return {product: 1}
    needs: dict[str, int] = {}
    for part, count in parts[product].items():
        for leaf, need in exploded(part, parts).items():
            needs[leaf] = needs.get(leaf, 0) + count * need
    return needs
